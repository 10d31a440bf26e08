"""Lists calculated: members of a group in order, above a bound, that rose or fell, counted."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from index.model import Fact
from index.units import UnitError, convert, same_kind
from qa.evidence import Evidence
from qa.outcomes import Item, Missing, Operand, Outcome
from qa.plan import Count, Filter, Group, Rank

__all__ = ["counted", "filtered", "members_of", "ranked"]


def members_of(group: Group | None, evidence: Evidence) -> tuple[Fact, ...]:
    facts = evidence.groups.get(group, ()) if group else ()
    if not facts:
        raise Missing(str(group))
    return facts


def _sized(fact: Fact, unit: str) -> Decimal:
    return convert(fact.value, fact.unit, unit)


def _item(fact: Fact) -> Item:
    return Item(fact.label, fact.value, fact.unit, (fact,))


def ranked(plan: Rank, evidence: Evidence) -> Outcome:
    members = members_of(plan.group, evidence)
    unit = members[0].unit
    ordered = sorted(members, key=lambda f: _sized(f, unit), reverse=not plan.ascending)
    kept = ordered[: plan.k] if plan.k else ordered
    if plan.place:
        kept = kept[plan.place - 1 :]
    notes: tuple[str, ...] = ()
    if not kept:
        raise Missing(str(plan))
    if plan.k and len(ordered) > plan.k and _sized(ordered[plan.k], unit) == _sized(kept[-1], unit):
        kept = [*kept, *(f for f in ordered[plan.k :] if _sized(f, unit) == _sized(kept[-1], unit))]
        notes = ("有并列，一并列出。",)
    single = kept[0] if len(kept) == 1 else None
    return Outcome(
        single.value if single else None,
        single.unit if single else "",
        operands=(Operand(single.label, single.value, single.unit, (single,)),) if single else (),
        items=tuple(_item(f) for f in kept),
        notes=notes,
        label=single.label if single else "",
    )


_COMPARISONS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "=": lambda a, b: a == b,
}


def filtered(plan: Filter, evidence: Evidence) -> Outcome:
    members = members_of(plan.group, evidence)
    if plan.comparison in ("up", "down", "same"):
        wanted = {"up": 1, "down": -1, "same": 0}[plan.comparison]
        kept = [f for f in members if (f.value > 0) - (f.value < 0) == wanted]
    else:
        if plan.value is None:
            raise UnitError("筛选条件缺少数额")
        test = _COMPARISONS[plan.comparison]
        kept = [
            f
            for f in members
            if same_kind(f.unit, plan.unit) and test(_sized(f, plan.unit), plan.value)
        ]
    kept.sort(
        key=lambda f: _sized(f, members[0].unit), reverse=plan.comparison not in ("<", "<=", "down")
    )
    return Outcome(None, "", items=tuple(_item(f) for f in kept))


def counted(plan: Count, evidence: Evidence) -> Outcome:
    if isinstance(plan.of, Filter):
        items = filtered(plan.of, evidence).items
    else:
        items = tuple(_item(f) for f in members_of(plan.of, evidence))
    return Outcome(Decimal(len(items)), "个", items=items, expression=f"count = {len(items)}")
