"""Answers as sentences: what is read aloud, quoted, cited.  Every figure comes from an outcome."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from index.figures import plain
from index.library import StoredDocument
from index.model import Fact
from index.units import MONEY, convert, is_money
from qa.answer import Answer, Calculation, Citations
from qa.calculator import Ambiguous, Item, Outcome
from qa.evidence import subject_of
from qa.lexicon import leaf
from qa.plan import (
    Average,
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
from qa.scope import Scope
from qa.understood import Understanding, direction_of

__all__ = [
    "ambiguous",
    "answered",
    "asked_for",
    "context_of",
    "flaw_key",
    "flaw_notes",
    "holdings",
    "money",
    "name_of",
    "not_found",
    "nth",
]


def money(value: Decimal, unit: str = "") -> str:
    """A figure as people read it: thousands separated, the printed decimals kept.

    >>> money(Decimal("12345.67"), "万元")
    '12,345.67 万元'
    """
    said = f"{value:,f}{'' if unit in ('%', '‰') or not unit else ' '}{unit}"
    if unit == "元" and abs(value) >= 10000:
        said += f"（合 {_normal(convert(value, '元', '万元')):,f} 万元）"
    return said


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


def asked_for(plan: Plan, outcome: Outcome, scope: Scope) -> tuple[Decimal | None, str, str]:
    """The figure in the unit asked for, and the expression that led to it."""
    value, unit, expression = outcome.value, outcome.unit, outcome.expression
    if value is None:
        return None, "", ""
    if isinstance(plan, Average):
        value = _shortened(value)
    wanted = scope.question.unit
    if wanted in MONEY and is_money(unit) and wanted != unit:
        shift = MONEY[unit] - MONEY[wanted]
        factor = f"* {10**shift}" if shift > 0 else f"/ {10**-shift}"
        expression = f"({expression}) {factor}" if outcome.computed else f"{plain(value)} {factor}"
        raw = outcome.value
        assert raw is not None
        value, unit = _normal(convert(value, unit, wanted)), wanted
        if isinstance(plan, Average):
            value = _shortened(convert(raw, outcome.unit, wanted))
    if unit == "%" and int(value.as_tuple().exponent) < -2:
        value = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if match := re.search(r"保留([一二两三])位小数", scope.question.text):
        places = {"一": 1, "二": 2, "两": 2, "三": 3}[match[1]]
        value = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    if _magnitude(plan, value, scope):
        value = -value
    return value, unit, expression


def _magnitude(plan: Plan, value: Decimal, scope: Scope) -> bool:
    """减少了多少 is answered by how much, not by a negative figure."""
    changes = isinstance(plan, Difference | Growth) or (
        isinstance(plan, Value) and plan.of.kind in ("change", "rate")
    )
    if not changes or value >= 0:
        return False
    if re.search(r"相差|差多少|差额|差距", scope.question.text):
        return True
    return direction_of(scope.question.text) < 0


def _shortened(value: Decimal) -> Decimal:
    """A quotient to 2 decimals, half up; whole where it is whole."""
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return rounded.to_integral() if rounded == rounded.to_integral() else rounded


def _normal(value: Decimal) -> Decimal:
    """A converted figure without the zeros that only the conversion made."""
    short = value.normalize()
    return short if int(short.as_tuple().exponent) <= 0 else value.to_integral()


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
        return f"{head}{names}合计 {shown}{work}。", ()
    if isinstance(plan, Share):
        part, whole = name_of(outcome.inner[0]), name_of(outcome.inner[1])
        return f"{head}{part}占{whole}的 {shown}{work}。", ()
    if isinstance(plan, Ratio):
        part, whole = name_of(outcome.inner[0], True), name_of(outcome.inner[1], True)
        return f"{part}是{whole}的 {shown}{work}。", ()
    if isinstance(plan, Growth):
        return (
            f"{name_of(outcome.inner[0], True)}比{name_of(outcome.inner[1], True)}{_moved(outcome.value)} {_size(outcome, value, unit)}{work}。",
            (),
        )
    if isinstance(plan, Difference):
        return (
            f"{name_of(outcome.inner[0], True)}比{name_of(outcome.inner[1], True)}{_more(plan, outcome)} {_size(outcome, value, unit)}{work}。",
            (),
        )
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
        return (f"{outcome.year}年" if dated and outcome.year else "") + outcome.label
    parts = outcome.inner or ()
    return "、".join(dict.fromkeys(name_of(part, dated) for part in parts)) or "、".join(
        o.label for o in outcome.operands
    )


def _moved(value: Decimal | None) -> str:
    return "持平，变动" if not value else "增长" if value > 0 else "下降"


def _more(plan: Plan, outcome: Outcome) -> str:
    value = outcome.value or Decimal(0)
    same = len({part.label for part in outcome.inner}) == 1
    return (
        "相差"
        if value == 0
        else ("增加" if same else "多")
        if value > 0
        else ("减少" if same else "少")
    )


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
        return f"{where}{stated}为 {shown}（推算：{outcome.expression}；{terms}）。"
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
    return f"{where}{stated}为 {sign}{shown}{printed}{cites.marks(facts)}。"


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
        return f"合计 {money(value, left.unit)}"
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
            f"{items[0][0].label}最{'多' if plan.order == 'descending' else '少'}。"
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


def _converted(item: Item, unit: str) -> Item:
    """A line of a list in the unit asked for, where it is money."""
    if item.value is None or unit not in MONEY or not is_money(item.unit) or unit == item.unit:
        return item
    return replace(item, value=_normal(convert(item.value, item.unit, unit)), unit=unit)


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


def flaw_key(document: str, label: str) -> str:
    """Where a contradiction about a subject of a document is kept among the flaws."""
    return f"{document}|{label}"


def flaw_notes(facts: Sequence[Fact], flaws: Mapping[str, str]) -> list[str]:
    """What is known to be wrong with the tables and the subjects of some facts."""
    keys = [k for f in facts for k in (f.table, flaw_key(f.document, f.label))]
    return list(dict.fromkeys(flaws[k] for k in keys if k in flaws))


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


# ---------------------------------------------------------------- ambiguous, not found


def ambiguous(
    question: str, u: Understanding, problem: Ambiguous, flaws: Mapping[str, str]
) -> Answer:
    """All the figures of one name, each with where it stands."""
    cites = Citations()
    wanted = u.scope.question.unit
    items, said = [], []
    for group in problem.groups[:12]:
        first = group[0]
        n = tuple(dict.fromkeys(cites.fact(f) for f in group[:2]))
        value, unit = first.value, first.unit
        if wanted in MONEY and is_money(unit):
            value, unit = _normal(convert(value, unit, wanted)) if wanted != unit else value, wanted
        place = context_of(first, u.scope)
        items.append((Item(f"{first.label}（{place}）", value, unit, group), n))
        name = "" if first.label == problem.label else f"{first.label} "
        said.append(f"{name}{money(value, unit)}（{place}）{''.join(f'[{c}]' for c in n)}")
    more = f"……共 {len(problem.groups)} 个" if len(problem.groups) > 12 else ""
    text = f"“{problem.label}”在文件中有 {len(problem.groups)} 个不同的数：{'；'.join(said)}{more}。请说明要哪一个。"
    notes = flaw_notes([g[0] for g in problem.groups], flaws)
    return Answer(
        question,
        "ambiguous",
        "calculator",
        text,
        None,
        None,
        tuple(items),
        None,
        cites.all,
        tuple(notes),
        u.plan,
    )


def context_of(fact: Fact, scope: Scope) -> str:
    """What tells a figure from others of its name: department, year, table, column, the row above."""
    several = len({d.profile.organisation for d in scope.documents}) > 1
    years = len({d.profile.year for d in scope.documents}) > 1
    number = f"表{fact.table_number}" if fact.table_number else ""
    parts = [
        fact.organisation if several else "",
        f"{fact.year}年" if years and fact.year else "",
        fact.level,
        f"{number}《{fact.table_title}》"
        if fact.origin == "table" and fact.table_title
        else number,
        " / ".join(fact.section[-1:]) if fact.origin == "prose" else "",
        fact.path[-1] if fact.path else "",
        leaf(fact.measure),
        fact.code,
    ]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def holdings(documents: Sequence[StoredDocument], most: int = 8) -> str:
    """What a store holds, in words: departments and their years."""
    years: dict[str, list[str]] = {}
    for d in documents:
        name = d.profile.organisation or d.name
        years.setdefault(name, []).append(
            f"{d.profile.year or '年份不明'}{d.profile.kind if d.profile.kind != 'other' else ''}"
        )
    said = [f"{name}（{'、'.join(dict.fromkeys(found))}）" for name, found in years.items()]
    return "；".join(said[:most]) + (f" 等 {len(said)} 个单位" if len(said) > most else "")


def _as_said(word: str, text: str) -> str:
    """Words of content as the question has them, with the small words between them.

    >>> _as_said("局长工资", "局长的工资是多少")
    '局长的工资'
    """
    best = ""
    for start in (i for i, char in enumerate(text) if char == word[:1]):
        at = start
        for char in word:
            at = text.find(char, at) + 1
            if not at:
                return best or word
        best = min(filter(None, (best, text[start:at])), key=len)
    return best if best and len(best) <= 2 * len(word) else word


def not_found(
    question: str, u: Understanding, documents: Sequence[StoredDocument], route: str = "calculator"
) -> Answer:
    """Nothing that answers: what was looked for, what the store holds, the nearest name; no figure."""
    if not documents:
        text = "文档库是空的，没有可以回答的文件。先加入文档：python -m index 文件或文件夹"
        return Answer(question, "not_found", "calculator", text)
    held = {year for d in documents for year in (d.profile.year, *d.profile.years)}
    other = [f"{year}年" for year in u.scope.years if year not in held]
    said = (_as_said(word, u.scope.question.text) for word in u.unexplained)
    what = (
        "、".join(f"“{w}”" for w in dict.fromkeys((*other, *said)))
        or f"“{u.scope.question.text.rstrip('?？。')}”"
    )
    nearest = "、".join(dict.fromkeys(f"{f.label}" for f in u.nearest))
    close = f"最接近的是：{nearest}。" if nearest else ""
    text = f"文件中没有找到{what}的内容，因此不给出数字。{close}库中现有：{holdings(documents)}。"
    return Answer(question, "not_found", "passages" if route == "passages" else "calculator", text)
