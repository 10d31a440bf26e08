"""Answers as sentences: what is read aloud, quoted, cited.  Every figure comes from an outcome."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from index.model import Fact
from index.units import MONEY, convert, is_money, is_ratio
from qa.amounts import asked_for, money, normal
from qa.answer import Answer, Calculation, Citations
from qa.calculator import Item, Outcome
from qa.evidence import subject_of
from qa.flaws import flaw_notes
from qa.lexicon import leaf
from qa.plan import (
    Average,
    Before,
    Check,
    Compare,
    Count,
    Difference,
    Filter,
    Growth,
    Plan,
    Rank,
    Ratio,
    Share,
    Sum,
    Value,
)
from qa.unanswered import not_found
from qa.understood import Understanding, direction_of

__all__ = ["answered", "name_of", "not_found", "nth"]


# ---------------------------------------------------------------- answered


def answered(question: str, u: Understanding, outcome: Outcome, flaws: Mapping[str, str]) -> Answer:
    """The answer to a plan's outcome; `flaws` are what is known to be wrong with tables, by id."""
    assert u.plan is not None
    cites = Citations()
    value, unit, expression = asked_for(u.plan, outcome, u.scope)
    text, items = _text(u, outcome, value, unit, cites)
    operands = tuple((o, cites.fact(o.facts[0])) for o in outcome.operands)
    calculation = None
    if expression and value is not None:
        calculation = Calculation(expression, value, unit, operands)
    facts = [f for o in outcome.operands for f in o.facts[:1]] + [
        f for i in outcome.items for f in i.facts[:1]
    ]
    notes = dict.fromkeys([*outcome.notes, *flaw_notes(facts, flaws), *_premise(u, outcome, value)])
    return Answer(
        question,
        "answered",
        "calculator",
        text,
        value,
        unit if value is not None else None,
        items,
        calculation,
        cites.all,
        tuple(notes),
        u.plan,
    )


def _text(
    u: Understanding, outcome: Outcome, value: Decimal | None, unit: str, cites: Citations
) -> tuple[str, tuple[tuple[Item, tuple[int, ...]], ...]]:
    plan = u.plan
    several = len({d.profile.organisation for d in u.scope.documents}) > 1
    if isinstance(plan, Rank | Filter | Count | Compare):
        return _listed(plan, outcome, u, cites)
    shown = money(value, unit) if value is not None else ""
    if isinstance(plan, Value):
        return _single(plan, outcome, shown, several, cites), ()
    if isinstance(plan, Check):
        return _checked(outcome, cites), ()
    terms = "，".join(_operand(o.label, o.value, o.unit, o.facts, cites) for o in outcome.operands)
    head = _year_of(outcome, several)
    work = f"：{terms}；计算：{outcome.expression}" if outcome.expression else f"：{terms}"
    if isinstance(plan, Sum):
        several = len({o.facts[0].organisation for o in outcome.operands}) > 1
        names = "、".join(
            f"{o.facts[0].organisation if several else ''}{o.label}" for o in outcome.operands
        )
        return f"{_headed(head, names)}合计 {shown}{work}。", ()
    if isinstance(plan, Share):
        part, whole = name_of(outcome.inner[0]), name_of(outcome.inner[1])
        return f"{_headed(head, part)}占{whole}的 {shown}{work}。", ()
    if isinstance(plan, Ratio):
        part, whole = name_of(outcome.inner[0], True), name_of(outcome.inner[1], True)
        return f"{part}是{whole}的 {shown}{work}。", ()
    if isinstance(plan, Before):
        return (
            f"{_headed(_dated(outcome), outcome.label)}约为 {shown}（推算：{outcome.expression}；{terms}）。",
            (),
        )
    if isinstance(plan, Difference) and _is_change(plan.right):
        first = outcome.inner[0]
        year = f"{first.year - 1}年" if first.year else ""
        return f"{year}{first.label}为 {shown}（推算：{outcome.expression}；{terms}）。", ()
    if isinstance(plan, Growth | Difference):
        left, right = _told_apart(outcome.inner)
        how = _moved(outcome.value) if isinstance(plan, Growth) else _more(outcome)
        return f"{left}比{right}{how} {_size(outcome, value, unit)}{work}。", ()
    return (
        f"{head}平均{f'每{plan.per}' if isinstance(plan, Average) and plan.per else ''} {shown}{work}。",
        (),
    )


def _operand(label: str, value: Decimal, unit: str, facts: Sequence[Fact], cites: Citations) -> str:
    return f"{label} {money(value, unit)}{cites.marks(facts, 1)}"


def _year_of(outcome: Outcome, several: bool) -> str:
    years = {f.year for o in outcome.operands for f in o.facts[:1]}
    organisations = {f.organisation for o in outcome.operands for f in o.facts[:1]}
    year = f"{next(iter(years))}年" if len(years) == 1 and None not in years else ""
    return (next(iter(organisations)) if several and len(organisations) == 1 else "") + year


def name_of(outcome: Outcome, dated: bool = False) -> str:
    if outcome.label:
        return _headed(_dated(outcome) if dated else "", outcome.label)
    parts = outcome.inner or ()
    return "、".join(dict.fromkeys(name_of(part, dated) for part in parts)) or "、".join(
        o.label for o in outcome.operands
    )


def _moved(value: Decimal | None) -> str:
    return "持平，变动" if not value else "增长" if value > 0 else "下降"


def _is_change(plan: Plan) -> bool:
    return isinstance(plan, Value) and plan.of.kind == "change"


def _told_apart(parts: Sequence[Outcome]) -> list[str]:
    """Two figures by what tells them apart: department, year, level, or the basis alone."""
    facts = [p.operands[0].facts[0] if len(p.operands) == 1 else None for p in parts]
    left, right = facts
    if left is None or right is None:
        return [name_of(part, True) for part in parts]
    several = left.organisation != right.organisation
    levels = left.level != right.level
    named = [
        _headed(
            (f.organisation if several else "") + _dated(part),
            (f.level if levels and not part.label.startswith(f.level) else "")
            + (part.label or name_of(part)),
        )
        for f, part in zip((left, right), parts, strict=True)
    ]
    if named[0] == named[1] and left.basis != right.basis:
        return [f"{name}（{f.basis}）" for f, name in zip((left, right), named, strict=True)]
    return named


def _headed(head: str, name: str) -> str:
    """A name behind its year, which it may itself begin with: 2029年末地方政府债务余额."""
    return head.removesuffix(name[: len("2029年")]) + name


def _dated(outcome: Outcome) -> str:
    return f"{outcome.year}年" if outcome.year else ""


def _more(outcome: Outcome) -> str:
    """How a difference is said: one subject grew from year to year, of two one is more."""
    value = outcome.value or Decimal(0)
    same = len({part.label for part in outcome.inner}) == 1
    grown = same and len({part.year for part in outcome.inner}) > 1
    if value == 0:
        return "相差"
    return ("增加" if grown else "多") if value > 0 else ("减少" if grown else "少")


def _size(outcome: Outcome, value: Decimal | None, unit: str) -> str:
    return money(abs(value), unit) if value is not None else ""


def _single(plan: Value, outcome: Outcome, shown: str, several: bool, cites: Citations) -> str:
    """One figure looked up, or a year derived from the year after it."""
    facts = outcome.operands[0].facts
    first = facts[0]
    derived = outcome.computed
    year = plan.of.year if derived else first.year
    where = (first.organisation if several else "") + (f"{year}年" if year else "")
    stated = subject_of(first) + _measure(first)
    sign = f"{first.comparator} " if first.comparator else ""
    if derived:
        terms = "，".join(
            _operand(o.label, o.value, o.unit, o.facts, cites) for o in outcome.operands
        )
        return f"{_headed(where, stated)}为 {shown}（推算：{outcome.expression}；{terms}）。"
    if plan.of.kind in ("change", "rate"):
        against = next((flag[8:] for flag in first.flags if flag.startswith("against:")), "")
        base = f"比{against}年" if against.isdigit() else ""
        if first.value == 0:
            return f"{where}{first.label}{base}持平，没有增减{cites.marks(facts, 1)}。"
        return f"{where}{first.label}{base}{_moved(first.value) if plan.of.kind == 'rate' else ('增加' if first.value > 0 else '减少')} {shown.lstrip('-')}{cites.marks(facts, 1)}。"
    printed = (
        ""
        if shown.split(" ")[0] == money(first.value) or first.unit in ("%", "‰")
        else f"（印出的是 {first.value:,f} {first.unit}）"
    )
    if first.unit == "日期":
        shown, printed = re.sub(r"\s+", "", first.quote), ""
    return f"{_headed(where, stated)}为 {sign}{shown}{printed}{cites.marks(facts)}。"


def _measure(fact: Fact) -> str:
    """How a column is said after its subject; the usual amount column goes without saying."""
    name = re.sub(r"^(?:19|20)[0-9]{2}年(?:度)?", "", leaf(fact.measure))
    if (
        fact.origin == "prose"
        or not name
        or name in ("金额", "合计", "总计", "小计", "预算数", "支出总计", subject_of(fact))
    ):
        return (
            {"预算": "预算数", "决算": "决算数"}.get(fact.basis, "")
            if is_money(fact.unit) and fact.origin == "prose"
            else ""
        )
    return f"（{name}）"


def _checked(outcome: Outcome, cites: Citations) -> str:
    left, right = outcome.inner
    parts = "，".join(_operand(o.label, o.value, o.unit, o.facts, cites) for o in left.operands)
    total = _computed_side(left, right) if left.computed else ""
    whole = "，".join(_operand(o.label, o.value, o.unit, o.facts, cites) for o in right.operands)
    whole = whole or f"{right.label} {money(right.value or Decimal(0), right.unit)}"
    verdict = (
        "一致"
        if outcome.agrees
        else f"不一致，相差 {money(abs(outcome.value or Decimal(0)), outcome.unit)}"
    )
    return f"{verdict}：{parts}{'，' + total if total else ''}；{whole}。"


def _computed_side(left: Outcome, right: Outcome) -> str:
    """What the left side of a check comes to; a rate also as the right side prints it."""
    value = left.value or Decimal(0)
    if left.unit != "%":
        worked = "相减得" if " - " in left.expression else "合计"
        return f"{worked} {money(value, left.unit)}"
    places = Decimal(1).scaleb(min(int((right.value or value).as_tuple().exponent), 0))
    return (
        f"按金额计算是 {money(value, '%')}，即 {money(value.quantize(places, ROUND_HALF_UP), '%')}"
    )


def _listed(
    plan: Plan, outcome: Outcome, u: Understanding, cites: Citations
) -> tuple[str, tuple[tuple[Item, tuple[int, ...]], ...]]:
    wanted = u.scope.question.unit
    items = tuple(
        (_converted(item, wanted), tuple(dict.fromkeys(cites.fact(f) for f in item.facts[:2])))
        for item in outcome.items
    )
    said = "；".join(
        f"{f'{n}. ' if len(items) > 1 else ''}{i.label} {money(i.value, i.unit) if i.value is not None else ''}{''.join(f'[{c}]' for c in cs)}"
        for n, (i, cs) in enumerate(items, 1)
    )
    if isinstance(plan, Count):
        return (f"共 {len(items)} 个：{said}。" if items else "没有符合条件的，共 0 个。"), items
    if not items:
        return "没有符合条件的。", items
    if isinstance(plan, Compare):
        subject = "、".join(dict.fromkeys(f.label for i in outcome.items for f in i.facts[:1]))
        top = (
            f"{items[0][0].label}最{_extreme(plan.order, items[0][0].unit)}。"
            if plan.order != "given" and len({i.value for i, _ in items}) > 1
            else "一样多。"
            if plan.order != "given" and len(items) > 1
            else ""
        )
        return (
            f"{subject if subject not in said else ''}{'：' if subject not in said else ''}{said}。{top}",
            items,
        )
    return f"{said}。", items


def _extreme(order: str, unit: str) -> str:
    """多 or 少 for amounts, 高 or 低 for rates."""
    most, least = ("高", "低") if is_ratio(unit) else ("多", "少")
    return most if order == "descending" else least


def _converted(item: Item, unit: str) -> Item:
    """A line of a list in the unit asked for, where it is money."""
    if item.value is None or unit not in MONEY or not is_money(item.unit) or unit == item.unit:
        return item
    return replace(item, value=normal(convert(item.value, item.unit, unit)), unit=unit)


def nth(answer: Answer, place: int) -> Answer:
    """The line of a ranking at one place (from 1), of an answer that holds those before it too."""
    if len(answer.items) < place:
        text = f"排序里只有 {len(answer.items)} 项，没有第 {place} 项，因此不作答。"
        return Answer(answer.question, "not_found", answer.route, text, plan=answer.plan)
    item, marks = answer.items[place - 1]
    figure = money(item.value, item.unit) if item.value is not None else ""
    return replace(
        answer,
        text=f"排在第 {place} 的是{item.label} {figure}{''.join(f'[{n}]' for n in marks)}。",
        value=item.value,
        unit=item.unit if item.value is not None else None,
        items=((item, marks),),
        citations=tuple(c for c in answer.citations if c.n in marks),
    )


def _premise(u: Understanding, outcome: Outcome, value: Decimal | None) -> list[str]:
    """Where the question has the direction the wrong way round."""
    plan = u.plan
    changes = isinstance(plan, Difference | Growth) or (
        isinstance(plan, Value) and plan.of.kind in ("change", "rate")
    )
    if not changes or outcome.value is None:
        return []
    asked, actual = direction_of(u.scope.question.text), (outcome.value > 0) - (outcome.value < 0)
    if asked and actual != asked:
        word = {1: "增加", -1: "减少", 0: "持平，没有增减"}
        return [f"问题说的是{word[asked]}，实际是{word[actual]}。"]
    return []
