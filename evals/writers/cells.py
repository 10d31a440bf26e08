"""The cells of a table as printed, and the lines around it: what all writers share.

>>> [cell.text for cell in grid(table, style)[0] if cell]  # doctest: +SKIP
['科目编码', '科目名称', '合计', '基本支出', '项目支出']
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from evals.publication import Publication, Row, Side, Style, Table, header, printed

__all__ = ["Caption", "Cell", "Grid", "body", "caption", "grid", "header_depth", "kinds"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell; `value` is the number of a cell that prints one, in the table's unit."""

    text: str
    value: Decimal | None = None
    rowspan: int = 1
    colspan: int = 1


Grid = list[list[Cell | None]]  # `None` is covered by a merged cell to the left or above
Kind = Literal["code", "label", "figure"]


@dataclass(frozen=True, slots=True)
class Caption:
    """The lines above a table; `together` says that organisation and unit share a line."""

    number: str
    title: str
    organisation: str
    unit: str
    together: bool


def caption(publication: Publication, table: Table) -> Caption:
    style = publication.style
    return Caption(
        style.numbering.format(table.number),
        table.title,
        f"单位名称：{publication.organisation}",
        f"单位：{table.unit}",
        style.phrasing % 2 == 0,
    )


def kinds(table: Table) -> list[Kind]:
    """What stands in each column."""
    found: list[Kind] = []
    for side in table.sides:
        found += ["code"] * side.code_columns
        found += ["label"]
        found += ["figure"] * len(side.columns)
    return found


def header_depth(table: Table) -> int:
    return len(header(table))


def grid(table: Table, style: Style) -> Grid:
    """Header and rows with their merged cells.  Some places print the name of a total over the
    columns of the code and the name."""
    rows: Grid = [
        [Cell(cell.text, None, cell.rowspan, cell.colspan) if cell else None for cell in row]
        for row in header(table)
    ]
    for number, cells in enumerate(_rows(table, style)):
        row: list[Cell | None] = [*cells]
        side = table.sides[0]
        codes = side.code_columns
        if style.wide and codes and number < len(side.rows) and side.rows[number].total:
            row[: codes + 1] = [Cell(cells[codes].text, None, 1, codes + 1), *[None] * codes]
        rows.append(row)
    return rows


def body(table: Table, style: Style) -> list[list[str]]:
    """The texts of the rows under the header, merged cells blank."""
    return [[cell.text for cell in row] for row in _rows(table, style)]


def _rows(table: Table, style: Style) -> list[list[Cell]]:
    """Sides side by side; a shorter one ends in blanks."""
    sides = [[_cells(side, row, style, table.unit) for row in side.rows] for side in table.sides]
    widths = [len(side.label_headers) + len(side.columns) for side in table.sides]
    length = max(map(len, sides))
    for rows, width in zip(sides, widths, strict=True):
        rows += [[Cell("")] * width for _ in range(length - len(rows))]
    return [[cell for part in parts for cell in part] for parts in zip(*sides, strict=True)]


def _cells(side: Side, row: Row, style: Style, unit: str) -> list[Cell]:
    label = Cell(row.prefix + row.label)
    figures = [_figure(value, style, unit) for value in row.values]
    if side.code_columns == 0:
        return [label, *figures]
    if side.code_columns == 1:
        return [Cell(row.code), label, *figures]
    return [Cell(row.code[:3]), Cell(row.code[3:5]), Cell(row.code[5:7]), label, *figures]


def _figure(value: Decimal | None, style: Style, unit: str) -> Cell:
    text = printed(value, style, unit)
    if value is None or text in ("", "-"):
        return Cell(text)
    return Cell(text, value * 10000 if unit == "元" else value)
