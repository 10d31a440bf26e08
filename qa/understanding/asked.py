"""What kinds of figure a question asks for, one for each of its question words.

发了多少育儿补贴，惠及多少人 asks for an amount and for a number of persons; 全省排第几 for a place in an
order.  Which figures of a text are of such a kind is decided here too.

>>> [(one.kind, one.unit) for one in asked_in("发了多少亿元补贴,惠及多少万人,全省排第几")]
[('money', '亿元'), ('count', '万人'), ('place', '')]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Literal

from index.figures import SCALED, Quantity, find_quantities
from index.units import MONEY, is_money, is_ratio, same_count
from index.vocabulary import words
from index.words import tagged

__all__ = ["Asked", "Kind", "asked_in", "figures_in", "fits"]

Kind = Literal["money", "rate", "place", "date", "count", "any"]
# How well a figure suits what is asked where only its kind is open: 惠及多少娃 of 1.66万余名.
_MAYBE = 0.5
_NOUGHT = Decimal(0)
_RATES = frozenset({"百分点", "个百分点"})
_UNIT = re.compile(SCALED)
_MONEY = re.compile("|".join(sorted(MONEY, key=len, reverse=True)))


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure that is asked for: where the question says so, its kind, and the unit it names (元
    for money; none where only the words before it say the kind)."""

    start: int
    end: int
    kind: Kind
    unit: str = ""


@lru_cache(maxsize=256)
def asked_in(text: str) -> tuple[Asked, ...]:
    """The figures that a question asks for, in its order; `()` where it asks for none."""
    return tuple(_found(text))


def _found(text: str) -> Iterator[Asked]:
    for match in _asking().finditer(text):
        kind = next(name for name, found in match.groupdict().items() if found is not None)
        if kind == "open":
            yield _opened(text, match)
        else:
            named = _MONEY.search(match[0])
            unit = (named[0] if named else "元") if kind == "money" else ""
            yield Asked(match.start(), match.end(), kind, unit)  # type: ignore[arg-type]


@cache
def _asking() -> re.Pattern[str]:
    kinds: dict[str, list[str]] = words("frames")["asked"]
    return re.compile("|".join(f"(?P<{name}>{'|'.join(kinds[name])})" for name in kinds))


def _opened(text: str, match: re.Match[str]) -> Asked:
    """A 多少 that says its kind by the unit behind it, else by the words before it."""
    if unit := _UNIT.match(text, match.end()):
        # 多少项目 counts something that a word names, 多少项 says the measure word.
        word = next((word for word, _ in tagged(text[unit.start() :][:8])), "")
        noun = word.startswith(unit[0]) and len(word) > len(unit[0])
        return Asked(match.start(), unit.end(), "count", "" if noun else unit[0])
    before = text[max(0, match.start() - 8) : match.start()]
    for kind, expression in _spoken():
        if expression.search(before):
            return Asked(match.start(), match.end(), kind)
    return Asked(match.start(), match.end(), "any")


@cache
def _spoken() -> tuple[tuple[Kind, re.Pattern[str]], ...]:
    data = words("frames")["asked_before"]
    kinds: tuple[Kind, ...] = ("rate", "count", "money")
    return tuple((kind, re.compile("|".join(data[kind]))) for kind in kinds)


def figures_in(text: str) -> list[tuple[Quantity, Kind]]:
    """Every figure of a text (half width) with its kind, in its order; dates and places in an order
    are figures whose value nobody calculates with."""
    found = [(q, _kind(q.unit)) for q in find_quantities(text)]
    for kind in ("place", "date"):
        for m in _printed(kind).finditer(text):
            found.append((Quantity(_NOUGHT, "", "", m.start(), m.end(), m[0]), kind))
    return sorted(found, key=lambda one: one[0].start)


@cache
def _printed(kind: Kind) -> re.Pattern[str]:
    return re.compile("|".join(words("frames")["printed"][kind]))


def _kind(unit: str) -> Kind:
    if is_money(unit):
        return "money"
    return "rate" if is_ratio(unit) or unit in _RATES else "count"


def fits(asked: Asked, unit: str, kind: Kind) -> float:
    """How well a figure of a kind and unit is what is asked for: 1 as asked, 0 not at all.

    >>> fits(Asked(0, 2, "count", "人"), "万名", "count"), fits(Asked(0, 2, "money"), "人", "count")
    (1.0, 0.0)
    """
    if asked.kind == "any":
        return _MAYBE if kind in ("money", "rate", "count") else 0.0
    if asked.kind != kind:
        return 0.0
    if kind != "count":
        return 1.0
    if same_count(asked.unit, unit):
        return 1.0
    return _MAYBE if asked.unit in ("", "个") or unit == "万" else 0.0
