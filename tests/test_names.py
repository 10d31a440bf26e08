"""Documents are known by their path below the folder given: two files of one name are two documents,
wherever they are listed, asked, cited, taken out and shown."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

import pytest

import index.library
from index.__main__ import main
from index.build import Report, documents_in, index_paths
from index.embedding import HashingEncoder
from index.library import Library
from index.names import NamedFile, matching
from qa import ask
from qa.export import conversation_markdown
from qa.web.endpoints import Endpoints
from qa.web.evidence_view import evidence
from qa.web.library_view import holdings
from qa.web.page import page
from qa.web.session import Session
from qa.web.wording import Wording

FILE = "2031年部门预算.txt"
CITY, SPORT = f"城管局/{FILE}", f"文体局/{FILE}"


def budget(organisation: str, amount: str, year: int = 2031) -> str:
    return (
        f"# 深林市云杉区{organisation}{year}年部门预算\n\n## 三公经费\n\n"
        f"公务接待费{year}年预算数{amount}万元，比{year - 1}年减少1.00万元，主要原因是厉行节约。\n"
    )


def write(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two departments' budgets under one file name."""
    write(tmp_path / "预算" / CITY, budget("城市管理局", "4.00"))
    write(tmp_path / "预算" / SPORT, budget("文化体育局", "7.00"))
    return tmp_path / "预算"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "store", encoder=HashingEncoder()) as opened:
        yield opened


def indexed(library: Library, *paths: Path) -> list[tuple[str, str]]:
    return [(r.document, r.status) for r in index_paths(paths, library)]


def names(library: Library) -> list[str]:
    return [document.name for document in library.documents()]


# ---------------------------------------------------------------- the name


def test_two_files_of_one_name_are_two_documents(library: Library, folder: Path) -> None:
    assert indexed(library, folder) == [(CITY, "added"), (SPORT, "added")]
    assert indexed(library, folder) == [(CITY, "unchanged"), (SPORT, "unchanged")]
    for name, said in ((CITY, "4.00"), (SPORT, "7.00")):
        file = library.file(name)
        assert file is not None and said in file.read_text(encoding="utf-8")
        facts = library.facts([name], labels=["公务接待费"])
        assert said in {str(fact.value) for fact in facts}
        assert {fact.source.document for fact in facts} == {name}
    assert {p.document for p, _ in library.search_words("公务接待费", 9)} == {CITY, SPORT}


def test_what_was_given_itself_is_known_by_its_file_name(library: Library, folder: Path) -> None:
    assert indexed(library, folder / CITY) == [(FILE, "added")]
    assert indexed(library, folder / "城管局" / ".." / CITY) == [(FILE, "unchanged")]


def test_files_given_together_have_names_of_their_own(folder: Path) -> None:
    def given(*paths: Path) -> list[str]:
        return [file.name for file in documents_in(paths)]

    both = sorted((CITY, SPORT))
    assert sorted(given(folder / CITY, folder / SPORT)) == both
    assert sorted(given(folder / "城管局", folder / "文体局")) == both
    assert sorted(given(folder, folder / CITY)) == sorted(given(folder / CITY, folder)) == both
    assert documents_in(documents_in([folder])) == documents_in([folder])


def test_folders_are_written_with_a_slash_everywhere() -> None:
    inside, outside = PureWindowsPath(r"D:\预算\城管局\a.pdf"), PureWindowsPath(r"D:\预算")
    assert NamedFile.below(inside, outside).name == "城管局/a.pdf"  # type: ignore[arg-type]


def test_a_folder_says_whose_a_file_is_where_nothing_else_does(
    library: Library, tmp_path: Path
) -> None:
    text = "# 部门预算\n\n公务接待费预算数4.00万元。\n"
    write(tmp_path / "甲" / "2031年" / "林业局" / "公开.txt", text)
    write(tmp_path / "甲" / "林业局" / FILE, budget("城市管理局", "4.00"))
    (report, other) = index_paths([tmp_path / "甲"], library)
    assert report.profile is not None and report.profile.organisation == "林业局"
    assert other.profile is not None and other.profile.organisation.endswith("城市管理局")


# ---------------------------------------------------------------- the same file again


def test_one_of_them_alone_afterwards_doubles_nothing(library: Library, folder: Path) -> None:
    indexed(library, folder)
    assert indexed(library, folder / SPORT) == [(SPORT, "unchanged")]
    assert indexed(library, folder / "城管局") == [(CITY, "unchanged")]
    assert names(library) == sorted([CITY, SPORT])


def test_a_store_of_file_names_is_brought_up_by_its_folder(library: Library, folder: Path) -> None:
    """As stores were written before: by file name only, the last of one name over the others."""
    indexed(library, folder / SPORT)
    assert names(library) == [FILE]
    assert indexed(library, folder) == [(CITY, "added"), (SPORT, "added")]
    assert names(library) == sorted([CITY, SPORT])
    assert all(library.file(name) for name in names(library))


def test_the_same_content_in_two_folders_is_two_documents(library: Library, folder: Path) -> None:
    text = (folder / CITY).read_text(encoding="utf-8")
    write(folder / SPORT, text)
    write(folder / FILE, text)
    held = sorted([CITY, SPORT, FILE])
    assert sorted(indexed(library, folder)) == [(name, "added") for name in held]
    assert sorted(indexed(library, folder)) == [(name, "unchanged") for name in held]
    assert library.remove(SPORT) and library.file(CITY) is not None


def test_a_subfolder_alone_leaves_the_file_of_its_parent(library: Library, folder: Path) -> None:
    write(folder / FILE, budget("林业局", "9.00"))
    indexed(library, folder)
    assert indexed(library, folder / "城管局") == [(CITY, "unchanged")]
    assert names(library) == sorted([CITY, SPORT, FILE])


def test_another_department_never_takes_the_place_of_one(library: Library, folder: Path) -> None:
    indexed(library, folder / "城管局")
    (report,) = index_paths([folder / "文体局"], library)
    assert (report.document, report.status) == (FILE, "failed")
    assert "没有替换" in report.problems[0].message and "文化体育局" in report.problems[0].message
    assert "4.00" in {str(f.value) for f in library.facts(labels=["公务接待费"])}
    write(folder / CITY, budget("城市管理局", "5.00"))
    assert indexed(library, folder / "城管局") == [(FILE, "updated")]
    write(folder / CITY, budget("城市管理局", "5.00", 2032))
    assert indexed(library, folder / "城管局") == [(FILE, "failed")]


def test_an_old_version_under_another_name_is_told(library: Library, folder: Path) -> None:
    indexed(library, folder / CITY)
    write(folder / CITY, budget("城市管理局", "5.00"))
    reports: dict[str, Report] = {r.document: r for r in index_paths([folder], library)}
    (problem,) = [p for p in reports[CITY].problems if p.kind == "same_name"]
    assert problem.severity == "note" and FILE in problem.message and "移出" in problem.message
    assert [r.status for r in index_paths([folder], library)] == ["unchanged", "unchanged"]


def test_a_store_of_an_earlier_version_says_what_to_do(
    library: Library, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(index.library, "Encoder", lambda model: HashingEncoder())
    indexed(library, folder)
    listing = ["--list", "--json", "--store", str(tmp_path / "store")]
    assert main(listing) == 0 and capsys.readouterr().err == ""
    monkeypatch.setattr(index.library, "reader_version", lambda: "next")
    assert main(listing) == 0
    assert "2 个文档由本程序的另一版本读入" in (told := capsys.readouterr().err)
    assert "python -m index 文件夹" in told
    assert indexed(library, folder / "文体局") == [(SPORT, "updated")]


# ---------------------------------------------------------------- telling them apart


def test_the_command_lists_and_removes_by_it(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(index.library, "Encoder", lambda model: HashingEncoder())
    monkeypatch.setenv("BUDGET_QA_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object) -> tuple[int, str, str]:
        status = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    status, out, _ = run(folder, "--json")
    assert (status, [json.loads(line)["document"] for line in out.splitlines()]) == (
        0,
        [CITY, SPORT],
    )
    listed = run("--list")[1]
    assert CITY in listed and SPORT in listed
    status, out, err = run("--remove", FILE)
    assert (status, out) == (1, "") and CITY in err and SPORT in err and "写全" in err
    assert run("--remove", CITY.replace("/", "\\"))[:2] == (0, f"已移出：{CITY}\n")
    assert run("--remove", FILE)[:2] == (0, f"已移出：{SPORT}\n")
    assert run("--remove", FILE)[0] == 1


def test_a_name_is_meant_by_its_end() -> None:
    assert matching("a.pdf", ["a.pdf", "甲/a.pdf"]) == ["a.pdf"]
    assert matching("预算/甲/a.pdf", ["甲/a.pdf", "乙/a.pdf"]) == ["甲/a.pdf"]
    assert matching("a.pdf", ["甲/aa.pdf"]) == []


def test_answers_evidence_and_downloads_say_which(library: Library, folder: Path) -> None:
    indexed(library, folder)
    answer = ask("文化体育局2031年公务接待费是多少", library)
    assert (str(answer.value), answer.citations[0].document) == ("7.00", SPORT)
    shown = evidence(answer, 0, 1, library, Wording())
    assert SPORT in shown and "<mark>" in shown
    assert SPORT in conversation_markdown([answer])
    assert ask("公务接待费是多少", library, documents=[CITY]).value == 4
    given = Endpoints(library)
    assert [d["document"] for d in given.documents()] == [CITY, SPORT]
    assert given.ask("公务接待费是多少", [SPORT])["value"] == "7.00"


def test_a_folder_s_name_is_no_markup_and_no_path(library: Library, tmp_path: Path) -> None:
    hostile = "<b onmouseover=x>&'局"
    text = budget("城市管理局", "4.00") + "\n表1 支出表\n\n单位：万元\n\n科目\t合计\n办公费\t9.00\n"
    write(tmp_path / "甲" / hostile / FILE, text)
    indexed(library, tmp_path / "甲")
    (name,) = names(library)
    assert name == f"{hostile}/{FILE}"
    html = holdings(library, Wording())
    answer = ask("公务接待费是多少", library)
    html += evidence(answer, 0, 1, library, Wording())
    assert "<b on" not in html and "&lt;b onmouseover=x&gt;&amp;" in html
    blocks = page(library)
    (tables,) = [f for f in blocks.fns.values() if getattr(f.fn, "__name__", "") == "_tables"]
    _, _, csv, _ = tables.fn(name, Session())
    assert Path(csv.value["path"] if isinstance(csv.value, dict) else csv.value).is_file()


# ---------------------------------------------------------------- evaluations


def test_an_evaluation_tells_them_apart(folder: Path, tmp_path: Path) -> None:
    rows = [
        {"question": f"{who}2031年公务接待费是多少", "value": value, "unit": "万元", "docs": [doc]}
        for who, value, doc in (
            ("城市管理局", "4.00", CITY),
            ("文化体育局", "7.00", f"某处/{SPORT}"),
            ("林业局", "9.00", f"林业局/{FILE}"),
        )
    ]
    questions = tmp_path / "q.jsonl"
    questions.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "evals",
        questions,
        "--docs",
        folder,
        "--out",
        tmp_path / "out",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text(encoding="utf-8"))
    assert set(metrics["by_document"]) == {CITY, SPORT}
    answers = (tmp_path / "out" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["value"] for line in answers] == ["4.00", "7.00"]
