"""Questions as people type them, made uniform and read: scope, units, bounds, codes, cues."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question import Threshold, cue_spans, has, normalise, read_question


@pytest.mark.parametrize(
    ("typed", "uniform"),
    [
        ("２０２４年公务接待费是多少？", "2024年公务接待费是多少"),
        ("公務接待費為何減少", "公务接待费为何减少"),
        ("三公經費多少萬元", "三公经费多少万元"),
        ("二〇二四年支出", "2024年支出"),
        ("二零二四年支出", "2024年支出"),
        ("二○二四年支出", "2024年支出"),
        ("24年公务接待费", "2024年公务接待费"),
        ("“三公”经费　多少", "三公经费多少"),
        ("超过一千万元的项目", "超过1000万元的项目"),
        ("超过五百万的项目", "超过500万的项目"),
        ("超过三十五万元的", "超过35万元的"),
        ("因公出国（境）费用", "因公出国(境)费用"),
        ("请问公务接待费是多少", "公务接待费是多少"),
        ("你好，麻烦帮我查一下公务接待费", "公务接待费"),
        ("公务接待费是多少？？！。", "公务接待费是多少"),
        ("  ", ""),
        ("？", ""),
    ],
)
def test_one_spelling(typed: str, uniform: str) -> None:
    assert normalise(typed) == uniform


@given(st.text(alphabet="请问二〇零四年２０２４公務接待費多少万元（）“”？，。 ab1", max_size=30))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert not set(once) & set("“”？（）　２０４")


@pytest.mark.parametrize(
    ("typed", "years", "relative"),
    [
        ("2024年公务接待费", (2024,), ()),
        ("二〇二三年度公务接待费", (2023,), ()),
        ("2023年和2024年的公务接待费", (2023, 2024), ()),
        ("2024年比2023年增加多少", (2024, 2023), ()),
        ("2022至2024年三公经费", (2022, 2023, 2024), ()),
        ("2022年到2024年三公经费", (2022, 2023, 2024), ()),
        ("2022-2024年三公经费", (2022, 2023, 2024), ()),
        ("今年公务接待费", (), (0,)),
        ("去年公务接待费", (), (-1,)),
        ("上年公务接待费", (), (-1,)),
        ("上年度公务接待费", (), (-1,)),
        ("前年公务接待费", (), (-2,)),
        ("明年公务接待费", (), (1,)),
        ("今年比去年增加多少", (), (-1, 0)),
        ("2024年比上年增加多少", (2024,), (-1,)),
        ("公务接待费", (), ()),
        ("科目2150517的支出", (), ()),
        ("超过2024万元的项目", (), ()),
        ("2024年超过2000万元的项目", (2024,), ()),
    ],
)
def test_years(typed: str, years: tuple[int, ...], relative: tuple[int, ...]) -> None:
    question = read_question(typed)
    assert question.years == years
    assert sorted(question.relative) == sorted(relative)


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        ("公务接待费是多少万元", "万元"),
        ("公务接待费是多少萬元？", "万元"),
        ("公务接待费是多少元", "元"),
        ("公务接待费多少亿元", "亿元"),
        ("公务接待费多少亿", "亿元"),
        ("公务接待费多少万", "万元"),
        ("支出总计换算成亿元", "亿元"),
        ("286.04万元折合成多少元", "元"),
        ("公务接待费以元为单位", "元"),
        ("公务接待费占百分之几", "%"),
        ("公务接待费增长几个百分点", "%"),
        ("共有多少辆车", "辆"),
        ("接待了多少批次", "批次"),
        ("接待了多少人次", "人次"),
        ("公务接待费是多少", ""),
        ("有多少个项目", ""),
    ],
)
def test_the_unit_asked_for(typed: str, unit: str) -> None:
    assert read_question(typed).unit == unit


@pytest.mark.parametrize(
    ("typed", "sign", "value", "unit"),
    [
        ("超过1000万元的项目", ">", "1000", "万元"),
        ("大于1,000.50万元的项目", ">", "1000.50", "万元"),
        ("超过一千万元的项目", ">", "1000", "万元"),
        ("超过两千万元的项目", ">", "2000", "万元"),
        ("高于3亿元的科目", ">", "3", "亿元"),
        ("超过3亿的科目", ">", "3", "亿元"),
        ("超过500万的科目", ">", "500", "万元"),
        ("不低于50万元的项目", ">=", "50", "万元"),
        ("不少于50万元的项目", ">=", "50", "万元"),
        ("至少50万元的项目", ">=", "50", "万元"),
        ("50万元以上的项目", ">=", "50", "万元"),
        ("50万元及以上的项目", ">=", "50", "万元"),
        ("低于50万元的项目", "<", "50", "万元"),
        ("不足50万元的项目", "<", "50", "万元"),
        ("不到50万元的项目", "<", "50", "万元"),
        ("不超过50万元的项目", "<=", "50", "万元"),
        ("50万元以下的项目", "<=", "50", "万元"),
        ("50万元以内的项目", "<=", "50", "万元"),
        ("增长超过10%的项目", ">", "10", "%"),
        ("金额超过500000元的项目", ">", "500000", "元"),
    ],
)
def test_bounds(typed: str, sign: str, value: str, unit: str) -> None:
    assert read_question(typed).thresholds == (Threshold(sign, Decimal(value), unit),)


def test_two_bounds_are_two_bounds() -> None:
    found = read_question("超过10万元且不超过50万元的项目").thresholds
    assert [(t.comparison, t.value) for t in found] == [(">", Decimal(10)), ("<=", Decimal(50))]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("科目2150517的支出总计是多少", ("2150517",)),
        ("２１５０５１７科目", ("2150517",)),
        ("30101和30102合计", ("30101", "30102")),
        ("301是多少", ("301",)),
        ("编码为21208的科目", ("21208",)),
        ("超过301万元的项目", ()),
        ("2024年支出", ()),
        ("215.05是多少", ()),
        ("21505178的支出", ()),
        ("302人参加", ()),
    ],
)
def test_codes_are_neither_years_nor_amounts(typed: str, codes: tuple[str, ...]) -> None:
    assert read_question(typed).codes == codes


@pytest.mark.parametrize(
    ("typed", "tables"),
    [
        ("表8中基本工资是多少", ("8",)),
        ("附表8中基本工资是多少", ("8",)),
        ("表八中基本工资是多少", ("8",)),
        ("附表十一的合计", ("11",)),
        ("表1-2的合计", ("1-2",)),
        ("表3和表4的合计一致吗", ("3", "4")),
        ("代表8人", ()),
        ("收支总表的合计", ()),
    ],
)
def test_table_numbers(typed: str, tables: tuple[str, ...]) -> None:
    assert read_question(typed).tables == tables


@pytest.mark.parametrize(
    ("typed", "basis"),
    [
        ("公务接待费年初预算和决算相差多少", ("预算", "决算")),
        ("公务接待费决算数是多少", ("决算",)),
        ("2023年执行数是多少", ("执行",)),
        ("公务接待费是多少", ()),
    ],
)
def test_basis(typed: str, basis: tuple[str, ...]) -> None:
    assert read_question(typed).basis == basis


@pytest.mark.parametrize(
    ("typed", "level"),
    [("全市教育支出", "全市"), ("市本级教育支出", "市本级"), ("教育支出", "")],
)
def test_level(typed: str, level: str) -> None:
    assert read_question(typed).level == level


def test_a_subject_with_its_classes_is_the_last_of_them() -> None:
    question = read_question("卫生健康支出（类）行政事业单位医疗（款）行政单位医疗（项）多少")
    assert question.text == "行政单位医疗多少"
    assert question.parents == ("卫生健康支出", "行政事业单位医疗")


def test_what_is_read_is_no_longer_free() -> None:
    question = read_question("2024年表8中30101超过50万元的有多少元")
    free = "".join(c for c, f in zip(question.text, question.free(), strict=True) if f)
    assert not any(c.isdigit() for c in free)
    assert read_question("公务接待费").free() == [True] * 5


@pytest.mark.parametrize(
    ("question", "cue"),
    [
        ("公务接待费为何减少", "why"),
        ("公务接待费为啥少了", "why"),
        ("什么是三公经费", "define"),
        ("下设哪些部门", "describe"),
        ("金额最大的三个项目", "rank"),
        ("哪些项目超过50万元", "filter"),
        ("有几个项目", "count"),
        ("加起来多少", "sum"),
        ("公务接待费占三公经费的比重", "share"),
        ("增长百分之几", "growth"),
        ("平均每辆车多少", "average"),
        ("收入支出一致吗", "check"),
        ("近三年变化", "series"),
    ],
)
def test_cues(question: str, cue: str) -> None:
    assert has(question, cue)
    assert all(question[start:end] for start, end in cue_spans(question, cue))
    assert not has("公务接待费", cue)
