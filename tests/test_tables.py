"""Grids as printed in, tables as meant out."""

from __future__ import annotations

from pathlib import Path

import invented_budget as invented
import pytest

from index.hierarchy import Line, bare_label, is_total_label, places
from index.model import Table


def paths(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def labels(table: Table) -> list[str]:
    return [row.label for row in table.rows]


def above(table: Table) -> list[tuple[str, ...]]:
    return [tuple(bare_label(table.rows[p].label) for p in row.parents) for row in table.rows]


# ---------------------------------------------------------------- the fictional budget


def test_every_table_stands_once_with_number_title_and_unit() -> None:
    found = [(t.number, t.title, t.unit) for t in invented.document().tables]
    assert found == [
        ("1", "收支总表", "万元"),
        ("1", "收支总表", "万元"),
        ("2", "收入总表", "万元"),
        ("3", "支出总表", "万元"),
        ("4", "基本支出总表", "元"),
        ("5", "项目支出总表", "万元"),
        ("6", "一般公共预算支出表", "万元"),
        ("7", "财政拨款“三公”经费支出表", "万元"),
        ("9", "政府性基金预算支出表", "万元"),
        ("10", "专项资金来源表", "万元"),
        ("11", "收支变动表", "万元"),
    ]


def test_two_tables_side_by_side_become_two_and_the_left_one_ends_earlier() -> None:
    left, right = invented.table("1"), invented.table("1", 1)
    assert paths(left) == ["收入/项目", "收入/2031年预算数"]
    assert paths(right) == ["支出/项目(按功能科目)", "支出/2031年预算数"]
    assert labels(left)[3:5] == ["二、单位资金", "本年收入合计"]
    assert labels(right)[4:8] == [
        "林业和草原",
        "行政运行",
        "林业草原防灾减灾",
        "其他林业和草原支出",
    ]
    assert labels(left)[-1] == "收入总计"


def test_a_header_of_four_rows_with_lost_merged_cells() -> None:
    assert paths(invented.table("2")) == [
        "预算单位",
        "收入总计",
        "本年收入/财政拨款/一般公共预算拨款/小计",
        "本年收入/财政拨款/一般公共预算拨款/项目拨款",
        "本年收入/财政拨款/政府性基金预算拨款",
        "本年收入/单位资金/事业收入",
        "本年收入/单位资金/其他收入",
        "上年结转",
    ]


def test_zero_nil_empty_and_withheld_are_kept_apart() -> None:
    assert invented.cells(invented.table("2")) == [
        ["1500.00", "1500.00", "800.00", "nil", "empty", "withheld", "0.00"]
    ]


def test_a_repeated_header_is_dropped_and_a_label_cut_by_the_page_is_whole() -> None:
    table = invented.table("3")
    assert labels(table) == [
        "合计",
        "社会保障和就业支出",
        "行政事业单位养老支出",
        "机关事业单位基本养老保险缴费支出",
        "农林水支出",
        "林业和草原",
        "行政运行",
        "林业草原防灾减灾",
        "其他林业和草原支出",
    ]
    assert [row.code for row in table.rows][-2:] == ["2130234", "2130299"]
    assert above(table)[-1] == ("农林水支出", "林业和草原")


def test_a_table_goes_on_without_a_repeated_header() -> None:
    table = invented.table("4")
    assert len(table.rows) == 10
    assert [row.code for row in table.rows][4:6] == ["302", "30201"]
    assert [row.is_total for row in table.rows] == [False] * 9 + [True]


def test_a_cell_cut_by_the_page_is_whole() -> None:
    row = invented.row(invented.table("5"), "森林防火")
    assert row.figures[2] is not None
    assert row.figures[2].text == "全年开展防火巡查不少于 300 次，火情处置率 ≥98% 。"


def test_codes_in_three_columns_are_one_code() -> None:
    table = invented.table("6")
    assert [row.code for row in table.rows] == [
        "208",
        "20805",
        "2080505",
        "213",
        "21302",
        "2130201",
        "2130234",
        "2130299",
        "",
    ]
    assert above(table)[2] == ("社会保障和就业支出", "行政事业单位养老支出")


def test_a_table_that_says_it_has_no_data_is_an_empty_table() -> None:
    table = invented.table("9")
    assert table.empty
    assert "本表无数据" in table.note
    assert [t.number for t in invented.document().tables if t.empty] == ["9"]


def test_full_width_digits_and_negatives() -> None:
    assert invented.cells(invented.table("11")) == [
        ["608.20", "640.00", "31.80"],
        ["340.00", "340.00", "0.00"],
        ["268.20", "300.00", "31.80"],
        ["72.50", "60.00", "-12.50"],
        ["3.20", "nil", "-3.20"],
        ["withheld", "empty", "-1.00"],
    ]


def test_rows_indented_as_far_as_the_其中_row_are_its_sisters() -> None:
    assert above(invented.table("11")) == [
        (),
        ("人员经费",),
        ("人员经费",),
        (),
        ("公用经费",),
        ("公用经费",),
    ]


# ---------------------------------------------------------------- small tables


def one(folder: Path, rows: str) -> Table:
    (table,) = invented.tables(folder, f"# 题\n\n表1 支出表\n\n单位：万元\n\n{rows}")
    return table


HIERARCHIES = {
    "codes": (
        "科目编码|科目名称|预算数\n213|农林水|2.00\n21302|林业|2.00\n2130201|行政运行|2.00\n",
        [(), ("农林水",), ("农林水", "林业")],
    ),
    "numbering": (
        "项目|预算数\n一、人员|2.00\n（一）工资|1.00\n1.基本|1.00\n二、公用|1.00\n",
        [(), ("人员",), ("人员", "工资"), ()],
    ),
    "indentation": (
        "项目|预算数\n人员|2.00\n　工资|1.00\n　　基本|1.00\n公用|1.00\n",
        [(), ("人员",), ("人员", "工资"), ()],
    ),
    "其中": ("项目|预算数\n公用|2.00\n其中：办公费|1.00\n", [(), ("公用",)]),
    "totals": ("项目|预算数\n一、人员|2.00\n1.工资|1.00\n合计|2.00\n", [(), ("人员",), ()]),
}


@pytest.mark.parametrize(("rows", "parents"), HIERARCHIES.values(), ids=HIERARCHIES.keys())
def test_hierarchies(tmp_path: Path, rows: str, parents: list[tuple[str, ...]]) -> None:
    assert above(one(tmp_path, rows)) == parents


@pytest.mark.parametrize(
    ("label", "total"),
    [
        ("合计", True),
        ("收  入  总  计", True),
        ("本年支出合计", True),
        ("一、本年收入", True),
        ("总 计", True),
        ("会计核算", False),
        ("基本支出", False),
        ("审计业务", False),
    ],
)
def test_totals_are_marked(label: str, total: bool) -> None:
    assert is_total_label(label) is total


def test_a_row_without_a_code_list_of_its_own_takes_that_of_the_document() -> None:
    codes = {"农林水": frozenset({"213"}), "林业": frozenset({"21302"}), "环保": frozenset({"211"})}
    lines = [Line(label, "", 0) for label in ("农林水", "林业", "环保")]
    assert [place.parents for place in places(lines, codes)] == [(), (0,), ()]


def test_projects_called_like_subjects_stay_side_by_side() -> None:
    codes = {"林业": frozenset({"21302"}), "行政运行": frozenset({"2130201"})}
    lines = [Line(label, "", 0) for label in ("林业", "行政运行", "防火")]
    assert [place.parents for place in places(lines, codes)] == [(), (), ()]


def test_a_total_in_the_code_column_is_the_row_s_name(tmp_path: Path) -> None:
    table = one(tmp_path, "科目编码|科目名称|预算数\n合计||2.00\n213|农林水|1.00\n211|环保|1.00\n")
    assert (table.rows[0].label, table.rows[0].code, table.rows[0].is_total) == ("合计", "", True)


def test_a_column_without_entries_among_figures_does_not_split_the_table(tmp_path: Path) -> None:
    table = one(tmp_path, "预算单位|合计|事业收入|其他收入|结转\n林业局|3.00||2.00|1.00\n")
    assert [column.role for column in table.columns] == ["label"] + ["value"] * 4


def test_columns_only_numbered_say_nothing(tmp_path: Path) -> None:
    table = one(tmp_path, "项目|预算数|决算数\n栏次|1|2\n防火|3.00|4.00\n")
    assert (paths(table), labels(table)) == (["项目", "预算数", "决算数"], ["防火"])


def test_a_header_without_a_body_has_no_rows(tmp_path: Path) -> None:
    table = one(tmp_path, "项目|预算数|决算数\n||\n\n本表无数据\n")
    assert (table.empty, invented.cells(table)) == (True, [])


def test_two_tables_of_one_document_keep_their_own_units(tmp_path: Path) -> None:
    rows = "项目|预算数\n防火|1.00\n"
    found = invented.tables(
        tmp_path, f"# 题\n\n表1 甲表\n\n单位：元\n\n{rows}\n表2 乙表\n\n单位：万元\n\n{rows}"
    )
    assert [(t.title, t.unit) for t in found] == [("甲表", "元"), ("乙表", "万元")]


def test_the_same_title_under_another_number_is_another_table(tmp_path: Path) -> None:
    rows = "项目|预算数\n防火|1.00\n"
    found = invented.tables(tmp_path, f"# 题\n\n表1 支出表\n\n{rows}\n表2 支出表\n\n{rows}")
    assert [t.number for t in found] == ["1", "2"]


def test_a_file_that_is_only_a_table(tmp_path: Path) -> None:
    (table,) = invented.tables(tmp_path, "项目|预算数\n防火|1.00\n")
    assert (labels(table), invented.cells(table)) == (["防火"], [["1.00"]])


def test_rows_wider_and_narrower_than_the_head(tmp_path: Path) -> None:
    table = one(tmp_path, "项目|预算数\n防火|1.00|\n扑火\n古树|2.00\n")
    assert labels(table)[0] == "防火"
    assert ["2.00"] in invented.cells(table) or "古树" in labels(table)


def test_a_very_long_label_stays_whole(tmp_path: Path) -> None:
    label = "用于全区森林防火" * 60
    assert labels(one(tmp_path, f"项目|预算数\n{label}|1.00\n")) == [label]


def test_a_row_without_a_code_stands_beside_the_coded_one_set_in_as_far() -> None:
    lines = [
        Line("转移性收入", "110", 0),
        Line("返还性收入", "11001", 2),
        Line("一般性转移支付收入", "", 2),
        Line("专项转移支付收入", "", 2),
        Line("其中：教育", "", 4),
        Line("上年结余收入", "11008", 2),
        Line("债务收入", "", 0),
    ]
    found = places(lines, {})
    assert [place.parents for place in found] == [(), (0,), (0,), (0,), (0, 3), (0,), ()]


def test_a_sum_that_is_not_called_one_is_a_total_and_holds_nothing_below_it(tmp_path: Path) -> None:
    text = (
        "# 2031年云杉市预算草案\n\n表1\n\n## 全市收入表\n\n单位：万元\n\n"
        "项目|预算数\n股利收入|30\n产权收入|12\n全市国有资本经营收入|42\n"
        "　转移性收入|5\n　上年结转|3\n收入合计|50\n"
    )
    (table,) = invented.tables(tmp_path, text)
    assert [row.label for row in table.rows if row.is_total] == ["全市国有资本经营收入", "收入合计"]
    assert above(table)[3:5] == [(), ()]


def test_a_row_called_like_a_sum_whose_figures_are_none_is_a_row(tmp_path: Path) -> None:
    text = (
        "# 2031年云杉市预算草案\n\n表1\n\n## 全市收入表\n\n单位：万元\n\n"
        "项目|预算数\n股利收入|30\n产权收入|12\n本级其他收入|7\n合计|49\n"
    )
    (table,) = invented.tables(tmp_path, text)
    assert [row.label for row in table.rows if row.is_total] == ["合计"]


def test_a_row_whose_figures_stand_as_those_before_it_is_not_moved(tmp_path: Path) -> None:
    """The last row has no words in the column that the others have; its figures are in place."""
    text = (
        "表1\n\n## 整体支出绩效目标表\n\n单位：万元\n\n"
        "部门（单位）名称||云杉区林业局|主管部门|云杉区财政局||\n"
        "任务名称|主要内容|预算金额（万元）||||\n||总额|其中：财政拨款|其中：其他资金||\n"
        "基本支出|保障人员经费和公用经费|4.00|4.00|0.00||\n造林|栽树一千亩，管护两千亩|3.00|3.00|0.00||\n"
        "年度主要任务 防火|巡山护林，修防火道|2.00|2.00|0.00||\n"
        "|抚育|抚育中幼林三千亩|2.00|2.00|0.00|\n|育苗|培育乡土树种苗木|1.00|1.00|0.00|\n"
        "|金额合计||12.00|12.00|0.00|\n"
    )
    (table,) = invented.tables(tmp_path, text)
    assert invented.cells(table)[-1] == ["12.00", "12.00", "0.00"]
