"""What is wrong in the source itself, found while indexing and kept with the document.

A table the contents list but the text lacks; rows that do not add up to their printed total because
rows were lost; sums off by a rounding; growth rates and reasons that contradict their own amounts.
Tolerance: half a unit of the last printed digit for each term (see the domain notes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from index.captions import read_line, squeeze, table_number
from index.facts import is_primary
from index.hierarchy import bare_label
from index.model import Column, Document, Fact, Grid, Problem, Row, Source, Table
from index.sections import CONTENTS, with_sections
from index.units import convert, is_money
from index.vocabulary import words

__all__ = ["find_problems", "tolerance"]


def find_problems(
    document: Document, tables: Sequence[Table], facts: Sequence[Fact]
) -> tuple[Problem, ...]:
    """Every problem of a document's content, in the order a reader would meet them."""
    prose = [fact for fact in facts if fact.origin == "prose"]
    return (
        *_missing_tables(document, tables),
        *(problem for table in tables for problem in _sums(table, facts)),
        *_list_sums(prose),
        *_rates(prose),
        *_reasons(prose),
        *_prose_against_tables(prose, facts),
    )


def tolerance(terms: Sequence[Decimal]) -> Decimal:
    """What rounding may explain: half a unit of the last printed digit for each term.

    >>> tolerance([Decimal("1.00"), Decimal("2.00")])
    Decimal('0.010')
    """
    return sum((Decimal(5).scaleb(int(t.as_tuple().exponent) - 1) for t in terms), Decimal(0))


# ---------------------------------------------------------------- contents


def _missing_tables(document: Document, tables: Sequence[Table]) -> Iterator[Problem]:
    listed = list(_listed(document))
    if not listed or not tables:
        return
    titles = {_key(table.title) for table in tables}
    titles |= {
        _key(b.text)
        for s, b in with_sections(document.blocks)
        if not isinstance(b, Grid) and not _in_contents(s)
    }
    for number, title, source in listed:
        if not any(_key(title) == t or (len(t) > 6 and t.endswith(_key(title))) for t in titles):
            name = f"表{number}《{title}》" if number else f"《{title}》"
            yield Problem("missing_table", f"目录列有{name}，正文中没有找到这张表", source)


def _in_contents(section: Sequence[str]) -> bool:
    return any(CONTENTS.search(part) for part in section)


def _listed(document: Document) -> Iterator[tuple[str, str, Source]]:
    """The tables a contents list names: number, title, where."""
    for section, block in with_sections(document.blocks):
        if isinstance(block, Grid) or not _in_contents(section):
            continue
        text = re.sub(r"[.…·．\s]{3,}\d*$|\s+\d{1,3}$", "", block.text)
        line = read_line(text)
        title = line.title or (bare_label(text) if squeeze(text).endswith("表") else "")
        if (
            title
            and "表" in title[-12:]
            and not re.search(r"(?:附表|表格)$|第.+部分", squeeze(title))
        ):
            yield table_number(text) or line.number, title, block.source


def _key(title: str) -> str:
    title = re.sub(r"^(?:(?:19|20)\d{2})年(?:度)?|[“”\"《》]", "", squeeze(bare_label(title)))
    return re.sub(r"^(?:附?表)?[0-9一二三四五六七八九十]+[、.:：]?(?=[一-龥])", "", title)


# ---------------------------------------------------------------- sums


def _sums(table: Table, facts: Sequence[Fact]) -> Iterator[Problem]:
    """The rows of a table against its printed total, and each parent against its children."""
    column = _main_column(table)
    if column is None or not is_money(column.unit or table.unit):
        return
    tops = [row for row in table.rows if _is_top(row, table) and _value(row, column) is not None]
    total = next(
        (
            row
            for row in table.rows
            if row.is_total and _value(row, column) is not None and not _is_part_total(row)
        ),
        None,
    )
    lost = False
    if tops and total is not None and not _several_units(table):
        printed = _value(total, column)
        if printed is not None:
            problem = _difference(
                table, column, bare_label(total.label) or "合计", printed, tops, total.source
            )
            lost = problem is not None and problem.kind == "incomplete_table"
            if problem:
                yield problem
    elif tops and total is None and (elsewhere := _total_elsewhere(table, facts)):
        problem = _difference(
            table,
            column,
            elsewhere.label,
            convert(elsewhere.value, elsewhere.unit, column.unit or table.unit),
            tops,
            elsewhere.source,
        )
        if problem:
            lost = True
            yield problem
    if not lost:
        yield from _parents(table, column)


def _main_column(table: Table) -> Column | None:
    values = [c for c in table.columns if c.role == "value"]
    return min(values, key=lambda c: (is_primary(c.name), c.index), default=None)


def _value(row: Row, column: Column) -> Decimal | None:
    for figure, index in zip(row.figures, range(len(row.figures)), strict=True):
        if figure and figure.presence == "number" and index == _position(row, column):
            return figure.value
    return None


def _position(row: Row, column: Column) -> int:
    return column.index if column.index < len(row.figures) else -1


def _is_top(row: Row, table: Table) -> bool:
    label = squeeze(bare_label(row.label))
    if row.is_total or any(word in label for word in words("tables")["carry_labels"]):
        return False
    return all(table.rows[parent].is_total for parent in row.parents)


def _is_part_total(row: Row) -> bool:
    return squeeze(row.label).endswith("小计")


def _several_units(table: Table) -> bool:
    """Totals of several organisations under each other: no one of them is the table's."""
    names = {squeeze(row.label) for row in table.rows if row.is_total}
    groups = {
        row.label
        for row in table.rows
        if row.is_total and re.search(r"[局委院所中心校]$", row.label)
    }
    return len(groups) > 2 or len([n for n in names if n in ("合计", "小计")]) > 1


def _difference(
    table: Table, column: Column, label: str, printed: Decimal, rows: Sequence[Row], source: Source
) -> Problem | None:
    values = [value for row in rows if (value := _value(row, column)) is not None]
    difference = printed - sum(values)
    if difference == 0:
        return None
    unit = column.unit or table.unit
    name = f"表{table.number}《{table.title}》" if table.number else f"《{table.title}》"
    says = f"{name}“{column.path[-1] if column.path else ''}”列各行相加为 {sum(values):,} {unit}，印出的{label}是 {printed:,} {unit}，相差 {abs(difference):,} {unit}"
    if abs(difference) <= tolerance([*values, printed]):
        return Problem("rounding", f"{says}，属四舍五入尾差", source, "note")
    return Problem("incomplete_table", f"{says}：原文可能缺行", table.source)


def _total_elsewhere(table: Table, facts: Sequence[Fact]) -> Fact | None:
    """What the document calls the total of a table that prints none (支出总表: 支出总计)."""
    title = _key(table.title)
    known = words("tables")["totals_of_titles"]
    for key in sorted(known, key=len, reverse=True):
        labels = known[key]
        if not title.endswith(key):
            continue
        found = [
            f
            for f in facts
            if f.table != table.id
            and is_money(f.unit)
            and f.column <= 1
            and squeeze(f.label) in labels
            and not f.derived
        ]
        return max(found, key=lambda f: convert(f.value, f.unit, "元"), default=None)
    return None


def _parents(table: Table, column: Column) -> Iterator[Problem]:
    """Coded parents against the sum of their children."""
    for row in table.rows:
        children = [r for r in table.rows if r.parents and r.parents[-1] == row.index and r.code]
        printed = _value(row, column)
        if not row.code or not children or printed is None:
            continue
        problem = _difference(table, column, row.label, printed, children, row.source)
        if problem:
            kind = "rounding" if problem.kind == "rounding" else "sum_mismatch"
            message = problem.message.replace("各行相加", f"“{row.label}”的下级相加").replace(
                "：原文可能缺行", "：下级之和与上级不符"
            )
            yield Problem(kind, message, row.source, problem.severity)


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


# ---------------------------------------------------------------- prose against itself and tables


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
            and f.source == rate.source
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
    printed: dict[tuple[str, int | None, str], set[Decimal]] = {}
    for fact in facts:
        if fact.origin == "table" and is_money(fact.unit):
            key = (squeeze(fact.label), fact.year, fact.basis)
            printed.setdefault(key, set()).add(convert(fact.value, fact.unit, "元"))
    for fact in prose:
        if (
            fact.column != 0
            or fact.derived
            or not is_money(fact.unit)
            or (fact.path and "项目支出" in fact.path)
        ):
            continue
        found = printed.get((squeeze(fact.label), fact.year, fact.basis), set()) - {Decimal(0)}
        value = convert(fact.value, fact.unit, "元")
        allowed = convert(tolerance([fact.value]), fact.unit, "元")
        if len(found) == 1 and value and abs(value - next(iter(found))) > allowed:
            table_value = convert(next(iter(found)), "元", fact.unit)
            yield Problem(
                "contradiction",
                f"“{fact.label}”文字部分写 {fact.value:,} {fact.unit}，表中是 {table_value.normalize():,f} {fact.unit}，二者不一致",
                fact.source,
            )
