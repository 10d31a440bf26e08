"""A stretch of a question as slots: what it names, what of scope it says, and what it lists."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.units import is_money
from index.vocabulary import pattern
from qa.question import asked_unit
from qa.scope import Scope
from qa.understanding.asked import asked_in
from qa.understanding.frame import Frame, cue
from qa.understanding.mentions import Mention
from qa.understanding.names import Words
from qa.understanding.slots import Slot
from qa.understood import asks_all

__all__ = ["KINDS", "Stretch", "inheriting"]

_MOST_SLOTS = 24
KINDS = ("organisation", "year", "level", "basis")
_CONJUNCTION = pattern("frames", "lists", "conjunction")
_JOINS = pattern("frames", "lists", "joins")
_POSSESSIVE = pattern("frames", "lists", "possessive")
_AGAINST = pattern("frames", "lists", "held_against")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a question, `span`, with what is mentioned in it; `base` is the slot of the clause
    before."""

    scope: Scope
    said: Words
    span: tuple[int, int]
    mentions: tuple[Mention, ...]
    base: Slot | None = None

    @property
    def text(self) -> str:
        """The stretch, its names hidden."""
        return self.said.masked[slice(*self.span)]

    def _frame(self, operation: str, operands: tuple[tuple[Slot, ...], ...]) -> Frame:
        return Frame(operation, operands, self.span)

    def _at(self, span: tuple[int, int]) -> tuple[int, int]:
        return span[0] + self.span[0], span[1] + self.span[0]

    def _inside(self, span: tuple[int, int], kind: str) -> list[Mention]:
        return [m for m in self.mentions if m.kind == kind and span[0] <= m.start < span[1]]

    def _says(self, span: tuple[int, int]) -> bool:
        """Whether a stretch could be an operand: it names something, or at least a scope."""
        typed = any(span[0] <= m.start < span[1] for m in self.mentions)
        return typed or self._speaks(span)

    def _speaks(self, span: tuple[int, int]) -> bool:
        """Whether a stretch holds a name, or enough content to be one."""
        named = any(span[0] <= n.start and n.end <= span[1] for n in self.said.names)
        return named or self.said.content([span]) > 0.9

    def _one(self, span: tuple[int, int]) -> Slot:
        """A stretch as one slot, with all that it says of scope."""
        values = {kind: self._values(span, kind) for kind in KINDS}
        if asked := self._year_asked(span):
            values["year"] = (asked,)
        return self._slot((span,), span, values)

    def _year_asked(self, span: tuple[int, int]) -> int | None:
        """The one year that the last piece names, where the pieces before name another: 今年…比上年少,
        那上年是多少."""
        found = self._inside(span, "year")
        last = self.said.masked.rfind(",", *span)
        behind = [m for m in found if m.start > last >= 0]
        # 哪些科目比上年增长: what is held against is not asked for.
        if any(_AGAINST.search(self.said.masked[: m.start]) for m in behind):
            return None
        own = {m.value for m in behind}
        return int(own.pop()) if len(own) == 1 and any(m.start < last for m in found) else None

    def _values(self, span: tuple[int, int], kind: str) -> tuple[str | int, ...]:
        return tuple(dict.fromkeys(m.value for m in self._inside(span, kind)))

    def _slot(
        self,
        spans: tuple[tuple[int, int], ...],
        head: tuple[int, int],
        values: dict[str, tuple[str | int, ...]],
    ) -> Slot:
        question = self.scope.question
        speaking = tuple(span for span in spans if self._speaks(span))
        return Slot(
            speaking,
            self._head(head),
            tuple(str(v) for v in values["organisation"]),
            tuple(int(v) for v in values["year"]),
            str(values["level"][0]) if len(values["level"]) == 1 else "",
            tuple(str(v) for v in values["basis"]),
            question.tables,
            question.titles,
            question.codes,
            question.parents,
            "value",
            self._unit(),
        )

    def _unit(self) -> str:
        """The unit asked for: 换成亿元 in another clause goes for all, 百分之几 for its own alone."""
        whole = self.scope.question.unit
        text = self.scope.question.text[slice(*self.span)]
        kinds = {one.unit if one.kind == "money" else "" for one in asked_in(text)}
        own = asked_unit(text) or (kinds.pop() if len(kinds) == 1 else "")
        return own or (whole if is_money(whole) else "")

    def _head(self, span: tuple[int, int]) -> tuple[int, int]:
        """The last name of a stretch: in Chinese the subject stands last."""
        names = [n for n in self.said.names if span[0] <= n.start and n.end <= span[1]]
        return (names[-1].start, names[-1].end) if names else span

    def _expanded(self, span: tuple[int, int]) -> tuple[Slot, ...]:
        """A stretch as the slots it lists: several subjects, departments, years, levels or bases."""
        modifiers, members = self._members(span)
        # 2024年的甲和2025年的乙: a scope that each member says for itself is its own.
        own = {kind: all(self._inside(m, kind) for m in members) for kind in KINDS}
        slots = [
            self._slot((*modifiers, member), member, dict(zip(KINDS, values, strict=True)))
            for member in members
            for values in itertools.product(
                *(self._axis(member if own[kind] else span, kind) for kind in KINDS)
            )
        ]
        return tuple(dict.fromkeys(slots))[:_MOST_SLOTS]

    def _axis(self, span: tuple[int, int], kind: str) -> list[tuple[str | int, ...]]:
        """The values of one dimension, each for a slot of its own; all together where they are not
        listed (预算执行数 is one basis said twice)."""
        found = self._inside(span, kind)
        values = tuple(dict.fromkeys(m.value for m in found))
        if kind == "organisation" and not self.scope.organisations and asks_all(self.said.text):
            held = dict.fromkeys(d.profile.organisation for d in self.scope.documents)
            return [(name,) for name in held] or [()]
        if len(values) < 2:
            return [values]
        if kind == "year" and len({(m.start, m.end) for m in found}) == 1 and len(found) == 2:
            # What stood at a date is of that year or of the next: two ways to say one.
            return [values]
        between = [
            self.said.masked[a.end : b.start]
            for a, b in itertools.pairwise(found)
            if a.end <= b.start
        ]
        listed = kind == "organisation" or all(_JOINS.fullmatch(text) for text in between)
        if listed:
            return [(value,) for value in values]
        return [values[-1:]] if kind == "basis" else [values]

    def _members(
        self, span: tuple[int, int]
    ) -> tuple[tuple[tuple[int, int], ...], list[tuple[int, int]]]:
        """The names a stretch lists, and what stands before the list and narrows all of them."""
        text = self.said.masked
        cuts = [m.span() for m in _CONJUNCTION.finditer(text, *span)]
        pieces, at = [], span[0]
        for start, end in [*cuts, (span[1], span[1])]:
            pieces.append((at, start))
            at = end
        pieces = [piece for piece in pieces if self._speaks(piece)]
        if len(pieces) < 2 or not self._alike(pieces):
            return (), [span]
        first = pieces[0]
        lead = max((m.end() for m in _POSSESSIVE.finditer(text, *first)), default=first[0])
        if lead > first[0] and self._speaks((lead, first[1])):
            front = (first[0], lead)
            narrowing = (front,) if self._speaks(front) else ()
            return narrowing, [(lead, first[1]), *pieces[1:]]
        return (), pieces

    def _pieces(self, slot: Slot) -> list[tuple[int, int]]:
        """What a slot says, cut at its conjunctions."""
        pieces = []
        for start, end in slot.spans or (slot.head,):
            at = start
            for match in _CONJUNCTION.finditer(self.said.masked, start, end):
                pieces.append((at, match.start()))
                at = match.end()
            pieces.append((at, end))
        return [(a, b) for a, b in pieces if b > a]

    def _alike(self, pieces: Sequence[tuple[int, int]]) -> bool:
        """Whether pieces between conjunctions are names of one kind, not halves of a phrase."""
        named = [any(p[0] <= n.start and n.end <= p[1] for n in self.said.names) for p in pieces]
        if cue("sum", self.text) and any(named):
            return True
        return sum(named) >= max(2, len(pieces) - 1) or (len(pieces) > 2 and any(named))


def inheriting(
    slot: Slot, other: Slot, *, scope_only: bool = False, open_years: bool = True
) -> Slot:
    """A slot with what it leaves open as in another one."""
    return replace(
        slot,
        spans=slot.spans or (() if scope_only else other.spans),
        head=slot.head if slot.spans or scope_only else other.head,
        organisations=slot.organisations or other.organisations,
        years=slot.years or (other.years if open_years or not slot.spans else slot.years),
        level=slot.level or other.level,
        basis=slot.basis or other.basis,
    )
