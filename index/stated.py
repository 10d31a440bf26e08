"""A figure as a paragraph states it, and the fact that is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from index.aspects import level_in
from index.clauses import COLUMN, Kind
from index.figures import Quantity
from index.model import Fact, Paragraph, Profile
from index.subjects import fund_in
from index.units import is_money

__all__ = ["Scope", "Statement", "fact_of", "placed"]


@dataclass(slots=True)
class Scope:
    """What is known while a paragraph is read: the only mutable thing here, gone after it.

    `at` is where the sentence begins; `opened` says that the paragraph names its subject in front (①基本支出。安排48亿元); `fund` and
    `place` are what bare 收入, 支出 and 结余 are of."""

    document: str
    profile: Profile
    section: tuple[str, ...]
    source: Paragraph
    path: tuple[str, ...]
    subject: str
    opened: bool = False
    listed: str = ""
    item: str = ""
    list_name: str = ""
    year: int | None = None
    fund: str = ""
    place: str = ""
    basis: str = ""
    parent: tuple[str, ...] | None = None
    level: str = ""
    many_years: bool = False
    lately: bool = False
    at: int = 0
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Statement:
    kind: Kind
    label: str
    path: tuple[str, ...]
    quantity: Quantity
    value: Decimal
    year: int | None
    measure: str
    basis: str
    against: int | None = None


def fact_of(statement: Statement, sentence: str, scope: Scope) -> Fact:
    listed = bool(scope.listed) and (
        statement.label == scope.item if scope.item else statement.path == scope.path
    )
    flags = (f"against:{statement.against}",) if statement.against else ()
    basis = scope.basis if statement.kind == "value" and is_money(statement.quantity.unit) else ""
    return Fact(
        id="",
        document=scope.document,
        organisation=scope.profile.organisation,
        year=statement.year,
        origin="prose",
        table=scope.listed if listed else _inner_list(scope, statement),
        table_title=scope.list_name if listed else statement.path[-1] if statement.path else "",
        table_number="",
        section=scope.section,
        row=scope.source.source.line or 0,
        label=statement.label,
        code="",
        path=statement.path,
        depth=len(statement.path),
        is_total=False,
        column=COLUMN[statement.kind],
        measure=statement.measure,
        value=statement.value,
        unit=statement.quantity.unit,
        basis=statement.basis or basis,
        level=_level(scope),
        quote=sentence,
        source=scope.source.source_at(scope.at + statement.quantity.start),
        comparator=statement.quantity.comparator,
        flags=flags,
    )


def _level(scope: Scope) -> str:
    """The level of government; a department has none."""
    if "政府" not in scope.profile.kind:
        return ""
    return scope.level or level_in("".join(scope.section[-2:]))


def _inner_list(scope: Scope, statement: Statement) -> str:
    """Members named in one breath (其中：A…、B…) make a list of their own."""
    if scope.parent is None or statement.path != scope.parent:
        return ""
    where = scope.source.source
    return f"{scope.document}¶{where.page or 0}.{where.line or 0}.{scope.parent[-1]}"


def placed(facts: list[Fact], place: str) -> list[Fact]:
    """The figures of a paragraph on a district's budget, named as the district's; those of a
    paragraph that speaks of no budget are not the district's."""
    if not place or not any(fund_in(fact.label) for fact in facts):
        return facts
    return [fact if fact.level else _placed(fact, place) for fact in facts]


def _placed(fact: Fact, place: str) -> Fact:
    """青湖管理区一般公共预算收入; what is named otherwise (上级补助) stands below the district."""

    def of_place(name: str) -> str:
        return f"{place}{name}" if fund_in(name) and place not in name else name

    label, path = of_place(fact.label), tuple(of_place(name) for name in fact.path)
    if not any(place in name for name in (*path, label)):
        path = (place, *path)
    title = of_place(fact.table_title)
    return replace(fact, label=label, path=path, depth=len(path), table_title=title)
