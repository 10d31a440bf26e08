"""What one visitor's page holds: their answers, the documents they ask, their language.

A session is a value: every event gives the next one, and nothing of it is shared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa.answer import Answer
from qa.question import LONGEST, too_long
from qa.web.wording import Wording

__all__ = ["Session"]


@dataclass(frozen=True)
class Session:
    """`since` is the turn from which follow-ups may carry over (raised by "clear"); `nearby` are
    questions near those not found and `said` the feedback given, by turn; `shown` is the turn and the
    citation whose evidence stands beside the chat."""

    language: str = "zh"
    answers: tuple[Answer, ...] = ()
    documents: tuple[str, ...] = ()
    since: int = 0
    nearby: Mapping[int, Sequence[str]] = field(default_factory=dict)
    said: Mapping[int, bool] = field(default_factory=dict)
    shown: tuple[int, int] = (-1, 0)

    @property
    def say(self) -> Wording:
        return Wording(self.language)

    @property
    def history(self) -> tuple[Answer, ...]:
        """The answers that a follow-up may take from."""
        return self.answers[self.since :]

    @property
    def only(self) -> tuple[str, ...] | None:
        """The documents to ask; `None` for all."""
        return self.documents or None

    def with_answer(self, answer: Answer, nearby: Sequence[str] = ()) -> Session:
        """The session after one more answer, its first citation shown; of a question that is too
        long only the beginning is kept."""
        if too_long(answer.question):
            answer = replace(answer, question=f"{answer.question[:LONGEST]}…")
        turn = len(self.answers)
        first = answer.citations[0].n if answer.citations else 0
        return replace(
            self,
            answers=(*self.answers, answer),
            nearby={**self.nearby, turn: tuple(nearby)} if nearby else self.nearby,
            shown=(turn, first),
        )
