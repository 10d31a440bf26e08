"""Plain text, like the text layer of a PDF: page breaks cut paragraphs and tables, merged cells are
blank, the unit stands outside the table."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from evals.publication import Heading, Paragraph, Publication, Table, header
from evals.writers.cells import body, caption

__all__ = ["write"]


def write(publication: Publication) -> bytes:
    rng = Random(f"pages/{publication.name}")
    lines = ["", "", publication.organisation, f"{publication.year}年{publication.kind}", ""]
    lines += ["# 目 录", "", *(f"- {line}" for line in publication.contents), ""]
    for block in publication.blocks:
        if isinstance(block, Heading):
            lines += [f"{'#' * block.level} {block.text}", ""]
        elif isinstance(block, Paragraph):
            lines += _pages(block.text, rng)
        else:
            lines += _table(publication, block)
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


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


def _head(publication: Publication, table: Table) -> list[str]:
    """Number, title, organisation and unit: a line each, or close together in some places."""
    around = caption(publication, table)
    number, title = around.number, f"## {around.title}"
    if not around.together:
        return [number, "", title, "", around.organisation, "", around.unit, ""]
    return [number, title, "", f"{around.organisation}　　{around.unit}", ""]


def _table(publication: Publication, table: Table) -> Iterator[str]:
    style = publication.style
    rows = body(table, style)
    head = _head(publication, table)
    yield from head
    pages = [rows[n : n + style.rows_a_page] for n in range(0, len(rows), style.rows_a_page)]
    for number, page in enumerate(pages or [[]]):
        if number and style.repeat_header:
            yield from ("", *head)
        elif number:
            yield from ("", "")
        if number == 0 or style.repeat_header:
            yield from ("\t".join(c.text if c else "" for c in row) for row in header(table))
        yield from ("\t".join(row) for row in page)
    yield from ("", table.note, "") if table.note else ("",)
