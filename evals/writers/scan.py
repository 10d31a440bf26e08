"""PDF as a scanner makes it: the pages of `evals.writers.pdf` as pictures, slightly uneven, without
a text layer.  The type comes from a font package, so that it needs none of the system's fonts."""

from __future__ import annotations

from io import BytesIO
from random import Random

import pylopdf_fonts_zh_cn as fonts
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from evals.publication import Publication
from evals.writers.layout import Page, pages
from evals.writers.pdf import measure

__all__ = ["write"]

_SCALE = 200 / 72  # pixels a point: 200 dots an inch
_PAPER, _INK = 248, 25
_SPECKLES = 120


def write(publication: Publication) -> bytes:
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    rng = Random(f"scan/{publication.name}")
    for page in pages(publication, measure):
        picture = BytesIO()
        _picture(page, rng).save(picture, "JPEG", quality=70)
        canvas.setPageSize((page.width, page.height))
        canvas.drawImage(ImageReader(picture), 0, 0, page.width, page.height)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _picture(page: Page, rng: Random) -> Image.Image:
    """A page in grey with specks of dust, lying a little askew on the glass."""
    size = round(page.width * _SCALE), round(page.height * _SCALE)
    image = Image.new("L", size, _PAPER)
    draw = ImageDraw.Draw(image)
    for rule in sorted(page.rules):
        draw.line([value * _SCALE for value in rule], fill=_INK, width=2)
    loaded: dict[float, ImageFont.FreeTypeFont] = {}
    for text in page.texts:
        if text.size not in loaded:
            loaded[text.size] = ImageFont.truetype(fonts.serif_path(), text.size * _SCALE)
        left = text.x
        # Character by character: the page was set in a type with other widths for Latin letters.
        for char in text.text:
            place = left * _SCALE, (text.top + 0.88 * text.size) * _SCALE
            draw.text(place, char, fill=_INK, font=loaded[text.size], anchor="ls")
            left += measure(char, text.size)
    for _ in range(_SPECKLES):
        x, y = rng.randrange(size[0]), rng.randrange(size[1])
        draw.point((x, y), fill=rng.randrange(90, 200))
    return image.rotate(rng.uniform(-0.15, 0.15), Image.Resampling.BICUBIC, fillcolor=_PAPER)
