"""From files to a library: one report a file, idempotent, and a bad file stops nobody."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import invented_budget as invented
import pytest

from index.build import Report, documents_in, index_paths
from index.embedding import HashingEncoder
from index.library import Library

NAME = invented.FILE.name


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "store", encoder=HashingEncoder()) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return Path(shutil.copy(invented.FILE, tmp_path / NAME))


def index(library: Library, *paths: Path) -> list[Report]:
    return list(index_paths(paths, library))


def test_a_document_is_reported_with_its_problems(library: Library, file: Path) -> None:
    (report,) = index(library, file)
    record = report.to_record()
    problems = record.pop("problems")
    assert record == {
        "document": NAME,
        "status": "added",
        "kind": "部门预算",
        "organisation": "深林市云杉区林业局",
        "year": 2031,
        "tables": 11,
        "facts": len(invented.document().facts),
        "passages": len(invented.document().passages),
    }
    assert isinstance(problems, list)
    assert [p["kind"] for p in problems] == ["missing_table", "incomplete_table", "rounding"]
    assert set(problems[0]) == {"kind", "severity", "message", "page", "line", "sheet"}


def test_the_same_file_twice_doubles_nothing(library: Library, file: Path) -> None:
    (first,) = index(library, file)
    facts, signature = library.facts(), library.signature()
    (again,) = index(library, file)
    assert again.status == "unchanged"
    assert (again.facts, again.problems) == (first.facts, first.problems)
    assert (library.facts(), library.signature()) == (facts, signature)


def test_a_changed_file_replaces_the_old_content(library: Library, file: Path) -> None:
    index(library, file)
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("4.00", "5.00").replace("从严控制接待", "厉行节约"), encoding="utf-8"
    )
    (report,) = index(library, file)
    assert report.status == "updated"
    assert {str(f.value) for f in library.facts(labels=["公务接待费"]) if f.unit == "万元"} == {
        "5.00",
        "-1.50",
        "6.50",
    }
    assert not [p for p, _ in library.search_words("从严控制接待", 20) if "从严控制" in p.text]
    assert [d.name for d in library.documents()] == [NAME]


def test_a_file_that_cannot_be_read_stops_no_other(
    library: Library, file: Path, tmp_path: Path
) -> None:
    empty, unknown = tmp_path / "空.txt", tmp_path / "图.bmp"
    empty.write_bytes(b"")
    unknown.write_bytes(b"BM")
    reports = index(library, empty, unknown, tmp_path / "没有.txt", file)
    assert [r.status for r in reports] == ["failed", "failed", "failed", "added"]
    for report in reports[:3]:
        (problem,) = report.problems
        assert (problem.kind, problem.severity) == ("unreadable", "error")
        assert problem.message
        assert report.to_record()["organisation"] is None
    assert [d.name for d in library.documents()] == [NAME]


def test_a_file_that_became_unreadable_leaves_the_old_version(library: Library, file: Path) -> None:
    index(library, file)
    before = library.facts()
    file.write_bytes(b"")
    assert [r.status for r in index(library, file)] == ["failed"]
    assert library.facts() == before


def test_progress_is_told(library: Library, file: Path) -> None:
    told: list[tuple[str, str, int, int]] = []
    list(index_paths([file], library, lambda *stage: told.append(stage)))
    assert told[0] == (NAME, "读取", 0, 1)
    count = len(invented.document().passages)
    assert told[-1] == (NAME, "向量", count, count)


def test_folders_are_searched_for_what_has_a_loader(tmp_path: Path) -> None:
    for name in ("乙.txt", "sub/甲.md", "图.bmp", ".隐.txt", "~$锁.docx"):
        path = tmp_path / "文件" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("内容")
    found = [p.name for p in documents_in([tmp_path / "文件", tmp_path / "别的.bmp"])]
    assert found == ["sub/甲.md", "乙.txt", "别的.bmp"]


def test_reports_come_one_by_one(library: Library, file: Path, tmp_path: Path) -> None:
    other = Path(shutil.copy(file, tmp_path / "另一份2031年部门预算.txt"))
    reports = index_paths([file, other], library)
    next(reports)
    assert [d.name for d in library.documents()] == [NAME]
    next(reports)
    assert len(library.documents()) == 2
