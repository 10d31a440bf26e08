"""The chat model, where the user has one: one setting, one small protocol, the only home of
LangChain's chat models and of `xllamacpp`.

    model = open_model("ollama:qwen3:8b")
    model.complete([Message("user", "你好")])    -> "你好！"
    model.name                                   -> "ollama:qwen3:8b"

What a model says is never trusted: plans are checked in `qa.planner`, sentences in `qa.verify`.

    ChatError                   everything this module raises on purpose
    ├── ModelSettingError       a setting that names no model, or a part that is not installed
    └── ModelUnavailable        a model that cannot be reached, is too slow, or broke off
"""

from __future__ import annotations

import importlib.util
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from index.errors import BudgetQAError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = [
    "ChatError",
    "ChatModel",
    "LangChainModel",
    "Message",
    "ModelSettingError",
    "ModelUnavailable",
    "Usage",
    "default_model",
    "open_model",
    "spoken",
]

Schema = Mapping[str, Any]

# Seconds: a served model answers or fails soon, one on this machine's processor reads slowly.
_TIMEOUT = 60.0
_TIMEOUT_HERE = 300.0
# The longest prompt and answer together that this project asks of a model, in tokens, with room.
_CONTEXT = 8192
_WRITTEN = 800
_INSTALL = {
    "langchain": "chat",
    "langchain_openai": "chat",
    "langchain_ollama": "chat",
    "xllamacpp": "gguf",
}
_THOUGHT = ("<think>", "</think>")
# Statuses by which a server says that it does not know what it was asked for (a JSON schema).
_NOT_KNOWN = (400, 404, 415, 422, 501)


class ChatError(BudgetQAError):
    """A chat model that cannot be used."""


class ModelSettingError(ChatError):
    """A setting that names no model, or one for which a library is not installed."""


class ModelUnavailable(ChatError):
    """A model that cannot be reached, does not answer in time, or broke off."""


@dataclass(frozen=True, slots=True)
class Message:
    """A turn handed to a model: instructions (`system`), a question (`user`), a former answer."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model has cost so far: calls, tokens read and written.

    >>> Usage(2, 900, 60) - Usage(1, 400, 20)
    Usage(calls=1, read=500, written=40)
    """

    calls: int = 0
    read: int = 0
    written: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.calls + other.calls, self.read + other.read, self.written + other.written)

    def __sub__(self, other: Usage) -> Usage:
        return Usage(self.calls - other.calls, self.read - other.read, self.written - other.written)


class ChatModel(Protocol):
    """What the rest needs of a model.  Both ways of asking raise `ModelUnavailable`."""

    @property
    def name(self) -> str: ...

    @property
    def usage(self) -> Usage: ...

    def complete(self, messages: Sequence[Message], schema: Schema | None = None) -> str:
        """The whole answer; JSON of the schema where one is given and the server can hold to it."""

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """The answer as it is written, in pieces."""


def default_model() -> str:
    """The setting of the environment, `BUDGET_QA_MODEL`; `""` is no model."""
    return os.environ.get("BUDGET_QA_MODEL", "").strip()


def open_model(setting: str, timeout: float | None = None) -> ChatModel:
    """The model of a setting: `PROVIDER:MODEL` as LangChain names them, or `gguf:PATH`.

    `openai:` takes the address and the key of any compatible server from `OPENAI_BASE_URL` and
    `OPENAI_API_KEY`; `ollama:` the address from `OLLAMA_HOST`.  `timeout` is in seconds, for a
    whole answer.  Raises `ModelSettingError`; a served model is only reached when first asked."""
    provider, _, name = setting.partition(":")
    if not name or not provider:
        raise ModelSettingError(
            f"--model 应当是“提供者:模型”，例如 ollama:qwen3:8b、openai:deepseek-chat、gguf:文件路径；给的是：{setting}"
        )
    if provider == "gguf":
        return _from_file(Path(name).expanduser(), timeout or _TIMEOUT_HERE)
    limit = timeout or _TIMEOUT
    _need("langchain", *(p for p in _INSTALL if p == f"langchain_{provider}"))
    from langchain.chat_models import init_chat_model

    own: dict[str, Any] = {"timeout": limit, "max_retries": 0}
    if provider == "openai":
        # A server of one's own wants no key, but the client does.
        local = {} if "OPENAI_API_KEY" in os.environ else {"api_key": "none"}
        own |= {"stream_usage": True, **(local if "OPENAI_BASE_URL" in os.environ else {})}
    if provider == "ollama":
        own = {"client_kwargs": {"timeout": limit}}
    try:
        chat = init_chat_model(name, model_provider=provider, temperature=0, **own)
    except (
        Exception
    ) as error:  # what a provider's package raises for a setting is not a closed list
        raise ModelSettingError(f"模型 {setting} 不能使用：{_short(error)}") from error
    return LangChainModel(setting, chat, limit)


def _need(*packages: str) -> None:
    for package in packages:
        if importlib.util.find_spec(package) is None:
            how = f"pip install --editable '.[{_INSTALL[package]}]'"
            raise ModelSettingError(f"使用这个模型要先安装 {package.replace('_', '-')}：{how}")


def _from_file(path: Path, timeout: float) -> ChatModel:
    """A GGUF file, served by llama.cpp in this process on a free port of the loopback."""
    if not path.is_file():
        raise ModelSettingError(f"没有这个模型文件：{path}")
    _need("langchain", "langchain_openai", "xllamacpp")
    import xllamacpp
    from langchain.chat_models import init_chat_model

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.n_ctx, params.n_parallel, params.port, params.verbosity = _CONTEXT, 1, 0, 0
    try:
        server = xllamacpp.Server(params)
    except (RuntimeError, ValueError) as error:
        raise ModelSettingError(f"读不了模型文件 {path.name}：{_short(error)}") from error
    chat = init_chat_model(
        path.stem,
        model_provider="openai",
        base_url=f"{server.listening_address}/v1",
        api_key="none",
        temperature=0,
        timeout=timeout,
        max_retries=0,
        max_tokens=_WRITTEN,
        stream_usage=True,
    )
    return LangChainModel(f"gguf:{path.stem}", chat, timeout, server)


@dataclass
class LangChainModel:
    """Any chat model of LangChain behind our protocol; `served_by` is kept alive with it."""

    name: str
    chat: BaseChatModel
    timeout: float = _TIMEOUT
    served_by: object = None
    usage: Usage = field(default_factory=Usage)
    _schemas: bool = field(default=True, repr=False)

    def complete(self, messages: Sequence[Message], schema: Schema | None = None) -> str:
        """See `ChatModel`; a failed call is made once more."""
        turns = [(message.role, message.text) for message in messages]
        if schema is not None and self._schemas:
            bound = self.chat.with_structured_output(
                dict(schema), method="json_schema", include_raw=True
            )
            try:
                return _said(self._counted(self._twice(lambda: bound.invoke(turns))["raw"]))
            except _NoSchemas:
                self._schemas = False  # the prompt says the form too; the plan is checked anyway
        return _said(self._counted(self._twice(lambda: self.chat.invoke(turns))))

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """See `ChatModel`; tried again only as long as nothing of it has been seen."""
        return spoken(self._pieces(messages))

    def _pieces(self, messages: Sequence[Message]) -> Iterator[str]:
        turns = [(message.role, message.text) for message in messages]
        total: Any = None
        for last in (False, True):
            begin = time.monotonic()
            try:
                for piece in self.chat.stream(turns):
                    if time.monotonic() - begin > self.timeout:
                        raise TimeoutError(f"{self.timeout:.0f} 秒没有写完")
                    total = piece if total is None else total + piece
                    if piece.text:
                        yield str(piece.text)
                return
            except Exception as error:  # see `_twice`
                if last or total is not None:
                    raise self._unavailable(error) from error
            finally:
                if total is not None:
                    self._counted(total)

    def _twice(self, call: Callable[[], Any]) -> Any:
        for last in (False, True):
            try:
                return call()
            # Every provider's client has errors of its own, and whatever a server sends back may
            # break it: the person still gets the answer that needs no model.
            except Exception as error:
                if self._schemas and getattr(error, "status_code", None) in _NOT_KNOWN:
                    raise _NoSchemas from error
                if last:
                    raise self._unavailable(error) from error
        raise AssertionError

    def _unavailable(self, error: Exception) -> ModelUnavailable:
        return ModelUnavailable(f"模型 {self.name} 没有回答（{_short(error)}）")

    def _counted(self, reply: Any) -> str:
        used = reply.usage_metadata or {}
        self.usage += Usage(1, used.get("input_tokens", 0), used.get("output_tokens", 0))
        return str(reply.text)


def spoken(pieces: Iterable[str]) -> Iterator[str]:
    """A stream without the thoughts that some models write out first.

    >>> list(spoken(["<thi", "nk>嗯", "</think>甲", "乙"])), list(spoken(["<", "甲"]))
    (['甲', '乙'], ['<甲'])
    """
    held, begun = "", False
    for piece in pieces:
        if begun:
            yield piece
            continue
        held += piece
        start = held.lstrip()
        if start.startswith(_THOUGHT[0]):
            _, ended, rest = held.partition(_THOUGHT[1])
        else:
            ended, rest = "" if _THOUGHT[0].startswith(start) else "no thought", held
        if ended:
            begun = True
            if rest:
                yield rest


def _said(text: str) -> str:
    return "".join(spoken([text]))


class _NoSchemas(Exception):
    """A server that does not know JSON schemas."""


def _short(error: BaseException) -> str:
    """What went wrong, in one line."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:200]
