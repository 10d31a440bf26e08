"""The calculator: executes plans over facts, exactly, and shows its arithmetic.

Only here figures are made, by `Decimal` arithmetic from cited ones.  What a plan cannot say for sure
is an outcome too: several different figures for one name (`Ambiguous`), or none (`Missing`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from index.figures import plain
from index.model import Fact
from index.units import UnitError, convert, same_kind
from qa.evidence import Evidence, agreeing, subject_of
from qa.outcomes import (
    PLACES,
    Ambiguous,
    Item,
    Missing,
    Operand,
    Outcome,
    amount_in,
    common_unit,
    divided,
    merged,
    percent,
    term_in,
)
from qa.plan import (
    Average,
    Before,
    Check,
    Compare,
    Count,
    Difference,
    Filter,
    Given,
    Growth,
    Plan,
    Rank,
    Ratio,
    Selection,
    Share,
    Sum,
    Value,
)
from qa.ranking import counted, filtered, members_of, ranked

__all__ = ["Ambiguous", "Item", "Missing", "Operand", "Outcome", "calculate", "percent", "settled"]


def calculate(plan: Plan, evidence: Evidence) -> Outcome:
    """Execute a plan; raises `Ambiguous`, `Missing`, `UnitError`."""
    return _RULES[type(plan)](plan, evidence)


# ---------------------------------------------------------------- one figure


def settled(facts: Sequence[Fact], label: str) -> tuple[Fact, ...]:
    """The facts of the one figure they all say; raises `Ambiguous` where they differ."""
    groups = agreeing(facts)
    if not groups:
        raise Missing(label)
    if len(groups) > 1:
        printed = [g for g in groups if not all(f.derived for f in g)]
        if len(printed) == 1:
            return tuple(printed[0])
        raise Ambiguous(label, printed or groups)
    return tuple(groups[0])


def _value(plan: Value, evidence: Evidence) -> Outcome:
    facts = evidence.selections.get(plan.of, ())
    return _looked_up(settled(facts, plan.of.label or plan.of.code), evidence)


def _looked_up(facts: Sequence[Fact], evidence: Evidence) -> Outcome:
    first = facts[0]
    if not first.derived:
        name = subject_of(first)
        operand = Operand(name, first.value, first.unit, tuple(facts))
        return Outcome(first.value, first.unit, (operand,), label=name, year=first.year)
    left_id, _, right_id = first.derived.split("|")
    left, right = evidence.facts[left_id], evidence.facts[right_id]
    operands = (
        Operand(f"{left.year}年{left.label}", left.value, left.unit, (left,)),
        Operand(right.measure, right.value, right.unit, (right,)),
    )
    sign, shown = ("+", -right.value) if right.value < 0 else ("-", right.value)
    expression = f"{plain(left.value)} {sign} {plain(shown)}"
    note = f"{first.year}年的数没有直接印出，由{left.year}年的数和它{right.measure.removesuffix('额')}推算：{expression}。"
    return Outcome(
        first.value,
        first.unit,
        operands,
        expression,
        notes=(note,),
        label=first.label,
        year=first.year,
    )


# ---------------------------------------------------------------- arithmetic


def _parts(parts: Sequence[Plan], evidence: Evidence) -> list[Outcome]:
    """The parts of one operation; names with several figures are read in the one table (and
    column) that has them all, if there is one."""
    shared = _shared_table(parts, evidence)
    return [calculate(part, shared or evidence) for part in parts]


def _shared_table(parts: Sequence[Plan], evidence: Evidence) -> Evidence | None:
    selections = [part.of for part in parts if isinstance(part, Value)]
    if len(selections) < 2 or all(
        len(agreeing(evidence.selections.get(s, ()))) == 1 for s in selections
    ):
        return None
    places = [
        {
            (f.table, f.measure) if f.origin == "table" else (f.table, "")
            for f in evidence.selections.get(s, ())
            if f.table
        }
        for s in selections
    ]
    common = set.intersection(*places) if places else set()
    kept: dict[tuple[str, str], dict[Selection, tuple[Fact, ...]]] = {}
    for table, measure in sorted(common):
        kept[table, measure] = {
            s: tuple(
                f for f in evidence.selections[s] if f.table == table and measure in (f.measure, "")
            )
            for s in selections
        }
    values = {
        tuple(facts[0].value for facts in chosen.values()): chosen for chosen in kept.values()
    }
    if len(values) != 1:
        return None
    return replace(evidence, selections={**evidence.selections, **next(iter(values.values()))})


def _sum(plan: Sum, evidence: Evidence) -> Outcome:
    if plan.group is not None:
        members = members_of(plan.group, evidence)
        outcomes = [_looked_up((fact,), evidence) for fact in members]
    else:
        outcomes = _parts(plan.parts, evidence)
    if overlap := _overlap(outcomes):
        outcomes = [o for o in outcomes if o not in overlap[1]]
    unit = common_unit(outcomes)
    operands, notes = merged(outcomes)
    if overlap:
        notes = (*notes, overlap[0])
    total = sum((amount_in(o, unit) for o in outcomes), Decimal(0))
    expression = " + ".join(term_in(o, unit) for o in outcomes) if len(outcomes) > 1 else ""
    return Outcome(total, unit, operands, expression, notes=notes, inner=tuple(outcomes))


def _overlap(outcomes: Sequence[Outcome]) -> tuple[str, list[Outcome]] | None:
    """Operands that another operand contains (a 款 and its own 项): never added to it."""
    contained = []
    said = ""
    for outcome in outcomes:
        for other in outcomes:
            if other is not outcome and (pair := _contains(other, outcome)):
                contained.append(outcome)
                said = f"“{pair[0]}”已经包含“{pair[1]}”，没有重复相加。"
    return (said, contained) if contained else None


def _contains(parent: Outcome, child: Outcome) -> tuple[str, str] | None:
    for a in (f for operand in parent.operands for f in operand.facts):
        for b in (f for operand in child.operands for f in operand.facts):
            if a.id == b.id or a.document != b.document:
                continue
            by_code = bool(a.code) and b.code.startswith(a.code) and len(b.code) > len(a.code)
            by_path = (
                a.table == b.table
                and bool(a.table)
                and a.label in b.path
                and a.year == b.year
                and a.row != b.row
            )
            if by_code or by_path:
                return a.label, b.label
    return None


def _difference(plan: Difference, evidence: Evidence) -> Outcome:
    left, right = outcomes = _parts((plan.left, plan.right), evidence)
    unit = common_unit(outcomes)
    operands, notes = merged(outcomes)
    value = amount_in(left, unit) - amount_in(right, unit)
    expression = f"{term_in(left, unit)} - {term_in(right, unit)}"
    # What two rates differ by are points, not per cent.
    points = unit == "%" and (left.computed or right.computed)
    return Outcome(
        value, "百分点" if points else unit, operands, expression, notes=notes, inner=(left, right)
    )


def _share(plan: Share, evidence: Evidence) -> Outcome:
    part, whole = outcomes = _parts((plan.part, plan.whole), evidence)
    unit = common_unit(outcomes)
    operands, notes = merged(outcomes)
    base = amount_in(whole, unit)
    if base == 0:
        raise UnitError("分母是 0，不能算比重")
    value = percent(amount_in(part, unit), base)
    return Outcome(
        value,
        "%",
        operands,
        f"{term_in(part, unit)} / {term_in(whole, unit)} * 100",
        notes=notes,
        inner=(part, whole),
    )


def _ratio(plan: Ratio, evidence: Evidence) -> Outcome:
    left, right = outcomes = _parts((plan.left, plan.right), evidence)
    unit = common_unit(outcomes)
    operands, notes = merged(outcomes)
    base = amount_in(right, unit)
    if base == 0:
        raise UnitError("除数是 0，不能算倍数")
    value = divided(amount_in(left, unit), base).quantize(PLACES, ROUND_HALF_UP)
    expression = f"{term_in(left, unit)} / {term_in(right, unit)}"
    return Outcome(value, "倍", operands, expression, notes=notes, inner=(left, right))


def _growth(plan: Growth, evidence: Evidence) -> Outcome:
    new, old = outcomes = _parts((plan.new, plan.old), evidence)
    unit = common_unit(outcomes)
    operands, notes = merged(outcomes)
    base = amount_in(old, unit)
    if base == 0:
        raise UnitError("基期数是 0，不能算增长率")
    value = percent(amount_in(new, unit) - base, base)
    a, b = term_in(new, unit), term_in(old, unit)
    return Outcome(value, "%", operands, f"({a} - {b}) / {b} * 100", notes=notes, inner=(new, old))


def _given(plan: Given, _: Evidence) -> Outcome:
    return Outcome(plan.value, plan.unit, label="问题里的数")


def _before(plan: Before, evidence: Evidence) -> Outcome:
    new, rate = outcomes = [calculate(plan.new, evidence), calculate(plan.rate, evidence)]
    operands, notes = merged(outcomes)
    assert new.value is not None and rate.value is not None
    if rate.unit != "%" or rate.value <= -100:
        raise UnitError("变动率不能用来推算")
    value = divided(new.value * 100, 100 + rate.value).quantize(PLACES, ROUND_HALF_UP)
    expression = f"{term_in(new, new.unit)} / (1 + {term_in(rate, '%')} / 100)"
    year = new.year and new.year - 1
    return Outcome(value, new.unit, operands, expression, notes=notes, label=new.label, year=year)


def _average(plan: Average, evidence: Evidence) -> Outcome:
    if plan.total is not None:
        total = calculate(plan.total, evidence)
        by = calculate(plan.by, evidence) if plan.by is not None else None
        count = plan.number if by is None else by.value
        if not count:
            raise UnitError("人数或个数是 0，不能算平均数")
        operands, notes = merged([total, by] if by else [total])
        assert total.value is not None
        value = divided(total.value, count)
        return Outcome(
            value,
            total.unit,
            operands,
            f"{term_in(total, total.unit)} / {plain(count)}",
            notes=notes,
        )
    outcomes = (
        [_looked_up((f,), evidence) for f in members_of(plan.group, evidence)]
        if plan.group
        else _parts(plan.parts, evidence)
    )
    unit = common_unit(outcomes)
    operands, notes = merged(outcomes)
    value = divided(sum((amount_in(o, unit) for o in outcomes), Decimal(0)), Decimal(len(outcomes)))
    expression = f"({' + '.join(term_in(o, unit) for o in outcomes)}) / {len(outcomes)}"
    return Outcome(value, unit, operands, expression, notes=notes)


def _compare(plan: Compare, evidence: Evidence) -> Outcome:
    outcomes, notes = [], []
    for part, name in zip(plan.parts, plan.names, strict=True):
        try:
            outcomes.append((name, calculate(part, evidence)))
        except Missing:
            notes.append(f"{name}：没有找到这个数。")
    if not outcomes:
        raise Missing("、".join(plan.names))
    unit = common_unit([o for _, o in outcomes])
    if plan.order != "given":
        outcomes.sort(key=lambda pair: amount_in(pair[1], unit), reverse=plan.order == "descending")
    if plan.k:
        outcomes = outcomes[: plan.k]
    operands, found = merged([o for _, o in outcomes])
    items = tuple(
        Item(name, o.value, o.unit, tuple(f for op in o.operands for f in op.facts[:1]))
        for name, o in outcomes
    )
    return Outcome(
        None, "", operands, items=items, notes=(*notes, *found), inner=tuple(o for _, o in outcomes)
    )


def _tolerance(outcomes: Sequence[Outcome], unit: str) -> Decimal:
    """What rounding may explain: half a unit of the last printed digit of every term; of a rate
    that is computed, of the printed rate it is held against."""
    printed = [o for outcome in outcomes for o in outcome.operands if o.unit == unit or unit != "%"]
    halves = [_half(o.value, o.unit, unit) for o in printed if same_kind(o.unit, unit)]
    return sum(halves, Decimal(0))


def _half(value: Decimal, own: str, unit: str) -> Decimal:
    """Half a unit of the last digit of a figure."""
    return convert(Decimal(5).scaleb(min(int(value.as_tuple().exponent), 0) - 1), own, unit)


def _check(plan: Check, evidence: Evidence) -> Outcome:
    left, right = outcomes = [calculate(plan.left, evidence), calculate(plan.right, evidence)]
    unit = common_unit(outcomes)
    operands, notes = merged(outcomes)
    difference = amount_in(left, unit) - amount_in(right, unit)
    rounding = abs(difference) <= _tolerance(outcomes, unit)
    printed = not (left.computed or right.computed)
    if isinstance(plan.right, Given):
        # Whoever states a figure rounds it.
        rounding = abs(difference) <= _half(plan.right.value, plan.right.unit, unit)
        printed = printed or rounding
    if difference and rounding:
        notes = (*notes, f"相差 {plain(abs(difference))} {unit}，在四舍五入的尾差之内。")
    return Outcome(
        difference,
        unit,
        operands,
        f"{term_in(left, unit)} - {term_in(right, unit)}",
        notes=notes,
        agrees=difference == 0 or (rounding and (unit == "%" or printed)),
        inner=(left, right),
    )


_RULES: dict[type, Callable[..., Outcome]] = {
    Value: _value,
    Given: _given,
    Before: _before,
    Sum: _sum,
    Difference: _difference,
    Share: _share,
    Ratio: _ratio,
    Growth: _growth,
    Average: _average,
    Rank: ranked,
    Filter: filtered,
    Count: counted,
    Compare: _compare,
    Check: _check,
}
