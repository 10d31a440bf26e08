"""A figure that a sentence states of what is asked: 车辆149辆, 房屋14609.83平方米, 编报项目5个.

For questions that no figure of the store answers surely; the sentence is found as a passage is, and
the figure taken is the one whose own words say most of the question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.figures import Quantity, half_width
from index.reasons import reason_span, sentences
from index.vocabulary import words
from qa.lexicon import key
from qa.understanding.asked import Asked, asked_in, figures_in, fits
from qa.understanding.names import Words
from qa.understanding.overlap import own_share, says
from qa.understood import direction_of

__all__ = ["Stated", "label_of", "stated_figure", "unsaid"]

# How much of its own words the question must say, and how far the next figure must fall behind.
_OWN, _LEAD = 0.5, 0.1
_BREAK = re.compile(r"[,，。;；:：、（(）)]")


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure with the sentence that states it, and how well its own words fit (0 to 2)."""

    quantity: Quantity
    sentence: str
    fit: float


def stated_figure(said: Words, headings: Sequence[str], text: str) -> Stated | None:
    """The one figure of a text that answers a question, if its sentences leave no doubt."""
    asked = asked_in(said.text)[:1]
    found = [s for one in asked for s in _figures(said, headings, text, one)]
    found.sort(key=lambda s: -s.fit)
    if not found:
        return None
    best = found[0]
    if unsaid(said, "|".join((*headings, best.sentence))):
        return None
    rivals = [s for s in found if s.quantity.value != best.quantity.value]
    if rivals and best.fit - rivals[0].fit < _LEAD:
        return None
    return best


def unsaid(said: Words, text: str, accounted: Sequence[str] = ()) -> bool:
    """Whether a word of a question that decides which figure is meant (决算, 上半年, 标准) is not in
    the text around one; those `accounted` for may be missing (占比 of a printed rate)."""
    bases = words("aspects")["basis"]
    for name, expressions in bases.items():
        asks = any(re.search(e, said.masked) for e in expressions)
        if asks and name != "预算" and not any(re.search(e, text) for e in expressions):
            return True
    return any(
        match[0] not in text and match[0] not in accounted
        for expression in words("questions")["decisive"]
        for match in re.finditer(expression, said.masked)
    )


def label_of(before: str) -> str:
    """What a figure is called by the words right before it, without whose it is.

    >>> label_of("，其中：本部门共有车辆")
    '车辆'
    """
    label = next((p for p in reversed(_BREAK.split(before)) if len(p) > 1), "")
    return re.sub(words("frames")["owner"], "", label)


def _figures(said: Words, headings: Sequence[str], text: str, asked: Asked) -> Iterator[Stated]:
    moves = direction_of(said.masked)
    whole = sum(said.weights) or 1.0
    for sentence in sentences(text):
        plain = half_width(sentence)
        reasons = range(*reason_span(plain))
        at = 0
        for quantity, kind in figures_in(plain):
            own, at = plain[at : quantity.start], quantity.end
            if not fits(asked, quantity.unit, kind) or quantity.start in reasons:
                continue
            label = label_of(own)
            if not label or (direction_of(label) != moves):
                continue
            fit = own_share(said, key(label))
            if fit >= _OWN:
                lead = f"{'|'.join(headings)}|{plain[: quantity.start]}"
                yield Stated(quantity, sentence, fit + says(said, lead) / whole)
