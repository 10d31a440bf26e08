"""A frame: one way to read a question, an operation with its operands; and the cues of its grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from index.figures import chinese_ordinal
from index.vocabulary import pattern, words
from qa.plan import Kind
from qa.question import Threshold
from qa.understanding.slots import Slot

__all__ = [
    "Frame",
    "all_of",
    "cue",
    "direction",
    "grammar",
    "is_member",
    "number_said",
    "order",
    "percent_said",
    "sides",
]


@dataclass(frozen=True, slots=True)
class Frame:
    """An operation with its operands.  An operand is one slot, or several that are added.

    `k` is how many of a ranking are wanted (0 all), `place` the one place wanted, `ascending` the
    smallest first; `bound` of a filter; `per` what an average is by; `span` the stretch of the
    question that was read; `excluded` what is taken off a sum or left out of a list."""

    operation: str
    operands: tuple[tuple[Slot, ...], ...]
    span: tuple[int, int]
    k: int = 0
    place: int = 0
    ascending: bool = False
    bound: Threshold | None = None
    per: str = ""
    kind: Kind = "value"
    direction: int | None = 0
    excluded: tuple[Slot, ...] = ()

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(slot for operand in self.operands for slot in operand)


@cache
def grammar() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    return tuple(
        (frame["operation"], tuple(re.compile(p) for p in frame["patterns"]))
        for frame in words("frames")["frame"]
    )


@cache
def _cue(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{e})" for e in words("frames")["cues"][name]))


def cue(name: str, masked: str) -> re.Match[str] | None:
    """Where a question, its names hidden, gives a cue."""
    return _cue(name).search(masked)


def sides() -> dict[str, str]:
    """What the two sides of a budget are called: `income` and `spending`."""
    found = words("frames")["sides"]
    return {name: str(found[name]) for name in ("income", "spending")}


def percent_said(text: str) -> bool:
    """Whether a rate is spoken of."""
    return pattern("frames", "percent").search(text) is not None


def is_member(text: str) -> bool:
    """Whether what is counted is a kind of row: 几个项目, 多少个县区."""
    nouns = "|".join(f"(?:{noun})" for noun in words("questions")["members"])
    return re.match(rf".{{0,6}}?(?:{nouns})", text) is not None


def all_of(text: str) -> bool:
    """Whether every one of something is asked for (各部门, 所有项目)."""
    return pattern("frames", "all").search(text) is not None


def order(text: str) -> tuple[int, int]:
    """(place, k) of a ranking: 第二大 → (2, 2), 前三 → (0, 3), 最大 → (0, 1), 从大到小 → (0, 0)."""
    if match := pattern("frames", "order", "place").search(text):
        n = number_said(match[1])
        return n, n
    for expression in words("frames")["order"]["length"]:
        if match := re.search(expression, text):
            return 0, number_said(match[1])
    return 0, 0 if pattern("frames", "order", "whole").search(text) else 1


def number_said(printed: str) -> int:
    """A small number as people say it.

    >>> number_said("两"), number_said("12"), number_said("三")
    (2, 12, 3)
    """
    return 2 if printed == "两" else chinese_ordinal(printed) or 0


_WAYS = (("same", 0), ("up", 1), ("down", -1))


def direction(text: str) -> int | None:
    """1 rising, -1 falling, 0 unchanged, as a filter asks for it; None where it does not."""
    return next((sign for name, sign in _WAYS if pattern("frames", "way", name).search(text)), None)
