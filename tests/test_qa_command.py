"""`python -m qa`: exit status, the record, and what goes to which stream."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripted import ScriptedModel

from index.build import index_paths
from index.embedding import DEFAULT_MODEL, HashingEncoder
from index.library import Library
from qa.__main__ import main
from qa.chat_model import ModelUnavailable

INVENTED = Path(__file__).parent / "data"
RECORD = [
    "question",
    "status",
    "route",
    "text",
    "value",
    "unit",
    "items",
    "calculation",
    "citations",
    "understood",
    "notes",
    "elapsed_ms",
]
CITATION = ["n", "document", "page", "section", "table", "row", "column", "quote"]


class _AsDefault(HashingEncoder):
    """Passes for the default model, so that the command opens the store as a user's; questions for
    figures embed nothing."""

    @property
    def name(self) -> str:
        return DEFAULT_MODEL


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    with Library.open(folder, encoder=_AsDefault(384)) as library:
        assert [r.status for r in index_paths([INVENTED], library)] == ["added"]
    return folder


Streams = pytest.CaptureFixture[str]


def _record(capsys: Streams, *argv: str) -> dict[str, object]:
    assert main([*argv, "--json"]) == 0
    streams = capsys.readouterr()
    assert streams.err == ""
    found = json.loads(streams.out)
    assert isinstance(found, dict)
    return found


def test_a_looked_up_figure_as_a_record(store: Path, capsys: Streams) -> None:
    record = _record(capsys, "三公经费是多少", "--store", str(store))
    assert list(record) == RECORD
    assert (record["status"], record["route"]) == ("answered", "calculator")
    assert (record["value"], record["unit"]) == ("15.00", "万元")
    assert (record["question"], record["calculation"]) == ("三公经费是多少", None)
    citations = record["citations"]
    assert isinstance(citations, list)
    assert citations
    assert all(list(c) == CITATION for c in citations)
    assert isinstance(record["elapsed_ms"], float)
    understood = record["understood"]
    assert isinstance(understood, dict)
    assert understood["operation"] == "value"
    assert understood["subject"] == [["三公经费"], "said"]
    assert understood["years"] == [["2031"], "default"]


def test_a_calculation_as_a_record(store: Path, capsys: Streams) -> None:
    record = _record(capsys, "人员经费和公用经费合计多少元", "--store", str(store))
    work = record["calculation"]
    assert isinstance(work, dict)
    assert list(work) == ["expression", "result", "unit", "operands"]
    assert (work["result"], work["unit"]) == (record["value"], record["unit"]) == ("7000000", "元")
    assert [list(o) for o in work["operands"]] == [["label", "value", "unit", "citation"]] * 2
    assert [o["value"] for o in work["operands"]] == ["640.00", "60.00"]


def test_items_as_a_record(store: Path, capsys: Streams) -> None:
    record = _record(capsys, "金额最大的两个项目是哪些", "--store", str(store))
    assert record["items"] == [
        {"label": "森林防火", "value": "380.00", "unit": "万元", "citations": [1]},
        {"label": "林业有害生物防治", "value": "300.00", "unit": "万元", "citations": [2]},
    ]
    assert (record["value"], record["unit"]) == (None, None)


def test_not_found_is_an_answer(store: Path, capsys: Streams) -> None:
    record = _record(capsys, "局长的工资是多少", "--store", str(store))
    told = RECORD.index("notes")
    assert list(record) == [*RECORD[:told], "because", *RECORD[told:]]
    assert record["because"] == "not_disclosed"
    assert (record["status"], record["value"], record["unit"]) == ("not_found", None, None)
    assert (record["items"], record["calculation"], record["notes"]) == ([], None, [])
    citations = record["citations"]
    assert isinstance(citations, list) and len(citations) <= 3  # what is nearest, no more


def test_what_is_near_is_shown_without_a_figure(store: Path, capsys: Streams) -> None:
    record = _record(capsys, "森林防火费用的一半是多少", "--store", str(store))
    assert (record["status"], record["value"], record["unit"]) == ("not_found", None, None)
    assert (record["items"], record["calculation"]) == ([], None)
    citations = record["citations"]
    assert isinstance(citations, list) and 0 < len(citations) <= 3
    assert any("森林防火" in c["quote"] for c in citations)


def test_a_trace_says_how_a_question_was_read(store: Path, capsys: Streams) -> None:
    question = "人员经费和公用经费合计多少元"
    assert main([question, "--store", str(store), "--trace"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "名称：人员经费、公用经费" in out and f"分句“{question}”：figure" in out
    (taken,) = [line for line in out.splitlines() if line.endswith("←")]
    assert taken.strip().startswith("sum 把握")
    assert "《" in out and "'exact': 1.0" in out  # the figures tried, with their features


def test_for_the_eye(store: Path, capsys: Streams, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["人员经费和公用经费合计多少", "--store", str(store)]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "700.00 万元" in out
    assert "640.00 + 60.00 = 700.00 万元" in out
    (read,) = [line for line in out.splitlines() if line.startswith("理解为：")]
    assert "人员经费、公用经费" in read and "2031（默认）" in read
    assert "[1] 云杉区林业局2031年部门预算.txt" in out
    assert "\x1b" not in out


def test_brackets_of_a_question_are_no_markup(store: Path, capsys: Streams) -> None:
    assert main(["[red]局长[/red]的工资[/]", "--store", str(store)]) == 0
    assert "没有找到" in capsys.readouterr().out


def test_the_store_of_the_environment(
    store: Path, capsys: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUDGET_QA_STORE", str(store))
    assert _record(capsys, "三公经费是多少")["value"] == "15.00"


def test_an_empty_store_says_what_to_do(tmp_path: Path, capsys: Streams) -> None:
    record = _record(capsys, "三公经费是多少", "--store", str(tmp_path / "new"))
    assert record["status"] == "not_found"
    assert "python -m index" in str(record["text"])


@pytest.mark.parametrize(
    "argv",
    [
        [],
        [""],
        ["  "],
        ["三公经费是多少", "多了一个"],
        ["三公经费是多少", "--store"],
        ["三公经费是多少", "--jsno"],
    ],
)
def test_wrong_usage(argv: list[str], capsys: Streams) -> None:
    with pytest.raises(SystemExit) as left:
        main(argv)
    assert left.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "usage" in err


def test_a_store_of_another_model_is_refused(store: Path, capsys: Streams) -> None:
    assert main(["三公经费是多少", "--store", str(store), "--embedding", "another"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "another" in err.replace("\n", "")


@pytest.mark.parametrize("damage", ["file", "garbage"])
def test_a_store_that_cannot_be_used(damage: str, tmp_path: Path, capsys: Streams) -> None:
    place = tmp_path / "store"
    if damage == "file":
        place.write_text("not a folder")
    else:
        place.mkdir()
        (place / "catalogue.sqlite").write_bytes(b"no database at all" * 100)
    assert main(["三公经费是多少", "--store", str(place), "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()
    assert "Traceback" not in err


def test_as_a_command_of_its_own(store: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "qa", "三公经费是多少", "--json"],
        cwd=Path(__file__).parent.parent,
        env={**os.environ, "BUDGET_QA_STORE": str(store), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, b"")
    assert json.loads(run.stdout)["value"] == "15.00"


# ---------------------------------------------------------------- with a chat model


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """The command with a scripted model behind the setting `scripted:model`, and no other."""
    scripted = ScriptedModel()

    def opened(setting: str) -> ScriptedModel:
        assert setting == "scripted:model"
        return scripted

    monkeypatch.setattr("qa.__main__.open_model", opened)
    return scripted


WHY = "森林防火项目为什么增加？"


def test_a_model_s_sentences_are_streamed_beside_the_answer(
    store: Path, capsys: Streams, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    held = "森林防火380.00万元，比2030年增加130.00万元，主要原因是更新瞭望设备[1]。"
    model.enqueue(held + "森林防火增加 9999 万元[1]。")
    assert main([WHY, "--store", str(store), "--model", "scripted:model"]) == 0
    out, err = capsys.readouterr()
    assert err.strip() == held
    assert held in out and "9999万元”不在所引的文字里" in out
    assert "文字由模型 scripted 根据引文写成" in out


def test_the_model_of_the_environment_and_a_record(
    store: Path, capsys: Streams, model: ScriptedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUDGET_QA_MODEL", "scripted:model")
    model.enqueue(ModelUnavailable("模型 scripted 没有回答（超时）"))
    record = _record(capsys, WHY, "--store", str(store))
    assert list(record) == RECORD
    assert record["status"] == "answered"
    assert record["notes"] == ["模型 scripted 没有回答（超时），这是不用模型的回答。"]


def test_a_setting_that_names_no_model(store: Path, capsys: Streams) -> None:
    assert main(["三公经费是多少", "--store", str(store), "--model", "nonsense"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "nonsense" in err
