"""Answers from text: the whole list, the figure that a sentence states, what did not change."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from qa.knowledge import knowledge_of, scope_in
from qa.pipeline import ask
from qa.understanding.names import Words, words_of
from qa.understanding.passages import asking_piece, intent_of, shown
from qa.understanding.stated import stated_figure

TEXT = """云杉区园艺局2031年部门预算

第一部分 部门概况

一、主要职责

（一）负责全区公园、苗圃的规划和养护。
（二）负责古树名木的登记和保护。
（三）负责园艺技术的推广。

二、机构设置

本部门内设机构包括：
1.办公室。
2.苗圃管理科。
3.古树保护科。

第二部分 预算说明

一、“三公”经费情况

公务接待费2031年预算数1.20万元，与2030年预算数1.20万元持平，主要用于接待来访人员。
公务用车购置及运行费2031年预算数9.00万元，比2030年增加3.00万元，主要原因是苗圃搬迁后路程增加。

二、国有资产占有情况

截至2030年12月31日，本部门房屋2345.6平方米，共有车辆7辆，其中执法执勤用车3辆、机要通信用车1辆。

第三部分 古树守护项目经费情况说明

一、项目概述

为全区一百年以上的古树建立档案，减少枯死。

二、立项依据

《云杉区古树名木保护办法》（云园发〔2029〕3号）。

三、实施方案

1.与古树保护协会签订服务合同；
2.每季度巡查一次；
3.年底开展技术培训。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("text")
    file = folder / "云杉区园艺局2031年部门预算.txt"
    file.write_text(TEXT, "utf-8")
    with Library.open(folder / "store", encoder=HashingEncoder()) as opened:
        assert all(r.status == "added" for r in index_paths([file], opened))
        yield opened


def _words(question: str, library: Library) -> Words:
    knowledge = knowledge_of(library)
    return words_of(scope_in(question, knowledge), knowledge.lexicon)


@pytest.mark.parametrize(
    ("question", "members"),
    [
        ("园艺局的内设机构有哪些", ["办公室", "苗圃管理科", "古树保护科"]),
        ("园艺局的主要职责是什么", ["养护", "古树名木的登记", "推广"]),
        pytest.param(
            "古树守护项目打算怎么实施",
            ["签订服务合同", "巡查", "技术培训"],
            marks=pytest.mark.xfail(strict=True, reason="42 % sure: 实施 weighs little, as a verb"),
        ),
    ],
)
def test_a_list_is_quoted_with_all_its_members(
    question: str, members: list[str], library: Library
) -> None:
    answer = ask(question, library)
    assert (answer.status, answer.route) == ("answered", "passages")
    assert all(member in answer.text for member in members)


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        ("现有几辆执法执勤车", "3", "辆"),
        ("房屋面积是多少平方米", "2345.6", "平方米"),
    ],
)
def test_a_count_is_the_one_whose_own_words_are_asked_for(
    question: str, value: str, unit: str, library: Library
) -> None:
    sentence = next(s for s in TEXT.split("\n") if s.startswith("截至2030年"))
    stated = stated_figure(_words(question, library), (), sentence)
    assert stated is not None
    assert (stated.quantity.value, stated.quantity.unit) == (Decimal(value), unit)


@pytest.mark.parametrize("question", ["现有几辆应急保障船", "去年上半年房屋面积是多少平方米"])
def test_a_figure_of_something_else_is_not_taken(question: str, library: Library) -> None:
    sentence = next(s for s in TEXT.split("\n") if s.startswith("截至2030年"))
    assert stated_figure(_words(question, library), (), sentence) is None


def test_what_did_not_change_is_told_with_its_amount(library: Library) -> None:
    answer = ask("园艺局2031年公务接待费为什么减少了", library)
    assert (answer.status, answer.unit) == ("answered", "万元")
    assert answer.value == Decimal("1.20")
    assert "持平" in answer.text and "实际是持平" in answer.notes[0]


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("四个一分别是什么", "describe"),
        ("这笔钱是拿来干什么的", "describe"),
        ("是哪三个方面", "describe"),
        ("公务接待费多少", "figure"),
    ],
)
def test_what_asks_for_words(question: str, intent: str, library: Library) -> None:
    assert intent_of(shown(_words(question, library))) == intent


def test_the_part_that_asks_stands_apart_from_its_background(library: Library) -> None:
    said = _words("我家老人常去公园散步。请问古树守护项目是怎么实施的", library)
    assert "古树守护" in asking_piece(said) and "散步" not in asking_piece(said)
    assert asking_piece(_words("古树守护项目是怎么实施的", library)) == ""
