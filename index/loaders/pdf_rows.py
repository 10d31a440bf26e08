"""Rows that a table prints without rules between them: one ruled row that holds many lines of figures.

Some tables rule only their head and their total; all rows between stand in one tall cell for each
column.  Where the lines of the cells stand at the same heights, each height is a row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.loaders.pdf_words import Box, Word, joined, lines_of

__all__ = ["unruled_rows"]

_FIGURE = re.compile(r"[-−△▲(（]?\d[\d,，.]*[%％)）]?|[-—–]+")
_FEWEST = 3
# The most lines of a name without a figure beside them, to a line with one.
_WRAPPED = 1.4


def unruled_rows(boxes: Sequence[Box], words: Sequence[Word]) -> list[Box]:
    """The cells of a table with those of such a row cut at the heights between its lines."""
    found: list[Box] = []
    for band in _bands(boxes):
        cuts = _cuts([_lines(box, words) for box in band]) if len(band) > 1 else []
        found += [piece for box in band for piece in _cut(box, cuts)]
    return found


def _bands(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """Cells of one height at one place: those that a row is made of."""
    bands: dict[tuple[float, float], list[Box]] = {}
    for box in boxes:
        bands.setdefault((box[1], box[3]), []).append(box)
    yield from bands.values()


def _lines(box: Box, words: Sequence[Word]) -> list[list[Word]]:
    x0, top, x1, bottom = box
    return lines_of(w for w in words if x0 <= (w.x0 + w.x1) / 2 <= x1 and top <= w.middle <= bottom)


def _cuts(cells: Sequence[list[list[Word]]]) -> list[float]:
    """The heights between the rows of a band; none where its cells are one row."""
    figures = [
        lines
        for lines in cells
        if len(lines) >= _FEWEST and all(_FIGURE.fullmatch(joined(line)) for line in lines)
    ]
    names = [lines for lines in cells if lines and lines not in figures]
    if not figures or not any(len(lines) >= _FEWEST for lines in names):
        return []
    heights = _heights([line for lines in (*figures, *names) for line in lines])
    with_figure = _heights([line for lines in figures for line in lines])
    if len(heights) > _WRAPPED * len(with_figure):
        return []
    return [(above + below) / 2 for above, below in pairwise(heights)]


def _heights(lines: Sequence[list[Word]]) -> list[float]:
    """The distinct heights of lines, from the top; lines within half a letter are at one."""
    heights: list[float] = []
    size = min((word.size for line in lines for word in line), default=0.0)
    for middle in sorted(line[0].middle for line in lines):
        if not heights or middle - heights[-1] > size / 2:
            heights.append(middle)
    return heights


def _cut(box: Box, cuts: Sequence[float]) -> list[Box]:
    x0, top, x1, bottom = box
    edges = [top, *(cut for cut in cuts if top < cut < bottom), bottom]
    return [(x0, a, x1, b) for a, b in pairwise(edges)]
