"""The plan language: how each node is read, its JSON and its schema."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import get_args

import pytest
from pydantic import ValidationError

from qa.plan import (
    Average,
    Before,
    Check,
    Compare,
    Count,
    Difference,
    Filter,
    Given,
    Group,
    Growth,
    Plan,
    Rank,
    Ratio,
    Selection,
    Share,
    Sum,
    Value,
    parse_plan,
    plan_schema,
)

A = Value(of=Selection(label="基本工资", year=2031))
B = Value(of=Selection(label="奖金", table="8", measure="合计"))
PROJECTS = Group(list="t5", parent="项目支出", measure="总计")

PLANS: list[tuple[Plan, str]] = [
    (Value(of=Selection(label="奖金")), "value(奖金)"),
    (Value(of=Selection(code="2130201")), "value(2130201)"),
    (
        Value(
            of=Selection(
                label="行政运行",
                parents=("农林水支出", "林业和草原"),
                table="3",
                measure="基本支出",
                kind="change",
                document="甲.txt",
                organisation="林业局",
                year=2031,
                basis="决算",
                level="市本级",
            )
        ),
        "value(行政运行, parents=农林水支出/林业和草原, table=3, measure=基本支出, kind=change, "
        "organisation=林业局, year=2031, basis=决算, level=市本级, document=甲.txt)",
    ),
    (Sum(parts=(A, B)), "sum(value(基本工资, year=2031), value(奖金, table=8, measure=合计))"),
    (Sum(group=PROJECTS), "sum(group(t5, parent=项目支出, measure=总计))"),
    (
        Difference(left=A, right=B),
        "difference(value(基本工资, year=2031), value(奖金, table=8, measure=合计))",
    ),
    (
        Share(part=A, whole=Sum(parts=(A, B))),
        "share(value(基本工资, year=2031), "
        "sum(value(基本工资, year=2031), value(奖金, table=8, measure=合计)))",
    ),
    (
        Ratio(left=Sum(parts=(A, B)), right=B),
        "ratio(sum(value(基本工资, year=2031), value(奖金, table=8, measure=合计)), "
        "value(奖金, table=8, measure=合计))",
    ),
    (
        Growth(new=A, old=B),
        "growth(value(基本工资, year=2031), value(奖金, table=8, measure=合计))",
    ),
    (Given(value=Decimal("12.5"), unit="万元"), "given(12.5 万元)"),
    (
        Before(new=A, rate=B),
        "before(value(基本工资, year=2031), value(奖金, table=8, measure=合计))",
    ),
    (Average(parts=(A, A)), "average(value(基本工资, year=2031), value(基本工资, year=2031))"),
    (Average(group=Group(list="t5")), "average(group(t5))"),
    (Average(total=A, number=Decimal(4)), "average(value(基本工资, year=2031), by=4)"),
    (
        Average(total=A, by=Value(of=Selection(label="车辆")), per="辆"),
        "average(value(基本工资, year=2031), by=value(车辆))",
    ),
    (
        Rank(group=PROJECTS, k=3, ascending=True),
        "rank(group(t5, parent=项目支出, measure=总计), k=3, ascending)",
    ),
    (Rank(group=Group(list="t5")), "rank(group(t5), k=1)"),
    (Rank(group=Group(list="t5"), k=2, place=2), "rank(group(t5), k=2, place=2)"),
    (
        Filter(group=Group(list="t5"), comparison=">", value=Decimal("50.5"), unit="万元"),
        "filter(group(t5), > 50.5 万元)",
    ),
    (Filter(group=Group(list="t5"), comparison="down"), "filter(group(t5), down)"),
    (Count(of=Group(list="t5")), "count(group(t5))"),
    (
        Count(of=Filter(group=Group(list="t5"), comparison="up")),
        "count(filter(group(t5), up))",
    ),
    (
        Compare(parts=(A, A), names=("2030年", "2031年"), order="descending"),
        "compare(value(基本工资, year=2031), value(基本工资, year=2031), order=descending)",
    ),
    (
        Check(left=A, right=B),
        "check(value(基本工资, year=2031), value(奖金, table=8, measure=合计))",
    ),
]
NODES = set(get_args(get_args(Plan)[0]))


def test_every_node_is_tried_here() -> None:
    assert {type(plan) for plan, _ in PLANS} == NODES


@pytest.mark.parametrize(("plan", "printed"), PLANS, ids=lambda x: x if isinstance(x, str) else "")
def test_a_plan_reads_like_what_it_does(plan: Plan, printed: str) -> None:
    assert str(plan) == printed


@pytest.mark.parametrize(("plan", "printed"), PLANS, ids=lambda x: x if isinstance(x, str) else "")
def test_a_plan_survives_its_json(plan: Plan, printed: str) -> None:
    again = parse_plan(plan.model_dump_json())
    assert again == plan
    assert type(again) is type(plan)
    assert str(again) == printed


def test_amounts_in_json_are_no_floats() -> None:
    plan = Filter(group=Group(list="t"), comparison=">", value=Decimal("0.10"), unit="万元")
    assert json.loads(plan.model_dump_json())["value"] == "0.10"
    again = parse_plan(plan.model_dump_json())
    assert isinstance(again, Filter)
    assert str(again.value) == "0.10"


def test_the_schema_names_every_operation() -> None:
    schema = plan_schema()
    mapping = schema["discriminator"]["mapping"]  # type: ignore[index]
    assert set(mapping) == {node.model_fields["op"].default for node in NODES}
    definitions = schema["$defs"]
    assert all(not d.get("additionalProperties", True) for d in definitions.values())  # type: ignore[attr-defined]
    json.dumps(schema)


@pytest.mark.parametrize(
    "text",
    [
        '{"op": "eval", "code": "1+1"}',
        '{"op": "sql", "of": {"label": "奖金"}}',
        '{"of": {"label": "奖金"}}',
        '{"op": "value"}',
        '{"op": "value", "of": {"label": "奖金", "where": "1=1"}}',
        '{"op": "value", "of": {"label": "奖金"}, "unit": "万元"}',
        '{"op": "value", "of": {"label": "奖金", "kind": "anything"}}',
        '{"op": "value", "of": {"label": "奖金", "year": "去年"}}',
        '{"op": "sum", "parts": [{"op": "system"}]}',
        '{"op": "share", "part": {"op": "value", "of": {"label": "奖金"}}}',
        '{"op": "filter", "group": {"list": "t"}, "comparison": "like"}',
        '{"op": "filter", "group": {"list": "t"}, "comparison": ">", "value": "很多"}',
        '{"op": "count", "of": {"op": "value", "of": {"label": "奖金"}}}',
        '{"op": "compare", "parts": [], "names": [], "order": "random"}',
        "[]",
        '"value(奖金)"',
        "not json",
        "",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse_plan(text)


def test_a_plan_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        A.of = B.of
    assert len({A, A, B}) == 2
