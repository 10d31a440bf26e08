"""The operands of a plan: stretches of a question bound to facts, and what of the question they explain."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from index.library import Library
from index.model import Fact
from index.vocabulary import words
from qa.ground import Grounded, Grounder, leftover_words
from qa.lexicon import core, key, term_of
from qa.plan import Group, Kind, Selection, Value
from qa.question import Question
from qa.scope import Scope

__all__ = ["Operands", "direction_of", "is_context"]

_BELOW = re.compile(r"(?:[类款项])?(?:下面?|里面?|中|当中|之下|项下|内)的")
_WHOLES = ("支出总计", "收入总计")
_SUBTOTALS = ("小计", "合计", "总计")
_SEPARATOR = re.compile(r"、|,|以及|和|与|及|跟|加上?|还有|同")


def direction_of(text: str) -> int:
    """What a question takes for granted: 1 a rise, -1 a fall, 0 neither (or both: 是增是减).

    >>> direction_of("公务接待费为什么增加了"), direction_of("预算是增是减")
    (1, 0)
    """
    plain = re.sub(
        r"增减|多少|大小|至少|不少于|减税|多大|最多|最少|更多|更少|或(?:增|减)|增值税?|减免",
        "",
        text,
    )
    data = words("questions")["direction"]
    up = any(word in plain for word in data["up"]) or re.search(r"[比较].{0,20}多(?!少)", plain)
    down = any(word in plain for word in data["down"]) or re.search(
        r"少了|[比较].{0,20}少(?!于)", plain
    )
    return bool(up) - bool(down)


def is_context(word: str, scope: Scope) -> bool:
    """Words that name the kind of document asked (部门预算, 决算报告), or a part of its title."""
    titles = {key(d.profile.title + d.profile.kind + d.name) for d in scope.documents}
    return 2 <= len(word) <= 4 and any(word in title for title in titles)


@dataclass
class Operands:
    """The operands of one question, collected while its plan is built.

    `selections` and `groups` hold the facts bound so far, `covered` the places of the question that
    they explain, `nearest` what came close."""

    grounder: Grounder
    flawed: tuple[str, ...] = ()
    selections: dict[Selection, tuple[Fact, ...]] = field(default_factory=dict)
    groups: dict[Group, tuple[Fact, ...]] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    nearest: list[Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = self.grounder.text
        self.question: Question = self.grounder.scope.question
        self.scope: Scope = self.grounder.scope
        self.end = len(self.text)
        self._nested()
        for start, end, term in self.grounder.said:
            # 部门预算支出的基本支出: the whole is only where the part is looked for.
            behind = re.match(r"(?:的|里面?|中|当中|之中)[,，]?", self.text[end:])
            if term in _WHOLES and behind and self.has_content(end + behind.end(), self.end):
                self.grounder.mark(start, end)

    def _nested(self) -> None:
        """A款下的B项, A里的B: the first name is where the second stands."""
        names = sorted((min(name), max(name) + 1) for name in self.grounder.names)
        for (a, b), (c, _) in itertools.pairwise(names):
            if _BELOW.fullmatch(self.text[b:c]):
                self.grounder.parents = (*self.grounder.parents, self.text[a:b])
                self.grounder.mark(a, c)

    def value(
        self,
        start: int,
        end: int,
        kind: Kind = "value",
        years: Sequence[int] | None = None,
        basis: Sequence[str] | None = None,
        grounder: Grounder | None = None,
    ) -> Value | None:
        """The figure that a stretch of the question means; `None` where it means none."""
        found = (grounder or self.grounder).ground(start, end, kind, years, basis)
        if found is None:
            return None
        self.nearest = list(dict.fromkeys([*self.nearest, *found.facts[:2]]))
        if found.score < 0.5 and not self.question.codes:
            return None
        selection = self._selection(found, kind, years, basis)
        self.selections[selection] = tuple(
            sorted(found.facts, key=lambda f: f.table in self.flawed)
        )
        self.covered |= found.covered
        return Value(of=selection)

    def add_subtotals(self, value: Value) -> None:
        """Let a figure's own subtotal stand beside it: a table that prints 支出 1375 and 支出小计
        29826 leaves open which of the two 支出 is asked for."""
        facts = self.selections[value.of]
        tables = {(f.document, f.table, f.column): f for f in facts if f.origin == "table"}
        if any(word in self.text for word in _SUBTOTALS):
            return
        named = [f"{f.label}{word}" for f in tables.values() for word in _SUBTOTALS]
        found = self.grounder.library.facts(self.scope.names, labels=named) if named else []
        beside = [f for f in found if (f.document, f.table, f.column) in tables]
        self.selections[value.of] = (*facts, *(f for f in beside if f not in facts))

    def _selection(
        self, found: Grounded, kind: Kind, years: Sequence[int] | None, basis: Sequence[str] | None
    ) -> Selection:
        first = found.facts[0]
        same = {f.measure for f in found.facts}
        return Selection(
            label=first.label,
            code=first.code if self.question.codes else "",
            table=self.question.tables[0] if self.question.tables else "",
            measure=first.measure if len(same) == 1 and first.origin == "table" else "",
            kind=kind,
            organisation=first.organisation
            if len({d.profile.organisation for d in self.grounder.scope.documents}) > 1
            else "",
            year=first.year,
            basis=(basis or self.question.basis or ("",))[0],
            level=self.question.level,
        )

    def segments(self, start: int, end: int) -> list[tuple[int, int]]:
        """A stretch cut at 、和与及, but never inside a printed name or an alias of one."""
        cuts, at = [], start
        for match in self.outside_names(_SEPARATOR.finditer(self.text, start, end)):
            # …中，A is A within something, not one of two things.
            within = match[0] == "," and re.search(
                r"(?:中|里|内|下|看|上|方面)$", self.text[at : match.start()]
            )
            if not within:
                cuts.append((at, match.start()))
                at = match.end()
        cuts.append((at, end))
        return [(a, b) for a, b in cuts if self.has_content(a, b)]

    def outside_names(self, matches: Iterable[re.Match[str]]) -> Iterator[re.Match[str]]:
        """The matches that stand free: not explained yet, and no part of a printed name or of an
        alias of one (和 of 发展和改革局)."""
        names = [*self.grounder.lexicon.exact(self.text), *self.grounder.said]
        for match in matches:
            start, end = match.span()
            inside = any(a <= start and end <= b for a, b, _ in names)
            if self.grounder.free[start] and not inside:
                yield match

    def has_content(self, start: int, end: int) -> bool:
        runs = "".join(
            c if self.grounder.free[i] else "|" for i, c in enumerate(self.text) if start <= i < end
        )
        named = [(a, b) for a, b, _ in self.grounder.said]
        named += [(a, b) for a, b, _ in self.grounder.lexicon.exact(self.text) if b - a >= 3]
        said = any(start <= a and b <= end and all(self.grounder.free[a:b]) for a, b in named)
        return said or any(len(leftover_words(run)) >= 2 for run in runs.split("|"))

    def values(self, segments: Sequence[tuple[int, int]]) -> list[Value] | None:
        values = [self.value(a, b) for a, b in segments]
        return self.in_one_column([v for v in values if v]) if all(values) else None

    def in_one_column(self, values: Sequence[Value]) -> list[Value]:
        """Rows of one table that a question holds against each other, all in the column that it
        names of one of them (甲县债务余额比乙县 …), where each row has a figure there."""
        firsts = [self.selections[value.of][0] for value in values]
        one_table = len({f.table for f in firsts}) == 1 and firsts[0].origin == "table"
        apart = len({f.row for f in firsts}) == len(firsts) and len({f.year for f in firsts}) == 1
        if not one_table or not apart or len({f.column for f in firsts}) == 1:
            return list(values)
        said = {f.column: self._column_said(f) for f in firsts}
        best = max(said, key=lambda column: said[column])
        rows = self.grounder.library.facts([firsts[0].document], tables=[firsts[0].table])
        there = {f.row: f for f in rows if f.column == best}
        decided = sorted(said.values())[-1] > sorted(said.values())[-2]
        if not decided or not all(f.row in there for f in firsts):
            return list(values)
        return [self.bind(f.label, (there[f.row],)) for f in firsts]

    def _column_said(self, fact: Fact) -> int:
        """How much the question says of the column of a fact and of the heads above it."""
        return max(len(self.grounder.covered(core(part))) for part in fact.measure.split("/"))

    def of_years(self, years: Sequence[int]) -> list[Value] | None:
        """One figure for each of the years; `None` where one of them has none."""
        values = [self.value(0, self.end, years=(year,)) for year in years]
        return [v for v in values if v] if all(values) else None

    def left(self) -> tuple[str, ...]:
        left = self.grounder.leftover(frozenset(self.covered))
        return tuple(w for w in left if not is_context(w, self.scope))

    def derived_from(self, library: Library) -> dict[str, Fact]:
        """The facts that derived ones are computed from."""
        derived = [
            f
            for facts in (*self.selections.values(), *self.groups.values())
            for f in facts
            if f.derived
        ]
        wanted = {part for f in derived for part in f.derived.split("|")[::2]}
        documents = sorted({f.document for f in derived})
        labels = sorted({f.label for f in derived})
        return (
            {f.id: f for f in library.facts(documents, labels=labels) if f.id in wanted}
            if wanted
            else {}
        )

    def explain(self, expression: re.Pattern[str]) -> None:
        """Mark every stretch that an expression matches as explained by the operation."""
        for match in expression.finditer(self.text):
            self.grounder.mark(*match.span())

    def grounded(self, start: int, end: int, origin: str) -> tuple[Fact, ...]:
        """The facts of one origin that a stretch means, unbound; what they explain counts."""
        found = self.grounder.ground(start, end, origin=origin)
        if found is None or found.score < 0.5:
            return ()
        self.covered |= found.covered
        self.nearest += found.facts[:2]
        return found.facts

    def bind(self, label: str, facts: Sequence[Fact]) -> Value:
        """A value that is just these facts, under a name of its own."""
        first = facts[0]
        selection = Selection(
            label=label, table=first.table, measure=first.measure, year=first.year
        )
        self.selections[selection] = tuple(facts)
        return Value(of=selection)

    def named(self, name: str, beside: Sequence[Fact]) -> Value | None:
        """The figure of a term by its name, beside given facts: same document, year, and table or
        section where it is there."""
        labels = self.grounder.lexicon.keys.get(term_of(name), [])
        documents = sorted({f.document for f in beside})
        found = [
            f
            for f in self.grounder.library.facts(documents, labels=labels)
            if f.year == beside[0].year and f.column == (0 if f.origin == "prose" else f.column)
        ]
        found = [f for f in found if f.basis == beside[0].basis and not f.derived] or found
        places = {(f.table, f.measure) for f in beside if f.origin == "table"}
        sections = {f.section for f in beside if f.origin == "prose"}
        near = [
            f
            for f in found
            if (f.table, f.measure) in places or (f.origin == "prose" and f.section in sections)
        ]
        near = (
            near
            or [f for f in found if f.table in {t for t, _ in places}]
            or [f for f in found if f.origin == "prose"]
        )
        return self.bind(name, near[:1]) if near else None

    def children(self, fact: Fact) -> list[Fact]:
        """The figures right below a figure in its table or its list."""
        library = self.grounder.library
        if fact.origin == "table":
            rows = [
                f
                for f in library.facts([fact.document], tables=[fact.table])
                if f.column == fact.column
            ]
            if fact.is_total:
                return [f for f in rows if not f.path and not f.is_total]
            return [f for f in rows if f.path[-1:] == (fact.label,) and f.depth == fact.depth + 1]
        return [
            f
            for f in library.facts([fact.document])
            if f.origin == "prose"
            and f.column == 0
            and f.table
            and f.table_title == fact.label
            and f.year == fact.year
            and f.unit == fact.unit
            and not f.derived
        ]
