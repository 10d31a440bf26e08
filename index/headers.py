"""The head of a grid: how many rows it has, one column path a column, what stands in each column.

Header rows of any depth become one path a column, whether the merged cells are known (PDF, Word,
spreadsheets) or lost (text extractions, where a merged cell is followed by empty ones).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from index.captions import Cells, squeeze
from index.figures import half_width, read_figure
from index.model import Column, GridCell
from index.vocabulary import pattern, words

__all__ = [
    "CODE",
    "aligned",
    "columns",
    "data_texts",
    "header_depth",
    "label_column",
    "spanned",
    "split_points",
]

CODE = re.compile(r"\d{1,12}")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_UNIT_IN_HEADER = re.compile(r"[(（](?:单位[:：])?(亿元|百万元|万元|千元|元|%|‰)[)）]|(%)$")
Role = Literal["label", "code", "value", "text"]


def spanned(rows: Sequence[Cells]) -> list[list[GridCell]]:
    """The grid with every covered place showing the merged cell that covers it."""
    full: list[list[GridCell]] = [[GridCell("")] * len(row) for row in rows]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is None:
                continue
            for dr in range(min(cell.rowspan, len(rows) - r)):
                for dc in range(min(cell.colspan, len(row) - c)):
                    if dr == dc == 0 or rows[r + dr][c + dc] is None:
                        full[r + dr][c + dc] = cell
    return full


def tidy(text: str) -> str:
    """A header or label in one line: blanks inside Chinese words go, between Latin words stay.

    >>> tidy("政府性基 金预算拨 款"), tidy("收  入  总  计")
    ('政府性基金预算拨款', '收入总计')
    """
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(?<![A-Za-z0-9]) | (?![A-Za-z0-9])", "", text)


def _is_number(text: str) -> bool:
    return read_figure(text).presence == "number"


def _is_ordinal_row(texts: Sequence[str]) -> bool:
    """A row of column numbers (栏次 1 2 3, 甲 乙 1 2, 1 2=3+4): part of the head, says nothing."""
    filled = [squeeze(text) for text in texts if text.strip()]
    numbers = [int(m[0]) for text in filled if (m := re.match(r"\d{1,2}(?=$|=|＝|-\d|\+)", text))]
    rest = [t for t in filled if not re.match(r"\d{1,2}(?:$|=|＝|-\d|\+)", t)]
    return (
        len(numbers) >= 2
        and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        and numbers[0] <= 2
        and all(re.fullmatch(r"栏次|行次|[甲乙丙丁]|[A-H]|\*\*|—|-", text) for text in rest)
    )


def _is_data_row(texts: Sequence[str]) -> bool:
    numbers = [squeeze(text) for text in texts if _is_number(text) or squeeze(text) in ("-", "—")]
    if not numbers or _is_ordinal_row(texts):
        return False
    return not all(_YEAR.fullmatch(number) for number in numbers)


def header_depth(rows: Sequence[Cells]) -> int:
    """How many rows at the top are header: those before the first row with figures, without
    trailing rows that have only a label (一、本年收入 with nothing behind it)."""
    full = spanned(rows)
    depth = len(rows)
    for index, row in enumerate(full):
        if _is_data_row([cell.text for cell in row]):
            depth = index
            break
    else:
        # The tallest cell of the first row, where merged cells are known, ends where the head ends.
        tallest = max((cell.rowspan for cell in rows[0] if cell), default=1) if rows else 0
        depth = tallest if len(rows) > tallest else len(rows)
        while depth < len(rows):
            if divided := _divided(rows, depth):
                depth = min(depth + divided, len(rows))
            elif _splits_header(rows, depth):
                depth += 1
            else:
                break
    while depth > 1 and _is_label_only(rows[depth - 1], full[depth - 2]):
        depth -= 1
    return depth


def _splits_header(rows: Sequence[Cells], depth: int) -> bool:
    """In a table without figures: whether the row below still divides the header above it."""
    texts = [cell.text for cell in rows[depth] if cell and cell.text.strip()]
    first = rows[depth][0]
    return len(texts) >= 2 and (first is None or not first.text.strip())


def _divided(rows: Sequence[Cells], depth: int) -> int:
    """In a table without figures: how many rows high the row below is, where it divides a merged
    header cell above it (项目 into 科目编码 and 科目名称); else 0."""
    for c, cell in enumerate(spanned(rows[:depth])[-1]):
        below = [b for b in rows[depth][c : c + cell.colspan] if b and b.text.strip()]
        if cell.colspan > 1 and cell.text and len(below) >= 2:
            return max(b.rowspan for b in rows[depth] if b)
    return 0


def _is_label_only(row: Cells, above: Sequence[GridCell]) -> bool:
    filled = [index for index, cell in enumerate(row) if cell and cell.text.strip()]
    if len(filled) != 1 or len(row) < 2:
        return False
    cell = row[filled[0]]
    return (
        filled[0] < 3
        and bool(above[filled[0]].text.strip())
        and cell is not None
        # A cell merged over the whole row heads the rows below it.
        and (cell.colspan < 3 or cell.colspan >= len(row))
    )


def columns(rows: Sequence[Cells], depth: int, *, merges_known: bool) -> tuple[Column, ...]:
    """One `Column` a column of the grid, from its header rows and what stands below them."""
    width = len(rows[0]) if rows else 0
    head = [row for row in rows[:depth] if not _is_ordinal_row([c.text if c else "" for c in row])]
    texts = _header_texts(head, width, merges_known=merges_known)
    body = data_texts(rows[depth:])
    result = []
    for index in range(width):
        path = _path(row[index] for row in texts)
        cells = [row[index] for row in body if row[index].strip()]
        result.append(Column(index, path, _role(path, cells, index), _unit(path)))
    result = [_between_values(c, result, body) for c in result]
    label = label_column(result, body)
    return tuple(
        Column(c.index, c.path, "label", c.unit) if c.index == label else c for c in result
    )


def _between_values(
    column: Column, cols: Sequence[Column], body: Sequence[Sequence[str]]
) -> Column:
    """A headed column without a single entry among columns of figures (其他收入, nothing this year)
    is one of them, and names no rows."""
    beside = [c.role for c in cols[column.index - 1 : column.index + 2] if c is not column]
    between = column.index > 0 and bool(column.path) and beside == ["value", "value"]
    empty = not any(row[column.index].strip() for row in body)
    return Column(column.index, column.path, "value", column.unit) if between and empty else column


def data_texts(rows: Sequence[Cells]) -> list[list[str]]:
    """The texts of body rows, `""` where there is no cell."""
    return [[cell.text if cell else "" for cell in row] for row in rows]


def _header_texts(head: Sequence[Cells], width: int, *, merges_known: bool) -> list[list[str]]:
    if merges_known:
        return [[tidy(cell.text) for cell in row] for row in spanned(head)]
    filled: list[list[str]] = []
    for row in head:
        texts = [tidy(cell.text) if cell else "" for cell in row]
        texts = _shifted_under_parent(texts, filled)
        filled.append(_filled_right(texts, filled, width))
    return filled


def _filled_right(texts: list[str], above: list[list[str]], width: int) -> list[str]:
    """A lost merged cell reaches right over empty cells as far as its parents do."""
    result = list(texts)
    for c in range(1, width):
        same_parent = all(row[c] == row[c - 1] for row in above)
        # Under a parent that spans one column an empty cell is the foot of a tall cell.
        if not result[c] and result[c - 1] and same_parent and (not above or above[-1][c]):
            result[c] = result[c - 1]
    return result


def _shifted_under_parent(texts: list[str], above: list[list[str]]) -> list[str]:
    """A header row pushed to the left margin goes back under the one parent that is as wide."""
    count = next((i for i, text in enumerate(texts) if not text), len(texts))
    if not above or count < 2 or any(texts[count:]) or not above[0][0] or above[-1][0]:
        return texts
    groups: dict[tuple[str, ...], list[int]] = {}
    for c in range(len(texts)):
        groups.setdefault(tuple(row[c] for row in above), []).append(c)
    fitting = [cols for path, cols in groups.items() if len(cols) == count and path[-1]]
    if len(fitting) != 1:
        return texts
    result = [""] * len(texts)
    for text, c in zip(texts, fitting[0], strict=False):
        result[c] = text
    return result


def _path(texts: object) -> tuple[str, ...]:
    path: list[str] = []
    for text in texts:  # type: ignore[attr-defined]
        if text and (not path or path[-1] != text):
            path.append(text)
    return tuple(path)


def _unit(path: Sequence[str]) -> str:
    """The unit a header states for its column: 预算数(万元), 占预算(%)."""
    for text in reversed(path):
        if match := _UNIT_IN_HEADER.search(half_width(text)):
            return match[1] or match[2]
    return ""


def _role(path: Sequence[str], cells: Sequence[str], index: int) -> Role:
    head = squeeze(path[-1]) if path else ""
    numbers = sum(
        1 for text in cells if read_figure(text).presence in ("number", "nil", "withheld")
    )
    if pattern("tables", "ordinal_headers").search(head) or pattern(
        "tables", "text_headers"
    ).search(head):
        return "text"
    codes = sum(1 for text in cells if CODE.fullmatch(squeeze(text)))
    # A merged 合计 stands in the code column too: half of a short one.
    if cells and codes >= 0.5 * len(cells) and pattern("tables", "code_headers").search(head):
        return "code"
    valueish = bool(pattern("tables", "value_headers").search(head))
    if cells and codes >= 0.7 * len(cells) and not valueish and _look_like_codes(cells):
        return "code"
    if not cells:
        return "value" if valueish and index else "text"
    if not valueish and all(read_figure(text).unit == "日期" for text in cells):
        return "text"
    return "value" if numbers >= (0.3 if valueish and index else 0.6) * len(cells) else "text"


def _look_like_codes(cells: Sequence[str]) -> bool:
    """Subject codes: 3, 5 or 7 digits, the national classes beginning with 1, 2, 3 or 5."""
    return len(cells) > 2 and all(
        re.fullmatch(r"[1235]\d{2}(?:\d{2}){0,2}", squeeze(t)) for t in cells
    )


def label_column(cols: Sequence[Column], body: Sequence[Sequence[str]]) -> int | None:
    """The column that names the rows: by its header, else the first with text."""
    texts = [c for c in cols if c.role == "text" and not _is_ordinal(c)]
    first_value = next((c.index for c in cols if c.role == "value"), len(cols))
    before = [c for c in texts if c.index < first_value and _any_text(body, c.index)]
    candidates = before or [c for c in texts if _any_text(body, c.index)]
    if not candidates:
        return None
    best = min(candidates, key=lambda c: (_label_rank(c), c.index))
    # A header over two columns of names: the left one has the groups, the right one the rows.
    beside = next((c for c in candidates if c.index == best.index + 1), None)
    return beside.index if beside and beside.path in ((), best.path) else best.index


def _any_text(body: Sequence[Sequence[str]], index: int) -> bool:
    return any(row[index].strip() for row in body)


def _is_ordinal(column: Column) -> bool:
    return bool(column.path) and bool(
        pattern("tables", "ordinal_headers").search(squeeze(column.path[-1]))
    )


def _label_rank(column: Column) -> int:
    """The order of the expressions in the file is the order of preference."""
    head = squeeze(column.path[-1]) if column.path else ""
    for rank, expression in enumerate(words("tables")["label_headers"]):
        if re.search(expression, head):
            return rank
    return 99


def split_points(cols: Sequence[Column]) -> list[int]:
    """Where tables printed side by side begin: a label or code column behind a value column, with
    values of its own to its right."""
    points = [0]
    for c in cols[1:]:
        names = c.role in ("label", "text", "code") and c.path
        head = squeeze(c.path[-1]) if c.path else ""
        if (
            names
            and cols[c.index - 1].role == "value"
            and any(later.role == "value" for later in cols[c.index + 1 :])
            and (c.role == "code" or pattern("tables", "label_headers").search(head))
            and not pattern("tables", "remark_headers").search(head)
        ):
            points.append(c.index)
    return points


def aligned(rows: Sequence[Cells], cols: Sequence[Column]) -> list[Cells]:
    """Rows that lost or gained cells at their left end, moved to where texts stand under text
    columns and figures under value columns (extractions that do not know their merged cells).

    A row whose figures stand as those of the row before do belongs where that one belongs."""
    result: list[Cells] = []
    before: tuple[tuple[int, ...], int] = ((), 0)
    for row in rows:
        figures = _figure_places(row)
        same = len(figures) > 1 and figures == before[0]
        shift = before[1] if same else _best_shift(row, cols)
        result.append(_shift(row, shift))
        before = (figures, shift)
    return result


def _figure_places(row: Cells) -> tuple[int, ...]:
    return tuple(
        i
        for i, cell in enumerate(row)
        if cell and cell.text.strip() and read_figure(cell.text).presence == "number"
    )


def _best_shift(row: Cells, cols: Sequence[Column]) -> int:
    filled = [i for i, cell in enumerate(row) if cell and cell.text.strip()]
    if not filled:
        return 0
    best, best_score = 0, _fit(row, cols)
    for shift in sorted(range(-filled[0], len(row) - filled[-1]), key=abs):
        score = _fit(_shift(row, shift), cols)
        # One cell more in place may be chance; two are a row that was pushed aside.
        if score > best_score + (best == 0):
            best, best_score = shift, score
    return best


def _shift(row: Cells, by: int) -> Cells:
    empty: Cells = (GridCell(""),) * abs(by)
    return row if by == 0 else (empty + row)[: len(row)] if by > 0 else row[-by:] + empty


def _fit(row: Cells, cols: Sequence[Column]) -> int:
    """How many cells stand under a column of their kind, less those that do not."""
    score = 0
    for cell, column in zip(row, cols, strict=False):
        if cell is None or not cell.text.strip():
            continue
        number = read_figure(cell.text).presence in ("number", "nil")
        good = number == (column.role in ("value", "code"))
        mixed = column.path and pattern("tables", "mixed_headers").search(squeeze(column.path[-1]))
        score += 1 if good else 0 if mixed else -1
    return score
