"""From a frame to a plan: each operation bound to figures, with its evidence and how sure it is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from index.library import Library
from index.model import Fact
from index.units import convert, is_money, same_kind
from index.vocabulary import words
from qa.evidence import Evidence, subject_of
from qa.lexicon import key, term_of
from qa.plan import (
    Average,
    Check,
    Compare,
    Count,
    Difference,
    Filter,
    Growth,
    Kind,
    Plan,
    Rank,
    Ratio,
    Selection,
    Share,
    Sum,
    Value,
)
from qa.understanding.assigning import Assigned, Finder, assign, together
from qa.understanding.frames import Frame
from qa.understanding.groups import Listed, lists_of
from qa.understanding.slots import Slot

__all__ = ["Bound", "bind"]


@dataclass(frozen=True, slots=True)
class Bound:
    """A frame bound to figures: its plan and evidence, `sure` from 0 to 1, and what was assigned."""

    frame: Frame
    plan: Plan
    evidence: Evidence
    sure: float
    assigned: tuple[Assigned, ...] = ()
    listed: Listed | None = None


@dataclass
class _Made:
    """Selections as they are made for one plan."""

    selections: dict[Selection, tuple[Fact, ...]] = field(default_factory=dict)

    def value(self, facts: Sequence[Fact], kind: Kind = "value") -> Value:
        selection = _selection(facts[0], kind)
        while selection in self.selections and self.selections[selection] != tuple(facts):
            selection = replace_document(selection, facts[0], len(self.selections))
        self.selections[selection] = tuple(facts)
        return Value(of=selection)


def replace_document(selection: Selection, fact: Fact, n: int) -> Selection:
    """A selection told apart from another of the same words by the fact it is of."""
    return selection.model_copy(update={"document": fact.document, "parents": (*fact.path, str(n))})


def _selection(fact: Fact, kind: Kind) -> Selection:
    return Selection(
        label=subject_of(fact),
        code=fact.code,
        table=fact.table,
        measure=fact.measure if fact.origin == "table" else "",
        kind=kind,
        organisation=fact.organisation,
        year=fact.year,
        basis=fact.basis,
        level=fact.level,
    )


def bind(frame: Frame, finder: Finder) -> Bound | None:
    """A frame bound to the figures of a library; `None` where it cannot be."""
    return _RULES[frame.operation](frame, finder)


def _bound(
    frame: Frame, made: _Made, plan: Plan, assigned: Sequence[Assigned], finder: Finder
) -> Bound:
    evidence = Evidence(
        made.selections, {}, _derived_from(made.selections.values(), finder.library)
    )
    return Bound(frame, plan, evidence, together(assigned), tuple(assigned))


def _derived_from(found: Iterable[Sequence[Fact]], library: Library) -> dict[str, Fact]:
    """The facts that derived ones are computed from."""
    derived = [f for facts in found for f in facts if f.derived]
    wanted = {part for f in derived for part in f.derived.split("|")[::2]}
    if not wanted:
        return {}
    documents, labels = {f.document for f in derived}, {f.label for f in derived}
    held = library.facts(sorted(documents), labels=sorted(labels))
    return {f.id: f for f in held if f.id in wanted}


# ---------------------------------------------------------------- figures


def _value(frame: Frame, finder: Finder) -> Bound | None:
    assigned = assign(frame.slots, finder)
    if assigned is None:
        return None
    made = _Made()
    plan = made.value(assigned[0].facts, frame.slots[0].kind)
    return _bound(frame, made, plan, assigned, finder)


def _counted(frame: Frame, finder: Finder) -> Bound | None:
    """How many of something, where the document gives the number itself."""
    slot = replace(frame.slots[0], unit=frame.slots[0].unit or "个")
    assigned = assign((slot,), finder)
    if assigned is None or is_money(assigned[0].facts[0].unit):
        return None
    made = _Made()
    return _bound(frame, made, made.value(assigned[0].facts), assigned, finder)


def _moved(frame: Frame, finder: Finder) -> Bound | None:
    """A change or a rate: as printed for the subject, else from the figures of two years."""
    slot = frame.slots[0]
    printed = replace(slot, kind=frame.kind, unit="%" if frame.kind == "rate" else slot.unit)
    found = assign((_of_one_year(printed),), finder)
    computed = _of_two_years(frame, slot, finder)
    if found and (computed is None or found[0].sure >= computed.sure - 0.15):
        made = _Made()
        plan = made.value(found[0].facts, frame.kind)
        return _bound(frame, made, plan, found, finder)
    return computed


def _of_one_year(slot: Slot) -> Slot:
    """A change is printed with the later of two years, against the earlier."""
    return replace(slot, years=(max(slot.years),) if len(slot.years) > 1 else slot.years)


def _of_two_years(frame: Frame, slot: Slot, finder: Finder) -> Bound | None:
    own = [d.profile.year for d in finder.scope.documents if d.profile.year]
    new = max(slot.years) if slot.years else max(own, default=None)
    if new is None:
        return None
    old = min(slot.years) if len(slot.years) > 1 else new - 1
    slots = (replace(slot, years=(new,), unit=""), replace(slot, years=(old,), unit=""))
    assigned = assign(slots, finder)
    if assigned is None or len({a.facts[0].organisation for a in assigned}) > 1:
        return None
    made = _Made()
    left, right = (made.value(a.facts) for a in assigned)
    plan: Plan = (
        Growth(new=left, old=right) if frame.kind == "rate" else Difference(left=left, right=right)
    )
    return _bound(frame, made, plan, assigned, finder)


def _two(make: Callable[[Plan, Plan], Plan]) -> Callable[[Frame, Finder], Bound | None]:
    """An operation of two operands, each a figure or a sum."""

    def rule(frame: Frame, finder: Finder) -> Bound | None:
        if len(frame.operands) != 2:
            return None
        slots = tuple(replace(slot, unit=_own_unit(slot)) for slot in frame.slots)
        assigned = assign(slots, finder)
        if assigned is None:
            return None
        made = _Made()
        values = [made.value(a.facts) for a in assigned]
        count = len(frame.operands[0])
        left, right = _summed(values[:count]), _summed(values[count:])
        firsts = {a.facts[0].id for a in assigned[:count]}
        if left == right or firsts & {a.facts[0].id for a in assigned[count:]}:
            return None
        return _bound(frame, made, make(left, right), assigned, finder)

    return rule


def _own_unit(slot: Slot) -> str:
    """The unit asked for is that of the result, not of the operands."""
    return "" if slot.unit in ("%", "倍") else slot.unit


def _summed(values: Sequence[Value]) -> Plan:
    return Sum(parts=tuple(values)) if len(values) > 1 else values[0]


def _changed(frame: Frame, finder: Finder) -> Bound | None:
    """The difference of one subject in two years: as printed, where the document prints it."""
    left, right = frame.operands
    if len(left) == len(right) == 1 and _same_but_year(left[0], right[0]):
        kind: Kind = "rate" if frame.operation == "growth" else "change"
        slot = left[0]
        own = [d.profile.year for d in finder.scope.documents if d.profile.year]
        new = max(slot.years) if slot.years else max(own, default=0)
        if right[0].years and max(right[0].years) == new - 1:
            printed = _moved(
                replace(frame, kind=kind, operands=((replace(slot, basis=()),),)), finder
            )
            computed = _TWO[frame.operation](frame, finder)
            if computed and _of_two_documents(computed):
                return computed
            if printed and (computed is None or printed.sure >= computed.sure - 0.1):
                return printed
            return computed
    return _TWO[frame.operation](frame, finder)


def _of_two_documents(bound: Bound) -> bool:
    """Whether both figures are printed, each in its own document."""
    facts = [a.facts[0] for a in bound.assigned]
    return not any(f.derived for f in facts) and len({f.document for f in facts}) > 1


def _same_but_year(a: Slot, b: Slot) -> bool:
    plain = replace(a, years=(), basis=(), head=(0, 0))
    return plain == replace(b, years=(), basis=(), head=(0, 0)) and a.years != b.years


def _shares(frame: Frame, finder: Finder) -> Bound | None:
    """One share in several years or departments: two of them as their difference, more side by side."""
    bound = [
        _TWO["share"](Frame("share", ((part,), (whole,)), frame.span), finder)
        for part, whole in frame.operands
    ]
    if not all(bound):
        return None
    found = [b for b in bound if b]
    selections = {s: facts for b in found for s, facts in b.evidence.selections.items()}
    derived = {i: f for b in found for i, f in b.evidence.facts.items()}
    assigned = tuple(a for b in found for a in b.assigned)
    names = _names([b.assigned[0] for b in found])
    plan: Plan = Compare(parts=tuple(b.plan for b in found), names=names)
    if len(found) == 2:
        first, second = (
            found
            if (found[0].frame.slots[0].years > found[1].frame.slots[0].years)
            else (found[1], found[0])
        )
        plan = Difference(left=first.plan, right=second.plan)
    return Bound(
        frame, plan, Evidence(selections, {}, derived), min(b.sure for b in found), assigned
    )


def _completion(frame: Frame, finder: Finder) -> Bound | None:
    slot = replace(frame.slots[0], kind="completion", basis=(), unit="%")
    printed = assign((slot,), finder)
    done = replace(slot, kind="value", basis=("决算", "执行"), unit="")
    planned = replace(slot, kind="value", basis=("预算", "调整预算"), unit="")
    computed = assign((done, planned), finder)
    made = _Made()
    if printed and (computed is None or printed[0].sure >= together(computed) - 0.15):
        return _bound(frame, made, made.value(printed[0].facts, "completion"), printed, finder)
    if computed is None or computed[0].facts[0].id == computed[1].facts[0].id:
        return None
    left, right = (made.value(a.facts) for a in computed)
    return _bound(frame, made, Share(part=left, whole=right), computed, finder)


def _several(
    frame: Frame, finder: Finder
) -> tuple[_Made, list[Value], tuple[Assigned, ...]] | None:
    assigned = assign(frame.slots, finder)
    if assigned is None:
        return None
    made = _Made()
    return made, [made.value(a.facts) for a in assigned], assigned


def _sum(frame: Frame, finder: Finder) -> Bound | None:
    if len(frame.slots) < 2:
        return _sum_of_list(frame, finder)
    found = _several(frame, finder)
    if found is None or len(set(found[1])) < 2:
        return None
    made, values, assigned = found
    return _bound(frame, made, Sum(parts=tuple(values)), assigned, finder)


def _average(frame: Frame, finder: Finder) -> Bound | None:
    if frame.per:
        total, counted = (assign((slot,), finder) for slot in frame.slots)
        if not total or not counted:
            return None
        made = _Made()
        plan = Average(
            total=made.value(total[0].facts), by=made.value(counted[0].facts), per=frame.per
        )
        return _bound(frame, made, plan, (*total, *counted), finder)
    found = _several(frame, finder)
    if found is None or len(set(found[1])) < 2:
        return None
    made, values, assigned = found
    return _bound(frame, made, Average(parts=tuple(values)), assigned, finder)


def _compared(frame: Frame, finder: Finder) -> Bound | None:
    slots = [slot for slot in frame.slots if finder.ranked(slot)]
    found = _several(replace(frame, operands=tuple((slot,) for slot in slots)), finder)
    if len(frame.slots) < 2 or found is None or len(set(found[1])) < len(slots):
        return None
    made, values, assigned = found
    names = _names(assigned) if len(slots) > 1 else (_name_of(slots[0], ""),)
    for slot in frame.slots:
        if slot not in slots:
            # Named in the answer as what was not found.
            missing = Selection(
                label=values[0].of.label,
                organisation=(slot.organisations or ("",))[0],
                year=(slot.years or (None,))[0],
                level=slot.level,
            )
            values.append(Value(of=missing))
            names = (*names, _name_of(slot, names[0]))
    order = "given"
    if frame.operation == "compare":
        order = "ascending" if frame.ascending else "descending"
    plan = Compare(parts=tuple(values), names=names, order=order, k=frame.k)  # type: ignore[arg-type]
    return _bound(frame, made, plan, assigned, finder)


def _name_of(slot: Slot, other: str) -> str:
    """What a slot without a figure is called beside those that have one."""
    parts = (*slot.organisations[:1], *(f"{year}年" for year in slot.years[:1]), slot.level)
    telling = [part for part in parts if part and (part not in other)]
    return "".join(telling[:2]) or "另一项"


def _names(assigned: Sequence[Assigned]) -> tuple[str, ...]:
    """What tells the members of a comparison apart: department, year, level, basis or subject."""
    facts = [a.facts[0] for a in assigned]
    parts = [
        [f.organisation for f in facts],
        [f"{f.year}年" if f.year else "" for f in facts],
        [f.level for f in facts],
        [f.basis for f in facts],
        [subject_of(f) for f in facts],
    ]
    telling = [values for values in parts if len(set(values)) > 1] or parts[-1:]
    return tuple("".join(values[i] for values in telling) for i in range(len(facts)))


def _gap(frame: Frame, finder: Finder) -> Bound | None:
    """Which of two is more, and by how much: the larger less the smaller."""
    found = _several(frame, finder)
    if found is None or len(set(found[1])) < 2:
        return None
    made, values, assigned = found
    sizes = [a.facts[0] for a in assigned]
    if not same_kind(sizes[0].unit, sizes[1].unit):
        return None
    swap = convert(sizes[1].value, sizes[1].unit, sizes[0].unit) > sizes[0].value
    left, right = reversed(values) if swap else values
    return _bound(frame, made, Difference(left=left, right=right), assigned, finder)


def _without(frame: Frame, finder: Finder) -> Bound | None:
    """A whole less what is taken off it."""
    slots = (*frame.slots, *frame.excluded)
    assigned = assign(slots, finder)
    if assigned is None:
        return None
    made = _Made()
    values = [made.value(a.facts) for a in assigned]
    return _bound(
        frame, made, Difference(left=values[0], right=_summed(values[1:])), assigned, finder
    )


def _check(frame: Frame, finder: Finder) -> Bound | None:
    """Parts against the whole named last (or first, where it is larger than all others)."""
    if len(frame.slots) < 2:
        return None
    found = _several(frame, finder)
    if found is None or len(set(found[1])) < 2:
        return None
    made, values, assigned = found
    largest = max(range(len(values)), key=lambda i: assigned[i].facts[0].value)
    whole = largest if len(values) > 2 else len(values) - 1
    parts = [v for i, v in enumerate(values) if i != whole]
    return _bound(frame, made, Check(left=_summed(parts), right=values[whole]), assigned, finder)


def _check_rate(frame: Frame, finder: Finder) -> Bound | None:
    """A printed rate against the one that its own amounts give."""
    slot = replace(frame.slots[0], unit="", basis=())
    printed = assign((replace(_of_one_year(slot), kind="rate", unit="%"),), finder)
    computed = _of_two_years(frame, slot, finder)
    if not printed or computed is None:
        return None
    made = _Made(dict(computed.evidence.selections))
    rate = made.value(printed[0].facts, "rate")
    assigned = (*computed.assigned, *printed)
    return _bound(frame, made, Check(left=computed.plan, right=rate), assigned, finder)


def _check_parts(frame: Frame, finder: Finder) -> Bound | None:
    """A whole against the sum of what it consists of: known relations, or the rows below it."""
    assigned = assign((replace(frame.slots[0], unit=""),), finder)
    if assigned is None:
        return None
    for fact in assigned[0].facts:
        parts = _parts_of(fact, finder)
        if len(parts) > 1:
            made = _Made()
            left = Sum(parts=tuple(made.value((part,)) for part in parts))
            plan = Check(left=left, right=made.value((fact,)))
            return _bound(frame, made, plan, assigned, finder)
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
            made = _Made()
            plan = Check(left=made.value(ranked[0].facts), right=made.value(other.facts))
            return _bound(frame, made, plan, assigned, finder)
    tables = [f for f in ranked[0].facts if f.origin == "table"]
    prose = [f for f in ranked[0].facts if f.origin == "prose" and not f.derived]
    if not (tables and prose):
        return None
    made = _Made()
    plan = Check(left=made.value(prose), right=made.value(tables))
    return _bound(frame, made, plan, assigned, finder)


# ---------------------------------------------------------------- lists


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


def _sum_of_list(frame: Frame, finder: Finder) -> Bound | None:
    listed = _listed(frame, finder)
    return _of_list(frame, listed, Sum(group=listed.group)) if listed else None


_TWO: dict[str, Callable[[Frame, Finder], Bound | None]] = {
    "share": _two(lambda a, b: Share(part=a, whole=b)),
    "ratio": _two(lambda a, b: Ratio(left=a, right=b)),
    "difference": _two(lambda a, b: Difference(left=a, right=b)),
    "growth": _two(lambda a, b: Growth(new=a, old=b)),
}
_RULES: dict[str, Callable[[Frame, Finder], Bound | None]] = {
    **_TWO,
    "value": _value,
    "shares": _shares,
    "count value": _counted,
    "growth": _changed,
    "difference": _changed,
    "change": _moved,
    "rate": _moved,
    "completion": _completion,
    "sum": _sum,
    "average": _average,
    "list": _compared,
    "series": _compared,
    "compare": _compared,
    "gap": _gap,
    "without": _without,
    "check": _check,
    "check parts": _check_parts,
    "check rate": _check_rate,
    "check places": _check_places,
    "rank": _rank,
    "filter": _filter,
    "count": _count,
    "count filter": _count_filter,
}
