"""A whole city's budget, 全市 beside 市本级: what people ask of it first, and what they must not get."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import invented_budget as invented
import pytest

from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from qa import Answer, ask

BUDGET = """# 关于云岫市2030年预算执行情况和2031年预算草案的报告

## 一、2030年预算执行情况

2030年，民生支出18.6亿元，占一般公共预算支出比重71%，增长6.2%。

## 二、2031年预算草案

2031年国有资本经营预算收入安排900万元，包括：云岫水务有限公司上缴利润640万元，云岫公交有限公司上缴利润260万元。

## 附表

表1

## 2031年云岫市一般公共预算收支情况表

单位：万元

科目编码|项目|2030年执行数|2031年预算数|预算数比上年执行数增长%
101|一、税收收入|60000|63000|5
10101|　增值税|40000|42000|5
10104|　企业所得税|20000|21000|5
103|二、非税收入|30000|27000|-10
|全市一般公共预算收入|90000|90000|0
110|转移性收入|50000|56000|12
11001|　返还性收入|8000|8000|0
|　一般性转移支付收入|42000|48000|14.3
|各项收入合计|140000|146000|4.3

表2

## 2031年云岫市一般公共预算支出情况表

单位：万元

科目编码|项目|2030年执行数|2031年预算数|预算数比上年执行数增长%
205|教育支出|50000|55000|10
210|卫生健康支出|30000|33000|10
21001|　党委办公厅（室）及相关机构事务|4000|4400|10
2100102|　　一般行政管理事务|1000|1100|10
|全市一般公共预算支出|80000|88000|10

表3

## 2031年市本级一般公共预算支出情况表

单位：万元

科目编码|项目|2030年执行数|2031年预算数|预算数比上年执行数增长%
205|教育支出|9000|9500|5.6
210|卫生健康支出|7000|7600|8.6
|市本级一般公共预算支出|16000|17100|6.9

表4

## 2031年云岫市国有资本经营预算支出情况表

单位：万元

项目|2031年预算数
解决历史遗留问题支出|500
其他国有资本经营预算支出|100
全市国有资本经营支出|600
转移性支出|300
各项支出合计|900

表5

## 2030年末云岫市地方政府债务限额及余额情况表

单位：万元

地区|地方政府债务限额||地方政府债务余额|
|合计|专项债务限额|小计|专项债务余额
青禾县|800|300|700|250
白鹭县|500|200|450|290
县区合计|1300|500|1150|540
"""


def stored(folder: Path, text: str, name: str) -> Iterator[Library]:
    path = invented.written(folder, text, name)
    with Library.open(folder / "store", encoder=HashingEncoder()) as library:
        assert [r.status for r in index_paths([path], library)] == ["added"]
        yield library


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield from stored(tmp_path_factory.mktemp("city"), BUDGET, "云岫市2031年政府预算.txt")


def said(answer: Answer) -> tuple[str, str | None, str | None]:
    value = None if answer.value is None else f"{answer.value.normalize():f}"
    return answer.status, value, answer.unit


FIGURES = {
    "a level inside the printed name": ("2031年全市一般公共预算支出是多少", "88000", "万元"),
    "the other level": ("2031年市本级一般公共预算支出是多少", "17100", "万元"),
    "a name with 有 and 本, said with 预算": (
        "2031年全市国有资本经营预算支出是多少",
        "600",
        "万元",
    ),
    "against another basis": ("2031年全市教育支出比2030年执行数增长多少", "5000", "万元"),
    "as a rate": ("2031年全市教育支出预算比2030年执行数多百分之几", "10", "%"),
    "only the rate is told": ("2030年全市民生支出增长多少", "6.2", "%"),
    "a subject named like an office": (
        "2031年全市党委办公厅（室）及相关机构事务下的一般行政管理事务预算是多少",
        "1100",
        "万元",
    ),
    "a share of the whole": ("2031年全市教育支出占一般公共预算支出的比重", "62.5", "%"),
    "two rows in the column that is named once": (
        "2030年末青禾县债务余额比白鹭县多多少",
        "250",
        "万元",
    ),
}


@pytest.mark.parametrize(("question", "value", "unit"), FIGURES.values(), ids=FIGURES.keys())
def test_figures(city: Library, question: str, value: str, unit: str) -> None:
    assert said(ask(question, city)) == ("answered", value, unit)


def test_what_a_total_is_made_of(city: Library) -> None:
    answer = ask("2031年全市转移性收入由哪些部分组成？", city)
    assert [item.label for item, _ in answer.items] == ["一般性转移支付收入", "返还性收入"]


def test_two_rows_asked_which_is_more(city: Library) -> None:
    answer = ask("2030年末青禾县和白鹭县的专项债务余额哪个多？", city)
    assert [item.label for item, _ in answer.items] == ["白鹭县", "青禾县"]


@pytest.mark.parametrize(
    "question",
    [
        # said in the sentence of another figure, of which it is a part that no table has
        "2031年国有资本经营预算收入中云岫热力有限公司上缴多少",
        # the difference of two columns is not ranked
        "2031年预算数和2030年执行数差额最大的是哪个科目",
        "2032年全市教育支出是多少",
        "2031年全市三公经费是多少",
    ],
)
def test_what_is_not_said_is_not_answered(city: Library, question: str) -> None:
    answer = ask(question, city)
    assert (answer.status, answer.value, answer.items) == ("not_found", None, ())


def test_the_words_that_were_not_found_are_shown_as_they_were_said(city: Library) -> None:
    assert "局长的工资”" in ask("云岫市财政局局长的工资是多少", city).text
    # 2030 is there, beside the year of the budget: it is not what was not found.
    assert "2030年”" not in ask("2030年全市三公经费是多少", city).text


DEBT = """# 云岫市2030年地方政府债务情况

表1

## 2030年末云岫市地方政府债务限额及余额情况表

单位：万元

地区|地方政府债务限额||地方政府债务余额|
|合计|专项债务限额|小计|专项债务余额
云岫市|2100|800|1900|940
云岫市本级|800|300|750|400
县区合计|1300|500|1150|540
青禾县|800|300|700|250
白鹭县|500|200|450|290
"""


@pytest.fixture(scope="module")
def debt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    yield from stored(tmp_path_factory.mktemp("debt"), DEBT, "云岫市2030年政府决算.txt")


def test_the_whole_its_own_level_and_its_counties_are_told_apart(debt: Library) -> None:
    levels = {f.label: (f.level, f.is_total) for f in debt.facts()}
    assert levels == {
        "云岫市": ("全市", True),
        "云岫市本级": ("市本级", False),
        "县区合计": ("", True),
        "青禾县": ("", False),
        "白鹭县": ("", False),
    }


def test_the_whole_is_named_by_its_column_and_its_heads(debt: Library) -> None:
    assert said(ask("2030年末云岫市政府债务余额是多少", debt)) == ("answered", "1900", "万元")
    assert said(ask("2030年末云岫市专项债务余额是多少", debt)) == ("answered", "940", "万元")


def test_counties_are_ranked_without_the_city_s_own_level(debt: Library) -> None:
    answer = ask("2030年末专项债务余额最高的县是哪个", debt)
    assert [item.label for item, _ in answer.items] == ["白鹭县"]


def test_a_share_of_more_than_the_whole_is_none(debt: Library) -> None:
    answer = ask("云岫市本级债务余额占全市的比重是多少", debt)
    assert answer.status == "not_found" or (answer.value is not None and answer.value <= 100)


def test_a_total_is_called_by_its_column_or_its_table(tmp_path: Path) -> None:
    text = (
        "# 2031年林业局部门预算\n\n表1\n\n## 基本支出表\n\n单位：万元\n\n"
        "科目|支出预算|人员经费|公用经费\n造林|5.00|3.00|2.00\n防火|4.00|2.00|2.00\n合计|9.00|5.00|4.00\n"
    )
    for library in stored(tmp_path, text, "林业局2031年部门预算.txt"):
        answer = ask("2031年人员经费比公用经费多多少", library)
    assert said(answer) == ("answered", "1", "万元")
    assert "合计" not in answer.text and "人员经费" in answer.text and "公用经费" in answer.text
