"""Fits the weights of the understanding on questions with known answers.

    python -m evals.real.fit            # folds by set first, then the weights over all seen sets

Two models, both small enough to read:

- which fact a slot means: a conditional logit (softmax over the candidates of a question) over the
  named features of `qa.understanding.features`;
- how sure that choice is: a logistic regression over `qa.understanding.scoring.CONFIDENCE`.

Weights are held towards those of the file before (ridge), so that a feature no question speaks of
keeps its sense.  Each fold leaves out one set: its documents and its writer are both unseen.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from scipy.optimize import minimize

from evals.metrics import exact_match
from evals.real.sets import QuestionSet, seen_sets
from evals.records import Question
from evals.verdict import expects_refusal
from index.embedding import HashingEncoder
from index.library import Library
from index.model import Amount
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
_NEVER = ("rank", "why", "describe", "ambiguous", "check")


@dataclass(frozen=True)
class Example:
    """A question for one figure: its candidates, and which of them are right (none for a refusal)."""

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
        for n, question in enumerate(one.questions()):
            if question.conversation:
                continue
            for asked in (question, _strange(question, n) if n % 2 else None):
                if asked and (example := _example(one, asked, library, knowledge)):
                    yield example


# Words that make a name the name of something else: with one in front, no figure is right.
_STRANGE = ("违规", "奥运会", "地铁", "养猪场", "小学", "私人", "海外", "退休干部")


def _strange(question: Question, n: int) -> Question | None:
    """The question for something that no document has: a strange word in front of its subject."""
    cite = next((c for c in question.cite if c in question.question and len(c) > 2), None)
    if cite is None:
        return None
    text = question.question.replace(cite, _STRANGE[n % len(_STRANGE)] + cite, 1)
    return replace(question, question=text, value=None, refuse=True, expr="")


def _example(
    one: QuestionSet, question: Question, library: Library, knowledge: Knowledge
) -> Example | None:
    refused = expects_refusal(question)
    if question.type in _NEVER or not (refused or question.value is not None) or question.expr:
        return None
    scope = scope_in(question.question, knowledge)
    lexicon = knowledge.lexicon.within(scope.names)
    said = words_of(scope, lexicon)
    finder = Finder(scope, said, library, lexicon)
    frames = [f for f in frames_of(scope, said) if f.operation in ("value", "count value")]
    if not frames:
        return None
    found = sorted(finder.candidates(frames[0].slots[0]), key=scoring.score, reverse=True)[:_MOST]
    right = [
        not refused
        and c.fact.document in question.docs
        and exact_match(Amount(abs(c.fact.value), c.fact.unit), question.gold)
        for c in found
    ]
    return Example(one.name, question.question, tuple(found), np.array(right, dtype=np.float64))


def fit_facts(found: Sequence[Example], before: Vector) -> Vector:
    """The weights that make the right facts likeliest."""
    usable = [(e.values, e.right) for e in found if e.right.any()]

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


def fit_confidence(found: Sequence[Example], weights: Vector, before: Vector) -> Vector:
    """The logistic regression of a choice being right; the bias comes first."""
    rows, outcomes = _choices_of(found, weights)

    def loss(w: Vector) -> tuple[float, Vector]:
        p = 1 / (1 + np.exp(-np.clip(rows @ w, -30, 30)))
        total = -np.sum(outcomes * np.log(p + 1e-9) + (1 - outcomes) * np.log(1 - p + 1e-9))
        total += _RIDGE * float(((w - before) ** 2).sum())
        return float(total), rows.T @ (p - outcomes) + 2 * _RIDGE * (w - before)

    return np.asarray(minimize(loss, before, jac=True, method="L-BFGS-B").x)


def _choices_of(found: Sequence[Example], weights: Vector) -> tuple[Vector, Vector]:
    rows, outcomes = [], []
    with scoring.trial(tuple(weights)):
        for example in found:
            ranked = scoring.choices(example.candidates)
            if not ranked:
                continue
            ids = {c.fact.id for c, r in zip(example.candidates, example.right, strict=True) if r}
            rows.append((1.0, *scoring.confidence_values(ranked[0], ranked)))
            outcomes.append(float(any(f.id in ids for f in ranked[0].facts)))
    return np.array(rows, dtype=np.float64), np.array(outcomes, dtype=np.float64)


def _accuracy(found: Sequence[Example], weights: Vector) -> tuple[int, int]:
    usable = [e for e in found if e.right.any()]
    _, outcomes = _choices_of(usable, weights)
    return int(outcomes.sum()), len(usable)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0; writes the weights file of `qa/understanding` with `--write`."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.real.fit", description="拟合理解的权重。"
    )
    parser.add_argument("--stores", type=Path, default=Path("out/bench/stores"))
    parser.add_argument("--write", action="store_true", help="写回权重文件")
    parser.add_argument("--certainty", action="store_true", help="只拟合把握，事实的权重不动")
    args = parser.parse_args(argv)
    console = Console()
    sets = seen_sets(args.stores)
    found = [e for one in sets for e in examples(one, args.stores)]
    before = np.array(scoring.weights())
    sure_before = np.array(scoring.confidence_weights())
    console.print(f"{len(found)} 题，其中有标准数的 {sum(e.right.any() for e in found)} 题")
    held_rows, held_out, right, total = [], [], 0, 0
    for one in sets:
        train = [e for e in found if e.set != one.name]
        test = [e for e in found if e.set == one.name]
        if not test or not any(e.right.any() for e in test):
            continue
        weights = fit_facts(train, before)
        sure = fit_confidence(train, weights, sure_before)
        hit, n = _accuracy(test, weights)
        hit_before, _ = _accuracy(test, before)
        console.print(f"{one.name}: 未见 {hit}/{n}（原权重 {hit_before}）")
        right, total = right + hit, total + n
        rows, outcomes = _choices_of(test, weights)
        held_rows.append(np.column_stack([1 / (1 + np.exp(-(rows @ sure)))]))
        held_out.append(outcomes)
    console.print(f"未见合计 {right}/{total} = {right / total:.1%}")
    p, y = np.concatenate(held_rows)[:, 0], np.concatenate(held_out)
    for low, high in ((0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)):
        inside = (p >= low) & (p < high)
        if inside.any():
            console.print(
                f"  把握 {low:.1f}–{min(high, 1):.1f}: {inside.sum()} 题，对 {y[inside].mean():.0%}"
            )
    weights = before if args.certainty else fit_facts(found, before)
    sure = fit_confidence(found, weights, sure_before)
    for name, old, new in zip(FEATURES, before, weights, strict=True):
        console.print(f"{name:12} {old:6.2f} → {new:6.2f}")
    for name, old, new in zip(("bias", *scoring.CONFIDENCE), sure_before, sure, strict=True):
        console.print(f"{name:12} {old:6.2f} → {new:6.2f}")
    if args.write:
        _write(weights, sure)
    return 0


def _write(weights: Vector, sure: Vector) -> None:
    import qa.understanding

    path = Path(qa.understanding.__file__).parent / "weights.toml"
    text = path.read_text(encoding="utf-8")
    named = {
        "fact": dict(zip(FEATURES, weights, strict=True)),
        "confidence": dict(zip(("bias", *scoring.CONFIDENCE), sure, strict=True)),
    }
    for section, values in named.items():
        head, _, tail = text.partition(f"[{section}]\n")
        body = "".join(f"{name} = {value:.2f}\n" for name, value in values.items())
        rest = re.split(r"\n(?=[#\[])", tail, maxsplit=1)
        text = head + f"[{section}]\n" + body + ("\n" + rest[1] if len(rest) > 1 else "")
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
