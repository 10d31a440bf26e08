"""Kinds of members that a list can be of (项目, 县区, 单位 …: data): where they stand, what they are
called, and which rows of a table are of one kind.

哪个县区 asks for rows that are places, whatever else the table holds; of these the outermost, as a
city contains its districts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from index.model import Fact
from index.vocabulary import words
from qa.lexicon import core, key, term_of
from qa.understanding.names import MASK

__all__ = [
    "MemberKind",
    "asked_kinds",
    "kind_bonus",
    "kind_by_ending",
    "noun_spans",
    "of_kind",
    "parent_of_kind",
    "strict_kind",
]

_MOSTLY = 0.7
# How far behind 各, 哪个 a kind of row is named, and how many rows make one.
_NOUN, _SEVERAL = 4, 3


@dataclass(frozen=True, slots=True)
class MemberKind:
    """A noun for members, as an expression; `only` that nothing else may stand in the list, `outer`
    that rows inside another are none."""

    noun: str
    parents: tuple[str, ...]
    titles: tuple[str, ...]
    labels: tuple[str, ...]
    only: bool
    outer: bool

    def fits(self, label: str) -> bool:
        """Whether a row is called as members of this kind are."""
        return any(re.search(e, key(label)) for e in self.labels)


@cache
def _kinds() -> tuple[MemberKind, ...]:
    return tuple(
        MemberKind(
            noun,
            tuple(where.get("parents", ())),
            tuple(where.get("titles", ())),
            tuple(where.get("labels", ())),
            bool(where.get("only")),
            bool(where.get("outer")),
        )
        for noun, where in words("questions")["members"].items()
    )


def asked_kinds(text: str) -> tuple[MemberKind, ...]:
    """The kinds of members that a question asks for."""
    return tuple(kind for kind in _kinds() if re.search(kind.noun, text))


def noun_spans(masked: str) -> list[tuple[int, int]]:
    """Where a question, its names hidden, says a kind of member."""
    return [m.span() for kind in _kinds() for m in re.finditer(kind.noun, masked)]


def kind_by_ending(masked: str, labels: Iterable[str]) -> MemberKind | None:
    """The kind of rows that are all called like what a question, its names hidden, asks for one by
    one: 各分局, 哪个监狱 are the rows that end so, where there are several.

    >>> kind = kind_by_ending("□□□各区分局前三名", ["东坪分局", "西坪分局", "南坪分局", "监测站"])
    >>> kind.fits("西坪分局"), kind.fits("监测站")
    (True, False)
    """
    match = re.search(words("frames")["lists"]["one_by_one"], masked)
    if match is None:
        return None
    said = masked[match.end() : match.end() + _NOUN]
    nouns = [said[:n] for n in range(2, len(said) + 1)]
    usual = {*words("questions")["soft"], *(n for n in nouns if asked_kinds(n))}
    ends: dict[str, set[str]] = {n: set() for n in nouns if MASK not in n and n not in usual}
    for label in labels:
        name = core(label)
        for noun in ends:
            if name.endswith(noun) and name != noun:
                ends[noun].add(name)
    fitting = [noun for noun, found in ends.items() if len(found) >= _SEVERAL]
    if not fitting:
        return None
    noun = max(fitting, key=len)
    return MemberKind(noun, (), (), (rf"{re.escape(noun)}(?:\(.*\))?$",), True, False)


def strict_kind(text: str) -> MemberKind | None:
    """The kind of which all members must be, if the question asks for such a one."""
    return next((kind for kind in asked_kinds(text) if kind.only), None)


def of_kind(rows: Sequence[Fact], kind: MemberKind) -> list[Fact]:
    """The rows of one column that are members of a kind, without those inside another member; the
    owner's own row is one where a total stands above it.  A row called like the kind (县区) is of
    them all."""
    most = max((f.value for f in rows if f.is_total), default=None)
    named = [
        f
        for f in rows
        if kind.fits(f.label)
        and not (f.is_total or re.fullmatch(kind.noun, key(f.label)))
        and (not _is_owner(f) or (most is not None and f.value < most))
    ]
    held = {core(f.label) for f in named}
    return [f for f in named if not any(core(parent) in held for parent in f.path)]


def _is_owner(fact: Fact) -> bool:
    return core(fact.label) == core(fact.organisation)


def parent_of_kind(parent: str, text: str) -> bool:
    """Whether the kind of member a question asks for stands below this row: 项目 below 项目支出."""
    return any(
        re.fullmatch(key(expression), term_of(parent))
        for kind in asked_kinds(text)
        for expression in kind.parents
    )


def kind_bonus(
    parent: str, members: Sequence[Fact], text: str, whole: bool, own: MemberKind | None = None
) -> float:
    """How well the kind of member a question asks for (`own`, or one that its nouns name) fits the
    list."""
    best = 1.5 if parent_of_kind(parent, text) else 0.0
    title = key(members[0].table_title)
    for kind in (*asked_kinds(text), *((own,) if own else ())):
        if whole and any(re.search(t, title) for t in kind.titles):
            best = max(best, 1.0)
        fitting = sum(kind.fits(f.label) for f in members)
        if kind.labels and fitting > _MOSTLY * len(members):
            best = max(best, 1.5)
    return best
