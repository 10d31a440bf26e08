"""The tables of a department's budget and final accounts, made from its accounts.

`budget_tables(department, year, style)` and `outturn_tables(...)` return them in the printed order
with their numbers; each row's children add up to it, since all are sums over the same atoms.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal

from evals.publication import Column, Row, Side, Style, Table
from evals.region import FUND, GENERAL, Accounts, Department, subject_name

__all__ = ["OUTTURN", "PLAN", "THREE_PUBLIC", "budget_tables", "outturn_tables", "three_public"]

PLAN, OUTTURN = "预算", "决算"

# “三公”经费 by its economic 款, in printed order.
THREE_PUBLIC = {
    "因公出国（境）费": "30212",
    "公务用车购置费": "31013",
    "公务用车运行维护费": "30231",
    "公务接待费": "30217",
}
CARS = "公务用车购置及运行维护费"
STATE_CAPITAL = "国有资本经营预算"
_GENERAL_TITLE = "一般公共预算支出表（按功能分类）"
_NUMERALS = "一二三四五六七八九十"


def three_public(accounts: Accounts) -> dict[str, Decimal]:
    """The amounts of “三公”经费 by name, with the subtotal of cars and the whole."""
    parts = {n: accounts.total(economic=(c,), basic=True) for n, c in THREE_PUBLIC.items()}
    cars = parts["公务用车购置费"] + parts["公务用车运行维护费"]
    return {
        "“三公”经费": sum(parts.values(), Decimal("0.00")),
        "因公出国（境）费": parts["因公出国（境）费"],
        CARS: cars,
        "公务用车购置费": parts["公务用车购置费"],
        "公务用车运行维护费": parts["公务用车运行维护费"],
        "公务接待费": parts["公务接待费"],
    }


def budget_tables(department: Department, year: int, style: Style) -> tuple[Table, ...]:
    """The nine to eleven tables of a 部门预算."""
    accounts = department.of(year).budget
    before = department.of(year - 1).budget
    tables = [
        _balance(accounts, year, style, "balance", "收支总表", None),
        _income(department, accounts, year, style),
        _by_function(accounts, year, style, "expense", "支出总表", None),
        _basic(accounts, year, style),
        _projects(accounts, year, style),
        _balance(accounts, year, style, "appropriation", "财政拨款收支总表", (GENERAL, FUND)),
        _by_function(accounts, year, style, "general", _GENERAL_TITLE, (GENERAL,)),
        _by_economic(accounts, year, style),
        _three_public(department, accounts, before, year, style),
        _by_function(accounts, year, style, "fund", "政府性基金预算支出表", (FUND,)),
        _by_function(accounts, year, style, "capital", "国有资本经营预算支出表", (STATE_CAPITAL,)),
    ]
    return _numbered(tables, style)


def outturn_tables(department: Department, year: int, style: Style) -> tuple[Table, ...]:
    """The tables of a 部门决算."""
    fiscal = department.of(year)
    tables = [
        _balance(fiscal.outturn, year, style, "balance", "收入支出决算总表", None, OUTTURN),
        _by_function(fiscal.outturn, year, style, "expense", "支出决算表", None, OUTTURN),
        _by_function(
            fiscal.outturn, year, style, "general", f"{GENERAL}支出决算表", (GENERAL,), OUTTURN
        ),
        _basic(fiscal.outturn, year, style, OUTTURN),
        _three_public_outturn(fiscal.budget, fiscal.outturn, year, style),
        _by_function(fiscal.outturn, year, style, "fund", f"{FUND}支出决算表", (FUND,), OUTTURN),
    ]
    return _numbered(tables, style)


def _numbered(tables: list[Table], style: Style) -> tuple[Table, ...]:
    """Some places print the table by economic subject before that by function."""
    keys = [table.key for table in tables]
    if style.shuffle % 2 and "economic" in keys:
        a, b = keys.index("general"), keys.index("economic")
        tables[a], tables[b] = tables[b], tables[a]
    if style.shuffle % 3 == 0 and "projects" in keys:
        tables.append(tables.pop([table.key for table in tables].index("projects")))
    return tuple(
        Table(t.key, number, t.title, t.unit, t.sides, t.note)
        for number, t in enumerate(tables, start=1)
    )


# ------------------------------------------------------------------------------------ the parts

Sources = tuple[str, ...] | None


def _sum(accounts: Accounts, sources: Sources, function: str = "", **which: bool) -> Decimal:
    if sources is None:
        return accounts.total(function=function, basic=which.get("basic"))
    return sum(
        (accounts.total(function=function, source=s, basic=which.get("basic")) for s in sources),
        Decimal("0.00"),
    )


def _tree(accounts: Accounts, sources: Sources) -> list[str]:
    """Codes of 类, 款 and 项 with spending, each parent before its children."""
    leaves = {code for source in (sources or (None,)) for code in accounts.functions(source)}
    return sorted({code[:width] for code in leaves for width in (3, 5, 7)})


def _above(code: str) -> tuple[str, ...]:
    """The names above a subject: `2080501` -> (`社会保障和就业支出`, `行政事业单位养老支出`)."""
    widths = (3, 5) if len(code) == 7 else (3,)
    return tuple(subject_name(code[:width]) for width in widths if width < len(code))


def _spending_columns(year: int, style: Style, basis: str) -> tuple[Column, ...]:
    names = (style.total, "基本支出", "项目支出")
    aspects: tuple[Literal["total", "basic", "project"], ...] = ("total", "basic", "project")
    return tuple(Column((n,), a, year, basis) for n, a in zip(names, aspects, strict=True))


def _by_function(
    accounts: Accounts,
    year: int,
    style: Style,
    key: str,
    title: str,
    sources: Sources,
    basis: str = PLAN,
) -> Table:
    def values(code: str) -> tuple[Decimal, ...]:
        return (
            _sum(accounts, sources, code),
            _sum(accounts, sources, code, basic=True),
            _sum(accounts, sources, code, basic=False),
        )

    codes = _tree(accounts, sources)
    rows = [Row(subject_name(c), values(c), c, _above(c)) for c in codes]
    total = Row("合计", values(""), total=True)
    note = "" if rows else "备注：本表本年度无发生额。"
    side = Side(
        "", _code_headers("功能分类", style), _spending_columns(year, style, basis),
        (total, *rows) if style.shuffle % 2 else (*rows, total), style.code_columns,
    )  # fmt: skip
    return Table(key, 0, title, style.unit, (side,), note)


def _code_headers(what: str, style: Style) -> tuple[tuple[str, ...], ...]:
    if style.code_columns == 3:
        group = f"{what}科目编码"
        return ((group, "类"), (group, "款"), (group, "项"), (f"{what}科目名称",))
    return (("科目编码",), ("科目名称",))


def _economic_rows(
    accounts: Accounts, codes: tuple[str, ...], amounts: Callable[[str], tuple[Decimal, ...]]
) -> tuple[Row, ...]:
    """类 each before its 款."""
    tree = sorted({code[:width] for code in codes for width in (3, 5)})
    return tuple(Row(subject_name(c), amounts(c), c, _above(c)) for c in tree)


def _by_economic(accounts: Accounts, year: int, style: Style) -> Table:
    def amounts(code: str) -> tuple[Decimal, ...]:
        return tuple(
            accounts.total(economic=(code,), source=GENERAL, basic=basic)
            for basic in (None, True, False)
        )

    rows = _economic_rows(accounts, accounts.economics(GENERAL), amounts)
    total = Row("合计", amounts(""), total=True)
    headers = (("科目编码",), ("科目名称",))
    columns = _spending_columns(year, style, PLAN)
    side = Side("", headers, columns, (total, *rows), 1)
    return Table("economic", 0, "一般公共预算支出表（按经济分类）", style.unit, (side,))


def _basic(accounts: Accounts, year: int, style: Style, basis: str = PLAN) -> Table:
    """基本支出 by economic subject; some places split it into 人员经费 and 公用经费."""

    def amounts(code: str) -> tuple[Decimal | None, ...]:
        amount = accounts.total(economic=(code,), basic=True)
        if not style.wide:
            return (amount,)
        staff = accounts.total(economic=("301", "303"), basic=True)
        if not code:
            return (amount, staff, amount - staff)
        zero = Decimal("0.00")
        return (amount, amount, zero) if code[:3] in ("301", "303") else (amount, zero, amount)

    tree = sorted({c[:w] for c in accounts.economics(basic=True) for w in (3, 5)})
    rows = [Row(subject_name(c), amounts(c), c, _above(c)) for c in tree]
    columns = [Column((style.total,), "total", year, basis)]
    if style.wide:
        columns += [Column((n,), "source", year, basis) for n in ("人员经费", "公用经费")]
    side = Side(
        "", (("科目编码",), ("科目名称",)), tuple(columns),
        (*rows, Row("合计", amounts(""), total=True)), 1,
    )  # fmt: skip
    return Table(
        "basic", 0, "基本支出" + ("决算表" if basis == OUTTURN else "总表"), style.unit, (side,)
    )


def _projects(accounts: Accounts, year: int, style: Style) -> Table:
    def amounts(name: str | None) -> tuple[Decimal, ...]:
        def part(source: str | None) -> Decimal:
            return accounts.total(project=name, source=source, basic=False)

        return (part(None), part(GENERAL), part(FUND), part(None) - part(GENERAL) - part(FUND))

    columns = (
        Column((style.total,), "total", year, PLAN),
        Column(("财政拨款", "一般公共预算拨款"), "source", year, PLAN),
        Column(("财政拨款", "政府性基金预算拨款"), "source", year, PLAN),
        Column(("其他资金",), "source", year, PLAN),
    )
    rows = tuple(Row(name, amounts(name)) for name in accounts.projects())
    side = Side("", (("项目名称",),), columns, (*rows, Row("合计", amounts(None), total=True)))
    return Table("projects", 0, "项目支出总表", style.unit, (side,))


def _income(department: Department, accounts: Accounts, year: int, style: Style) -> Table:
    names = (
        (("收入总计",), "收入总计", None),
        (("本年收入", "财政拨款", "一般公共预算拨款"), "一般公共预算拨款", GENERAL),
        (("本年收入", "财政拨款", "政府性基金预算拨款"), "政府性基金预算拨款", FUND),
        (("本年收入", "单位资金", "其他收入"), "其他收入", "单位资金"),
        (("上年结余、结转",), "上年结余、结转", "上年结转"),
    )
    columns = tuple(Column(path, "total", year, PLAN, label) for path, label, _ in names)
    values = tuple(accounts.total(source=source) for _, _, source in names)
    side = Side("", (("预算单位",),), columns, (Row(department.name, values),))
    return Table("income", 0, "收入总表", style.unit, (side,))


def _balance(
    accounts: Accounts, year: int, style: Style, key: str, title: str, sources: Sources,
    basis: str = PLAN,
) -> Table:  # fmt: skip
    """收入 | 支出 side by side; the shorter one is blank at the end."""
    column = (Column((f"{year}年{basis}数",), "total", year, basis),)
    income = _income_rows(accounts, sources)
    expense = _expense_rows(accounts, style, sources)
    sides = (
        Side("收入", (("项目",),), column, income),
        Side("支出", (("项目",),), column, expense),
    )
    return Table(key, 0, title, style.unit, sides)


def _income_rows(accounts: Accounts, sources: Sources) -> tuple[Row, ...]:
    """The income side: appropriations, other money, what is carried over, the whole."""
    general, fund = accounts.total(source=GENERAL), accounts.total(source=FUND)
    other, carried = accounts.total(source="单位资金"), accounts.total(source="上年结转")
    rows = [
        Row("财政拨款", (general + fund,), prefix="一、"),
        Row("一般公共预算拨款", (general,), prefix="1.", path=("财政拨款",)),
        Row("政府性基金预算拨款", (fund,), prefix="2.", path=("财政拨款",)),
        Row("国有资本经营预算拨款", (Decimal("0.00"),), prefix="3.", path=("财政拨款",)),
    ]
    whole = general + fund
    if sources is None:
        rows += [
            Row("单位资金", (other,), prefix="二、"),
            Row("其他收入", (other,), prefix="1.", path=("单位资金",)),
            Row("本年收入合计", (whole + other,), total=True),
            Row("上年结余、结转", (carried,)),
        ]
        whole += other + carried
    return (*rows, Row("收入总计", (whole,), total=True))


def _expense_rows(accounts: Accounts, style: Style, sources: Sources) -> tuple[Row, ...]:
    """The expense side: 类 numbered, with 款 and 项 below it where the place prints them."""
    rows: list[Row] = []
    for code in _tree(accounts, sources):
        if len(code) > 3 and style.grammar == "subjects":
            continue
        count = sum(not row.path for row in rows)
        prefix = f"{_NUMERALS[count]}、" if len(code) == 3 else ""
        # The printed rows carry no code: only the indentation that a text extraction loses.
        rows.append(
            Row(
                subject_name(code),
                (_sum(accounts, sources, code),),
                "",
                _above(code),
                prefix=prefix,
            )
        )
    whole = _sum(accounts, sources)
    if sources is None:
        rows += [
            Row("本年支出合计", (whole,), total=True),
            Row("结转下年", (Decimal("0.00"),)),
        ]
    return (*rows, Row("支出总计", (whole,), total=True))


def _three_public(
    department: Department, accounts: Accounts, before: Accounts, year: int, style: Style
) -> Table:
    """In some places one row with a column for each part, in others a row for each part with last
    year's figure beside it."""
    now, last = three_public(accounts), three_public(before)
    if not style.wide:
        columns = (
            Column((f"{year - 1}年预算数",), "total", year - 1, PLAN),
            Column((f"{year}年预算数",), "total", year, PLAN),
        )
        rows = tuple(Row(name, (last[name], now[name])) for name in now)
        side = Side("", (("项目",),), columns, rows)
        return Table("three_public", 0, "财政拨款“三公”经费支出表", style.unit, (side,))
    group = "公务用车购置及运行维护费"
    paths = {
        "“三公”经费": ("“三公”经费预算数", "合计"),
        "因公出国（境）费": ("“三公”经费预算数", "因公出国（境）费"),
        CARS: ("“三公”经费预算数", group, "小计"),
        "公务用车购置费": ("“三公”经费预算数", group, "公务用车购置费"),
        "公务用车运行维护费": ("“三公”经费预算数", group, "公务用车运行维护费"),
        "公务接待费": ("“三公”经费预算数", "公务接待费"),
    }
    side = Side(
        "", (("编制部门",),),
        tuple(Column(path, "total", year, PLAN, name) for name, path in paths.items()),
        (Row(department.name, tuple(now[name] for name in paths)),),
    )  # fmt: skip
    # Places that print their tables in 元 print this one in 万元.
    return Table("three_public", 0, "部门“三公”经费预算表", "万元", (side,))


def _three_public_outturn(plan: Accounts, done: Accounts, year: int, style: Style) -> Table:
    planned, spent = three_public(plan), three_public(done)
    columns = (
        Column(("预算数",), "total", year, PLAN),
        Column(("决算数",), "total", year, OUTTURN),
    )
    rows = tuple(Row(name, (planned[name], spent[name])) for name in planned)
    side = Side("", (("项目",),), columns, rows)
    return Table("three_public", 0, "财政拨款“三公”经费支出决算表", style.unit, (side,))
