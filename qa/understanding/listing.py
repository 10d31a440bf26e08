"""Rankings, filters, counts and sums bound to the list whose members they are over."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from index.model import Fact
from index.units import convert
from qa.evidence import Evidence, subject_of
from qa.lexicon import core, key, term_of
from qa.plan import Compare, Count, Difference, Filter, Plan, Rank, Sum
from qa.understanding.assigning import Finder
from qa.understanding.binding import Bound
from qa.understanding.frame import Frame, cue
from qa.understanding.groups import Listed, lists_of

__all__ = ["LISTS", "sum_of_list"]


# How much of a question a list may leave unsaid.
_USUAL = 2.0


def _listed(frame: Frame, finder: Finder) -> Listed | None:
    found = lists_of(frame.slots[0], finder, 1)
    # One list is of one department.
    if not found or len(frame.slots[0].organisations) > 1:
        return None
    best = found[0]
    left_out = {key(finder.said.text[a:b]) for s in frame.excluded for a, b in s.spans or (s.head,)}
    kept = tuple(f for f in best.members if not _is_left_out(f, left_out))
    return replace(best, members=kept) if len(kept) > 1 else None


def _is_left_out(fact: Fact, names: Iterable[str]) -> bool:
    """Whether a member is what was said to be left out, by its name or (海口 for 海口市) by its front;
    本级 by its end, or as the row of the department itself."""
    label = key(fact.label)
    return any(
        label in name
        or term_of(label) in name
        or (len(name) > 1 and core(label).startswith(name))
        or (
            name.endswith("本级")
            and (core(label).endswith("本级") or core(label) == core(fact.organisation))
        )
        for name in names
    )


def _sure_of(listed: Listed) -> float:
    """How sure it is that a list is meant, from 0 to 1: a little that no list says is usual, more
    is another question."""
    logit = 2.5 * listed.said + 0.8 * listed.score - 0.2 * listed.unsaid - 0.08
    logit -= 1.3 * max(0.0, listed.unsaid - _USUAL)
    return 1 / (1 + math.exp(-logit))


def _of_list(frame: Frame, listed: Listed, plan: Plan) -> Bound:
    evidence = Evidence({}, {listed.group: listed.members}, {})
    return Bound(frame, plan, evidence, _sure_of(listed), (), listed)


def _rank(frame: Frame, finder: Finder) -> Bound | None:
    listed = _listed(frame, finder)
    if listed is None:
        return None
    ascending = frame.ascending
    if frame.kind in ("change", "rate") and frame.direction == -1:
        ascending = not ascending
    plan = Rank(group=listed.group, k=frame.k, ascending=ascending, place=frame.place)
    return _of_list(frame, listed, plan)


def _filtered(frame: Frame, listed: Listed) -> Filter | None:
    if frame.bound and frame.bound.comparison:
        return Filter(
            group=listed.group,
            comparison=frame.bound.comparison,  # type: ignore[arg-type]
            value=Decimal(frame.bound.value),
            unit=frame.bound.unit,
        )
    if frame.direction is None or frame.kind == "value":
        return None
    way = {1: "up", -1: "down", 0: "same"}[frame.direction]
    return Filter(group=listed.group, comparison=way)  # type: ignore[arg-type]


def _filter(frame: Frame, finder: Finder) -> Bound | None:
    listed = _listed(frame, finder)
    plan = listed and _filtered(frame, listed)
    return _of_list(frame, listed, plan) if listed and plan else None


def _count_filter(frame: Frame, finder: Finder) -> Bound | None:
    bound = _filter(frame, finder)
    if bound is None or bound.listed is None or not isinstance(bound.plan, Filter):
        return None
    return _of_list(frame, bound.listed, Count(of=bound.plan))


def _count(frame: Frame, finder: Finder) -> Bound | None:
    listed = _listed(frame, finder)
    return _of_list(frame, listed, Count(of=listed.group)) if listed else None


def sum_of_list(frame: Frame, finder: Finder) -> Bound | None:
    listed = _listed(frame, finder)
    return _of_list(frame, listed, Sum(group=listed.group)) if listed else None


def _spread(frame: Frame, finder: Finder) -> Bound | None:
    """The largest and the smallest of a list, or how far they are apart."""
    listed = _listed(frame, finder)
    if listed is None:
        return None
    largest, smallest = (
        Rank(group=listed.group, ascending=ascending) for ascending in (False, True)
    )
    if cue("apart", finder.said.masked[slice(*frame.span)]):
        return _of_list(frame, listed, Difference(left=largest, right=smallest))
    members = sorted(listed.members, key=lambda f: convert(f.value, f.unit, listed.members[0].unit))
    names = tuple(subject_of(f) for f in (members[-1], members[0]))
    return _of_list(frame, listed, Compare(parts=(largest, smallest), names=names))


LISTS = {
    "spread": _spread,
    "rank": _rank,
    "filter": _filter,
    "count": _count,
    "count filter": _count_filter,
}
