"""The baselines: plain chain, one way of retrieval, no calculator; and the ablation table."""

from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from langchain_core.language_models import FakeListChatModel
from rich.console import Console

import index.embedding
from evals.__main__ import main
from evals.ablation import ablation_lines, ablation_row, ablation_table
from evals.baselines import OneWay, embeddings_of, first_sentence, raw_text, taken, variants_of
from evals.evaluation import evaluate
from evals.generate import make_world, write_world
from evals.records import Answered, parse_question
from evals.report import render_report
from evals.scores import score
from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from index.loaders import load

FIELDS = {
    "question", "status", "route", "text", "value", "unit", "items", "calculation", "citations",
    "notes", "elapsed_ms",
}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A region of one department and two years, with twelve questions."""
    world = make_world(5, 1, (2023, 2024))
    return write_world(world, tmp_path_factory.mktemp("region"), "text", 12, truth=False)


@pytest.fixture(scope="module")
def library(files, tmp_path_factory):
    store = tmp_path_factory.mktemp("store")
    with Library.open(store, encoder=HashingEncoder()) as library:
        list(index_paths(files[:2], library))
        yield library


def names(variants):
    return {variant.name: variant for variant in variants}


# ---------------------------------------------------------------- the plain chain


def test_the_raw_text_has_every_paragraph_and_every_row_of_the_file(files):
    lines = raw_text(load(files[0])).split("\n")
    printed = files[0].read_text(encoding="utf-8").split("\n")
    rows = [line for line in printed if line.count("\t") >= 2]
    assert len(rows) > 50
    assert {"".join(row.split()) for row in rows} <= {"".join(line.split()) for line in lines}


def test_embeddings_are_the_encoder_s_own_vectors():
    encoder = HashingEncoder()
    mine = embeddings_of(encoder)
    assert mine.embed_query("公务接待费") == pytest.approx(
        encoder.encode_query("公务接待费").tolist()
    )
    assert mine.embed_documents(["甲乙", "丙丁"]) == [
        pytest.approx(vector.tolist()) for vector in encoder.encode_documents(["甲乙", "丙丁"])
    ]


def test_the_plain_chain_answers_with_the_first_sentence_of_its_best_chunk(library, files):
    question = "机关运行经费预算是多少万元？"
    with variants_of(library, HashingEncoder(), files) as variants:
        plain = names(variants)["langchain"]
        record = plain.answer(question, ()).to_record()
        ranked = plain.retrieve(question)
    assert record.keys() == FIELDS and record["status"] == "answered"
    (citation,) = record["citations"]
    assert record["text"] == citation["quote"] + "[1]"
    assert ranked[0].strip().startswith(citation["quote"])
    assert citation["document"] in {file.name for file in files}
    assert all(len(chunk) <= 500 for chunk in ranked) and len(ranked) == 20
    figure = taken(question, citation["quote"])
    assert record["value"] == (None if figure is None else f"{figure.value:f}")


def test_a_chat_model_words_the_answer_from_five_chunks(library, files):
    chat = FakeListChatModel(responses=["机关运行经费为 12.50 万元。"])
    with variants_of(library, HashingEncoder(), files, chat) as variants:
        record = names(variants)["langchain"].answer("机关运行经费是多少？", ()).to_record()
    assert (record["value"], record["unit"]) == ("12.50", "万元")
    assert record["text"] == "机关运行经费为 12.50 万元。[1][2][3][4][5]"
    assert [citation["n"] for citation in record["citations"]] == [1, 2, 3, 4, 5]


def test_two_baselines_at_once_do_not_see_each_other_s_documents(library, files):
    with (
        variants_of(library, HashingEncoder(), files[:1]) as one,
        variants_of(library, HashingEncoder(), files[1:2]) as other,
    ):
        question = "公务接待费是多少？"
        said = [names(v)["langchain"].answer(question, ()).to_record() for v in (one, other)]
    assert [record["citations"][0]["document"] for record in said] == [f.name for f in files[:2]]


def test_nothing_found_is_no_answer():
    assert first_sentence([]) == ""


@pytest.mark.parametrize(
    ("question", "text", "value", "unit"),
    [
        ("培训费是多少万元？", "2024年培训费3.20万元，占1%。", "3.20", "万元"),
        ("培训费占比是多少？", "2024年培训费3.20万元，占1%。", "1", "%"),
        ("培训费多少元？", "30216\t培训费\t32,000.00", "32000.00", "元"),
        ("一共多少？", "合计 120.00", "120.00", ""),
        ("2024年有多少？", "2024年共3项工作。", None, None),
        ("为什么减少？", "减少3.20万元。", None, None),
    ],
)
def test_the_figure_taken_from_a_sentence(question, text, value, unit):
    found = taken(question, text)
    expected = None if value is None else (Decimal(value), unit)
    assert (found and (found.value, found.unit)) == expected


# ---------------------------------------------------------------- our pipeline with a part less


def test_one_way_closes_the_other_and_nothing_else(library):
    for way, open_, closed in (
        ("dense", "search_dense", "search_words"),
        ("words", "search_words", "search_dense"),
    ):
        half = OneWay(library, way)
        assert getattr(half, closed)("公务接待费", 5) == []
        assert (
            getattr(half, open_)("公务接待费", 5) == getattr(library, open_)("公务接待费", 5) != []
        )
        assert half.signature() == library.signature()


def test_retrieval_differs_by_way_and_both_find_what_is_asked_for(library, files):
    question = "机关运行经费"
    with variants_of(library, HashingEncoder(), files) as variants:
        ranked = {v.name: v.retrieve(question) for v in variants}
    assert ranked["dense"] != ranked["words"]
    assert set(ranked["passages"]) <= set(ranked["dense"]) | set(ranked["words"])
    assert all(any(question in text for text in found[:5]) for found in ranked.values())


def test_without_the_calculator_nothing_is_computed(library, files):
    question = "2024年基本工资和津贴补贴合计多少万元？"
    with variants_of(library, HashingEncoder(), files) as variants:
        whole = names(variants)["dense"].answer(question, ()).to_record()
        part = names(variants)["passages"].answer(question, ()).to_record()
    assert whole["route"] == "calculator" and whole["calculation"]["operands"]
    assert part["route"] == "passages" and part["calculation"] is None


# ---------------------------------------------------------------- the table


def scored(line, value, error=""):
    row = {"question": "问？", "value": "4", "unit": "万元"}
    answer = {"status": "answered", "route": "calculator", "text": "数", "value": value}
    question = parse_question(json.dumps(row), "s", line)
    return score(Answered(question, {**answer, "unit": "万元"}, Decimal(1), error))


OURS = [scored(1, "4"), scored(2, "4"), scored(3, "5")]
THEIRS = [scored(1, "4"), scored(2, "7"), scored(3, "4", "坏")]


def test_a_row_counts_what_only_one_of_the_two_answers():
    row = ablation_row("words", "只用词", THEIRS, OURS, 3)
    assert (row.lost, row.won, row.p, row.answered, row.errors) == (1, 1, 1.0, 3, 1)
    assert row.overall["accuracy"].value == pytest.approx(2 / 3)


def test_a_variant_that_was_stopped_leaves_the_run_incomplete():
    rows = [ablation_row("pipeline", "本系统", OURS, OURS, 3)]
    assert evaluate(OURS, ablation=rows).complete
    rows.append(ablation_row("words", "只用词", THEIRS[:1], OURS, 3))
    assert rows[1].lost == 0  # the one it was not asked does not count
    assert not evaluate(OURS, ablation=rows).complete


def test_the_table_stands_in_the_report():
    rows = [ablation_row("pipeline", "本系统", OURS, OURS, 3),
            ablation_row("words", "只用<词>", THEIRS, OURS, 3)]  # fmt: skip
    lines = dict(ablation_lines(rows))
    assert lines["准确率"] == ("66.7%", "66.7%") and lines["只有本系统对"] == ("—", "1")
    page = render_report(evaluate(OURS, ablation=rows))
    assert 'id="ablation"' in page and "只用&lt;词&gt;" in page and "只用<词>" not in page
    assert 'id="ablation"' not in render_report(evaluate(OURS))


# ---------------------------------------------------------------- the command


@pytest.fixture
def hashing(monkeypatch):
    """The real command with the small encoder instead of the model."""
    monkeypatch.setattr(index.embedding, "Encoder", HashingEncoder)


def test_baseline_asks_all_ways_the_same_questions(hashing, files, tmp_path, capsys):
    odd = tmp_path / "附件.rtf"
    odd.write_text("格式不明")
    out = tmp_path / "out"
    documents = [str(files[0]), str(files[1]), str(odd)]
    status = main(
        [
            str(files[2]),
            "--docs",
            *documents,
            "--out",
            str(out),
            "--baseline",
            "--min-accuracy",
            "0",
        ]
    )
    printed = capsys.readouterr()
    assert status == 0, printed.err
    assert "消融" in printed.out and "附件.rtf：skipped" in printed.err
    found = json.loads((out / "metrics.json").read_text())
    rows = {row["name"]: row for row in found["ablation"]}
    assert list(rows) == ["pipeline", "langchain", "passages", "dense", "words"]
    assert all(row["answered"] == 12 and not row["errors"] for row in rows.values())
    assert rows["pipeline"]["overall"] == found["overall"]
    assert {"hit@5", "recall@10", "mrr", "ndcg@10"} <= rows["langchain"]["overall"].keys()
    assert {(d["name"], d["status"]) for d in found["documents"]} == {
        (files[0].name, "added"), (files[1].name, "added"), ("附件.rtf", "skipped"),
    }  # fmt: skip
    assert len((out / "baselines/words/answers.jsonl").read_text().splitlines()) == 12


def test_a_folder_s_files_without_a_loader_are_skipped_but_broken_ones_fail(
    hashing, files, tmp_path, capsys
):
    folder = tmp_path / "docs"
    folder.mkdir()
    for file in files:  # the question file among them is neither a document nor skipped
        (folder / file.name).write_bytes(file.read_bytes())
    (folder / "图.bmp").write_bytes(b"BM")
    questions = str(folder / files[2].name)
    arguments = [questions, "--docs", str(folder), "--out", str(tmp_path / "out")]
    assert main(arguments) == 0, capsys.readouterr().err
    found = json.loads((tmp_path / "out/metrics.json").read_text())
    assert [d["name"] for d in found["documents"] if d["status"] == "skipped"] == ["图.bmp"]
    assert found["overall"]["hit@5"]["n"] > 0 and found["ablation"] == []

    (folder / "坏.pdf").write_bytes(b"no pdf")
    assert main(arguments) == 1
    assert "读不了的文件：坏.pdf" in capsys.readouterr().err


def test_baseline_needs_the_documents_themselves(files, tmp_path, capsys):
    assert main([str(files[2]), "--out", str(tmp_path / "out"), "--baseline"]) == 2
    assert "--docs" in capsys.readouterr().err


def test_the_terminal_table_fits_eighty_columns():
    titles = ("本系统", "LangChain 链", "不用计算", "只用向量", "只用词")
    rows = [ablation_row(title, title, THEIRS, OURS, 3) for title in titles]
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(ablation_table(rows))
    assert "…" not in console.export_text()
