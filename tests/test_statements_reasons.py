"""Where a reason begins and ends, whose it is, and that its figures are not the subject's."""

from __future__ import annotations

import pytest
from invented_budget import ACCOUNT, prose_facts

from index.model import Fact
from index.reasons import reason_in, reason_span


def said(facts: list[Fact]) -> list[tuple[str, str, str]]:
    return [(f.label, f.measure, str(f.value)) for f in facts if not f.derived]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("收入增长10%（因加大盘活力度），加上补助50万元，收入合计60万元。", "加大盘活力度"),
        ("受市场影响，土地收入完成9万元，下降20%。", "市场影响"),
        ("比上年持平。主要原因是因公出国（境）费保持不变。", "因公出国（境）费保持不变"),
        ("支出下降5%（主要原因是车辆减少（2辆）），占比3%。", "车辆减少（2辆）"),
    ],
)
def test_a_reason_ends_with_its_bracket_and_keeps_its_first_character(
    text: str, reason: str
) -> None:
    assert reason_in(text) == reason


@pytest.mark.parametrize(
    ("sentence", "span"),
    [
        ("比上年增加3万元，主要原因是人数增加。", "主要原因是人数增加。"),
        ("由于机构调整，公务接待费预算数为4万元。", "由于机构调整"),
        ("受市场低迷影响，土地收入完成9万元，下降20%。", "受市场低迷影响"),
        ("收入100万元，主要是税收90万元、罚没收入10万元。", ""),
        ("增加3万元，主要原因是购车，其中：购置费2万元。", "主要原因是购车"),
    ],
)
def test_where_a_sentence_speaks_of_reasons(sentence: str, span: str) -> None:
    assert sentence[slice(*reason_span(sentence))] == span


def test_a_figure_in_a_reason_is_no_figure_of_the_subject() -> None:
    facts = prose_facts(
        "2031年度收入支出总计9859万元。与2030年度相比，收入支出总计增加1062万元，增长12.07%。"
        "主要原因：项目支出增加，较上年度增加1133万元，主要由于办公楼装修。",
        profile=ACCOUNT,
    )
    assert said(facts) == [
        ("收支总计", "金额", "9859"),
        ("收支总计", "比2030年增减额", "1062"),
        ("收支总计", "比2030年增减率", "12.07"),
    ]
    assert [(str(f.value), f.year) for f in facts if f.derived] == [("8797", 2030)]


def test_an_amount_less_than_last_year_s_budget_is_a_change_with_its_reason() -> None:
    facts = prose_facts(
        "会议费预算支出1305万元，本年数小于上年预算数403万元，原因是从会议费中调减403万元用于培训。"
    )
    assert said(facts) == [
        ("会议费", "金额", "1305"),
        ("会议费", "比2030年增减额", "-403"),
    ]
    assert {f.reason for f in facts if not f.derived} == {"从会议费中调减403万元用于培训"}
    assert [(str(f.value), f.year) for f in facts if f.derived] == [("1708", 2030)]


def test_an_increase_named_before_its_subject_is_no_amount() -> None:
    (fact,) = prose_facts("调整工资标准，增加基本支出844万元。")
    assert (fact.label, fact.measure, str(fact.value)) == ("基本支出", "增减额", "844")


def test_a_reason_belongs_to_the_subject_its_sentence_names() -> None:
    facts = prose_facts(
        "“三公”经费年初预算为8万元，支出决算为3万元，其中：公务接待费支出决算为3万元。"
        "2031年度“三公”经费支出决算数小于预算数的主要原因：厉行节约。",
        profile=ACCOUNT,
    )
    assert [(f.label, f.reason) for f in facts] == [
        ("“三公”经费", "厉行节约"),
        ("“三公”经费", "厉行节约"),
        ("公务接待费", ""),
    ]


def test_the_reason_for_less_than_the_budget_is_none_for_more_than_last_year() -> None:
    facts = prose_facts(
        "公务接待费支出决算为3万元，完成预算的60%，比上年增加1万元。决算数小于预算数的主要原因是来访减少。",
        profile=ACCOUNT,
    )
    assert [(f.measure, f.reason) for f in facts if not f.derived] == [
        ("支出决算数", "来访减少"),
        ("完成预算", "来访减少"),
        ("比2030年增减额", ""),
    ]


def test_the_same_as_last_year_is_said_once_and_of_its_own_subject() -> None:
    facts = prose_facts("公务接待费4万元，与上年持平，会议费2万元。主要原因是公务接待费保持不变。")
    assert [f for f in said(facts) if f[1].startswith("比")] == [
        ("公务接待费", "比2030年增减额", "0")
    ]
