"""Tables as HTML: a normalised table, whole or around one figure, and a sheet as laid out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.model import Column, Figure, Row, Table
from index.sheets import Sheet, place_of
from qa.web.markup import tag, text
from qa.web.wording import Wording

__all__ = ["MOST_ROWS", "sheet_part", "table_part", "whole_table"]

MOST_ROWS = 300
_AROUND = 4
_SHEET_AROUND = (8, 6)


def whole_table(table: Table, say: Wording) -> str:
    """A table for the browser: its title, unit, note, and at most `MOST_ROWS` rows."""
    if not table.rows:
        return _captioned(table, say, tag("p", text(say("empty_table"))))
    rows = [_row(table, row, None, None) for row in table.rows[:MOST_ROWS]]
    more = ""
    if len(table.rows) > MOST_ROWS:
        more = tag("p", text(say("cut", n=MOST_ROWS, all=len(table.rows))), "label")
    return _captioned(table, say, _grid(table.columns, rows, None) + more)


def table_part(table: Table, row: int, column: int, say: Wording) -> str:
    """The rows around one figure, with those above it in the hierarchy; row, column, cell marked."""
    at = next((i for i, r in enumerate(table.rows) if r.index == row), None)
    if at is None:
        return ""
    near = set(range(max(0, at - _AROUND), min(len(table.rows), at + _AROUND + 1)))
    indices = {r.index: i for i, r in enumerate(table.rows)}
    near |= {indices[p] for p in table.rows[at].parents if p in indices}
    made, last = [], -1
    for i in sorted(near):
        made += _gap(i - last - 1, len(table.columns), say)
        made.append(_row(table, table.rows[i], row, column))
        last = i
    made += _gap(len(table.rows) - last - 1, len(table.columns), say)
    return _captioned(table, say, _grid(table.columns, made, column))


def _captioned(table: Table, say: Wording, inner: str) -> str:
    number = f"表{table.number} " if table.number else ""
    unit = f"（{say('unit')}：{table.unit}）" if table.unit else ""
    head = tag("p", text(f"{number}{table.title}{unit}"), "caption")
    note = tag("p", text(table.note), "label") if table.note else ""
    return head + tag("div", inner, "scroll", tabindex=0) + note


def _gap(rows: int, columns: int, say: Wording) -> list[str]:
    if rows <= 0:
        return []
    return [tag("tr", tag("td", text(say("gap", n=rows)), "gap", colspan=columns))]


def _grid(columns: Sequence[Column], rows: Iterable[str], marked: int | None) -> str:
    depth = max((len(column.path) for column in columns), default=1)
    heads = "".join(tag("tr", _heads(columns, level, depth, marked)) for level in range(depth))
    return tag("table", tag("thead", heads) + tag("tbody", "".join(rows)), "grid")


def _heads(columns: Sequence[Column], level: int, depth: int, marked: int | None) -> str:
    """One row of headers, equal neighbours of the same parent as one cell."""
    made, at = [], 0
    while at < len(columns):
        path = columns[at].path
        end = at + 1
        while (
            end < len(columns)
            and columns[end].path[: level + 1] == path[: level + 1]
            and level < len(path)
        ):
            end += 1
        if level < len(path):
            last = level == len(path) - 1
            unit = (
                f"（{columns[at].unit}）"
                if last and columns[at].unit and columns[at].role == "value"
                else ""
            )
            hit = any(c.index == marked for c in columns[at:end])
            down = depth - level if last else 1
            made.append(tag("th", text(path[level] + unit), "hit" if hit else "", scope="col",
                            colspan=end - at, rowspan=down))  # fmt: skip
        elif level == 0:
            made.append(tag("th", "", rowspan=depth))
        at = end if level < len(path) else at + 1
    return "".join(made)


def _row(table: Table, row: Row, marked_row: int | None, marked_column: int | None) -> str:
    cells = "".join(
        _cell(column, figure, row, row.index == marked_row and column.index == marked_column,
              column.index == marked_column)
        for column, figure in zip(table.columns, row.figures, strict=True)
    )  # fmt: skip
    kind = "hit" if row.index == marked_row else "total" if row.is_total else ""
    return tag("tr", cells, kind)


def _cell(column: Column, figure: Figure | None, row: Row, hit: bool, in_column: bool) -> str:
    said = figure.text if figure else ""
    kinds = (
        [{"value": "number", "label": "name"}[column.role]]
        if column.role in ("value", "label")
        else []
    )
    kinds += ["cell"] if hit else ["column"] if in_column else []
    style = (
        f"padding-left:{0.6 + row.level * 0.9:.1f}em"
        if column.role == "label" and row.level
        else None
    )
    return tag("td", text(said), " ".join(kinds), style=style)


def sheet_part(sheet: Sheet, address: str) -> str:
    """The cells around one address as laid out, with the letters and numbers of the sheet."""
    row, column = place_of(address)
    rows, columns = sheet.size
    top, left = max(0, row - _SHEET_AROUND[0]), max(0, column - _SHEET_AROUND[1])
    bottom, right = (
        min(rows, row + _SHEET_AROUND[0] + 1),
        min(columns, column + _SHEET_AROUND[1] + 1),
    )
    covered = {
        (r, c)
        for (a, b), cell in sheet.cells.items()
        for r in range(a, a + cell.rowspan)
        for c in range(b, b + cell.colspan)
        if (r, c) != (a, b)
    }
    heads = tag("th", "") + "".join(
        tag("th", _letters(c), "hit" if c == column else "", scope="col")
        for c in range(left, right)
    )
    body = ""
    for r in range(top, bottom):
        cells = tag("th", str(r + 1), "hit" if r == row else "", scope="row")
        for c in range(left, right):
            cell = sheet.cells.get((r, c))
            if cell is None and (r, c) in covered:
                continue
            down = min(cell.rowspan, bottom - r) if cell else 1
            across = min(cell.colspan, right - c) if cell else 1
            kind = "cell" if (r, c) == (row, column) else ""
            cells += tag("td", text(cell.text if cell else ""), kind, rowspan=down, colspan=across)
        body += tag("tr", cells)
    grid = tag("table", tag("thead", tag("tr", heads)) + tag("tbody", body), "grid sheet")
    return tag("div", grid, "scroll", tabindex=0)


def _letters(column: int) -> str:
    said, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(65 + rest) + said
    return said
