"""The calculator on figures made by hand: every operation, exactly, and what it says no to."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.figures import MONEY
from index.library import Library
from index.model import Fact, Source
from index.units import UnitError, convert
from qa.calculator import Ambiguous, Missing, Outcome, calculate, percent, settled
from qa.evidence import Evidence
from qa.plan import (
    Average,
    Check,
    Compare,
    Count,
    Difference,
    Filter,
    Group,
    Growth,
    Plan,
    Rank,
    Selection,
    Share,
    Sum,
    Value,
)

_ids = count()


def fact(label: str, value: str | Decimal, unit: str = "万元", **fields: object) -> Fact:
    """A cell of a table of a fictional budget."""
    given_: dict[str, object] = {
        "id": f"f{next(_ids)}",
        "document": "云杉区林业局2031年部门预算.txt",
        "organisation": "云杉区林业局",
        "year": 2031,
        "origin": "table",
        "table": "t1",
        "table_title": "支出总表",
        "table_number": "3",
        "section": (),
        "row": next(_ids),
        "label": label,
        "code": "",
        "path": (),
        "depth": 0,
        "is_total": False,
        "column": 1,
        "measure": "合计",
        "value": Decimal(value),
        "unit": unit,
        "basis": "预算",
        "level": "",
        "quote": str(value),
        "source": Source("云杉区林业局2031年部门预算.txt"),
        **fields,
    }
    return Fact(**given_)  # type: ignore[arg-type]


class Shelf:
    """Facts under names, and the plans that ask for them."""

    def __init__(self, **groups: Sequence[Fact]) -> None:
        self.selections: dict[Selection, tuple[Fact, ...]] = {}
        self.facts: dict[str, Fact] = {}
        self.groups = {Group(list=name): tuple(facts) for name, facts in groups.items()}

    def value(self, *facts: Fact, **fields: object) -> Value:
        name = facts[0].label if facts else "没有的"
        selection = Selection(label=name, code=f"s{len(self.selections)}", **fields)  # type: ignore[arg-type]
        self.selections[selection] = facts
        return Value(of=selection)

    def run(self, plan: Plan) -> Outcome:
        return calculate(plan, Evidence(self.selections, self.groups, self.facts))


def one(*facts: Fact) -> Outcome:
    shelf = Shelf()
    return shelf.run(shelf.value(*facts))


def of(operation: str, *facts: Fact) -> Outcome:
    """An operation on one figure each."""
    shelf = Shelf()
    parts = [shelf.value(f) for f in facts]
    plans: dict[str, Callable[[], Plan]] = {
        "sum": lambda: Sum(parts=tuple(parts)),
        "difference": lambda: Difference(left=parts[0], right=parts[1]),
        "share": lambda: Share(part=parts[0], whole=parts[1]),
        "growth": lambda: Growth(new=parts[0], old=parts[1]),
        "average": lambda: Average(parts=tuple(parts)),
        "check": lambda: Check(left=parts[0], right=parts[1]),
        "per": lambda: Average(total=parts[0], by=parts[1]),
    }
    return shelf.run(plans[operation]())


# ---------------------------------------------------------------- expressions, worked out again


def worked_out(expression: str) -> Decimal:
    """The value of + - * / and brackets, by the grammar of arithmetic and nothing else."""

    def value(node: ast.expr) -> Decimal:
        match node:
            case ast.Constant():
                return Decimal(ast.get_source_segment(expression, node) or "")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -value(operand)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return value(left) + value(right)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                return value(left) - value(right)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return value(left) * value(right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return value(left) / value(right)
        raise AssertionError(f"no arithmetic: {expression!r}")

    with localcontext() as context:
        context.prec = 40
        return value(ast.parse(expression, mode="eval").body)


@pytest.mark.parametrize(
    ("expression", "result"),
    [("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("(-1.50) - 2", Decimal("-3.50")), ("8 / 4 / 2", 1)],
)
def test_the_gauge(expression: str, result: Decimal) -> None:
    assert worked_out(expression) == result


# ---------------------------------------------------------------- one figure


def test_a_figure_looked_up_is_no_calculation() -> None:
    outcome = one(fact("奖金", "109.40"))
    assert (str(outcome.value), outcome.unit) == ("109.40", "万元")
    assert (outcome.expression, outcome.computed, outcome.notes) == ("", False, ())
    assert [o.label for o in outcome.operands] == ["奖金"]


@pytest.mark.parametrize(
    "units",
    [
        (("4.00", "万元"), ("40000", "元")),
        (("40000", "元"), ("4.00", "万元")),
        (("40000", "元"), ("40000.00", "元")),
        (("0.12", "亿元"), ("1200", "万元")),
        (("144.8", "亿元"), ("1448177", "万元")),
    ],
)
def test_equal_figures_in_several_places_are_one_operand(
    units: tuple[tuple[str, str], tuple[str, str]],
) -> None:
    outcome = one(*(fact("奖金", *u, table=f"t{n}") for n, u in enumerate(units)))
    assert len(outcome.operands) == 1
    assert len(outcome.operands[0].facts) == 2


def test_of_equal_figures_the_exacter_one_is_said() -> None:
    outcome = one(fact("收入", "144.8", "亿元"), fact("收入", "1448177", "万元"))
    assert (str(outcome.value), outcome.unit) == ("1448177", "万元")


@pytest.mark.parametrize(
    "others",
    [
        (("4.00", "万元"), ("4.01", "万元")),
        (("4.00", "万元"), ("4", "元")),
        (("4", "个"), ("4", "万元")),
        (("144.9", "亿元"), ("1448177", "万元")),
    ],
)
def test_different_figures_of_one_name_are_ambiguous(
    others: tuple[tuple[str, str], tuple[str, str]],
) -> None:
    with pytest.raises(Ambiguous) as raised:
        one(*(fact("奖金", *u) for u in others))
    assert raised.value.label == "奖金"
    assert [len(group) for group in raised.value.groups] == [1, 1]


def test_a_bound_is_not_the_same_as_its_figure() -> None:
    with pytest.raises(Ambiguous):
        one(fact("抽检", "12", "次"), fact("抽检", "12", "次", comparator="≥"))


def test_ambiguous_names_all_its_figures_once() -> None:
    facts = [fact("奖金", v) for v in ("1", "2", "1.00", "3", "2")]
    with pytest.raises(Ambiguous) as raised:
        one(*facts)
    found = [[f.value for f in group] for group in raised.value.groups]
    assert found == [[1, 1], [2, 2], [3]]


def test_nothing_is_missing() -> None:
    shelf = Shelf()
    with pytest.raises(Missing):
        shelf.run(shelf.value())
    with pytest.raises(Missing):
        settled((), "奖金")
    with pytest.raises(Missing):
        shelf.run(Rank(group=Group(list="没有")))
    with pytest.raises(Missing):
        shelf.run(Sum(parts=(shelf.value(fact("甲", "1")), shelf.value())))


def _last_year(amount: str, change: str) -> tuple[Shelf, Value, Fact]:
    now = fact("公务接待费", amount, origin="prose")
    moved = fact("公务接待费", change, origin="prose", measure="比2030年增减额", column=1)
    then = fact(
        "公务接待费",
        Decimal(amount) - Decimal(change),
        origin="prose",
        year=2030,
        derived=f"{now.id}|-|{moved.id}",
    )
    shelf = Shelf()
    shelf.facts = {now.id: now, moved.id: moved}
    return shelf, shelf.value(then), then


@pytest.mark.parametrize(
    ("amount", "change", "value", "expression"),
    [
        ("4.00", "-2.00", "6.00", "4.00 + 2.00"),
        ("52.74", "3.19", "49.55", "52.74 - 3.19"),
        ("4.00", "0.00", "4.00", "4.00 - 0.00"),
    ],
)
def test_last_year_is_derived_and_says_so(
    amount: str, change: str, value: str, expression: str
) -> None:
    shelf, plan, _ = _last_year(amount, change)
    outcome = shelf.run(plan)
    assert (str(outcome.value), outcome.expression, outcome.year) == (value, expression, 2030)
    assert [o.value for o in outcome.operands] == [Decimal(amount), Decimal(change)]
    assert expression in outcome.notes[0]
    assert "推算" in outcome.notes[0]


def test_a_printed_figure_comes_before_a_derived_one() -> None:
    shelf, _, then = _last_year("4.00", "-2.00")
    printed = fact("公务接待费", "6.10", year=2030)
    outcome = shelf.run(shelf.value(then, printed))
    assert (str(outcome.value), outcome.computed) == ("6.10", False)


# ---------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(
    ("operation", "figures", "value", "unit", "expression"),
    [
        (
            "sum",
            ["618.72", "324.44", "109.43"],
            "1052.59",
            "万元",
            "618.72 + 324.44 + 109.43",
        ),
        ("sum", ["0.10", "0.20"], "0.30", "万元", "0.10 + 0.20"),
        ("sum", ["5", "-2.5"], "2.5", "万元", "5 + (-2.5)"),
        ("difference", ["4.00", "6.00"], "-2.00", "万元", "4.00 - 6.00"),
        ("difference", ["4.00", "-6.00"], "10.00", "万元", "4.00 - (-6.00)"),
        ("share", ["1496.44", "74420.87"], "2.01", "%", "1496.44 / 74420.87 * 100"),
        ("share", ["1", "3"], "33.33", "%", "1 / 3 * 100"),
        ("share", ["2", "3"], "66.67", "%", "2 / 3 * 100"),
        ("share", ["1", "800"], "0.13", "%", "1 / 800 * 100"),
        ("share", ["0.00", "15.00"], "0.00", "%", "0.00 / 15.00 * 100"),
        ("growth", ["73.62", "52.74"], "39.59", "%", "(73.62 - 52.74) / 52.74 * 100"),
        ("growth", ["300", "320"], "-6.25", "%", "(300 - 320) / 320 * 100"),
        ("growth", ["801", "800"], "0.13", "%", "(801 - 800) / 800 * 100"),
        ("growth", ["799", "800"], "-0.13", "%", "(799 - 800) / 800 * 100"),
        ("growth", ["5", "5.00"], "0.00", "%", "(5 - 5.00) / 5.00 * 100"),
        ("average", ["1", "2", "6"], "3", "万元", "(1 + 2 + 6) / 3"),
        ("per", ["11.00", "4"], "2.75", "万元", "11.00 / 4"),
    ],
)
def test_arithmetic(
    operation: str, figures: list[str], value: str, unit: str, expression: str
) -> None:
    outcome = of(operation, *(fact(f"甲{n}", v) for n, v in enumerate(figures)))
    assert (outcome.value, outcome.unit, outcome.expression) == (Decimal(value), unit, expression)
    assert [o.value for o in outcome.operands] == [Decimal(v) for v in figures]
    exact = worked_out(expression)
    assert exact.quantize(Decimal(value), ROUND_HALF_UP) == outcome.value


@pytest.mark.parametrize(
    ("operation", "first", "second", "value", "unit", "expression"),
    [
        ("sum", ("1.5", "万元"), ("25000", "元"), "4.0", "万元", "1.5 + 2.5"),
        ("sum", ("25000", "元"), ("1.5", "万元"), "40000", "元", "25000 + 15000"),
        ("sum", ("1", "亿元"), ("1", "万元"), "1.0001", "亿元", "1 + 0.0001"),
        ("difference", ("1", "亿元"), ("100", "万元"), "0.99", "亿元", "1 - 0.01"),
        ("share", ("5000", "元"), ("2", "万元"), "25", "%", "5000 / 20000 * 100"),
        ("growth", ("3", "万元"), ("20000", "元"), "50", "%", "(3 - 2) / 2 * 100"),
        ("average", ("1", "万元"), ("20000", "元"), "1.5", "万元", "(1 + 2) / 2"),
        ("check", ("1", "万元"), ("10000", "元"), "0", "万元", "1 - 1"),
    ],
)
def test_units_are_converted_before_anything_is_done(
    operation: str,
    first: tuple[str, str],
    second: tuple[str, str],
    value: str,
    unit: str,
    expression: str,
) -> None:
    outcome = of(operation, fact("甲", *first), fact("乙", *second))
    assert (outcome.value, outcome.unit) == (Decimal(value), unit)
    assert outcome.expression == expression
    assert worked_out(expression) == outcome.value


@pytest.mark.parametrize("operation", ["sum", "difference", "share", "growth", "average", "check"])
@pytest.mark.parametrize("unit", ["%", "辆", ""])
def test_units_of_another_kind_are_refused(operation: str, unit: str) -> None:
    with pytest.raises(UnitError):
        of(operation, fact("甲", "1"), fact("乙", "2", unit))


@pytest.mark.parametrize("operation", ["share", "growth", "per"])
@pytest.mark.parametrize("zero", ["0", "0.00"])
def test_nothing_is_divided_by_zero(operation: str, zero: str) -> None:
    with pytest.raises(UnitError, match="0"):
        of(operation, fact("甲", "1"), fact("乙", zero))


def test_an_expression_in_an_expression_keeps_its_own() -> None:
    shelf = Shelf()
    a, b, c = (shelf.value(fact(n, v)) for n, v in (("甲", "1"), ("乙", "2"), ("丙", "12")))
    outcome = shelf.run(Share(part=Sum(parts=(a, b)), whole=c))
    assert (outcome.value, outcome.expression) == (Decimal(25), "(1 + 2) / 12 * 100")


# ---------------------------------------------------------------- parents and their children


PARENT = fact("工资福利支出", "900", code="301", row=1)
CHILD = fact("基本工资", "600", code="30101", row=2, path=("工资福利支出",), depth=1)
UNCODED = fact("办公费", "50", row=3, path=("公用经费",), depth=1)
UNCODED_PARENT = fact("公用经费", "90", row=4)


@pytest.mark.parametrize("pair", [(PARENT, CHILD), (UNCODED_PARENT, UNCODED)])
@pytest.mark.parametrize("turned", [False, True])
def test_a_parent_is_never_added_to_its_child(pair: tuple[Fact, Fact], turned: bool) -> None:
    outcome = of("sum", *(reversed(pair) if turned else pair))
    assert outcome.value == pair[0].value
    assert pair[0].label in outcome.notes[-1]
    assert pair[1].label in outcome.notes[-1]
    assert "包含" in outcome.notes[-1]


def test_siblings_are_added() -> None:
    other = fact("津贴补贴", "300", code="30102", row=5, path=("工资福利支出",), depth=1)
    outcome = of("sum", CHILD, other)
    assert (outcome.value, outcome.notes) == (Decimal(900), ())


def test_equal_figures_of_two_names_are_both_added() -> None:
    assert of("sum", fact("甲", "5", row=6), fact("乙", "5", row=7)).value == 10


def test_names_with_several_figures_are_read_in_the_table_that_has_all() -> None:
    shelf = Shelf()
    wages = [fact("基本工资", "600", table="t1"), fact("基本工资", "610", table="t2")]
    extra = [fact("奖金", "100", table="t2")]
    outcome = shelf.run(Sum(parts=(shelf.value(*wages), shelf.value(*extra))))
    assert outcome.value == 710


# ---------------------------------------------------------------- lists


def _list(*values: str, unit: str = "万元") -> list[Fact]:
    return [fact(f"项目{n}", v, unit, row=n) for n, v in enumerate(values, 1)]


def _labels(outcome: Outcome) -> list[str]:
    return [item.label.removeprefix("项目") for item in outcome.items]


@pytest.mark.parametrize(
    ("k", "ascending", "labels"),
    [
        (1, False, ["2"]),
        (2, False, ["2", "3"]),
        (0, False, ["2", "3", "1"]),
        (1, True, ["1"]),
        (9, True, ["1", "3", "2"]),
    ],
)
def test_rankings(k: int, ascending: bool, labels: list[str]) -> None:
    shelf = Shelf(p=_list("9.9", "100", "20"))
    outcome = shelf.run(Rank(group=Group(list="p"), k=k, ascending=ascending))
    assert _labels(outcome) == labels
    assert outcome.value == (outcome.items[0].value if len(labels) == 1 else None)


def test_a_ranking_compares_amounts_and_not_digits() -> None:
    members = [*_list("5"), fact("元的", "49999", "元"), fact("亿的", "0.1", "亿元")]
    outcome = Shelf(p=members).run(Rank(group=Group(list="p"), k=0))
    assert [i.label for i in outcome.items] == ["亿的", "项目1", "元的"]
    assert [i.unit for i in outcome.items] == ["亿元", "万元", "元"]


def test_ties_are_listed_together() -> None:
    shelf = Shelf(p=_list("3", "5", "5.00", "1"))
    outcome = shelf.run(Rank(group=Group(list="p"), k=1))
    assert _labels(outcome) == ["2", "3"]
    assert outcome.value is None
    assert "并列" in outcome.notes[0]
    assert _labels(shelf.run(Rank(group=Group(list="p"), k=2))) == ["2", "3"]


@pytest.mark.parametrize(
    ("comparison", "value", "unit", "labels"),
    [
        (">", "20", "万元", ["2"]),
        (">=", "20", "万元", ["2", "3"]),
        ("<", "20", "万元", ["4", "1"]),
        ("<=", "20", "万元", ["4", "1", "3"]),
        ("=", "20.00", "万元", ["3"]),
        (">", "199999", "元", ["2", "3"]),
        (">", "1", "亿元", []),
        (">", "1", "%", []),
        ("up", None, "", ["2", "3", "1"]),
        ("down", None, "", ["4"]),
        ("same", None, "", ["5"]),
    ],
)
def test_filters(comparison: str, value: str | None, unit: str, labels: list[str]) -> None:
    members = _list("9.9", "100", "20", "-3", "0.00")
    if comparison in ("<", "<="):
        members = members[:4]
    bound = None if value is None else Decimal(value)
    plan = Filter(group=Group(list="p"), comparison=comparison, value=bound, unit=unit)  # type: ignore[arg-type]
    shelf = Shelf(p=members)
    outcome = shelf.run(plan)
    assert _labels(outcome) == labels
    assert shelf.run(Count(of=plan)).value == len(labels)


def test_counting_a_list() -> None:
    outcome = Shelf(p=_list("1", "2", "3")).run(Count(of=Group(list="p")))
    assert (outcome.value, outcome.unit, len(outcome.items)) == (Decimal(3), "个", 3)


def test_a_filter_without_a_bound_is_declined() -> None:
    with pytest.raises((Missing, UnitError)):
        Shelf(p=_list("1", "2")).run(Filter(group=Group(list="p"), comparison=">"))


def test_comparisons_name_who_has_no_figure() -> None:
    shelf = Shelf()
    parts = (shelf.value(fact("费", "3", year=2030)), shelf.value(), shelf.value(fact("费", "5")))
    outcome = shelf.run(Compare(parts=parts, names=("2030年", "2029年", "2031年")))
    assert [(i.label, i.value) for i in outcome.items] == [
        ("2030年", Decimal(3)),
        ("2031年", Decimal(5)),
    ]
    assert any("2029年" in note for note in outcome.notes)
    with pytest.raises(Missing):
        shelf.run(Compare(parts=(shelf.value(),), names=("2029年",)))


@pytest.mark.parametrize(
    ("order", "k", "labels"),
    [
        ("given", 0, ["甲", "乙", "丙"]),
        ("descending", 0, ["乙", "丙", "甲"]),
        ("ascending", 0, ["甲", "丙", "乙"]),
        ("descending", 1, ["乙"]),
    ],
)
def test_comparisons_in_order(order: str, k: int, labels: list[str]) -> None:
    shelf = Shelf()
    figures = (("1", "万元"), ("0.1", "亿元"), ("50000", "元"))
    parts = tuple(shelf.value(fact("费", *f)) for f in figures)
    plan = Compare(parts=parts, names=("甲", "乙", "丙"), order=order, k=k)  # type: ignore[arg-type]
    assert [i.label for i in shelf.run(plan).items] == labels


@pytest.mark.parametrize(
    ("parts", "total", "agrees", "noted"),
    [
        (("10.01", "20.02", "30.02"), "60.05", True, False),
        (("10.01", "20.02", "30.02"), "60.06", False, True),
        (("10.01", "20.02", "30.02"), "61.06", False, False),
        (("10", "20"), "30.00", True, False),
    ],
)
def test_checks_tell_rounding_from_error(
    parts: tuple[str, ...], total: str, agrees: bool, noted: bool
) -> None:
    shelf = Shelf()
    left = Sum(parts=tuple(shelf.value(fact(f"甲{n}", v)) for n, v in enumerate(parts)))
    outcome = shelf.run(Check(left=left, right=shelf.value(fact("合计", total))))
    assert outcome.agrees is agrees
    assert bool([n for n in outcome.notes if "四舍五入" in n]) is noted
    assert worked_out(outcome.expression) == outcome.value


# ---------------------------------------------------------------- properties

amounts = st.decimals("-99999", "99999", places=2)
positive = st.decimals("0.01", "9999999", places=2)
money = st.sampled_from([u for u in MONEY if u in ("元", "千元", "万元", "百万元", "亿元")])


@given(st.lists(amounts, min_size=2, max_size=6), st.randoms())
def test_a_sum_does_not_depend_on_the_order_of_names(values: list[Decimal], random: object) -> None:
    facts = [fact(f"甲{n}", v) for n, v in enumerate(values)]
    turned = random.sample(facts, len(facts))  # type: ignore[attr-defined]
    assert of("sum", *facts).value == of("sum", *turned).value == sum(values)


@given(amounts, money, money)
def test_units_go_there_and_back(value: Decimal, one_: str, other: str) -> None:
    there = convert(value, one_, other)
    assert convert(there, other, one_) == value
    assert there * MONEY[other] == value * MONEY[one_]


@given(st.lists(st.tuples(positive, money), min_size=1, max_size=8), st.booleans())
def test_a_ranking_is_in_order(figures: list[tuple[Decimal, str]], ascending: bool) -> None:
    members = [fact(f"甲{n}", v, u) for n, (v, u) in enumerate(figures)]
    outcome = Shelf(p=members).run(Rank(group=Group(list="p"), k=0, ascending=ascending))
    sizes = [i.value * MONEY[i.unit] for i in outcome.items if i.value is not None]
    assert sizes == sorted((v * MONEY[u] for v, u in figures), reverse=not ascending)


@given(
    st.sampled_from(["sum", "difference", "share", "growth", "average", "check"]),
    st.lists(st.tuples(positive, money), min_size=2, max_size=4),
)
def test_a_value_is_its_expression_worked_out(
    operation: str, figures: list[tuple[Decimal, str]]
) -> None:
    outcome = of(operation, *(fact(f"甲{n}", v, u) for n, (v, u) in enumerate(figures)))
    exact = worked_out(outcome.expression)
    assert outcome.value is not None
    if outcome.unit == "%":
        exact = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert abs(exact - outcome.value) <= abs(exact) * Decimal("1e-25")


@given(positive, positive)
def test_percent_is_half_up_to_two_places(part: Decimal, whole: Decimal) -> None:
    found = percent(part, whole)
    assert found.as_tuple().exponent == -2
    with localcontext() as context:
        context.prec = 60
        assert abs(found - part * 100 / whole) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("part", "whole", "value"),
    [("1", "800", "0.13"), ("0.5", "10000", "0.01"), ("0.49", "10000", "0.00")],
)
def test_the_half_is_rounded_up(part: str, whole: str, value: str) -> None:
    assert str(percent(Decimal(part), Decimal(whole))) == value


def _families(library: Library) -> Iterator[tuple[Fact, list[Fact]]]:
    """The coded rows of each table and column of the generated documents, with their children."""
    cells: dict[tuple[str, int], dict[str, Fact]] = {}
    for found in library.facts():
        if found.origin == "table" and found.code and not found.derived:
            cells.setdefault((found.table, found.column), {})[found.code] = found
    for rows in cells.values():
        for code, parent in rows.items():
            children = [f for c, f in rows.items() if len(c) == len(code) + 2 and c[:-2] == code]
            if len(children) > 1 and parent.measure in ("合计", "基本支出", "项目支出"):
                yield parent, children


def test_children_sum_to_their_parent_where_the_source_adds_up(sample_library: Library) -> None:
    families = list(_families(sample_library))
    assert len(families) > 40
    for parent, children in families:
        shelf = Shelf(rows=children)
        total = Sum(group=Group(list="rows"))
        outcome = shelf.run(Check(left=total, right=shelf.value(parent)))
        assert (outcome.value, outcome.agrees) == (Decimal(0), True), (parent, children)
        both = of("sum", parent, *children)
        assert both.value == parent.value
        assert "包含" in both.notes[-1]
