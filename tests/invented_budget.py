"""A fictional department's budget as a text extraction, with the troubles real ones have.

`document()` is the shipped file, read; `of(...)` makes a document of a few lines, and `tables`,
`prose_facts` read one in a single step.  All names and figures are invented.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from index.build import read_document
from index.loaders import load
from index.model import Document, Fact, Paragraph, Profile, Row, Source, Table
from index.schema import IndexedDocument
from index.statements import statements
from index.tables import normalise

FILE = Path(__file__).parent / "data" / "云杉区林业局2031年部门预算.txt"
CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
PROFILE = Profile("2031年部门预算", "部门预算", "深林市云杉区林业局", 2031, ("林业局",))
ACCOUNT = Profile("2031年部门决算", "部门决算", "深林市云杉区林业局", 2031, ("林业局",))


@cache
def document() -> IndexedDocument:
    """The fictional budget with everything that is read from it."""
    return read_document(FILE)


def table(number: str, side: int = 0) -> Table:
    """A table of the fictional budget by its printed number; `side` 1 is the right one of two."""
    return [t for t in document().tables if t.number == number][side]


def cells(table: Table) -> list[list[str]]:
    """The values of a table as plain text, a row a list; what is no number by its presence."""
    return [
        [
            "" if f is None else str(f.value) if f.presence == "number" else f.presence
            for f, c in zip(row.figures, table.columns, strict=True)
            if c.role == "value"
        ]
        for row in table.rows
    ]


def row(table: Table, label: str) -> Row:
    return next(r for r in table.rows if r.label == label)


def written(folder: Path, text: str | bytes, name: str = "云杉区林业局2031年部门预算.txt") -> Path:
    """A file of this content; `|` in a line of text becomes a tab."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.replace("|", "\t").encode())
    return path


def tables(folder: Path, text: str) -> tuple[Table, ...]:
    return normalise(load(written(folder, text)))


def prose_facts(*paragraphs: str, profile: Profile = PROFILE) -> list[Fact]:
    """What paragraphs state, each given as one line."""
    blocks = tuple(Paragraph(p, Source("d.txt", line=n)) for n, p in enumerate(paragraphs, 1))
    return statements(Document("d.txt", "", "text", blocks), profile)
