"""Headings: what is one, how deep it stands, and the section path of every block."""

from __future__ import annotations

import invented_budget as invented
import pytest

from index.model import Block, Heading, Paragraph, Source
from index.sections import (
    Numbering,
    heading_of_line,
    numbering,
    promoted,
    with_contents,
    with_sections,
)

PLACE = Source("d.txt")


def heading(text: str, level: int) -> Heading:
    return Heading(text, level, PLACE)


def paragraph(text: str) -> Paragraph:
    return Paragraph(text, PLACE)


def paths(*blocks: Block) -> list[tuple[str, ...]]:
    return [section for section, block in with_sections(blocks) if isinstance(block, Paragraph)]


@pytest.mark.parametrize(
    ("text", "rank", "ordinal"),
    [
        ("第一部分 部门概况", 1, 1),
        ("第12章", 1, 12),
        ("二、机构设置", 2, 2),
        ("（十一）收支变动表", 3, 11),
        ("(三)其他", 3, 3),
        ("1. 森林防火", 4, 1),
        ("12、古树", 4, 12),
        ("（2）小项", 5, 2),
        ("③ 细项", 6, 3),
    ],
)
def test_numbers_of_headings(text: str, rank: int, ordinal: int) -> None:
    assert numbering(text) == Numbering(rank, ordinal)


@pytest.mark.parametrize("text", ["2031年预算", "1.5万元", "表3", "一是推进", "2130201", "第一次"])
def test_what_only_looks_like_a_number_of_a_heading(text: str) -> None:
    assert numbering(text) is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("二、机构设置", 2),
        ("第三部分 其他", 1),
        ("附件1", 1),
        ("一、财政拨款收入：指拨付的资金。", None),
        ("1. 森林防火", None),
        ("本局负责森林防火", None),
    ],
)
def test_headings_by_their_number_alone(text: str, level: int | None) -> None:
    assert heading_of_line(text) == level


def test_levels_nest_and_close() -> None:
    found = paths(
        heading("第一部分 概况", 2),
        heading("一、职责", 3),
        paragraph("甲"),
        heading("二、机构", 3),
        paragraph("乙"),
        heading("第二部分 收支", 2),
        paragraph("丙"),
    )
    assert found == [
        ("第一部分 概况", "一、职责"),
        ("第一部分 概况", "二、机构"),
        ("第二部分 收支",),
    ]


def test_the_number_decides_where_markdown_levels_are_mixed() -> None:
    found = paths(
        heading("第一部分 概况", 2),
        heading("一、职责", 3),
        heading("二、机构", 4),
        paragraph("乙"),
        heading("第二部分 收支", 1),
        paragraph("丙"),
        heading("第三部分 支出", 2),
        paragraph("丁"),
    )
    assert found == [("第一部分 概况", "二、机构"), ("第二部分 收支",), ("第三部分 支出",)]


def test_numbers_that_jump_continue() -> None:
    found = paths(heading("一、职责", 2), heading("五、其他", 2), paragraph("甲"))
    assert found == [("五、其他",)]


def test_the_contents_list_ends_where_the_text_begins() -> None:
    text = "本局负责全区森林防火、林木种苗管理和古树名木保护，并指导基层林业站建设，组织林业执法。"
    found = paths(heading("目 录", 1), paragraph("第一部分 概况"), paragraph(text))
    assert found == [("目 录",), ()]


def test_short_numbered_lines_before_prose_are_headings() -> None:
    long = "按照规定的标准编制，主要用于接待上级检查和兄弟单位的工作交流，较上年有所减少。"
    blocks = list(promoted([paragraph("（一）公务接待费"), paragraph(long)]))
    assert [type(block) for block in blocks] == [Heading, Paragraph]
    blocks = list(promoted([paragraph("（一）防火科"), paragraph("（二）种苗科")]))
    assert [type(block) for block in blocks] == [Paragraph, Paragraph]


def test_contents_that_are_numbered_like_headings_are_a_list() -> None:
    entries = ["第一部分 概况 1", "第二部分 收支 2", "表1 收支总表 3"]
    listed = [heading(entries[0], 1), heading(entries[1], 1), paragraph(entries[2])]
    text = [heading("第一部分概况", 1), paragraph("甲"), heading("第二部分 收支", 1)]
    found = with_contents([paragraph("某局"), paragraph("目  录"), *listed, *text])
    assert found[1] == heading("目录", 6)
    assert found[2:5] == [paragraph(entry) for entry in entries]
    assert found[5:] == text


def test_headings_after_a_contents_heading_alone_stay_what_they_are() -> None:
    blocks = [heading("目录", 1), heading("第一部分 概况", 1), paragraph("甲")]
    assert with_contents(blocks) == blocks


def test_sections_of_the_fictional_budget() -> None:
    found = {
        block.text[:8]: section
        for section, block in with_sections(invented.document().document.blocks)
        if isinstance(block, Paragraph)
    }
    assert found["本部门包括深林市"][-1] == "二、机构设置"
    assert found["预算收支增加主要"] == (
        "一、文字部分",
        "第二部分 部门预算收支总体情况",
    )
    assert found["2.公务接待费。"][-1] == "第四部分 其他情况"


def test_the_title_of_the_tables_part_begins_a_part() -> None:
    found = paths(
        heading("第一部分 概况", 1),
        heading("二、单位构成", 2),
        paragraph("云杉区林业局2031年度部门决算表"),
        paragraph("收入支出决算总表"),
        heading("第三部分 情况说明", 1),
        paragraph("丙"),
    )
    assert found == [
        ("云杉区林业局2031年度部门决算表",),
        ("云杉区林业局2031年度部门决算表",),
        ("第三部分 情况说明",),
    ]


def test_in_the_contents_that_title_is_a_line_like_others() -> None:
    found = paths(heading("目录", 1), paragraph("云杉区林业局2031年度部门决算表"), paragraph("一"))
    assert found == [("目录",), ("目录",)]


def test_a_look_back_leaves_the_last_place_spoken_of() -> None:
    found = paths(
        heading("一、2031年预算执行情况", 2),
        heading("（四）松木管理区预算执行情况", 3),
        paragraph("2031年，松木管理区收入完成1.2亿元。"),
        paragraph("回顾过去的一年，全市各级认真执行预算。"),
        paragraph("一是收支稳中有增。"),
    )
    assert found == [
        ("一、2031年预算执行情况", "（四）松木管理区预算执行情况"),
        ("一、2031年预算执行情况",),
        ("一、2031年预算执行情况",),
    ]
