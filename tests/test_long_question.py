"""A question that is too long is declined unread, with a clear message, by every way in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import index.library
from index.embedding import HashingEncoder
from index.library import Library
from qa import ask, passages_chain
from qa import pipeline as line
from qa.__main__ import main
from qa.question import LONGEST
from qa.suggest import nearby
from qa.web.endpoints import Endpoints
from qa.web.page import page
from qa.web.session import Session

CORE = "城市管理局2024年公务接待费是多少万元？"
PREAMBLE = "我昨天旁听了区人大的会议，会上听取了财政局关于预算安排的说明，"


def of_length(count: int) -> str:
    """A preamble with the question at its end."""
    front = (PREAMBLE * (count // len(PREAMBLE) + 1))[: count - len(CORE) - 1]
    return f"{front}。{CORE}"


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads a question that is too long fails."""

    def guarded(name: str) -> None:
        reading = getattr(line, name)

        def read(question: str, *rest: Any) -> Any:
            assert len(question) <= LONGEST
            return reading(question, *rest)

        monkeypatch.setattr(line, name, read)

    guarded("_built_in")
    guarded("scope_in")


def declined(text: str) -> bool:
    return "问题太长" in text and f"最多 {LONGEST:,} 字" in text


def test_a_long_preamble_is_no_long_question(sample_library: Library) -> None:
    assert len(of_length(600)) == 600
    assert ask(of_length(600), sample_library).question == of_length(600)
    assert not declined(ask("？" * LONGEST, sample_library).text)


@pytest.mark.parametrize("length", [LONGEST + 1, 100_000])
def test_a_longer_one_is_declined_unread(
    length: int, sample_library: Library, unread: None
) -> None:
    question = of_length(length)
    answer = ask(question, sample_library)
    assert (answer.status, declined(answer.text), answer.value) == ("not_found", True, None)
    assert f"{length:,} 字" in answer.text and answer.question == question
    assert nearby(answer, sample_library) == []
    assert declined(passages_chain(sample_library).invoke(question).text)


def test_what_follows_one_is_answered(sample_library: Library) -> None:
    before = ask(of_length(5000), sample_library)
    answer = ask(CORE, sample_library, history=[before])
    assert (answer.status, str(answer.value)) == ("answered", "3.87")
    assert ask("那2023年呢？", sample_library, history=[before]).status == "not_found"


def test_on_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index.library, "Encoder", lambda model: HashingEncoder())
    assert main([of_length(100_000), "--store", str(tmp_path), "--json"]) == 0
    assert declined(json.loads(capsys.readouterr().out)["text"])


def test_by_the_endpoints(sample_library: Library, unread: None) -> None:
    given, question = Endpoints(sample_library), of_length(100_000)
    assert declined(given.ask(question)["text"])
    assert declined(given.ask(question, earlier=[question] * 3)["text"])
    with pytest.raises(Exception, match="问题太长"):
        given.search(question)


def test_in_the_page(sample_library: Library, unread: None) -> None:
    blocks = page(sample_library)
    (asked,) = [f for f in blocks.fns.values() if getattr(f.fn, "__name__", "") == "_asked"]
    *_, (session, chat, _, _) = asked.fn(of_length(100_000), Session(), None)
    assert declined(chat) and len(session.answers) == 1 and len(chat) < 5 * LONGEST
    (box,) = [b for b in blocks.blocks.values() if getattr(b, "elem_id", "") == "question"]
    assert box.max_length is None or box.max_length > LONGEST, "the browser would cut it in silence"
