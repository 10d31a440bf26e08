"""A chat model with a script: hands out the answers it was given, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from qa.chat_model import Message, ModelUnavailable, Schema, Usage

Answer = str | Exception | Callable[[str], str]


@dataclass
class ScriptedModel:
    """`enqueue()` what it will say; `asked` holds the messages, `schemas` the schemas it was given.

    An exception in the script is raised; `broken` is the number of characters after which a stream
    breaks off.  Asked more than it has answers for, it fails the test."""

    name: str = "scripted"
    usage: Usage = field(default_factory=Usage)
    broken: int | None = None
    asked: list[list[Message]] = field(default_factory=list)
    schemas: list[Schema | None] = field(default_factory=list)
    _script: list[Answer] = field(default_factory=list)

    def enqueue(self, *answers: Answer) -> ScriptedModel:
        self._script += answers
        return self

    @property
    def left(self) -> int:
        """How many answers nobody asked for."""
        return len(self._script)

    @property
    def told(self) -> str:
        """All that it was asked, in one string."""
        return "\n".join(message.text for turn in self.asked for message in turn)

    def complete(self, messages: Sequence[Message], schema: Schema | None = None) -> str:
        self.asked.append(list(messages))
        self.schemas.append(schema)
        assert self._script, f"asked without an answer in the script: {messages[-1].text}"
        answer = self._script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        said = answer if isinstance(answer, str) else answer(messages[-1].text)
        self.usage += Usage(1, sum(len(m.text) for m in messages), len(said))
        return said

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        said = self.complete(messages)
        for at in range(0, len(said), 3):
            if self.broken is not None and at >= self.broken:
                raise ModelUnavailable("模型 scripted 没有回答（连接中断）")
            yield said[at : at + 3]
