"""The nouns of the house: what a document is made of, from file to fact.

Every value is frozen and knows where it came from (`Source`).  A loader makes a `Document` of
blocks, the normaliser makes `Table`s of its grids, and each numeric cell or figure in prose
becomes one `Fact`.

>>> Amount(Decimal("4.00"), "万元")
Amount(value=Decimal('4.00'), unit='万元')
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

__all__ = [
    "Amount",
    "Block",
    "Column",
    "Document",
    "Fact",
    "Figure",
    "Grid",
    "GridCell",
    "Heading",
    "Paragraph",
    "Passage",
    "Problem",
    "Profile",
    "Row",
    "Source",
    "Table",
]


@dataclass(frozen=True, slots=True)
class Source:
    """Where in a file something stands.

    `page` and `line` are 1-based; `sheet` and `cell` (A1 style) belong to spreadsheets; `bbox` is
    (x0, top, x1, bottom) in PDF points from the page's upper left corner.
    """

    document: str
    page: int | None = None
    line: int | None = None
    sheet: str | None = None
    cell: str | None = None
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a source, told rather than raised: it stops neither the document nor
    the others.  `kind` is one of `unreadable`, `missing_table`, `incomplete_table`,
    `sum_mismatch`, `rounding`, `hidden_sheet`, `ocr`, `contradiction`, `no_figures`, or `same_name` in a
    report only; `severity` `error` means that the document could not be read.  `table` is the id of the table that it is wrong with."""

    kind: str
    message: str
    source: Source
    severity: Literal["error", "warning", "note"] = "warning"
    table: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit, e.g. `Amount(Decimal("4.00"), "万元")`; never a float."""

    value: Decimal
    unit: str


# ---------------------------------------------------------------- what a loader delivers


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; `level` 1 is the highest.  `text` is clean: no `#`, no `**`."""

    text: str
    level: int
    source: Source


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One whole paragraph, joined again where a page break or line wrap had cut it.

    `source` is where it begins; `later` the places where it goes on on further pages, each with the
    character it begins at there."""

    text: str
    source: Source
    later: tuple[tuple[int, Source], ...] = ()

    def source_at(self, position: int) -> Source:
        """Where the character at a position stands."""
        begun = [source for start, source in self.later if start <= position]
        return begun[-1] if begun else self.source


@dataclass(frozen=True, slots=True)
class GridCell:
    """A printed cell.  `text` is as printed, blanks at the ends removed; `""` is an empty cell.

    `percent` says that the format shows the number as a percentage while `text` is the fraction
    (spreadsheets).  `source` is only given where it is finer than the row's (address, box)."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    percent: bool = False
    indent: int = 0
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as printed: rows of cells, all of the same length.

    `None` is no cell of its own: covered by a merged one to its left or above.  Extractions that
    do not know their merged cells (`merges_known=False`) have `GridCell("")` there instead."""

    rows: tuple[tuple[GridCell | None, ...], ...]
    row_sources: tuple[Source, ...]
    source: Source
    merges_known: bool = True


Block = Heading | Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Profile:
    """What a document is: `kind` (部门预算, 单位预算, 部门决算, 政府预算, 政府决算, other),
    `organisation`, the `year` it is for, further names the organisation goes by.

    `levels` (全市, 市本级 …), `units` (万元, 亿元 …) and `years` are those of its figures, the most
    frequent first."""

    title: str
    kind: str
    organisation: str
    year: int | None
    aliases: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A file, read: its blocks in reading order.  `name` is its key in a store: the file's path below
    the folder that was given, e.g. `城管局/2024年部门预算.pdf` (see `index.names`); `publisher` is
    whose site a page is from, where it says so."""

    name: str
    sha256: str
    format: str
    blocks: tuple[Block, ...]
    problems: tuple[Problem, ...] = ()
    pages: int | None = None
    publisher: str = ""

    @staticmethod
    def digest(path: Path) -> str:
        """The content of a file as a SHA-256 in hex: the same file is not indexed twice."""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def renamed(document: Document, name: str) -> Document:
    """A document under another name, which all that is in it then says it is from."""

    def moved(value: Any) -> Any:
        if isinstance(value, Source):
            return replace(value, document=name)
        if isinstance(value, tuple):
            return tuple(moved(one) for one in value)
        if isinstance(value, Heading | Paragraph | Grid | GridCell | Problem):
            return replace(value, **{f.name: moved(getattr(value, f.name)) for f in fields(value)})
        return value

    blocks, problems = moved(document.blocks), moved(document.problems)
    return replace(document, name=name, blocks=blocks, problems=problems)


# ---------------------------------------------------------------- what the normaliser makes of it

Presence = Literal["number", "text", "empty", "nil", "withheld"]


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says.  Four things a blank can be are kept apart: no cell at all is `None`
    instead of a `Figure`; `presence` `empty` is a blank cell (not stated), `nil` a dash,
    `withheld` an asterisk; zero is a number.  `comparator` is `≥`, `≤`, `>`, `<`, `≈` or `""`;
    `unit` only what the cell itself says (`10 场`, `90%`)."""

    text: str
    presence: Presence
    value: Decimal | None = None
    unit: str = ""
    comparator: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: `path` from the topmost header down, `role` what stands in it."""

    index: int
    path: tuple[str, ...]
    role: Literal["label", "code", "value", "text"]
    unit: str = ""

    @property
    def name(self) -> str:
        """The path in one string, e.g. `财政拨款/小计`."""
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table.  `parents` are the row numbers above it in the hierarchy, nearest last."""

    index: int
    label: str
    code: str
    level: int
    parents: tuple[int, ...]
    is_total: bool
    figures: tuple[Figure | None, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class Table:
    """A table as meant: one per logical table, whatever pages or grids it was printed on.

    `number` is the printed number in digits (`8` for 表8 or 附表八), `unit` the default unit of its
    figures, `note` the remarks under it, `empty` that it says or shows that it has no data."""

    id: str
    document: str
    title: str
    number: str
    unit: str
    section: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: Source
    note: str = ""
    empty: bool = False
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure with everything that says what it is.

    `label` is the row (or the subject of the sentence), `path` the labels above it, `measure` the
    column (`支出总计`, `2024年预算数`; in prose 预算数, 决算数, 增减额, 增减率 …).  `year` is the year the
    figure is for, `basis` 预算 / 决算 / 执行 / 调整预算 / "", `level` 全市 / 市本级 / "".  `origin` is
    `table` or `prose`; `quote` is copied from the document character for character; for prose it
    is the sentence, and `reason` what the sentence gives as the cause."""

    id: str
    document: str
    organisation: str
    year: int | None
    origin: Literal["table", "prose"]
    table: str
    table_title: str
    table_number: str
    section: tuple[str, ...]
    row: int
    label: str
    code: str
    path: tuple[str, ...]
    depth: int
    is_total: bool
    column: int
    measure: str
    value: Decimal
    unit: str
    basis: str
    level: str
    quote: str
    source: Source
    comparator: str = ""
    reason: str = ""
    derived: str = ""
    flags: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that is embedded and searched: `text` with `context` (its heading
    path, or its table's title) in front when embedded.  `kind` is `prose` or `row`."""

    id: str
    document: str
    section: tuple[str, ...]
    text: str
    kind: Literal["prose", "row"]
    source: Source
    table: str = ""
    row: int = -1
