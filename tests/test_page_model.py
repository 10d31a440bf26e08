"""The page with a chat model: its words come as they are checked, its name is shown, and when it is
down the page goes on without it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from scripted import ScriptedModel

from index.library import Library
from qa import ask
from qa.chat_model import ModelUnavailable
from qa.web.asking import Underway, answered
from qa.web.page import page
from qa.web.session import Session

WHY = "城市管理局2024年公务用车购置费为什么增加？"


def talked(library: Library, model: ScriptedModel) -> tuple[str, Session]:
    """The words shown on the way, and the session after the answer."""
    with ThreadPoolExecutor(1) as workers:
        *way, session = answered(WHY, Session(), library, workers, model)
    assert isinstance(session, Session)
    return "".join(u.words for u in way[-1:] if isinstance(u, Underway)), session


def test_the_words_of_a_model_come_before_the_answer(sample_library: Library) -> None:
    plain = ask(WHY, sample_library)
    reason = "购置车型调整，单价提高"
    assert reason in plain.text
    said = f"2024年公务用车购置费为51.85万元[1]。比2023年增加15.33万元[1]。原因是{reason}[1]。"
    words, session = talked(sample_library, ScriptedModel().enqueue(said))
    (answer,) = session.answers
    assert reason in words and reason in answer.text
    assert {c.quote for c in answer.citations} <= {c.quote for c in plain.citations}


def test_a_model_that_is_down_leaves_the_built_in_answer(sample_library: Library) -> None:
    down = ScriptedModel().enqueue(ModelUnavailable("模型 scripted 没有回答"))
    words, session = talked(sample_library, down)
    (answer,) = session.answers
    assert (words, answer.text) == ("", ask(WHY, sample_library).text)
    assert any("scripted" in note for note in answer.notes)


@pytest.mark.parametrize("model", [None, ScriptedModel(name="ollama:某个模型")])
def test_which_model_is_on_is_shown(sample_library: Library, model: ScriptedModel | None) -> None:
    blocks = page(sample_library, model=model)
    (load,) = [f for f in blocks.fns.values() if getattr(f.fn, "__name__", "") == "_opened"]
    head = load.fn.__self__._head(Session().say)  # type: ignore[union-attr]
    assert ("ollama:某个模型" in head) == (model is not None)
    assert ("未用聊天模型" in head) == (model is None)


def test_a_follow_up_that_stays_open_may_be_written_out_by_a_model(
    sample_library: Library,
) -> None:
    first = ask("城市管理局2024年公务用车购置费和会议费分别是多少", sample_library)
    assert ask("为什么增加？", sample_library, history=(first,)).status == "not_found"
    full = "城市管理局2024年公务用车购置费为什么增加？"
    model = ScriptedModel().enqueue(full, "没有话说")
    answer = ask("为什么增加？", sample_library, history=(first,), model=model)
    assert answer.status == "answered" and answer.asked == full
    assert f"承接上文：{full}" in answer.to_record()["notes"]
    # Words that nobody said are not taken from it.
    liar = ScriptedModel().enqueue("教育局2024年公务用车购置费为什么增加？")
    assert ask("为什么增加？", sample_library, history=(first,), model=liar).status == "not_found"
