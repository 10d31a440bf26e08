"""What every maker of questions needs: a focus document, what the question says of it, the row.

A maker is a function `Setting -> Row | None`; `None` where the document offers nothing to ask or
the answer would not be the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from evals.publication import Fact, Publication
from evals.region import subject_name
from evals.shelf import Scope, Shelf
from evals.wording import Said, aliases, ask, phrase

__all__ = ["Maker", "Row", "Setting", "amounts_of", "percent", "row", "setting", "subject_form"]

Row = dict[str, Any]
_UNNAMED = ("合计",)
_COLUMNS = {"基本支出": "basic", "项目支出": "project"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One question in the making: `publication` is what it is about, `scope` and `said` what it
    says of it; `strict` where 预算 or 决算 must be said because the shelf has both."""

    shelf: Shelf
    publication: Publication
    rng: Random
    scope: Scope
    said: Said
    strict: bool

    @property
    def basis(self) -> str:
        return self.scope.basis

    @property
    def here(self) -> Scope:
        """The scope of the focus document, whatever the question says."""
        return Scope(self.publication.organisation, self.publication.year, self.basis)

    def ask(self, symbol: str, **slots: str) -> str:
        """The question in words; `b` is 预算 or 决算."""
        return ask(symbol, self.rng, self.said, {"b": self.basis, **slots})

    def unsaid_year(self) -> Setting:
        """The same without a year, for questions that name their years themselves."""
        return replace(self, said=replace(self.said, year=""), scope=replace(self.scope, year=None))

    def unsaid_org(self) -> Setting:
        """The same without a department, where one alone has what is asked for."""
        return replace(
            self,
            said=replace(self.said, org="", manner="bare"),
            scope=replace(self.scope, organisation=""),
        )

    def one(self, label: str, aspect: str = "total", code: str = "") -> Decimal | None:
        """The only amount the question can mean, or `None`."""
        value = self.shelf.one(label, self.scope, aspect, code)
        if label in _COLUMNS and aspect == "total":
            # A general table's column has a total of its own, less than that of the department.
            others = set(self.shelf.figures("合计", self.scope, _COLUMNS[label])) - {Decimal(0)}
            return value if others <= {value} else None
        return value


Maker = Callable[[Setting], Row | None]


def setting(shelf: Shelf, rng: Random) -> Setting:
    """A random focus document; department and year are said where several are on the shelf, and
    sometimes where not."""
    publication = rng.choice(shelf.publications)
    basis = "决算" if publication.kind.endswith("决算") else "预算"
    mine = [p for p in shelf.publications if p.organisation == publication.organisation]
    many_years = len({p.year for p in mine}) > 1
    strict = len(shelf.kinds) > 1
    org = strict or len(shelf.organisations) > 1 or rng.random() < 0.4
    year = strict or many_years or rng.random() < 0.45
    scope = Scope(
        publication.organisation if org else "", publication.year if year else None, basis
    )
    said = Said(
        org_name(shelf, publication.organisation, rng) if org else "",
        str(publication.year) if year else "",
        basis,
        "strict" if strict else "free" if len(shelf.publications) == 1 else "bare",
    )
    return Setting(shelf, publication, rng, scope, said, strict)


def org_name(shelf: Shelf, organisation: str, rng: Random) -> str:
    """A name people use: the full one, or, where only one on the shelf is so called, the one
    without the city and the bare office."""
    city_end = organisation.index("市") + 1
    district_end = organisation.index("区") + 1
    local, short = organisation[city_end:], organisation[district_end:]
    names = [organisation]
    if sum(other.endswith(local) for other in shelf.organisations) == 1:
        names.append(local)
    if sum(other.endswith(short) for other in shelf.organisations) == 1:
        names += [short, short, "区" + short]
    return rng.choice(names)


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """Per cent with two decimals, half up."""
    return (part / whole * 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def amounts_of(setting: Setting, *, origin: str = "") -> list[Fact]:
    """This year's named amounts in the focus document, one fact a label, zeros left out."""
    publication = setting.publication
    seen: dict[str, Fact] = {}
    for facts in setting.shelf.labels.values():
        for fact in facts:
            if (
                fact.document == publication.name
                and fact.aspect == "total"
                and fact.year == publication.year
                and fact.basis == setting.basis
                and fact.value
                and fact.label not in (*_UNNAMED, publication.organisation)
                and origin in ("", fact.origin)
            ):
                seen.setdefault(fact.label, fact)
    return list(seen.values())


def subject_form(setting: Setting, fact: Fact) -> tuple[str, str]:
    """How a question names a fact's label, and the code that form narrows it to (or "").

    The bare name, an alias, or for a 项 its trail `类…款…项`."""
    rng = setting.rng
    if len(fact.code) == 7 and rng.random() < 0.25:
        names = [subject_name(fact.code[:width]) for width in (3, 5)]
        return trail(rng, names[0], names[1], fact.label), fact.code
    return rng.choice(aliases(fact.label)), ""


def trail(rng: Random, division: str, group: str, item: str) -> str:
    """`教育支出（类）普通教育（款）小学教育（项）` and the like."""
    return phrase("trail", rng, {"l": division, "k": group, "x": item})


def row(
    setting: Setting,
    type: str,
    question: str,
    *,
    value: Decimal | None = None,
    unit: str = "",
    alt: Sequence[tuple[Decimal, str]] = (),
    items: Iterable[str] = (),
    unordered: bool = False,
    contains: Sequence[Sequence[str]] = (),
    not_contains: Sequence[Sequence[str]] = (),
    cite: Iterable[str] = (),
    docs: Iterable[str] = (),
    expr: str = "",
    refuse: bool = False,
) -> Row:
    """A question record of the contract; keys without content are left out."""
    record: Row = {
        "type": type,
        "question": question,
        "docs": list(docs) or [setting.publication.name],
        "value": None if value is None else f"{value:f}",
        "unit": unit,
        "alt": [[f"{number:f}", name] for number, name in alt],
        "items": list(items),
        "unordered": unordered,
        "contains": [list(clause) for clause in contains],
        "not_contains": [list(clause) for clause in not_contains],
        "cite": list(dict.fromkeys(cite)),
        "expr": expr,
        "refuse": refuse,
    }
    return {key: content for key, content in record.items() if content not in (None, "", [], False)}
