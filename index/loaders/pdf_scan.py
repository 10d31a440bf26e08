"""A page as a picture: rendered, read by OCR, its ruling lines found in the pixels.

Coordinates leave this module in PDF points, so that a scanned page and a page of text look alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index import ocr
from index.loaders.pdf_tables import Rule, rule
from index.loaders.pdf_words import Word
from index.pictures import page_image

__all__ = ["Scan", "scanned"]

# Pixels a point: 144 dots an inch, enough for the 5 point type of wide tables.
_SCALE = 2.0
# Pixels a straight piece of a rule has at least: no stroke of a character is that long.
_PIECE = 44
# Shorter ones (between two low rows of a divided head) reach from rule to rule, as no stroke does.
_SHORT = 16
_TOUCH = 2.0  # points
# Brightness below which a pixel is ink.
_DARK = 170
_TURNED_DASH = frozenset("1lI|丨")


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as OCR read it: words in points, the number of lines, their mean confidence."""

    words: tuple[Word, ...]
    lines: int
    confidence: float
    picture: NDArray[np.uint8]

    def rules(self) -> list[Rule]:
        """The ruling lines seen in the picture, in points."""
        dark = self.picture.max(axis=2) < _DARK
        level, upright = list(_runs(dark, _PIECE)), list(_runs(dark.T, _PIECE))
        short = [run for run in _runs(dark, _SHORT, _PIECE) if _joins(run, upright)]
        upright += [run for run in _runs(dark.T, _SHORT, _PIECE) if _joins(run, level)]
        return [
            *(rule(x0, at, x1, at) for at, x0, x1 in level + short),
            *(rule(at, top, at, bottom) for at, top, bottom in upright),
        ]


def scanned(path: Path, number: int) -> Scan:
    """Page `number` (1-based) of a PDF, rendered and read."""
    image = page_image(path, number, _SCALE)
    picture: NDArray[np.uint8] = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
    readings = ocr.read(picture)
    scores = [reading.score for reading in readings]
    mean = sum(scores) / len(scores) if scores else 0.0
    words = tuple(_word(_upright(reading, picture)) for reading in readings)
    return Scan(words, len(readings), mean, picture)


def _upright(reading: ocr.Reading, picture: NDArray[np.uint8]) -> ocr.Reading:
    """A reading as the page shows it.  The engine turns what is higher than wide, and so the box of
    a dash alone in its cell, which it then takes for a 1: nothing printed would become a figure."""
    if reading.text not in _TURNED_DASH:
        return reading
    x0, top, x1, bottom = (round(value) for value in reading.box)
    dark = picture[max(top, 0) : bottom, max(x0, 0) : x1].max(axis=2) < _DARK
    rows, columns = np.nonzero(dark)
    if not rows.size or np.ptp(columns) + 1 < 2 * (np.ptp(rows) + 1):
        return reading
    return replace(reading, text="-", parts=())


def _word(reading: ocr.Reading) -> Word:
    """A line as one word: OCR's boxes are lines, cut later where rules cross them."""
    x0, top, x1, bottom = (value / _SCALE for value in reading.box)
    parts = tuple((text, left / _SCALE, right / _SCALE) for text, left, right in reading.parts)
    # Chinese characters are as wide as their type is high; letters and digits half as wide.
    ems = sum(0.5 if char.isascii() else 1.0 for char in reading.text)
    size = min((x1 - x0) / ems, 0.95 * (bottom - top))
    return Word(reading.text, x0, top, x1, bottom, size, parts=parts)


_Run = tuple[float, float, float]


def _joins(run: _Run, across: Sequence[_Run]) -> bool:
    """Whether a run reaches from one of the rules that cross it to another."""
    at, *ends = run
    return all(
        any(abs(place - end) <= _TOUCH and a - _TOUCH <= at <= b + _TOUCH for place, a, b in across)
        for end in ends
    )


def _runs(dark: NDArray[np.bool_], least: int, below: int | None = None) -> list[_Run]:
    """Straight dark runs of at least (and below) some pixels along the rows of a picture, in points
    as (row, start, end), those of one rule that is several pixels thick, or slightly slanted, put
    together."""
    padded = np.zeros((dark.shape[0], dark.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = dark
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    long = (ends - starts >= least) & (ends - starts < (below or dark.shape[1] + 1))
    found: list[list[float]] = []
    for row, start, end in zip(rows[long], starts[long], ends[long], strict=True):
        for run in reversed(found[-200:]):
            if row - run[3] <= 2 and start <= run[2] + 6 and end >= run[1] - 6:
                run[1], run[2], run[3] = min(run[1], start), max(run[2], end), row
                break
        else:
            found.append([row, start, end, row])
    # A dark area is no rule: it is thicker than a slanted line of its length would be.
    return [
        ((a + b) / 2 / _SCALE, x0 / _SCALE, x1 / _SCALE)
        for a, x0, x1, b in found
        if b - a <= 6 + (x1 - x0) / 60
    ]
