"""The chat model: settings, a server that fails in every way, and, where a file is given, a real one.

`BUDGET_QA_GGUF=model.gguf python -m pytest tests/test_chat_model.py` runs the real one."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from index.library import Library
from qa import ask, ask_stream
from qa.chat_model import (
    ChatModel,
    Message,
    ModelSettingError,
    ModelUnavailable,
    Usage,
    default_model,
    open_model,
    spoken,
)

GGUF = os.environ.get("BUDGET_QA_GGUF", "")
QUESTION = [Message("system", "简短"), Message("user", "你好")]
SCHEMA = {
    "title": "choice",
    "type": "object",
    "properties": {"op": {"enum": ["sum", "value"]}},
    "required": ["op"],
    "additionalProperties": False,
}
WHY = "城市管理局2024年公务用车购置费为什么增加？"
loopback = pytest.mark.allow_hosts(["127.0.0.1"])


# ---------------------------------------------------------------- settings


@pytest.mark.parametrize("setting", ["qwen3", "ollama:", ":qwen3", "nobody:model"])
def test_a_setting_that_names_no_model(setting: str) -> None:
    with pytest.raises(ModelSettingError):
        open_model(setting)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelSettingError, match="没有这个模型文件"):
        open_model(f"gguf:{tmp_path / 'none.gguf'}")


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelSettingError, match=r"pip install .*\[chat\]"):
        open_model("ollama:qwen3:8b")


def test_the_model_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BUDGET_QA_MODEL", raising=False)
    assert default_model() == ""
    monkeypatch.setenv("BUDGET_QA_MODEL", " ollama:qwen3:8b ")
    assert default_model() == "ollama:qwen3:8b"


# ---------------------------------------------------------------- a server that fails


@dataclass
class Server:
    """An OpenAI-compatible server: does the next of its `acts`, keeps what it was sent."""

    acts: list[str]
    asked: list[dict[str, Any]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    script: Server

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        self.script.asked.append(json.loads(self.rfile.read(size)))
        act, _, said = self.script.acts.pop(0).partition(":")
        getattr(self, f"_{act}")(said)

    def _say(self, text: str) -> None:
        message = {"role": "assistant", "content": text}
        used = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        self._send(
            200, {"id": "1", "object": "chat.completion", "choices": [choice], "usage": used}
        )

    def _fail(self, status: str) -> None:
        self._send(int(status), {"error": {"message": "no"}})

    def _rubbish(self, _: str) -> None:
        self._write(200, b"<html>busy</html>", "text/html")

    def _wait(self, _: str) -> None:
        self.script.stop.wait(30)

    def _hang(self, text: str) -> None:
        """A stream that breaks off after a text."""
        delta = {"index": 0, "delta": {"role": "assistant", "content": text}}
        chunk = {"id": "1", "object": "chat.completion.chunk", "choices": [delta]}
        data = f"data: {json.dumps(chunk)}\n\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(data) + 1000))
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = True

    def _send(self, status: int, body: dict[str, Any]) -> None:
        self._write(status, json.dumps(body).encode(), "application/json")

    def _write(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(
    monkeypatch: pytest.MonkeyPatch, *acts: str, timeout: float = 20
) -> Iterator[tuple[ChatModel, Server]]:
    script = Server(list(acts))
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Scripted", (Handler,), {"script": script}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    try:
        yield open_model("openai:any", timeout=timeout), script
    finally:
        script.stop.set()
        server.shutdown()
        server.server_close()


@loopback
def test_an_answer_and_what_it_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, "say:你好！") as (model, server):
        assert model.name == "openai:any"
        assert model.complete(QUESTION) == "你好！"
        assert model.usage == Usage(1, 7, 3)
    sent = server.asked[0]
    assert [m["content"] for m in sent["messages"]] == ["简短", "你好"]
    assert sent["temperature"] == 0


@loopback
def test_a_schema_is_sent_along(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, 'say:{"op": "sum"}') as (model, server):
        assert json.loads(model.complete(QUESTION, SCHEMA)) == {"op": "sum"}
    form = server.asked[0]["response_format"]
    assert form["type"] == "json_schema"
    assert form["json_schema"]["schema"]["properties"] == SCHEMA["properties"]


@loopback
def test_a_server_without_schemas_is_asked_without(monkeypatch: pytest.MonkeyPatch) -> None:
    acts = ("fail:400", "say:甲", "say:乙")
    with serving(monkeypatch, *acts) as (model, server):
        assert [model.complete(QUESTION, SCHEMA) for _ in range(2)] == ["甲", "乙"]
    assert ["response_format" in sent for sent in server.asked] == [True, False, False]


@loopback
def test_thoughts_are_no_part_of_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, "say:<think>问的是什么？</think>甲") as (model, _):
        assert model.complete(QUESTION) == "甲"


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        (["<thi", "nk>甲", "乙</th", "ink>丙", "丁"], "丙丁"),
        (["\n", "<think>", "甲</think>", "乙"], "乙"),
        (["<", "甲>", "乙"], "<甲>乙"),
        (["甲<think>", "乙"], "甲<think>乙"),
        (["<think>甲"], ""),
    ],
)
def test_thoughts_in_a_stream(pieces: list[str], said: str) -> None:
    assert "".join(spoken(pieces)) == said


@loopback
def test_a_failed_call_is_made_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, "fail:503", "say:甲") as (model, _):
        assert model.complete(QUESTION) == "甲"


@loopback
@pytest.mark.parametrize("act", ["fail:503", "fail:401", "rubbish", "wait"])
def test_a_server_that_does_not_answer(act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, act, act, timeout=0.5) as (model, server):
        with pytest.raises(ModelUnavailable, match="openai:any"):
            model.complete(QUESTION)
        assert len(server.asked) == 2


@loopback
def test_a_stream_that_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, "hang:公务接待费", timeout=2) as (model, _):
        pieces = model.stream(QUESTION)
        assert next(pieces) == "公务接待费"
        with pytest.raises(ModelUnavailable):
            list(pieces)


@loopback
def test_a_stream_that_never_began_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(monkeypatch, "fail:503", "fail:503", timeout=2) as (model, server):
        with pytest.raises(ModelUnavailable):
            list(model.stream(QUESTION))
        assert len(server.asked) == 2


@loopback
@pytest.mark.parametrize("act", ["fail:503", "rubbish", "wait", "hang:公务"])
def test_the_built_in_answer_stands_when_the_model_is_down(
    act: str, monkeypatch: pytest.MonkeyPatch, sample_library: Library
) -> None:
    built_in = ask(WHY, sample_library)
    with serving(monkeypatch, act, act, timeout=0.5) as (model, _):
        answer = ask(WHY, sample_library, model=model)
    assert (answer.text, answer.citations) == (built_in.text, built_in.citations)
    assert "openai:any" in answer.notes[-1] and answer.notes[-1].endswith("这是不用模型的回答。")


# ---------------------------------------------------------------- a real model


@pytest.fixture(scope="module")
def real() -> ChatModel:
    return open_model(f"gguf:{GGUF}")


@pytest.mark.skipif(not GGUF, reason="BUDGET_QA_GGUF names no model file")
@pytest.mark.enable_socket
class TestRealModel:
    """Whatever the model says: the form is kept, and nothing is said that the documents do not."""

    def test_answers_in_the_form_of_a_schema(self, real: ChatModel) -> None:
        before = real.usage
        said = real.complete([Message("user", "甲加乙等于多少？选一个运算，输出 JSON")], SCHEMA)
        assert json.loads(said)["op"] in ("sum", "value")
        used = real.usage - before
        assert used.calls == 1 and used.read > 5 and used.written > 3

    def test_streams(self, real: ChatModel) -> None:
        before = real.usage
        pieces = list(real.stream([Message("user", "从一数到五")]))
        assert len(pieces) > 1
        assert (real.usage - before).written >= len(pieces) // 2

    def test_words_an_answer_that_holds(self, real: ChatModel, sample_library: Library) -> None:
        *shown, answer = ask_stream(WHY, sample_library, model=real)
        assert not isinstance(answer, str)
        assert answer.status == "answered" and "单价提高" in answer.text
        assert all(str(sentence).rstrip("。").endswith("]") for sentence in shown)

    def test_invents_no_salary(self, real: ChatModel, sample_library: Library) -> None:
        answer = ask("城市管理局局长的工资是多少", sample_library, model=real)
        assert (answer.status, answer.value) == ("not_found", None)
