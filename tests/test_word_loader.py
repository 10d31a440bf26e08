"""Word files: every test is named after a trouble that published budget documents make."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from index.errors import UnreadableDocument
from index.facts import table_facts
from index.loaders import load
from index.loaders.word_numbering import chinese_number
from index.model import Document, Grid, Heading, Paragraph
from index.profile import profile_of
from index.tables import normalise

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"


def saved(tmp_path: Path, document: WordDocument, name: str = "云杉市2031年预算报告.docx") -> Path:
    path = tmp_path / name
    document.save(str(path))
    return path


def lines(document: Document) -> list[tuple[int, str]]:
    """Headings with their level, paragraphs with 0."""
    return [
        (block.level if isinstance(block, Heading) else 0, block.text)
        for block in document.blocks
        if not isinstance(block, Grid)
    ]


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def table_of(document: WordDocument, rows: list[list[str]]) -> WordTable:
    table = document.add_table(len(rows), len(rows[0]))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.cell(r, c).text = text
    return table


def numbered(paragraph: WordParagraph, level: int, identity: int = 77) -> None:
    properties = paragraph._p.get_or_add_pPr()
    number = OxmlElement("w:numPr")
    for name, value in (("w:ilvl", level), ("w:numId", identity)):
        child = OxmlElement(name)
        child.set(qn("w:val"), str(value))
        number.append(child)
    properties.append(number)


def with_list(document: WordDocument, *levels: tuple[str, str], identity: int = 77) -> None:
    """A list definition: for each level its number format and its text."""
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), str(identity))
    for depth, (form, text) in enumerate(levels):
        level = OxmlElement("w:lvl")
        level.set(qn("w:ilvl"), str(depth))
        for name, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", text)):
            child = OxmlElement(name)
            child.set(qn("w:val"), value)
            level.append(child)
        abstract.append(level)
    root.insert(0, abstract)
    instance = OxmlElement("w:num")
    instance.set(qn("w:numId"), str(identity))
    reference = OxmlElement("w:abstractNumId")
    reference.set(qn("w:val"), str(identity))
    instance.append(reference)
    root.append(instance)


def test_headings_by_style_and_by_number_in_body_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("预算报告", 1)
    document.add_paragraph("一、预算执行情况")
    document.add_paragraph("全市一般公共预算收入完成5亿元。")
    table_of(document, [["项目", "预算数"], ["教育", "5"]])
    document.add_paragraph("（一）收入")
    read = load(saved(tmp_path, document))
    kinds = [type(block).__name__ for block in read.blocks]
    assert kinds == ["Heading", "Heading", "Paragraph", "Grid", "Heading"]
    assert lines(read)[:2] == [(1, "预算报告"), (2, "一、预算执行情况")]
    assert lines(read)[-1] == (3, "（一）收入")


def test_outline_level_without_a_heading_style(tmp_path: Path) -> None:
    document = docx.Document()
    level = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "1")
    document.add_paragraph("名词解释")._p.get_or_add_pPr().append(level)
    document.add_paragraph("财政拨款是财政安排的资金。")
    assert lines(load(saved(tmp_path, document)))[0] == (2, "名词解释")


def test_automatic_numbers_are_counted_again(tmp_path: Path) -> None:
    document = docx.Document()
    with_list(document, ("chineseCounting", "%1、"), ("chineseCounting", "（%2）"))
    for text, level in (("机构设置", 0), ("内设机构", 1), ("下属单位", 1), ("收支情况", 0), ("收入", 1)):  # fmt: skip
        numbered(document.add_paragraph(text), level)
    assert lines(load(saved(tmp_path, document))) == [
        (2, "一、机构设置"), (3, "（一）内设机构"), (3, "（二）下属单位"), (2, "二、收支情况"), (3, "（一）收入"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (48, "四十八"), (100, "一百"), (105, "一百零五"), (112, "一百一十二")],
)  # fmt: skip
def test_chinese_list_numbers(number: int, text: str) -> None:
    assert chinese_number(number) == text


def test_hidden_deleted_and_boxed_text_is_left_out(tmp_path: Path) -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("预算数为")
    paragraph.add_run("草稿").font.hidden = True
    paragraph.add_run("5万元。")
    deleted = OxmlElement("w:del")
    run = paragraph.add_run("旧数9")._r
    run.getparent().remove(run)
    deleted.append(run)
    paragraph._p.append(deleted)
    box = OxmlElement("w:pict")
    content = OxmlElement("w:txbxContent")
    content.append(docx.Document().add_paragraph("浮动文字")._p)
    box.append(content)
    paragraph.add_run()._r.append(box)
    assert lines(load(saved(tmp_path, document))) == [(0, "预算数为5万元。")]


def test_soft_line_breaks_cut_sentences_not_lines(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("一、总体情况\n2031年收入完成5亿元，\n增长3%。\n支出6亿元。")
    assert lines(load(saved(tmp_path, document))) == [
        (2, "一、总体情况"), (0, "2031年收入完成5亿元，增长3%。"), (0, "支出6亿元。"),
    ]  # fmt: skip


def test_short_numbered_line_above_prose_is_a_heading_but_a_list_is_not(tmp_path: Path) -> None:
    document = docx.Document()
    for text in ("1.政府性基金预算", "收入预算安排54.3亿元，支出预算安排8亿元，调出46.3亿元。", "1.办公室", "2.预算处"):  # fmt: skip
        document.add_paragraph(text)
    assert [level for level, _ in lines(load(saved(tmp_path, document)))] == [4, 0, 0, 0]


def test_cells_merged_right_and_down_become_spans(tmp_path: Path) -> None:
    document = docx.Document()
    table = table_of(document, [["项目", "全市", "", "市级"], ["", "预算数", "执行数", "执行数"], ["教育支出", "5", "6", "2"]])  # fmt: skip
    table.cell(0, 0).merge(table.cell(1, 0))
    table.cell(0, 1).merge(table.cell(0, 2))
    read = load(saved(tmp_path, document))
    (grid,) = grids(read)
    first = grid.rows[0]
    assert first[0] and (first[0].text, first[0].rowspan) == ("项目", 2)
    assert first[1] and (first[1].text, first[1].colspan) == ("全市", 2)
    assert (first[2], grid.rows[1][0]) == (None, None)
    (meant,) = normalise(read)
    assert [c.name for c in meant.columns] == ["项目", "全市/预算数", "全市/执行数", "市级/执行数"]


def test_one_word_table_of_several_tables_is_cut(tmp_path: Path) -> None:
    document = docx.Document()
    parts: list[list[str]] = []
    for n, title in ((1, "2031年全市收入完成情况表"), (2, "2031年全市支出完成情况表")):
        parts += [[f"附表{n}", "", ""], [title, "", ""], ["", "", "单位：万元"]]
        parts += [["预算科目", "预算数", "完成数"], ["合计", "10", "9"], [f"第{n}项", "10", "9"]]
    table = table_of(document, parts)
    for row in (1, 7):
        table.cell(row, 0).merge(table.cell(row, 2))
    found = normalise(load(saved(tmp_path, document)))
    assert [(t.number, t.title, t.unit, len(t.rows)) for t in found] == [
        ("1", "2031年全市收入完成情况表", "万元", 2), ("2", "2031年全市支出完成情况表", "万元", 2),
    ]  # fmt: skip


def test_rows_dragged_a_little_aside_stay_in_their_columns(tmp_path: Path) -> None:
    document = docx.Document()
    rows = [["项目", "", "预算数", ""], ["教育支出", "", "5", ""], ["卫生支出", "", "6", ""]]
    table = table_of(document, rows)
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, (3000, 60, 1500, 60), strict=True):
        column.set(qn("w:w"), str(width))
    for row, spans in enumerate(((1, 3), (2, 2), (1, 3))):
        first = table.cell(row, 0).merge(table.cell(row, spans[0] - 1))
        second = table.cell(row, spans[0]).merge(table.cell(row, 3))
        first.text, second.text = rows[row][0], rows[row][2]
    (meant,) = normalise(load(saved(tmp_path, document)))
    assert [c.name for c in meant.columns] == ["项目", "预算数"]
    assert [row.figures[-1].value for row in meant.rows if row.figures[-1]] == [5, 6]


def test_layout_table_is_unwrapped(tmp_path: Path) -> None:
    document = docx.Document()
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "二、支出情况"
    inner = outer.cell(0, 1).add_table(2, 2)
    for cell, text in zip((c for row in inner.rows for c in row.cells), ("项目", "预算数", "教育", "5"), strict=True):  # fmt: skip
        cell.text = text
    read = load(saved(tmp_path, document))
    assert lines(read) == [(2, "二、支出情况")]
    assert [[cell.text if cell else None for cell in row] for row in grids(read)[0].rows] == [
        ["项目", "预算数"], ["教育", "5"],
    ]  # fmt: skip


def test_leading_blanks_of_a_label_are_its_indent(tmp_path: Path) -> None:
    document = docx.Document()
    table_of(document, [["项目", "预算数"], ["一、税收收入", "5"], ["\u3000\u3000增值税", "3"]])
    (meant,) = normalise(load(saved(tmp_path, document)))
    assert [row.parents for row in meant.rows] == [(), (0,)]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("空.docx", b"", "空的"),
        ("文字.docx", "不是文档".encode(), "扩展名与内容不符"),
        ("截断.docx", b"PK\x03\x04" + b"\x00" * 300, "损坏"),
        ("文字.doc", "不是文档".encode(), "扩展名与内容不符"),
        ("加密.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "密码"),
    ],
)
def test_broken_file_is_named_with_a_reason(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableDocument, match=reason) as caught:
        load(path)
    assert name in str(caught.value)


def test_truncated_file_is_named_with_a_reason(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("预算")
    path = saved(tmp_path, document)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UnreadableDocument, match="损坏"):
        load(path)


def test_legacy_doc_without_libreoffice_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    path = tmp_path / "旧.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    with pytest.raises(UnreadableDocument, match="LibreOffice"):
        load(path)


@pytest.mark.parametrize("works", [True, False])
def test_legacy_doc_through_libreoffice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    document = docx.Document()
    document.add_paragraph("一、部门概况")
    converted = saved(tmp_path, document, "converted.docx")
    office = tmp_path / "soffice"
    # The stand-in takes LibreOffice's arguments: … --outdir FOLDER FILE.
    office.write_text(f'#!/bin/sh\n{"cp" if works else "false"} "{converted}" "$6/旧.docx"\n')
    office.chmod(0o755)
    monkeypatch.setattr(shutil, "which", lambda name: str(office))
    path = tmp_path / "旧.doc"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    if works:
        assert lines(load(path)) == [(2, "一、部门概况")]
    else:
        with pytest.raises(UnreadableDocument, match="没能转换"):
            load(path)


# ---------------------------------------------------------------- real files


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_real_report_with_thirteen_tables_in_five_word_tables() -> None:
    document = load(CORPUS / "chengde_gov_2026.docx")
    profile = profile_of(document)
    found = normalise(document)
    assert (profile.kind, profile.organisation, profile.year) == ("政府预算", "承德市", 2026)
    assert [t.number for t in found] == [str(n) for n in range(1, 14)]
    assert {t.unit for t in found} == {"万元"} and all(len(t.columns) in (5, 13) for t in found)
    health = {
        (f.level, f.measure): f.value
        for f in table_facts(found, profile)
        if f.label == "卫生健康" and f.table_number in ("2", "8")
    }
    assert health["市本级", "完成数"] == Decimal(268961)
    assert health["全市", "完成数"] == Decimal(550890)
    assert sum(isinstance(b, Paragraph) and "公交运营补贴7091万元" in b.text for b in document.blocks) == 1  # fmt: skip
