"""A frame: one way to read a question, an operation with its operands; and the cues of its grammar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from index.figures import chinese_ordinal
from index.vocabulary import words
from qa.plan import Kind
from qa.question import Threshold
from qa.understanding.slots import Slot

__all__ = ["Frame", "all_of", "cue", "direction", "grammar", "is_member", "order", "percent_said"]


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


@cache
def _percent() -> re.Pattern[str]:
    return re.compile("|".join(words("frames")["percent"]))


def percent_said(text: str) -> bool:
    """Whether a rate is spoken of."""
    return _percent().search(text) is not None


def is_member(text: str) -> bool:
    """Whether what is counted is a kind of row: 几个项目, 多少个县区."""
    nouns = "|".join(f"(?:{noun})" for noun in words("questions")["members"])
    return re.match(rf".{{0,6}}?(?:{nouns})", text) is not None


def all_of(text: str) -> bool:
    return re.search(r"各|每个|所有|全部", text) is not None


def order(text: str) -> tuple[int, int]:
    """(place, k) of a ranking: 第二大 → (2, 2), 前三 → (0, 3), 最大 → (0, 1), 从大到小 → (0, 0)."""
    if match := re.search(r"第([二三四五六七八九十]|\d+)(?:大|多|高|位|名|的|低|少|小)", text):
        n = (
            chinese_ordinal(match[1]) or int(match[1])
            if match[1].isdigit()
            else chinese_ordinal(match[1])
        )
        return (n or 0), (n or 0)
    for expression in (
        r"(?:前|后)([一二两三四五六七八九十]|\d+)",
        r"最[大多高小少低快慢](?:额)?的?(?:是)?(?:那|这|哪)?([二两三四五六七八九十]|\d+)(?:个|项|笔|类|家|名|款|种|大)",
        r"([二两三四五六七八九十]|\d+)(?:个|项|笔|类|家|名|款|种|大).{0,12}最[大多高小少低快慢]",
    ):
        if match := re.search(expression, text):
            return 0, (2 if match[1] == "两" else chinese_ordinal(match[1]) or 0)
    whole = re.search(r"到[低小少高大多]|排(?:名|序|一下|列|个序|一排)|怎么排|依次", text)
    return 0, (0 if whole else 1)


def direction(text: str) -> int | None:
    """1 rising, -1 falling, 0 unchanged, as a filter asks for it; None where it does not."""
    for expression, direction in (
        (r"持平|不变|没有变化|没变", 0),
        (r"增加|增长|上涨|上升|涨|多了|增", 1),
        (r"减少|下降|压减|降|砍|少了|减", -1),
    ):
        if re.search(expression, text):
            return direction
    return None
