"""Automatic numbers of Word paragraphs, which stand in no text: 一、 （一） 1. counted again.

Source: ECMA-376 part 1, 17.9 (numbering).

>>> chinese_number(12), chinese_number(20), chinese_number(105)
('十二', '二十', '一百零五')
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field

from docx.oxml.ns import qn
from lxml.etree import _Element

__all__ = ["Numbers", "chinese_number"]

_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class _Level:
    format: str
    text: str
    start: int


@dataclass(slots=True)
class Numbers:
    """The counters of a document's lists; `next_number` is called once a paragraph, in order."""

    lists: dict[str, str] = field(default_factory=dict)  # numId → abstractNumId
    levels: dict[tuple[str, int], _Level] = field(default_factory=dict)
    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0] * 9))

    @classmethod
    def of(cls, numbering: _Element | None) -> Numbers:
        """The lists that a document's numbering part defines (`None`: it has none)."""
        numbers = cls()
        if numbering is None:
            return numbers
        for abstract in numbering.findall(qn("w:abstractNum")):
            identity = abstract.get(qn("w:abstractNumId"), "")
            for level in abstract.findall(qn("w:lvl")):
                depth = int(level.get(qn("w:ilvl"), "0"))
                numbers.levels[identity, depth] = _Level(
                    _value(level, "w:numFmt", "decimal"),
                    _value(level, "w:lvlText", ""),
                    int(_value(level, "w:start", "1")),
                )
        for instance in numbering.findall(qn("w:num")):
            numbers.lists[instance.get(qn("w:numId"), "")] = _value(instance, "w:abstractNumId", "")
        return numbers

    def next_number(self, identity: str, depth: int) -> str:
        """The next number of a list at a depth as it is printed, `""` for bullets."""
        abstract = self.lists.get(identity, "")
        level = self.levels.get((abstract, depth))
        if level is None or not 0 <= depth < 9:
            return ""
        counts = self.counts[abstract]
        counts[depth] = counts[depth] + 1 if counts[depth] else level.start
        counts[depth + 1 :] = [0] * (8 - depth)
        if level.format in ("bullet", "none"):
            return ""

        def printed(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = self.levels.get((abstract, at), level)
            return _printed(counts[at] or other.start, other.format)

        return re.sub(r"%([1-9])", printed, level.text)


def _value(element: _Element, name: str, default: str) -> str:
    child = element.find(qn(name))
    return default if child is None else child.get(qn("w:val"), default)


def _printed(number: int, form: str) -> str:
    if form.startswith(("chinese", "ideograph", "japanese", "taiwanese")):
        return chinese_number(number)
    if form == "decimalEnclosedCircleChinese" or form == "decimalEnclosedCircle":
        return chr(ord("①") + number - 1) if number <= 20 else str(number)
    if form in ("upperLetter", "lowerLetter") and number <= 26:
        return chr(ord("A" if form == "upperLetter" else "a") + number - 1)
    return str(number)


def chinese_number(number: int) -> str:
    """A count below 1000 in Chinese numerals."""
    if number < 10:
        return _DIGITS[number]
    if number < 20:
        return "十" + (_DIGITS[number % 10] if number % 10 else "")
    if number < 100:
        return _DIGITS[number // 10] + "十" + (_DIGITS[number % 10] if number % 10 else "")
    rest = number % 100
    head = _DIGITS[number // 100 % 10] + "百"
    if not rest:
        return head
    if rest < 10:
        return head + "零" + _DIGITS[rest]
    return head + ("一" if rest < 20 else "") + chinese_number(rest)
