"""PDF with a text layer, set by `evals.writers.layout` in one of the types that every PDF reader
has for Chinese, so that no font file is needed."""

from __future__ import annotations

from io import BytesIO

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from evals.publication import Publication
from evals.writers.layout import pages

__all__ = ["measure", "write"]

_FONT = "STSong-Light"
_ASCENT = 0.88  # of the size of the type, above its base line


def measure(text: str, size: float) -> float:
    """The width of a text in points."""
    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    return float(pdfmetrics.stringWidth(text, _FONT, size))


def write(publication: Publication) -> bytes:
    made = pages(publication, measure)
    buffer = BytesIO()
    # `invariant` leaves out the time and the chance identity.
    canvas = Canvas(buffer, invariant=1, pageCompression=1)
    canvas.setTitle(publication.title)
    for page in made:
        canvas.setPageSize((page.width, page.height))
        canvas.setLineWidth(0.6)
        for x0, top, x1, bottom in sorted(page.rules):
            canvas.line(x0, page.height - top, x1, page.height - bottom)
        for text in page.texts:
            canvas.setFont(_FONT, text.size)
            canvas.drawString(text.x, page.height - text.top - _ASCENT * text.size, text.text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
