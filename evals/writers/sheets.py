"""A publication as the sheets of a workbook: cover, contents, text, then one sheet a table.

The writers of the workbook formats put these into files.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evals.publication import Publication, Table
from evals.writers.cells import Cell, Grid, caption, grid, header_depth

__all__ = ["Sheet", "sheets"]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its grid, how many rows at the top are title and header, whether it is text (one
    wide column of lines)."""

    name: str
    rows: Grid
    head: int = 0
    text: bool = False


def sheets(publication: Publication) -> Iterator[Sheet]:
    title = (publication.organisation, f"{publication.year}年{publication.kind}")
    yield Sheet("封面", [[Cell(line)] for line in title], text=True)
    yield Sheet("目录", [[Cell(line)] for line in ("目录", *publication.contents)], text=True)
    prose = [block.text for block in publication.blocks if not isinstance(block, Table)]
    yield Sheet("说明", [[Cell(line)] for line in prose], text=True)
    for table in publication.tables:
        name = f"{table.number} {table.title}"[:31]
        yield Sheet(name, _rows(publication, table), 3 + header_depth(table))


def _rows(publication: Publication, table: Table) -> Grid:
    """Number, title and unit in rows of their own over the table, notes in a row below it."""
    rows = grid(table, publication.style)
    width, around = len(rows[0]), caption(publication, table)
    half = max(width - 2, 1)
    title = Cell(around.title, colspan=width)
    above: Grid = [
        [Cell(around.number), *[Cell("")] * (width - 1)],
        [title, *[None] * (width - 1)],
        [
            Cell(around.organisation, colspan=half), *[None] * (half - 1),
            Cell(around.unit, colspan=width - half), *[None] * (width - half - 1),
        ],
    ]  # fmt: skip
    note: Grid = [[Cell(table.note, colspan=width), *[None] * (width - 1)]] if table.note else []
    return [*above, *rows, *note]
