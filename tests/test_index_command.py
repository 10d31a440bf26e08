"""`python -m index`: exit status, what goes to stdout and what to stderr."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import invented_budget as invented
import pytest

import index.library
from index.__main__ import main
from index.embedding import HashingEncoder

NAME = invented.FILE.name
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command on a store of its own, with an encoder that needs no weights."""
    monkeypatch.setattr(index.library, "Encoder", lambda model: HashingEncoder())
    monkeypatch.setenv("BUDGET_QA_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


def records(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_a_report_for_people(run: Run) -> None:
    status, out, _ = run(invented.FILE)
    assert status == 0
    assert NAME in out and "已加入" in out and "11 张表" in out
    assert "政府采购预算表" in out and "（第 25 行）" in out


def test_json_is_one_row_a_document_and_nothing_else(run: Run) -> None:
    status, out, _ = run(invented.FILE, "--json")
    (record,) = records(out)
    assert (status, record["document"], record["status"]) == (0, NAME, "added")
    assert [p["kind"] for p in record["problems"]] == [
        "missing_table",
        "incomplete_table",
        "rounding",
    ]


def test_what_cannot_be_read_is_status_1_and_the_rest_is_done(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "空.txt"
    bad.write_bytes(b"")
    status, out, _ = run(bad, invented.FILE, "--json")
    assert (status, [r["status"] for r in records(out)]) == (1, ["failed", "added"])
    assert run("--list", "--json")[1].count("\n") == 1


def test_a_missing_file_is_status_1_with_its_name(run: Run, tmp_path: Path) -> None:
    status, out, _ = run(tmp_path / "没有.txt")
    assert (status, "没有.txt" in out, "失败" in out) == (1, True, True)


def test_an_empty_folder_is_status_1_with_a_message(run: Run, tmp_path: Path) -> None:
    (tmp_path / "空").mkdir()
    status, out, err = run(tmp_path / "空")
    assert (status, out) == (1, "")
    assert "没有能读的文档" in err


@pytest.mark.parametrize("arguments", [[], ["--unknown"], ["--json"], ["--remove"]])
def test_wrong_usage_is_status_2(
    run: Run, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        run(*arguments)
    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_list_of_an_empty_store_says_what_to_do(run: Run) -> None:
    status, out, _ = run("--list")
    assert (status, "python -m index" in out) == (0, True)


def test_list(run: Run) -> None:
    run(invented.FILE)
    assert "深林市云杉区林业局" in run("--list")[1]
    status, out, _ = run("--list", "--json")
    (record,) = records(out)
    assert (status, record["document"], record["year"], record["tables"]) == (0, NAME, 2031, 11)


def test_remove(run: Run) -> None:
    run(invented.FILE)
    status, out, _ = run("--remove", NAME)
    assert (status, NAME in out) == (0, True)
    assert run("--list", "--json")[:2] == (0, "")


def test_removing_what_is_not_there_says_what_is(run: Run) -> None:
    run(invented.FILE)
    status, out, err = run("--remove", "别的.txt")
    assert (status, out) == (1, "")
    assert "别的.txt" in err and NAME in err


def test_a_store_of_another_model_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(invented.FILE)
    monkeypatch.setattr(index.library, "Encoder", lambda model: HashingEncoder(64))
    copy = shutil.copy(invented.FILE, tmp_path / "另一份.txt")
    status, out, err = run(copy)
    assert (status, out) == (1, "")
    assert "hashing-256" in err and "hashing-64" in err


def test_a_store_named_goes_before_the_default(run: Run, tmp_path: Path) -> None:
    run(invented.FILE, "--store", tmp_path / "other")
    assert run("--list", "--json")[1] == ""
    assert NAME in run("--list", "--json", "--store", tmp_path / "other")[1]
