"""A fictional region whose budgets add up: the world the sample and the question sets are made of.

Everything is built from one kind of atom, `Spending`: an amount with its functional 项, its
economic 款, its source and (when it is project spending) its project.  Tables and prose are sums
over atoms, so children add up to parents and prose agrees with tables by construction; a year's
comparison with the year before reads that year's accounts, so documents agree over the years.

>>> region = make_region(seed=7, departments=2, years=(2023, 2024), size="small")
>>> [department.name for department in region.departments]  # doctest: +SKIP
['霁川市枫汀区商务局', '霁川市枫汀区司法局']

All amounts are `Decimal` in 万元 with two decimals.  Names, projects and reasons are invented
(`data/departments.toml`, `data/reasons.toml`); subjects and codes are the national classification
of budget subjects (`data/subjects.toml`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from random import Random
from typing import Any, Literal

__all__ = [
    "FUND",
    "GENERAL",
    "Accounts",
    "Department",
    "FiscalYear",
    "Procurement",
    "Project",
    "Region",
    "Spending",
    "data",
    "make_region",
    "subject_name",
]

Size = Literal["small", "medium", "large"]
GENERAL = "一般公共预算"
FUND = "政府性基金预算"
OTHER = "单位资金"
CARRIED = "上年结转"

_PROJECTS = {"small": 4, "medium": 6, "large": 9}
_BASIC = {"small": 0, "medium": 1, "large": 2}


@cache
def data(name: str) -> dict[str, Any]:
    """The tables of `evals/data/<name>.toml`."""
    return tomllib.loads((resources.files("evals") / "data" / f"{name}.toml").read_text("utf-8"))


def subject_name(code: str) -> str:
    """The name of a functional or economic subject: `subject_name("2010401")` -> `行政运行`."""
    subjects = data("subjects")
    functional, economic = subjects["function"], subjects["economic"]
    return str(functional[code] if code in functional else economic[code])


@dataclass(frozen=True, slots=True)
class Spending:
    """One amount; `project` is empty for basic spending."""

    function: str
    economic: str
    source: str
    project: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Procurement:
    """政府采购 by kind."""

    goods: Decimal
    works: Decimal
    services: Decimal

    @property
    def total(self) -> Decimal:
        return self.goods + self.works + self.services


@dataclass(frozen=True, slots=True)
class Project:
    """A project of a department: its name, its functional 项, its source, what it is for."""

    name: str
    function: str
    source: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Accounts:
    """The spending of one department in one year, planned or carried out."""

    spending: tuple[Spending, ...]
    procurement: Procurement

    def total(
        self,
        *,
        function: str = "",
        economic: tuple[str, ...] = ("",),
        source: str | None = None,
        project: str | None = None,
        basic: bool | None = None,
    ) -> Decimal:
        """The sum of the atoms that fit; `function` and `economic` are code prefixes."""
        fitting = (
            atom.amount
            for atom in self.spending
            if atom.function.startswith(function)
            and atom.economic.startswith(economic)
            and source in (None, atom.source)
            and project in (None, atom.project)
            and basic in (None, not atom.project)
        )
        return sum(fitting, Decimal("0.00"))

    def functions(self, source: str | None = None) -> tuple[str, ...]:
        """The 项 codes with spending, in order."""
        used = {a.function for a in self.spending if source in (None, a.source) and a.amount}
        return tuple(sorted(used))

    def economics(self, source: str | None = None, basic: bool | None = None) -> tuple[str, ...]:
        """The economic 款 codes with spending, in order."""
        fitting = (
            a.economic
            for a in self.spending
            if source in (None, a.source) and basic in (None, not a.project) and a.amount
        )
        return tuple(sorted(set(fitting)))

    def projects(self) -> tuple[str, ...]:
        """The names of the projects, as first met."""
        return tuple(dict.fromkeys(atom.project for atom in self.spending if atom.project))


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """A year of a department: what was planned, what was carried out, how many cars it had."""

    year: int
    budget: Accounts
    outturn: Accounts
    vehicles: int


@dataclass(frozen=True, slots=True)
class Department:
    """A department.  `years` begins with the year before the first published one, which exists
    only as the base of the first comparison; `operating` lists the economic 款 that count as
    机关运行经费."""

    name: str
    region: str
    duties: tuple[str, ...]
    units: tuple[str, ...]
    projects: tuple[Project, ...]
    admin: str
    operating: tuple[str, ...]
    years: tuple[FiscalYear, ...]
    seed: str

    @property
    def short(self) -> str:
        """The name without its region: `水务局`."""
        return self.name.removeprefix(self.region)

    def of(self, year: int) -> FiscalYear:
        """The accounts of a year."""
        return next(fiscal for fiscal in self.years if fiscal.year == year)

    def reason(self, topic: str, year: int, before: Decimal, now: Decimal, key: str = "") -> str:
        """Why an amount changed, or "" where it did not or where no reason is disclosed (one in
        six).  The same question has the same answer in every document."""
        if before == now:
            return ""
        rng = Random(f"{self.seed}/{year}/{topic}/{key}")
        pool = data("reasons")[topic]["up" if now > before else "down"]
        return "" if rng.random() < 1 / 6 else str(rng.choice(pool))


@dataclass(frozen=True, slots=True)
class Region:
    """The departments of one invented city and the years they publish documents for."""

    seed: int
    city: str
    departments: tuple[Department, ...]
    years: tuple[int, ...]


def make_region(seed: int, departments: int, years: Sequence[int], size: Size = "small") -> Region:
    """A region, the same for the same arguments.  `years` are consecutive; `departments` up to
    640; `size` sets how many projects and economic subjects a department has."""
    years = tuple(sorted(years))
    if not years or years != tuple(range(years[0], years[-1] + 1)):
        raise ValueError(f"years must be consecutive: {years}")
    rng = Random(f"region/{seed}")
    source = data("departments")
    lists = (source["places"]["cities"], source["places"]["districts"], source["department"])
    cities, districts, kinds = (rng.sample(rows, len(rows)) for rows in lists)
    names = [(city, district, kind) for city in cities for district in districts for kind in kinds]
    if departments > len(names):
        raise ValueError(f"at most {len(names)} departments")
    made = (_department(seed, *name, years, size) for name in names[:departments])
    return Region(seed, cities[0], tuple(made), years)


def _department(
    seed: int, city: str, district: str, kind: dict[str, Any], years: tuple[int, ...], size: Size
) -> Department:
    name = f"{city}{district}{kind['name']}"
    rng = Random(f"{seed}/{name}")
    projects = tuple(
        Project(p["name"], p["function"], p.get("source", GENERAL), p["purpose"])
        for p in kind["projects"]
    )
    everyday = [c for c in data("subjects")["economic"] if len(c) == 5 and c[:3] in ("302", "310")]
    if rng.random() < 0.5:
        everyday = [code for code in everyday if code not in ("30228", "30229")]
    return Department(
        name=name,
        region=city + district,
        duties=tuple(kind["duties"]),
        units=tuple(kind["units"]),
        projects=projects,
        admin=kind["admin"],
        operating=tuple(everyday),
        years=tuple(_years(rng, kind, years, size)),
        seed=f"{seed}/{name}",
    )


# ------------------------------------------------------------------------------------- the years


def _years(
    rng: Random, kind: dict[str, Any], years: tuple[int, ...], size: Size
) -> Iterable[FiscalYear]:
    basic = _first_basic(rng, kind["admin"], size)
    lines = {row["name"]: _first_project(rng, row) for row in kind["projects"]}
    active = _first_projects(rng, kind, size)
    vehicles = rng.randint(2, 9)
    for year in (years[0] - 1, *years):
        if year >= years[0]:
            basic = _evolved(rng, basic)
            lines = {name: _evolved(rng, atoms) for name, atoms in lines.items()}
            active = _changed(rng, active, list(lines))
            vehicles = max(1, vehicles + rng.choice((-1, 0, 0, 1)))
        spending = basic + tuple(atom for name in active for atom in lines[name])
        budget = Accounts(spending, _procurement(rng, spending))
        done = tuple(_scaled(atom, _execution(rng, atom)) for atom in spending)
        yield FiscalYear(year, budget, Accounts(done, _procurement(rng, done)), vehicles)


def _first_basic(rng: Random, admin: str, size: Size) -> tuple[Spending, ...]:
    rows = [row for row in data("subjects")["basic"] if row.get("size", 0) <= _BASIC[size]]
    return tuple(
        Spending(
            row.get("function", admin),
            row["economic"],
            GENERAL,
            "",
            _money(0 if _idle(rng, row["economic"]) else rng.randint(row["low"], row["high"])),
        )
        for row in rows
    )


def _idle(rng: Random, economic: str) -> bool:
    """Going abroad and buying cars are planned in some departments only."""
    return rng.random() < {"30212": 0.6, "31013": 0.5}.get(economic, 0)


def _first_project(rng: Random, row: dict[str, Any]) -> tuple[Spending, ...]:
    """A project's atoms: two economic 款 of its own source, sometimes a part from elsewhere."""
    first, second = row["economic"]
    total = rng.randint(*rng.choice(((1500, 9000), (9000, 60000), (2000, 20000))))
    if rng.random() < 0.4:
        total = total // 500 * 500
    split = total * rng.randint(55, 90) // 100
    source = row.get("source", GENERAL)
    atoms = [(first, source, split), (second, source, total - split)]
    if source == GENERAL and rng.random() < 0.12:
        atoms.append((first, rng.choice((OTHER, CARRIED)), rng.randint(300, 3000)))
    return tuple(
        Spending(row["function"], economic, origin, row["name"], _money(cents))
        for economic, origin, cents in atoms
    )


def _first_projects(rng: Random, kind: dict[str, Any], size: Size) -> tuple[str, ...]:
    """Which projects run at first.  Where two projects share a 项, the one named like the 项 is
    among them, so that a name with two figures is common, as in reality."""
    names = [row["name"] for row in kind["projects"]]
    homonyms = [r["name"] for r in kind["projects"] if r["name"] == subject_name(r["function"])]
    shared = [
        row["name"]
        for row in kind["projects"]
        if any(row["function"] == h["function"] for h in kind["projects"] if h["name"] in homonyms)
    ]
    wanted = (shared + rng.sample(names, len(names)))[: max(_PROJECTS[size], len(shared))]
    chosen = set(wanted)
    return tuple(name for name in names if name in chosen)


def _changed(rng: Random, active: tuple[str, ...], names: list[str]) -> tuple[str, ...]:
    """One project may end and one may begin."""
    chosen = set(active)
    idle = [name for name in names if name not in chosen]
    if len(chosen) > 3 and rng.random() < 0.35:
        chosen.discard(rng.choice(sorted(chosen)))
    if idle and rng.random() < 0.5:
        chosen.add(rng.choice(idle))
    return tuple(name for name in names if name in chosen)


def _evolved(rng: Random, atoms: tuple[Spending, ...]) -> tuple[Spending, ...]:
    """Next year's atoms: a project moves as one, basic lines each on their own; a quarter stay."""
    if atoms[0].project:
        percent = _drift(rng)
        return tuple(_scaled(atom, percent) for atom in atoms)
    return tuple(_scaled(atom, _drift(rng)) for atom in atoms)


def _drift(rng: Random) -> int:
    return 100 if rng.random() < 0.25 else rng.choice((rng.randint(60, 98), rng.randint(102, 145)))


def _execution(rng: Random, atom: Spending) -> int:
    """How many per cent of a planned amount were spent."""
    if rng.random() < 0.35:
        return 100
    return rng.randint(101, 108) if rng.random() < 0.2 else rng.randint(78, 99)


def _scaled(atom: Spending, percent: int) -> Spending:
    cents = int(atom.amount.scaleb(2)) * percent // 100
    return Spending(atom.function, atom.economic, atom.source, atom.project, _money(cents))


def _procurement(rng: Random, spending: tuple[Spending, ...]) -> Procurement:
    """A part of what is spent on goods, repairs and contracts."""

    def part(*codes: str) -> Decimal:
        cents = sum(int(atom.amount.scaleb(2)) for atom in spending if atom.economic in codes)
        return _money(cents * rng.randint(30, 90) // 100)

    return Procurement(part("31002", "30201"), part("30213"), part("30227"))


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
