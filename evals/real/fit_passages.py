"""Fits which passage answers, and how sure that is, on the text questions of the seen sets.

    python -m evals.real.fit_passages --write

As `evals.real.fit`, for passages: a conditional logit over the features of
`qa.understanding.passages`, weighted by how much of what gold asks for a passage holds, and a
logistic regression of the best one being right over its score and its lead.  Refusals are examples in
which no passage is right.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.optimize import minimize

from evals.figures import contains_text
from evals.metrics import exact_match
from evals.real.fitting import arguments, sets_of, write
from evals.real.sets import QuestionSet
from evals.records import Question
from evals.verdict import expects_refusal
from index.embedding import HashingEncoder
from index.library import Library
from index.model import Amount
from qa.from_passages import searched, tellable
from qa.knowledge import Knowledge, knowledge_of, scope_in
from qa.quoting import parts_of
from qa.scope import without_base
from qa.understanding import scoring
from qa.understanding.names import words_of
from qa.understanding.passages import (
    PASSAGE_CONFIDENCE,
    PASSAGE_FEATURES,
    Place,
    group_of,
    intent_of,
    nowhere,
    places_of,
    shown,
    sure_values,
    values_of,
)
from qa.understanding.stated import Stated, stated_figure

__all__ = ["TextExample", "main", "text_examples"]

Vector = NDArray[np.float64]
_RIDGE = 0.15
# How strongly the certainty is held to what every question has in common.
_RIDGE_SURE = 0.3
# Questions that want words; where gold gives a figure too, a passage is not all of the answer.
_TEXT = ("why", "describe", "premise", "lookup")


@dataclass(frozen=True)
class TextExample:
    """A question for words: the features of its places, how much of gold each holds (0 to 1), whether
    it would be told at all, what it is told together with, and what the certainty of one at the top
    is read from, by its score and lead; `weight` is how much it counts for the certainty."""

    set: str
    question: str
    values: Vector
    held: Vector
    told: tuple[bool, ...]
    groups: tuple[object, ...]
    sure: Callable[[int, float, float], tuple[float, ...]]
    weight: float = 1.0


def text_examples(one: QuestionSet, stores: Path) -> Iterator[TextExample]:
    """The text questions of a set; its store must be there (run the set first)."""
    with Library.open(stores / one.name, encoder=HashingEncoder()) as library:
        knowledge = knowledge_of(library)
        for question in one.questions():
            gold = question.contains or question.items or question.gold
            wanted = question.type in _TEXT and gold and not question.expr
            if not question.conversation and (wanted or expects_refusal(question)):
                yield _example(one, question, library, knowledge)


def _example(
    one: QuestionSet, question: Question, library: Library, knowledge: Knowledge
) -> TextExample:
    scope = scope_in(question.question, knowledge)
    said = words_of(scope, knowledge.lexicon.within(scope.names))
    intent = intent_of(shown(said))
    scope = without_base(scope) if intent == "why" else scope
    own = {d.name: d.profile.year for d in scope.documents}
    found = places_of(searched(scope, said, library), library)
    values = [
        values_of(said, intent, p, n, scope.years, own.get(p.passage.document)) for n, p in found
    ]
    quoted = [
        "\n".join(t for _, t, _ in parts_of(place, said, intent, library)) for _, place in found
    ]
    figures = [stated_figure(said, place.headings, place.text) for _, place in found]
    in_words = [tellable(said, intent, text) for text in quoted]
    held = [
        _held(question, p, text) if plain or intent != "figure" else _right(question, p, figure)
        for (_, p), text, plain, figure in zip(found, quoted, in_words, figures, strict=True)
    ]
    told = tuple(
        plain or (intent == "figure" and figure is not None)
        for plain, figure in zip(in_words, figures, strict=True)
    )
    groups = tuple(group_of(p, v) for (_, p), v in zip(found, values, strict=True))
    unsaid = nowhere(said, found)

    def sure(n: int, score: float, lead: float) -> tuple[float, ...]:
        return sure_values(said, intent, values[n], score, lead, unsaid)

    return TextExample(
        one.name, question.question, np.array(values), np.array(held), told, groups, sure
    )


def _right(question: Question, place: Place, figure: Stated | None) -> float:
    if figure is None or expects_refusal(question) or place.passage.document not in question.docs:
        return 0.0
    amount = Amount(figure.quantity.value, figure.quantity.unit)
    return float(bool(question.gold) and exact_match(amount, question.gold))


def _held(question: Question, place: Place, quoted: str) -> float:
    if expects_refusal(question) or place.passage.document not in question.docs:
        return 0.0
    if question.gold:
        # Words that give no figure are no answer to a question for one.
        return 0.0
    text = "|".join((*place.headings[3:], quoted)) if place.cell else quoted
    clauses = [any(contains_text(text, a) for a in clause) for clause in question.contains]
    clauses += [contains_text(text, item) for item in question.items]
    return sum(clauses) / len(clauses)


def fit(found: Sequence[TextExample], before: Vector) -> Vector:
    """The weights of a conditional logit, held to those from `before`."""
    usable = [
        (e.values, (e.held / e.held.max()) ** 3) for e in found if e.held.size and e.held.max()
    ]

    def loss(w: Vector) -> tuple[float, Vector]:
        total, gradient = 0.0, np.zeros_like(w)
        for values, right in usable:
            logits = values @ w
            p = np.exp(logits - logits.max())
            p /= p.sum()
            mass = float(p @ right) + 1e-9
            total -= np.log(mass)
            gradient -= values.T @ (p * right / mass - p)
        total += _RIDGE * float(((w - before) ** 2).sum())
        return total, gradient + 2 * _RIDGE * (w - before)

    return np.asarray(minimize(loss, before, jac=True, method="L-BFGS-B").x)


def _tops(found: Sequence[TextExample], w: Vector) -> tuple[Vector, Vector, Vector]:
    """What the certainty of each question's best place is read from, and whether it is right."""
    rows, outcomes, counts = [], [], []
    for e in found:
        if not e.values.size:
            continue
        scores = e.values @ w
        order = np.argsort(-scores)
        if not e.told[order[0]]:
            continue
        others = [n for n in order if e.groups[n] != e.groups[order[0]]]
        lead = float(scores[order[0]] - scores[others[0]]) if others else 3.0
        rows.append((1.0, *e.sure(int(order[0]), float(scores[order[0]]), lead)))
        outcomes.append(float(e.held[order[0]] > 0.99))
        counts.append(e.weight)
    return np.array(rows), np.array(outcomes), np.array(counts)


def fit_sure(found: Sequence[TextExample], w: Vector) -> Vector:
    """The bias and the weights of the certainty of the best place under some weights."""
    rows, outcomes, counts = _tops(found, w)
    free = np.array([0.0, *(1.0 for _ in rows[0][1:])])

    def loss(v: Vector) -> tuple[float, Vector]:
        p = 1 / (1 + np.exp(-np.clip(rows @ v, -30, 30)))
        likely = outcomes * np.log(p + 1e-9) + (1 - outcomes) * np.log(1 - p + 1e-9)
        total = -np.sum(counts * likely)
        held = _RIDGE_SURE * free * v
        return float(total + held @ v), rows.T @ (counts * (p - outcomes)) + 2 * held

    start = np.zeros(rows.shape[1])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x)


def _before() -> list[float]:
    """The weights that a fit starts from and is held to; a new feature starts at nothing."""
    held = scoring.section("passage")
    return [float(held.get(name, 0.0)) for name in PASSAGE_FEATURES]


def cross_validated(found: Sequence[TextExample], before: Vector, console: Console) -> None:
    """Prints how often the best place of an unseen set is right, and how well its certainty tells."""
    p_all, y_all, n_all = [], [], []
    for name in dict.fromkeys(e.set for e in found):
        train, test = (
            [e for e in found if e.set != name],
            [e for e in found if e.set == name],
        )
        if not test:
            continue
        w = fit(train, before)
        sure = fit_sure(train, w)
        rows, outcomes, counts = _tops(test, w)
        p_all.append(1 / (1 + np.exp(-(rows @ sure))))
        y_all.append(outcomes)
        n_all.append(counts)
        answerable = [e for e in test if e.held.size and e.held.max() > 0]
        hit = _tops(answerable, w)[1]
        console.print(f"{name}: 未见 {int(hit.sum())}/{len(hit)}")
    # Only what counts in full is what the certainty is asked of.
    full = np.concatenate(n_all) == 1.0
    p, y = np.concatenate(p_all)[full], np.concatenate(y_all)[full]
    for low, high in ((0, 0.12), (0.12, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.85), (0.85, 1.01)):
        inside = (p >= low) & (p < high)
        if inside.any():
            console.print(
                f"  把握 {low:.2f}–{min(high, 1):.2f}: {inside.sum()} 题，对 {y[inside].mean():.0%}"
            )


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0; writes the weights file of `qa/understanding` with `--write`."""
    args = arguments("fit_passages", argv)
    console = Console()
    found = [e for one in sets_of(args) for e in text_examples(one, args.stores)]
    before = np.array(_before())
    cross_validated(found, before, console)
    w = fit(found, before)
    sure = fit_sure(found, w)
    console.print({n: round(float(x), 2) for n, x in zip(PASSAGE_FEATURES, w, strict=True)}, sure)
    if args.write:
        write(
            {
                "passage": dict(zip(PASSAGE_FEATURES, w, strict=True)),
                "passage_confidence": dict(zip(("bias", *PASSAGE_CONFIDENCE), sure, strict=True)),
            }
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
