"""Comparisons: changes, growth, completion; over years, over departments, of one thing with another."""

from __future__ import annotations

import re
from dataclasses import replace

from index.aspects import years_in
from index.figures import chinese_ordinal
from index.vocabulary import words
from qa.evidence import same_amount
from qa.ground import Grounder
from qa.operands import Operands
from qa.plan import Compare, Difference, Growth, Kind, Order, Plan, Selection, Share, Sum, Value
from qa.question import basis_of, has

__all__ = [
    "ascending",
    "asks_all",
    "change_plan",
    "completion_plan",
    "over_organisations",
    "over_years",
    "own_years",
    "sum_over_organisations",
    "top_k",
    "two_years",
    "which_plan",
    "years_plan",
]

_AGAINST = re.compile(
    r"超出|比(?!重|例|率|对|如)|较(?!大|小|好|多)|减去|[与和](?=.{2,24}(?:相[比差]|差(?:多少|几|额|距|值|别)|之差))"
)
_ALL = re.compile(r"(?:各|每个|所有|全部|哪个|哪些|哪几个|几个)(?:部门|单位|局|委办局|机构|家单位)")


def years_plan(operands: Operands) -> Plan | None:
    """One figure for each of the years named."""
    if len(operands.scope.years) < 2:
        return None
    return _years_compared(operands, "given", 0)


def _years_compared(operands: Operands, order: Order, k: int) -> Plan | None:
    years = sorted(operands.scope.years) or own_years(operands)
    if len(years) < 2:
        return None
    parts = [(year, operands.value(0, operands.end, years=(year,))) for year in years]
    found = [(year, part) for year, part in parts if part]
    if not found:
        return None
    missing = [
        Value(of=Selection(label=found[0][1].of.label, year=year))
        for year, part in parts
        if not part
    ]
    everything = [p for _, p in found] + missing
    names = [f"{year}年" for year, _ in found] + [f"{m.of.year}年" for m in missing]
    return Compare(parts=tuple(everything), names=tuple(names), order=order, k=k)


def own_years(operands: Operands) -> list[int]:
    """The years of the documents in question; 近三年 are the last three."""
    years = sorted({d.profile.year for d in operands.scope.documents if d.profile.year})
    count = re.search(r"近([两二三四五六七八九十]|\d+)年", operands.text)
    return years[-(chinese_ordinal(count[1]) or 3) :] if count else years


def over_years(operands: Operands) -> Plan | None:
    """One figure over the years named, or over those of the documents."""
    if re.search(r"哪些(?:项目|科目)", operands.text):
        return None
    asks = re.search(
        r"哪一?年|近[几两二三四五\d]+年|逐年|历年|各年|每年|年度(?:变化|走势|趋势)|趋势|走势|这几年|变化情况",
        operands.text,
    )
    if not asks and not (
        len(operands.scope.years) > 1
        and (has(operands.text, "higher") or has(operands.text, "lower"))
    ):
        return None
    ranked = any(has(operands.text, cue) for cue in ("higher", "lower", "rank"))
    order: Order = "given" if not ranked else "ascending" if ascending(operands) else "descending"
    return _years_compared(operands, order, 0)


def ascending(operands: Operands) -> bool:
    return any(re.search(e, operands.text) for e in words("questions")["order"]["ascending"]) or (
        has(operands.text, "lower") and not has(operands.text, "higher")
    )


def over_organisations(operands: Operands) -> Plan | None:
    """A figure compared over departments: those named, or all where the question says 各部门."""
    named = operands.scope.organisations
    mark = _ALL.search(operands.text)
    if len(named) < 2 and not mark:
        return None
    names = (
        named
        if len(named) > 1
        else tuple(dict.fromkeys(d.profile.organisation for d in operands.scope.documents))
    )
    if len(names) < 2:
        return None
    parts, found = [], []
    for name in names:
        part = _of_organisation(operands, name)
        found.append(part)
        parts.append(part or Value(of=Selection(organisation=name)))
    if not any(found):
        return None
    if mark:
        operands.covered |= set(range(*mark.span()))
    if (bound := next(iter(operands.question.thresholds), None)) and bound.comparison:
        return None
    k = (
        top_k(operands)
        if has(operands.text, "rank") and re.search(r"前|倒数|后[一二三四五\d]", operands.text)
        else 0
    )
    order: Order = "ascending" if ascending(operands) else "descending"
    return Compare(parts=tuple(parts), names=names, order=order, k=k)


def sum_over_organisations(operands: Operands) -> Plan | None:
    """甲局和乙局的公务接待费合计: one figure of every department asked for, added."""
    subjects = operands.segments(0, operands.end)
    compared = over_organisations(operands) if len(subjects) == 1 else None
    if not isinstance(compared, Compare):
        return None
    values = [p for p in compared.parts if isinstance(p, Value) and p.of in operands.selections]
    return Sum(parts=tuple(values)) if len(values) == len(compared.parts) else None


def asks_all(text: str) -> bool:
    """Whether a question asks over all departments (各部门, 所有单位)."""
    return bool(_ALL.search(text))


def _of_organisation(operands: Operands, name: str) -> Value | None:
    documents = tuple(d for d in operands.scope.documents if d.profile.organisation == name)
    scope = replace(operands.scope, documents=documents, organisations=(name,))
    grounder = Grounder(operands.grounder.library, operands.grounder.lexicon, scope)
    value = operands.value(0, operands.end, grounder=grounder)
    if value is None:
        return None
    named = Value(of=value.of.model_copy(update={"organisation": name}))
    operands.selections[named.of] = operands.selections[value.of]
    return named


def which_plan(operands: Operands) -> Plan | None:
    """A还是B多: two or more figures, the largest (smallest) first."""
    text = re.sub(
        r"还是|哪(?:个|一个|项|一项)?", lambda m: "、" + " " * (len(m[0]) - 1), operands.text
    )
    keep, operands.text = operands.text, text
    segments = operands.segments(0, operands.end)
    operands.text = keep
    values = operands.values(segments) if len(segments) > 1 else None
    if not values or len({v.of for v in values}) < 2:
        return None
    order: Order = "ascending" if ascending(operands) else "descending"
    return Compare(parts=tuple(values), names=tuple(v.of.label for v in values), order=order)


def change_plan(operands: Operands, *, rate: bool) -> Plan | None:
    """How much more or less: than a year before, than another subject, basis or department."""
    if len(operands.scope.organisations) == 2:
        left, right = (_of_organisation(operands, name) for name in operands.scope.organisations)
        if left and right:
            return Growth(new=left, old=right) if rate else Difference(left=left, right=right)
    at = next(operands.outside_names(_AGAINST.finditer(operands.text)), None)
    if (
        at
        and (operands.has_content(at.end(), operands.end) or _other_basis(operands, at))
        and (
            plan := _two_subjects(operands, at.start(), at.end(), rate or "百分之" in operands.text)
        )
    ):
        return plan
    rate = rate or operands.question.unit == "%"
    if re.search(r"相差|差(?:多少|几|了|距|额|别|值|多大)|之差", operands.text) and not at:
        segments = operands.segments(0, operands.end)
        values = operands.values(segments) if len(segments) == 2 else None
        if values and values[0].of != values[1].of:
            return Difference(left=values[0], right=values[1])
    if len(operands.question.basis) > 1:
        if plan := _two_bases(operands, rate):
            return plan
        if _holds_bases_apart(operands):
            return None
    years = two_years(operands)
    if years is None or re.search(r"[比较]年初预算", operands.text):
        # 年初预算 is of the same year: the year before is no stand-in for it.
        return None
    new, old = years
    if not rate and (stated := _printed_change(operands, "change", new, old)):
        return stated
    left, right = (
        operands.value(0, operands.end, years=(new,)),
        operands.value(0, operands.end, years=(old,)),
    )
    if left and right and left.of != right.of:
        return Growth(new=left, old=right) if rate else Difference(left=left, right=right)
    if left and right is None and (before := _through_equal(operands, left, old)):
        return Growth(new=left, old=before) if rate else Difference(left=left, right=before)
    if not rate and (stated := _printed_change(operands, "change", new, old)):
        return stated
    # 增长多少 may be told as a rate alone; 增加多少 asks for an amount.
    may_be_rate = rate or re.search(r"(?:增长|下降|上升)(?:了)?多少(?![万亿千]?元)", operands.text)
    return _printed_change(operands, "rate", new, old) if may_be_rate else None


def _other_basis(operands: Operands, at: re.Match[str]) -> bool:
    """Whether what stands behind 比 names a basis that is not said in front of it: 2026年教育支出比
    2025年执行数."""
    left, right = basis_of(operands.text[: at.start()]), basis_of(operands.text[at.end() :])
    accounts = all("决算" in d.profile.kind for d in operands.scope.documents)
    usual = {"决算", "执行"} if accounts else set()  # what a final account speaks of anyway
    return bool(set(right) & {"执行", "决算", "调整预算"} - set(left) - usual)


def _through_equal(operands: Operands, value: Value, year: int) -> Value | None:
    """Last year's figure of a subject that has the same amount: the document gives the change of
    财政拨款支出 where that is all of the 支出总计."""
    first = operands.selections[value.of][0]
    facts = operands.grounder.library.facts([first.document])
    known = {f.id: f for f in facts}
    for fact in facts:
        base = known.get(fact.derived.split("|")[0]) if fact.derived else None
        if base and fact.year == year and (base.basis == first.basis) and same_amount(base, first):
            return operands.bind(fact.label, (fact,))
    return None


def _holds_bases_apart(operands: Operands) -> bool:
    """决算数比年初预算少多少: two bases of one year are held against each other."""
    return bool(
        re.search(
            r"(?:决算|执行|完成)[^比较与和]{0,6}(?:[比较与和]|超出)(?:年初|[^年]){0,6}预算|预算[^比较与和]{0,6}[比较与和][^年]{0,6}(?:决算|执行|完成)",
            operands.text,
        )
    )


def two_years(operands: Operands) -> tuple[int, int] | None:
    """The year and the year it is held against; 上年 is the one before the document's."""
    own = [d.profile.year for d in operands.scope.documents if d.profile.year]
    against = re.search(r"(?:比|较|与|和|同|跟|对比)((?:19|20)\d{2})年", operands.text)
    years = operands.scope.years
    if len(years) >= 2:
        old = int(against[1]) if against else min(years[:2])
        return next(year for year in years if year != old), old
    if against and years:
        return years[0] + 1, years[0]
    if -1 in operands.question.relative and not operands.question.years:
        return (years[0] + 1, years[0]) if years else None
    year = years[0] if years else max(own, default=None) if own else None
    return (year, year - 1) if year is not None else None


def _printed_change(operands: Operands, kind: Kind, new: int, old: int) -> Value | None:
    """The change or rate that the document prints against the year asked for."""
    found = operands.grounder.ground(0, operands.end, kind, (new,))
    if found is None or found.score < 0.5:
        return None
    fitting = tuple(f for f in found.facts if f"against:{old}" in f.flags or f.origin == "table")
    if not fitting:
        return None
    selection = Selection(label=fitting[0].label, kind=kind, year=new)
    operands.selections[selection] = fitting
    operands.covered |= found.covered
    return Value(of=selection)


def _two_subjects(operands: Operands, left_end: int, right_start: int, rate: bool) -> Plan | None:
    """A比B多多少: each side with the years and the basis it names itself."""
    tail = re.search(
        r"(?:多|少|高|低|大|小|增|减|下降|上升|涨|降|相差|差|变动|变化|相比)",
        operands.text[right_start:],
    )
    right_end = right_start + tail.start() if tail and tail.start() else operands.end
    before = set(operands.covered)
    right = (
        _side(operands, right_start, right_end)
        if operands.has_content(right_start, right_end)
        else None
    )
    if right is None and not re.search(
        r"预算|决算|执行|预计|完成|安排", operands.text[right_start:right_end]
    ):
        operands.covered = before
        return None
    left = _side(operands, 0, left_end)
    if left is None and operands.has_content(right_end, operands.end):
        operands.covered = before
        return None
    if right is None and left is not None:
        right = _side(operands, 0, left_end, scope_of=(right_start, right_end))
    if left is None or right is None or left.of == right.of:
        operands.covered = before
        return None
    left, right = operands.in_one_column((left, right))
    return Growth(new=left, old=right) if rate else Difference(left=left, right=right)


def _side(
    operands: Operands, start: int, end: int, scope_of: tuple[int, int] | None = None
) -> Value | None:
    a, b = scope_of or (start, end)
    years = _years_of(operands, a, b)
    basis = basis_of(operands.text[a:b])
    return operands.value(start, end, years=years, basis=basis)


def _years_of(operands: Operands, start: int, end: int) -> tuple[int, ...] | None:
    named = years_in(operands.text[start:end])
    if named:
        return tuple(named)
    own = max((d.profile.year for d in operands.scope.documents if d.profile.year), default=None)
    if own and re.search(r"上年|去年", operands.text[start:end]):
        return ((operands.scope.question.years or (own,))[0] - 1,)
    return None


def _two_bases(operands: Operands, rate: bool) -> Plan | None:
    """决算比预算少多少: one subject on two bases."""
    first, second = operands.question.basis[:2]
    left, right = (
        operands.value(0, operands.end, basis=(first,)),
        operands.value(0, operands.end, basis=(second,)),
    )
    if (
        not left
        or not right
        or left.of == right.of
        or operands.selections[left.of] == operands.selections[right.of]
    ):
        return None
    if first == "预算" and re.search(r"决算.*比|执行.*比", operands.text):
        left, right = right, left
    return Growth(new=left, old=right) if rate else Difference(left=left, right=right)


def completion_plan(operands: Operands) -> Plan | None:
    if printed := operands.value(0, operands.end, kind="completion", basis=()):
        return printed
    done = operands.value(0, operands.end, basis=("执行",))
    planned = operands.value(0, operands.end, basis=("预算",))
    return Share(part=done, whole=planned) if done and planned and done.of != planned.of else None


def top_k(operands: Operands) -> int:
    """How many members are asked for: 前三, 最大的三个, 哪三个; 1 for 最大的是哪个; 0 for a full order."""
    number = r"([一二两三四五六七八九十]|\d+)"
    match = re.search(
        rf"前{number}|{number}(?:个|项|大|名|位|家|种|笔).{{0,8}}最|最.{{1,6}}?{number}(?:个|项|名|家|种|笔)|哪{number}(?:个|项|家)|(?:倒数|后){number}",
        operands.text,
    )
    if match:
        return chinese_ordinal(next(g for g in match.groups() if g)) or 1
    return 1 if re.search(r"最|第一|居首|榜首|垫底", operands.text) else 0
