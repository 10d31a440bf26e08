"""Rankings, filters, counts and sums bound to the list whose members they are over."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

from qa.evidence import Evidence
from qa.lexicon import key, term_of
from qa.plan import Count, Filter, Plan, Rank, Sum
from qa.understanding.assigning import Finder
from qa.understanding.binding import Bound
from qa.understanding.frame import Frame
from qa.understanding.groups import Listed, lists_of

__all__ = ["LISTS", "sum_of_list"]


def _listed(frame: Frame, finder: Finder) -> Listed | None:
    found = lists_of(frame.slots[0], finder, 1)
    if not found:
        return None
    best = found[0]
    left_out = [key(finder.said.text[a:b]) for slot in frame.excluded for a, b in slot.spans]
    kept = tuple(
        f
        for f in best.members
        if not any(key(f.label) in out or term_of(f.label) in out for out in left_out)
    )
    return replace(best, members=kept) if len(kept) > 1 else None


def _sure_of(listed: Listed) -> float:
    return 1 / (1 + math.exp(0.6 - 2.5 * listed.said - 0.8 * listed.score))


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
    if frame.bound:
        frame = replace(frame, kind="value", operands=((replace(frame.slots[0], kind="value"),),))
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


LISTS = {
    "rank": _rank,
    "filter": _filter,
    "count": _count,
    "count filter": _count_filter,
}
