"""What every operation needs to be bound to figures: selections, evidence, how sure they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from index.library import Library
from index.model import Fact
from qa.evidence import Evidence, subject_of
from qa.plan import Difference, Growth, Kind, Plan, Selection, Sum, Value
from qa.understanding.assigning import Assigned, Finder, assign, together
from qa.understanding.frame import Frame
from qa.understanding.groups import Listed
from qa.understanding.slots import Slot

__all__ = [
    "Bound",
    "Made",
    "bound_to",
    "evidence_of",
    "of_one_year",
    "of_two_years",
    "several",
    "summed",
]


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
class Made:
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


def bound_to(
    frame: Frame, made: Made, plan: Plan, assigned: Sequence[Assigned], finder: Finder
) -> Bound:
    return Bound(frame, plan, evidence_of(made, finder), together(assigned), tuple(assigned))


def evidence_of(made: Made, finder: Finder) -> Evidence:
    """What was selected, with what the derived figures among it are computed from."""
    derived = _derived_from(made.selections.values(), finder.library)
    return Evidence(made.selections, {}, derived)


def _derived_from(found: Iterable[Sequence[Fact]], library: Library) -> dict[str, Fact]:
    """The facts that derived ones are computed from."""
    derived = [f for facts in found for f in facts if f.derived]
    wanted = {part for f in derived for part in f.derived.split("|")[::2]}
    if not wanted:
        return {}
    documents, labels = {f.document for f in derived}, {f.label for f in derived}
    held = library.facts(sorted(documents), labels=sorted(labels))
    return {f.id: f for f in held if f.id in wanted}


def several(frame: Frame, finder: Finder) -> tuple[Made, list[Value], tuple[Assigned, ...]] | None:
    assigned = assign(frame.slots, finder)
    if assigned is None:
        return None
    made = Made()
    return made, [made.value(a.facts) for a in assigned], assigned


def summed(values: Sequence[Value]) -> Plan:
    return Sum(parts=tuple(values)) if len(values) > 1 else values[0]


def of_one_year(slot: Slot) -> Slot:
    """A change is printed with the later of two years, against the earlier."""
    return replace(slot, years=(max(slot.years),) if len(slot.years) > 1 else slot.years)


def of_two_years(frame: Frame, slot: Slot, finder: Finder) -> Bound | None:
    own = [d.profile.year for d in finder.scope.documents if d.profile.year]
    new = max(slot.years) if slot.years else max(own, default=None)
    if new is None:
        return None
    old = min(slot.years) if len(slot.years) > 1 else new - 1
    amount = replace(slot, unit="", kind="value")
    slots = (replace(amount, years=(new,)), replace(amount, years=(old,)))
    assigned = assign(slots, finder)
    if assigned is None or len({a.facts[0].organisation for a in assigned}) > 1:
        return None
    made = Made()
    left, right = (made.value(a.facts) for a in assigned)
    plan: Plan = (
        Growth(new=left, old=right) if frame.kind == "rate" else Difference(left=left, right=right)
    )
    return bound_to(frame, made, plan, assigned, finder)
