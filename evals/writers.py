"""A `Publication` in a file format: one writer a format, `write(publication, format)` -> text.

`text` looks like the text layer of a PDF: page breaks cut paragraphs and tables, merged cells are
blank, the unit stands outside the table.  `markdown` has pipe tables and no page breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from evals.publication import (
    Heading,
    Paragraph,
    Publication,
    Row,
    Side,
    Style,
    Table,
    header,
    printed,
)

__all__ = ["SUFFIXES", "body", "write"]

SUFFIXES = {"text": ".txt", "markdown": ".md"}


def write(publication: Publication, format: str) -> str:
    """The whole file.  Raises `ValueError` for a format there is no writer for."""
    if format == "text":
        return _text(publication)
    if format == "markdown":
        return _markdown(publication)
    raise ValueError(f"no writer for {format!r}; there are {', '.join(SUFFIXES)}")


def body(table: Table, style: Style) -> list[list[str]]:
    """The rows under the header as printed; a shorter side ends in blanks."""
    sides = [[_cells(side, row, style, table.unit) for row in side.rows] for side in table.sides]
    widths = [len(side.label_headers) + len(side.columns) for side in table.sides]
    length = max(map(len, sides))
    for rows, width in zip(sides, widths, strict=True):
        rows += [[""] * width for _ in range(length - len(rows))]
    return [[cell for part in parts for cell in part] for parts in zip(*sides, strict=True)]


def _cells(side: Side, row: Row, style: Style, unit: str) -> list[str]:
    label = row.prefix + row.label
    figures = [printed(value, style, unit) for value in row.values]
    if side.code_columns == 0:
        return [label, *figures]
    if side.code_columns == 1:
        return [row.code, label, *figures]
    return [row.code[:3], row.code[3:5], row.code[5:7], label, *figures]


def _header(table: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in header(table)]


# ------------------------------------------------------------------------------------- text


def _text(publication: Publication) -> str:
    rng = Random(f"pages/{publication.name}")
    lines = ["", "", publication.organisation, f"{publication.year}年{publication.kind}", ""]
    lines += ["# 目 录", "", *(f"- {line}" for line in publication.contents), ""]
    for block in publication.blocks:
        if isinstance(block, Heading):
            lines += [f"{'#' * block.level} {block.text}", ""]
        elif isinstance(block, Paragraph):
            lines += _pages(block.text, rng)
        else:
            lines += _text_table(publication, block)
    return "\n".join(lines).rstrip("\n") + "\n"


def _pages(text: str, rng: Random) -> Iterator[str]:
    """A paragraph; one in eight is cut by the end of a page, never inside a figure."""
    if len(text) > 40 and rng.random() < 1 / 8:
        places = [n for n in range(12, len(text) - 8) if "一" <= text[n - 1] <= "龥"]
        cuts = [n for n in places if "一" <= text[n] <= "龥"]
        if cuts:
            cut = rng.choice(cuts)
            yield from (text[:cut], "", text[cut:], "")
            return
    yield from (text, "")


def _text_head(publication: Publication, table: Table) -> list[str]:
    """Number, title, organisation and unit: a line each, or close together in some places."""
    style = publication.style
    number, title = style.numbering.format(table.number), f"## {table.title}"
    named, unit = f"单位名称：{publication.organisation}", f"单位：{table.unit}"
    if style.phrasing % 2:
        return [number, "", title, "", named, "", unit, ""]
    return [number, title, "", f"{named}　　{unit}", ""]


def _text_table(publication: Publication, table: Table) -> Iterator[str]:
    style = publication.style
    rows = body(table, style)
    head = _text_head(publication, table)
    yield from head
    pages = [rows[n : n + style.rows_a_page] for n in range(0, len(rows), style.rows_a_page)]
    for number, page in enumerate(pages or [[]]):
        if number and style.repeat_header:
            yield from ("", *head)
        elif number:
            yield from ("", "")
        if number == 0 or style.repeat_header:
            yield from ("\t".join(row) for row in _header(table))
        yield from ("\t".join(row) for row in page)
    yield from ("", table.note, "") if table.note else ("",)


# --------------------------------------------------------------------------------- markdown


def _markdown(publication: Publication) -> str:
    lines = [f"# {publication.title}", "", "## 目录", ""]
    lines += [f"- {line}" for line in publication.contents]
    for block in publication.blocks:
        lines.append("")
        if isinstance(block, Heading):
            lines.append(f"{'#' * block.level} {block.text}")
        elif isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            lines += _markdown_table(block, publication.style)
    return "\n".join(lines) + "\n"


def _markdown_table(table: Table, style: Style) -> Iterator[str]:
    yield from (f"### {style.numbering.format(table.number)} {table.title}", "")
    yield from (f"单位：{table.unit}", "")
    first, *rest = _header(table)
    yield _piped(first)
    yield _piped(["---"] * len(first))
    yield from map(_piped, [*rest, *body(table, style)])
    if table.note:
        yield from ("", table.note)


def _piped(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
