"""Prose of a PDF: lines of pages → headings and whole paragraphs, in reading order with the grids.

Paragraphs cut by a line or page end are joined; headings are
known by their number (`index.sections`) and by type larger or bolder than the body's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.captions import read_line, squeeze, table_number
from index.loaders.pdf_pages import PageContent, contents_lines, without_furniture, without_leaders
from index.loaders.pdf_tables import in_columns_of
from index.loaders.pdf_words import Line, glued
from index.model import Block, Grid, Heading, Paragraph, Source
from index.sections import CONTENTS, heading_of_line, numbering

__all__ = ["blocks"]

_FINISHED = re.compile(r"[。！？；;!?：:]['”’」』）)]?$")


@dataclass(frozen=True, slots=True)
class _Layout:
    """What the type area of a document is: body size, and left and right margin by page width."""

    body: float
    bold_body: bool
    margins: dict[int, tuple[float, float]]
    widths: dict[int, int]

    def left(self, line: Line) -> float:
        return self.margins[self.widths[line.page]][0]

    def right(self, line: Line) -> float:
        return self.margins[self.widths[line.page]][1]


def blocks(name: str, pages: Sequence[PageContent]) -> list[Block]:
    """The blocks of a document named `name` from its pages, in reading order."""
    pages = without_leaders(without_furniture(pages))
    layout = _layout(pages)
    contents = contents_lines(pages)
    result: list[Block] = []
    held: list[Line] = []
    listed = False
    for item in (*_items(pages), None):
        same_kind = isinstance(item, Line) and held and listed == (id(item) in contents)
        goes_on = _wraps if listed else _continues
        if isinstance(item, Line) and same_kind and goes_on(held, item, layout):
            held.append(item)
            continue
        if held:
            result.append(_contents_block(name, held) if listed else _closed(name, held, layout))
        held = [item] if isinstance(item, Line) else []
        listed = isinstance(item, Line) and id(item) in contents
        result += [item] if isinstance(item, Grid) else []
    return _levelled(result)


def _levelled(found: Sequence[Block]) -> list[Block]:
    """Headings without a number stand on the first level, or below 第一部分 where there is one."""
    result: list[Block] = []
    parts = False
    for block in found:
        if isinstance(block, Heading):
            number = numbering(block.text)
            parts = parts or (number is not None and number.rank == 1)
            if number is None and block.level == 2 and not parts:
                block = replace(block, level=1)
        result.append(block)
    return result


def _items(pages: Sequence[PageContent]) -> Iterator[Line | Grid]:
    last: Line | Grid | None = None
    for page in pages:
        found: list[tuple[float, float, Line | Grid]] = []
        found += [(line.box[1], line.box[0], line) for line in page.lines]
        for grid in page.grids:
            x0, top = grid.source.bbox[:2] if grid.source.bbox else (0.0, 0.0)
            found.append((top, x0, grid))
        items = [item for _, _, item in sorted(found, key=lambda f: f[:2])]
        if items and isinstance(items[0], Grid) and isinstance(last, Grid):
            items[0] = in_columns_of(last, items[0])
        yield from items
        last = items[-1] if items else last


def _contents_block(name: str, held: list[Line]) -> Block:
    """An entry of the contents, or their heading; that is below all others, so that none is
    taken for a part of the contents."""
    source = Source(name, page=held[0].page, bbox=held[0].box)
    if CONTENTS.fullmatch(held[0].text.strip()):
        return Heading("目录", 6, source)
    return Paragraph("".join(line.text for line in held), source)


# ---------------------------------------------------------------- lines into paragraphs


def _layout(pages: Sequence[PageContent]) -> _Layout:
    """The body's size is that of most characters in long lines outside tables."""
    lines = [line for page in pages for line in page.lines]
    long = [line for line in lines if len(line.text) >= 15] or lines
    sizes: Counter[float] = Counter()
    bold = 0
    for line in long:
        sizes[round(line.size)] += len(line.text)
        bold += len(line.text) if line.bold else 0
    widths = {page.number: round(page.width) for page in pages}
    margins = {}
    total = sum(sizes.values())
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    for width in set(widths.values()):
        near = [line for line in long if widths[line.page] == width]
        # The captions of tables keep the tables' margins, often wider ones.
        prose = [ln for ln in near if round(ln.size) == body and not _stands_alone(ln.text)]
        margins[width] = _margins(prose if len(prose) >= 3 else near, width)
    return _Layout(body, bold > total / 2, margins, widths)


def _margins(lines: Sequence[Line], width: float) -> tuple[float, float]:
    """Where most lines begin and end; a stray one further out does not count."""
    if len(lines) < 3:
        return 0.1 * width, 0.9 * width
    lefts, rights = sorted(ln.box[0] for ln in lines), sorted(ln.box[2] for ln in lines)
    return lefts[len(lefts) // 20], rights[-1 - len(rights) // 10]


def _wraps(held: Sequence[Line], line: Line, layout: _Layout) -> bool:
    """Whether an entry of the contents goes on in a second line."""
    last = held[-1]
    full = layout.right(last) - last.box[2] < 4 * last.size
    begins = numbering(line.text) or re.match(r"\d{1,2}[.．、]|附", line.text)
    return full and not begins and not CONTENTS.fullmatch(last.text.strip())


def _continues(held: Sequence[Line], line: Line, layout: _Layout) -> bool:
    """Whether a line goes on with the paragraph (or the heading) of the lines before it."""
    last = held[-1]
    if abs(last.size - line.size) > 0.2 * max(last.size, line.size):
        return False
    if _stands_alone(last.text) or _stands_alone(line.text):
        return False
    same_page = last.page == line.page
    large = _is_large(held[0], layout)
    space = (1.0 if large else 1.6) * max(last.size, line.size)
    if same_page and line.box[1] - last.box[3] > space:
        return False
    if large:
        return same_page and _is_large(line, layout) and numbering(line.text) is None
    if _is_remnant(last, line) or _is_rest_of_title(held, line, layout):
        return True
    finished = bool(_FINISHED.search(last.text))
    numbered = numbering(line.text) is not None
    if numbered and (finished or heading_of_line(last.text) or _is_heading(line, layout)):
        return False
    return _fills(last, line, layout, finished) and not _indented(held, line, layout, finished)


def _fills(last: Line, line: Line, layout: _Layout, finished: bool) -> bool:
    """Whether a line reaches the right margin, so that the next one may be its continuation."""
    space = layout.right(last) - last.box[2]
    if finished:
        return space <= 1.5 * last.size
    return space <= (2.5 if heading_of_line(last.text) else 4) * last.size


def _indented(held: Sequence[Line], line: Line, layout: _Layout, finished: bool) -> bool:
    """Whether a line is set in like the first line of a paragraph."""
    if line.box[0] - layout.left(line) <= 1.2 * line.size:
        return False
    same_edge = abs(line.box[0] - held[-1].box[0]) < 0.6 * line.size
    if same_edge and len(held) > 1:
        return False  # A block that is set in as a whole.
    return not same_edge or finished or numbering(line.text) is not None or len(held) == 1


def _stands_alone(text: str) -> bool:
    """Lines around a table that say one thing each: 表8, 单位：万元, 编制部门：某某局 单位：元."""
    if len(text) > 60:
        return False
    if table_number(text) and len(squeeze(text)) <= 6:
        return True
    line = read_line(text)
    plain = squeeze(text)
    return bool(line.unit and plain.endswith(line.unit)) or bool(
        line.organisation and len(plain) < 40
    )


def _is_remnant(last: Line, line: Line) -> bool:
    """The last character or two of a centred title, e.g. 表 under 财政拨款政府性基金支出预算."""
    middle = (last.box[0] + last.box[2]) / 2
    return (
        len(line.text) <= 4
        and line.text.endswith("表")
        and last.page == line.page
        and abs((line.box[0] + line.box[2]) / 2 - middle) < 2 * line.size
    )


def _is_rest_of_title(held: Sequence[Line], line: Line, layout: _Layout) -> bool:
    """A second line of a title of a part (第三部分 …), set in the middle below the first."""
    last = held[-1]
    middle = (last.box[0] + last.box[2]) / 2
    centred = abs((line.box[0] + line.box[2]) / 2 - middle) < line.size
    return (
        len(held) == 1
        and heading_of_line(last.text) == 1
        and last.page == line.page
        and centred
        and line.box[0] - layout.left(line) > 4 * line.size
        and len(line.text) <= 20
        and numbering(line.text) is None
    )


def _is_heading(line: Line, layout: _Layout) -> bool:
    """Whether a numbered line is a heading, whole and short of the margin (三、政府采购预算情况)."""
    words = re.sub(r"^[^、．.)）]{1,5}[、．.)）]", "", line.text)
    short = layout.right(line) - line.box[2] > 4 * line.size
    return short and bool(heading_of_line(line.text)) and not re.search(r"[，。；：、,;:]", words)


def _is_large(line: Line, layout: _Layout) -> bool:
    return line.size >= 1.12 * layout.body and len(line.text) <= 60


def _closed(name: str, held: Sequence[Line], layout: _Layout) -> Block:
    """Lines that belong together as one heading or paragraph."""
    text = held[0].text
    starts = {held[0].page: 0}
    for line in held[1:]:
        text = glued(text, line.text)
        starts.setdefault(line.page, len(text) - len(line.text))
    first, *later = ((start, _part(name, held, page)) for page, start in starts.items())
    level = _level(text, held, layout)
    return Heading(text, level, first[1]) if level else Paragraph(text, first[1], tuple(later))


def _part(name: str, held: Sequence[Line], page: int) -> Source:
    """Where the lines of a text stand on one of its pages."""
    own = [line.box for line in held if line.page == page]
    box = (min(b[0] for b in own), own[0][1], max(b[2] for b in own), own[-1][3])
    return Source(name, page=page, bbox=box)


def _level(text: str, held: Sequence[Line], layout: _Layout) -> int | None:
    """A heading's level: by its number; else 2 (below 第一部分) for short lines in large or bold
    type that are no sentence and no line of a caption."""
    by_number = heading_of_line(text)
    if by_number or numbering(text):
        return by_number
    if len(text) > 60 or re.search(r"[。；，,：:]$|。", text) or not re.search(r"[一-龥]{2}", text):
        return None
    if _stands_alone(text) or table_number(text):
        return None
    large = all(_is_large(line, layout) for line in held)
    bold = all(line.bold for line in held) and not layout.bold_body and len(text) <= 30
    return 2 if large or bold else None
