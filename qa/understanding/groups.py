"""The lists whose members a question ranks, filters, counts or adds.

A list is the rows of a table in one column, the rows below one row, or the items of an enumeration in
prose.  Which one is meant is scored like a figure: by what of the question its table, its column, the
row above and its section say, and by the kind of members asked for (项目, 县区, 科目 …: data).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.facts import is_primary
from index.hierarchy import is_total_label
from index.library import StoredDocument
from index.model import Fact
from index.units import is_money, is_ratio
from index.vocabulary import words
from qa.lexicon import core, key, leaf, term_of
from qa.plan import Group
from qa.understanding.assigning import Finder
from qa.understanding.candidates import KINDS
from qa.understanding.members import (
    MemberKind,
    asked_kinds,
    kind_bonus,
    kind_by_ending,
    noun_spans,
    of_kind,
    parent_of_kind,
    strict_kind,
)
from qa.understanding.names import Words
from qa.understanding.slots import Slot

__all__ = ["Listed", "lists_of"]

# How much of a column's name a question must say to name it.
_COLUMN = 0.6
# How many of the names of a list must differ.
_DIFFERENT = 0.7
# A question that says less than this besides the kind of member is about all that its members have.
_GENERAL = 1.5
_DEPTHS = (
    # 政协事务(款)下各项: behind a name the class is that one's own.
    (r"类级|类科目|(?:几|哪些|各|个|科目的|科目)类(?!型|项目)|(?<!□)\(类\)", 3),
    (r"款级|款科目|(?<!□)\(款\)", 5),
    (r"项级|项科目|(?<!□)\(项\)", 7),
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list with its members; `said` is the share of the question that names it, `unsaid` how much
    of the question is left that it does not say, `score` orders."""

    group: Group
    members: tuple[Fact, ...]
    said: float
    score: float
    unsaid: float = 0.0


@dataclass(frozen=True, slots=True)
class _List:
    id: str
    parent: str
    members: tuple[Fact, ...]
    whole: bool


def lists_of(slot: Slot, finder: Finder, most: int = 5) -> list[Listed]:
    """The lists a slot may mean, best first."""
    documents = [
        d
        for d in finder.scope.documents
        if not slot.organisations or d.profile.organisation in slot.organisations
    ]
    said, text = finder.said, finder.said.text
    depth = next((digits for e, digits in _DEPTHS if re.search(e, said.masked)), 0)
    kind = strict_kind(text)
    outer = any(asked.outer for asked in asked_kinds(text))
    found: list[Listed] = []
    for document in documents:
        facts = finder.library.facts_of(document.name)
        usable = [f for f in facts if _usable(f, slot, document)]
        own = kind_by_ending(said.masked, (f.label for f in usable if f.table)) or kind
        lists = _of_one_kind(usable, own) if own else _lists(usable, depth, slot, outer)
        lists = map(_outermost, lists) if outer else lists
        if own and sum(said.weights[i] for i in _places(slot, said, own)) < _GENERAL:
            lists = (one for one in lists if one.members and not _is_narrow(one, said.text))
        told = (one for one in lists if _tells(one.members) and _of_part(one, said.text))
        found += [_listed(one, slot, said, depth, own) for one in told]
    return sorted(found, key=lambda listed: -listed.score)[:most]


def _tells(members: Sequence[Fact]) -> bool:
    """Whether rows are a list at all: several, mostly of different names, not all without a figure."""
    names = {f.label for f in members}
    return (
        len(members) > 1
        and len(names) > _DIFFERENT * len(members)
        and any(f.value for f in members)
    )


def _of_one_kind(facts: Sequence[Fact], kind: MemberKind) -> Iterator[_List]:
    """The rows of each column that are of the one kind asked for."""
    columns: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.table:
            columns[fact.table, fact.column].append(fact)
    for (table, _), rows in columns.items():
        yield _List(table, "", tuple(of_kind(rows, kind)), True)


def _usable(fact: Fact, slot: Slot, document: StoredDocument) -> bool:
    if fact.comparator or fact.derived:
        return False
    years = slot.years or ((document.profile.year,) if document.profile.year else ())
    if years and fact.year not in (None, *years):
        return not slot.years and "年" in fact.measure
    if slot.tables and fact.table_number not in slot.tables:
        return False
    if slot.titles and key(fact.table_title) not in slot.titles:
        return False
    if slot.level and fact.level not in ("", slot.level):
        return False
    if slot.kind == "value":
        return fact.origin == "table" or fact.column == 0
    if fact.origin == "prose":
        return fact.column == KINDS[slot.kind]
    head = leaf(fact.measure)
    moved = re.search(r"增减|增长|变动|增幅|增加|比上年|±|差额", head) is not None
    return moved and is_ratio(fact.unit) == (slot.kind == "rate")


def _lists(facts: Sequence[Fact], depth: int, slot: Slot, outer: bool) -> Iterator[_List]:
    tables: dict[tuple[str, int], list[Fact]] = defaultdict(list)
    prose: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.origin == "table":
            tables[fact.table, fact.column].append(fact)
        else:
            prose["/".join(fact.section) if slot.kind != "value" else fact.table].append(fact)
    for (table, _), members in tables.items():
        rows = [f for f in members if not _is_aggregate(f)]
        yield _List(table, "", tuple(rows if outer else _of_depth(rows, depth)), True)
        children: dict[tuple[str, ...], list[Fact]] = defaultdict(list)
        for fact in rows:
            for n in range(len(fact.path)):
                children[fact.path[: n + 1]].append(fact)
        for path, below in children.items():
            if len(below) > 1:
                yield _List(table, path[-1], tuple(_of_depth(below, depth)), False)
    for name, members in () if depth or not prose else prose.items():
        first: dict[str, Fact] = {}
        for f in members:
            if f.unit == members[0].unit:
                first.setdefault(f.label, f)
        if name and len(first) > 1:
            yield _List(name, members[0].table_title, tuple(first.values()), False)


def _outermost(one: _List) -> _List:
    """A whole table's list with its outermost rows only."""
    rows = tuple(f for f in one.members if not f.path)
    return replace(one, members=rows) if one.whole and len(rows) > 1 else one


def _is_aggregate(fact: Fact) -> bool:
    label = core(fact.label)
    return (
        not label
        or label == core(fact.organisation)
        or is_total_label(label)
        or any(word in label for word in words("tables")["carry_labels"])
    )


def _of_depth(rows: Sequence[Fact], depth: int) -> list[Fact]:
    """Rows of the code length asked for; else those that contain no other row of the list."""
    if depth:
        return [f for f in rows if len(f.code) == depth]
    parents = {(f.path[:n], f.path[n]) for f in rows for n in range(len(f.path))}
    return [f for f in rows if (f.path, f.label) not in parents]


def _listed(one: _List, slot: Slot, said: Words, depth: int, kind: MemberKind | None) -> Listed:
    members = one.members
    first = members[0]
    places = _places(slot, said, kind)
    total = sum(said.weights[i] for i in places) or 1.0
    column = first.measure if first.origin == "table" else ""
    # 基本支出 is not named by a question that says 支出.
    named_column = column if _named(leaf(column), said.text) >= _COLUMN else ""
    parent = _share(one.parent, said, places, total)
    title = _share(first.table_title, said, places, total)
    implied = not one.parent or parent_of_kind(one.parent, said.text)
    surplus = 0.0 if implied else 1.0 - _named(one.parent, said.text)
    # What stands above a row that was not asked for asks for none of its members either.
    above = first.path if surplus < _COLUMN else ()
    path = _share("|".join(above), said, places, total)
    measured = _share(named_column, said, places, total)
    section = _share("|".join(first.section[-2:]), said, places, total)
    everything = _share(
        "|".join((one.parent, first.table_title, *above, named_column, *first.section[-2:])),
        said,
        places,
        total,
    )
    score = 3.0 * everything + 2.0 * parent + 1.0 * title + 1.0 * measured + 0.3 * path
    score += 0.3 * section - 1.0 * surplus
    score -= 0.04 * min(is_primary(column), 30) if column and measured < 0.1 else 0.0
    score += kind_bonus(one.parent, members, said.text, one.whole, kind) + 0.01 * min(
        len(members), 30
    )
    score += 0.5 * (is_money(first.unit) if slot.unit != "%" else is_ratio(first.unit))
    score += 0.5 * (first.basis in slot.basis) + 0.5 * _named(leaf(column), said.text)
    score -= 0.8 * any(
        w in key(first.table_title) and w not in said.text
        for w in words("questions")["special_tables"]
    )
    group = Group(
        list=one.id,
        parent=one.parent,
        measure=first.measure,
        depth=depth,
        year=first.year,
        kind=slot.kind,
    )
    named = everything * (1 - 0.5 * surplus)
    return Listed(group, members, named, score, total * (1 - everything))


def _of_part(one: _List, text: str) -> bool:
    """Whether a list is of the parts of the money that a question names: what goes to whom of all
    expenditure says nothing of 项目支出."""
    first = one.members[0]
    around = (one.parent, first.table_title, first.measure, *first.path, *first.section[-2:])
    held = "|".join((*around, *(f.label for f in one.members)))
    named = (part for part in words("frames")["parts_of_tables"] if part in text)
    return all(part in held for part in named)


def _is_narrow(one: _List, text: str) -> bool:
    """Whether a table is of a part of the money (项目支出) that a question does not name: of all that
    its units have it tells nothing."""
    title = one.members[0].table_title
    kinds = (kind for kind in asked_kinds(text) if not kind.only)
    if any(re.search(expression, title) for kind in kinds for expression in kind.titles):
        # 各分局的项目预算 names it.
        return False
    return any(part in title and part not in text for part in words("frames")["parts_of_tables"])


def _places(slot: Slot, said: Words, kind: MemberKind | None) -> list[int]:
    """Where a slot says something, besides the kind of member that it asks for and the word for all
    that a member has (预算总额)."""
    nouns = {i for a, b in noun_spans(said.masked) for i in range(a, b)}
    own = re.finditer(kind.noun, said.masked) if kind else ()
    nouns |= {i for m in own for i in range(*m.span())}
    nouns |= {
        i for n in said.names if any(map(is_total_label, n.keys)) for i in range(n.start, n.end)
    }
    return [i for a, b in slot.spans for i in range(a, b) if said.weights[i] > 0 and i not in nouns]


def _share(name: str, said: Words, places: Sequence[int], total: float) -> float:
    """How much of the question a name says."""
    text = key(name)
    held = {text[i : i + 2] for i in range(len(text) - 1)}
    found = {j for i in places if said.text[i : i + 2] in held for j in (i, i + 1)}
    for n in said.names:
        if any(k in text for k in n.keys):
            found |= set(range(n.start, n.end))
    return sum(said.weights[i] for i in found & set(places)) / total


def _named(name: str, text: str) -> float:
    """How much of a name the question says."""
    plain = core(name)
    if term_of(name) in text or plain in text:
        return 1.0
    held = {plain[i : i + 2] for i in range(len(plain) - 1)}
    return sum(pair in text for pair in held) / len(held) if held else 0.0
