"""Optical character recognition, the one home of rapidocr: a picture in, lines of text out.

The models (PP-OCRv6 detection and recognition, Baidu's PaddleOCR) come in rapidocr's wheel, so
that nothing is downloaded.  It is an optional extra: `pip install 'budget-qa[ocr]'`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ADVICE", "Reading", "available", "read"]

ADVICE = "pip install 'budget-qa[ocr]'"


@dataclass(frozen=True, slots=True)
class Reading:
    """One line as recognised: its box (x0, top, x1, bottom) in pixels, its confidence 0 to 1, and
    each character, or each run of Latin letters and digits, with its left and right edge."""

    text: str
    box: tuple[float, float, float, float]
    score: float
    parts: tuple[tuple[str, float, float], ...] = ()


def available() -> bool:
    """Whether the optional extra is installed."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read(picture: NDArray[np.uint8]) -> list[Reading]:
    """The lines of text in a picture of shape (height, width, 3), colours in the order B, G, R."""
    result = _engine()(picture, use_cls=False, return_word_box=True)
    if result.boxes is None or result.txts is None:
        return []
    parts = result.word_results or ((),) * len(result.txts)
    return [
        Reading(text, _bounds(box), float(score), _parts(text, words))
        for text, box, score, words in zip(
            result.txts, result.boxes, result.scores, parts, strict=True
        )
        if text.strip()
    ]


@cache
def _engine() -> Any:
    """The engine, loaded once (about a second); its log would print the paths of its models."""
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical"})


def _bounds(quad: Any) -> tuple[float, float, float, float]:
    xs, ys = [float(point[0]) for point in quad], [float(point[1]) for point in quad]
    return min(xs), min(ys), max(xs), max(ys)


def _parts(text: str, words: Any) -> tuple[tuple[str, float, float], ...]:
    """The pieces of a line, where together they are the line; the engine may lose some."""
    found = []
    for word in words or ():
        left, _, right, _ = _bounds(word[2])
        found.append((str(word[0]), left, right))
    whole = "".join(piece for piece, _, _ in found)
    return tuple(found) if whole == text.replace(" ", "") else ()
