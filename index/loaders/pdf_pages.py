"""Pages of a PDF as read, and what on them is no text of the document: headers, footers, page
numbers, the dotted leaders of the contents; and which lines are the contents.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.captions import read_line, squeeze
from index.loaders.pdf_words import Line
from index.model import Grid
from index.sections import CONTENTS

__all__ = ["PageContent", "contents_lines", "without_furniture", "without_leaders"]

_PAGE_NUMBER = re.compile(
    r"[-—–－一_·•~\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－一_·•~\s]*|[ivxⅰ-ⅻⅠ-Ⅻ]{1,5}"
)
_LEADER = re.compile(r"\s*[.…·．]{4,}\s*[-—]?\s*\d{0,4}\s*[-—]?\s*$")
_MARGIN = 0.12


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page as read: its lines outside tables and its grids, each from top to bottom."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]


def without_furniture(pages: Sequence[PageContent]) -> list[PageContent]:
    """Pages without page numbers and without what is printed at one height on page after page."""
    seen: Counter[tuple[str, int]] = Counter()
    for page in pages:
        seen.update({_place(line) for line in page.lines if _in_margin(line, page)})
    result = []
    for page in pages:
        kept = tuple(line for line in page.lines if not _is_furniture(line, page, seen, len(pages)))
        result.append(replace(page, lines=kept))
    return result


def _place(line: Line) -> tuple[str, int]:
    """A line's text without figures, and its height in steps of four points."""
    return re.sub(r"\d+", "0", squeeze(line.text)), round(line.box[1] / 4)


def _in_margin(line: Line, page: PageContent) -> bool:
    return line.box[3] < _MARGIN * page.height or line.box[1] > (1 - _MARGIN) * page.height


def _is_furniture(
    line: Line, page: PageContent, seen: Counter[tuple[str, int]], count: int
) -> bool:
    if not _in_margin(line, page):
        return False
    at_end = line in (page.lines[0], page.lines[-1])
    if at_end and _PAGE_NUMBER.fullmatch(line.text.strip()):
        return True
    text, step = _place(line)
    times = sum(seen[text, near] for near in (step - 1, step, step + 1))
    # The caption lines of tables stand at one height too, but only where there are tables.
    return times >= (max(3, 0.8 * count) if read_line(line.text) else max(3, 0.25 * count))


def without_leaders(pages: Sequence[PageContent]) -> list[PageContent]:
    """Dotted leaders with their page number cut from the ends of lines; what they follow is
    complete, so that the line no longer reaches the right margin."""
    cut = [tuple(map(_cut_leader, page.lines)) for page in pages]
    return [
        replace(page, lines=tuple(line for line in lines if line.text))
        for page, lines in zip(pages, cut, strict=True)
    ]


def _cut_leader(line: Line) -> Line:
    text = _LEADER.sub("", line.text)
    x0, top, _, bottom = line.box
    return line if text == line.text else replace(line, text=text, box=(x0, top, x0, bottom))


def contents_lines(pages: Sequence[PageContent]) -> set[int]:
    """The lines of the table of contents: from the heading 目录 to where one of its first entries
    is met again as a heading, which may be some pages on; else to the end of the page."""
    lines = [line for page in pages[:20] for line in page.lines]
    start = next((i for i, ln in enumerate(lines) if CONTENTS.fullmatch(ln.text.strip())), None)
    if start is None:
        return set()
    page = lines[start].page
    entries = [_entry(line) for line in lines]
    near = [i for i in range(start + 2, len(lines)) if lines[i].page <= page + 5]
    end = next((i for i in near if entries[i] in entries[start + 1 : min(i, start + 4)]), None)
    chosen = lines[start:end] if end else [ln for ln in lines[start:] if ln.page == page]
    return {id(line) for line in chosen}


def _entry(line: Line) -> str:
    return re.sub(r"\d+$", "", squeeze(line.text))
