"""`python -m evals --model`: the same questions with and without a chat model, side by side."""

from __future__ import annotations

import json

import pytest
from scripted import ScriptedModel

import index.embedding
from evals.__main__ import main
from index.embedding import HashingEncoder

PAGE = """# 甲市乙局2031年部门预算

## “三公”经费情况

公务接待费2031年预算数4.00万元，比2030年减少2.00万元，主要原因是厉行节约，接待批次减少。
"""
QUESTIONS = [
    {"id": "1", "type": "lookup", "question": "公务接待费是多少？", "value": "4.00", "unit": "万元"},
    {"id": "2", "type": "why", "question": "公务接待费为什么减少？", "contains": ["厉行节约"]},
    {"id": "3", "type": "lookup", "question": "宴席一共多少万元？", "value": "4.00", "unit": "万元"},
    {"id": "4", "type": "refuse", "question": "局长的工资是多少？", "refuse": True},
]  # fmt: skip
WORDS = "公务接待费4.00万元，比2030年减少2.00万元，主要原因是厉行节约，接待批次减少[1]。"
MEANS = '{"means": {"宴席": "公务接待费"}}'


@pytest.fixture
def model(monkeypatch):
    """The real command with the small encoder and a scripted chat model."""
    scripted = ScriptedModel()
    monkeypatch.setattr(index.embedding, "Encoder", HashingEncoder)
    monkeypatch.setattr("qa.chat_model.open_model", lambda setting: scripted)
    return scripted


def test_both_ways_stand_side_by_side(model, tmp_path, capsys):
    document, questions = tmp_path / "甲市乙局2031年部门预算.md", tmp_path / "questions.jsonl"
    document.write_text(PAGE, encoding="utf-8")
    questions.write_text(
        "\n".join(json.dumps(q, ensure_ascii=False) for q in QUESTIONS), encoding="utf-8"
    )
    model.enqueue(WORDS, MEANS, '{"relation": "同一项"}')
    out = tmp_path / "out"
    command = [str(questions), "--docs", str(document), "--out", str(out), "--model", "any:model"]
    assert main(command) == 0
    assert model.left == 0
    rows = {r["name"]: r for r in json.loads((out / "metrics.json").read_text())["ablation"]}
    assert list(rows) == ["pipeline", "model"]
    assert rows["pipeline"]["overall"]["accuracy"]["value"] == 0.75
    assert rows["model"]["overall"]["accuracy"]["value"] == 1.0
    assert rows["model"]["overall"]["wrong_figure"]["value"] == 0.0
    assert rows["model"]["overall"]["citation_precision"]["value"] == 1.0
    assert (rows["model"]["won"], rows["model"]["lost"]) == (1, 0)
    told = QUESTIONS[2]["question"], QUESTIONS[1]["question"]
    printed = capsys.readouterr().out
    assert f"改对 questions#3 {told[0]}" in printed and f"换了说法 questions#2 {told[1]}" in printed
    assert [rows["model"][kind] for kind in ("fixed", "broken", "changed")] == [
        ["questions#3"],
        [],
        ["questions#2"],
    ]
    tokens = rows["model"]["overall"]["tokens"]
    assert tokens["n"] == 4 and tokens["value"] * 4 == model.usage.read + model.usage.written
    assert "tokens" not in rows["pipeline"]["overall"]
    kept = (out / "baselines" / "model" / "answers.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["usage"]["calls"] for line in kept.splitlines()] == [0, 1, 2, 0]


def test_a_model_that_cannot_be_opened_is_said_before_anything_is_done(tmp_path, capsys):
    questions = tmp_path / "questions.jsonl"
    questions.write_text(json.dumps(QUESTIONS[0], ensure_ascii=False), encoding="utf-8")
    status = main([str(questions), "--out", str(tmp_path / "out"), "--model", "nonsense"])
    assert status == 1
    assert "nonsense" in capsys.readouterr().err
