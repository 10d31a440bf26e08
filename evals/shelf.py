"""What a set of documents says of a label: the truth that gold answers are read from.

`Shelf.figures("公务接待费", scope)` -> the distinct amounts (万元) that documents in scope print
for it.  One amount: the question has one answer.  Several: it is ambiguous.  None: it is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from evals.publication import Fact, Publication, facts

__all__ = ["Scope", "Shelf", "canonical", "in_wan"]

_SAME = {
    "因公出国（境）费用": "因公出国（境）费",
    "公务用车购置": "公务用车购置费",
    "对个人和家庭补助支出": "对个人和家庭的补助",
}


def canonical(label: str) -> str:
    """One name for what tables and prose call differently."""
    return _SAME.get(label, label)


def in_wan(fact: Fact) -> Decimal:
    """The value in 万元 for money, as it is for anything else; no trailing zeros of a division."""
    if fact.unit != "元":
        return fact.value
    return (fact.value / 10000).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Scope:
    """What the question says of where to look; `None` or "" is unsaid.  A year that is unsaid is
    each document's own.  `table` is a table's key."""

    organisation: str = ""
    year: int | None = None
    basis: str = "预算"
    table: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Documents together with their facts by label."""

    publications: tuple[Publication, ...]
    labels: dict[str, tuple[Fact, ...]] = field(repr=False)

    @classmethod
    def of(cls, publications: Iterable[Publication]) -> Shelf:
        kept = tuple(publications)
        labels: dict[str, list[Fact]] = defaultdict(list)
        for publication in kept:
            for fact in facts(publication):
                labels[canonical(fact.label)].append(fact)
        return cls(kept, {label: tuple(found) for label, found in labels.items()})

    @property
    def organisations(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(p.organisation for p in self.publications))

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted({p.year for p in self.publications}))

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted({p.kind for p in self.publications}))

    def find(self, label: str, scope: Scope, aspect: str = "total", code: str = "") -> list[Fact]:
        """The facts that fit; `code` narrows to one subject."""
        years = {p.name: p.year for p in self.publications}
        return [
            fact
            for fact in self.labels.get(canonical(label), ())
            if fact.aspect == aspect
            and scope.organisation in ("", fact.organisation)
            and fact.year == (years[fact.document] if scope.year is None else scope.year)
            and (fact.basis == scope.basis or aspect == "count")
            and scope.table in ("", fact.table)
            and (not code or fact.code == code)
        ]

    def figures(
        self, label: str, scope: Scope, aspect: str = "total", code: str = ""
    ) -> tuple[Decimal, ...]:
        """The distinct amounts, in the order they are met."""
        found = self.find(label, scope, aspect, code)
        return tuple(dict.fromkeys(in_wan(fact) for fact in found))

    def one(
        self, label: str, scope: Scope, aspect: str = "total", code: str = ""
    ) -> Decimal | None:
        """The amount, where all that fit agree."""
        amounts = self.figures(label, scope, aspect, code)
        return amounts[0] if len(amounts) == 1 else None
