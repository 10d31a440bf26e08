"""Groups: the list whose members a question ranks, filters, counts or sums.

A list is the rows of a table, the children of one row, or the items of an enumeration in prose; the
question names it by its parent, its table, its column, or only by the kind of its members (项目, 税种).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.facts import is_primary
from index.hierarchy import is_total_label
from index.model import Fact
from index.vocabulary import words
from qa.ground import Grounder, Positions
from qa.lexicon import core, key, leaf, term_of
from qa.plan import Group, Kind

__all__ = ["FoundGroup", "find_group"]

_DEPTH = (
    (re.compile(r"类级|类科目|(?:几|哪些|各|个|科目的|科目)类(?!型|项目)"), 3),
    (re.compile(r"款级|款科目"), 5),
    (re.compile(r"项级|项科目"), 7),
)


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A group with its members and the places of the question that it explains."""

    group: Group
    members: tuple[Fact, ...]
    covered: Positions
    score: float


@dataclass(frozen=True, slots=True)
class _Candidate:
    list: str
    parent: str
    column: int
    members: tuple[Fact, ...]


def find_group(
    grounder: Grounder,
    kind: Kind = "value",
    years: Sequence[int] | None = None,
    flawed: Iterable[str] = (),
    containing: str = "",
    column: str = "",
) -> FoundGroup | None:
    """The group a question is about; `flawed` are the tables known to have lost rows."""
    facts = grounder.in_scope(grounder.library.facts(grounder.scope.names), kind, years)
    depth = next((digits for expression, digits in _DEPTH if expression.search(grounder.text)), 0)
    bad = set(flawed)
    best: FoundGroup | None = None
    nature = (
        "功能"
        if "功能" in grounder.text
        else "经济"
        if "经济科目" in grounder.text or "经济分类" in grounder.text
        else ""
    )
    usable = [f for f in facts if f.comparator == "" and not f.derived]
    for candidate in _candidates(
        usable, depth, nature, lambda f: _measure(f, grounder) != frozenset()
    ):
        members = [f for f in candidate.members if not containing or containing in key(f.label)]
        members = [f for f in members if not column or leaf(f.measure) == column]
        members = _of_kind(members, grounder.text)
        if len(members) < 2:
            continue
        score, covered = _score(candidate, grounder)
        score -= 1.5 * (candidate.list in bad)
        score += min(len(members), 30) * 0.01
        if best is None or score > best.score:
            group = Group(
                list=candidate.list,
                parent=candidate.parent,
                measure=members[0].measure,
                depth=depth,
                kind=kind,
                containing=containing,
            )
            best = FoundGroup(group, tuple(members), covered, score)
    return best


def _candidates(
    facts: Sequence[Fact], depth: int, nature: str, named: Callable[[Fact], bool]
) -> Iterable[_Candidate]:
    tables: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    lists: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.origin == "table":
            tables[fact.table, fact.column].append(fact)
        elif fact.table:
            lists[fact.table].append(fact)
    best: dict[str, int] = {}
    for (table, _), members in tables.items():
        best[table] = min(best.get(table, 99), is_primary(members[0].measure))
    for (table, column), members in tables.items():
        # A column that the question does not name is only meant where it is the table's own.
        if is_primary(members[0].measure) > best[table] and not named(members[0]):
            continue
        rows = [f for f in members if not _is_aggregate(f) and _classified(f, nature)]
        yield _Candidate(table, "", column, tuple(_of_depth(rows, depth)))
        children: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
        for fact in rows:
            for n in range(len(fact.path)):
                children[fact.path[: n + 1]].append(fact)
        for path, below in children.items():
            yield _Candidate(table, path[-1], column, tuple(_of_depth(below, depth)))
    for name, members in () if depth else lists.items():
        unique = {f.label: f for f in reversed(members)}
        kept = [f for f in members if unique[f.label] is f and f.unit == members[0].unit]
        yield _Candidate(name, members[0].table_title, 0, tuple(kept))


def _classified(fact: Fact, nature: str) -> bool:
    """Whether a row is of the classification asked for: 功能 (codes 2…) or 经济 (codes 3…, 5…)."""
    return not nature or not fact.code or fact.code[0] in {"功能": "2", "经济": "35"}[nature]


def _is_aggregate(fact: Fact) -> bool:
    label = core(fact.label)
    return (
        fact.is_total
        or not label
        or label == core(fact.organisation)
        or is_total_label(label)
        or any(w in label for w in words("tables")["carry_labels"])
    )


def _of_depth(rows: Sequence[Fact], depth: int) -> list[Fact]:
    """Rows of the code length asked for; else those that contain no other row of the list."""
    if depth:
        return [f for f in rows if len(f.code) == depth]
    parents = {(f.path[:n], f.path[n]) for f in rows for n in range(len(f.path))}
    return [f for f in rows if (f.path, f.label) not in parents]


def _score(candidate: _Candidate, grounder: Grounder) -> tuple[float, Positions]:
    first = candidate.members[0] if candidate.members else None
    if first is None:
        return -99.0, frozenset()
    whole = (0, len(grounder.text))
    parent, extra = (
        grounder.name_cover(candidate.parent, *whole) if candidate.parent else (frozenset(), 0.0)
    )
    title = grounder.covered(first.table_title) if first.origin == "table" else frozenset()
    subject = re.sub(r"(?:总|情况|明细)?表$", "", core(first.table_title))
    whole_title = (
        frozenset(title) if len(subject) >= 4 and subject in grounder.text else frozenset()
    )
    measure_name = core(leaf(first.measure)) if first.origin == "table" else ""
    measure = (
        grounder.name_cover(measure_name, *whole)[0] if len(measure_name) >= 3 else frozenset()
    )
    section = grounder.covered("".join(first.section[-2:]))
    path = (
        frozenset().union(*(grounder.covered(p) for p in first.path))
        if candidate.parent
        else frozenset()
    )
    bonus = _kind_bonus(candidate, first, grounder.text)
    covered = parent | title | measure | section | (path & grounder.hard)
    score = (
        1.2 * len(parent)
        - 0.9 * min(extra, 5) * (bool(candidate.parent) and bonus < 3)
        + 0.8 * len((title - parent) & (grounder.hard | whole_title))
    )
    score += 0.8 * len(measure - parent) + 0.3 * len((section - title - parent) & grounder.hard)
    score += 0.3 * len(((path - parent) - title) & grounder.hard)
    if first.origin == "table":
        rank = is_primary(first.measure)
        score -= 0.0 if measure else 0.03 * min(rank, 40)
    score += bonus
    if not candidate.parent:
        score -= 0.2
    if any(
        w in key(first.table_title) and w not in grounder.text
        for w in words("questions")["special_tables"]
    ):
        score -= 2.0
    return score, covered | _noun_places(candidate, grounder.text)


def _measure(fact: Fact, grounder: Grounder) -> Positions:
    """Where the question names the column of a table."""
    name = core(leaf(fact.measure)) if fact.origin == "table" else ""
    at = grounder.text.find(name) if len(name) >= 3 else -1
    return frozenset(range(at, at + len(name))) if at >= 0 else frozenset()


def _kinds() -> Mapping[str, Mapping[str, Any]]:
    return words("questions")["members"]  # type: ignore[no-any-return]


def _kind_bonus(candidate: _Candidate, first: Fact, text: str) -> float:
    """How well the kind of member a question asks for (项目, 税种, 县区) fits the list."""
    bonus = 0.0
    for noun, where in _kinds().items():
        if not re.search(noun, text):
            continue
        parent, title = term_of(candidate.parent), key(first.table_title)
        if any(re.fullmatch(key(p), parent) for p in where.get("parents", [])):
            bonus = max(bonus, 3.0)
        elif any(re.search(t, title) for t in where.get("titles", [])) and not candidate.parent:
            bonus = max(bonus, 2.0)
        labels = where.get("labels", [])
        if labels and sum(
            1 for f in candidate.members if re.search(labels[0], f.label)
        ) > 0.7 * len(candidate.members):
            bonus = max(bonus, 2.5)
    return bonus


def _of_kind(members: list[Fact], text: str) -> list[Fact]:
    """Without the members that are not what is ranked: 哪个县 is no question about 某市本级."""
    for noun, where in _kinds().items():
        if where.get("only") and re.search(noun, text):
            kept = [f for f in members if re.search(where["labels"][0], f.label)]
            return kept if len(kept) > 1 else members
    return members


def _noun_places(candidate: _Candidate, text: str) -> Positions:
    return frozenset(
        i for noun in _kinds() for m in re.finditer(noun, text) for i in range(*m.span())
    )
