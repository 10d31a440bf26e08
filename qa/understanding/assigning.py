"""The facts of all slots of a frame, chosen together.

Each slot has its own ranking of figures (`scoring`); operands of one operation belong together: they
stand in one table and column, or have one name, unless the question says otherwise.  The assignment
with the highest sum of scores and of what its figures share is taken.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from index.library import Library
from index.model import Fact
from index.units import convert, is_money, same_kind
from qa.lexicon import Lexicon, term_of
from qa.scope import Scope
from qa.understanding.candidates import candidates
from qa.understanding.features import Candidate, features
from qa.understanding.frame import sides
from qa.understanding.names import Words
from qa.understanding.scoring import Choice, bonus, choices, confidence
from qa.understanding.slots import Slot

__all__ = [
    "NAMESAKE",
    "Assigned",
    "Finder",
    "assign",
    "explained",
    "joined_sure",
    "namesakes",
    "stand_together",
    "together",
]

_TRIED = 6
_JOINT = 0.6
# How far a figure of the same name may fall behind and is still to be known of.
NAMESAKE = 4.0
# How much less of the question a figure may say than the likeliest one.
_LESS = 0.15
_ANCHORS = 40


@dataclass(frozen=True, slots=True)
class Assigned:
    """A slot with the figure taken for it, how sure that is (0 to 1), all that it may mean (best
    first), the one taken with all its prints, and those that could be meant in its place."""

    slot: Slot
    facts: tuple[Fact, ...]
    sure: float
    ranked: tuple[Choice, ...]
    choice: Choice
    rivals: tuple[Choice, ...]


class Finder:
    """Finds the figures of slots in one library for one question, each slot once."""

    def __init__(self, scope: Scope, said: Words, library: Library, lexicon: Lexicon) -> None:
        self.scope, self.said, self.library, self.lexicon = scope, said, library, lexicon
        self._known: dict[Slot, list[Choice]] = {}

    def ranked(self, slot: Slot) -> list[Choice]:
        """The figures a slot may mean, best first."""
        if slot not in self._known:
            self._known[slot] = choices(self.candidates(slot))
        return self._known[slot]

    def candidates(self, slot: Slot) -> list[Candidate]:
        """The facts a slot may mean, with their features."""
        documents = [
            d
            for d in self.scope.documents
            if not slot.organisations or d.profile.organisation in slot.organisations
        ]
        return candidates(slot, self.said, self.library, self.lexicon, documents)


def assign(slots: Sequence[Slot], finder: Finder) -> tuple[Assigned, ...] | None:
    """The best figures for all slots together; `None` where one has none at all."""
    ranked = [_as_said(finder.ranked(slot)) for slot in slots]
    if not ranked or not all(ranked):
        return None
    if len(slots) == 1:
        chosen = [ranked[0][0]]
    elif len(slots) == 2:
        pairs = itertools.product(ranked[0][:_TRIED], ranked[1][:_TRIED])
        best = max(pairs, key=lambda pair: _together(pair, slots))
        chosen = list(best)
    else:
        chosen = _anchored(ranked, slots)
    strange = finder.said.strangers()
    if any(not _knows(choice, span) for choice in chosen for span in strange):
        return None
    places, unit = _places(chosen), chosen[0].facts[0].unit
    # An exact figure less a rounded one would look more exact than it is.
    step = max(min(_step(f) for f in choice.facts) for choice in chosen)
    used = [_preferring(choice, places, unit, step) for choice in chosen]
    alone = len({slot.spans for slot in slots}) == 1
    return tuple(
        _assigned(slot, choice, facts, others, alone)
        for slot, choice, facts, others in zip(slots, chosen, used, ranked, strict=True)
    )


def _assigned(
    slot: Slot, choice: Choice, facts: tuple[Fact, ...], ranked: Sequence[Choice], alone: bool
) -> Assigned:
    """A slot with its figure.  Its namesakes are no rivals where one subject is `alone`: they are told
    with it, or lose together in each of its years."""
    told = _namesakes(choice, ranked, slot) if alone else []
    rivals = tuple(r for r in _rivals(choice, ranked, slot) if r not in told)
    return Assigned(slot, facts, confidence(choice, rivals), tuple(ranked), choice, rivals)


def namesakes(assigned: Assigned) -> list[Choice]:
    """The other figures that the same document prints under the same name (of basic spending only, of
    one fund only): whoever quotes one should know of them."""
    return _namesakes(assigned.choice, assigned.ranked, assigned.slot)


def _namesakes(first: Choice, ranked: Sequence[Choice], slot: Slot) -> list[Choice]:
    said, own = features(first.best), first.best.fact
    if not said["exact"]:
        return []
    return [
        choice
        for choice in ranked[1:6]
        if choice is not first
        and _bare(fact := choice.facts[0]) == _bare(own)
        and _as_open(fact, slot) == _as_open(own, slot)
        and same_kind(fact.unit, own.unit)
        and features(choice.best)["said"] >= said["said"] - 0.01
        and fact.value
        and first.score - choice.score < NAMESAKE
        and not _is_part(fact, own)
    ]


def _bare(fact: Fact) -> str:
    """A name without the side that it is of: 养老保险缴费 is printed as 养老保险缴费支出 too."""
    return re.sub(rf"(?<=.{{3}}){sides()['spending']}$", "", term_of(fact.label))


def _as_open(fact: Fact, slot: Slot) -> tuple[object, ...]:
    """What two figures must have in common to be meant by one question: the document, the year, and
    the level and the basis as far as it says them."""
    level = fact.level if slot.level else ""
    return fact.document, fact.year, level, fact.basis if slot.basis else ""


def _is_part(fact: Fact, own: Fact) -> bool:
    """Whether a figure is only another column of the same row: 基本支出 beside 合计."""
    return fact.table == own.table and fact.row == own.row and fact.origin == own.origin == "table"


def _as_said(ranked: list[Choice]) -> list[Choice]:
    """Without the figures that say less of the question than the likeliest one: that they stand
    beside another operand is no reason to take them."""
    said = features(ranked[0].best)["said"] - _LESS if ranked else 0.0
    return [choice for choice in ranked if features(choice.best)["said"] >= said]


def _rivals(choice: Choice, ranked: Sequence[Choice], slot: Slot) -> list[Choice]:
    """The figures that could be meant in its place: not those of another department or year that the
    question leaves open."""
    own = choice.best.fact
    return [
        other
        for other in ranked
        if (slot.organisations or other.best.fact.organisation == own.organisation)
        and (slot.years or other.best.fact.year == own.year)
    ]


def _knows(choice: Choice, span: tuple[int, int]) -> bool:
    """Whether a figure's own fields name the stranger that a question names."""
    covered = sum(i in choice.best.covered for i in range(*span))
    return covered >= 0.7 * (span[1] - span[0])


def _together(pair: Sequence[Choice], slots: Sequence[Slot]) -> float:
    left, right = pair
    total = left.score + right.score
    a, b = left.best.fact, right.best.fact
    if slots[0].unit == slots[1].unit and not same_kind(a.unit, b.unit):
        total -= bonus("other_kind")
    whose = {slot.organisations for slot in slots}
    if len(whose) == 2 and all(whose):
        # Two departments print one subject each in its own way: each figure stands for itself.
        return total
    if slots[0].spans == slots[1].spans:
        total += bonus("same_name") * (term_of(a.label) == term_of(b.label))
        total += bonus("same_column") * (_leaf(a) == _leaf(b))
        total -= bonus("same_fact") * (a.id == b.id or _undistinguished(a, b, slots))
    else:
        shared = {_place(f) for f in left.facts} & {_place(f) for f in right.facts}
        total += bonus("same_place") * bool(shared)
        tables = {f.table for f in left.facts if f.table} & {f.table for f in right.facts}
        total += bonus("same_table") * bool(tables)
        if a.id == b.id:
            total -= bonus("same_fact")
    if not (slots[0].years or slots[1].years) and a.year != b.year:
        total -= bonus("other_year")
    if not (slots[0].organisations or slots[1].organisations) and a.document != b.document:
        total -= bonus("other_document")
    if not (slots[0].level or slots[1].level) and a.level != b.level:
        total -= bonus("other_level")
    if not (slots[0].basis or slots[1].basis) and a.basis != b.basis:
        total -= bonus("other_basis")
    return total


def _undistinguished(a: Fact, b: Fact, slots: Sequence[Slot]) -> bool:
    """Whether a figure that is held against the budget is itself of the budget: 比预算短收."""
    scopes = [(s.years, s.level, s.organisations) for s in slots]
    return scopes[0] == scopes[1] and slots[0].basis != slots[1].basis and a.basis == b.basis


def _anchored(ranked: Sequence[Sequence[Choice]], slots: Sequence[Slot]) -> list[Choice]:
    """For three and more slots: the place (or the name) that serves all of them best."""
    by_name = len({slot.spans for slot in slots}) == 1
    anchors = {
        anchor
        for found in ranked
        for choice in found[:_TRIED]
        for anchor in _anchors(choice, by_name)
    }

    def picked(anchor: object) -> list[tuple[float, Choice]]:
        return [
            max(
                (
                    (c.score + bonus("same_place") * (anchor in _anchors(c, by_name)), -n, c)
                    for n, c in enumerate(found[:_TRIED])
                ),
                key=lambda one: one[:2],
            )[::2]
            for found in ranked
        ]

    ordered = sorted(anchors, key=str)[: _ANCHORS * 4]
    best = max(ordered, key=lambda anchor: sum(score for score, _ in picked(anchor)))
    return [choice for _, choice in picked(best)]


def _anchors(choice: Choice, by_name: bool) -> set[tuple[str, ...]]:
    if by_name:
        return {(term_of(f.label), _leaf(f)) for f in choice.facts}
    return {_place(f) for f in choice.facts}


def _place(fact: Fact) -> tuple[str, ...]:
    if fact.origin == "table":
        return fact.document, fact.table, fact.measure, str(fact.year)
    return fact.document, *fact.section[-1:], "", str(fact.year)


def _leaf(fact: Fact) -> str:
    return "" if fact.origin == "prose" else fact.measure.rsplit("/", 1)[-1]


def _places(chosen: Iterable[Choice]) -> set[tuple[str, ...]]:
    """Where most of the chosen figures stand together."""
    sets = [{_place(f) for f in choice.facts} for choice in chosen]
    return set.intersection(*sets) if len(sets) > 1 else set()


def _preferring(
    choice: Choice, places: set[tuple[str, ...]], unit: str, step: Decimal
) -> tuple[Fact, ...]:
    """The facts of a figure as it is told: in the place that the operands share, as exact as all of
    them are printed (`step`), under the name asked for, in the others' unit if it can be."""
    name = term_of(choice.best.fact.label)
    ordered = sorted(
        choice.facts,
        key=lambda f: (
            _place(f) not in places,
            _step(f) != step and not _is_exact(f, choice.facts),
            term_of(f.label) != name,
            f.unit != unit if places else f.unit != "万元",
        ),
    )
    return tuple(f for f in ordered if f.unit == ordered[0].unit)


def _step(fact: Fact) -> Decimal:
    """The smallest amount that a figure as printed can tell, in its base unit."""
    exponent = fact.value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return convert(step, fact.unit, "元") if is_money(fact.unit) else step


def _is_exact(fact: Fact, others: Sequence[Fact]) -> bool:
    """Whether a figure is as exact as every other print of it."""
    return all(
        convert(other.value, other.unit, fact.unit) == fact.value
        for other in others
        if same_kind(other.unit, fact.unit)
    )


def together(assigned: Sequence[Assigned]) -> float:
    """How sure all slots are together."""
    return joined_sure([a.sure for a in assigned], stand_together(assigned))


def stand_together(assigned: Sequence[Assigned]) -> bool:
    """Whether several figures were found in one place."""
    places = [{_place(f) for f in a.facts} for a in assigned]
    return len(assigned) > 1 and bool(set.intersection(*places))


def joined_sure(sures: Sequence[float], joint: bool) -> float:
    """The geometric mean of several certainties, held down by the weakest; figures that were found in
    one place support each other.

    >>> joined_sure([0.9], False), round(joined_sure([0.9, 0.4], False), 2)
    (0.9, 0.6)
    """
    raised = [math.pow(max(sure, 1e-3), _JOINT if joint else 1.0) for sure in sures]
    mean = math.exp(sum(map(math.log, raised)) / len(raised))
    return min(mean, 1.5 * min(raised))


def explained(assigned: Assigned) -> dict[str, float]:
    """The features of the figure taken, by name."""
    return features(assigned.choice.best)
