"""Rows of years, of what is owed at a date, of the units of a department: read as what they are of,
and asked for as people do; on an invented city and an invented department."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from index.model import Fact
from index.units import convert, same_kind
from qa import Answer, ask
from qa.evidence import subject_of
from qa.understanding.clauses import clause_spans

DEPARTMENT = """# 松霭市竹溪管理局2031年部门预算

## 部门预算表

表2

## 收入总体情况表

单位：万元

单位名称|合计|一般公共预算
合计|1700.00|1700.00
松霭市竹溪管理局|700.00|700.00
松霭市竹溪管理局东坪分局|420.00|420.00
松霭市竹溪管理局西坪分局|300.00|300.00
松霭市竹溪管理局南坪分局|180.00|180.00
松霭市竹溪监测站|100.00|100.00

表4

## 项目支出明细表

单位：万元

项目名称|开工年份|2031年预算数
智慧水务平台|2029年|300
河道清淤工程|2030年|200
堤防加固工程|2031年|100

表9

## 财政拨款“三公”经费支出表

单位：万元

预算单位|年度|因公出国（境）费|公务接待费
||一般公共预算|一般公共预算
松霭市竹溪管理局|2030年|5.20|3.10
|2031年|7.50|2.60
|增减变化金额|2.30|-0.50
"""

CITY = """# 关于松霭市2030年预算执行情况和2031年预算草案的报告

## 附表

表7

## 2030年松霭市政府债务限额余额及还本付息情况表

单位：万元

项目|全市|市本级
一、上年末（2029年末）地方政府债务余额|300000|90000
二、2030年地方政府债务限额|400000|120000
三、2030年末地方政府债务余额|350000|100000
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    files = tmp_path_factory.mktemp("files")
    (files / "竹溪管理局2031.txt").write_text(DEPARTMENT.replace("|", "\t"), encoding="utf-8")
    (files / "松霭市报告.txt").write_text(CITY.replace("|", "\t"), encoding="utf-8")
    with Library.open(tmp_path_factory.mktemp("store"), encoder=HashingEncoder()) as store:
        assert [r.status for r in index_paths([files], store)] == ["added", "added"]
        yield store


def facts(library: Library, title: str) -> list[Fact]:
    found = (f for d in library.documents() for f in library.facts_of(d.name))
    return [f for f in found if title in f.table_title and f.origin == "table"]


def test_a_row_of_a_year_is_of_that_year_and_of_what_stands_above_it(library: Library) -> None:
    trips = [f for f in facts(library, "三公") if "因公出国" in f.measure]
    amounts = {f.year: f.value for f in trips if "增减" not in f.measure}
    assert amounts == {2030: Decimal("5.20"), 2031: Decimal("7.50")}
    assert {f.label for f in trips} == {"松霭市竹溪管理局"}
    assert {subject_of(f) for f in trips} == {"因公出国（境）费"}


def test_a_row_of_how_far_two_years_are_apart_is_no_amount_of_a_year(library: Library) -> None:
    changes = [f for f in facts(library, "三公") if f.measure.endswith("增减变化金额")]
    assert sorted(f.value for f in changes) == [Decimal("-0.50"), Decimal("2.30")]
    answer = ask("竹溪管理局2031年公务接待费是多少", library)
    assert answer.value == Decimal("2.60")


def test_what_is_owed_at_a_date_is_of_that_date_whatever_its_table_is_called(
    library: Library,
) -> None:
    owed = {(f.year, f.basis): f.value for f in facts(library, "债务") if f.measure == "全市"}
    assert owed == {(2029, "余额"): 300000, (2030, "限额"): 400000, (2030, "余额"): 350000}


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("2030年末松霭市全市政府债务余额占限额的比例是多少", "87.5", "%"),
        ("2029年末松霭市全市地方政府债务余额是多少", "300000", "万元"),
        ("2030年松霭市全市地方政府债务余额是多少，折合多少亿元", "35", "亿元"),
        ("竹溪管理局因公出国费今年和去年各多少，差多少", "2.30", "万元"),
    ],
)
def test_figures_of_the_year_that_is_asked_for(
    question: str, value: str, unit: str, library: Library
) -> None:
    answer = ask(question, library)
    assert answer.status == "answered"
    assert (answer.value, answer.unit) == (Decimal(value), unit)
    assert "年2029年" not in answer.text and "年2030年" not in answer.text


def test_the_year_in_which_something_began_is_not_that_of_its_figures(library: Library) -> None:
    begun = [f for f in facts(library, "项目支出明细") if f.measure == "2031年预算数"]
    assert {f.year for f in begun} == {2031} and len(begun) == 3


def named(answer: Answer) -> list[str]:
    return [item.label for item, _ in answer.items]


@pytest.mark.parametrize(
    ("question", "labels"),
    [
        ("竹溪管理局各分局的预算前两名", ["东坪", "西坪"]),
        ("竹溪管理局下面各分局里（监测站这些不算），预算从高到低排", ["东坪", "西坪", "南坪"]),
        ("竹溪管理局的下属单位（不含局本级）里预算超过180万元的（正好180万的不算）由大到小", ["东坪", "西坪"]),
    ],
)  # fmt: skip
def test_units_are_ranked_by_what_they_are_called(
    question: str, labels: list[str], library: Library
) -> None:
    found = named(ask(question, library))
    assert len(found) == len(labels)
    assert all(label in name for label, name in zip(labels, found, strict=True))


@pytest.mark.parametrize(
    "question",
    [
        "竹溪管理局收入总体情况表里，各分局的基本支出从高到低排",
        "竹溪管理局收入总体情况里政府采购最多的三家单位",
        "竹溪管理局基本支出明细里花钱最多的三个项目",
    ],
)
def test_no_list_of_all_money_or_of_another_part_is_told_for_the_part_that_is_named(
    question: str, library: Library
) -> None:
    answer = ask(question, library)
    assert answer.status == "not_found" and not answer.items


def test_another_unit_for_what_was_asked_is_no_question_of_its_own() -> None:
    text = "债务余额是多少,折合多少亿元"
    assert [text[a:b] for a, b in clause_spans(text)] == [text]
    text = "培训多少次,多少万元"
    assert len(clause_spans(text)) == 2
    text = "谁的车多?多几辆"
    assert [text[a:b] for a, b in clause_spans(text)] == [text]


def test_units_that_count_the_same_become_one_another() -> None:
    assert same_kind("辆", "台") and same_kind("万人", "人") and not same_kind("辆", "人")
    assert convert(Decimal("2.5"), "万人", "人") == 25000
    assert convert(Decimal("47"), "台", "辆") == 47


def test_units_are_ranked_by_the_part_of_their_money_that_is_named(tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    projects = """表5

## 项目支出预算表

单位：万元

单位名称|预算数
合计|30.00
松霭市竹溪管理局东坪分局|5.00
松霭市竹溪管理局西坪分局|10.00
松霭市竹溪管理局南坪分局|15.00

表9
"""
    text = DEPARTMENT.replace("表9\n", projects).replace("|", "\t")
    (files / "竹溪管理局2031.txt").write_text(text, encoding="utf-8")
    with Library.open(tmp_path / "store", encoder=HashingEncoder()) as store:
        assert [r.status for r in index_paths([files], store)] == ["added"]
        found = named(ask("竹溪管理局各分局的项目预算从高到低排", store))
        assert [name[-4:] for name in found] == ["南坪分局", "西坪分局", "东坪分局"]
        found = named(ask("竹溪管理局各分局的预算从高到低排", store))
        assert [name[-4:] for name in found] == ["东坪分局", "西坪分局", "南坪分局"]
