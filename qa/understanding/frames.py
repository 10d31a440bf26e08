"""Which operation a question asks for, and of which slots.

The grammar is data (`frames.toml`); it is matched on the question with every printed name hidden, so
that nothing inside a name is taken for a cue.  A question may be read in several ways: they come in the
order in which they are to be tried.  An operation that is asked for and cannot be read is no reason to
answer with a figure alone: then there is no frame at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.vocabulary import pattern, words
from qa.plan import Kind
from qa.scope import Scope
from qa.understanding.frame import (
    Frame,
    all_of,
    cue,
    grammar,
    order,
    percent_said,
    sides,
)
from qa.understanding.lists import Lists
from qa.understanding.mentions import mentions_of
from qa.understanding.names import Words
from qa.understanding.slots import (
    Slot,
    apart,
    later,
    of_basis,
    two_departments,
    variants,
    years_only,
)
from qa.understanding.stretch import KINDS, inheriting

__all__ = ["change_of", "frames_of", "parts_of"]

_AMOUNT = re.compile(r"多少|几|差|距")
# Operations on two figures that a comparison of two (谁多) says in other words.
_MOVING = frozenset({"growth", "difference", "rate", "change"})


def frames_of(
    scope: Scope,
    said: Words,
    span: tuple[int, int] | None = None,
    before: tuple[Slot, ...] = (),
) -> list[Frame]:
    """The ways to read a stretch of a question (all of it), the likeliest first; `before` are the
    slots of the clauses before: what is left out is taken from the first, and an operation that
    names nothing (差多少, 合计呢) is over them all."""
    whole = span or (0, len(said.text))
    base = before[0] if before else None
    reader = _Reader(scope, said, whole, mentions_of(scope, said.masked), base)
    if leaning := reader.over(before):
        return [leaning]
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
class _Reader(Lists):
    """Reads a stretch as frames."""

    def frames(self) -> Iterator[Frame]:
        text = self.text
        if cue("check", text):
            # What is to be checked is no answer to how much it is.
            yield from self._checks()
            return
        if match := cue("derive", text):
            yield self._frame("derived", ((self._beside(match.span()),),))
            return
        everything = self._expanded(self.span)
        ranked, counted = bool(cue("rank", text)), bool(cue("count", text))
        if ranked and cue("series", text):
            everything = self._yearly(everything)
        if ranked and len(everything) > 1:
            yield from self._ordered(everything)
            return
        if counted and self._filters() and self._counts_members():
            yield from self._lists()
            return
        over_years = len(everything) > 2 and years_only(everything)
        listing = ranked or over_years or cue("series", text)
        operations = [] if listing else self._operations()
        if operations is None:
            return
        comparing = len(everything) > 1 and cue("compare", text) is not None
        if comparing:
            operations = [
                f for f in operations if f.operation not in _MOVING and f.operation != "list"
            ]
        if counted and not ranked:
            yield self._frame("count value", ((self._one(self.span),),))
        if not (operations and counted):
            yield from self._lists()
        for frame in operations:
            if frame.slots[0].side:
                # 收支结余 and 自给率 may be printed.
                yield self._frame("printed surplus", ((self._one(self.span),),))
            yield frame
            if frame.operation == "change" and not frame.slots[0].unit:
                # 增长多少 may be printed as a rate only.
                yield replace(frame, operation="rate", kind="rate")
        yield from self._several(everything, bool(operations) or comparing)
        others = ("filter", "average", "exclude", "series")
        asked = operations or comparing or ranked or counted or self._sums(everything)
        if not (asked or any(cue(name, text) for name in others)):
            yield self._frame("value", ((self._one(self.span),),))

    def over(self, before: tuple[Slot, ...]) -> Frame | None:
        """An operation that names no operand, over the slots of the clauses before."""
        if len(set(before)) < 2 or self._says(self.span):
            return None
        if cue("sum", self.text):
            return self._frame("sum", (before,))
        if cue("compare", self.text):
            frame = self._frame("compare", tuple((slot,) for slot in before))
            ascending = self._ascending()
            return replace(frame, direction=1, ascending=ascending, kind=before[0].kind)
        if len(before) == 2 and cue("apart", self.text):
            later, earlier = sorted(before, key=lambda slot: slot.years, reverse=True)
            if percent_said(self.text) and years_only([replace(s, basis=()) for s in before]):
                return self._frame("growth", ((later,), (earlier,)))
            return self._frame("gap", tuple((slot,) for slot in before))
        return None

    def _ordered(self, slots: tuple[Slot, ...]) -> Iterator[Frame]:
        """Several departments, years or subjects put in order."""
        _, k = order(self.text)
        frame = self._frame("compare", tuple((slot,) for slot in slots))
        yield replace(frame, ascending=self._ascending(), k=0 if k == 1 else k)

    def _ascending(self) -> bool:
        """Whether the smallest comes first."""
        return bool(cue("ascending", self.text)) and not cue("descending_first", self.text)

    def _operations(self) -> list[Frame] | None:
        """The operations that the grammar reads; `None` where one is asked for between things that
        cannot be told apart."""
        found: list[Frame] = []
        lost = False
        for operation, patterns in grammar():
            if operation == "balance":
                continue
            # What is held against something named is no plain change.
            if operation in ("rate", "change") and any(len(f.operands) == 2 for f in found):
                break
            for match in filter(None, (p.search(self.text) for p in patterns)):
                frame = self._matched(operation, match)
                lost = lost or (frame is None and self._said(match))
                if frame:
                    found.append(frame)
                    break
        return None if lost and not found else found

    def _said(self, match: re.Match[str]) -> bool:
        """Whether both operands of a match say something of their own."""
        groups = [name for name in ("a", "b") if name in match.groupdict()]
        return len(groups) == 2 and all(self._says(self._at(match.span(n))) for n in groups)

    def _matched(self, operation: str, match: re.Match[str]) -> Frame | None:
        groups = match.groupdict()
        spans = [self._at(match.span(name)) for name in ("a", "b") if groups.get(name) is not None]
        # 比上年多多少, after a clause that named the subject: what is left out comes from there.
        if not all(
            self._says(s) or (self.base and n == 0) or (n == 1 and self._side(s))
            for n, s in enumerate(spans)
        ):
            return None
        if len(spans) == 1:
            return self._alone(operation, spans[0])
        left, right = self._pair(spans[0], spans[1])
        if operation == "difference" and (both := two_departments(left, right)):
            return self._frame("gap", both)
        if operation == "share" and (varied := variants(apart(left), apart(right))):
            return replace(
                self._frame("shares", varied),
                ascending=bool(cue("ascending", self.text)),
                direction=1 if cue("compare", self.text) or cue("rank", self.text) else 0,
            )
        if operation == "room":
            return self._frame("difference", (of_basis(right, "限额"), of_basis(left, "余额")))
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
        if operation in ("surplus", "coverage"):
            return self._both_sides(operation, whole[0])
        if operation == "share":
            if not self.base and pattern("frames", "lists", "among").search(self.text):
                return None
            # 项目支出占比: of what was spoken of before, else of all.
            everything = self.base or replace(whole[0], spans=(), head=self.span, unit="")
            return self._frame("share", (whole[:1], (everything,)))
        if operation == "room":
            return self._frame("difference", (of_basis(whole, "限额"), of_basis(whole, "余额")))
        if operation in ("rate", "change") and len(whole) > 1:
            if not years_only(whole):
                kind: Kind = "rate" if operation == "rate" else "change"
                each = tuple((replace(slot, kind=kind, unit=""),) for slot in whole)
                return replace(self._frame("list", each), kind=kind)
            whole = (later(whole),)
        kinds: dict[str, Kind] = {"rate": "rate", "change": "change", "completion": "completion"}
        return replace(self._frame(operation, (whole,)), kind=kinds.get(operation, "value"))

    def _both_sides(self, operation: str, slot: Slot) -> Frame:
        """What comes in held against what goes out."""
        kind = "share" if operation == "coverage" else "difference"
        if operation == "coverage":
            slot = replace(slot, spans=(), head=self.span)
        implied = words("frames")["sides"]["own_part"] if operation == "coverage" else ""
        operands = tuple(
            (replace(slot, side=side, implied=implied and implied + side, unit=""),)
            for side in sides().values()
        )
        return self._frame(kind, operands)

    def _percent(self, match: re.Match[str]) -> bool:
        return percent_said(self.text[match.start() :])

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
        if self._is_all(b) and len(second) == 1 and second[0].spans == left[0].spans:
            # 占全部预算的比例
            return left, (replace(second[0], spans=(b,), head=self._head(b), basis=()),)
        if first == second and len(first) == 1:
            if self._speaks(a) and not self._speaks(b) and (side := self._side(b)):
                # 基金收入减去支出: the other side of the same subject.
                return left, (replace(left[0], side=side),)
            # 收入里事业收入占几成: a word for the whole is an operand of its own.
            spans = (b, a) if whole_first else (a, b)
            first, second = ((self._itself(first[0], span),) for span in spans)
        return (second, first) if whole_first else (first, second)

    def _is_all(self, span: tuple[int, int]) -> bool:
        """Whether a stretch names nothing but all there is: 全部预算, 整个支出."""
        text = self.said.masked[slice(*span)]
        return (
            not self._speaks(span) and pattern("frames", "lists", "entire").search(text) is not None
        )

    def _side(self, span: tuple[int, int]) -> str:
        """The side of a budget that a stretch names, and nothing else; `""` where it does not."""
        text = self.said.text[slice(*span)]
        return next((side for side in sides().values() if text.strip("的总,") == side), "")

    def _itself(self, slot: Slot, span: tuple[int, int]) -> Slot:
        """A slot of what its own stretch says, little as it is."""
        if self._speaks(span):
            return slot
        return replace(slot, spans=(span,), head=self._head(span))

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
            yield from self._compared(slots)
        if self._sums(slots) or (cue("sum", text) and all_of(text)):
            yield self._frame("sum", (slots,))
        if excluded := self._excluded():
            whole = self._outside(self._one(self.span))
            yield replace(self._frame("without", ((whole,),)), excluded=excluded)
        if len(slots) > 1 and not (operated or self._sums(slots)):
            yield self._frame("list", many)

    def _sums(self, slots: Sequence[Slot]) -> bool:
        """Whether several things are to be added: neither of them alone is an answer."""
        return len(slots) > 1 and cue("sum", self.text) is not None

    def _compared(self, slots: tuple[Slot, ...]) -> Iterator[Frame]:
        """Which of several is more, by how much where there are two; or which moved more."""
        kind = self._list_kind()
        many = tuple((replace(slot, kind=kind),) for slot in slots)
        if kind == "value" and len(slots) == 2 and _AMOUNT.search(self.text):
            yield self._frame("gap", many)
        frame = replace(self._frame("compare", many), direction=1, kind=kind)
        yield replace(frame, ascending=self._ascending())

    def _checks(self) -> Iterator[Frame]:
        """A printed rate against its amounts, parts against a whole, a figure against the one that
        the question states, one figure in two places."""
        slots = self._expanded(self.span)
        one = self._one(self.span)
        rated = percent_said(self.text) and not pattern("frames", "amounts", "share").search(
            self.text
        )
        if rated:
            frame = self._frame("check rate", ((self._without_base(slots[0]),),))
            yield replace(frame, kind="rate", direction=self._stated_way())
        if pair := self._balance():
            yield self._frame("check", pair)
        adding = cue("adds", self.text) is not None
        stated = any(not t.comparison for t in self.scope.question.thresholds)
        if len(slots) > 1 and not (pair or rated) and (adding or not stated):
            yield self._frame("check", tuple((slot,) for slot in slots))
        if adding or not stated:
            yield self._frame("check parts", ((one,),))
        if stated and not (adding or rated):
            way = self._stated_way()
            subject = self._without_base(one) if way else one
            frame = self._frame("check said", ((replace(subject, unit=""),),))
            yield replace(frame, kind="change" if way else "value", direction=way)
        elif not adding:
            yield self._frame("check places", (slots[:1],))

    def _stated_way(self) -> int:
        """Whether the figure that a question states is one of a change: 少了15万, -1."""
        starts = [a for a, _, kind in self.scope.question.marks if kind == "threshold"]
        front = self.said.text[: starts[0]] if starts else ""
        for sign, name in ((1, "up"), (-1, "down")):
            if re.search(rf"(?:{'|'.join(words('prose')[name])})[了约]?$", front):
                return sign
        return 0

    def _balance(self) -> tuple[tuple[Slot, ...], ...] | None:
        """What is added on one side and what it should come to on the other."""
        for shape in dict(grammar())["balance"]:
            match = shape.search(self.text)
            if match and self._said(match):
                left, right = self._pair(self._at(match.span("a")), self._at(match.span("b")))
                return (left, right) if len(right) == 1 and left != right else None
        return None
