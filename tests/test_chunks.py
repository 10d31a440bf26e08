"""Passages: prose by paragraph under its headings, table rows as sentences."""

from __future__ import annotations

from pathlib import Path

import invented_budget as invented

from index.chunks import MAX_CHARS, passages, row_sentence
from index.loaders import load
from index.model import Passage
from index.tables import normalise


def of(folder: Path, text: str) -> list[Passage]:
    document = load(invented.written(folder, text))
    return passages(document, normalise(document))


def test_a_row_is_a_sentence_with_columns_unit_and_what_stands_above_it() -> None:
    table = invented.table("3")
    assert row_sentence(table, invented.row(table, "行政运行")) == (
        "林业和草原/行政运行（2130201）：合计640.00万元，基本支出640.00万元，项目支出0.00万元，备注含离退休"
    )


def test_prose_has_its_headings_and_its_line() -> None:
    (found,) = (p for p in invented.document().passages if "从严控制接待" in p.text)
    assert (found.kind, found.section[-1]) == ("prose", "第四部分 其他情况")
    lines = invented.FILE.read_text(encoding="utf-8").split("\n")
    assert lines[(found.source.line or 0) - 1].startswith("2.公务接待费")


def test_captions_notes_and_contents_are_no_passages() -> None:
    prose = [p.text for p in invented.document().passages if p.kind == "prose"]
    assert not [text for text in prose if text.startswith(("单位", "表", "备注", "(一)", "编制"))]


def test_rows_stand_under_the_name_of_their_table() -> None:
    found = [p for p in invented.document().passages if "30217" in p.text]
    assert [(p.kind, p.section[-1]) for p in found] == [("row", "表4 基本支出总表")]


def test_ids_are_unique_and_in_order() -> None:
    ids = [p.id for p in invented.document().passages]
    assert ids == [f"{invented.FILE.name}:{n}" for n in range(len(ids))]


def test_every_row_with_a_figure_is_in_some_passage() -> None:
    text = "".join(p.text for p in invented.document().passages if p.kind == "row")
    for table in invented.document().tables:
        for row in table.rows:
            if row.label and any(f and f.presence == "number" for f in row.figures):
                assert row_sentence(table, row).replace(" ", "") in text


def test_a_long_paragraph_is_cut_at_sentences_and_nothing_is_lost(tmp_path: Path) -> None:
    sentence = "本局组织开展全区森林防火巡查和林业有害生物防治工作，提升应急处置能力。"
    found = [p.text for p in of(tmp_path, f"# 题\n\n{sentence * 40}\n")]
    assert "".join(found) == sentence * 40
    assert len(found) > 2
    assert all(len(text) <= MAX_CHARS and text.endswith("。") for text in found)


def test_rows_are_gathered_up_to_the_size_of_a_passage(tmp_path: Path) -> None:
    rows = "".join(f"森林防火项目{n:03}|{n}.00\n" for n in range(100))
    found = of(tmp_path, f"# 题\n\n## 支出表\n\n单位：万元\n\n项目|预算数\n{rows}")
    assert 2 < len(found) < 20
    assert all(len(p.text) <= MAX_CHARS + 60 for p in found)
    assert sum(p.text.count("森林防火项目") for p in found) == 100
