"""The plan language: what a question asks to be looked up or computed, between words and arithmetic.

A plan is a small typed expression over *selections* of facts.  The rules write plans, a chat model
may write the same ones as JSON (`Plan` has a JSON schema), and only the calculator executes them.

>>> str(Sum(parts=(Value(of=Selection(label="基本工资")), Value(of=Selection(label="奖金")))))
'sum(value(基本工资), value(奖金))'
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

__all__ = [
    "Average",
    "Before",
    "Check",
    "Compare",
    "Count",
    "Difference",
    "Filter",
    "Given",
    "Group",
    "Growth",
    "Order",
    "Plan",
    "Rank",
    "Ratio",
    "Selection",
    "Share",
    "Sum",
    "Value",
    "parse_plan",
    "plan_schema",
]

Kind = Literal["value", "change", "rate", "share", "completion"]
Order = Literal["given", "descending", "ascending"]


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Selection(_Node):
    """Which facts are meant; an empty field leaves it open.

    `label` is a row's or a sentence's subject as printed, `code` its code, `parents` labels that
    must stand above it, `table` a table's id, title or number, `measure` a column (empty: the
    column a reader would take), `kind` what prose says of a subject besides its amount."""

    label: str = ""
    code: str = ""
    parents: tuple[str, ...] = ()
    table: str = ""
    measure: str = ""
    kind: Kind = "value"
    document: str = ""
    organisation: str = ""
    year: int | None = None
    basis: str = ""
    level: str = ""

    def __str__(self) -> str:
        named = [self.label or self.code]
        named += [
            f"{key}={value}"
            for key, value in (
                ("parents", "/".join(self.parents)),
                ("table", self.table),
                ("measure", self.measure),
                ("kind", self.kind if self.kind != "value" else ""),
                ("organisation", self.organisation),
                ("year", self.year or ""),
                ("basis", self.basis),
                ("level", self.level),
                ("document", self.document),
            )
            if value
        ]
        return ", ".join(part for part in named if part)


class Group(_Node):
    """The members of a list: rows of a table, children of a row, items of an enumeration.

    `list` is the id of the table or prose list, `parent` the label whose children are meant, `depth`
    the code length wanted (3 类, 5 款, 7 项; 0 any), `measure` the column compared."""

    list: str
    parent: str = ""
    measure: str = ""
    depth: int = 0
    year: int | None = None
    kind: Kind = "value"
    containing: str = ""

    def __str__(self) -> str:
        named = [
            self.list,
            f"parent={self.parent}" if self.parent else "",
            f"measure={self.measure}" if self.measure else "",
        ]
        return "group(" + ", ".join(part for part in named if part) + ")"


class Value(_Node):
    """One figure."""

    op: Literal["value"] = "value"
    of: Selection

    def __str__(self) -> str:
        return f"value({self.of})"


class Given(_Node):
    """A figure that the question itself gives."""

    op: Literal["given"] = "given"
    value: Decimal
    unit: str = ""

    def __str__(self) -> str:
        return f"given({self.value} {self.unit})"


class Sum(_Node):
    """Several figures added; or all members of a group."""

    op: Literal["sum"] = "sum"
    parts: tuple[Plan, ...] = ()
    group: Group | None = None

    def __str__(self) -> str:
        return f"sum({self.group or ', '.join(map(str, self.parts))})"


class Difference(_Node):
    """`left` − `right`."""

    op: Literal["difference"] = "difference"
    left: Plan
    right: Plan

    def __str__(self) -> str:
        return f"difference({self.left}, {self.right})"


class Share(_Node):
    """`part` / `whole`, in %."""

    op: Literal["share"] = "share"
    part: Plan
    whole: Plan

    def __str__(self) -> str:
        return f"share({self.part}, {self.whole})"


class Ratio(_Node):
    """How many times `right` goes into `left`."""

    op: Literal["ratio"] = "ratio"
    left: Plan
    right: Plan

    def __str__(self) -> str:
        return f"ratio({self.left}, {self.right})"


class Growth(_Node):
    """(`new` − `old`) / `old`, in %."""

    op: Literal["growth"] = "growth"
    new: Plan
    old: Plan

    def __str__(self) -> str:
        return f"growth({self.new}, {self.old})"


class Before(_Node):
    """What something was before it changed by `rate`, in %: `new` / (1 + `rate`)."""

    op: Literal["before"] = "before"
    new: Plan
    rate: Plan

    def __str__(self) -> str:
        return f"before({self.new}, {self.rate})"


class Average(_Node):
    """The mean of a group or of `parts`, or `total` divided by a count `by`."""

    op: Literal["average"] = "average"
    parts: tuple[Plan, ...] = ()
    group: Group | None = None
    total: Plan | None = None
    by: Plan | None = None
    number: Decimal | None = None
    per: str = ""

    def __str__(self) -> str:
        if self.total:
            return f"average({self.total}, by={self.by or self.number})"
        return f"average({self.group or ', '.join(map(str, self.parts))})"


class Rank(_Node):
    """The first `k` members of a group, largest first unless `ascending`; `k` 0 is all, `place` the
    only one wanted (第二大: 2)."""

    op: Literal["rank"] = "rank"
    group: Group
    k: int = 1
    ascending: bool = False
    place: int = 0

    def __str__(self) -> str:
        place = f", place={self.place}" if self.place else ""
        return f"rank({self.group}, k={self.k}{', ascending' if self.ascending else ''}{place})"


class Filter(_Node):
    """The members of a group above or below a bound, or that rose, fell, stayed."""

    op: Literal["filter"] = "filter"
    group: Group
    comparison: Literal[">", ">=", "<", "<=", "=", "up", "down", "same"]
    value: Decimal | None = None
    unit: str = ""

    def __str__(self) -> str:
        bound = f" {self.value} {self.unit}" if self.value is not None else ""
        return f"filter({self.group}, {self.comparison}{bound})"


class Count(_Node):
    """How many members a group or a filter has."""

    op: Literal["count"] = "count"
    of: Filter | Group

    def __str__(self) -> str:
        return f"count({self.of})"


class Compare(_Node):
    """Several figures side by side, in order if `ordered`; `names` say what each is."""

    op: Literal["compare"] = "compare"
    parts: tuple[Plan, ...]
    names: tuple[str, ...]
    order: Order = "given"
    k: int = 0

    def __str__(self) -> str:
        return f"compare({', '.join(map(str, self.parts))}, order={self.order})"


class Check(_Node):
    """Whether two figures agree."""

    op: Literal["check"] = "check"
    left: Plan
    right: Plan

    def __str__(self) -> str:
        return f"check({self.left}, {self.right})"


Plan = Annotated[
    Value
    | Given
    | Sum
    | Difference
    | Share
    | Ratio
    | Growth
    | Before
    | Average
    | Rank
    | Filter
    | Count
    | Compare
    | Check,
    Field(discriminator="op"),
]

for _node in (Sum, Difference, Share, Ratio, Growth, Before, Average, Compare, Check):
    _node.model_rebuild()

_ADAPTER: TypeAdapter[Plan] = TypeAdapter(Plan)


def parse_plan(text: str) -> Plan:
    """A plan from its JSON; raises pydantic's `ValidationError` for anything else.

    >>> str(parse_plan('{"op": "value", "of": {"label": "奖金"}}'))
    'value(奖金)'
    """
    return _ADAPTER.validate_json(text)


def plan_schema() -> dict[str, object]:
    """The JSON schema of plans."""
    return _ADAPTER.json_schema()
