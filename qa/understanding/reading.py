"""A question for figures, understood: the frame that can be bound best, or what came nearest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.library import Library
from index.model import Fact
from qa.lexicon import Lexicon
from qa.scope import Scope
from qa.understanding.assigning import Finder
from qa.understanding.frames import Frame, frames_of
from qa.understanding.names import Words, words_of
from qa.understanding.plans import Bound, bind

__all__ = ["ENOUGH", "Reading", "read_figures"]

# How sure the figures of a plan must be (calibrated on questions with known answers).
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """How a question was read: its words, the frames tried, those that could be bound, best first."""

    scope: Scope
    said: Words
    frames: tuple[Frame, ...]
    bound: tuple[Bound, ...]

    @property
    def best(self) -> Bound | None:
        """The reading taken: the first that is sure enough."""
        return next((b for b in self.bound if b.sure >= ENOUGH), None)

    @property
    def nearest(self) -> tuple[Fact, ...]:
        """Figures that came close, of the likeliest reading."""
        return tuple(
            choice.facts[0] for b in self.bound[:1] for a in b.assigned[:1] for choice in a.ranked[:3]
        )


def read_figures(
    scope: Scope, library: Library, lexicon: Lexicon, span: tuple[int, int] | None = None
) -> Reading:
    """A question (or a stretch of it) read for figures."""
    own = lexicon.within(scope.names)
    said = words_of(scope, own)
    finder = Finder(scope, said, library, own)
    frames = frames_of(scope, said, span)
    bound = [b for b in (bind(frame, finder) for frame in frames) if b is not None]
    return Reading(scope, said, tuple(frames), tuple(bound))


def surest(bound: Sequence[Bound]) -> Bound | None:
    """The reading that is surest, whatever the order."""
    return max(bound, key=lambda b: b.sure, default=None)
