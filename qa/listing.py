"""Sums, shares, averages, rankings, filters and counts: operations over lists and wholes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from index.figures import chinese_ordinal
from index.model import Fact
from qa.comparing import ascending, own_years, top_k, two_years
from qa.groups import find_group
from qa.lexicon import key, leaf, term_of
from qa.operands import Operands, direction_of
from qa.plan import (
    Average,
    Compare,
    Count,
    Filter,
    Group,
    Kind,
    Plan,
    Rank,
    Selection,
    Share,
    Sum,
    Value,
)
from qa.question import cue_spans, has

__all__ = ["average_plan", "group_plan", "list_plan", "parts_plan", "share_plan", "sum_plan"]


def sum_plan(operands: Operands) -> Plan | None:
    if (
        len(operands.scope.years) > 1
        and has(operands.text, "add")
        and (parts := operands.of_years(sorted(operands.scope.years)))
    ):
        return Sum(parts=tuple(parts))
    segments = operands.segments(0, operands.end)
    if len(segments) > 1 and (values := operands.values(segments)):
        return Sum(parts=tuple(values)) if len({v.of for v in values}) == len(values) else None
    if re.search(r"各项|几项|各笔|几笔|分项|各类", operands.text) and (
        plan := _same_name(operands)
    ):
        return plan
    if related := re.search(
        r"(?:跟|与|和|同)([一-龥]{2,10}?)(?:有关|相关)的|([一-龥]{2,5}?)相关的", operands.text
    ):
        return _related(operands, key(related[1] or related[2]), related.span())
    return None


def _same_name(operands: Operands) -> Plan | None:
    """各项印刷服务合计: the rows of one name in one table, added."""
    value = operands.value(0, operands.end)
    facts = operands.selections[value.of] if value else ()
    places = {(f.table, f.measure) for f in facts}
    rows = {f.row: f for f in facts}
    if len(places) != 1 or len(rows) < 2 or not facts[0].table:
        return None
    return Sum(parts=tuple(operands.bind(f"{f.label}#{f.row}", (f,)) for f in rows.values()))


def _related(operands: Operands, word: str, span: tuple[int, int]) -> Plan | None:
    found = find_group(operands.grounder, flawed=operands.flawed, containing=word)
    if found is None:
        return None
    operands.groups[found.group] = found.members
    operands.covered |= found.covered | set(range(*span))
    return Sum(group=found.group)


def list_plan(operands: Operands) -> Plan | None:
    """Several figures asked for side by side, without an operation."""
    segments = operands.segments(0, operands.end)
    if len(segments) < 2:
        return None
    before = set(operands.covered)
    values = operands.values(segments)
    if values and not operands.left() and len({v.of for v in values}) > 1:
        return Compare(parts=tuple(values), names=tuple(v.of.label for v in values))
    operands.covered = before
    return None


def share_plan(operands: Operands) -> Plan | None:
    at = next((m.start() for m in re.finditer(r"占(?!用|地|道)", operands.text)), -1)
    if at < 0:
        inside = re.search(r"在(.+?)(?:中|里|当中)(?:的|所)", operands.text)
        if inside:
            whole = operands.value(*inside.span(1))
            part = operands.value(0, inside.start()) or operands.value(inside.end(), operands.end)
            return _apart(operands, part, whole)
        return _share_of(operands, 0, operands.end)
    tail = re.search(r"(?:的)?(?:比重|比例|份额|百分|多少|多大|几|%|比)", operands.text[at:])
    right = (at + 1, at + tail.start() if tail else operands.end)
    if operands.has_content(*right):
        return _part_of(operands, 0, at, *right)
    return _share_of(operands, 0, at)


def _part_of(operands: Operands, a: int, b: int, c: int, d: int) -> Plan | None:
    segments = operands.segments(a, b)
    parts = operands.values(segments) if len(segments) > 1 else None
    whole = operands.value(c, d)
    part: Plan | None = (
        Sum(parts=tuple(parts))
        if parts and len({p.of for p in parts}) > 1
        else operands.value(a, b)
    )
    return _apart(operands, part, whole)


def _apart(operands: Operands, part: Plan | None, whole: Value | None) -> Share | None:
    """A part and its whole as a share; none where both are found to be one and the same figure."""
    if part is None or whole is None:
        return None
    same = isinstance(part, Value) and (
        {f.id for f in operands.selections[part.of]} & {f.id for f in operands.selections[whole.of]}
    )
    return None if same else Share(part=part, whole=whole)


def _share_of(operands: Operands, start: int, end: int) -> Plan | None:
    """A share without a stated whole: …中，A占; else of the total of A's own list."""
    if within := re.search(
        r"在([^在]{2,}?)(?:当中|之中|里面|中|里|内)(?:的|所)?$", operands.text[start:end]
    ):
        at = start + within.start()
        plan = _part_of(operands, start, at, start + within.start(1), start + within.end(1))
        if plan:
            return plan
    inside = next(
        (
            m
            for m in re.finditer(
                r"(?:当中|之中|其中|里面|中|里)(?:,|，|的)?", operands.text[start:end]
            )
            if operands.has_content(start, start + m.start())
            and operands.has_content(start + m.end(), end)
        ),
        None,
    )
    if inside:
        before = set(operands.covered)
        plan = _part_of(operands, start + inside.end(), end, start, start + inside.start())
        if plan and isinstance(plan, Share) and plan.part != plan.whole:
            return plan
        operands.covered = before
    part = operands.value(start, end)
    if part is None:
        return None
    return _apart(operands, part, _total_of(operands, operands.selections[part.of]))


def _total_of(operands: Operands, facts: Sequence[Fact]) -> Value | None:
    """The printed total of the table (or of the enumeration) that a figure stands in."""
    for fact in facts:
        if fact.origin == "table":
            rows = [f for f in _of_table(operands, fact) if f.is_total and f.column == fact.column]
            if fact.is_total:
                # 基本支出 of the row 合计: the whole stands in the same row, in the column of all.
                rows = [f for f in _of_table(operands, fact) if _is_whole_of(f, fact)]
        else:
            rows = (
                [
                    f
                    for f in operands.grounder.library.facts([fact.document], labels=fact.path[-1:])
                    if f.column == 0
                    and f.origin == "prose"
                    and f.year == fact.year
                    and not f.derived
                ]
                if fact.path
                else []
            )
        if rows:
            best = max(rows, key=lambda f: f.value)
            selection = Selection(
                label=best.label, measure=best.measure, year=best.year, table=best.table
            )
            operands.selections[selection] = (best,)
            return Value(of=selection)
    return None


def _of_table(operands: Operands, fact: Fact) -> list[Fact]:
    return operands.grounder.library.facts([fact.document], tables=[fact.table])


def _is_whole_of(whole: Fact, part: Fact) -> bool:
    """Whether a figure is the column of all (合计) in the row that another stands in."""
    return (whole.row, whole.unit) == (part.row, part.unit) and bool(
        re.fullmatch(r"(?:本年)?(?:支出|收入)?(?:合计|总计)", leaf(whole.measure))
    )


def average_plan(operands: Operands) -> Plan | None:
    per = re.search(
        r"(?:平均)?每(?:一)?(?:个)?(人次|批次|[人辆家名件场户次])(?:车|设备|项目)?|一([辆人家台])(?:车)?(?=平均)|(人)均|(户)均",
        operands.text,
    )
    if per is None:
        return _mean(operands)
    unit = next(g for g in per.groups() if g)
    operands.grounder.mark(*per.span())
    number = re.search(
        rf"(\d+)(?:{unit}|名|人|个)(?:[一-龥]{{2,8}}?(?=算|计算|来算|来看|计))?", operands.text
    )
    if number:
        operands.grounder.mark(*number.span())
    total = operands.value(0, operands.end)
    if total is None:
        return None
    if number:
        around = operands.text[number.end() : number.end() + 8]
        _cover_noun(operands, number.end(), around)
        return Average(total=total, number=Decimal(number[1]), per=unit)
    by = _counted(operands, unit, operands.selections[total.of])
    return Average(total=total, by=by, per=unit) if by else None


def _cover_noun(operands: Operands, at: int, around: str) -> None:
    if match := re.match(r"[一-龥]{2,6}?(?=算|计|,|，)", around):
        operands.covered |= set(range(at, at + match.end()))


def _counted(operands: Operands, unit: str, facts: Sequence[Fact]) -> Value | None:
    """The count that stands beside an amount: 2 批次、26 人次 beside 公务接待费."""
    sections = {(f.document, f.section[-1:]) for f in facts if f.origin == "prose"}
    documents = sorted({f.document for f in facts})
    found = [
        f
        for f in operands.grounder.library.facts(documents)
        if f.unit == unit and f.origin == "prose" and f.value
    ]
    near = [f for f in found if (f.document, f.section[-1:]) in sections]
    labels = {key(f.label)[:4] for f in facts}
    near = [f for f in near if any(label in key(f.quote) for label in labels)] or near
    near = near or [f for f in found if not f.path]
    if not near:
        return None
    selection = Selection(label=near[0].label, year=near[0].year)
    operands.selections[selection] = (near[0],)
    return Value(of=selection)


def _mean(operands: Operands) -> Plan | None:
    if re.search(r"近[几两二三四五六七八九十\d]+年|每年|年均", operands.text):
        return _mean_of_years(operands)
    if len(operands.scope.years) > 1:
        parts = operands.of_years(sorted(operands.scope.years))
        return Average(parts=tuple(parts)) if parts else None
    segments = operands.segments(0, operands.end)
    if len(segments) > 1 and (values := operands.values(segments)):
        return Average(parts=tuple(values))
    found = find_group(operands.grounder, flawed=operands.flawed)
    if found is None:
        return None
    operands.groups[found.group] = found.members
    operands.covered |= found.covered
    return Average(group=found.group)


def _mean_of_years(operands: Operands) -> Plan | None:
    """The mean over the years named, or over the last ones; every one of them must be there."""
    years = sorted(operands.scope.years) or own_years(operands)
    asked = re.search(r"近([两二三四五六七八九十]|\d+)年", operands.text)
    if len(years) < 2 or (asked and chinese_ordinal(asked[1]) != len(years)):
        return None
    parts = operands.of_years(years)
    return Average(parts=tuple(parts), per="年") if parts else None


def group_plan(operands: Operands) -> Plan | None:
    asked = (
        direction_of(operands.text)
        if has(operands.text, "filter") and not operands.question.thresholds
        else 0
    )
    unchanged = bool(re.search(r"持平|不变|没有变化|没变", operands.text))
    kind: Kind = "change" if (asked or unchanged) and has(operands.text, "filter") else "value"
    if kind == "value" and has(operands.text, "rank"):
        kind = _ranked_by(operands.text)
    if absent := re.search(
        r"(?:全部?是|都是|只有|全为|均为)(基本|项目)支出|没有(基本|项目)支出", operands.text
    ):
        other = {"基本": "项目", "项目": "基本"}
        name = f"{absent[2] or other[absent[1]]}支出"
        return _without(operands, name)
    years = two_years(operands) if kind in ("change", "rate") else None
    if has(operands.text, "count") and operands.question.unit in (
        "辆",
        "人",
        "人次",
        "批次",
        "名",
        "平方米",
    ):
        return None
    found = find_group(
        operands.grounder, kind, years=years[:1] if years else None, flawed=operands.flawed
    )
    if found is None:
        return None
    operands.groups[found.group] = found.members
    operands.covered |= found.covered
    chosen = _filtered(operands, found.group, asked, unchanged)
    if has(operands.text, "rank") and not (
        chosen and has(operands.text, "filter") and operands.question.thresholds
    ):
        falling = kind != "value" and direction_of(operands.text) < 0
        return Rank(group=found.group, k=top_k(operands), ascending=ascending(operands) != falling)
    if has(operands.text, "count") and not re.search(r"哪些|哪几", operands.text):
        return Count(of=chosen or found.group)
    return chosen


def parts_plan(operands: Operands) -> Plan | None:
    """由哪些部分组成: the rows right below the one that is named, as they are printed."""
    for start, end in cue_spans(operands.text, "parts"):
        operands.grounder.mark(start, end)
    whole = operands.value(0, operands.end)
    said = {name for _, _, name in operands.grounder.lexicon.exact(operands.text)}
    said |= {term for _, _, term in operands.grounder.said}
    facts = [
        f for f in (operands.selections[whole.of] if whole else ()) if term_of(f.label) in said
    ]
    parts = [below for fact in facts if len(below := operands.children(fact)) > 1]
    if not parts:
        return None
    first = parts[0][0]
    group = Group(list=first.table, parent=facts[0].label, measure=first.measure)
    operands.groups[group] = tuple(parts[0])
    return Rank(group=group, k=0)


def _ranked_by(text: str) -> Kind:
    """What a ranking compares: the amounts, or their change, its rate, their completion."""
    moved = r"增加|增长|减少|下降|降低|增幅|降幅|增速|涨幅|上涨"
    if re.search(
        r"(?:完成|执行)(?:率|进度)|(?:完成|占).{0,4}预算(?:数)?的?(?:比例|比|百分|进度)", text
    ):
        return "completion"
    if not re.search(rf"(?:{moved})(?:得|的|额|率)?最|最.{{0,2}}(?:{moved})", text):
        return "value"
    rate = re.search(r"增(?:长率|幅|速)|降幅|涨幅|百分|比例|最[快慢]", text)
    return "rate" if rate else "change"


def _without(operands: Operands, column: str) -> Plan | None:
    """The members that have nothing in a column: 哪些类全部是项目支出、没有基本支出."""
    for word in ("全部是", "全是", "都是", "只有", "没有"):
        operands.explain(re.compile(word))
    found = find_group(operands.grounder, flawed=operands.flawed, column=column)
    if found is None:
        return None
    operands.groups[found.group] = found.members
    operands.covered |= found.covered
    operands.explain(re.compile(r"(?:基本|项目)支出"))
    unit = found.members[0].unit
    return Filter(group=found.group, comparison="=", value=Decimal(0), unit=unit)


def _filtered(operands: Operands, group: Group, asked: int, unchanged: bool) -> Filter | None:
    bound = next((t for t in operands.question.thresholds if t.comparison), None)
    if bound:
        return Filter(group=group, comparison=bound.comparison, value=bound.value, unit=bound.unit)  # type: ignore[arg-type]
    if unchanged:
        return Filter(group=group, comparison="same")
    if asked and has(operands.text, "filter"):
        return Filter(group=group, comparison="up" if asked > 0 else "down")
    return None
