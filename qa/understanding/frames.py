"""Which operation a question asks for, and of which slots.

The grammar is data (`frames.toml`); it is matched on the question with every printed name hidden, so
that nothing inside a name is taken for a cue.  A question may be read in several ways: they come in the
order in which they are to be tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from index.figures import chinese_ordinal
from qa.plan import Kind
from qa.scope import Scope
from qa.understanding.frame import Frame, all_of, cue, direction, grammar, is_member, order
from qa.understanding.mentions import mentions_of
from qa.understanding.names import Words
from qa.understanding.slots import Slot
from qa.understanding.stretch import KINDS, Stretch, inheriting

__all__ = ["change_of", "frames_of", "parts_of"]

_PERCENT = re.compile(
    r"百分(?!点)|百分点|减幅|%|增幅|增速|降幅|增长率|涨幅|跌幅|变动率|变化率|增减率|幅度"
)
_AMOUNT = re.compile(r"多少|几|差|距")


def frames_of(
    scope: Scope, said: Words, span: tuple[int, int] | None = None, base: Slot | None = None
) -> list[Frame]:
    """The ways to read a stretch of a question (all of it), the likeliest first; `base` is the slot
    of the clause before, from which what is left out is taken."""
    whole = span or (0, len(said.text))
    reader = _Reader(scope, said, whole, mentions_of(scope, said.masked), base)
    return [_based(frame, base) if base else frame for frame in reader.frames()]


def change_of(scope: Scope, said: Words, span: tuple[int, int], base: Slot | None = None) -> Frame:
    """The change that a why-question takes for granted, to be looked up."""
    reader = _Reader(scope, said, span, mentions_of(scope, said.masked), base)
    slot = reader.subject()
    frame = Frame("change", ((slot,),), span, kind="change")
    return _based(frame, base) if base else frame


def parts_of(scope: Scope, said: Words, span: tuple[int, int]) -> Frame:
    """All members of a total: 转移性收入由哪些部分组成."""
    reader = _Reader(scope, said, span, mentions_of(scope, said.masked))
    return replace(Frame("rank", ((reader.subject(),),), span), k=0)


def _based(frame: Frame, base: Slot) -> Frame:
    operands = tuple(
        tuple(inheriting(slot, base, scope_only=bool(slot.spans)) for slot in operand)
        for operand in frame.operands
    )
    return replace(frame, operands=operands)


@dataclass(frozen=True, slots=True)
class _Reader(Stretch):
    """Reads a stretch as frames."""

    def frames(self) -> Iterator[Frame]:
        text = self.text
        everything = self._expanded(self.span)
        if cue("check", text):
            # What is to be checked is no answer to how much it is.
            yield from self._checks()
            return
        ranked, counted = bool(cue("rank", text)), bool(cue("count", text))
        if ranked and cue("series", text):
            everything = self._yearly(everything)
        over_years = len(everything) > 2 and _years_only(everything)
        listing = ranked or over_years or bool(cue("series", text))
        operations = [] if listing else self._operations()
        if ranked and len(everything) > 1:
            yield from self._ordered(everything)
            return
        if counted and not ranked:
            yield self._frame("count value", ((self._one(self.span),),))
        if not (operations and counted):
            yield from self._lists()
        for frame in operations:
            yield frame
            if frame.operation == "change" and not frame.slots[0].unit:
                # 增长多少 may be printed as a rate only.
                yield replace(frame, operation="rate", kind="rate")
        yield from self._several(everything, bool(operations))
        others = ("filter", "average", "exclude", "series")
        if not (operations or ranked or counted or any(cue(name, text) for name in others)):
            yield self._frame("value", ((self._one(self.span),),))

    def _ordered(self, slots: tuple[Slot, ...]) -> Iterator[Frame]:
        """Several departments, years or subjects put in order."""
        _, k = order(self.text)
        frame = self._frame("compare", tuple((slot,) for slot in slots))
        ascending = bool(cue("ascending", self.text)) and not cue("descending_first", self.text)
        yield replace(frame, ascending=ascending, k=0 if k == 1 else k)

    # ------------------------------------------------------------ operations with operands

    def _operations(self) -> list[Frame]:
        found: list[Frame] = []
        for operation, patterns in grammar():
            # What is held against something named is no plain change.
            if operation in ("rate", "change") and any(len(f.operands) == 2 for f in found):
                break
            for pattern in patterns:
                match = pattern.search(self.text)
                if match and (frame := self._matched(operation, match)):
                    found.append(frame)
                    break
        return found

    def _matched(self, operation: str, match: re.Match[str]) -> Frame | None:
        groups = match.groupdict()
        spans = [self._at(match.span(name)) for name in ("a", "b") if groups.get(name) is not None]
        # 比上年多多少, after a clause that named the subject: what is left out comes from there.
        if not all(self._says(s) or (self.base and n == 0) for n, s in enumerate(spans)):
            return None
        if len(spans) == 1:
            return self._alone(operation, spans[0])
        left, right = self._pair(spans[0], spans[1])
        if operation == "share" and (varied := _variants(left, right)):
            return self._frame("shares", varied)
        if operation in ("growth", "difference") and left == right:
            return None
        kind = "growth" if operation == "difference" and self._percent(match) else operation
        return self._frame(kind, (left, right))

    def _alone(self, operation: str, span: tuple[int, int]) -> Frame | None:
        if operation in ("growth", "difference"):
            return None
        slots = self._expanded(span)
        shared = self._without_base(self._one(self.span))
        whole = tuple(self._without_base(inheriting(slot, shared)) for slot in slots)
        if operation in ("rate", "change") and len(whole) > 1:
            whole = whole[:1] if not _years_only(whole) else (_later(whole),)
        kinds: dict[str, Kind] = {"rate": "rate", "change": "change", "completion": "completion"}
        return replace(self._frame(operation, (whole,)), kind=kinds.get(operation, "value"))

    def _percent(self, match: re.Match[str]) -> bool:
        return bool(_PERCENT.search(self.text[match.start() :]))

    def _pair(
        self, a: tuple[int, int], b: tuple[int, int]
    ) -> tuple[tuple[Slot, ...], tuple[Slot, ...]]:
        """Two operands, each with what it leaves out taken from what is said before both, or from
        the other."""
        left, right = self._expanded(a), self._expanded(b)
        if self.base and not self._says(a):
            left = (self.base,)
        around = self._around(a, b)
        whole_first = b[0] < a[0]
        first, second = (right, left) if whole_first else (left, right)
        first = tuple(inheriting(slot, around, scope_only=bool(slot.spans)) for slot in first)
        second = tuple(inheriting(slot, first[0], scope_only=bool(slot.spans)) for slot in second)
        first = tuple(
            replace(
                inheriting(slot, second[0], scope_only=bool(slot.spans), open_years=False),
                basis=slot.basis,
            )
            for slot in first
        )
        return (second, first) if whole_first else (first, second)

    def _around(self, a: tuple[int, int], b: tuple[int, int]) -> Slot:
        """What is said of both operands: the words before them, the scope anywhere outside them."""
        outside = [
            m
            for m in self.mentions
            if self.span[0] <= m.start < self.span[1]
            and not any(start <= m.start < end for start, end in (a, b))
        ]
        values = {
            kind: tuple(dict.fromkeys(m.value for m in outside if m.kind == kind)) for kind in KINDS
        }
        front = (self.span[0], min(a[0], b[0]))
        return self._slot((front,), front, values)

    # ------------------------------------------------------------ lists and several slots

    def _lists(self) -> Iterator[Frame]:
        text = self.text
        slot = self._without_base(self._one(self.span))
        slot = self._outside(slot)
        kind = self._list_kind()
        place, k = order(text)
        ascending = bool(cue("ascending", text)) and not cue("descending_first", text)
        bound = next(iter(self.scope.question.thresholds), None)
        base = replace(
            self._frame("rank", ((replace(slot, kind=kind),),)),
            k=k,
            place=place,
            ascending=ascending,
            kind=kind,
            direction=direction(text),
            excluded=self._excluded(),
        )
        if cue("rank", text):
            yield base
        elif cue("filter", text) and (bound or direction(text) is not None):
            filtered = replace(base, operation="filter", bound=bound)
            yield replace(filtered, operation="count filter") if cue("count", text) else filtered
        counted = cue("count", text)
        if counted and not cue("rank", text) and is_member(text[counted.start() :]):
            yield replace(base, operation="count", kind="value")

    def _without_base(self, slot: Slot) -> Slot:
        """Without the years that are only what something is held against (比2023年增加最多的)."""
        bases = {
            m.value
            for m in self._inside(self.span, "year")
            if _HELD_AGAINST.search(self.said.masked[max(0, m.start - 1) : m.start])
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
        start, end = self._at(match.span())
        spans = tuple(s for s in ((self.span[0], start), (end, self.span[1])) if self._speaks(s))
        return replace(slot, spans=spans, head=self._head(spans[-1]) if spans else slot.head)

    def _list_kind(self) -> Kind:
        if not cue("change_list", self.text):
            return "value"
        return (
            "rate" if _PERCENT.search(self.text) or re.search("最快|最慢", self.text) else "change"
        )

    def _several(self, slots: tuple[Slot, ...], operated: bool) -> Iterator[Frame]:
        text = self.text
        many = tuple((slot,) for slot in slots)
        if cue("series", text):
            slots = self._yearly(slots)
            many = tuple((slot,) for slot in slots)
        if cue("average", text):
            per = self.scope.question.per
            yield self._averaged(per) if per else self._frame("average", (slots,))
            if per:
                # 体检费每人多少 may be printed as it is: 2,000 元/人.
                printed = replace(self._one(self.span), unit=f"元/{per}")
                yield self._frame("value", ((printed,),))
        if len(slots) > 1 and cue("compare", text):
            asks = bool(_AMOUNT.search(text)) and len(slots) == 2
            if asks:
                yield self._frame("gap", many)
            yield replace(
                self._frame("compare", many), ascending=bool(cue("ascending", text)), direction=1
            )
        if cue("sum", text) and (len(slots) > 1 or all_of(text)):
            yield self._frame("sum", (slots,))
        if excluded := self._excluded():
            whole = self._outside(self._one(self.span))
            yield replace(self._frame("without", ((whole,),)), excluded=excluded)
        if len(slots) > 1 and not operated:
            yield self._frame("list", many)

    def _averaged(self, per: str) -> Frame:
        """A total by a count: what is counted stands behind 每辆, the rest is what is divided."""
        match = re.search(rf"每?(?:一)?(?:个)?{per}(?:均)?", self.said.masked[slice(*self.span)])
        end = self._at(match.span())[1] if match else self.span[1]
        counted = [(n.start, n.end) for n in self.said.names if end <= n.start <= end + 1]
        whole = self._one(self.span)
        start, stop = counted[0] if counted else (end, end)
        spans = tuple(s for s in ((self.span[0], start), (stop, self.span[1])) if self._speaks(s))
        if counted and self.said.content(spans) > 0.5:
            total = replace(whole, spans=spans, head=self._head(spans[-1]))
            by = replace(whole, spans=tuple(counted), head=counted[0])
        else:
            total, by = whole, replace(whole, spans=())
        operands = ((replace(total, unit=""),), (replace(by, unit=per),))
        return replace(self._frame("average", operands), per=per)

    def _yearly(self, slots: tuple[Slot, ...]) -> tuple[Slot, ...]:
        """One slot for each of the years that the documents are of; 近三年 are the last three."""
        if len(slots) != 1 or slots[0].years:
            return slots
        own = sorted({d.profile.year for d in self.scope.documents if d.profile.year})
        count = re.search(r"近([两二三四五六七八九十]|\d+)年", self.text)
        wanted = (chinese_ordinal(count[1]) or 0) if count else len(own)
        if count and count[1] == "两":
            wanted = 2
        last = max(own, default=0)
        years = range(last - wanted + 1, last + 1) if count else own
        return tuple(replace(slots[0], years=(year,)) for year in years)

    def _checks(self) -> Iterator[Frame]:
        """A printed rate against its amounts, parts against a whole, one figure in two places."""
        slots = self._expanded(self.span)
        if self._percent_said():
            yield replace(
                self._frame("check rate", ((self._without_base(slots[0]),),)), kind="rate"
            )
        if len(slots) > 1:
            yield self._frame("check", tuple((slot,) for slot in slots))
        yield self._frame("check parts", ((self._one(self.span),),))
        yield self._frame("check places", (slots[:1],))

    def _percent_said(self) -> bool:
        return bool(_PERCENT.search(self.text)) and not re.search("比重|比例|占", self.text)

    def _excluded(self) -> tuple[Slot, ...]:
        match = cue("exclude", self.text)
        if match is None:
            return ()
        name = next((n for n in match.groupdict() if match[n]), "")
        return self._expanded(self._at(match.span(name))) if name else ()


_HELD_AGAINST = re.compile(r"[比较与和跟同]$")


def _variants(left: tuple[Slot, ...], right: tuple[Slot, ...]) -> tuple[tuple[Slot, ...], ...]:
    """A share asked for in several years or departments: (part, whole) of each; () for one share."""
    scopes = {(slot.organisations, slot.years, slot.level) for slot in left}
    if len(left) < 2 or len(scopes) != len(left) or len({slot.spans for slot in left}) > 1:
        return ()
    whole = (
        right
        if len(right) == len(left)
        else tuple(
            replace(right[0], organisations=part.organisations, years=part.years, level=part.level)
            for part in left
        )
    )
    return tuple(zip(left, whole, strict=True))


def _years_only(slots: Sequence[Slot]) -> bool:
    return len({replace(slot, years=()) for slot in slots}) == 1


def _later(slots: Iterable[Slot]) -> Slot:
    return max(slots, key=lambda slot: slot.years)
