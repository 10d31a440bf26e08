"""Operations by composition, on an invented city: lists of one kind, both ends of a ranking, the
clauses before as operands, checks with their parts, and what is declined rather than half answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import invented_budget as invented
import pytest

from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from qa import Answer, ask

BUDGET = """# 关于松霭市2030年预算执行情况和2031年预算草案的报告

## 一、2031年预算草案

2031年全市一般公共预算支出安排353.5亿元，市本级一般公共预算支出安排162.5亿元。

市级提前下达各区县转移支付325.9亿元，其中：一般性转移支付197.1亿元，专项转移支付109.7亿元。

## 附表

表1

## 2031年松霭市分地区一般公共预算收入情况表

单位：万元

地区|2030年执行数|2031年预算数|比上年增长%
松霭市|52000|56000|7.7
松霭市本级|9000|9500|5.6
青檀市|22000|24000|9.1
　青檀市本级|6000|6400|6.7
　东溪区|9000|9800|8.9
　西溪区|7000|7800|11.4
白榆县|12000|12500|4.2
赤枫县|9000|10000|11.1
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("city")
    path: Path = invented.written(folder, BUDGET, "松霭市2031年政府预算.txt")
    with Library.open(folder / "library", encoder=HashingEncoder()) as library:
        assert [r.status for r in index_paths([path], library)] == ["added"]
        yield library


def _labels(answer: Answer) -> list[str]:
    return [item.label for item, _ in answer.items]


def test_places_are_ranked_without_those_inside_others(city: Library) -> None:
    answer = ask("松霭市2031年一般公共预算收入最多的两个市县是哪些？", city)
    assert _labels(answer) == ["青檀市", "白榆县"]


def test_what_is_left_out_is_left_out_by_the_front_of_its_name(city: Library) -> None:
    answer = ask("不算青檀，松霭市2031年一般公共预算收入最多的市县是哪个？", city)
    assert _labels(answer) == ["白榆县"]


def test_a_bound_in_per_cent_is_held_against_rates(city: Library) -> None:
    answer = ask("松霭市2031年一般公共预算收入里，哪些市县比上年增长超过9%？", city)
    assert sorted(_labels(answer)) == ["赤枫县", "青檀市"]


def test_both_ends_of_a_ranking_are_taken_from_each_other(city: Library) -> None:
    answer = ask("松霭市2031年一般公共预算收入最多的市县和最少的市县相差多少万元？", city)
    assert (str(answer.value), answer.unit) == ("14000", "万元")


def test_an_operation_that_names_nothing_is_over_the_clauses_before(city: Library) -> None:
    answer = ask("松霭市2031年一般公共预算支出，全市安排多少、市本级安排多少，差几个亿？", city)
    assert (str(answer.value), answer.unit) == ("191.0", "亿元")
    assert "353.5" in answer.text and "162.5" in answer.text


def test_a_figure_that_the_question_quotes_is_checked_against_its_parts(city: Library) -> None:
    answer = ask(
        "松霭市市级提前下达各区县的转移支付说是325.9亿元，一般性和专项两项加起来够这个数吗", city
    )
    assert (str(answer.value), answer.unit) == ("306.8", "亿元")
    assert answer.text.startswith("不一致，相差 19.1 亿元")


@pytest.mark.parametrize(
    "question",
    [
        "松霭市2031年一般公共预算收入，市本级跟市级差多少？",
        "松霭市哪个街道2031年一般公共预算收入最多？",
        "松霭市2031年全市一般公共预算支出安排多少，比白鹭湾的码头吞吐量多几吨？",
    ],
)
def test_an_operation_without_its_operands_is_not_answered_with_a_figure(
    question: str, city: Library
) -> None:
    answer = ask(question, city)
    assert answer.value is None and answer.status != "answered"
