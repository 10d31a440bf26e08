"""From a frame to a plan: each operation bound to figures, with its evidence and how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from index.model import Fact
from index.units import convert, is_money, is_ratio, same_kind
from index.vocabulary import pattern
from qa.evidence import Evidence, subject_of
from qa.lexicon import key, term_of
from qa.plan import (
    Average,
    Before,
    Compare,
    Difference,
    Growth,
    Kind,
    Order,
    Plan,
    Ratio,
    Selection,
    Share,
    Sum,
    Value,
)
from qa.understanding.assigning import Finder, assign, together
from qa.understanding.binding import (
    Bound,
    Made,
    bound_to,
    of_one_year,
    of_two_years,
    several,
    summed,
)
from qa.understanding.checks import CHECKS
from qa.understanding.frame import Frame, percent_said
from qa.understanding.listing import LISTS, sum_of_list
from qa.understanding.members_apart import name_of, names_apart
from qa.understanding.slots import Slot

__all__ = ["Bound", "bind"]


def bind(frame: Frame, finder: Finder) -> Bound | None:
    """A frame bound to the figures of a library; `None` where it cannot be."""
    return _RULES[frame.operation](frame, finder)


# ---------------------------------------------------------------- figures


def _value(frame: Frame, finder: Finder) -> Bound | None:
    assigned = assign(frame.slots, finder)
    if assigned is None or _of_other_kind(frame, assigned[0].facts[0]):
        return None
    made = Made()
    plan = made.value(assigned[0].facts, frame.slots[0].kind)
    return bound_to(frame, made, plan, assigned, finder)


def _of_other_kind(frame: Frame, fact: Fact) -> bool:
    """Whether an amount is found where a percentage is asked for: 完成了百分之几 is not 11.31 万元."""
    return frame.slots[0].unit == "%" and not is_ratio(fact.unit)


def _printed_surplus(frame: Frame, finder: Finder) -> Bound | None:
    """What is left of two sides, where the document prints it as such."""
    found = _value(frame, finder)
    if found is None:
        return None
    fact = found.assigned[0].facts[0]
    told = pattern("frames", "sides", "printed").search("|".join((fact.label, fact.measure)))
    return found if told else None


def _counted(frame: Frame, finder: Finder) -> Bound | None:
    """How many of something, where the document gives the number itself."""
    slot = replace(frame.slots[0], unit=frame.slots[0].unit or "个")
    assigned = assign((slot,), finder)
    if assigned is None or is_money(unit := assigned[0].facts[0].unit) or is_ratio(unit):
        return None
    made = Made()
    return bound_to(frame, made, made.value(assigned[0].facts), assigned, finder)


def _moved(frame: Frame, finder: Finder) -> Bound | None:
    """A change or a rate: as printed for the subject, else from the figures of two years."""
    slot = frame.slots[0]
    printed = replace(slot, kind=frame.kind, unit="%" if frame.kind == "rate" else slot.unit)
    found = assign((of_one_year(printed),), finder)
    computed = of_two_years(frame, slot, finder)
    if found and (computed is None or found[0].sure >= computed.sure - 0.15):
        made = Made()
        plan = made.value(found[0].facts, frame.kind)
        return bound_to(frame, made, plan, found, finder)
    return computed


def _two(make: Callable[[Plan, Plan], Plan]) -> Callable[[Frame, Finder], Bound | None]:
    """An operation of two operands, each a figure or a sum."""

    def rule(frame: Frame, finder: Finder) -> Bound | None:
        if len(frame.operands) != 2:
            return None
        slots = tuple(replace(slot, unit=_own_unit(slot)) for slot in frame.slots)
        assigned = assign(slots, finder)
        if assigned is None:
            return None
        made = Made()
        values = [made.value(a.facts) for a in assigned]
        count = len(frame.operands[0])
        left, right = summed(values[:count]), summed(values[count:])
        firsts = {a.facts[0].id for a in assigned[:count]}
        if left == right or firsts & {a.facts[0].id for a in assigned[count:]}:
            return None
        if len(assigned) == 2 and _alike(*(a.facts[0] for a in assigned)):
            return None
        if frame.operation == "share" and _is_itself(*(a.facts[0] for a in assigned[:2])):
            return None
        return bound_to(frame, made, make(left, right), assigned, finder)

    return rule


def _alike(a: Fact, b: Fact) -> bool:
    """Whether two figures are told apart by nothing but their amount."""
    return _told_by(a) == _told_by(b)


def _is_itself(part: Fact, whole: Fact) -> bool:
    """Whether a part and its whole are one figure: under two forms of its name, or the whole taken
    from the column of the part."""
    if part.value != whole.value:
        return False
    name, of = term_of(subject_of(part)), term_of(subject_of(whole))
    return name in of or of in name or name in key("|".join((whole.measure, *whole.path)))


def _told_by(fact: Fact) -> tuple[object, ...]:
    scope = (fact.document, fact.year, fact.level, fact.basis)
    return (term_of(fact.label), *scope, fact.path, fact.measure)


def _own_unit(slot: Slot) -> str:
    """The unit asked for is that of the result, not of the operands."""
    return "" if slot.unit in ("%", "倍") else slot.unit


def _changed(frame: Frame, finder: Finder) -> Bound | None:
    """The difference of one subject in two years: as printed, where the document prints it."""
    left, right = frame.operands
    if len(left) == len(right) == 1 and _same_but_year(left[0], right[0]):
        kind: Kind = "rate" if frame.operation == "growth" else "change"
        slot = left[0]
        own = [d.profile.year for d in finder.scope.documents if d.profile.year]
        new = max(slot.years) if slot.years else max(own, default=0)
        # A change is printed against the year before as the document plans it.
        planned = left[0].basis == right[0].basis or not set(right[0].basis) - {"预算"}
        if planned and right[0].years and max(right[0].years) == new - 1:
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
    names = names_apart([b.assigned[0] for b in found])
    order: Order = "given"
    if frame.direction:
        order = "ascending" if frame.ascending else "descending"
    plan: Plan = Compare(parts=tuple(b.plan for b in found), names=names, order=order)
    if len(found) == 2 and not frame.direction:
        first, second = (
            found
            if (found[0].frame.slots[0].years > found[1].frame.slots[0].years)
            else (found[1], found[0])
        )
        plan = Difference(left=first.plan, right=second.plan)
    return _joined(frame, plan, found)


def _derived(frame: Frame, finder: Finder) -> Bound | None:
    """A figure that is not printed, from the year after it: less its change, or by its rate."""
    found = _value(frame, finder)
    if found is None or found.assigned[0].facts[0].derived:
        return found
    slot = replace(frame.slots[0], basis=())
    if not slot.years:
        return None
    later = replace(slot, years=(min(slot.years) + 1,))
    tried = []
    # A rate is rounded: it serves only where the question goes by it.
    rated = percent_said(finder.said.masked[slice(*frame.span)])
    for kind, unit in _BACKWARDS if rated else _BACKWARDS[:1]:
        assigned = assign((later, replace(later, kind=kind, unit=unit)), finder)
        if assigned is None:
            continue
        made = Made()
        new, moved = made.value(assigned[0].facts), made.value(assigned[1].facts, kind)
        plan: Plan = (
            Before(new=new, rate=moved) if kind == "rate" else Difference(left=new, right=moved)
        )
        tried.append(bound_to(frame, made, plan, assigned, finder))
    return max(tried, key=lambda bound: bound.sure, default=None)


# What the year before is worked out from, the exacter first.
_BACKWARDS: tuple[tuple[Kind, str], ...] = (("change", ""), ("rate", "%"))


def _completion(frame: Frame, finder: Finder) -> Bound | None:
    slot = replace(frame.slots[0], kind="completion", basis=(), unit="%")
    printed = assign((slot,), finder)
    done = replace(slot, kind="value", basis=("决算", "执行"), unit="")
    planned = replace(slot, kind="value", basis=("预算", "调整预算"), unit="")
    computed = assign((done, planned), finder)
    made = Made()
    if printed and (computed is None or printed[0].sure >= together(computed) - 0.15):
        return bound_to(frame, made, made.value(printed[0].facts, "completion"), printed, finder)
    if computed is None or computed[0].facts[0].id == computed[1].facts[0].id:
        return None
    left, right = (made.value(a.facts) for a in computed)
    return bound_to(frame, made, Share(part=left, whole=right), computed, finder)


def _sum(frame: Frame, finder: Finder) -> Bound | None:
    if len(frame.slots) < 2:
        return sum_of_list(frame, finder)
    found = several(frame, finder)
    if found is None or len(set(found[1])) < 2:
        return None
    made, values, assigned = found
    return bound_to(frame, made, Sum(parts=tuple(values)), assigned, finder)


def _average(frame: Frame, finder: Finder) -> Bound | None:
    if frame.per:
        assigned = assign(frame.slots, finder)
        if assigned is None:
            return None
        made = Made()
        total, counted = (made.value(a.facts) for a in assigned)
        plan = Average(total=total, by=counted, per=frame.per)
        return bound_to(frame, made, plan, assigned, finder)
    found = several(frame, finder)
    if found is None or len(set(found[1])) < 2:
        return None
    made, values, assigned = found
    return bound_to(frame, made, Average(parts=tuple(values)), assigned, finder)


def _moves(frame: Frame, finder: Finder) -> Bound | None:
    """How much several subjects, places or departments moved, side by side."""
    if len(frame.slots) < 2:
        return None
    bound = [_moved(replace(frame, operands=((slot,),)), finder) for slot in frame.slots]
    found = [b for b in bound if b]
    if len(found) < len(bound):
        return None
    names = names_apart([b.assigned[0] for b in found])
    if len(set(names)) < len(names):
        return None
    plan = Compare(parts=tuple(b.plan for b in found), names=names, order=_order(frame), k=frame.k)
    return _joined(frame, plan, found)


def _joined(frame: Frame, plan: Plan, found: Sequence[Bound]) -> Bound:
    """A plan over parts that were each bound by themselves: as sure as the least sure of them."""
    selections = {s: facts for b in found for s, facts in b.evidence.selections.items()}
    derived = {i: f for b in found for i, f in b.evidence.facts.items()}
    assigned = tuple(a for b in found for a in b.assigned)
    sure = min(b.sure for b in found)
    return Bound(frame, plan, Evidence(selections, {}, derived), sure, assigned)


def _order(frame: Frame) -> Order:
    if frame.operation != "compare":
        return "given"
    return "ascending" if frame.ascending else "descending"


def _compared(frame: Frame, finder: Finder) -> Bound | None:
    if frame.kind != "value" and (moves := _moves(frame, finder)):
        return moves
    slots = [slot for slot in frame.slots if finder.ranked(slot)]
    found = several(replace(frame, operands=tuple((slot,) for slot in slots)), finder)
    if len(frame.slots) < 2 or found is None or len(set(found[1])) < len(slots):
        return None
    made, values, assigned = found
    if frame.kind != "value":
        values = [made.value(a.facts, frame.kind) for a in assigned]
    names = names_apart(assigned) if len(slots) > 1 else (name_of(slots[0], ""),)
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
            names = (*names, name_of(slot, names[0]))
    plan = Compare(parts=tuple(values), names=names, order=_order(frame), k=frame.k)
    return bound_to(frame, made, plan, assigned, finder)


def _gap(frame: Frame, finder: Finder) -> Bound | None:
    """Which of two is more, and by how much: the larger less the smaller."""
    found = several(frame, finder)
    if found is None or len(set(found[1])) < 2:
        return None
    made, values, assigned = found
    sizes = [a.facts[0] for a in assigned]
    if not same_kind(sizes[0].unit, sizes[1].unit):
        return None
    swap = convert(sizes[1].value, sizes[1].unit, sizes[0].unit) > sizes[0].value
    left, right = reversed(values) if swap else values
    return bound_to(frame, made, Difference(left=left, right=right), assigned, finder)


def _without(frame: Frame, finder: Finder) -> Bound | None:
    """A whole less what is taken off it."""
    slots = (*frame.slots, *frame.excluded)
    assigned = assign(slots, finder)
    if assigned is None:
        return None
    made = Made()
    values = [made.value(a.facts) for a in assigned]
    return bound_to(
        frame, made, Difference(left=values[0], right=summed(values[1:])), assigned, finder
    )


_TWO: dict[str, Callable[[Frame, Finder], Bound | None]] = {
    "share": _two(lambda a, b: Share(part=a, whole=b)),
    "ratio": _two(lambda a, b: Ratio(left=a, right=b)),
    "difference": _two(lambda a, b: Difference(left=a, right=b)),
    "growth": _two(lambda a, b: Growth(new=a, old=b)),
}
_RULES: dict[str, Callable[[Frame, Finder], Bound | None]] = {
    **_TWO,
    "value": _value,
    "printed surplus": _printed_surplus,
    "derived": _derived,
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
    **CHECKS,
    **LISTS,
}
