"""Whether the rows of a table add up: to its printed total, and each parent to its children.

Rows that do not were lost, or the source is wrong.  Tables print their totals first or last and
subtotals among the rows, marked (小计) or not (全市政府性基金预算收入), so a total is doubted only
where no reading of the rows gives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from index.captions import squeeze
from index.facts import is_primary
from index.hierarchy import bare_label, is_among
from index.model import Column, Fact, Problem, Row, Source, Table
from index.sections import numbering
from index.subtotals import terms
from index.units import convert, is_money
from index.vocabulary import words

__all__ = ["sum_problems", "title_key", "tolerance"]

_SUBJECT = re.compile(r"[235]\d{2}(?:\d{2}){0,2}")


def tolerance(terms: Sequence[Decimal]) -> Decimal:
    """What rounding may explain: half a unit of the last printed digit for each term.

    >>> tolerance([Decimal("1.00"), Decimal("2.00")])
    Decimal('0.010')
    """
    return sum((Decimal(5).scaleb(int(t.as_tuple().exponent) - 1) for t in terms), Decimal(0))


def title_key(title: str) -> str:
    """What a table is called, without year, number and quotes: by this, titles are compared.

    >>> title_key("1.2025年部门收入预算总表"), title_key("（九）财政拨款“三公”经费支出表")
    ('部门收入预算总表', '财政拨款三公经费支出表')
    """
    title = re.sub(r"^\d{1,2}[.、](?=(?:19|20)\d{2}年)", "", squeeze(bare_label(title)))
    title = re.sub(r"^(?:(?:19|20)\d{2})年(?:度)?|[“”\"《》]", "", title)
    return re.sub(r"^(?:附?表)?[0-9一二三四五六七八九十]+[、.:：]?(?=[一-龥])", "", title)


def sum_problems(table: Table, facts: Sequence[Fact]) -> Iterator[Problem]:
    """Rounding, rows that were lost and sums that are wrong, in one table.

    `facts` are those of the whole document: a table without a total of its own is held against
    the total that another one prints (支出总表 against 支出总计)."""
    column = _main_column(table)
    if column is None or not is_money(column.unit or table.unit):
        return
    problem = _against_total(table, column, facts)
    if problem:
        yield problem
    if problem is None or problem.kind != "incomplete_table":
        gaps = list(_gaps(table, column))
        yield from gaps[:1]
        if not gaps:
            yield from _parents(table, column)


def _against_total(table: Table, column: Column, facts: Sequence[Fact]) -> Problem | None:
    tops = [row for row in table.rows if _is_top(row, table) and _value(table, row, column)]
    totals = [row for row in table.rows if row.is_total and _value(table, row, column) is not None]
    whole = [row for row in totals if not squeeze(row.label).endswith("小计")]
    if tops and whole and not _several_units(table):
        total = whole[0]
        problem = _difference(
            table,
            column,
            bare_label(total.label) or "合计",
            _value(table, total, column) or Decimal(0),
            _rows_of(total, tops, table),
            total.source,
        )
        doubted = problem is not None and problem.kind == "incomplete_table"
        if doubted and any(_explained(table, column, row) for row in whole):
            return None
        return _told_apart(problem, table, column, total, tops) if problem and doubted else problem
    if tops and not whole and (elsewhere := _total_elsewhere(table, facts)):
        printed = convert(elsewhere.value, elsewhere.unit, column.unit or table.unit)
        return _difference(table, column, elsewhere.label, printed, tops, elsewhere.source)
    return None


def _main_column(table: Table) -> Column | None:
    values = [c for c in table.columns if c.role == "value"]
    return min(values, key=lambda c: (is_primary(c.name), c.index), default=None)


def _value(table: Table, row: Row, column: Column) -> Decimal | None:
    figure = row.figures[table.columns.index(column)]
    return figure.value if figure and figure.presence == "number" else None


def _is_top(row: Row, table: Table) -> bool:
    if row.is_total or _is_carried(row):
        return False
    return all(table.rows[parent].is_total for parent in row.parents)


def _is_carried(row: Row) -> bool:
    label = squeeze(bare_label(row.label))
    return any(word in label for word in words("tables")["carry_labels"])


def _rows_of(total: Row, tops: Sequence[Row], table: Table) -> list[Row]:
    """The rows a total adds up: those above it; below one that stands first, those down to the
    next (after 本年收入合计 come 转移性收入, 债务收入 … up to 收入总计)."""
    above = [row for row in tops if row.index < total.index]
    later = (r.index for r in table.rows if r.is_total and r.index > total.index)
    end = next((i for i in later if any(total.index < t.index < i for t in tops)), len(table.rows))
    return above or [row for row in tops if total.index < row.index < end]


def _several_units(table: Table) -> bool:
    """Totals of several organisations under each other: no one of them is the table's."""
    names = {squeeze(row.label) for row in table.rows if row.is_total}
    groups = {name for name in names if re.search(r"[局委院所中心校]$", name)}
    return len(groups) > 2 or len([n for n in names if n in ("合计", "小计")]) > 1


def _explained(table: Table, column: Column, total: Row) -> bool:
    """Whether any stretch of rows above or below a total gives it, subtotals counted once, with
    or without what is carried over (年终结转 stands below 转移性支出 and is counted beside it)."""
    printed = _value(table, total, column)
    if printed is None:
        return False
    lines = [
        (row.index, value, row.is_total)
        for row in table.rows
        if all(table.rows[parent].is_total for parent in row.parents)
        and row.index != total.index
        and (value := _value(table, row, column))
    ]
    sides = (
        [(value, is_total) for index, value, is_total in lines if index < total.index],
        [(value, is_total) for index, value, is_total in lines if index > total.index],
    )
    wanted = {printed, *(printed - carried for carried in _carried(table, column))}
    return any(
        _some_stretch(terms(side, parents=parents), wanted)
        for side in sides
        for parents in (False, True)
    )


def _carried(table: Table, column: Column) -> list[Decimal]:
    """The amounts carried over that stand below another row."""
    return [
        value
        for row in table.rows
        if row.parents and _is_carried(row) and (value := _value(table, row, column))
    ]


def _some_stretch(parts: Sequence[tuple[Decimal, bool]], wanted: set[Decimal]) -> bool:
    """Whether rows from the first on, or up to the last, add up to one of the amounts."""
    stretches = (
        stretch for start in range(len(parts)) for stretch in (parts[start:], parts[: start + 1])
    )
    return any(
        abs(sum(value for value, _ in stretch) - amount) <= tolerance([v for v, _ in stretch])
        and (len(stretch) > 1 or stretch[0][1])
        for stretch in stretches
        for amount in wanted
    )


def _told_apart(
    problem: Problem, table: Table, column: Column, total: Row, tops: Sequence[Row]
) -> Problem:
    """Rows were not lost where they add up in another column that is a whole (完成数 beside
    调整预算数): then the printed figures do not fit together."""
    for other in table.columns:
        if other == column or other.role != "value" or is_primary(other.name) == 99:
            continue
        printed = _value(table, total, other)
        values = [v for row in _rows_of(total, tops, table) if (v := _value(table, row, other))]
        adds_up = printed and len(values) > 1 and abs(sum(values) - printed) <= tolerance(values)
        if adds_up or _numbered_through(tops):
            message = problem.message.replace("：原文可能缺行", "：各行之和与合计不符")
            return Problem("sum_mismatch", message, total.source)
    return problem


def _numbered_through(rows: Sequence[Row]) -> bool:
    """Whether rows are numbered from the first to the last: then none was lost."""
    numbers = [number.ordinal for row in rows if (number := numbering(row.label))]
    return len(numbers) > 2 and numbers == list(range(1, len(rows) + 1))


def _name(table: Table) -> str:
    return f"表{table.number}《{table.title}》" if table.number else f"《{table.title}》"


def _difference(
    table: Table, column: Column, label: str, printed: Decimal, rows: Sequence[Row], source: Source
) -> Problem | None:
    values = [value for row in rows if (value := _value(table, row, column)) is not None]
    difference = printed - sum(values)
    if difference == 0:
        return None
    unit = column.unit or table.unit
    head = column.path[-1] if column.path else ""
    says = (
        f"{_name(table)}“{head}”列各行相加为 {sum(values):,} {unit}，"
        f"印出的{label}是 {printed:,} {unit}，相差 {abs(difference):,} {unit}"
    )
    if abs(difference) <= tolerance([*values, printed]):
        return Problem("rounding", f"{says}，属四舍五入尾差", source, "note")
    return Problem("incomplete_table", f"{says}：原文可能缺行", table.source)


def _total_elsewhere(table: Table, facts: Sequence[Fact]) -> Fact | None:
    """What the document calls the total of a table that prints none (支出总表: 支出总计)."""
    title = re.sub(r"^(?:部门|单位)(?:预算|决算)?", "", title_key(table.title))
    # The whole title: “三公”经费支出决算表 has another total than 支出决算表.
    labels = words("tables")["totals_of_titles"].get(title, ())
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


def _gaps(table: Table, column: Column) -> Iterator[Problem]:
    """Holes in a list of subject codes that is otherwise complete: a 款 without its 类, a 类
    without any 款 where the others have theirs."""
    undivided = tuple(words("tables")["undivided_subjects"])
    rows = {
        row.code: row
        for row in table.rows
        if _SUBJECT.fullmatch(row.code) and not row.code.startswith(undivided)
    }
    below = [code for code in rows if len(code) > 3]
    orphans = [code for code in below if code[:-2] not in rows]
    if len(below) < 4 or len(orphans) * 2 > len(below):
        return
    for code in orphans:
        yield Problem(
            "incomplete_table",
            f"{_name(table)}有科目 {code} {rows[code].label}，没有它的上级科目 {code[:-2]}"
            "：原文可能缺行",
            table.source,
        )
    for length in (3, 5):
        same = [code for code in rows if len(code) == length and _value(table, rows[code], column)]
        bare = [c for c in same if not any(o != c and o.startswith(c) for o in rows)]
        if len(same) >= 3 and bare and len(bare) * 3 <= len(same):
            yield Problem(
                "incomplete_table",
                f"{_name(table)}的科目 {bare[0]} {rows[bare[0]].label} 没有列出下级科目，"
                "同级的其他科目都有：原文可能缺行",
                table.source,
            )


def _parents(table: Table, column: Column) -> Iterator[Problem]:
    """Parents against the sum of their children: those with codes, and those told by number or
    indentation in tables where that place is proved by others that add up."""
    found, proved = [], 0
    for row in table.rows:
        children = [r for r in table.rows if r.parents and r.parents[-1] == row.index]
        printed = _value(table, row, column)
        if printed is None or len(children) < 1 or any(is_among(r.label) for r in children):
            continue
        problem = _difference(table, column, row.label, printed, children, row.source)
        kept = [r for r in children if not _is_carried(r)]
        wrong = problem and _difference(table, column, row.label, printed, kept, row.source)
        coded = bool(row.code) and any(r.code for r in children)
        proved += not coded and not wrong and len(children) > 1
        if problem and wrong:
            found.append((coded, row, problem))
    doubted = sum(1 for coded, *_ in found if not coded)
    for coded, row, problem in found:
        if coded or proved > doubted:
            yield _of_parent(problem, row)


def _of_parent(problem: Problem, row: Row) -> Problem:
    kind = "rounding" if problem.kind == "rounding" else "sum_mismatch"
    message = problem.message.replace("各行相加", f"“{row.label}”的下级相加").replace(
        "：原文可能缺行", "：下级之和与上级不符"
    )
    return Problem(kind, message, row.source, problem.severity)
