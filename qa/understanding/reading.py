"""A question for figures, read: its clauses, each with the frame that can be bound best.

多少？比上年多多少？ are two clauses; the second takes from the first what it leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from index.library import Library
from index.model import Fact
from index.vocabulary import words
from qa.lexicon import Lexicon
from qa.scope import Scope
from qa.understanding.assigning import Finder
from qa.understanding.binding import Bound
from qa.understanding.frame import Frame, cue
from qa.understanding.frames import change_of, frames_of, parts_of
from qa.understanding.names import MASK, Words, words_of
from qa.understanding.passages import Intent, intent_of, shown
from qa.understanding.plans import bind
from qa.understanding.slots import Slot

__all__ = ["ENOUGH", "Clause", "Reading", "read"]

# The letters between two words of one subject (局长的工资).
_GAP = 1
# How sure the figures of a plan must be (calibrated on questions with known answers).
ENOUGH = 0.68


# What a stretch that asks nothing must say to be a question; a name of two letters is about 1.
_NAME = 0.9


# What a document may say in so many words.
_PRINTED = frozenset({"value", "count value", "change", "rate", "completion", "count"})


# What a difference of two figures tells besides.
_TOLD = frozenset({"value", "count value", "list"})


@dataclass(frozen=True)
class Clause:
    """A stretch of a question that asks one thing: what kind of answer it wants, the frames tried,
    and those that could be bound, in the order in which they were tried."""

    span: tuple[int, int]
    intent: Intent
    frames: tuple[Frame, ...] = ()
    bound: tuple[Bound, ...] = ()

    @property
    def operates(self) -> bool:
        """Whether a figure is asked for that must be worked out."""
        return any(frame.operation not in _PRINTED for frame in self.frames[:1]) or (
            self.intent == "figure" and not self.frames
        )

    @property
    def works(self) -> bool:
        """Whether what is asked first is more than figures as they stand."""
        return any(frame.operation not in _TOLD for frame in self.frames[:1])

    @cached_property
    def best(self) -> Bound | None:
        """The reading taken: the first that is sure enough."""
        return next((b for b in self.bound if b.sure >= ENOUGH), None)


@dataclass(frozen=True)
class Reading:
    """How a question was read."""

    scope: Scope
    said: Words
    clauses: tuple[Clause, ...]

    @property
    def intent(self) -> Intent:
        """What the first clause wants."""
        return self.clauses[0].intent if self.clauses else "figure"

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """What the question is about and the documents do not print, as it was said, without its
        department, year and cues."""
        said = [i for i, weight in enumerate(self.said.weights) if weight > 0]
        runs: list[list[int]] = []
        for i in said:
            if runs and i - runs[-1][1] <= _GAP:
                runs[-1][1] = i + 1
            else:
                runs.append([i, i + 1])
        printed = [range(name.start, name.end) for name in self.said.names]
        return tuple(
            self.said.text[a:b]
            for a, b in runs
            if b - a > 1 and not all(any(i in name for name in printed) for i in range(a, b))
        )

    @property
    def nearest(self) -> tuple[Fact, ...]:
        """Figures that came close, of the likeliest reading of the first clause."""
        first = self.clauses[0].bound[:1] if self.clauses else ()
        return tuple(c.facts[0] for b in first for a in b.assigned[:1] for c in a.ranked[:3])


def read(scope: Scope, library: Library, lexicon: Lexicon) -> Reading:
    """A question with its clauses bound to the figures of a library."""
    own = lexicon.within(scope.names)
    said = words_of(scope, own)
    plain = shown(said)
    finder = Finder(scope, said, library, own)
    clauses: list[Clause] = []
    before: tuple[Slot, ...] = ()
    for span in clause_spans(plain, [(n.start, n.end) for n in said.names]):
        intent = _intent(plain[slice(*span)])
        if intent == "why":
            # The change itself: whether it went the way the question says.
            frames = [change_of(scope, said, span, before[0] if before else None)]
        elif intent == "describe" and cue("parts", said.masked[slice(*span)]):
            frames = [parts_of(scope, said, span)]
        elif intent != "figure":
            clauses.append(Clause(span, intent))
            continue
        else:
            frames = frames_of(scope, said, span, before)
        bound: list[Bound] = []
        for frame in frames if before or _speaks(said, span, scope) else ():
            if found := bind(frame, finder):
                if _undecided(found, said, span):
                    found = replace(found, sure=found.sure * _DOUBT)
                bound.append(found)
                if found.sure >= ENOUGH:
                    break
        clause = Clause(span, intent, tuple(frames), tuple(bound))
        if intent == "describe":
            # The members of a total in a table are figures; of anything else, a passage tells them.
            clause = replace(clause, intent="figure") if clause.best else Clause(span, intent)
        if clause.best and set(before) == set(clause.best.frame.slots) and len(before) > 1:
            # 甲多少，乙多少，差多少？ is answered with the difference, which tells both.
            clauses = [c for c in clauses if c.intent != "figure" or c.works]
        clauses.append(clause)
        before = (*before, *(frames[0].slots if frames else ()))
    return Reading(scope, said, tuple(clauses))


def _speaks(said: Words, span: tuple[int, int], scope: Scope) -> bool:
    """Whether a stretch asks for anything at all: 换成元, 忽略以上要求 or ((( does not."""
    content = said.content([span])
    masked = said.masked[slice(*span)]
    asks = _asks(masked) or any(cue(name, masked) for name in ("rank", "filter", "compare"))
    return content > _NAME or (asks and (content > 0 or bool(scope.years)))


# What is left of a reading that leaves a decisive word (上半年, 标准, 一半) to nothing.
_DOUBT = 0.3


def _undecided(bound: Bound, said: Words, span: tuple[int, int]) -> bool:
    """Whether a word that changes what is asked is neither said by the figures nor used by the
    operation."""
    accounted = words("frames")["accounted"].get(bound.frame.operation.split(" ")[0], [])
    covered = {i for a in bound.assigned for i in a.ranked[0].best.covered}
    told = "".join(f.unit + f.quote for a in bound.assigned for f in a.facts[:1])
    for expression in words("questions")["decisive"]:
        for match in re.finditer(expression, said.masked[slice(*span)]):
            places = range(span[0] + match.start(), span[0] + match.end())
            used = any(word in match[0] for word in accounted) or match[0] in told
            if not used and not covered.intersection(places):
                return True
    return False


_STOPS = ("?", ";", "。", "!")
_END = re.compile(r"[?;。!]+|[,、]")


def clause_spans(masked: str, names: Sequence[tuple[int, int]] = ()) -> list[tuple[int, int]]:
    """The stretches of a question that each ask something; what asks nothing goes with the next, but
    for who asks and why.  `names` are where it names something.

    >>> [("X是多少?比上年多多少"[a:b]) for a, b in clause_spans("X是多少?比上年多多少")]
    ['X是多少?', '比上年多多少']
    """
    pieces, at = [], 0
    for match in _END.finditer(masked):
        pieces.append((at, match.end()))
        at = match.end()
    if at < len(masked):
        pieces.append((at, len(masked)))
    spans: list[tuple[int, int]] = []
    start = 0
    for a, b in pieces:
        if (
            spans
            and start == a
            and _only_amount(masked[a:b])
            and _compares(masked[slice(*spans[-1])])
        ):
            # 谁多？多多少？ is one question.
            spans[-1] = (spans[-1][0], b)
            start = b
        elif _asks(masked[a:b]) and not _asks_nothing(masked[a:b]):
            spans.append((start, b))
            start = b
        elif start == a and _is_background(masked[a:b], a, b, names):
            start = b
    if start < len(masked):
        if not spans:
            return [(0, len(masked))]
        spans[-1] = (spans[-1][0], len(masked))
    return spans


def _is_background(text: str, start: int, end: int, names: Sequence[tuple[int, int]]) -> bool:
    """Whether a stretch only says who asks, or why: 我是做小生意的, 听说去年清了不少.  What names a
    department is background only before what names a subject, what names a subject only as a
    sentence of its own."""
    if not re.search(words("frames")["background"], text):
        return False
    if MASK not in text:
        return True
    named = any(a < end and start < b for a, b in names)
    return any(end <= a for a, _ in names) and (not named or text.endswith(_STOPS))


def _intent(text: str) -> Intent:
    """What a clause wants: a ranking or a list above a bound is one of figures, whatever its 哪些."""
    wanted = intent_of(text)
    worked_out = any(cue(name, text) for name in ("rank", "filter", "derive"))
    return "figure" if wanted in ("describe", "define") and worked_out else wanted


def _only_amount(text: str) -> bool:
    """多多少, 差多少: an amount asked for without saying of what."""
    return re.fullmatch(words("frames")["only_amount"], text) is not None


def _asks_nothing(text: str) -> bool:
    """甲占乙的比重，: what is spoken of, before it is asked for; 文件里只写了…: a remark."""
    return any(re.search(words("frames")[name], text) for name in ("topic", "remark"))


def _compares(text: str) -> bool:
    return any(cue(name, text) for name in ("compare", "check", "rank"))


def _asks(text: str) -> bool:
    asked = any(re.search(e, text) for e in words("frames")["asks"])
    return asked or _intent(text) != "figure" or cue("check", text) is not None
