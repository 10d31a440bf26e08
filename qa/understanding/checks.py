"""Checks bound to figures: parts against their whole, a printed rate, one figure in two places."""

from __future__ import annotations

from dataclasses import replace

from index.model import Fact
from index.vocabulary import words
from qa.evidence import subject_of
from qa.lexicon import key, term_of
from qa.plan import Check, Sum
from qa.understanding.assigning import Finder, assign
from qa.understanding.binding import (
    Bound,
    Made,
    bound_to,
    of_one_year,
    of_two_years,
    several,
    summed,
)
from qa.understanding.frame import Frame

__all__ = ["CHECKS"]


def _check(frame: Frame, finder: Finder) -> Bound | None:
    """Parts against the whole named last (or first, where it is larger than all others)."""
    if len(frame.slots) < 2:
        return None
    found = several(frame, finder)
    if found is None or len(set(found[1])) < 2:
        return None
    made, values, assigned = found
    largest = max(range(len(values)), key=lambda i: assigned[i].facts[0].value)
    whole = largest if len(values) > 2 else len(values) - 1
    parts = [v for i, v in enumerate(values) if i != whole]
    return bound_to(frame, made, Check(left=summed(parts), right=values[whole]), assigned, finder)


def _check_rate(frame: Frame, finder: Finder) -> Bound | None:
    """A printed rate against the one that its own amounts give."""
    slot = replace(frame.slots[0], unit="", basis=())
    printed = assign((replace(of_one_year(slot), kind="rate", unit="%"),), finder)
    computed = of_two_years(frame, slot, finder)
    if not printed or computed is None:
        return None
    made = Made(dict(computed.evidence.selections))
    rate = made.value(printed[0].facts, "rate")
    assigned = (*computed.assigned, *printed)
    return bound_to(frame, made, Check(left=computed.plan, right=rate), assigned, finder)


def _check_parts(frame: Frame, finder: Finder) -> Bound | None:
    """A whole against the sum of what it consists of: known relations, or the rows below it."""
    assigned = assign((replace(frame.slots[0], unit=""),), finder)
    if assigned is None:
        return None
    for fact in assigned[0].facts:
        parts = _parts_of(fact, finder)
        if len(parts) > 1:
            made = Made()
            left = Sum(parts=tuple(made.value((part,)) for part in parts))
            plan = Check(left=left, right=made.value((fact,)))
            return bound_to(frame, made, plan, assigned, finder)
    return None


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
    return same if whole.origin == "table" else []


def _check_places(frame: Frame, finder: Finder) -> Bound | None:
    """One subject where the document gives it differently: prose and table, two tables."""
    assigned = assign((replace(frame.slots[0], unit=""),), finder)
    if assigned is None:
        return None
    ranked = assigned[0].ranked
    first = ranked[0].facts[0]
    for other in ranked[1:4]:
        fact = other.facts[0]
        same = (term_of(fact.label), fact.year, fact.document, fact.level)
        if same == (term_of(first.label), first.year, first.document, first.level):
            made = Made()
            plan = Check(left=made.value(ranked[0].facts), right=made.value(other.facts))
            return bound_to(frame, made, plan, assigned, finder)
    tables = [f for f in ranked[0].facts if f.origin == "table"]
    prose = [f for f in ranked[0].facts if f.origin == "prose" and not f.derived]
    if not (tables and prose):
        return None
    made = Made()
    plan = Check(left=made.value(prose), right=made.value(tables))
    return bound_to(frame, made, plan, assigned, finder)


CHECKS = {
    "check": _check,
    "check parts": _check_parts,
    "check rate": _check_rate,
    "check places": _check_places,
}
