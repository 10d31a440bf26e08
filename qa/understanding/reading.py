"""A question for figures, read: its clauses, each with the frame that can be bound best.

多少？比上年多多少？ are two clauses; the second takes from the first what it leaves out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from index.library import Library
from index.model import Fact
from index.vocabulary import words
from qa.lexicon import Lexicon
from qa.scope import Scope
from qa.understanding.asked import asked_in
from qa.understanding.assigning import Finder
from qa.understanding.binding import Bound
from qa.understanding.clauses import asks, clause_spans, intent_in, stories
from qa.understanding.frame import Frame, cue
from qa.understanding.frames import change_of, frames_of, parts_of
from qa.understanding.mentions import mentions_of
from qa.understanding.names import Words, words_of
from qa.understanding.passages import Intent, shown
from qa.understanding.plans import bind
from qa.understanding.slots import Slot

__all__ = ["Clause", "Reading", "is_sure", "read"]

# The letters between two words of one subject (局长的工资).
_GAP = 1
# How sure the figures of a plan, and the list that is told, must be (`evals.real.fit_certainty`).
ENOUGH, ENOUGH_OF_LISTS = 0.74, 0.68


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
        return next((b for b in self.bound if is_sure(b)), None)


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


def is_sure(bound: Bound) -> bool:
    """Whether a reading may be answered with."""
    return bound.sure >= (ENOUGH_OF_LISTS if bound.listed else ENOUGH)


def read(scope: Scope, library: Library, lexicon: Lexicon) -> Reading:
    """A question with its clauses bound to the figures of a library."""
    own = lexicon.within(scope.names)
    said = words_of(scope, own)
    plain = shown(said)
    clauses: list[Clause] = []
    before: tuple[Slot, ...] = ()
    named = [(n.start, n.end) for n in said.names]
    mentions = [m for m in mentions_of(scope, said.masked) if m.kind in ("year", "level")]
    said = said.without(stories(plain, named))
    finder = Finder(scope, said, library, own)
    for span in clause_spans(plain, named, mentions):
        intent = intent_in(plain[slice(*span)])
        if len(before) > 1 and _each_of_before(scope, said, span):
            continue
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
                if is_sure(found):
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
        if clause.best and not scope.organisations:
            finder = Finder(_home(scope, clause.best), said, library, own)
    return Reading(scope, said, tuple(clauses))


def _home(scope: Scope, bound: Bound) -> Scope:
    """The scope of what is asked besides, in a question that names no department: two things that
    it asks are not of two."""
    whose = {f.organisation for a in bound.assigned for f in a.facts}
    own = tuple(d for d in scope.documents if d.profile.organisation in whose)
    return replace(scope, documents=own)


def _speaks(said: Words, span: tuple[int, int], scope: Scope) -> bool:
    """Whether a stretch asks for anything at all: 换成元, 忽略以上要求 or ((( does not."""
    content = said.content([span])
    masked = said.masked[slice(*span)]
    asking = asks(masked) or any(cue(name, masked) for name in ("rank", "filter", "compare"))
    return content > _NAME or (asking and (content > 0 or bool(scope.years)))


def _each_of_before(scope: Scope, said: Words, span: tuple[int, int]) -> bool:
    """Whether a stretch asks for nothing but the figures that were compared before it: 各是多少."""
    if any(span[0] <= m.start < span[1] for m in mentions_of(scope, said.masked)):
        return False
    asked = asked_in(said.masked[slice(*span)])
    each = re.compile(words("frames")["each"])
    told = any(each.search(said.masked[span[0] : span[0] + one.start]) for one in asked)
    return told and said.content([span]) <= _NAME


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
