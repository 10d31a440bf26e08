"""Prose against itself and against the tables: lists and their sums, growth rates and shares and
their amounts, reasons and their directions, names and the cells of the same name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from index.captions import squeeze
from index.hierarchy import bare_label
from index.model import Fact, Problem
from index.sums import title_key, tolerance
from index.units import convert, is_money
from index.vocabulary import words

__all__ = ["prose_problems"]

_EXPENDITURE = ("支出总表", "部门支出总表", "支出决算表", "支出预算总表", "部门支出预算总表")

# Columns of a total that are the total itself, not one part of it (人员经费, 上级补助).
_WHOLE = re.compile(r"(?:(?:19|20)\d{2}年度?|本年)?(?:总计|合计|小计|(?:预算|决算)数?|金额)")


def prose_problems(facts: Sequence[Fact]) -> Iterator[Problem]:
    """Every contradiction between the sentences of a document, and with its tables."""
    prose = [fact for fact in facts if fact.origin == "prose"]
    yield from _list_sums(prose)
    yield from _rates(prose)
    yield from _shares(prose)
    yield from _reasons(prose)
    yield from _prose_against_tables(prose, facts)


def _list_sums(prose: Sequence[Fact]) -> Iterator[Problem]:
    """The members of a prose list against the amount the sentence above them states."""
    lists: dict[str, list[Fact]] = {}
    for fact in prose:
        if fact.table and fact.column == 0 and is_money(fact.unit) and not fact.derived:
            lists.setdefault(fact.table, []).append(fact)
    for members in lists.values():
        if len(members) < 3 or len({(m.year, m.unit) for m in members}) > 1:
            continue
        if len({m.label for m in members}) < len(members) or not members[0].table_title:
            continue
        first = members[0]
        stated = [
            f
            for f in prose
            if f.label == first.table_title
            and f.column == 0
            and f.unit == first.unit
            and f.year == first.year
            and not f.derived
        ]
        if not stated:
            continue
        difference = stated[-1].value - sum(m.value for m in members)
        if difference and abs(difference) <= tolerance(
            [*(m.value for m in members), stated[-1].value]
        ):
            yield Problem(
                "rounding",
                f"“{first.table_title}”{stated[-1].value:,} {first.unit}，所列 {len(members)} 项相加为 {sum(m.value for m in members):,} {first.unit}，相差 {abs(difference):,}，属四舍五入尾差",
                first.source,
                "note",
            )


def _rates(prose: Sequence[Fact]) -> Iterator[Problem]:
    """A printed growth rate against the rate its own amounts give."""
    for i, rate in enumerate(prose):
        if rate.column != 2:
            continue
        near = [
            f
            for f in prose[max(0, i - 6) : i + 2]
            if f.label == rate.label
            and f.row == rate.row
            and (f.source == rate.source or _over_the_page(f, rate))
            and is_money(f.unit)
        ]
        change = next(
            (
                f
                for f in reversed(near)
                if f.column == 1 and f.measure.startswith(rate.measure[:-1])
            ),
            None,
        )
        value = next(
            (f for f in reversed(near) if f.column == 0 and f.year == rate.year and not f.derived),
            None,
        )
        before = next(
            (f for f in reversed(near) if f.column == 0 and f.year != rate.year and not f.derived),
            None,
        )
        base = (
            value.value - change.value
            if value and change
            else before.value
            if before and value
            else None
        )
        if not base or value is None or base <= 0:
            continue
        real = (value.value - base) / base * 100
        allowed = (
            Decimal("0.6").scaleb(int(rate.value.as_tuple().exponent))
            + tolerance([value.value, base]) / base * 200
        )
        if abs(real - rate.value) > allowed:
            yield Problem(
                "contradiction",
                f"“{rate.label}”印出的增减率是 {rate.value}%，按所列金额计算为 {real.quantize(Decimal('0.01'))}%",
                rate.source,
            )


def _over_the_page(before: Fact, fact: Fact) -> bool:
    """Whether two figures of one subject stand on either side of a page's end."""
    pages = {before.source.page, fact.source.page}
    return len(pages) == 2 and before.path == fact.path and before.section == fact.section


def _shares(prose: Sequence[Fact]) -> Iterator[Problem]:
    """Shares of a whole (占“三公”经费的8%) whose parts are all given, and that are not 100 % of it."""
    for whole, parts in words("synonyms")["relations"].items():
        forms = words("synonyms")["forms"].get(whole, [whole])
        groups: dict[tuple[str, ...], dict[str, Fact]] = {}
        for fact in prose:
            named = re.search(rf"占({'|'.join(map(re.escape, forms))})", fact.measure)
            if fact.column == 3 and named:
                groups.setdefault((*fact.section, str(fact.year)), {})[fact.label] = fact
        for found in groups.values():
            own = [f for f in found.values() if any(_is_part(f, part) for part in parts)]
            total = sum((f.value for f in own), Decimal(0))
            complete = len(own) == len(parts) == len(found)
            if complete and abs(total - 100) > Decimal("0.1") * len(own):
                yield Problem(
                    "contradiction",
                    f"{whole}的 {len(own)} 项占比相加为 {total:,}%，不是 100%：印出的占比不是占{whole}的比重",
                    own[0].source,
                )


def _is_part(fact: Fact, part: str) -> bool:
    """Whether a figure is one part of a whole, under any of its printed forms."""
    forms = [part, *words("synonyms")["forms"].get(part, [])]
    return squeeze(re.sub(r"支出$", "", fact.label)) in {squeeze(form) for form in forms}


def _reasons(prose: Sequence[Fact]) -> Iterator[Problem]:
    """A reason that says the opposite of its figure: 减少…原因是经费增加."""
    for fact in prose:
        if fact.column not in (1, 2) or not fact.reason or fact.value == 0:
            continue
        end = squeeze(fact.reason)[-4:]
        says = (
            1
            if re.search(r"(?:增加|增长|增多|上升)$", end)
            else -1
            if re.search(r"(?:减少|下降|降低|压减)$", end)
            else 0
        )
        if says * fact.value < 0 and re.search(r"经费|支出|预算|资金", fact.reason[-14:]):
            word = "增加" if fact.value > 0 else "减少"
            yield Problem(
                "contradiction",
                f"“{fact.label}”的数字是{word}，说明的理由却是“{fact.reason}”，二者方向不符",
                fact.source,
            )


def _prose_against_tables(prose: Sequence[Fact], facts: Sequence[Fact]) -> Iterator[Problem]:
    """An amount in prose that no table cell of the same name, year and basis confirms."""
    printed = _printed(facts)
    for fact in prose:
        if fact.column != 0 or fact.derived or not is_money(fact.unit) or "项目支出" in fact.path:
            continue
        # 增加基本支出844.15万元 says by how much, not how much.
        if re.search(
            rf"(?:增加|减少|新增|追加|压减)了?{re.escape(squeeze(fact.label))}", squeeze(fact.quote)
        ):
            continue
        found = printed.get((squeeze(fact.label), fact.year, fact.basis, fact.level), set()) - {
            Decimal(0)
        }
        value = convert(fact.value, fact.unit, "元")
        allowed = convert(tolerance([fact.value]), fact.unit, "元")
        if len(found) == 1 and value and abs(value - next(iter(found))) > allowed:
            table_value = convert(next(iter(found)), "元", fact.unit)
            yield Problem(
                "contradiction",
                f"“{fact.label}”文字部分写 {fact.value:,} {fact.unit}，表中是 {table_value.normalize():,f} {fact.unit}，二者不一致",
                fact.source,
            )


def _printed(facts: Sequence[Fact]) -> dict[tuple[str, int | None, str, str], set[Decimal]]:
    """What tables print under a name, in 元: in rows of that name and, of 支出总表, in the total's
    columns 基本支出 and 项目支出."""
    printed: dict[tuple[str, int | None, str, str], set[Decimal]] = {}
    for fact in facts:
        if fact.origin != "table" or not is_money(fact.unit):
            continue
        label = squeeze(bare_label(fact.label))
        names = [squeeze(fact.label), re.sub(r"(?<=[一-龥]{3})(?:合计|小计)$", "", label)]
        if fact.path:
            # 人大事务（款）行政运行（项） is 人大事务行政运行 in prose.
            names.append(squeeze(bare_label(fact.path[-1])) + label)
        if fact.is_total and re.fullmatch(r"(?:本年)?(?:收入|支出)?[合总]计", label):
            # The total of 财政拨款基本支出决算表, and the column 基本支出 of 财政拨款支出决算表, are what
            # prose calls 财政拨款基本支出.
            title = re.sub(r"^(?:19|20)\d{2}年度?", "", squeeze(bare_label(fact.table_title)))
            stem = re.sub(r"(?:预算|决算)?(?:总|明细)?表$", "", title)
            column = squeeze(fact.measure.rsplit("/", 1)[-1])
            if stem.endswith("支出") and column in ("基本支出", "项目支出"):
                names.append(stem.removesuffix("支出") + column)
            elif _WHOLE.fullmatch(column):
                names.append(stem)
        if fact.is_total and not fact.path and title_key(fact.table_title) in _EXPENDITURE:
            names.append(squeeze(fact.measure.rsplit("/", 1)[-1]))
        for name in dict.fromkeys(names):
            key = (name, fact.year, fact.basis, fact.level)
            printed.setdefault(key, set()).add(convert(fact.value, fact.unit, "元"))
    return printed
