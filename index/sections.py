"""Headings: what is one, how deep it stands, and the section path of every block.

Budget documents number their headings 第一部分 → 一、 → （一） → 1. → （1）, whatever the format does
about styles; both are used, and the number decides where the two disagree.

>>> numbering("（三）国有资产")
Numbering(rank=3, ordinal=3)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from index.figures import chinese_ordinal, half_width
from index.model import Block, Grid, Heading, Paragraph
from index.vocabulary import pattern

__all__ = [
    "CONTENTS",
    "Numbering",
    "heading_of_line",
    "numbering",
    "promoted",
    "with_contents",
    "with_sections",
]

_CN = "[〇零一二三四五六七八九十百]+"
_RANKS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (1, re.compile(rf"第({_CN}|\d+)(?:部分|章|编|篇)")),
    (2, re.compile(rf"({_CN})[、．.]")),
    (3, re.compile(rf"[(（]({_CN})[)）]")),
    (4, re.compile(r"(\d{1,2})[.．、](?!\d)")),
    (5, re.compile(r"[(（](\d{1,2})[)）]")),
    (6, re.compile(r"([①-⑳])")),
)
CONTENTS = re.compile(r"目\s*录")
_ATTACHMENT = re.compile(rf"附(?:件|表|录)\s*(?:\d{{1,3}}|{_CN})\s*[:：]?")
_SENTENCE = re.compile(r"[。！？；：:;，,]")
_ITEM_LENGTH = 24
_SENTENCE_END = re.compile(r"[。！？；：:;，,、]$")


@dataclass(frozen=True, slots=True)
class Numbering:
    """A heading's or item's number: `rank` 1 (第一部分) to 6 (①), `ordinal` its count."""

    rank: int
    ordinal: int


def numbering(text: str) -> Numbering | None:
    """The number a line begins with, or `None`."""
    for rank, expression in _RANKS:
        if match := expression.match(text.strip()):
            ordinal = ord(match[1]) - ord("①") + 1 if rank == 6 else chinese_ordinal(match[1])
            return Numbering(rank, ordinal or 0)
    return None


def heading_of_line(text: str) -> int | None:
    """The level of a line that is a heading by its number alone, in formats without styles.

    >>> heading_of_line("二、机构设置"), heading_of_line("一、财政拨款收入：指本级财政…资金。")
    (2, None)
    """
    text = text.strip()
    if _ATTACHMENT.fullmatch(text):
        return 1
    number = numbering(text)
    if number is None or number.rank > 3 or _SENTENCE_END.search(text) or "。" in text:
        return None
    return number.rank if len(half_width(text)) <= 40 else None


def promoted(blocks: Iterable[Block]) -> Iterator[Block]:
    """Blocks with short numbered lines (1.一般公共预算) as headings where prose, not a further
    item of a list, follows; for formats that keep their paragraphs."""
    held: Paragraph | None = None
    for block in blocks:
        if held:
            number = numbering(held.text)
            after = numbering(block.text) if isinstance(block, Paragraph) else None
            prose = isinstance(block, Paragraph) and len(block.text) > _ITEM_LENGTH
            if number and prose and (after is None or after.rank > number.rank):
                yield Heading(held.text, number.rank, held.source)
            else:
                yield held
        number = numbering(block.text) if isinstance(block, Paragraph) else None
        is_item = number and len(block.text) <= _ITEM_LENGTH and not _SENTENCE.search(block.text)  # type: ignore[union-attr]
        held = block if isinstance(block, Paragraph) and is_item else None
        if held is None:
            yield block
    if held:
        yield held


def with_contents(blocks: Iterable[Block]) -> list[Block]:
    """Blocks with a contents list as one: 目录 is a heading below all others, and its entries are
    paragraphs though they are numbered like headings.  It goes on to where one of its first
    entries comes again; where none does, nothing tells the list from what it lists."""
    found = list(blocks)
    texts = ["" if isinstance(b, Grid) else b.text.strip() for b in found]
    start = next((i for i, text in enumerate(texts[:80]) if CONTENTS.fullmatch(text)), None)
    if start is None:
        return found
    plain = [_plain(text) for text in texts]
    before_grids = next((i for i in range(start, len(found)) if not texts[i]), len(found))
    again = (
        i
        for i in range(start + 2, before_grids)
        if plain[i] in plain[start + 1 : min(i, start + 4)]
    )
    end = next(again, None)
    if end is None:
        return found
    entries = [Paragraph(texts[i], found[i].source) for i in range(start + 1, end)]
    return [*found[:start], Heading("目录", 6, found[start].source), *entries, *found[end:]]


def with_sections(blocks: Iterable[Block]) -> Iterator[tuple[tuple[str, ...], Block]]:
    """Each block with the headings above it, outermost first (a heading with its own included).

    A heading continues the nearest open one of the same kind of number and a smaller ordinal (二、
    after 一、); otherwise it stands below the nearest heading of a higher level.  A title of the
    tables' part counts as one, and a look back on the whole year leaves the last （一）.
    """
    stack: list[tuple[Heading, Numbering | None]] = []
    listed: set[str] = set()
    for block in blocks:
        contents = next((i for i, (h, _) in enumerate(stack) if CONTENTS.search(h.text)), None)
        if contents is not None and _ends_contents(block, listed):
            del stack[contents:]
        elif contents is not None and isinstance(block, Heading | Paragraph):
            listed.add(_plain(block.text))
        if isinstance(block, Heading):
            number = numbering(block.text)
            del stack[_parent_depth(stack, block, number) :]
            stack.append((block, number))
        elif isinstance(block, Paragraph) and contents is None:
            _at_paragraph(stack, block)
        yield tuple(heading.text for heading, _ in stack), block


def _at_paragraph(stack: list[tuple[Heading, Numbering | None]], block: Paragraph) -> None:
    """Let a paragraph that begins or ends a part change the open headings."""
    plain = re.sub(r"\s+", "", half_width(block.text))
    if pattern("sections", "part_titles").search(plain):
        stack[:] = [(Heading(block.text, 1, block.source), None)]
    elif pattern("sections", "reviews").search(plain):
        while stack and stack[-1][0].level > 2:
            stack.pop()


def _ends_contents(block: Block, listed: set[str]) -> bool:
    """A contents list ends where a heading that it listed comes again, or where prose begins."""
    if isinstance(block, Heading):
        return _plain(block.text) in listed
    return isinstance(block, Paragraph) and len(block.text) > 40 and "。" in block.text


def _plain(text: str) -> str:
    """A line of a contents list without blanks, dots and page number."""
    return re.sub(r"[.…·．\s]+\d*$|\s+", "", half_width(text))


def _parent_depth(
    stack: list[tuple[Heading, Numbering | None]], heading: Heading, number: Numbering | None
) -> int:
    """How many of the open headings stay open above this one."""
    if number:
        for depth in range(len(stack) - 1, -1, -1):
            other = stack[depth][1]
            if other and other.rank == number.rank and other.ordinal < number.ordinal:
                return depth
    depth = len(stack)
    while depth and stack[depth - 1][0].level >= heading.level:
        depth -= 1
    return depth
