"""A document before it has a format: headings, paragraphs and tables, and the facts they state.

`Publication` is made once (`evals.reporting`) and written by one writer a format
(`evals.writers`).  A paragraph carries its `Claim`s, a table its typed rows, so that `facts` reads
the truth off the very values that are printed.

>>> table = Table("projects", 5, "项目支出表", "万元", (side,))  # doctest: +SKIP
>>> [fact.label for fact in facts(publication)]  # doctest: +SKIP
['水库安全鉴定', …]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

__all__ = [
    "Block",
    "Claim",
    "Column",
    "Fact",
    "HeaderCell",
    "Heading",
    "Paragraph",
    "Publication",
    "Row",
    "Side",
    "Style",
    "Table",
    "facts",
    "header",
    "printed",
    "record",
]

# What a figure says of its label: this year's amount, the basic or the project part, the part from
# one source, the change, the rate of change, the share carried out, a number of things.
Aspect = Literal["total", "basic", "project", "source", "change", "rate", "completion", "count"]


@dataclass(frozen=True, slots=True)
class Style:
    """How one department writes: everything a reader sees differ from place to place.

    `grammar` `projects` tells of projects against last year's budget, `subjects` of 项 against last
    year's outturn; `unit` is that of the tables (prose is always in 万元); `zero` is how nothing is
    printed in a table; `code_columns` 1 or 3; `total` heads the column of the whole amount."""

    grammar: Literal["projects", "subjects"]
    phrasing: int
    unit: Literal["万元", "元"]
    separators: bool
    zero: str
    code_columns: Literal[1, 3]
    total: str
    spaced: bool
    numbering: str
    wide: bool
    rows_a_page: int
    repeat_header: bool
    shuffle: int


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure in prose: `value` is signed where it is a change or a rate."""

    label: str
    aspect: Aspect
    value: Decimal
    unit: str
    year: int
    basis: str
    reason: str = ""
    code: str = ""
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures; `path` from the topmost header down.  `label` is given where the column
    and not the row names what the figure is of."""

    path: tuple[str, ...]
    aspect: Aspect
    year: int
    basis: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `prefix` is printed before the label (`一、`).  `None` is a cell left blank."""

    label: str
    values: tuple[Decimal | None, ...]
    code: str = ""
    path: tuple[str, ...] = ()
    total: bool = False
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One list of rows; a table printed 收入 | 支出 has two, each under its own `heading`."""

    heading: str
    label_headers: tuple[tuple[str, ...], ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    code_columns: Literal[0, 1, 3] = 0


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    number: int
    title: str
    unit: str
    sides: tuple[Side, ...]
    note: str = ""


Block = Heading | Paragraph | Table


@dataclass(frozen=True, slots=True)
class Publication:
    """A document: `contents` lists its parts and tables in front, as printed."""

    name: str
    title: str
    organisation: str
    year: int
    kind: str
    contents: tuple[str, ...]
    blocks: tuple[Block, ...]
    style: Style

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Table))

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Paragraph))


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure as the document states it; `quote` is the figure as printed."""

    document: str
    organisation: str
    year: int
    origin: Literal["table", "prose"]
    table: str
    number: str
    title: str
    label: str
    code: str
    path: tuple[str, ...]
    aspect: str
    column: str
    value: Decimal
    unit: str
    basis: str
    reason: str
    quote: str


def printed(value: Decimal | None, style: Style, unit: str) -> str:
    """A table cell: `printed(Decimal("1234.50"), style, "元")` -> `12,345,000`."""
    if value is None:
        return ""
    if value == 0:
        return style.zero
    text = f"{value * 10000:,.0f}" if unit == "元" else f"{value:,.2f}"
    return text if style.separators else text.replace(",", "")


@dataclass(frozen=True, slots=True)
class HeaderCell:
    text: str
    rowspan: int = 1
    colspan: int = 1


def header(table: Table) -> tuple[tuple[HeaderCell | None, ...], ...]:
    """The header rows with their merged cells; `None` is covered by one to its left or above.

    `[("收入",), ("收入", "项目")]`-like paths side by side give two rows, 收入 spanning."""
    paths = [path for side in table.sides for path in _paths(side)]
    depth = max(map(len, paths))
    rows: list[list[HeaderCell | None]] = [[None] * len(paths) for _ in range(depth)]
    for level in range(depth):
        for column, path in enumerate(paths):
            if level >= len(path) or (column and _joined(paths[column - 1], path, level)):
                continue
            width = 1
            while column + width < len(paths) and _joined(path, paths[column + width], level):
                width += 1
            height = depth - level if level == len(path) - 1 else 1
            rows[level][column] = HeaderCell(path[level], height, width)
    return tuple(map(tuple, rows))


def _joined(left: tuple[str, ...], right: tuple[str, ...], level: int) -> bool:
    """Two neighbours share the header cell at a level: the same group, not two columns alike."""
    inner = min(len(left), len(right)) - 1
    return level < inner and left[: level + 1] == right[: level + 1]


def _paths(side: Side) -> list[tuple[str, ...]]:
    paths = [*side.label_headers, *(column.path for column in side.columns)]
    return [(side.heading, *path) if side.heading else path for path in paths]


def facts(publication: Publication) -> tuple[Fact, ...]:
    """Every figure that is printed, in reading order; blanks and dashes are none."""
    found: list[Fact] = []
    for block in publication.blocks:
        if isinstance(block, Paragraph):
            found += (_stated(publication, claim) for claim in block.claims)
        elif isinstance(block, Table):
            found += _tabled(publication, block)
    return tuple(found)


def _stated(publication: Publication, claim: Claim) -> Fact:
    return Fact(
        publication.name, publication.organisation, claim.year, "prose", "", "", "", claim.label,
        claim.code, claim.path, claim.aspect, "", claim.value, claim.unit, claim.basis,
        claim.reason, f"{abs(claim.value):,}",
    )  # fmt: skip


def _tabled(publication: Publication, table: Table) -> Iterator[Fact]:
    factor = 10000 if table.unit == "元" else 1
    for side in table.sides:
        for row in side.rows:
            for column, value in zip(side.columns, row.values, strict=True):
                quote = printed(value, publication.style, table.unit)
                if value is None or quote in ("", "-"):
                    continue
                yield Fact(
                    publication.name, publication.organisation, column.year, "table", table.key,
                    str(table.number), table.title, column.label or row.label, row.code, row.path,
                    column.aspect, "/".join(column.path), value * factor, table.unit, column.basis,
                    "", quote,
                )  # fmt: skip


def record(fact: Fact) -> dict[str, Any]:
    """A fact as a JSON object; the value is a plain decimal string."""
    return {"record": "fact", **asdict(fact), "value": f"{fact.value:f}"}
