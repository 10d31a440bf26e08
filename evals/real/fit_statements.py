"""Fits which sentences state the figures a question asks for, and how sure that is.

    python -m evals.real.fit_statements --write

As `evals.real.fit_passages`, for `qa.understanding.statements`: on every single question of the seen
sets that asks for figures; what must be refused is an example in which no statement is right.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console

from evals.figures import contains_text
from evals.metrics import exact_match
from evals.real.fit_passages import TextExample, cross_validated, fit, fit_sure
from evals.real.fitting import arguments, sets_of, write
from evals.real.sets import QuestionSet
from evals.records import Question
from evals.verdict import expects_refusal
from index.embedding import HashingEncoder
from index.library import Library
from index.model import Amount
from qa.from_passages import retrieved
from qa.from_statements import query_of
from qa.knowledge import Knowledge, knowledge_of, scope_in
from qa.understanding.passages import judged
from qa.understanding.reading import read
from qa.understanding.scoring import section
from qa.understanding.statements import (
    STATEMENT_CONFIDENCE,
    STATEMENT_FEATURES,
    Statement,
    confidence_values,
    statements,
)

__all__ = ["main", "statement_examples"]

# How much a question counts that figures of the store answer.
_KNOWN = 0.3


def statement_examples(one: QuestionSet, stores: Path) -> Iterator[TextExample]:
    """The questions of a set that ask for figures; its store must be there (run the set first).  Those
    that the figures of the store answer count less: they are not told in sentences."""
    with Library.open(stores / one.name, encoder=HashingEncoder()) as library:
        knowledge = knowledge_of(library)
        for question in one.questions():
            if not question.conversation and (
                example := _example(one, question, library, knowledge)
            ):
                yield example


def _example(
    one: QuestionSet, question: Question, library: Library, knowledge: Knowledge
) -> TextExample | None:
    scope = scope_in(question.question, knowledge)
    reading = read(scope, library, knowledge.lexicon)
    query = query_of(reading)
    if query is None:
        return None
    places = retrieved(scope, reading.said, library).places
    own = {d.name: d.profile.year for d in scope.documents}
    found = statements(query, judged(reading.said, "figure", places, scope.years, own))
    if not found:
        return None

    def sure(n: int, score: float, lead: float) -> tuple[float, ...]:
        return confidence_values(query, found[n], score, lead)

    return TextExample(
        one.name,
        question.question,
        np.array([s.values for s in found]),
        np.array([_right(question, s) for s in found]),
        (True,) * len(found),
        tuple(s.told for s in found),
        sure,
        1.0 if any(c.best is None for c in reading.clauses) else _KNOWN,
    )


def _right(question: Question, statement: Statement) -> float:
    if expects_refusal(question) or statement.place.passage.document not in question.docs:
        return 0.0
    amounts = [Amount(f.value, f.unit) for f in statement.figures if f.unit]
    if question.gold and not any(exact_match(amount, question.gold) for amount in amounts):
        return 0.0
    wanted = [*question.contains, *((item,) for item in question.items)]
    told = all(any(contains_text(statement.text, form) for form in forms) for forms in wanted)
    return float(told and bool(question.gold or question.contains))


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 0; writes the weights file of `qa/understanding` with `--write`."""
    args = arguments("fit_statements", argv)
    found = [e for one in sets_of(args) for e in statement_examples(one, args.stores)]
    before = section("statement")
    start = np.array([before.get(name, 0.0) for name in STATEMENT_FEATURES])
    console = Console()
    cross_validated(found, start, console)
    w = fit(found, start)
    sure = fit_sure(found, w)
    console.print({n: round(float(x), 2) for n, x in zip(STATEMENT_FEATURES, w, strict=True)})
    if args.write:
        write(
            {
                "statement": dict(zip(STATEMENT_FEATURES, w, strict=True)),
                "statement_confidence": dict(
                    zip(("bias", *STATEMENT_CONFIDENCE), sure, strict=True)
                ),
            }
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
