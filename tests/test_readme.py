"""The two READMEs say the same, and what they say is there: commands, options, files, code."""

import re
import shlex
from pathlib import Path

import pytest

import app
from evals import bench, generate
from evals.__main__ import main as evals_main
from evals.real import fit, fit_certainty, fit_passages
from evals.real.__main__ import main as real_main
from index.__main__ import main as index_main
from index.build import index_paths
from index.library import Library
from qa.__main__ import main as qa_main

ROOT = Path(__file__).parent.parent
PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")
}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROGRAMS = {
    "index": index_main,
    "qa": qa_main,
    "evals": evals_main,
    "evals.bench": bench.main,
    "evals.generate": generate.main,
    "evals.real": real_main,
    "evals.real.fit": fit.main,
    "evals.real.fit_certainty": fit_certainty.main,
    "evals.real.fit_passages": fit_passages.main,
    "app.py": app.main,
}
SUFFIXES = (".py", ".md", ".toml", ".jsonl", ".txt")

each_page = pytest.mark.parametrize("page", PAGES.values(), ids=PAGES.keys())


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.M | re.S)


def commands(page: str) -> list[list[str]]:
    """The shell lines of a page as words, remarks left out."""
    lines = "".join(blocks(page, "sh")).splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


def outside_blocks(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", page, flags=re.M | re.S)


def inline_code(page: str) -> list[str]:
    return re.findall(r"`([^`\n]+)`", outside_blocks(page))


def options(program: str, capsys: pytest.CaptureFixture[str]) -> set[str]:
    """The options a program's own help names."""
    with pytest.raises(SystemExit) as stopped:
        PROGRAMS[program](["--help"])
    assert stopped.value.code == 0
    return set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))


@pytest.mark.parametrize("language", ["text", "python"])
def test_examples_are_the_same_in_both_languages(language):
    english, chinese = (blocks(page, language) for page in PAGES.values())
    assert english == chinese != []


def test_commands_are_the_same_in_both_languages():
    english, chinese = (commands(page) for page in PAGES.values())
    assert english == chinese != []


def test_sections_and_named_things_are_the_same_in_both_languages():
    english, chinese = PAGES.values()
    assert re.findall(r"^#+ ", english, re.M) == re.findall(r"^#+ ", chinese, re.M)
    named = [{code for code in inline_code(page) if code.isascii()} for page in PAGES.values()]
    assert named[0] == named[1]


@each_page
def test_make_targets_exist(page):
    mentioned = set(re.findall(r"\bmake ([a-z]+)", "\n".join(inline_code(page))))
    mentioned |= {words[1] for words in commands(page) if words[0] == "make"}
    declared = set(re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.M)[1].split())
    assert mentioned == declared
    assert all(re.search(rf"^{target}:", MAKEFILE, re.M) for target in declared)


@each_page
def test_options_exist(page, capsys):
    asked = [words for words in commands(page) if words[:2] == ["python", "-m"]]
    asked += [[*words[:1], "", *words[1:]] for words in commands(page) if "app.py" in words[1:2]]
    examples = re.findall(r"^\$ (.*)$", "".join(blocks(page, "text")), re.M)
    asked += [shlex.split(line) for line in examples]
    ours = [words for words in asked if words[2] != "pytest"]
    assert {words[2] for words in ours} == set(PROGRAMS)
    for _, _, program, *rest in ours:
        assert {word for word in rest if word.startswith("--")} <= options(program, capsys)
    known = set().union(*(options(program, capsys) for program in PROGRAMS)) | {"--strict"}
    assert set(re.findall(r"--[a-z][a-z-]*", "\n".join(inline_code(page)))) <= known


@each_page
def test_files_exist(page):
    ignored = tuple(
        line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    )
    words = [code.rstrip("/") for code in inline_code(page) if re.fullmatch(r"[\w.\-/]+", code)]
    words += [word for words in commands(page) for word in words]
    words += re.findall(r"\]\(([^)]+)\)", outside_blocks(page))
    paths = [w for w in words if re.match(r"(?:index|qa|evals|tests|\.ci)/", w)]
    paths += [w for w in words if w.endswith(SUFFIXES) and "/" not in w and w.isascii()]
    made = {"answers.jsonl"}  # by an evaluation
    wanted = [p for p in set(paths) - made if not p.startswith(ignored)]
    assert len(wanted) > 8
    assert [path for path in wanted if not (ROOT / path).exists()] == []


@each_page
def test_floor_of_the_evaluation_is_the_one_of_the_makefile(page):
    floor = float(re.search(r"^EVAL_FLOOR \?= (\S+)$", MAKEFILE, re.M)[1])
    assert re.search(rf"\b{floor:.0%}".replace("%", r" %.*?`EVAL_FLOOR`"), page)


@each_page
def test_example_answers_quote_the_sample(page):
    """The quotation under each citation stands in the document it names."""
    quoted = 0
    for example in blocks(page, "text"):
        pattern = r"^\[\d+\] (\S+\.txt) · [^\n]*\n((?:    [^\n]*\n)+)"
        for document, lines in re.findall(pattern, example, re.M):
            quote = "".join(line.strip() for line in lines.splitlines())
            source = (ROOT / "evals" / "sample" / document).read_text(encoding="utf-8")
            assert quote in "".join(source.split())
            quoted += 1
    assert quoted >= 3


def test_langchain_example_runs(tmp_path, monkeypatch, capsys):
    document = tmp_path / "某市某局2024年部门预算.txt"
    reason = "公务接待费。2024年预算数4.00万元，比2023年减少2.00万元，主要原因是厉行节约。"
    document.write_text(
        f"# 某市某局2024年部门预算\n\n## “三公”经费\n\n{reason}\n", encoding="utf-8"
    )
    with Library.open(tmp_path / "store") as library:
        assert [report.status for report in index_paths([document], library)] == ["added"]
    monkeypatch.setenv("BUDGET_QA_STORE", str(tmp_path / "store"))
    (example,) = (
        code for code in blocks(PAGES["README.md"], "python") if "HybridRetriever" in code
    )
    exec(compile(example, "README.md", "exec"), {})
    found, *_, answer = capsys.readouterr().out.splitlines()
    assert found.startswith(f"{document.name} ") and reason in found
    assert "厉行节约" in answer
