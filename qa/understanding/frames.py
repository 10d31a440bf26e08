"""Which operation a question asks for, and of which slots.

The grammar is data (`frames.toml`); it is matched on the question with every printed name hidden, so
that nothing inside a name is taken for a cue.  A question may be read in several ways: they come in the
order in which they are to be tried.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from index.figures import chinese_ordinal
from index.vocabulary import words
from qa.plan import Kind
from qa.question import Threshold
from qa.scope import Scope
from qa.understanding.mentions import Mention, mentions_of
from qa.understanding.names import Words
from qa.understanding.slots import Slot
from qa.understood import asks_all

__all__ = ["Frame", "change_of", "cue", "frames_of"]

_MOST_SLOTS = 24
_PERCENT = re.compile(
    r"百分(?!点)|百分点|减幅|%|增幅|增速|降幅|增长率|涨幅|跌幅|变动率|变化率|增减率|幅度"
)
_AMOUNT = re.compile(r"多少|几|差|距")


@dataclass(frozen=True, slots=True)
class Frame:
    """An operation with its operands.  An operand is one slot, or several that are added.

    `k` is how many of a ranking are wanted (0 all), `place` the one place wanted, `ascending` the
    smallest first; `bound` of a filter; `per` what an average is by; `span` the stretch of the
    question that was read; `excluded` what is taken off a sum or left out of a list."""

    operation: str
    operands: tuple[tuple[Slot, ...], ...]
    span: tuple[int, int]
    k: int = 0
    place: int = 0
    ascending: bool = False
    bound: Threshold | None = None
    per: str = ""
    kind: Kind = "value"
    direction: int | None = 0
    excluded: tuple[Slot, ...] = ()

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(slot for operand in self.operands for slot in operand)


@cache
def _grammar() -> tuple[tuple[str, tuple[re.Pattern[str], ...]], ...]:
    return tuple(
        (frame["operation"], tuple(re.compile(p) for p in frame["patterns"]))
        for frame in words("frames")["frame"]
    )


@cache
def _cue(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{e})" for e in words("frames")["cues"][name]))


def cue(name: str, masked: str) -> re.Match[str] | None:
    """Where a question, its names hidden, gives a cue."""
    return _cue(name).search(masked)


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
        tuple(_inheriting(slot, base, scope_only=bool(slot.spans)) for slot in operand)
        for operand in frame.operands
    )
    return replace(frame, operands=operands)


@dataclass(frozen=True, slots=True)
class _Reader:
    scope: Scope
    said: Words
    span: tuple[int, int]
    mentions: tuple[Mention, ...]
    base: Slot | None = None

    @property
    def text(self) -> str:
        return self.said.masked[slice(*self.span)]

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
        _, k = _order(self.text)
        frame = self._frame("compare", tuple((slot,) for slot in slots))
        ascending = bool(cue("ascending", self.text)) and not cue("descending_first", self.text)
        yield replace(frame, ascending=ascending, k=0 if k == 1 else k)

    # ------------------------------------------------------------ operations with operands

    def _operations(self) -> list[Frame]:
        found: list[Frame] = []
        for operation, patterns in _grammar():
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
        whole = tuple(self._without_base(_inheriting(slot, shared)) for slot in slots)
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
        first = tuple(_inheriting(slot, around, scope_only=bool(slot.spans)) for slot in first)
        second = tuple(_inheriting(slot, first[0], scope_only=bool(slot.spans)) for slot in second)
        first = tuple(
            replace(
                _inheriting(slot, second[0], scope_only=bool(slot.spans), open_years=False),
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
            kind: tuple(dict.fromkeys(m.value for m in outside if m.kind == kind))
            for kind in _KINDS
        }
        front = (self.span[0], min(a[0], b[0]))
        return self._slot((front,), front, values)

    # ------------------------------------------------------------ lists and several slots

    def _lists(self) -> Iterator[Frame]:
        text = self.text
        slot = self._without_base(self._one(self.span))
        slot = self._outside(slot)
        kind = self._list_kind()
        place, k = _order(text)
        ascending = bool(cue("ascending", text)) and not cue("descending_first", text)
        bound = next(iter(self.scope.question.thresholds), None)
        base = replace(
            self._frame("rank", ((replace(slot, kind=kind),),)),
            k=k,
            place=place,
            ascending=ascending,
            kind=kind,
            direction=_direction(text),
            excluded=self._excluded(),
        )
        if cue("rank", text):
            yield base
        elif cue("filter", text) and (bound or _direction(text) is not None):
            filtered = replace(base, operation="filter", bound=bound)
            yield replace(filtered, operation="count filter") if cue("count", text) else filtered
        counted = cue("count", text)
        if counted and not cue("rank", text) and _is_member(text[counted.start() :]):
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
        if cue("sum", text) and (len(slots) > 1 or _all_of(text)):
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

    # ------------------------------------------------------------ slots

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
        return self._slot((span,), span, {kind: self._values(span, kind) for kind in _KINDS})

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
            question.unit,
        )

    def _head(self, span: tuple[int, int]) -> tuple[int, int]:
        """The last name of a stretch: in Chinese the subject stands last."""
        names = [n for n in self.said.names if span[0] <= n.start and n.end <= span[1]]
        return (names[-1].start, names[-1].end) if names else span

    def _expanded(self, span: tuple[int, int]) -> tuple[Slot, ...]:
        """A stretch as the slots it lists: several subjects, departments, years, levels or bases."""
        modifiers, members = self._members(span)
        axes = [self._axis(span, kind) for kind in _KINDS]
        slots = [
            self._slot((*modifiers, member), member, dict(zip(_KINDS, values, strict=True)))
            for member in members
            for values in itertools.product(*axes)
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

    def _alike(self, pieces: Sequence[tuple[int, int]]) -> bool:
        """Whether pieces between conjunctions are names of one kind, not halves of a phrase."""
        named = [any(p[0] <= n.start and n.end <= p[1] for n in self.said.names) for p in pieces]
        if cue("sum", self.text) and any(named):
            return True
        return sum(named) >= max(2, len(pieces) - 1) or (len(pieces) > 2 and any(named))


_KINDS = ("organisation", "year", "level", "basis")
_CONJUNCTION = re.compile(r"、|以及|还有|和|与|及|跟|同(?!比|期)|加上?|\+|;|(?<=□),(?=□)")
_JOINS = re.compile(
    r"(?:度|预算|决算|数|的|年)*(?:、|以及|还有|和|与|及|跟|同|至|到|[-—~,]|或者?|还是|比)+"
)
_HELD_AGAINST = re.compile(r"[比较与和跟同]$")
_POSSESSIVE = re.compile(r"(?:当中|之中|里面|里头|中|里|内|下|其)的?|,|:|：|的")


def _inheriting(
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


def _is_member(text: str) -> bool:
    """Whether what is counted is a kind of row: 几个项目, 多少个县区."""
    nouns = "|".join(f"(?:{noun})" for noun in words("questions")["members"])
    return re.match(rf".{{0,6}}?(?:{nouns})", text) is not None


def _all_of(text: str) -> bool:
    return re.search(r"各|每个|所有|全部", text) is not None


def _order(text: str) -> tuple[int, int]:
    """(place, k) of a ranking: 第二大 → (2, 2), 前三 → (0, 3), 最大 → (0, 1), 从大到小 → (0, 0)."""
    if match := re.search(r"第([二三四五六七八九十]|\d+)(?:大|多|高|位|名|的|低|少|小)", text):
        n = (
            chinese_ordinal(match[1]) or int(match[1])
            if match[1].isdigit()
            else chinese_ordinal(match[1])
        )
        return (n or 0), (n or 0)
    for expression in (
        r"(?:前|后)([一二两三四五六七八九十]|\d+)",
        r"最[大多高小少低快慢](?:额)?的?(?:是)?(?:那|这|哪)?([二两三四五六七八九十]|\d+)(?:个|项|笔|类|家|名|款|种|大)",
        r"([二两三四五六七八九十]|\d+)(?:个|项|笔|类|家|名|款|种|大).{0,12}最[大多高小少低快慢]",
    ):
        if match := re.search(expression, text):
            return 0, (2 if match[1] == "两" else chinese_ordinal(match[1]) or 0)
    whole = re.search(r"到[低小少高大多]|排(?:名|序|一下|列|个序|一排)|怎么排|依次", text)
    return 0, (0 if whole else 1)


def _direction(text: str) -> int | None:
    """1 rising, -1 falling, 0 unchanged, as a filter asks for it; None where it does not."""
    for expression, direction in (
        (r"持平|不变|没有变化|没变", 0),
        (r"增加|增长|上涨|上升|涨|多了|增", 1),
        (r"减少|下降|压减|降|砍|少了|减", -1),
    ):
        if re.search(expression, text):
            return direction
    return None
