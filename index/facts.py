"""Tables to facts: one row a numeric cell, with everything that says what the figure is.

A table without row labels (the “三公” table: one row, the subjects in its head) is read sideways, so
that its subjects become labels like everybody else's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.aspects import STOCKS, basis_in, level_in, stock_in, year_in, years_in
from index.captions import squeeze
from index.figures import find_quantities
from index.hierarchy import bare_label
from index.model import Column, Fact, Figure, Profile, Row, Table
from index.units import is_money
from index.vocabulary import pattern, words

__all__ = ["headings_of", "is_primary", "table_facts"]


# What a share or growth is measured by is not what it is: 比2024年决算数增长% is this year's.
_COMPARED = re.compile(
    r"(?:比(?:较)?|较|占|为|完成)(?:上一?年|去年|(?:19|20)\d{2}年|年初|调整)[^/]*(?:[%％]|[增减升降]|比[例重]|差)[^/]*"
)


def table_facts(tables: Sequence[Table], profile: Profile) -> list[Fact]:
    """The facts of tables; ids are `<table>.<row>.<column>`."""
    return [fact for table in tables for fact in _facts(table, profile)]


def is_primary(measure: str) -> int:
    """How likely a column is the one meant when none is named: 0 is best, 99 is no such column.

    >>> is_primary("支出总计") < is_primary("项目支出")
    True
    """
    leaf = re.sub(r"[(（].*?[)）]", "", squeeze(measure.rsplit("/", 1)[-1]))
    for rank, expression in enumerate(words("tables")["primary_measures"]):
        if re.search(expression, leaf):
            return rank
    return 99


def headings_of(table: Table, row: Row) -> tuple[str, ...]:
    """The labels above a row, outermost first: group columns, then parent rows."""
    groups = tuple(
        f.text
        for f, c in zip(row.figures, table.columns, strict=True)
        if f and c.role == "text" and f.text and f.text != row.label and _is_group(c, table)
    )
    parents = tuple(bare_label(table.rows[p].label) for p in row.parents)
    return groups + tuple(p for p in parents if p and p not in groups)


def _is_group(column: Column, table: Table) -> bool:
    label = next((c.index for c in table.columns if c.role == "label"), len(table.columns))
    head = squeeze(column.path[-1]) if column.path else ""
    return column.index < label and not pattern("tables", "ordinal_headers").search(head)


def _facts(table: Table, profile: Profile) -> Iterator[Fact]:
    defaults = _defaults(table, profile)
    for row in table.rows:
        parents = headings_of(table, row)
        for column, figure in zip(table.columns, row.figures, strict=True):
            if figure is None or column.role not in ("value", "text"):
                continue
            for n, (single, value_unit) in enumerate(_figures(column, figure)):
                fact = _fact(table, row, column, single, defaults, parents, profile)
                unit = value_unit or _unit(table, column, single)
                yield replace(fact, unit=unit, id=fact.id + (f".{n}" if n else ""))


def _figures(column: Column, figure: Figure) -> Iterator[tuple[Figure, str]]:
    """The figures of a cell: its number, or those in its words (梳理1000家企业、备案200家企业)."""
    if figure.presence == "number" and column.role == "value":
        yield figure, figure.unit
    elif figure.presence == "text" and len(figure.text) <= 60 and not _is_name(column):
        for quantity in find_quantities(figure.text):
            yield (
                replace(figure, value=quantity.value, comparator=quantity.comparator),
                quantity.unit,
            )


def _is_name(column: Column) -> bool:
    return column.role in ("label", "code") or (
        column.role == "text"
        and bool(
            pattern("tables", "remark_headers").search(
                squeeze(column.path[-1]) if column.path else ""
            )
        )
    )


def _defaults(table: Table, profile: Profile) -> tuple[int | None, str, str]:
    """Year, basis and level of a table's figures where a column does not say."""
    title = table.title
    if "支出经济分类" in title or "功能分类" in title:
        title = re.sub(r"[(（].*?[)）]", "", title)
    year = year_in(title, profile.year) or profile.year
    # A table of both says of neither figure which it is: its rows do.
    both = basis_in(title) in STOCKS and not stock_in(title)
    basis = ("" if both else basis_in(title)) or (
        "决算" if "决算" in profile.kind else "预算" if profile.kind != "other" else ""
    )
    around = "".join(table.section[-2:])
    return year, basis, _level_of(title, around, profile)


def _level_of(title: str, around: str, profile: Profile) -> str:
    """The level of government of a table: as it says, else the whole place that it is titled with
    (2025年某市一般公共预算…表 is of 全市)."""
    if "政府" not in profile.kind:
        return ""
    whole = (
        "全" + profile.organisation[-1:]
        if profile.organisation and profile.organisation in title
        else ""
    )
    return level_in(title) or whole or level_in(around)


def _fact(
    table: Table,
    row: Row,
    column: Column,
    figure: Figure,
    defaults: tuple[int | None, str, str],
    parents: tuple[str, ...],
    profile: Profile,
) -> Fact:
    year, basis, level = defaults
    period = _period(table, row)
    # 上年结转 is this year's money brought forward, no figure of the year before.
    head = re.sub(r"上年(?:度)?(?:的)?(?:结|余)", "", _COMPARED.sub("", column.name))
    label, measure, path = _names(table, row, column, parents, period)
    return Fact(
        id=f"{table.id}.{row.index}.{column.index}",
        document=table.document,
        organisation=profile.organisation,
        year=year_in(period, None) or _year((label, *reversed(path)), head, year),
        origin="table",
        table=table.id,
        table_title=table.title,
        table_number=table.number,
        section=table.section,
        row=row.index,
        label=label,
        code=row.code,
        path=path,
        depth=row.level,
        is_total=row.is_total,
        column=column.index,
        measure=measure,
        value=figure.value,  # type: ignore[arg-type]
        unit="",
        basis=basis_in(head)
        or basis_in(period)
        or next(filter(None, map(stock_in, (label, *reversed(path)))), basis),
        level=_level(label, head, level, profile),
        quote=figure.text,
        source=figure.source or row.source,
        comparator=figure.comparator,
    )


def _level(label: str, head: str, level: str, profile: Profile) -> str:
    """The level of a government's figure: its row's (某市本级, one of its counties), its column's,
    its table's."""
    if "政府" not in profile.kind:
        return ""
    name = squeeze(label)
    if name.endswith("本级"):
        return level_in(name)
    if name != profile.organisation and pattern("tables", "region_labels").search(name):
        return ""
    return level_in(head) or level


def _year(names: Sequence[str], head: str, year: int | None) -> int | None:
    """The year of a cell: its column's; of what is owed at a date, its row's (`names`, the label and
    those above it); else its table's.  上年末 is the end of the year before."""
    dated = (years_in(name) for name in names if stock_in(name))
    own = year_in(head, year) or next((years[0] for years in dated if years), year)
    return own - 1 if own and "上年末" in names[0] and not years_in(names[0]) else own


def _period(table: Table, row: Row) -> str:
    """The year that a row is of (2025年), where its label or a cell before its figures says nothing
    else, or that it is the change from one such row to the next; `""` for other rows."""
    first = next((c.index for c in table.columns if c.role == "value"), len(table.columns))
    # 开工年份 and 购置年度 say something of what the row names, not of which year its figures are.
    dated = pattern("tables", "year_columns")
    front = [
        figure.text
        for figure, column in zip(row.figures[:first], table.columns, strict=False)
        if figure
        and figure.text
        and dated.fullmatch(squeeze(column.path[-1] if column.path else ""))
    ]
    said = [squeeze(text) for text in (row.label, *front)]
    if year := next((text for text in said if pattern("tables", "year_rows").fullmatch(text)), ""):
        return year
    above = table.rows[row.parents[-1]] if row.parents else None
    moved = next((t for t in said if pattern("tables", "change_rows").fullmatch(t)), "")
    return moved if moved and above and _period(table, above) else ""


def _names(
    table: Table, row: Row, column: Column, parents: tuple[str, ...], period: str
) -> tuple[str, str, tuple[str, ...]]:
    """Label, measure and path of a cell; read sideways where the row has no name of its own."""
    label, measure = bare_label(row.label), column.name
    if period and not pattern("tables", "year_rows").fullmatch(period):
        measure = f"{measure}/{period}"
    if period and squeeze(label) == period:
        # A year names nothing: what it is of stands above it or in its columns.
        if parents:
            return parents[-1], measure, parents[:-1]
        return _sideways(table, column) if column.path else (label, measure, parents)
    unnamed = not label or squeeze(label) == squeeze(table.organisation)
    if not unnamed or not column.path or any(c.role == "label" for c in table.columns):
        return label, measure, parents
    return _sideways(table, column)


def _sideways(table: Table, column: Column) -> tuple[str, str, tuple[str, ...]]:
    """Label, measure and path of a cell whose subject stands in its column's head."""
    path = list(column.path)
    measure = (
        path.pop()
        if len(path) > 1 and is_primary(path[-1]) < 99 and not re.search("[合小总]计", path[-1])
        else ""
    )
    if len(path) > 1 and squeeze(path[-1]) in ("小计", "合计"):
        path.pop()
    name = path[-1]
    if squeeze(name) in ("合计", "小计", "总计"):
        name = (
            re.sub(
                r"(?:19|20)\d{2}年(?:度)?|(?:支出|收入)?(?:预算|决算)?(?:总|明细|情况)?表$",
                "",
                table.title,
            )
            or name
        )
    name = re.sub(r"^(?:19|20)\d{2}年(?:度)?", "", bare_label(name))
    if stated := re.search(r"(?:预算|决算|执行)数$", name):
        name, measure = name[: stated.start()], measure or stated[0]
    return name, measure, tuple(bare_label(p) for p in path[:-1])


def _unit(table: Table, column: Column, figure: Figure) -> str:
    """A figure's unit: of its column, of its kind of column, else of its table."""
    head = squeeze("".join(column.path))
    if column.unit:
        return column.unit
    if re.search(
        r"%|百分比|增长率|增幅|增速|比率|比重|占比|比例|完成率|增减率|为预算|占预算", head
    ):
        return "%"
    if re.search(
        r"人数|户数|个数|次数|人次|批次|面积|数量|目标值|指标值|编制数|车辆数|辆数", head
    ) or not is_money(table.unit):
        return table.unit if not is_money(table.unit) else ""
    return table.unit
