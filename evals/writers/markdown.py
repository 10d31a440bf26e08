"""Markdown: pipe tables, no page breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals.publication import Heading, Paragraph, Publication, Style, Table, header
from evals.writers.cells import body

__all__ = ["write"]


def write(publication: Publication) -> bytes:
    lines = [f"# {publication.title}", "", "## 目录", ""]
    lines += [f"- {line}" for line in publication.contents]
    for block in publication.blocks:
        lines.append("")
        if isinstance(block, Heading):
            lines.append(f"{'#' * block.level} {block.text}")
        elif isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            lines += _table(block, publication.style)
    return ("\n".join(lines) + "\n").encode()


def _table(table: Table, style: Style) -> Iterator[str]:
    yield from (f"### {style.numbering.format(table.number)} {table.title}", "")
    yield from (f"单位：{table.unit}", "")
    first, *rest = ([cell.text if cell else "" for cell in row] for row in header(table))
    yield _piped(first)
    yield _piped(["---"] * len(first))
    yield from map(_piped, [*rest, *body(table, style)])
    if table.note:
        yield from ("", table.note)


def _piped(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
