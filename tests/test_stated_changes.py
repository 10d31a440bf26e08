"""Changes that a question states or compares, on two invented offices: held against the amounts of the
sentence that prints them, in the direction that was said; and what is no answer to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import invented_budget as invented
import pytest

from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from qa import ask

FISHERY = """# 松霭市渔业局2031年部门预算

## 一、收支情况

2031年部门预算收入1,448.35万元，比2030年年初预算数1,506.45万元减少58.10万元，下降3.9%。

2031年部门预算支出1,448.35万元，比2030年年初预算数1,400.35万元增加48.00万元，增长3.4%。

## 二、港口建设

近年来，渔港改造投入突破500.00万元。2031年渔港改造预算515.74万元，用于修建码头。

## 三、一般公共预算支出表（按经济分类）

单位：万元

科目编码|科目名称|支出总计|基本支出|项目支出
302|商品和服务支出|700.28|40.00|660.28
30202|印刷费|144.28|20.00|124.28
30226|劳务费|556.00|20.00|536.00
"""

FORESTRY = """# 松霭市林草局2031年部门预算

## 一、收支情况

2031年部门预算收入900.25万元，比2030年年初预算数800.25万元增加100.00万元，增长12.5%。
"""


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("offices")
    paths = [
        invented.written(folder, FISHERY, "松霭市渔业局2031年部门预算.txt"),
        invented.written(folder, FORESTRY, "松霭市林草局2031年部门预算.txt"),
    ]
    with Library.open(folder / "library", encoder=HashingEncoder()) as library:
        assert [r.status for r in index_paths([Path(p) for p in paths], library)] == ["added"] * 2
        yield library


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("渔业局说2031年部门预算收入比上年减少58.10万元，拿两年的数减一下是这个数吗", "一致"),
        ("渔业局说2031年部门预算收入比上年增加58.10万元，拿两年的数减一下是这个数吗", "不一致"),
        ("渔业局2031年部门预算收入下降3.9%，算得对吗", "一致"),
        ("渔业局2031年部门预算收入增长3.9%，算得对吗", "不一致"),
        ("渔业局2031年部门预算支出增长3.4%，算得对吗", "一致"),
    ],
)
def test_a_stated_change_is_held_against_the_amounts_it_is_printed_with(
    question: str, verdict: str, offices: Library
) -> None:
    answer = ask(question, offices)
    assert answer.status == "answered" and answer.text.startswith(verdict), answer.text


def test_a_change_of_the_other_side_is_not_confirmed(offices: Library) -> None:
    """3.4 % is the growth of spending: said of revenue it does not hold."""
    answer = ask("渔业局2031年部门预算收入增长3.4%，算得对吗", offices)
    assert not answer.text.startswith("一致"), answer.text


def test_a_bound_in_a_sentence_is_not_the_figure(offices: Library) -> None:
    answer = ask("渔业局2031年渔港改造多少万元", offices)
    assert (str(answer.value), answer.unit) == ("515.74", "万元")


def test_two_offices_named_before_their_subject_are_compared(offices: Library) -> None:
    answer = ask("渔业局跟林草局比，2031年部门预算收入差多少，两边各是多少", offices)
    assert (str(answer.value), answer.unit) == ("548.10", "万元"), answer.text
    assert "1,448.35" in answer.text and "900.25" in answer.text


def test_the_figures_of_another_year_are_not_dropped_with_what_was_compared(
    offices: Library,
) -> None:
    answer = ask("渔业局和林草局2031年部门预算收入哪个多？2030年各是多少？", offices)
    assert answer.status != "answered" or "1,506.45" in answer.text, answer.text


@pytest.mark.parametrize("subject", ["印刷费", "劳务费"])
def test_basic_and_project_spending_named_together_are_the_whole(
    subject: str, offices: Library
) -> None:
    whole = {"印刷费": "144.28", "劳务费": "556.00"}[subject]
    answer = ask(f"渔业局2031年{subject}一共多少（基本支出加项目支出）", offices)
    assert str(answer.value) == whole, answer.text


def test_a_percentage_is_not_told_as_an_amount(offices: Library) -> None:
    answer = ask("渔业局2031年渔港改造完成了全年任务的百分之几", offices)
    assert answer.unit != "万元", answer.text
