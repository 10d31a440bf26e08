"""What stands on a page, whoever read it: words with their boxes, and the lines they make.

The text layer and OCR both deliver `Word`s; tables and prose are made of them in one way.
Lengths are PDF points, measured from the upper left corner of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

__all__ = ["Box", "Line", "Word", "around", "glued", "joined", "lines_of", "segments", "slices"]

Box = tuple[float, float, float, float]
Part = tuple[str, float, float]


@dataclass(frozen=True, slots=True)
class Word:
    """Characters without a blank; `parts` are its pieces with their left and right edges."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False
    parts: tuple[Part, ...] = ()

    @property
    def middle(self) -> float:
        """The height of the word's middle."""
        return (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text on a page (`page` 1-based)."""

    text: str
    box: Box
    size: float
    bold: bool
    page: int


def lines_of(words: Iterable[Word]) -> list[list[Word]]:
    """Words gathered into lines from top to bottom, each from left to right.

    A word belongs to a line whose middle height it covers, or whose words cover its own.
    """
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.middle, w.x0)):
        last = lines[-1][-1] if lines else None
        if (
            last
            and (last.top <= word.middle <= last.bottom)
            and (word.top <= last.middle <= word.bottom)
        ):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda w: w.x0) for line in lines]


def joined(words: Sequence[Word]) -> str:
    """The words of a line as text.  Chinese has no blanks between words, but layout leaves narrow
    gaps between its characters and around figures; only a wide gap is a blank that was meant."""
    text = ""
    for before, word in zip((None, *words), words, strict=False):
        if before is not None:
            gap = (word.x0 - before.x1) / max(word.size, before.size, 1.0)
            latin = _is_latin(before.text[-1]) and _is_latin(word.text[0])
            chinese = not (before.text[-1].isascii() or word.text[0].isascii())
            limit = 0.1 if latin else 0.42 if chinese else 0.8
            text += " " if gap > limit else ""
        text += word.text
    return text.strip()


def glued(text: str, following: str) -> str:
    """Two lines of one text as one: a blank between Latin words, nothing between Chinese ones."""
    latin = text[-1:].isalpha() and following[:1].isalpha() and (text[-1] + following[0]).isascii()
    return f"{text} {following}" if latin else text + following


def around(words: Sequence[Word]) -> Box:
    """The box around words."""
    x0, top = min(w.x0 for w in words), min(w.top for w in words)
    return x0, top, max(w.x1 for w in words), max(w.bottom for w in words)


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def segments(line: Sequence[Word]) -> list[list[Word]]:
    """A line cut at gaps wider than 1.2 of its characters: what stands in separate columns."""
    result: list[list[Word]] = []
    for word in line:
        if result and word.x0 - result[-1][-1].x1 <= 1.2 * word.size:
            result[-1].append(word)
        else:
            result.append([word])
    return result


def slices(word: Word, cuts: Sequence[float]) -> list[Word]:
    """A word cut where vertical rules at `cuts` cross it, each piece with its own edges."""
    inside = [cut for cut in cuts if word.x0 < cut < word.x1]
    if not inside or not word.parts:
        return [word]
    groups: dict[int, list[Part]] = {}
    for part in word.parts:
        middle = (part[1] + part[2]) / 2
        groups.setdefault(sum(1 for cut in inside if cut < middle), []).append(part)
    return [_piece(word, parts) for _, parts in sorted(groups.items())]


def _piece(word: Word, parts: Sequence[Part]) -> Word:
    text = "".join(part[0] for part in parts)
    return replace(word, text=text, x0=parts[0][1], x1=parts[-1][2], parts=tuple(parts))
