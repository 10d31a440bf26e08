"""The one place where text becomes a number: absent, empty, zero, nil and withheld kept apart."""

from __future__ import annotations

from decimal import Decimal

import pytest

from index.figures import chinese_ordinal, find_quantities, half_width, plain, read_figure


@pytest.mark.parametrize(
    ("text", "value", "unit", "comparator"),
    [
        ("0.00", "0.00", "", ""),
        ("1,234.50", "1234.50", "", ""),
        ("1234.5", "1234.5", "", ""),
        ("１２，３４５．００", "12345.00", "", ""),
        ("-1.00", "-1.00", "", ""),
        ("−1.00", "-1.00", "", ""),
        ("△12.50", "-12.50", "", ""),
        ("▲ 3", "-3", "", ""),
        ("(3.20)", "-3.20", "", ""),
        ("（1,000）", "-1000", "", ""),
        ("2,542.6\n0", "2542.60", "", ""),
        ("90%", "90", "%", ""),
        ("1590.0％", "1590.0", "%", ""),
        ("≥95%", "95", "%", "≥"),
        ("≤2000元/人", "2000", "元/人", "≤"),
        ("不少于500项", "500", "项", "≥"),
        ("4次以上", "4", "次", "≥"),
        ("约3万元", "3", "万元", "≈"),
        ("30个园区", "30", "个", ""),
    ],
)
def test_a_cell_that_is_a_number(text: str, value: str, unit: str, comparator: str) -> None:
    figure = read_figure(text)
    assert figure.presence == "number"
    assert (str(figure.value), figure.unit, figure.comparator) == (value, unit, comparator)
    assert figure.text == text


@pytest.mark.parametrize(
    ("text", "presence"),
    [
        ("", "empty"),
        ("　 ", "empty"),
        ("-", "nil"),
        ("—", "nil"),
        ("——", "nil"),
        ("/", "nil"),
        ("*", "withheld"),
        ("***", "withheld"),
        ("符合要求", "text"),
        ("2031年", "text"),
        ("7*24小时响应", "text"),
        ("12345热线", "text"),
        ("0755-12345678", "text"),
        ("1-11月", "text"),
        ("1.2.3", "text"),
        ("1,23", "text"),
    ],
)
def test_a_cell_that_is_no_number(text: str, presence: str) -> None:
    figure = read_figure(text)
    assert (figure.presence, figure.value) == (presence, None)


def test_negative_zero_is_zero() -> None:
    assert read_figure("-0.00").value == 0


def test_a_fraction_shown_as_percentage_is_a_percentage() -> None:
    figure = read_figure("0.125", percent=True)
    assert (figure.value, figure.unit) == (Decimal("12.5"), "%")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("预算1,500.00万元", [("1500.00", "万元")]),
        ("减少2.00万元，下降9.5%", [("2.00", "万元"), ("9.5", "%")]),
        ("12亿元和3千元", [("12", "亿元"), ("3", "千元")]),
        ("提高2.5个百分点", [("2.5", "个百分点")]),
        ("共车辆5辆、设备0台（套）", [("5", "辆"), ("0", "台（套）")]),
        ("接待12批次、96人次", [("12", "批次"), ("96", "人次")]),
        ("增长1590.0%", [("1590.0", "%")]),
        ("安置500余人", [("500", "人")]),
    ],
)
def test_quantities_of_a_sentence(text: str, found: list[tuple[str, str]]) -> None:
    assert [(str(q.value), q.unit) for q in find_quantities(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "2031年1月至2031年11月",
        "截至2030年12月31日",
        "拨打12345热线",
        "电话：0755-12345678",
        "1.公务接待费",
        "“20+8”产业集群",
        "第3届运动会",
        "GB2312年鉴",
    ],
)
def test_what_looks_like_a_quantity_and_is_none(text: str) -> None:
    assert list(find_quantities(text)) == []


def test_a_quantity_says_where_it_stands() -> None:
    text = "较2030年减少20.00万元。"
    (quantity,) = find_quantities(text)
    assert text[quantity.start : quantity.end] == quantity.text == "20.00万元"


def test_a_bound_before_or_behind() -> None:
    assert [q.comparator for q in find_quantities("不少于5次、超过3家、2项以上")] == ["≥", ">", "≥"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("四十七", 47),
        ("一百零三", 103),
        ("８", 8),
        ("甲", None),
    ],
)
def test_chinese_ordinals(text: str, number: int | None) -> None:
    assert chinese_ordinal(text) == number


def test_half_width_keeps_the_length() -> None:
    text = "（１．５％）　①……“元”"
    assert half_width(text) == "(1.5%) ①……“元”"
    assert len(half_width(text)) == len(text)


def test_a_plain_number_has_no_exponent() -> None:
    assert (plain(Decimal("1E+3")), plain(Decimal("4.00"))) == ("1000", "4.00")
