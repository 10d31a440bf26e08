"""Where the tables lie on a sheet: stretches of rows between blank ones, beside one another where
each has a title of its own, without blank, helper and detached columns.

>>> texts = {(0, 0): "项目", (0, 2): "金额", (1, 0): "合计", (1, 2): "5"}
>>> area = Area({place: GridCell(text) for place, text in texts.items()}, (), {})
>>> [[cell.text for cell in row] for row in next(blocks(area, [0, 1], [0, 1, 2], "x.csv")).rows]
[['项目', '金额'], ['合计', '5']]
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.captions import read_line
from index.figures import read_figure
from index.model import Block, Grid, GridCell, Heading, Paragraph, Source
from index.sections import heading_of_line

__all__ = ["Area", "address", "blocks"]

_TITLE_ROWS = 4  # a title stands in the first rows of its table


@dataclass(frozen=True, slots=True)
class Area:
    """The cells of a sheet that say something, by (row, column) from 0; merged ranges as (top,
    left, bottom, right); where each row stands in the file."""

    cells: Mapping[tuple[int, int], GridCell]
    merges: Sequence[tuple[int, int, int, int]]
    row_sources: Mapping[int, Source]
    merges_known: bool = True

    def text(self, row: int, column: int) -> str:
        cell = self.cells.get((row, column))
        return cell.text if cell else ""

    def filled(self, row: int, columns: Sequence[int]) -> list[int]:
        return [c for c in columns if (row, c) in self.cells]

    def reach(self, row: int, column: int) -> int:
        """The last column of the merged range that begins at a cell, or the cell's own."""
        return next((m[3] for m in self.merges if m[:2] == (row, column)), column)

    def grid(self, rows: Sequence[int], columns: Sequence[int], document: str) -> Grid:
        """Some rows and columns as a grid; what is merged spans as many of them as it covers."""
        at_row = {row: i for i, row in enumerate(rows)}
        at_column = {column: i for i, column in enumerate(columns)}
        made: list[list[GridCell | None]] = [
            [self.cells.get((r, c), GridCell("")) for c in columns] for r in rows
        ]
        for top, left, bottom, right in self.merges:
            down = [at_row[r] for r in range(top, bottom + 1) if r in at_row]
            across = [at_column[c] for c in range(left, right + 1) if c in at_column]
            if not down or not across:
                continue
            anchor = self.cells.get((top, left), GridCell(""))
            for r in down:
                for c in across:
                    made[r][c] = None
            made[down[0]][across[0]] = replace(anchor, rowspan=len(down), colspan=len(across))
        sources = tuple(self._source(row, columns, document) for row in rows)
        corner = sources[0]
        if corner.cell:
            corner = replace(corner, cell=address(rows[0], columns[0]))
        return Grid(tuple(map(tuple, made)), sources, corner, self.merges_known)

    def _source(self, row: int, columns: Sequence[int], document: str) -> Source:
        """Where a row of a grid stands: at its first filled cell."""
        first = next((self.cells[row, c].source for c in columns if (row, c) in self.cells), None)
        return first or self.row_sources.get(row, Source(document))


def address(row: int, column: int) -> str:
    """The A1 address of a place counted from 0.

    >>> address(6, 1), address(0, 27)
    ('B7', 'AB1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def blocks(
    area: Area, rows: Sequence[int], columns: Sequence[int], document: str
) -> Iterator[Block]:
    """The tables and paragraphs among some rows and columns of a sheet, from top to bottom."""
    for group in _groups(area, rows, columns):
        used = [c for c in columns if any((r, c) in area.cells for r in group)]
        if not used:
            continue
        for part in _parts(area, group, used):
            yield from _stretches(area, group, part, document)


def _groups(area: Area, rows: Sequence[int], columns: Sequence[int]) -> Iterator[list[int]]:
    """Rows that share their columns: a new group begins where a blank row is followed by a title;
    what follows a blank row without one belongs to the table above."""
    group: list[int] = []
    blank = False
    for row in rows:
        if not _is_used(area, row, columns):
            blank = True
            continue
        if group and blank and _titles(area, [row], columns):
            yield group
            group = []
        group.append(row)
        blank = False
    if group:
        yield group


def _is_used(area: Area, row: int, columns: Sequence[int]) -> bool:
    return any((row, c) in area.cells for c in columns)


def _titles(area: Area, rows: Sequence[int], columns: Sequence[int]) -> list[tuple[int, int]]:
    """The places of the table titles in the first of some rows that has any."""
    for row in rows:
        found = []
        for column in area.filled(row, columns):
            line = read_line(area.text(row, column))
            if line.title and not line.note:
                found.append((row, column))
        if found:
            return found
    return []


def _parts(area: Area, rows: Sequence[int], used: list[int]) -> Iterator[list[int]]:
    """The columns of each table of a group: as many as there are titles side by side.  Columns
    behind a gap and behind the title's merged cell belong to no table."""
    titles = _titles(area, rows[:_TITLE_ROWS], used)
    if len(titles) > 1:
        starts = [_start(used, column) for _, column in titles]
        bounds = [used[0], *starts[1:], used[-1] + 1]
        for left, right in pairwise(bounds):
            part = [c for c in used if left <= c < right]
            if part:
                yield _trimmed(area, rows, part)
    elif titles and area.reach(*titles[0]) > titles[0][1]:
        yield _trimmed(area, rows, _without_detached(area, rows, used, *titles[0]))
    else:
        yield used


def _start(used: Sequence[int], title: int) -> int:
    """Where a table whose title stands in a column begins: behind the gap to its left."""
    start = title
    while start - 1 in used and start not in used:
        start -= 1
    return start


def _without_detached(
    area: Area, rows: Sequence[int], used: list[int], row: int, column: int
) -> list[int]:
    """Columns right of the title's merged cell that a blank column or their flags (是, 否) set
    apart are somebody's helpers; a second head of words there is a table."""
    end = area.reach(row, column)
    beyond = [c for c in used if c > end]
    gap = next((c for c in beyond if c - 1 not in used and c - 1 >= end), None)
    detached = {c for c in beyond if gap is not None and c >= gap}
    if detached and any(_is_head(area, r, sorted(detached)) for r in rows[:_TITLE_ROWS]):
        detached = set()
    flags = {c for c in beyond if _is_flags(area, rows, c)}
    return [c for c in used if c not in detached | flags]


def _is_head(area: Area, row: int, columns: Sequence[int]) -> bool:
    texts = [area.text(row, c) for c in area.filled(row, columns)]
    return len(texts) >= 2 and all(read_figure(text).presence == "text" for text in texts)


def _is_flags(area: Area, rows: Sequence[int], column: int) -> bool:
    """A column of few short words over and over, which sorts or filters and says nothing."""
    texts = [area.text(r, column) for r in rows if (r, column) in area.cells]
    body = texts[1:]
    if len(body) < 3 or any(read_figure(text).presence == "number" for text in body):
        return False
    return len(set(body)) <= max(1, len(body) // 3, 0) and all(len(text) <= 3 for text in body)


def _trimmed(area: Area, rows: Sequence[int], columns: Sequence[int]) -> list[int]:
    return [c for c in columns if any((r, c) in area.cells for r in rows)]


def _stretches(
    area: Area, rows: Sequence[int], columns: list[int], document: str
) -> Iterator[Block]:
    """The rows of one table, and the lines of text above, between and below its stretches."""
    stretch: list[int] = []
    for row in [*rows, None]:
        if row is not None and (
            not stretch or row == stretch[-1] + 1 or _only_hidden(area, stretch[-1], row)
        ):
            if _is_used(area, row, columns):
                stretch.append(row)
            continue
        yield from _block(area, stretch, columns, document)
        stretch = [row] if row is not None and _is_used(area, row, columns) else []


def _only_hidden(area: Area, above: int, row: int) -> bool:
    """Whether the rows between two rows were left out, rather than blank."""
    return all(between not in area.row_sources for between in range(above + 1, row))


def _block(area: Area, rows: list[int], columns: list[int], document: str) -> Iterator[Block]:
    """A stretch of rows: lines of text where no row has two cells or a number, else a grid."""
    lines = 0
    while lines < len(rows) and _is_line(area, rows[lines], columns):
        lines += 1
    # In a grid of two columns nothing tells an unmerged title from a row that has only a label.
    above = lines if lines == len(rows) or len(columns) == 2 else 0
    for row in rows[:above]:
        if lines == len(rows) or _captions(area, row, columns):
            cell = area.cells[row, area.filled(row, columns)[0]]
            yield from _lines(cell, area.row_sources[row])
        else:
            above = rows.index(row)
            break
    if rows[above:]:
        yield area.grid(rows[above:], columns, document)


def _is_line(area: Area, row: int, columns: list[int]) -> bool:
    filled = area.filled(row, columns)
    return len(filled) == 1 and not _is_number(area.text(row, filled[0]))


def _captions(area: Area, row: int, columns: list[int]) -> bool:
    return bool(read_line(area.text(row, area.filled(row, columns)[0])))


def _is_number(text: str) -> bool:
    figure = read_figure(text)
    return figure.presence == "number" and figure.unit != "日期"


def _lines(cell: GridCell, source: Source) -> Iterator[Heading | Paragraph]:
    """A cell alone in its row: a heading by its number, else a paragraph a line."""
    for line in filter(None, map(str.strip, cell.text.split("\n"))):
        level = heading_of_line(line)
        place = cell.source or source
        yield Heading(line, level + 1, place) if level else Paragraph(line, place)
