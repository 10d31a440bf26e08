"""Passages: what is embedded and searched.  Prose by paragraph with its headings in front; table
rows as sentences with their column names and unit, a few rows to a passage.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from langchain_text_splitters import RecursiveCharacterTextSplitter

from index.captions import read_line
from index.facts import headings_of
from index.hierarchy import bare_label
from index.model import Document, Grid, Heading, Paragraph, Passage, Row, Source, Table
from index.sections import CONTENTS, with_sections

__all__ = ["MAX_CHARS", "passages", "row_sentence"]

# e5 reads 512 tokens; Chinese budget text has about 0.7 tokens a character.
MAX_CHARS = 420


def passages(document: Document, tables: Sequence[Table]) -> list[Passage]:
    """All passages of a document, prose first, with ids `<document>:<n>`."""
    found = [*_prose(document), *(p for table in tables for p in _rows(table))]
    return [
        Passage(f"{document.name}:{n}", document.name, section, text, kind, source, table, row)
        for n, (section, text, kind, source, table, row) in enumerate(found)
    ]


def row_sentence(table: Table, row: Row) -> str:
    """A row in words: `公务接待费（30217）：支出总计4.00万元，基本支出4.00万元`."""
    said = []
    for column, figure in zip(table.columns, row.figures, strict=True):
        if (
            figure is None
            or figure.presence in ("empty", "nil")
            or column.role in ("label", "code")
        ):
            continue
        if figure.text in row.label or (
            figure.presence == "number" and figure.value == 0 and len(table.columns) > 6
        ):
            continue
        money = column.role == "value" and figure.presence == "number" and not figure.unit
        unit = (column.unit or table.unit) if money else ""
        said.append(f"{column.path[-1] if column.path else ''}{figure.text}{unit}")
    above = headings_of(table, row)
    name = bare_label(row.label) + (f"（{row.code}）" if row.code else "")
    return f"{'/'.join((*above[-1:], name))}：{'，'.join(said)}"


Piece = tuple[tuple[str, ...], str, Literal["prose", "row"], Source, str, int]


def _prose(document: Document) -> Iterator[Piece]:
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=MAX_CHARS,
        chunk_overlap=0,
        separators=["。", "；", "，", ""],
        keep_separator="end",
    )
    for section, block in with_sections(document.blocks):
        if isinstance(block, Grid | Heading) or any(CONTENTS.search(part) for part in section):
            continue
        if not isinstance(block, Paragraph) or len(block.text.strip()) < 6 or read_line(block.text):
            continue
        for part in (
            splitter.split_text(block.text) if len(block.text) > MAX_CHARS else [block.text]
        ):
            yield section, part, "prose", block.source, "", -1


def _rows(table: Table) -> Iterator[Piece]:
    """Rows together up to the size of a passage; the first one's place stands for all."""
    section = (*table.section[:-1], _name(table))
    held: list[str] = []
    first: Row | None = None
    for row in table.rows:
        sentence = re.sub(r"\s+", "", row_sentence(table, row))[: MAX_CHARS * 3]
        if first and sum(map(len, held)) + len(sentence) > MAX_CHARS:
            yield section, "\n".join(held), "row", first.source, table.id, first.index
            held, first = [], None
        if sentence.rstrip("：") and not sentence.endswith("："):
            held.append(sentence)
            first = first or row
    if first:
        yield section, "\n".join(held), "row", first.source, table.id, first.index


def _name(table: Table) -> str:
    number = f"表{table.number} " if table.number else ""
    return f"{number}{table.title}"
