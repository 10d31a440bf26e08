"""What stands around a grid and says what it is."""

from __future__ import annotations

from pathlib import Path

import invented_budget as invented
import pytest

from index.captions import Line, read_line, says_empty, squeeze, table_number


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("表8", "8"),
        ("表 12", "12"),
        ("表８ 支出表", "8"),
        ("附表八", "8"),
        ("附表6政府性基金预算支出表", "6"),
        ("附表2024年预算", ""),
        ("附表十二：支出总表", "12"),
        ("预算公开表3", "3"),
        ("公开04表", "4"),
        ("表3-2", "3-2"),
        ("3号表", "3"),
        ("附件2", "2"),
        ("（九）财政拨款“三公”经费支出表", "9"),
        ("表格部分", ""),
        ("表现突出", ""),
        ("（九）加强森林防火", ""),
        ("2031年预算", ""),
    ],
)
def test_table_numbers(line: str, number: str) -> None:
    assert table_number(line) == number


@pytest.mark.parametrize(
    ("line", "unit"),
    [
        ("单位：万元", "万元"),
        ("单位: 元", "元"),
        ("金额单位：人民币万元", "万元"),
        ("（单位：亿元）", "亿元"),
        ("编制部门：云杉区林业局 单位：元", "元"),
        ("部门：云杉区林业局　　　　金额单位：千元", "千元"),
        ("单位名称：云杉区林业局", ""),
    ],
)
def test_unit_lines(line: str, unit: str) -> None:
    assert read_line(line).unit == unit


@pytest.mark.parametrize(
    ("line", "organisation"),
    [
        ("单位名称： 云杉区林业局", "云杉区林业局"),
        ("编制部门：云杉区林业局 单位：元", "云杉区林业局"),
        ("部门：云杉区林业局　　　　单位：元", "云杉区林业局"),
        ("预算单位：云杉区苗圃场", "云杉区苗圃场"),
        ("单位：万元", ""),
    ],
)
def test_organisation_lines(line: str, organisation: str) -> None:
    assert read_line(line).organisation == organisation


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("表8 一般公共预算支出表（按经济分类）", "一般公共预算支出表（按经济分类）"),
        ("支出总表", "支出总表"),
        ("财政拨款收支总表（续表）", "财政拨款收支总表（续表）"),
        ("本表按功能分类编列。", ""),
        ("具体情况见附表", ""),
        ("2031年，林业局预算支出增加。", ""),
    ],
)
def test_titles(line: str, title: str) -> None:
    assert read_line(line).title == title


@pytest.mark.parametrize("line", ["备注：金额存在尾差", "注：无", "说明：按经济分类", "本表无数据"])
def test_notes(line: str) -> None:
    assert read_line(line) == Line(note=line)


@pytest.mark.parametrize(
    ("note", "empty"),
    [
        ("本表无数据", True),
        ("备注：本表本年度无发生额。", True),
        ("注：本部门2031年无政府性基金预算支出，故本表无数据。", True),
        ("我局没有国有资本经营预算，故本表为空表。", True),
        ("备注：本表金额单位转换时可能存在尾数误差。", False),
        ("无尾差", False),
    ],
)
def test_a_note_may_say_that_there_is_no_data(note: str, empty: bool) -> None:
    assert says_empty(note) is empty


def test_prose_is_no_caption() -> None:
    assert not read_line("2031年财政拨款“三公”经费预算15.00万元，比2030年预算减少1.50万元。")


def test_squeeze_makes_texts_comparable() -> None:
    assert squeeze("收  入\n总　计（万元）") == "收入总计(万元)"


CAPTIONS = {
    "number, heading, lines between": "表3\n\n## 支出总表\n\n单位名称：云杉区林业局\n\n单位：元\n\n",
    "all in one line": "附表三 支出总表　　单位名称：云杉区林业局　　单位：元\n\n",
    "unit before the title": "单位：元\n\n### 表3 支出总表\n\n编制单位：云杉区林业局\n\n",
    "in the first rows of the grid": "表3 支出总表||\n单位名称：云杉区林业局||单位：元\n",
}


@pytest.mark.parametrize("above", CAPTIONS.values(), ids=CAPTIONS.keys())
def test_captions_in_every_form_say_the_same(tmp_path: Path, above: str) -> None:
    (table,) = invented.tables(
        tmp_path, "# 题\n\n" + above + "项目|预算数|决算数\n防火|1.00|2.00\n"
    )
    assert (table.number, table.title, table.unit, table.organisation) == (
        "3",
        "支出总表",
        "元",
        "云杉区林业局",
    )


@pytest.mark.parametrize("mark", ["（续表）", "(续表)", "（续）", "（续上表）", " 续表"])
def test_a_table_that_its_title_continues_is_one_table_with_the_title_alone(
    tmp_path: Path, mark: str
) -> None:
    head, title = "科目编码|项目|预算数\n", "表3 支出总表"
    (table,) = invented.tables(
        tmp_path,
        f"# 题\n\n{title}\n\n单位：元\n\n{head}213|农林水支出|1.00\n\n"
        f"{title}{mark}\n\n单位：元\n\n{head}221|住房保障支出|2.00\n",
    )
    assert (table.title, [row.label for row in table.rows]) == (
        "支出总表",
        ["农林水支出", "住房保障支出"],
    )
