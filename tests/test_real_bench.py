"""The bench of real questions: its judge, the stages it names, its rewordings and its sets."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from pathlib import Path

import pytest

from evals.real.bench import Row, changes, shares
from evals.real.rewordings import changed_questions, same_answer, same_questions
from evals.real.sets import load_sets
from evals.real.stages import expected_operation, printed_figures
from evals.records import parse_question
from evals.verdict import judge


def judged(gold: dict, **answer) -> str:
    row = parse_question(json.dumps({"question": "多少？", **gold}, ensure_ascii=False))
    given = {"status": "answered", "text": "", "value": None, "items": [], "citations": []}
    return judge(row, {**given, **answer}).outcome


FOUR = {"value": "4", "unit": "万元"}
LINES = [
    {"label": "会议费", "value": "3", "unit": "万元"},
    {"label": "培训费", "value": "2", "unit": "万元"},
]


@pytest.mark.parametrize(
    ("gold", "answer", "outcome"),
    [
        pytest.param(FOUR, {"value": "40000", "unit": "元"}, "correct", id="converted"),
        pytest.param(FOUR, {"value": "4", "unit": "元"}, "wrong", id="right figure, wrong unit"),
        pytest.param(FOUR, {"value": "5", "unit": "万元"}, "wrong", id="figure of another year"),
        pytest.param(
            {**FOUR, "not_contains": ["5.00"]},
            {"value": "4", "unit": "万元", "text": "2023年5.00万元，2024年4.00万元"},
            "wrong",
            id="a figure that was not asked for",
        ),
        pytest.param(
            {"items": ["会议费", "培训费"]}, {"items": LINES}, "correct", id="the whole list"
        ),
        pytest.param(
            {"items": ["会议费"]}, {"items": LINES}, "wrong", id="a list with one foreign item"
        ),
        pytest.param(
            {"items": ["培训费", "会议费"]}, {"items": LINES}, "wrong", id="a list out of order"
        ),
        pytest.param(
            {"contains": ["工作需要"]},
            {"text": "本表反映部门全部收支情况。" * 200 + "工作需要"},
            "wrong",
            id="a quotation of everything",
        ),
        pytest.param(
            {"contains": ["工作需要"]}, {"text": "根据工作需要减少"}, "correct", id="the part"
        ),
        pytest.param(
            {"contains": ["工作需要"]},
            {"status": "not_found", "text": "最接近的是：根据工作需要减少"},
            "declined",
            id="the right passage shown as a near one",
        ),
        pytest.param(
            {"refuse": True},
            {"status": "not_found", "text": "没有", "citations": [{"n": 1, "quote": "三公经费"}]},
            "correct",
            id="a refusal with a passage shown",
        ),
        pytest.param({"refuse": True}, {"value": "4", "unit": "万元"}, "wrong", id="not refused"),
        pytest.param(FOUR, {"status": "not_found"}, "declined", id="declined"),
        pytest.param(
            {"value": "3", "unit": "万元"},
            {"status": "ambiguous", "items": LINES},
            "offered",
            id="offered",
        ),
        pytest.param(
            FOUR, {"status": "ambiguous", "items": LINES}, "wrong", id="offered without it"
        ),
        pytest.param(
            {"type": "ambiguous", "contains": ["3", "2"]},
            {"status": "ambiguous", "text": "会议费 3 万元，培训费 2 万元", "items": LINES},
            "correct",
            id="both readings where gold has both",
        ),
        pytest.param(
            {**FOUR, "contains": ["减少"]},
            {"value": "4", "unit": "万元", "text": "4 万元"},
            "wrong",
            id="one part of two",
        ),
        pytest.param(
            {"value": "3", "unit": "万元", "contains": ["2"]},
            {"text": "会议费 3 万元，培训费 2 万元", "items": LINES},
            "correct",
            id="both parts as items",
        ),
    ],
)
def test_the_judge(gold, answer, outcome):
    assert judged(gold, **answer) == outcome


def test_a_refused_text_question_is_declined():
    row = {"contains": ["工作需要"], "cite": ["公务接待费"]}
    assert judged(row, status="not_found", text="文件中没有找到") == "declined"


@pytest.mark.parametrize(
    ("expression", "operation"),
    [
        ("102464260/171915169*100", "share"),
        ("(52348937-9220200)/9220200*100", "growth"),
        ("5/4*100-100", "growth"),
        ("183.37+47.69", "sum"),
        ("1285000-1057069", "difference"),
        ("(3+4+5)/3", "average"),
        ("618.72 + 324.44", "sum"),
        ("12", "value"),
        ("", "value"),
    ],
)
def test_the_kind_of_arithmetic(expression, operation):
    assert expected_operation(expression) == operation


def test_the_figures_that_must_be_read():
    row = '{"question": "?", "value": "50", "unit": "%", "expr": "2.5/5*100"}'
    assert list(map(str, printed_figures(parse_question(row)))) == ["2.5", "5"]
    assert list(map(str, printed_figures(parse_question('{"question": "?", "value": "7"}')))) == [
        "7"
    ]


def test_rewordings_keep_and_changes_change_what_is_asked():
    names = ("云杉区林业局", "区林业局")
    same = dict(same_questions("云杉区林业局2031年“三公”经费是多少万元？", names, 2031))
    assert same["polite"] == "您好，请问云杉区林业局2031年“三公”经费是多少万元？"
    assert same["order"].startswith("2031年云杉区林业局")
    assert same["this year"] == "云杉区林业局今年“三公”经费是多少万元？"
    assert same["no unit"].endswith("是多少？")
    assert same["no quotes"] == "云杉区林业局2031年三公经费是多少万元？"
    assert "經費" in same["traditional"]
    changed = dict(changed_questions("云杉区林业局2031年“三公”经费是多少万元？", names))
    assert "1987年" in changed["other year"] and "林业局" not in changed["other department"]


def test_answers_are_the_same_whatever_their_words():
    answer = {"status": "answered", "value": "4", "unit": "万元", "text": "是 4 万元", "items": []}
    assert same_answer(answer, {**answer, "text": "4 万元"})
    assert not same_answer(answer, {**answer, "value": "5"})


def row(key: str, outcome: str) -> Row:
    return Row(key, "一套", "lookup", "某人", "多少？", outcome)


def test_what_was_mended_and_what_broke():
    before = [row("1", "correct"), row("2", "wrong"), row("3", "declined")]
    after = [row("1", "wrong"), row("2", "correct"), row("3", "declined"), row("4", "correct")]
    mended, broken = changes(before, after)
    assert [one.key for one in mended] == ["2"] and [one.key for one in broken] == ["1"]
    assert shares(after)["correct"][0] == 0.5


def test_the_manifest_names_sets_and_misses_nothing_silently(tmp_path: Path):
    manifest = tmp_path / "sets.toml"
    manifest.write_text(
        '[[set]]\nname = "x"\nquestions = "x.jsonl"\ndocuments = ["."]\nwriter = "w"\nkind = "seen"\n',
        encoding="utf-8",
    )
    (tmp_path / "x.jsonl").write_text(
        '{"question": "多少？", "docs": ["there.txt", "gone.txt"]}\n', encoding="utf-8"
    )
    (tmp_path / "there.txt").write_text("部门预算", encoding="utf-8")
    (one,) = load_sets(manifest, tmp_path)
    assert not one.complete and one.missing == ("gone.txt",)
    assert [file.name for file in one.files] == ["there.txt"]


def test_every_set_of_the_project_can_be_read_where_its_documents_are():
    for one in load_sets():
        if one.complete:
            assert one.questions() and one.files


def test_the_documents_that_are_there_are_those_of_the_manifest() -> None:
    manifest = Path(__file__).parents[1] / "evals" / "real" / "documents.toml"
    listed = {d["file"]: d["sha256"] for d in tomllib.loads(manifest.read_text())["document"]}
    assert all(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in listed.values())
    for one in load_sets():
        for file in one.files if one.name != "sample" else ():
            assert hashlib.sha256(file.read_bytes()).hexdigest() == listed[file.name]
