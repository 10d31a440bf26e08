"""A page as a picture: rendered, read by OCR, its ruling lines found in the pixels.

Coordinates leave this module in PDF points, so that a scanned page and a page of text look alike.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Scan:
    """A page as OCR read it: words in points, the number of lines, their mean confidence."""

    words: tuple[Word, ...]
    lines: int
    confidence: float
    picture: NDArray[np.uint8]

    def rules(self) -> list[Rule]:
        """The ruling lines seen in the picture, in points."""
        dark = self.picture.max(axis=2) < 170
        level = [rule(x0, at, x1, at) for at, x0, x1 in _runs(dark)]
        upright = [rule(at, top, at, bottom) for at, top, bottom in _runs(dark.T)]
        return level + upright


def scanned(path: Path, number: int) -> Scan:
    """Page `number` (1-based) of a PDF, rendered and read."""
    image = page_image(path, number, _SCALE)
    picture: NDArray[np.uint8] = np.ascontiguousarray(np.asarray(image)[:, :, ::-1])
    readings = ocr.read(picture)
    scores = [reading.score for reading in readings]
    mean = sum(scores) / len(scores) if scores else 0.0
    return Scan(tuple(_word(r) for r in readings), len(readings), mean, picture)


def _word(reading: ocr.Reading) -> Word:
    """A line as one word: OCR's boxes are lines, cut later where rules cross them."""
    x0, top, x1, bottom = (value / _SCALE for value in reading.box)
    parts = tuple((text, left / _SCALE, right / _SCALE) for text, left, right in reading.parts)
    # Chinese characters are as wide as their type is high; letters and digits half as wide.
    ems = sum(0.5 if char.isascii() else 1.0 for char in reading.text)
    size = min((x1 - x0) / ems, 0.95 * (bottom - top))
    return Word(reading.text, x0, top, x1, bottom, size, parts=parts)


def _runs(dark: NDArray[np.bool_]) -> list[tuple[float, float, float]]:
    """Straight dark runs along the rows of a picture in points as
    (row, start, end), those of one rule that is several pixels thick, or slightly
    slanted, put together."""
    padded = np.zeros((dark.shape[0], dark.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = dark
    change = np.diff(padded, axis=1)
    rows, starts = np.nonzero(change == 1)
    _, ends = np.nonzero(change == -1)
    long = ends - starts >= _PIECE
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
