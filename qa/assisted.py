"""What a chat model adds to the built-in answer: what words mean that the rules do not know, and
words for what was found in passages.  Figures that were looked up or computed are never handed to it, and an answer
without it is always there.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace

from index.library import Library
from qa.answer import Answer
from qa.chat_model import ChatModel, ModelUnavailable
from qa.lexicon import Lexicon
from qa.planner import planned
from qa.question import cue_spans, has
from qa.retriever import search
from qa.scope import Scope
from qa.understood import Understanding, content_runs
from qa.writer import written

__all__ = ["assisted"]

_PASSAGES = 20


def assisted(
    answer: Answer,
    scope: Scope,
    library: Library,
    lexicon: Lexicon,
    model: ChatModel,
    execute: Callable[[Understanding], Answer],
) -> Generator[str, None, Answer]:
    """The built-in answer, bettered where the model can; yields sentences as they are written.

    `execute` calculates a plan.  A model that cannot be reached leaves the built-in answer, with a
    note."""
    try:
        # Beside a reason there may be a figure: that is not for a model to put in words.
        told = (answer.status, answer.route) == ("answered", "passages")
        if told and answer.value is None and not answer.items:
            return (yield from written(answer, lexicon, model))
        if answer.status == "not_found" and has(scope.question.text, "summary"):
            return (yield from _summary(answer, scope, library, lexicon, model))
        # A question for a figure to which no reading could be bound.
        if answer.status == "not_found" and answer.understood.operation == "figure":
            left = tuple(content_runs(scope.question.text))
            declined = Understanding(scope, unexplained=left)
            return planned(declined, library, lexicon, model, execute) or answer
    except ModelUnavailable as error:
        return replace(answer, notes=(*answer.notes, f"{error}，这是不用模型的回答。"))
    return answer


def _summary(
    answer: Answer, scope: Scope, library: Library, lexicon: Lexicon, model: ChatModel
) -> Generator[str, None, Answer]:
    """A declined question for a summary, from the passages of the one organisation it is about."""
    years = scope.years or (max((d.profile.year or 0 for d in scope.documents), default=0),)
    own = [d for d in scope.documents if d.profile.year in years]
    if len({d.profile.organisation for d in own}) != 1:
        return answer
    text, free = scope.question.text, scope.question.free()
    for start, end in cue_spans(text, "summary"):
        free[start:end] = [False] * (end - start)
    about = "".join(char if free[i] else "|" for i, char in enumerate(text))
    passages = search(library, f"{about}|{text}", _PASSAGES, [d.name for d in own])
    # The nearest passages are no answer: nothing of them has to be said.
    asked = replace(answer, citations=(), passages=tuple(passages))
    found = yield from written(asked, lexicon, model, about)
    if found.status == "not_found":
        return replace(answer, notes=found.notes)
    return replace(found, because=None)
