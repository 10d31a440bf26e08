"""Lists as frames: rankings, filters and counts, with what is left out; averages by a count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.vocabulary import pattern
from qa.plan import Kind
from qa.understanding.frame import (
    Frame,
    cue,
    direction,
    is_member,
    number_said,
    order,
    percent_said,
)
from qa.understanding.members import noun_spans
from qa.understanding.slots import Slot
from qa.understanding.stretch import Stretch

__all__ = ["Lists"]


@dataclass(frozen=True, slots=True)
class Lists(Stretch):
    """Reads a stretch as frames over the members of a list."""

    def _lists(self) -> Iterator[Frame]:
        text = self.text
        bound = next((t for t in self.scope.question.thresholds if t.comparison), None)
        slot = self._without_base(self._one(self.span))
        slot = self._outside(slot)
        if bound and bound.unit == "%":
            slot = replace(slot, unit="%")
        kind = self._list_kind() if slot.unit == "%" or not bound else "value"
        place, k = order(text)
        ascending = bool(cue("ascending", text)) and not cue("descending_first", text)
        base = replace(
            self._frame("rank", ((replace(slot, kind=kind),),)),
            k=k,
            place=place,
            ascending=ascending,
            kind=kind,
            direction=direction(text),
            excluded=self._excluded(),
        )
        if cue("extremes", text):
            yield replace(base, operation="spread")
        elif cue("rank", text) and not (bound and not k and not place and self._filters()):
            yield base
        elif self._filters():
            filtered = replace(base, operation="filter", bound=bound)
            yield replace(filtered, operation="count filter") if cue("count", text) else filtered
        if cue("count", text) and not cue("rank", text) and self._counts_members():
            yield replace(base, operation="count", kind="value")

    def _filters(self) -> bool:
        """Whether the members are asked for that rose, fell, stayed, or lie beyond a bound."""
        bound = any(t.comparison for t in self.scope.question.thresholds)
        return cue("filter", self.text) is not None and (bound or direction(self.text) is not None)

    def _bounded(self, span: tuple[int, int]) -> bool:
        """Whether a stretch says a bound: 正好2000万的不算 leaves out no member by name."""
        marks = self.scope.question.marks
        return any(kind == "threshold" and span[0] <= a < span[1] for a, _, kind in marks)

    def _counts_members(self) -> bool:
        """Whether what is counted is a kind of row: 几个项目, 项目有几个."""
        at = self._counted()
        return is_member(self.text[at:]) or any(b == at for _, b in noun_spans(self.text))

    def _counted(self) -> int:
        """Where what is counted begins."""
        match = cue("count", self.text)
        return match.start() if match else len(self.text)

    def _without_base(self, slot: Slot) -> Slot:
        """Without the years that are only what something is held against (比2023年增加最多的)."""
        bases = {
            m.value
            for m in self._inside(self.span, "year")
            if pattern("frames", "lists", "held_against").search(
                self.said.masked[max(0, m.start - 1) : m.start]
            )
        }
        return replace(slot, years=tuple(y for y in slot.years if y not in bases))

    def subject(self) -> Slot:
        """What the stretch is about, without the year that it is only held against."""
        return replace(self._without_base(self._one(self.span)), unit="")

    def _outside(self, slot: Slot) -> Slot:
        """Without the words for what is left out."""
        match = cue("exclude", self.text)
        if match is None:
            return slot
        inside = {m.value for m in self._inside(self._at(match.span()), "level")}
        beside = self._beside(match.span())
        level = "" if slot.level in inside else slot.level
        head = beside.head if beside.spans else slot.head
        return replace(slot, spans=beside.spans, head=head, level=level)

    def _beside(self, span: tuple[int, int]) -> Slot:
        """The stretch as one slot, without a part of it."""
        start, end = self._at(span)
        spans = tuple(s for s in ((self.span[0], start), (end, self.span[1])) if self._speaks(s))
        head = self._head(spans[-1]) if spans else self.span
        return replace(self._one(self.span), spans=spans, head=head)

    def _list_kind(self) -> Kind:
        if not cue("change_list", self.text):
            return "value"
        return "rate" if percent_said(self.text) or cue("speed", self.text) else "change"

    def _averaged(self, per: str) -> Frame:
        """A total by a count: what is counted stands behind 每辆, the rest is what is divided."""
        match = re.search(rf"每?(?:一)?(?:个)?{per}(?:均)?", self.said.masked[slice(*self.span)])
        start, end = self._at(match.span()) if match else (self.span[1], self.span[1])
        counted = [(n.start, n.end) for n in self.said.names if end <= n.start <= end + 1]
        whole = self._one(self.span)
        stop = counted[0][1] if counted else end
        spans = tuple(s for s in ((self.span[0], start), (stop, self.span[1])) if self._speaks(s))
        if spans:
            total = replace(whole, spans=spans, head=self._head(spans[-1]))
        else:
            total, counted = whole, []
        by = replace(whole, spans=tuple(counted), head=counted[0] if counted else whole.head)
        operands = ((replace(total, unit=""),), (replace(by, unit=per),))
        return replace(self._frame("average", operands), per=per)

    def _yearly(self, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
        """One slot for each of the years that the documents are of; 近三年 are the last three."""
        if len(slots) != 1 or slots[0].years:
            return slots
        own = sorted({d.profile.year for d in self.scope.documents if d.profile.year})
        count = pattern("frames", "lists", "recent").search(self.text)
        wanted = number_said(count[1]) if count else len(own)
        last = max(own, default=0)
        years = range(last - wanted + 1, last + 1) if count else own
        return tuple(replace(slots[0], years=(year,)) for year in years)

    def _excluded(self) -> tuple[Slot, ...]:
        """What is left out, each name for itself."""
        match = cue("exclude", self.text)
        name = next((n for n in match.groupdict() if match[n]), "") if match else ""
        if match is None or not name or self._bounded(self._at(match.span(name))):
            return ()
        slots = self._expanded(self._at(match.span(name)))
        return slots if len(slots) > 1 else tuple(self._one(s) for s in self._pieces(slots[0]))
