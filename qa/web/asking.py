"""One question of one session: the stages while it is answered, then the session with its answer."""

from __future__ import annotations

import queue
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor

from index.library import Library
from qa.answer import Answer
from qa.pipeline import ask
from qa.suggest import nearby
from qa.web.session import Session

__all__ = ["answered"]

# A stage that passes sooner is not worth a flicker.
_SECONDS = 0.15


def answered(
    question: str, session: Session, library: Library, workers: Executor
) -> Iterator[str | Session]:
    """The stages that take long enough to be seen, as they begin; the new session last.

    `workers` are threads that stay, for each has its own connection to the store."""
    stages: queue.SimpleQueue[str | Answer | BaseException] = queue.SimpleQueue()

    def work() -> None:
        try:
            stages.put(
                ask(question, library, history=session.history, documents=session.only,
                    progress=stages.put)
            )  # fmt: skip
        except BaseException as error:  # told where it can be shown
            stages.put(error)

    workers.submit(work)
    stage = "understand"
    while True:
        try:
            event = stages.get(timeout=_SECONDS)
        except queue.Empty:
            yield stage
            event = stages.get()
        if isinstance(event, BaseException):
            raise event
        if isinstance(event, Answer):
            yield session.with_answer(event, _near(event, library, session.only))
            return
        stage = event


def _near(answer: Answer, library: Library, documents: Sequence[str] | None) -> list[str]:
    if answer.status != "not_found":
        return []
    return nearby(answer, library, documents=documents)
