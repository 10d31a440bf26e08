"""Fits which fact a slot means, on questions with known figures.

    python -m evals.real.fit            # folds by set first, then the weights over all seen sets

A conditional logit (softmax over the candidates of a slot) over the named features of
`qa.understanding.features`.  The slots of a sum or a comparison are examples as those of a look-up
are: the figures of their gold are known too.  Weights are held towards those of the file before
(ridge), so that a feature no question speaks of keeps its sense.  Each fold leaves out one set: its
writer is unseen.  How sure a choice is has a fit of its own (`evals.real.fit_certainty`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.optimize import minimize

from evals.real.fitting import TEXT, arguments, is_right, sets_of, write
from evals.real.sets import QuestionSet
from evals.records import Question
from index.embedding import HashingEncoder
from index.library import Library
from qa.knowledge import Knowledge, knowledge_of, scope_in
from qa.understanding import scoring
from qa.understanding.assigning import Finder
from qa.understanding.features import FEATURES, Candidate
from qa.understanding.frames import frames_of
from qa.understanding.names import words_of

__all__ = ["Example", "examples", "fit_facts", "main"]

Vector = NDArray[np.float64]
_MOST = 300
_RIDGE = 0.15


@dataclass(frozen=True)
class Example:
    """A slot: its candidates, and which of them are right."""

    set: str
    question: str
    candidates: tuple[Candidate, ...]
    right: Vector

    @property
    def values(self) -> Vector:
        return np.array([c.values for c in self.candidates], dtype=np.float64)


def examples(one: QuestionSet, stores: Path) -> Iterator[Example]:
    """The examples of a set; its store must be there (run the set first)."""
    with Library.open(stores / one.name, encoder=HashingEncoder()) as library:
        knowledge = knowledge_of(library)
        for question in one.questions():
            if question.type not in TEXT and question.gold and not question.conversation:
                yield from _examples(one.name, question, library, knowledge)


def _examples(
    name: str, question: Question, library: Library, knowledge: Knowledge
) -> Iterator[Example]:
    scope = scope_in(question.question, knowledge)
    lexicon = knowledge.lexicon.within(scope.names)
    finder = Finder(scope, words_of(scope, lexicon), library, lexicon)
    for frame in frames_of(scope, finder.said)[:1]:
        for slot in frame.slots:
            found = sorted(finder.candidates(slot), key=scoring.score, reverse=True)[:_MOST]
            right = [is_right(c.fact, question) for c in found]
            if any(right):
                yield Example(name, question.question, tuple(found), np.array(right, dtype=float))


def fit_facts(found: Sequence[Example], before: Vector) -> Vector:
    """The weights that make the right facts likeliest."""
    usable = [(e.values, e.right) for e in found]

    def loss(w: Vector) -> tuple[float, Vector]:
        total, gradient = 0.0, np.zeros_like(w)
        for values, right in usable:
            logits = values @ w
            logits -= logits.max()
            p = np.exp(logits)
            p /= p.sum()
            mass = float(p @ right) + 1e-9
            total -= np.log(mass)
            gradient -= values.T @ (p * right / mass - p)
        total += _RIDGE * float(((w - before) ** 2).sum())
        return total, gradient + 2 * _RIDGE * (w - before)

    return np.asarray(minimize(loss, before, jac=True, method="L-BFGS-B").x)


def _accuracy(found: Sequence[Example], weights: Vector) -> int:
    """How many slots are given a right figure."""
    return sum(bool(e.right[int(np.argmax(e.values @ weights))]) for e in found)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0; writes the weights file of `qa/understanding` with `--write`."""
    args = arguments("fit", argv)
    console = Console()
    sets = sets_of(args)
    found = [e for one in sets for e in examples(one, args.stores)]
    before = np.array(scoring.weights())
    right = old = 0
    for one in sets:
        tested = [e for e in found if e.set == one.name]
        if not tested:
            continue
        hit = _accuracy(tested, fit_facts([e for e in found if e.set != one.name], before))
        hit_before = _accuracy(tested, before)
        console.print(f"{one.name}: 未见 {hit}/{len(tested)}（原权重 {hit_before}）")
        right, old = right + hit, old + hit_before
    console.print(f"未见合计 {right}/{len(found)}（原权重 {old}）")
    weights = fit_facts(found, before)
    for name, was, now in zip(FEATURES, before, weights, strict=True):
        console.print(f"{name:12} {was:6.2f} → {now:6.2f}")
    if args.write:
        write({"fact": dict(zip(FEATURES, weights, strict=True))})
    return 0


if __name__ == "__main__":
    sys.exit(main())
