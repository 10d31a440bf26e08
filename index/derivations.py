"""What the facts of prose give together: last year's amounts, and the names of lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from index.clauses import COLUMN
from index.model import Fact
from index.units import is_money

__all__ = ["named_lists", "with_derived"]


def named_lists(facts: Sequence[Fact]) -> list[Fact]:
    """Lists that no sentence introduces are of the amount before them that they add up to."""
    lists: dict[str, list[int]] = {}
    for i, fact in enumerate(facts):
        if fact.table and fact.column == 0 and is_money(fact.unit) and not fact.table_title:
            lists.setdefault(fact.table, []).append(i)
    names: dict[str, str] = {}
    for name, members in lists.items():
        first = facts[members[0]]
        own = [
            facts[i] for i in members if facts[i].year == first.year and facts[i].unit == first.unit
        ]
        total = sum((f.value for f in own), Decimal(0))
        whole = next(
            (
                f
                for f in reversed(facts[: members[0]])
                if f.column == 0
                and f.unit == first.unit
                and f.table != name
                and abs(f.value - total) <= Decimal("0.01") * len(own)
            ),
            None,
        )
        if whole and len(own) > 1:
            names[name] = whole.label
    return [replace(f, table_title=names.get(f.table, f.table_title)) for f in facts]


def with_derived(facts: Sequence[Fact]) -> list[Fact]:
    """Last year's amount, where a sentence gives this year's and the change: this − change."""
    derived: list[Fact] = []
    for i, change in enumerate(facts):
        against = next(
            (int(flag[8:]) for flag in change.flags if re.fullmatch(r"against:\d{4}", flag)), None
        )
        if change.column != COLUMN["change"] or against is None or not is_money(change.unit):
            continue
        value = next(
            (
                f
                for f in reversed(facts[max(0, i - 6) : i])
                if f.column == COLUMN["value"]
                and f.label == change.label
                and f.unit == change.unit
                and f.section == change.section
                and f.year is not None
                and f.year != against
                and change.year in (None, f.year)
                and abs(f.row - change.row) < 2
            ),
            None,
        )
        if value is None or any(
            f.label == change.label and f.year == against and f.path == value.path and f.column == 0
            for f in (*facts, *derived)
        ):
            continue
        derived.append(
            replace(
                value,
                id=f"{value.document}~d{len(derived)}",
                year=against,
                value=value.value - change.value,
                measure=value.measure,
                derived=f"{value.id}|-|{change.id}",
                reason="",
                flags=("derived",),
            )
        )
    return [*facts, *derived]
