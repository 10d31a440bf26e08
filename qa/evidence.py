"""The facts behind a plan: for each selection the facts that fit it, for each group its members."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from index.facts import is_primary
from index.hierarchy import bare_label
from index.model import Fact
from index.units import convert, same_kind
from index.vocabulary import pattern
from index.wholes import whole_of
from qa.lexicon import leaf
from qa.plan import Group, Selection

__all__ = ["Evidence", "agreeing", "same_amount", "subject_of"]


@dataclass(frozen=True)
class Evidence:
    """What was found for a plan; `facts` are also those that derived ones are computed from."""

    selections: Mapping[Selection, tuple[Fact, ...]] = field(default_factory=dict)
    groups: Mapping[Group, tuple[Fact, ...]] = field(default_factory=dict)
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def chosen(self, ids: Sequence[str]) -> Evidence:
        """The evidence with the facts of these ids in place of others for the same selection."""
        wanted = set(ids)
        kept = {
            selection: tuple(f for f in found if f.id in wanted) or found
            for selection, found in self.selections.items()
        }
        return replace(self, selections=kept)


def same_amount(a: Fact, b: Fact) -> bool:
    """Whether two printed figures say the same, the coarser one rounded: 144.8 亿元 and 1448177 万元."""
    if not same_kind(a.unit, b.unit):
        return False
    x, y = a.value, convert(b.value, b.unit, a.unit)
    if x == y:
        return True
    half_a = _half_digit(a, a.unit)
    half_b = _half_digit(b, a.unit)
    return abs(x - y) <= max(half_a, half_b) and min(half_a, half_b) < max(half_a, half_b)


def _half_digit(fact: Fact, unit: str) -> Decimal:
    """Half a unit of the last printed digit: how far rounding can have moved a figure."""
    exponent = int(fact.value.as_tuple().exponent)
    return convert(Decimal(5).scaleb(min(exponent, 0) - 1), fact.unit, unit)


_YEAR = re.compile(r"^(?:19|20)[0-9]{2}年(?:度)?")


def subject_of(fact: Fact) -> str:
    """What a figure is of, in words: its row's name; for a bare 合计, or a row named like its
    organisation, its column's (公用经费) or else its table's (政府采购预算合计); for the total of one
    part of a government's budget, that part's."""
    if fact.origin == "table" and (whole := whole_of(fact.table_title, fact.label)):
        return whole
    total = bool(re.fullmatch(r"[合总小]\s*计", fact.label))
    own = bool(fact.organisation) and not fact.level and fact.label.startswith(fact.organisation)
    if fact.origin == "prose" or not (total or own):
        return fact.label
    parts = fact.measure.split("/")
    # Of 公务接待费/一般公共预算 the last part says only which money it is.
    while len(parts) > 1 and pattern("tables", "fund_columns").search(parts[-1]):
        parts.pop()
    column = _YEAR.sub("", leaf(parts[-1]))
    if column and is_primary(column) == 99:
        return column
    above = [_YEAR.sub("", bare_label(part)) for part in parts[-2:-1]]
    title = re.sub(r"(?:总|明细|情况|汇总)?表(?:[(（].*)?$", "", _YEAR.sub("", fact.table_title))
    whole = re.sub(r"(?:预算|决算)数$", "", (above or [title])[0])
    return f"{whole}{fact.label}" if total else whole


def agreeing(facts: Sequence[Fact]) -> list[list[Fact]]:
    """Facts in groups that say the same figure, in order of first appearance.

    Printed figures come before derived ones, finer units before coarser within a group."""
    groups: list[list[Fact]] = []
    for fact in facts:
        home = next(
            (
                g
                for g in groups
                if same_amount(g[0], fact)
                and (g[0].comparator, g[0].year, g[0].organisation)
                == (fact.comparator, fact.year, fact.organisation)
            ),
            None,
        )
        if home is None:
            groups.append([fact])
        else:
            home.append(fact)
    return [sorted(group, key=lambda f: (bool(f.derived), *_order(f, group))) for group in groups]


def _order(fact: Fact, group: Sequence[Fact]) -> tuple[Decimal, bool]:
    """The most exact figure first; of equally exact ones that in 万元, as people read it."""
    exact = all(convert(f.value, f.unit, fact.unit) == fact.value for f in group)
    return Decimal(0) if exact else _half_digit(fact, group[0].unit), fact.unit != "万元"
