"""Pages of a PDF as pictures, with places marked: the one home of pypdfium2.

PDFium is not made for several threads, so that all of its work here stands under one lock.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["Box", "Mark", "find_words", "page_count", "page_image", "page_picture"]

Box = tuple[float, float, float, float]
_PDFIUM = threading.Lock()
# Beyond it a broken page size would ask for gigabytes.
_MOST_PIXELS = 40_000_000


@dataclass(frozen=True, slots=True)
class Mark:
    """A place to mark: `box` as in `Source.bbox`, `colour` R, G, B and opacity, each 0 to 255."""

    box: Box
    colour: tuple[int, int, int, int] = (255, 196, 0, 90)


@contextmanager
def _opened(file: Path) -> Iterator[Any]:
    with _PDFIUM:
        document = pypdfium2.PdfDocument(file)
        try:
            yield document
        finally:
            document.close()


def page_count(file: Path) -> int:
    """How many pages a PDF has."""
    with _opened(file) as document:
        return len(document)


def page_image(file: Path, page: int, scale: float = 2.0) -> Image:
    """Page `page` (1-based) of a PDF, `scale` pixels a point; raises `IndexError` beyond the end."""
    with _opened(file) as document:
        if not 1 <= page <= len(document):
            raise IndexError(f"{file.name} has {len(document)} pages, not {page}")
        sheet = document[page - 1]
        width, height = sheet.get_size()
        scale = min(scale, (_MOST_PIXELS / max(width * height, 1)) ** 0.5)
        image: Image = sheet.render(scale=scale).to_pil().convert("RGB")
        return image


def page_picture(file: Path, page: int, marks: Sequence[Mark] = (), scale: float = 1.6) -> bytes:
    """A page as PNG with its marks on it."""
    from PIL import Image, ImageDraw

    picture = page_image(file, page, scale).convert("RGBA")
    layer = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    for mark in marks:
        x0, top, x1, bottom = (value * scale for value in mark.box)
        if x1 > x0 and bottom > top:
            edge = (*mark.colour[:3], min(255, mark.colour[3] * 2))
            place = (x0 - 2, top - 2, x1 + 2, bottom + 2)
            draw.rectangle(place, fill=mark.colour, outline=edge, width=2)
    written = BytesIO()
    Image.alpha_composite(picture, layer).convert("RGB").save(written, "PNG", optimize=False)
    return written.getvalue()


def find_words(file: Path, page: int, words: str) -> list[Box]:
    """Where words stand on a page, a box a line, blanks and line ends aside; none on a scan."""
    wanted = re.sub(r"\s+", "", words)
    with _opened(file) as document:
        if not wanted or not 1 <= page <= len(document):
            return []
        sheet = document[page - 1]
        text, height = sheet.get_textpage(), sheet.get_height()
        said = text.get_text_range()
        places = [i for i, char in enumerate(said) if not char.isspace()]
        at = "".join(said[i] for i in places).find(wanted)
        if at < 0:
            return []
        first, last = places[at], places[at + len(wanted) - 1]
        count = text.count_rects(first, last - first + 1)
        boxes = [text.get_rect(i) for i in range(count)]
        return [(left, height - top, right, height - bottom) for left, bottom, right, top in boxes]
