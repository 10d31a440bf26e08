"""Word tables as grids: grid columns, spans to the right and down, rows dragged a little aside.

Source: ECMA-376 part 1, 17.4 (tables): gridSpan, vMerge, gridBefore, the older hMerge.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from docx.oxml.ns import qn
from lxml.etree import _Element

from index.model import Grid, GridCell, Source

__all__ = ["WordCell", "table_grid", "table_rows", "value_of"]


def value_of(element: _Element, name: str) -> str:
    """The `w:val` of a child, `""` where there is none."""
    child = element.find(qn(name))
    return "" if child is None else str(child.get(qn("w:val"), ""))


def table_rows(table: _Element, text_of: Callable[[_Element], str]) -> list[list[WordCell]]:
    """The cells of each row of a table; `text_of` reads a cell's text."""
    return [_cells(row, text_of) for row in _rows(table)]


def table_grid(table: _Element, rows: list[list[WordCell]], source: Source) -> Grid:
    """The rows of a table as a grid."""
    return _grid(_numbered_anew(_aligned(rows, _widths(table))), source)


@dataclass(frozen=True, slots=True)
class WordCell:
    """A cell of a row: the grid columns it covers, and whether it goes on from above."""

    element: _Element
    text: str
    start: int
    span: int
    continues: bool = False


def _rows(table: _Element) -> Iterator[_Element]:
    for element in table:
        if element.tag == qn("w:tr"):
            yield element
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins")):
            yield from _rows(element)


def _row_cells(row: _Element) -> Iterator[_Element]:
    for element in row:
        if element.tag == qn("w:tc"):
            yield element
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent")):
            yield from _row_cells(element)


def _cells(row: _Element, text_of: Callable[[_Element], str]) -> list[WordCell]:
    """The cells of a row with the grid columns they cover."""
    result: list[WordCell] = []
    properties = row.find(qn("w:trPr"))
    at = int(value_of(properties, "w:gridBefore") or 0) if properties is not None else 0
    for element in _row_cells(row):
        shape = element.find(qn("w:tcPr"))
        span = int(value_of(shape, "w:gridSpan") or 1) if shape is not None else 1
        merge = None if shape is None else shape.find(qn("w:vMerge"))
        goes_on = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
        beside = shape is not None and value_of(shape, "w:hMerge") == "continue"
        text = text_of(element)
        if beside and result:
            result[-1] = replace(result[-1], span=result[-1].span + span)
        else:
            result.append(WordCell(element, text, at, span, goes_on))
        at += span
    return result


def _widths(table: _Element) -> list[int]:
    """Where the grid columns begin, in twentieths of a point, and where the last one ends."""
    edges = [0]
    for column in table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}"):
        width = str(column.get(qn("w:w"), "0"))
        edges.append(edges[-1] + (int(width) if width.isdigit() else 0))
    return edges


def _aligned(rows: list[list[WordCell]], edges: list[int]) -> list[list[WordCell]]:
    """Rows of as many cells as the row above, whose edges were dragged a little aside, moved back
    into its columns: the eye sees one column where the grid has a hair's breadth more."""
    result: list[list[WordCell]] = []
    for row in rows:
        above = result[-1] if result else []
        if len(row) > 1 and len(row) == len(above) and _is_near(row, above, edges):
            row = [
                replace(cell, start=over.start, span=over.span)
                for cell, over in zip(row, above, strict=True)
            ]
        result.append(row)
    return result


def _is_near(row: list[WordCell], above: list[WordCell], edges: list[int]) -> bool:
    for cell, over in zip(row, above, strict=True):
        ends = max(cell.start + cell.span, over.start + over.span)
        if ends >= len(edges):
            return False
        width = min(_extent(cell, edges), _extent(over, edges))
        if abs(edges[cell.start] - edges[over.start]) > width / 2:
            return False
    return True


def _extent(cell: WordCell, edges: list[int]) -> int:
    return edges[cell.start + cell.span] - edges[cell.start]


def _numbered_anew(rows: list[list[WordCell]]) -> list[list[WordCell]]:
    """Rows in a grid of only the columns in which some cell begins."""
    begun = sorted({cell.start for row in rows for cell in row})

    def moved(cell: WordCell) -> WordCell:
        start = bisect_left(begun, cell.start)
        return replace(cell, start=start, span=bisect_left(begun, cell.start + cell.span) - start)

    return [[moved(cell) for cell in row] for row in rows]


def _grid(rows: list[list[WordCell]], source: Source) -> Grid:
    """Rows of cells as a grid: `None` where a cell is covered, cells of the same column over one
    another joined where they are merged."""
    width = max(cell.start + cell.span for row in rows for cell in row)
    made: list[list[GridCell | None]] = [[GridCell("")] * width for _ in rows]
    anchors: dict[tuple[int, int], int] = {}
    for r, row in enumerate(rows):
        for cell in row:
            made[r][cell.start : cell.start + cell.span] = [None] * cell.span
            anchor = anchors.get((r - 1, cell.start))
            top = made[anchor][cell.start] if anchor is not None else None
            if cell.continues and anchor is not None and top is not None:
                made[anchor][cell.start] = replace(top, rowspan=r - anchor + 1)
                anchors[r, cell.start] = anchor
            else:
                made[r][cell.start] = _grid_cell(cell)
                anchors[r, cell.start] = r
    return Grid(tuple(map(tuple, made)), (source,) * len(rows), source)


def _grid_cell(cell: WordCell) -> GridCell:
    blanks = len(cell.text) - len(cell.text.lstrip(" \u3000\xa0"))
    indent = blanks + cell.text[:blanks].count("\u3000")
    return GridCell(cell.text.strip(), colspan=cell.span, indent=indent)
