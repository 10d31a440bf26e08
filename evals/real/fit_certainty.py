"""Fits how sure a figure is for its slot, on every question of the seen sets whose figures are known.

    python -m evals.real.fit_certainty --write

A logistic regression of a slot's figure being right over `qa.understanding.scoring.CONFIDENCE`.  The
examples are the slots of the readings that are tried first: those of a sum or a comparison count as
those of a look-up do, for the figures of their gold are known too.  Refusals, and questions with a
strange word in front of what they ask for, are examples in which no figure is right.  The weights are
held to their sign (`confidence_bounds`), so that what is said more clearly is never less sure.

Each fold leaves out one set: its writer is unseen.  Printed are the right and the wrong readings that
an unseen set would have been told at a threshold; `ENOUGH` of `qa.understanding.reading` is one.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.optimize import minimize

from evals.real.fitting import TEXT, arguments, is_right, sets_of, write
from evals.real.sets import QuestionSet
from evals.records import Question
from evals.verdict import expects_refusal
from index.embedding import HashingEncoder
from index.library import Library
from qa.knowledge import Knowledge, knowledge_of, scope_in
from qa.understanding import scoring
from qa.understanding.assigning import joined_sure, stand_together
from qa.understanding.reading import read

__all__ = ["Example", "examples", "fit", "main", "strange"]

Vector = NDArray[np.float64]
_RIDGE = 0.3
# Words that make a name the name of something else: with one in front, no figure is right.
_STRANGE = ("违规", "奥运会", "地铁", "养猪场", "小学", "私人", "海外", "退休干部")
# How much a question that nobody asked counts.
_MADE_UP = 0.3
_STEPS = (0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85)


@dataclass(frozen=True)
class Example:
    """A reading: what the certainty of each of its slots is read from, which of them are right, and
    whether its figures stand in one place; `weight` is how much it counts."""

    set: str
    question: str
    values: Vector
    right: Vector
    joint: bool
    weight: float = 1.0


def examples(one: QuestionSet, stores: Path) -> Iterator[Example]:
    """The examples of a set; its store must be there (run the set first)."""
    with Library.open(stores / one.name, encoder=HashingEncoder()) as library:
        knowledge = knowledge_of(library)
        for n, question in enumerate(one.questions()):
            refused = expects_refusal(question)
            if question.conversation or question.type in TEXT or not (question.gold or refused):
                continue
            yield from _read(one.name, question, library, knowledge)
            if n % 2 and (other := strange(question, n)):
                for example in _read(one.name, other, library, knowledge):
                    yield replace(example, weight=_MADE_UP)


def strange(question: Question, n: int) -> Question | None:
    """The question for something that no document has: a strange word in front of its subject."""
    cite = next((c for c in question.cite if c in question.question and len(c) > 2), None)
    if cite is None:
        return None
    text = question.question.replace(cite, _STRANGE[n % len(_STRANGE)] + cite, 1)
    return replace(question, question=text, value=None, refuse=True, expr="")


def _read(name: str, question: Question, library: Library, known: Knowledge) -> Iterator[Example]:
    reading = read(scope_in(question.question, known), library, known.lexicon)
    for clause in reading.clauses:
        bound = clause.best or next(iter(clause.bound), None)
        if clause.intent != "figure" or bound is None or not bound.assigned:
            continue
        values = [scoring.confidence_values(a.choice, a.rivals) for a in bound.assigned]
        right = [float(is_right(a.facts[0], question)) for a in bound.assigned]
        joint = stand_together(bound.assigned)
        yield Example(name, question.question, np.array(values), np.array(right), joint)


def fit(found: Sequence[Example]) -> Vector:
    """The bias and the weights of the certainty of a slot."""
    rows, right, weights = _slots(found)
    free = np.array([0.0, *(1.0 for _ in scoring.CONFIDENCE)])

    def loss(w: Vector) -> tuple[float, Vector]:
        p = 1 / (1 + np.exp(-np.clip(rows @ w, -30, 30)))
        likely = right * np.log(p + 1e-9) + (1 - right) * np.log(1 - p + 1e-9)
        total = -np.sum(weights * likely) + _RIDGE * np.sum(free * w * w)
        return float(total), rows.T @ (weights * (p - right)) + 2 * _RIDGE * free * w

    start = np.zeros(rows.shape[1])
    bounds = scoring.confidence_bounds()
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x)


def _slots(found: Sequence[Example]) -> tuple[Vector, Vector, Vector]:
    rows = np.concatenate([e.values for e in found])
    right = np.concatenate([e.right for e in found])
    # Three operands of one question are no three questions.
    weights = np.concatenate(
        [np.full(len(e.right), e.weight * len(e.right) ** -0.5) for e in found]
    )
    return np.column_stack([np.ones(len(rows)), rows]), right, weights


def sure_of(example: Example, weights: Vector) -> float:
    """How sure a reading is under some weights."""
    logits = np.column_stack([np.ones(len(example.right)), example.values]) @ weights
    return joined_sure([1 / (1 + math.exp(-z)) for z in logits], example.joint)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0; writes the weights file of `qa/understanding` with `--write`."""
    args = arguments("fit_certainty", argv)
    console = Console()
    sets = sets_of(args)
    found = [e for one in sets for e in examples(one, args.stores)]
    unseen: list[tuple[float, bool]] = []
    for one in sets:
        weights = fit([e for e in found if e.set != one.name])
        tested = [e for e in found if e.set == one.name and e.weight == 1]
        unseen += [(sure_of(e, weights), bool(e.right.all())) for e in tested]
    console.print(f"{len(unseen)} 种读法，数都对的 {sum(ok for _, ok in unseen)}")
    for step in _STEPS:
        told = [ok for sure, ok in unseen if sure >= step]
        console.print(
            f"  把握 ≥ {step:.2f}：答 {len(told)}，对 {sum(told)}，错 {len(told) - sum(told)}"
        )
    weights = fit(found)
    named = dict(zip(("bias", *scoring.CONFIDENCE), weights, strict=True))
    console.print({name: round(float(w), 2) for name, w in named.items()})
    if args.write:
        write({"confidence": named})
    return 0


if __name__ == "__main__":
    sys.exit(main())
