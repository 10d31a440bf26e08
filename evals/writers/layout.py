"""Pages as governments print them: where every text and every rule of a `Publication` stands.

Cover, contents with dotted leaders, prose set justified and cut wherever a page ends, ruled tables
with merged cells, wide ones on landscape pages, a running header and page numbers that do not
count the cover.  `evals.writers.pdf` draws the pages as they are, `evals.writers.scan` as pictures.

Lengths are points from the upper left corner; `top` of a text is the top of its type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from evals.publication import Heading, Paragraph, Publication, Table
from evals.writers.cells import Cell, caption, grid, header_depth, kinds

__all__ = ["Page", "Text", "pages"]

_A4 = (595.0, 842.0)
_SIDE, _TOP, _BOTTOM = 79.0, 84.0, 74.0  # margins of prose
_TABLE_SIDE = 54.0
_BODY, _LEADING = 14.0, 25.0
_CELL, _CELL_LEADING, _PADDING = 9.0, 11.0, 4.0
# A figure or Latin word, or a character, with the brackets and stops that may not leave it.
_TOKEN = re.compile(r"[“（《]*(?:[0-9A-Za-z.,%+-]+|[^，。；：、）》”％])[，。；：、）》”％]*")

Rows = Sequence[Sequence[Cell | None]]
# The width of a text in a type of a size.
Measure = Callable[[str, float], float]


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    x: float
    top: float
    size: float


@dataclass(slots=True)
class Page:
    """A page; rules are (x0, top, x1, bottom), lines and no areas."""

    width: float
    height: float
    texts: list[Text] = field(default_factory=list)
    rules: set[tuple[float, float, float, float]] = field(default_factory=set)


def pages(publication: Publication, measure: Measure) -> list[Page]:
    """All pages in order; `measure("合计", 9)` is 18 in a Chinese type."""
    press = _Press(publication, measure)
    for block in publication.blocks:
        if isinstance(block, Heading):
            press.heading(block.text)
        elif isinstance(block, Paragraph):
            press.paragraph(block.text)
        else:
            press.table(block)
    front = [_cover(publication, measure), *_contents(publication, press.places, measure)]
    for number, page in enumerate(press.pages, start=1):
        _furnish(page, publication, number, len(press.pages), measure)
    return [*front, *press.pages]


# ------------------------------------------------------------------------- cover and contents


def _centred(page: Page, text: str, top: float, size: float, measure: Measure) -> None:
    page.texts.append(Text(text, (page.width - measure(text, size)) / 2, top, size))


def _cover(publication: Publication, measure: Measure) -> Page:
    page = Page(*_A4)
    _centred(page, publication.organisation, 250, 26, measure)
    _centred(page, f"{publication.year}年{publication.kind}", 300, 26, measure)
    return page


def _contents(publication: Publication, places: dict[str, int], measure: Measure) -> Iterator[Page]:
    """The contents; a table that is listed and not there is given the last page."""
    last = max(places.values(), default=1)
    lines = publication.contents
    for start in range(0, len(lines), 24):
        page = Page(*_A4)
        if not start:
            _centred(page, "目  录", _TOP, 18, measure)
        for row, line in enumerate(lines[start : start + 24]):
            top, number = _TOP + 45 + 26 * row, str(places.get(line, last))
            left, right = _SIDE + measure(line, 12) + 2, page.width - _SIDE - measure(number, 12)
            dots = "." * int((right - left - 2) / measure(".", 12))
            page.texts.append(Text(line + dots, _SIDE, top, 12))
            page.texts.append(Text(number, right, top, 12))
        yield page


def _furnish(
    page: Page, publication: Publication, number: int, count: int, measure: Measure
) -> None:
    """Running header and page number, in the manner of the place."""
    _centred(page, publication.title, 44, 9, measure)
    forms = ("- {} -", "{}", "第 {} 页 共 {} 页")
    _centred(
        page,
        forms[publication.style.phrasing % 3].format(number, count),
        page.height - 52,
        9,
        measure,
    )


# ------------------------------------------------------------------------------ prose and tables


class _Press:
    """The pages of the body while they are set; `top` is where the next line goes."""

    def __init__(self, publication: Publication, measure: Measure) -> None:
        self.publication = publication
        self.measure = measure
        self.pages: list[Page] = []
        self.places: dict[str, int] = {}
        self.top = 0.0

    @property
    def page(self) -> Page:
        return self.pages[-1]

    def _new_page(self, *, landscape: bool = False) -> None:
        width, height = _A4
        self.pages.append(Page(height, width) if landscape else Page(width, height))
        self.top = _TOP

    def _room(self, height: float) -> None:
        """A page of prose with some room left on it."""
        fits = self.pages and self.page.width < self.page.height
        if not fits or self.top + height > self.page.height - _BOTTOM:
            self._new_page()

    def heading(self, text: str) -> None:
        self._room(3 * _LEADING)
        self.places[text] = len(self.pages)
        _centred(self.page, text, self.top + 6, 18, self.measure)
        self.top += 1.6 * _LEADING

    def paragraph(self, text: str) -> None:
        """Lines from margin to margin, the first set in by two characters."""
        for tokens, first, last in _broken(text, self.measure, _A4[0] - 2 * _SIDE):
            self._room(_LEADING)
            widths = [self.measure(token, _BODY) for token in tokens]
            left = _SIDE + (2 * _BODY if first else 0)
            gap = 0.0
            if not last and len(tokens) > 1:
                gap = (_A4[0] - _SIDE - left - sum(widths)) / (len(tokens) - 1)
            for token, width in zip(tokens, widths, strict=True):
                self.page.texts.append(Text(token, left, self.top, _BODY))
                left += width + gap
            self.top += _LEADING

    def table(self, table: Table) -> None:
        """A table on pages of its own; its rows go on with or without the header and caption."""
        style = self.publication.style
        rows = grid(table, style)
        depth = header_depth(table)
        widths, landscape = _columns(table, rows, self.measure)
        self._new_page(landscape=landscape)
        around = caption(self.publication, table)
        self.places[f"{around.number} {around.title}"] = len(self.pages)
        rest, first = rows[depth:], True
        while first or rest:
            if not first:
                self._new_page(landscape=landscape)
            repeats = first or style.repeat_header
            if first or (repeats and style.phrasing % 2):
                self._caption(table, "" if first or style.phrasing % 3 else "（续表）")
            head = rows[:depth] if repeats else []
            count = len(head) + style.rows_a_page
            fitting = self._fitting([*head, *rest][:count], widths)
            self._grid(fitting, widths, len(head), table)
            rest, first = rest[len(fitting) - len(head) :], False
        if table.note:
            self.page.texts.append(Text(table.note, _TABLE_SIDE, self.top + 6, 10))
        self.top = self.page.height  # what follows begins a page

    def _fitting(self, rows: Rows, widths: list[float]) -> Rows:
        """The rows, from the first on, for which the page has room."""
        room = self.page.height - _BOTTOM - self.top
        heights = _heights(rows, widths, self.measure)
        return [row for n, row in enumerate(rows) if sum(heights[: n + 1]) <= room]

    def _caption(self, table: Table, mark: str) -> None:
        around = caption(self.publication, table)
        right = self.page.width - _TABLE_SIDE
        if around.together:
            title = f"{around.number}　{around.title}{mark}"
            _centred(self.page, title, self.top, 18, self.measure)
            self.top += 32
        else:
            self.page.texts.append(Text(around.number, _TABLE_SIDE, self.top, 12))
            _centred(self.page, around.title + mark, self.top + 18, 18, self.measure)
            self.top += 50
        left = Text(around.organisation, _TABLE_SIDE, self.top, 10)
        unit = Text(around.unit, right - self.measure(around.unit, 10), self.top, 10)
        self.page.texts += [left, unit]
        self.top += 16

    def _grid(self, rows: Rows, widths: list[float], depth: int, table: Table) -> None:
        """Rules around every cell, and the cells' texts: figures to the right, heads centred."""
        left = (self.page.width - sum(widths)) / 2
        xs = [left + sum(widths[:n]) for n in range(len(widths) + 1)]
        heights = _heights(rows, widths, self.measure)
        ys = [self.top + sum(heights[:n]) for n in range(len(heights) + 1)]
        what = kinds(table)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if cell:
                    x0, x1, y0, y1 = xs[c], xs[c + cell.colspan], ys[r], ys[r + cell.rowspan]
                    self.page.rules |= {(x0, y0, x1, y0), (x0, y1, x1, y1)}
                    sides = {(x0, y0, x0, y1), (x1, y0, x1, y1)}
                    # Some places leave their tables open at the left and at the right.
                    open_at = (xs[0], xs[-1]) if self.publication.style.shuffle % 3 == 1 else ()
                    self.page.rules |= {rule for rule in sides if rule[0] not in open_at}
                    centred = r < depth or cell.colspan > 1 or what[c] == "code"
                    self._cell(cell, (x0, y0, x1, y1), centred, what[c] == "figure")
        self.top = ys[-1]

    def _cell(
        self, cell: Cell, box: tuple[float, float, float, float], centred: bool, figure: bool
    ) -> None:
        x0, y0, x1, y1 = box
        lines = _wrapped(cell.text, x1 - x0 - 2 * _PADDING, self.measure)
        top = (y0 + y1 - _CELL_LEADING * len(lines)) / 2 + 1
        for number, line in enumerate(lines):
            space = x1 - x0 - self.measure(line, _CELL)
            shift = space / 2 if centred else space - _PADDING if figure else _PADDING
            at = top + number * _CELL_LEADING
            self.page.texts.append(Text(line, x0 + shift, at, _CELL))


def _broken(text: str, measure: Measure, width: float) -> Iterator[tuple[list[str], bool, bool]]:
    """A paragraph as lines of tokens, each with whether it is the first and the last."""
    room, first, line = width - 2 * _BODY, True, list[str]()
    for token in _TOKEN.findall(text):
        size = measure(token, _BODY)
        if line and size > room:
            yield line, first, False
            room, first, line = width, False, []
        line.append(token)
        room -= size
    yield line, first, True


def _columns(table: Table, rows: Rows, measure: Measure) -> tuple[list[float], bool]:
    """The widths of the columns, and whether the page must lie on its side."""
    least = {"code": 30.0, "label": 120.0, "figure": 62.0}
    widths = []
    for c, kind in enumerate(kinds(table)):
        texts = [row[c] for row in rows if row[c]]
        plain = [measure(cell.text, _CELL) for cell in texts if cell and cell.colspan == 1]
        most = {"code": 56.0, "label": 170.0, "figure": 90.0}[kind]
        widths.append(max(least[kind], min(max(plain, default=0.0) + 2 * _PADDING + 2, most)))
    landscape = len(widths) > 6 or sum(widths) > _A4[0] - 2 * _TABLE_SIDE
    room = _A4[1 if landscape else 0] - 2 * _TABLE_SIDE
    return [width * room / sum(widths) for width in widths], landscape


def _heights(rows: Rows, widths: list[float], measure: Measure) -> list[float]:
    """How high each row must be for its cells; one over several rows stretches the last of them."""
    heights = [_CELL_LEADING + 2 * _PADDING] * len(rows)
    cells = [(r, c, cell) for r, row in enumerate(rows) for c, cell in enumerate(row) if cell]
    for r, c, cell in sorted(cells, key=lambda found: found[2].rowspan):
        inner = sum(widths[c : c + cell.colspan]) - 2 * _PADDING
        needed = len(_wrapped(cell.text, inner, measure)) * _CELL_LEADING + 2 * _PADDING
        have = sum(heights[r : r + cell.rowspan])
        heights[r + cell.rowspan - 1] += max(needed - have, 0)
    return heights


def _wrapped(text: str, width: float, measure: Measure) -> list[str]:
    lines = [""]
    for token in _TOKEN.findall(text):
        if lines[-1] and measure(lines[-1] + token, _CELL) > width:
            lines.append("")
        lines[-1] += token
    return lines
