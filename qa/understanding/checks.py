"""Checks bound to figures: parts against their whole, a printed rate, one figure in two places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from index.model import Fact
from index.units import convert, is_money, is_ratio, same_kind
from index.vocabulary import pattern, words
from qa.evidence import subject_of
from qa.lexicon import form_keys, key, term_of
from qa.plan import Check, Difference, Given, Growth, Plan, Sum
from qa.question import Threshold
from qa.understanding.assigning import Assigned, Finder, assign, together
from qa.understanding.binding import (
    Bound,
    Made,
    bound_to,
    evidence_of,
    of_one_year,
    of_two_years,
    several,
    summed,
)
from qa.understanding.frame import Frame

__all__ = ["CHECKS"]

# How sure a whole is that the question quotes, and how much of its name must be said.
_QUOTED, _SOME = 0.85, 0.4


def _check(frame: Frame, finder: Finder) -> Bound | None:
    """What the question adds against what it should come to; where it does not say which that is,
    parts against the whole named last (or the one that is larger than all others)."""
    if len(frame.slots) < 2:
        return None
    found = several(frame, finder)
    if found is None or len(set(found[1])) < len(found[1]):
        return None
    made, values, assigned = found
    if not all(same_kind(a.facts[0].unit, assigned[0].facts[0].unit) for a in assigned):
        return None
    if len(frame.operands) == 2:
        whole = len(values) - 1
    else:
        largest = max(range(len(values)), key=lambda i: assigned[i].facts[0].value)
        whole = largest if len(values) > 2 else len(values) - 1
    parts = [v for i, v in enumerate(values) if i != whole]
    return bound_to(frame, made, Check(left=summed(parts), right=values[whole]), assigned, finder)


def _check_said(frame: Frame, finder: Finder) -> Bound | None:
    """A figure of the document against the one that the question states."""
    stated = next((t for t in finder.scope.question.thresholds if not t.comparison), None)
    if stated and frame.kind == "change":
        return _check_change(frame, stated, finder)
    assigned = assign(frame.slots, finder)
    if assigned is None or stated is None:
        return None
    if not same_kind(assigned[0].facts[0].unit, stated.unit):
        return None
    made = Made()
    plan = Check(
        left=made.value(assigned[0].facts), right=Given(value=stated.value, unit=stated.unit)
    )
    return bound_to(frame, made, plan, assigned, finder)


def _check_change(frame: Frame, stated: Threshold, finder: Finder) -> Bound | None:
    """A change that the question states against the figures of the two years: those of the subject
    whose change the document prints so, else of the subject that the question names."""
    if quoted := _of_quoted(frame, finder):
        return quoted
    computed = of_two_years(frame, frame.slots[0], finder)
    if computed is None or not _comparable(computed, stated.unit):
        return None
    given = Given(value=stated.value * (frame.direction or 1), unit=stated.unit)
    return replace(computed, frame=frame, plan=Check(left=computed.plan, right=given))


def _comparable(computed: Bound, unit: str) -> bool:
    """Whether the figures of two years say anything of their change: one that was worked out from it
    does not."""
    facts = [found[0] for found in computed.evidence.selections.values()]
    return bool(facts) and same_kind(facts[0].unit, unit) and not any(f.derived for f in facts)


def _of_quoted(frame: Frame, finder: Finder) -> Bound | None:
    """A change or a rate that the question quotes as a sentence of the document states it, against
    the amounts of the two years in that sentence."""
    for moved in _quoted(finder):
        rated = is_ratio(moved.unit)
        if rated != (frame.kind == "rate") or not _is_change(moved) or not _names(moved, finder):
            continue
        same = [
            f
            for f in finder.library.facts_of(moved.document)
            if (f.quote, f.label, f.level) == (moved.quote, moved.label, moved.level)
            and is_money(f.unit)
            and not _is_change(f)
            # What is worked out from an amount and its change may be held against the rate.
            and (rated or not f.derived)
        ]
        new = [f for f in same if f.year == moved.year]
        old = [f for f in same if f.year == (moved.year or 0) - 1]
        if new and old:
            made = Made()
            left, right = made.value(new[:1]), made.value(old[:1])
            worked = Growth(new=left, old=right) if rated else Difference(left=left, right=right)
            plan = Check(left=worked, right=_given(abs(moved.value), moved.unit, frame, moved))
            return Bound(frame, plan, evidence_of(made, finder), _QUOTED)
    return None


def _given(value: Decimal, unit: str, frame: Frame, moved: Fact) -> Given:
    """A change as the question states it: its way, or that of the document where it says none."""
    way = frame.direction or (1 if moved.value >= 0 else -1)
    return Given(value=value * way, unit=unit)


def _is_change(fact: Fact) -> bool:
    """Whether a figure of a sentence tells how much something moved."""
    moved = pattern("frames", "amounts", "moved").search(fact.measure) is not None
    return moved and fact.origin == "prose" and fact.year is not None


def _names(fact: Fact, finder: Finder) -> bool:
    """Whether a figure is of what the question names, and not of its other side."""
    label = key(fact.label)
    names = [{k for n in name.keys for k in form_keys(n)} for name in finder.said.names]
    return bool(names) and all(any(k in label for k in forms) for forms in names)


def _check_rate(frame: Frame, finder: Finder) -> Bound | None:
    """A rate, as printed or as the question states it, against the one that its amounts give."""
    if quoted := _of_quoted(frame, finder):
        return quoted
    slot = replace(frame.slots[0], unit="", basis=())
    printed = assign((replace(of_one_year(slot), kind="rate", unit="%"),), finder)
    computed = of_two_years(frame, slot, finder)
    if not printed or computed is None:
        return None
    made = Made(dict(computed.evidence.selections))
    moved = printed[0].facts[0]
    stated = next((t for t in finder.scope.question.thresholds if is_ratio(t.unit)), None)
    rate: Plan = made.value(printed[0].facts, "rate")
    if stated:
        given = _given(stated.value, stated.unit, frame, moved)
        rate = rate if given.value == moved.value else given
    assigned = (*computed.assigned, *printed)
    return bound_to(frame, made, Check(left=computed.plan, right=rate), assigned, finder)


def _check_parts(frame: Frame, finder: Finder) -> Bound | None:
    """A whole against the sum of what it consists of: known relations, or what stands below it.  A
    figure that the question quotes is the whole."""
    slot = replace(frame.slots[0], unit="")
    for fact in _quoted(finder):
        if bound := _against_parts(frame, fact, (), finder):
            return replace(bound, sure=_QUOTED)
    assigned = assign((slot,), finder)
    bounds = (
        (_against_parts(frame, f, assigned, finder) for f in assigned[0].facts) if assigned else ()
    )
    return next((bound for bound in bounds if bound), None)


def _against_parts(
    frame: Frame, whole: Fact, assigned: Sequence[Assigned], finder: Finder
) -> Bound | None:
    parts = _parts_of(whole, finder)
    if len(parts) < 2:
        return None
    made = Made()
    left = Sum(parts=tuple(made.value((part,)) for part in parts))
    plan = Check(left=left, right=made.value((whole,)))
    evidence = evidence_of(made, finder)
    return Bound(frame, plan, evidence, together(assigned) if assigned else 0.0, tuple(assigned))


def _quoted(finder: Finder) -> list[Fact]:
    """The printed figures that a question states itself, under a name that it says some of."""
    stated = [t for t in finder.scope.question.thresholds if not t.comparison]
    text = finder.said.text
    return [
        fact
        for document in finder.scope.documents
        for fact in (finder.library.facts_of(document.name) if stated else ())
        if not fact.derived
        and any(
            same_kind(t.unit, fact.unit) and convert(t.value, t.unit, fact.unit) == abs(fact.value)
            for t in stated
        )
        and _said_of(fact.label, text) >= _SOME
    ]


def _said_of(label: str, text: str) -> float:
    """How much of a label a text says."""
    plain = key(label)
    pairs = {plain[i : i + 2] for i in range(len(plain) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0


def _parts_of(whole: Fact, finder: Finder) -> list[Fact]:
    """What a figure consists of, from the place where it stands."""
    beside = [
        f
        for f in finder.library.facts_of(whole.document)
        if (f.origin, f.year, f.unit) == (whole.origin, whole.year, whole.unit)
        and not f.derived
        and (f.column == 0 if whole.origin == "prose" else f.table == whole.table)
        and f.id != whole.id
    ]
    for term, names in words("synonyms")["relations"].items():
        if key(term) != term_of(subject_of(whole)):
            continue
        found = [next((f for f in beside if term_of(f.label) == key(n)), None) for n in names]
        if all(found):
            return [f for f in found if f]
    rows = [f for f in beside if f.path and f.path[-1] == whole.label]
    same = [f for f in rows if f.measure == whole.measure and f.depth == whole.depth + 1]
    return same if whole.origin == "table" else [f for f in rows if f.section == whole.section]


def _check_places(frame: Frame, finder: Finder) -> Bound | None:
    """One subject where the document gives it differently: prose and table, two tables."""
    assigned = assign((replace(frame.slots[0], unit=""),), finder)
    if assigned is None:
        return None
    ranked = assigned[0].ranked
    own = {_where(f) for f in ranked[0].facts}
    for other in ranked[1:4]:
        shared = own & {_where(f) for f in other.facts}
        if other.facts[0].value and shared:
            made = Made()
            right = [f for f in other.facts if _where(f) in shared]
            named = {term_of(f.label) for f in right}
            left = [f for f in ranked[0].facts if term_of(f.label) in named]
            # As it is printed beside the other, where it is.
            left = [f for f in left if f.unit == right[0].unit] or left
            plan = Check(left=made.value(left), right=made.value(right))
            return bound_to(frame, made, plan, assigned, finder)
    tables = [f for f in ranked[0].facts if f.origin == "table"]
    prose = [f for f in ranked[0].facts if f.origin == "prose" and not f.derived]
    if not (tables and prose):
        return None
    made = Made()
    plan = Check(left=made.value(prose), right=made.value(tables))
    return bound_to(frame, made, plan, assigned, finder)


def _where(fact: Fact) -> tuple[object, ...]:
    """What two prints of one figure have in common."""
    return term_of(fact.label), fact.year, fact.document, fact.level, fact.basis


CHECKS = {
    "check": _check,
    "check parts": _check_parts,
    "check rate": _check_rate,
    "check said": _check_said,
    "check places": _check_places,
}
