"""Tables to facts: one row a numeric cell, with everything that says what the figure is."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import invented_budget as invented
import pytest

from index.facts import is_primary, table_facts
from index.model import Fact


def facts(folder: Path, rows: str, above: str = "表1\n\n## 支出表\n\n单位：万元\n\n") -> list[Fact]:
    return table_facts(invented.tables(folder, f"# 题\n\n{above}{rows}"), invented.PROFILE)


def of(number: str, label: str, measure: str) -> Fact:
    found = [
        f
        for f in invented.document().facts
        if f.origin == "table" and (f.table_number, f.label, f.measure) == (number, label, measure)
    ]
    assert len(found) == 1
    return found[0]


def test_a_fact_says_everything_of_its_cell() -> None:
    fact = of("3", "行政运行", "2031年支出/基本支出")
    assert (fact.organisation, fact.year, fact.basis) == ("深林市云杉区林业局", 2031, "预算")
    assert (fact.code, fact.path) == ("2130201", ("农林水支出", "林业和草原"))
    assert (fact.value, fact.unit, fact.quote) == (Decimal("640.00"), "万元", "640.00")
    assert (fact.depth, fact.is_total, fact.level) == (2, False, "")
    line = invented.FILE.read_text(encoding="utf-8").split("\n")[(fact.source.line or 0) - 1]
    assert line.startswith("2130201\t行政运行\t640.00")


def test_every_number_of_a_value_column_is_a_fact_and_nothing_else_is() -> None:
    for table in invented.document().tables:
        printed = [v for row in invented.cells(table) for v in row if v[-1:].isdigit()]
        own = [f for f in invented.document().facts if f.table == table.id]
        values = [str(f.value) for f in own if table.columns[f.column].role == "value"]
        assert values == printed


def test_ids_are_unique() -> None:
    ids = [fact.id for fact in invented.document().facts]
    assert len(set(ids)) == len(ids)


def test_units_of_two_tables_are_not_mixed() -> None:
    assert of("4", "公务接待费", "合计").unit == "元"
    assert of("10", "中央资金", "金额").unit == "万元"


def test_the_year_and_basis_of_a_column() -> None:
    last, this = (of("11", "公用经费", f"{head}") for head in ("2030年执行数", "2031年预算数"))
    assert (last.year, last.basis, str(last.value)) == (2030, "执行", "72.50")
    assert (this.year, this.basis, str(this.value)) == (2031, "预算", "60.00")


def test_a_table_without_row_labels_is_read_sideways() -> None:
    own = [f for f in invented.document().facts if f.table_number == "7"]
    assert [(f.label, f.path, str(f.value)) for f in own] == [
        ("财政拨款“三公”经费", (), "15.00"),
        ("因公出国（境）费", (), "0.00"),
        ("公务用车购置及运行费", (), "11.00"),
        ("购置费", ("公务用车购置及运行费",), "0.00"),
        ("运行维护费", ("公务用车购置及运行费",), "11.00"),
        ("公务接待费", (), "4.00"),
    ]


def test_figures_said_in_words_are_facts_too(tmp_path: Path) -> None:
    found = facts(tmp_path, "指标名称|目标值\n演练|4次\n巡查|梳理1000家企业、备案200家企业\n")
    assert [(f.label, str(f.value), f.unit) for f in found] == [
        ("演练", "4", "次"),
        ("巡查", "1000", "家"),
        ("巡查", "200", "家"),
    ]


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        ("金额", "万元"),
        ("金额（元）", "元"),
        ("增长率", "%"),
        ("占比（%）", "%"),
        ("比上年增减%", "%"),
        ("人数", ""),
        ("车辆数", ""),
    ],
)
def test_the_unit_of_a_column_goes_before_that_of_the_table(
    tmp_path: Path, head: str, unit: str
) -> None:
    assert [f.unit for f in facts(tmp_path, f"项目|{head}\n甲|1.00\n乙|2.00\n")] == [unit, unit]


def test_the_unit_of_a_cell_goes_before_all(tmp_path: Path) -> None:
    found = facts(tmp_path, "指标名称|目标值\n参检率|≥90%\n演练|4次\n")
    assert [(f.comparator, str(f.value), f.unit) for f in found] == [
        ("≥", "90", "%"),
        ("", "4", "次"),
    ]


def test_names_and_dates_with_digits_are_no_figures(tmp_path: Path) -> None:
    rows = "序号|项目名称|预算数|完成时间\n1|12345热线|5.00|2031年12月25日\n2|7号林道|6.00|2031年6月30日\n"
    assert [(f.label, str(f.value)) for f in facts(tmp_path, rows)] == [
        ("12345热线", "5.00"),
        ("7号林道", "6.00"),
    ]


@pytest.mark.parametrize(
    ("better", "worse"),
    [("支出总计", "项目支出"), ("合计", "基本支出"), ("2031年/预算数", "增减额"), ("总计", "小计")],
)
def test_the_column_meant_when_none_is_named(better: str, worse: str) -> None:
    assert is_primary(better) < is_primary(worse)
