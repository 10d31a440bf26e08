"""A worksheet as it is laid out: its cells by address, for showing where a figure stands.

sheet = sheet_of(file, "收支总表")
sheet.cells[(6, 1)].text        # what stands in B7
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from index.errors import UnreadableDocument
from index.loaders import load
from index.model import Block, Document, Grid, GridCell, Source

__all__ = ["Sheet", "place_of", "sheet_of"]

_ADDRESS = re.compile(r"([A-Z]{1,3})(\d+)")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one sheet by (row, column) from 0; merged cells at their upper left corner."""

    name: str
    cells: dict[tuple[int, int], GridCell]

    @property
    def size(self) -> tuple[int, int]:
        """How many rows and columns it reaches over."""
        if not self.cells:
            return 0, 0
        return (
            max(row + cell.rowspan for (row, _), cell in self.cells.items()),
            max(column + cell.colspan for (_, column), cell in self.cells.items()),
        )


def place_of(address: str) -> tuple[int, int]:
    """The (row, column) from 0 of an A1 address.

    >>> place_of("B7"), place_of("AB1")
    ((6, 1), (0, 27))
    """
    match = _ADDRESS.match(address)
    if match is None:
        raise ValueError(f"no address of a cell: {address!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def sheet_of(file: Path, name: str) -> Sheet | None:
    """The sheet of this name, as it was read; `None` where there is none or no sheets at all."""
    try:
        document = _read(file)
    except UnreadableDocument:
        return None
    cells = {
        place_of(source.cell): cell
        for block in document.blocks
        for source, cell in _cells(block)
        if source.sheet == name and source.cell
    }
    return Sheet(name, cells) if cells else None


# The copies in a store are named by their content, so that a path always means the same.
@lru_cache(maxsize=8)
def _read(file: Path) -> Document:
    return load(file)


def _cells(block: Block) -> Iterator[tuple[Source, GridCell]]:
    if not isinstance(block, Grid):
        yield block.source, GridCell(block.text)
        return
    for row in block.rows:
        for cell in row:
            if cell is not None and cell.source is not None and cell.text:
                yield cell.source, cell
