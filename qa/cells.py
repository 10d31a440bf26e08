"""Cells that say something in words (绩效目标, 依据, 说明), as what a question may be answered with.

A passage of table rows is written as sentences for searching; what is quoted is the cell itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from index.chunks import MAX_CHARS, row_sentence
from index.facts import headings_of
from index.hierarchy import bare_label
from index.library import Library
from index.model import Figure, Passage, Row, Table

__all__ = ["Cell", "worded_cells"]

# A cell shorter than this is a name or a grade, not a statement.
_STATEMENT = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with words: `text` as printed, its row's name with the names above it, its column."""

    text: str
    row: str
    above: str
    column: str
    page: int | None
    sheet: str | None = None
    address: str | None = None


def worded_cells(passage: Passage, library: Library) -> Iterator[Cell]:
    """The cells with words of the rows in a passage of a table."""
    table = library.table(passage.table)
    if table is None:
        return
    lines = set(passage.text.split("\n"))
    for row in table.rows[max(passage.row, 0) :]:
        if re.sub(r"\s+", "", row_sentence(table, row))[: MAX_CHARS * 3] not in lines:
            continue
        for column, figure in zip(table.columns, row.figures, strict=True):
            if figure is None or column.role not in ("text", "value"):
                continue
            if _says(figure) and figure.text != row.label:
                yield _cell(table, row, figure, column.path[-1] if column.path else "")


def _says(figure: Figure) -> bool:
    return figure.presence == "text" and len(figure.text) >= _STATEMENT


def _cell(table: Table, row: Row, figure: Figure, column: str) -> Cell:
    source = figure.source or row.source
    name = f"{row.code} {bare_label(row.label)}".strip()
    return Cell(
        figure.text,
        name,
        " ".join(headings_of(table, row)),
        column,
        source.page,
        source.sheet,
        source.cell,
    )
