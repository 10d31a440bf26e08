"""Text and Markdown files: every test is named after a trouble of an extraction."""

from __future__ import annotations

from pathlib import Path

import invented_budget as invented
import pytest

from index.errors import UnreadableDocument
from index.loaders import load
from index.loaders.text import clean
from index.model import Document, Grid, Heading, Paragraph


def read(folder: Path, text: str | bytes, name: str = "a.txt") -> Document:
    return load(invented.written(folder, text, name))


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def grids(document: Document) -> list[list[list[str]]]:
    return [
        [[cell.text if cell else "None" for cell in row] for row in block.rows]
        for block in document.blocks
        if isinstance(block, Grid)
    ]


@pytest.mark.parametrize(
    ("crumbs", "text"),
    [
        (r"参检率 $\geq 90\%$ 。", "参检率 ≥90% 。"),
        (r"不超过 $\leq 3$ 次", "不超过 ≤3 次"),
        (r"$12\text{次}$", "12次"),
        (r"$3 \times 4$", "3×4"),
        ("开展<p>古树</p>保护<br/>", "开展古树保护"),
        ("**重点**工作", "重点工作"),
        ("R&amp;D 支出&nbsp;", "R&D 支出"),
        ("<中小企业>名录", "<中小企业>名录"),
    ],
)
def test_crumbs_are_cleaned(crumbs: str, text: str) -> None:
    assert clean(crumbs) == text


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("指导全区基层林业站建设和苗木种植工\n\n作。", ["指导全区基层林业站建设和苗木种植工作。"]),
        ("较2030年预算减少20.00万元，下降6.3\n\n%。", ["较2030年预算减少20.00万元，下降6.3%。"]),
        ("公务用车经费2031年\n\n预算数6.00万元。", ["公务用车经费2031年预算数6.00万元。"]),
        ("森林和草原局2031年\n\n部门预算", ["森林和草原局2031年", "部门预算"]),
        ("开展古树保护。\n\n作好防火。", ["开展古树保护。", "作好防火。"]),
        ("具体如下：\n\n一、防火", ["具体如下：", "一、防火"]),
        ("单位：万元\n\n本年收入", ["单位：万元", "本年收入"]),
        ("主要用于森林防火、\n\n1. 人员经费", ["主要用于森林防火、1. 人员经费"]),
    ],
)
def test_sentences_cut_by_a_page_are_joined_and_others_are_not(
    tmp_path: Path, text: str, whole: list[str]
) -> None:
    assert paragraphs(read(tmp_path, "# 标题\n\n" + text)) == whole


def test_every_block_keeps_the_line_it_began_on(tmp_path: Path) -> None:
    document = read(tmp_path, "# 题\n\n正文第一句，没有写\n\n完。\n\n甲|1\n乙|2\n")
    assert [block.source.line for block in document.blocks] == [1, 3, 7]
    grid = document.blocks[-1]
    assert isinstance(grid, Grid)
    assert [source.line for source in grid.row_sources] == [7, 8]


def test_headings_of_mixed_levels_are_clean(tmp_path: Path) -> None:
    document = read(tmp_path, "# 目 录\n### **二、机构** \n####### 七级\n#不是标题\n")
    found = [(b.level, b.text) for b in document.blocks if isinstance(b, Heading)]
    assert found == [(1, "目 录"), (3, "二、机构")]


def test_numbered_lines_are_headings_where_there_is_no_markdown(tmp_path: Path) -> None:
    document = read(tmp_path, "第一部分 概况\n一、职责\n本局负责森林防火和古树保护。\n")
    found = [(b.level, b.text) for b in document.blocks if isinstance(b, Heading)]
    assert found == [(1, "第一部分 概况"), (2, "一、职责")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_of_government_files(tmp_path: Path, encoding: str) -> None:
    document = read(tmp_path, "公务接待费4.00万元。".encode(encoding))
    assert paragraphs(document) == ["公务接待费4.00万元。"]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_of_other_systems(tmp_path: Path, end: str) -> None:
    document = read(tmp_path, end.join(["# 题", "项目|数", "防火|1.00"]))
    assert grids(document) == [[["项目", "数"], ["防火", "1.00"]]]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n\t\n",
        b"\t\t\n\t\t\n",
        b"\x00\x01\x02\xff\xfe\x00" * 50,
        b"\x89PNG\r\n\x1a\n\x00\x00",
    ],
)
def test_what_is_no_text_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=r"a\.txt"):
        read(tmp_path, content)


def test_rows_of_uneven_width_are_filled_up(tmp_path: Path) -> None:
    assert grids(read(tmp_path, "项目|预算|备注\n防火|1.00\n")) == [
        [["项目", "预算", "备注"], ["防火", "1.00", ""]]
    ]


def test_markdown_tables_with_pipes_in_cells(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("| 项目 | 预算 |\n|:---|---:|\n| 防火\\|扑火 | 1.00 |\n", encoding="utf-8")
    assert grids(load(path)) == [[["项目", "预算"], ["防火|扑火", "1.00"]]]


def test_tabs_and_pipes_in_one_file_are_two_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("项目\t预算\n防火\t1.00\n| 项目 | 决算 |\n| 防火 | 2.00 |\n", encoding="utf-8")
    assert [len(grid) for grid in grids(load(path))] == [2, 2]


def test_a_megabyte_in_one_line_is_read(tmp_path: Path) -> None:
    document = read(tmp_path, "公务接待费4.00万元，" * 40_000)
    assert len(paragraphs(document)[0]) == 480_000


def test_indentation_of_a_label_is_kept(tmp_path: Path) -> None:
    (grid,) = (
        b for b in read(tmp_path, "项目|预算\n　　基本工资|1.00\n").blocks if isinstance(b, Grid)
    )
    cell = grid.rows[1][0]
    assert cell is not None
    assert (cell.text, cell.indent) == ("基本工资", 2)
