"""Where the loss is: for an answer that is not right, the first stage that went wrong.

Each stage is tried on its own, from what gold says and what the store holds, so the stages mean the
same whatever the program does inside:

- figures: `reading` (a printed figure of gold is not stored), `scope` (no document of gold was
  used), `operation` (another kind of arithmetic), `operands` (its operands are others), `fact`
  (looked up beside the right figure), `parts` (the figure is right, another part is missing),
  `open` (offered among others), `refused`;
- text: `retrieval` (the passage is not among the first 20), `rank` (not among the first 5),
  `choice` (there, another was quoted), `part` (the right place, the wrong part of it), `refused`;
- `answered` where a refusal was right.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from evals.figures import MONEY, contains_text
from evals.metrics import exact_match, value_given
from evals.records import Question
from evals.verdict import expects_refusal
from index.library import Library
from index.model import Fact
from qa.retriever import search

__all__ = ["expected_operation", "printed_figures", "stage_of"]

Record = Mapping[str, Any]

_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?")
_TEXT = ("why", "describe")
_NEAR, _FAR = 5, 20


def stage_of(question: Question, answer: Record, library: Library) -> str:
    """The stage that lost an answer that is not right; see the module."""
    if expects_refusal(question):
        return "answered"
    if question.type in _TEXT or not (question.gold or question.items):
        return _text_stage(question, answer, library)
    return _figure_stage(question, answer, library)


# ---------------------------------------------------------------- figures


def _figure_stage(question: Question, answer: Record, library: Library) -> str:
    known = {document.name for document in library.documents()}
    names = [name for name in question.docs if name in known]
    if not _stored(printed_figures(question), library.facts(names or None)):
        return "reading"
    status = answer.get("status")
    if status == "not_found":
        return "refused"
    if not _uses(question, answer):
        return "scope"
    if status == "ambiguous":
        return "open"
    amount = value_given(question, answer)
    if amount is not None and question.gold and exact_match(amount, question.gold):
        return "parts"
    calculation = answer.get("calculation") or {}
    if question.expr:
        done = expected_operation(str(calculation.get("expression") or ""))
        if done != expected_operation(question.expr):
            return "operation"
        return "operands"
    if question.items:
        return "parts" if answer.get("items") else "operation"
    return "operation" if calculation else "fact"


def printed_figures(question: Question) -> list[Decimal]:
    """The figures that must have been read for an answer: the operands of `expr`, or the gold figure
    itself.

    >>> printed_figures(parse_question('{"question": "?", "value": "50", "unit": "%", "expr": "2.5/5*100"}'))
    [Decimal('2.5'), Decimal('5')]
    """
    if not question.expr:
        return [] if question.value is None else [question.value]
    found = [Decimal(n) for n in _NUMBER.findall(question.expr.replace(",", ""))]
    return [n for n in found if n not in (1, 100)]


def expected_operation(expression: str) -> str:
    """The kind of arithmetic of an expression: `growth`, `share`, `difference`, `sum`, `average`,
    `product` or `value` (a figure alone).

    >>> [expected_operation(e) for e in ("(5-4)/4*100", "5/9*100", "5-4", "5+4", "5")]
    ['growth', 'share', 'difference', 'sum', 'value']
    """
    text = re.sub(r"[\s,]", "", expression)
    divided, minus, plus = "/" in text, bool(re.search(r"(?<=[\d)])-", text)), "+" in text
    if divided and "100" in text:
        return "growth" if minus or re.search(r"/[\d.]+-1\b", text) else "share"
    if divided:
        return "average" if plus or not minus else "growth"
    if minus:
        return "difference"
    return "sum" if plus else "product" if "*" in text else "value"


def _stored(figures: Iterable[Decimal], facts: Iterable[Fact]) -> bool:
    """Whether each figure stands among the facts, in whatever unit of money."""
    held: set[Decimal] = set()
    for fact in facts:
        value = abs(fact.value)
        held.add(value.normalize())
        if factor := MONEY.get(fact.unit):
            held.update((value * factor / MONEY[u]).normalize() for u in ("元", "万元", "亿元"))
    return all(abs(figure).normalize() in held for figure in figures)


def _uses(question: Question, answer: Record) -> bool:
    cited = {str(c.get("document")) for c in answer.get("citations") or ()}
    return not question.docs or bool(cited & set(question.docs))


# ---------------------------------------------------------------- text


def _text_stage(question: Question, answer: Record, library: Library) -> str:
    if answer.get("status") == "ambiguous":
        return "open"
    if not question.cite and answer.get("status") == "not_found":
        return "refused"
    found = ["\n".join((p.text, *p.section)) for p in search(library, question.question, _FAR)]
    places = [n for n, text in enumerate(found, 1) if _says(question, text)]
    if not places:
        return "retrieval"
    if answer.get("status") == "not_found":
        return "refused" if places[0] <= _NEAR else "rank"
    quotes = [str(c.get("quote") or "") for c in answer.get("citations") or ()]
    if any(_says(question, quote) for quote in quotes):
        return "part"
    if not _uses(question, answer):
        return "scope"
    return "choice" if places[0] <= _NEAR else "rank"


def _says(question: Question, text: str) -> bool:
    """Whether a passage holds the evidence, and some of what the answer must say."""
    evidence = any(contains_text(text, wanted) for wanted in question.cite)
    parts = [any(contains_text(text, a) for a in clause) for clause in question.contains]
    return evidence if not parts else any(parts) and (evidence or all(parts))
