"""A slot: one figure that a question wants, as far as the question says which.

`三公经费` of `2026` in `某局` is a slot; `比上年` makes a second one that differs in its year only.
What a slot leaves open (`years` empty, `basis` empty …) takes a default that costs something when a
fact is chosen; what it says must hold.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from qa.plan import Kind

__all__ = ["Slot", "apart", "later", "of_basis", "two_departments", "variants", "years_only"]

_T = TypeVar("_T")

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """What is said of one figure.

    `spans` are the stretches of the question that say what it is of, `head` the last of them: the
    subject itself, the others narrow it (基本支出中的 | 委托业务费).  `organisations`, `years`, `level`,
    `basis`, `tables` (numbers), `titles` (of tables) and `codes` are as said; `kind` is what of the
    subject is wanted, `unit` the unit asked for; `side` is 收入 or 支出 where the operation takes
    both of one subject, `implied` the term that the operation is of by definition."""

    spans: Spans
    head: tuple[int, int]
    organisations: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    level: str = ""
    basis: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    kind: Kind = "value"
    unit: str = ""
    side: str = ""
    implied: str = ""


def apart(slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
    """Slots of one department and one year each."""
    return tuple(
        replace(slot, organisations=organisations, years=years)
        for slot in slots
        for organisations, years in itertools.product(_each(slot.organisations), _each(slot.years))
    )


def _each(values: tuple[_T, ...]) -> list[tuple[_T, ...]]:
    return [(value,) for value in values] or [()]


def of_basis(slots: tuple[Slot, ...], basis: str) -> tuple[Slot, ...]:
    """The slots, each of one basis."""
    return tuple(replace(slot, basis=(basis,)) for slot in slots)


def variants(left: tuple[Slot, ...], right: tuple[Slot, ...]) -> tuple[tuple[Slot, ...], ...]:
    """A share asked for in several years or departments: (part, whole) of each; () for one share."""
    scopes = {(slot.organisations, slot.years, slot.level) for slot in left}
    if len(left) < 2 or len(scopes) != len(left) or len({slot.spans for slot in left}) > 1:
        return ()
    whole = (
        right
        if len(right) == len(left)
        else tuple(
            replace(right[0], organisations=part.organisations, years=part.years, level=part.level)
            for part in left
        )
    )
    return tuple(zip(left, whole, strict=True))


def years_only(slots: Sequence[Slot]) -> bool:
    """Whether slots differ in their years alone."""
    return len({replace(slot, years=()) for slot in slots}) == 1


def later(slots: Iterable[Slot]) -> Slot:
    """The slot of the latest year."""
    return max(slots, key=lambda slot: slot.years)


def two_departments(
    left: tuple[Slot, ...], right: tuple[Slot, ...]
) -> tuple[tuple[Slot, ...], ...]:
    """One subject of two departments or places that stand before it (甲市跟乙市比，今年收入差多少), so
    that both are said of one operand; `()` otherwise."""
    slots = tuple(dict.fromkeys((*left, *right)))
    alike = {replace(slot, organisations=()) for slot in slots}
    listed = len(left) + len(right) > len(slots)
    return tuple((s,) for s in slots) if listed and len(slots) == 2 > len(alike) else ()
