"""Figures that only a sentence states: told in its words, all that is asked at once, and not where the
sentence is of something else."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from index.build import index_paths
from index.embedding import HashingEncoder
from index.figures import find_quantities, read_figure
from index.library import Library
from qa import Answer, ask
from qa.from_statements import agrees
from qa.question import read_question
from qa.understanding.asked import Asked, asked_in, figures_in, fits

REPORT = """# 关于松霭市2030年预算执行情况和2031年预算草案的报告

## 一、2030年预算执行情况

2030年，全市一般公共预算收入完成86.4亿元，增长2.1%。

## 二、2030年财政工作

（一）保障民生。全市发放育儿补贴1.25亿元，惠及婴幼儿2.3万余名。城乡居民养老金按时足额发放。

（二）盘活资产。市本级处置闲置厂房4.6万平方米，收回资金0.85亿元，规模居全省第3位。

（三）改善环境。完成17台老旧锅炉更新，新建步道42公里。全市落实工程采购金额3.9亿元。
"""

YEARS = """# 关于松霭市2030年预算执行情况和2031年预算草案的报告

## 二、财政工作

2030年改造步道42公里。2029年铺设草坪910平方米。
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    files = tmp_path_factory.mktemp("files")
    (files / "松霭市报告.md").write_text(REPORT, encoding="utf-8")
    with Library.open(tmp_path_factory.mktemp("store"), encoder=HashingEncoder()) as store:
        reports = list(index_paths([files], store))
        assert [r.status for r in reports] == ["added"]
        yield store


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("松霭2030年发了多少育儿补贴，惠及多少娃", ("1.25", "2.3")),
        ("松霭市本级处置了多少平方米闲置厂房，收回来多少钱", ("4.6", "0.85")),
        ("松霭市处置闲置厂房多少平方米，规模全省排第几", ("4.6", "第3位")),
        ("松霭换了多少台老旧锅炉，步道修了多少公里", ("17", "42")),
    ],
)
def test_several_things_in_one_sentence_are_all_told(
    question: str, told: tuple[str, ...], library: Library
) -> None:
    answer = ask(question, library)
    assert answer.status == "answered"
    assert all(figure in answer.text for figure in told)
    assert answer.citations and all(any(f in c.quote for c in answer.citations) for f in told)


@pytest.mark.parametrize(
    "question",
    [
        "松霭市拖欠了多少工程款",
        "松霭市上半年发放育儿补贴多少钱",
        "松霭市云岫县发了多少育儿补贴，惠及多少娃",
        "松霭2028年发了多少育儿补贴，惠及多少娃",
        "松霭市下半年新建步道多少公里",
    ],
)
def test_a_sentence_of_something_else_is_no_answer(question: str, library: Library) -> None:
    answer = ask(question, library)
    assert (answer.status, answer.value, answer.items) == ("not_found", None, ())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("发券15.6万张，惠及4.8万人次", [("15.6", "万张"), ("4.8", "万人次")]),
        ("惠及婴幼儿1.66万余名", [("1.66", "万名")]),
        ("向32.66万群众发放", [("32.66", "万")]),
        ("处置房产3.32万平方米", [("3.32", "万平方米")]),
        ("贷款余额1.2万亿元", [("1.2", "万亿元")]),
        ("安排500万，用于", [("500", "万元")]),
        ("规模居全省第4位", []),
    ],
)
def test_ten_thousands_of_things_are_no_money(text: str, found: list[tuple[str, str]]) -> None:
    assert [(str(q.value), q.unit) for q in find_quantities(text)] == found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("新设立了几支基金,总规模多大", [("count", "支"), ("money", "元")]),
        ("收了多少亿元,占比多少", [("money", "亿元"), ("rate", "")]),
        ("有多少项目,全省排第几", [("count", ""), ("place", "")]),
        ("哪天开始施行,管几年", [("date", ""), ("count", "年")]),
        ("为什么减少", []),
    ],
)
def test_each_question_word_asks_for_a_kind(text: str, kinds: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.unit) for one in asked_in(text)] == kinds


def test_a_figure_suits_what_is_asked_by_its_kind() -> None:
    area = Asked(0, 2, "count", "平方米")
    assert (fits(area, "万平方米", "count"), fits(area, "个", "count")) == (1.0, 0.0)
    assert fits(area, "亿元", "money") == 0.0


def test_one_figure_is_the_value_and_several_are_items(library: Library) -> None:
    one = ask("松霭市新建步道多少公里", library)
    assert (one.value, one.unit) == (Decimal(42), "公里")
    two = ask("松霭2030年发了多少育儿补贴，惠及多少娃", library)
    assert [(i.value, i.unit) for i, _ in two.items] == [
        (Decimal("1.25"), "亿元"),
        (Decimal("2.3"), "万名"),
    ]


@pytest.mark.parametrize(
    ("cell", "unit"), [("≥2.5万人次", "万人次"), ("15.6万张", "万张"), ("1.2万亿元", "万亿元")]
)
def test_ten_thousands_in_a_cell_keep_what_they_count(cell: str, unit: str) -> None:
    assert read_figure(cell).unit == unit


def test_figures_come_in_the_order_of_their_text() -> None:
    found = [q.start for q, _ in figures_in("退税17.05亿元，居全省第4位，2030年3月7日前办结60项")]
    assert len(found) == 4 and found == sorted(found)


def test_what_is_asked_in_ten_thousands_of_a_thing_is_no_money() -> None:
    assert read_question("建了多少万亩高标准农田").unit == "万亩"
    assert read_question("一共多少万").unit == "万元"


def test_a_figure_of_the_sentence_beside_the_year_asked_is_not_told(
    tmp_path: Path,
) -> None:
    (tmp_path / "松霭市报告.md").write_text(YEARS, encoding="utf-8")
    with Library.open(tmp_path / "store", encoder=HashingEncoder()) as store:
        list(index_paths([tmp_path / "松霭市报告.md"], store))
        answer = ask("松霭市2030年改造了多少公里步道，铺了多少平方米草坪", store)
        assert answer.status == "not_found" or "910" not in answer.text


def test_a_sentence_that_contradicts_the_figures_found_is_not_told() -> None:
    found = Answer("?", "answered", "calculator", "3.00万元[1]。", Decimal(3), "万元")
    other = Answer("?", "answered", "passages", "4万元[1]", Decimal(4), "万元")
    same = Answer("?", "answered", "passages", "30000元[1]", Decimal(30000), "元")
    assert not agrees(other, [found]) and agrees(same, [found])
    assert agrees(other, [Answer("?", "not_found", "calculator", "")])


def test_the_passage_goes_with_what_it_tells(library: Library) -> None:
    assert ask("松霭2030年发了多少育儿补贴，惠及多少娃", library).passages
