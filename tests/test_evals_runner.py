"""Running a question set with a scripted answerer: conversations, stops, the command."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from rich.console import Console

from evals.__main__ import main
from evals.connection import Connection
from evals.evaluation import DocumentRow
from evals.records import parse_question
from evals.runner import read_answers, run


@dataclass(frozen=True)
class Reply:
    record: Mapping

    def to_record(self):
        return {**self.record}


@dataclass
class Script:
    """Answers from a table; what is no record is raised."""

    answers: dict
    asked: list = field(default_factory=list)

    def __call__(self, question, history):
        self.asked.append((question, tuple(reply.record["value"] for reply in history)))
        reply = self.answers.get(question)
        if isinstance(reply, BaseException):
            raise reply
        return Reply({**RECORD, "value": reply, "unit": "元"})


RECORD = {
    "status": "answered",
    "route": "calculator",
    "text": "数[1]",
    "items": [],
    "calculation": None,
    "citations": [{"n": 1, "document": "a.txt", "page": None, "quote": "数"}],
    "notes": [],
    "elapsed_ms": 1.0,
}


INDEXED = (DocumentRow("a.txt", "added"),)


def rows(*texts, **more):
    return [
        parse_question(json.dumps({"id": t, "question": t, **more}), "set", i)
        for i, t in enumerate(texts, 1)
    ]


def quiet():
    return Console(file=io.StringIO())


def values(result):
    return [(row.question.id, row.answer["value"]) for row in result.rows]


def test_every_answer_is_written_with_what_was_asked(tmp_path):
    questions = rows("一", "二")
    result = run(questions, Script({"一": "1", "二": "2"}), tmp_path, console=quiet())
    lines = [json.loads(line) for line in (tmp_path / "answers.jsonl").read_text().splitlines()]
    assert [(line["asked"]["key"], line["value"]) for line in lines] == [
        ("set#一", "1"),
        ("set#二", "2"),
    ]
    assert list(read_answers(tmp_path / "answers.jsonl", questions).values()) == list(result.rows)
    assert all(row.elapsed_ms >= 0 for row in result.rows) and not result.stopped


def test_turns_of_a_conversation_have_the_ones_before_them(tmp_path):
    questions = [
        *rows("一", "二", conversation="c1"),
        *rows("单"),
        *rows("三", conversation="c2"),
        *rows("四", conversation="c1"),
    ]
    script = Script({"一": "1", "二": "2", "单": "0", "三": "3", "四": "4"})
    run(questions, script, tmp_path, console=quiet())
    assert [history for _, history in script.asked] == [(), ("1",), (), (), ("1", "2")]


def test_a_stop_keeps_what_is_done_and_resume_asks_the_rest(tmp_path):
    questions, console = rows("一", "二", "三"), quiet()
    first = Script({"一": "1", "二": KeyboardInterrupt()})
    stopped = run(questions, first, tmp_path, console=console)
    assert stopped.stopped and values(stopped) == [("一", "1")]
    assert "1/3" in console.file.getvalue() and "--resume" in console.file.getvalue()

    second = Script({"二": "2", "三": "3"})
    result = run(questions, second, tmp_path, resume=True, console=quiet())
    assert [q for q, _ in second.asked] == ["二", "三"]
    assert values(result) == [("一", "1"), ("二", "2"), ("三", "3")]


def test_without_resume_everything_is_asked_again(tmp_path):
    run(rows("一"), Script({"一": "1"}), tmp_path, console=quiet())
    assert values(run(rows("一"), Script({"一": "9"}), tmp_path, console=quiet())) == [("一", "9")]


def test_resume_asks_again_what_was_reworded_failed_or_cut(tmp_path):
    path = tmp_path / "answers.jsonl"
    before = rows("一", "二", "三", "四")
    run(before, Script({"一": "1", "二": ValueError("坏"), "三": "3", "四": "4"}), tmp_path,
        console=quiet())  # fmt: skip
    text = path.read_text()
    path.write_text(text[: len(text) - 40])  # the last line was being written
    (reworded,) = rows("三？")
    after = [before[0], before[1], parse_question('{"id": "三", "question": "三？"}', "set", 3)]
    after.append(before[3])
    script = Script({"二": "22", "三？": "33", "四": "44"})
    result = run(after, script, tmp_path, resume=True, console=quiet())
    assert reworded.question == "三？"
    assert values(result) == [("一", "1"), ("二", "22"), ("三", "33"), ("四", "44")]
    assert len(path.read_text().splitlines()) == 4


def test_resume_starts_a_cut_conversation_from_its_first_turn(tmp_path):
    questions = [*rows("单"), *rows("一", "二", conversation="c1")]
    run(questions, Script({"单": "0", "一": "1", "二": KeyboardInterrupt()}), tmp_path,
        console=quiet())  # fmt: skip
    script = Script({"一": "1", "二": "2"})
    run(questions, script, tmp_path, resume=True, console=quiet())
    assert script.asked == [("一", ()), ("二", ("1",))]


def test_one_question_s_failure_does_not_stop_the_others(tmp_path):
    script = Script({"一": ZeroDivisionError("除以零"), "二": "2"})
    bad, good = run(rows("一", "二"), script, tmp_path, console=quiet()).rows
    assert bad.error == "ZeroDivisionError: 除以零" and bad.answer["status"] == "error"
    assert good.answer["value"] == "2"


def test_ranked_passages_are_kept_for_questions_with_evidence(tmp_path):
    questions = [*rows("一", cite=["甲"]), *rows("二")]
    script = Script({"一": "1", "二": "2"})
    found = run(questions, script, tmp_path, retrieve=lambda q: [f"{q} 甲"], console=quiet())
    assert [row.retrieved for row in found.rows] == [("一 甲",), ()]
    assert list(read_answers(tmp_path / "answers.jsonl", questions).values()) == list(found.rows)


# ---------------------------------------------------------------- the command


@pytest.fixture
def ask(tmp_path, capsys):
    """Run the command over made-up questions with scripted answers: (status, stdout, stderr)."""

    def call(questions, answers, *more, documents=INDEXED):
        path = tmp_path / "set.jsonl"
        lines = [json.dumps(row, ensure_ascii=False) for row in questions]
        path.write_text("\n".join(lines), encoding="utf-8")

        @contextmanager
        def connect(args, console):
            yield Connection(Script(answers), tuple(documents))

        status = main([str(path), "--out", str(tmp_path / "out"), *more], connect)
        return status, *capsys.readouterr()

    return call


def metrics(tmp_path):
    return json.loads((tmp_path / "out/metrics.json").read_text())


GOOD = {"question": "甲？", "type": "lookup", "value": "1", "unit": "元", "docs": ["a.txt"]}
BAD = {"question": "乙？", "type": "lookup", "value": "2", "unit": "元", "docs": ["b/a.txt"]}
OTHER = {"question": "丙？", "value": "3", "docs": ["b.pdf"]}


def test_the_command_writes_three_files_and_prints_a_table(ask, tmp_path):
    status, out, _ = ask([GOOD, BAD], {"甲？": "1", "乙？": "7"})
    assert status == 0
    assert "lookup" in out and "50.0%" in out
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {"answers.jsonl", "metrics.json", "report.html"}
    found = metrics(tmp_path)
    assert found["overall"]["accuracy"]["value"] == 0.5
    assert found["by_type"]["lookup"]["exact"] == {"value": 0.5, "n": 2, "low": 0.0, "high": 1.0}
    assert found["by_document"].keys() == {"a.txt"} and found["by_format"].keys() == {"txt"}
    assert len(found["settings"]["set_hash"]) == 64
    assert "python" in found["versions"] and found["questions"]["complete"] is True
    assert str(tmp_path) not in (tmp_path / "out/metrics.json").read_text()


def test_questions_about_documents_that_are_not_there_are_skipped(ask, tmp_path):
    documents = (DocumentRow("a.txt", "added"), DocumentRow("b.pdf", "skipped", ("没有读取器",)))
    status, _, err = ask([GOOD, OTHER], {"甲？": "1"}, documents=documents)
    assert status == 0 and "跳过 1 题" in err
    assert metrics(tmp_path)["questions"]["skipped"] == ["set#行2"]
    assert metrics(tmp_path)["overall"]["accuracy"] == {
        "value": 1.0, "n": 1, "low": None, "high": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("questions", "answers", "more", "documents", "status"),
    [
        ([GOOD, BAD], {"甲？": "1", "乙？": "7"}, ["--min-accuracy", "0.5"], ["added"], 0),
        ([GOOD, BAD], {"甲？": "1", "乙？": "7"}, ["--min-accuracy", "0.51"], ["added"], 1),
        ([GOOD], {"甲？": "1"}, [], ["added", "failed"], 1),
        ([GOOD], {"甲？": ValueError("坏")}, [], ["added"], 1),
        ([GOOD, BAD], {"甲？": "1", "乙？": KeyboardInterrupt()}, [], ["added"], 1),
        ([OTHER], {}, [], ["added"], 1),
    ],
)
def test_exit_status(ask, questions, answers, more, documents, status):
    names = ("a.txt", "c.pdf")
    table = [DocumentRow(n, s) for n, s in zip(names, documents, strict=False)]
    assert ask(questions, answers, *more, documents=table)[0] == status


def test_wrong_usage_is_status_2(ask, tmp_path):
    assert ask([{"qestion": "甲？"}], {})[0] == 2
    assert ask([GOOD], {}, "--against", str(tmp_path / "nowhere"))[0] == 2
    assert ask([GOOD], {}, "--docs", str(tmp_path / "nowhere.pdf"))[0] == 2
    with pytest.raises(SystemExit) as caught:
        ask([GOOD], {}, "--min-accuracy", "85")
    assert caught.value.code == 2


def test_against_tells_what_was_fixed_and_what_broke(ask, tmp_path):
    same = {**GOOD, "question": "丁？"}
    ask([GOOD, BAD, same], {"甲？": "9", "乙？": "2", "丁？": "5"})
    (tmp_path / "out").rename(tmp_path / "before")
    before = ["--against", str(tmp_path / "before")]
    ask([GOOD, BAD, same, {**GOOD, "question": "戊？"}],
        {"甲？": "1", "乙？": "7", "丁？": "6", "戊？": "1"}, *before)  # fmt: skip
    found = metrics(tmp_path)["comparison"]
    assert (found["fixed"], found["broken"]) == (["set#行1"], ["set#行2"])
    assert (found["changed"], found["same"], found["new"]) == (["set#行3"], 0, 1)
    assert found["p"] == 1


def test_resume_from_the_command(ask, tmp_path):
    assert ask([GOOD, BAD], {"甲？": "1", "乙？": KeyboardInterrupt()})[0] == 1
    assert metrics(tmp_path)["questions"]["complete"] is False
    assert ask([GOOD, BAD], {"乙？": "2"}, "--resume")[0] == 0
    assert metrics(tmp_path)["overall"]["accuracy"]["value"] == 1
