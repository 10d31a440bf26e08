"""Tables without ruling lines: columns and rows from the alignment of words alone.

Merged cells leave no trace in such a table: its grids say `merges_known=False`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from index.loaders.pdf_words import Box, Word, around, joined, lines_of, segments
from index.model import Grid, GridCell, Source

__all__ = ["aligned_grids"]

_NUMBER = re.compile(r"[-−△▲(（]?\d[\d,，.]*[%％)）]?")


def aligned_grids(name: str, page: int, words: Sequence[Word]) -> tuple[list[Grid], list[Word]]:
    """Grids of runs of at least three lines with three or more columns of which one has figures,
    found by alignment alone, and the words outside them."""
    lines = [segments(line) for line in lines_of(words)]
    grids: list[Grid] = []
    rest: list[Word] = []
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and _tabular(lines[end]):
            end += 1
        block = lines[at:end]
        figures = sum(1 for line in block if any(_NUMBER.fullmatch(_text(s)) for s in line[1:]))
        if len(block) >= 3 and figures >= 2 and (grid := _aligned(name, page, block)):
            grids.append(grid)
        else:
            end = max(end, at + 1)
            rest += [word for line in lines[at:end] for part in line for word in part]
        at = end
    return grids, rest


def _text(segment: Sequence[Word]) -> str:
    return "".join(word.text for word in segment)


def _tabular(line: Sequence[Sequence[Word]]) -> bool:
    return len(line) >= 3 and all(len(_text(segment)) <= 40 for segment in line)


def _aligned(name: str, page: int, lines: Sequence[Sequence[Sequence[Word]]]) -> Grid | None:
    """Lines of segments as a grid; a column is a stretch that no white strip divides."""
    spans = sorted((s[0].x0, s[-1].x1) for line in lines for s in line)
    starts: list[float] = []
    end = float("-inf")
    for x0, x1 in spans:
        if x0 > end:
            starts.append(x0)
        end = max(end, x1)
    if len(starts) < 3:
        return None
    rows, sources = [], []
    for line in lines:
        cells = [GridCell("")] * len(starts)
        for segment in line:
            column = bisect_right(starts, segment[0].x0 + 0.01) - 1
            box = _box(around(segment))
            text = f"{cells[column].text} {joined(segment)}".strip()
            cells[column] = GridCell(text, source=Source(name, page=page, bbox=box))
        rows.append(tuple(cells))
        sources.append(Source(name, page=page, bbox=_box(around([w for s in line for w in s]))))
    whole = _box(around([w for line in lines for s in line for w in s]))
    return Grid(
        tuple(rows), tuple(sources), Source(name, page=page, bbox=whole), merges_known=False
    )


def _box(box: Box) -> Box:
    x0, top, x1, bottom = (round(value, 1) for value in box)
    return x0, top, x1, bottom
