"""One question of one session: the stages and a model's words while it is answered, then the session
with its answer."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from index.library import Library
from qa.answer import Answer
from qa.chat_model import ChatModel
from qa.pipeline import ask_stream
from qa.suggest import nearby
from qa.web.session import Session

__all__ = ["Underway", "answered"]

# A stage that passes sooner is not worth a flicker.
_SECONDS = 0.15


@dataclass(frozen=True, slots=True)
class Underway:
    """How far a question is: its stage, and the checked sentences of a chat model so far."""

    stage: str
    words: str = ""


def answered(
    question: str,
    session: Session,
    library: Library,
    workers: Executor,
    model: ChatModel | None = None,
) -> Iterator[Underway | Session]:
    """The stages that take long enough to be seen, as they begin; the new session last.

    `workers` are threads that stay, for each has its own connection to the store."""
    events: queue.SimpleQueue[Underway | str | Answer | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            for event in ask_stream(
                question, library, history=session.history, documents=session.only,
                progress=lambda stage: events.put(Underway(stage)), model=model,
            ):  # fmt: skip
                events.put(event)
        except BaseException as error:  # told where it can be shown
            events.put(error)

    workers.submit(work)
    now = Underway("understand")
    while True:
        try:
            event = events.get(timeout=_SECONDS)
        except queue.Empty:
            yield now
            event = events.get()
        if isinstance(event, BaseException):
            raise event
        if isinstance(event, Answer):
            yield session.with_answer(event, _near(event, library, session.only))
            return
        if isinstance(event, str):
            now = Underway("words", now.words + event)
            yield now
        else:
            now = Underway(event.stage, now.words)


def _near(answer: Answer, library: Library, documents: Sequence[str] | None) -> list[str]:
    if answer.status != "not_found":
        return []
    return nearby(answer, library, documents=documents)
