"""What the report of a government states: funds and their sides, districts, periods, purposes."""

from __future__ import annotations

import pytest

from index.model import Document, Fact, Heading, Paragraph, Profile, Source
from index.statements import statements

REPORT = Profile("2031年预算草案", "政府预算", "深林市", 2031)
TITLE = "关于深林市2030年预算执行情况与2031年预算（草案）的报告"

Said = tuple[str, tuple[str, ...], str, str, int | None, str]


def facts(*lines: str) -> list[Fact]:
    """What a report states; a line that begins with # is a heading, ## one below it."""
    blocks = tuple(
        Heading(line.lstrip("#"), line.count("#"), Source("d.txt", line=n))
        if line.startswith("#")
        else Paragraph(line, Source("d.txt", line=n))
        for n, line in enumerate(lines, 1)
    )
    return statements(Document("d.txt", "", "text", blocks), REPORT)


def said(*lines: str) -> list[Said]:
    return [
        (f.label, f.path, str(f.value), f.unit, f.year, f.basis)
        for f in facts(*lines)
        if not f.derived
    ]


def test_a_side_without_a_fund_takes_the_fund_of_its_section_not_the_clause_before() -> None:
    assert said(
        "#二、2031年预算草案",
        "##（一）一般公共预算",
        "一般公共预算收入20亿元，加上上级补助收入、上年结转收入等30亿元，收入总计50亿元。"
        "支出预算安排44亿元，加上上解支出2亿元、结转下年4亿元，支出总计50亿元。",
    ) == [
        ("一般公共预算收入", (), "20", "亿元", 2031, "预算"),
        ("上级补助收入、上年结转收入等", (), "30", "亿元", 2031, "预算"),
        ("一般公共预算收入总计", (), "50", "亿元", 2031, "预算"),
        ("一般公共预算支出", (), "44", "亿元", 2031, "预算"),
        ("上解支出", (), "2", "亿元", 2031, "预算"),
        ("一般公共预算结转下年", (), "4", "亿元", 2031, "预算"),
        ("一般公共预算支出总计", (), "50", "亿元", 2031, "预算"),
    ]


def test_an_item_names_the_fund_of_its_sides_and_balances() -> None:
    assert said(
        "#二、2031年预算安排",
        "4.社会保险基金预算。收入预算安排8亿元，其中：保险费收入6亿元、财政补贴收入2亿元。"
        "支出预算安排7亿元，年度收支结余1亿元，年末滚存结余22亿元。",
    ) == [
        ("社会保险基金预算收入", (), "8", "亿元", 2031, "预算"),
        ("保险费收入", ("社会保险基金预算收入",), "6", "亿元", 2031, "预算"),
        ("财政补贴收入", ("社会保险基金预算收入",), "2", "亿元", 2031, "预算"),
        ("社会保险基金预算支出", (), "7", "亿元", 2031, "预算"),
        ("社会保险基金预算年度收支结余", (), "1", "亿元", 2031, "预算"),
        ("社会保险基金预算年末滚存结余", (), "22", "亿元", 2031, "预算"),
    ]


def test_a_side_of_no_fund_at_all_is_no_figure() -> None:
    assert said("#一、工作回顾", "支出完成80亿元。") == []


def test_the_year_in_the_name_of_an_item_is_not_the_figure_s() -> None:
    stated = said(
        "#一、2030年预算执行情况",
        "政府性基金预算收入完成29亿元，加上上年结转42亿元、以前年度结余3亿元，收入合计74亿元。",
        "非税收入完成8亿元，与去年持平，罚没收入1亿元。",
    )
    assert {year for *_, year, _ in stated} == {2030}
    assert ("政府性基金预算以前年度结余", (), "3", "亿元", 2030, "执行") in stated


def test_the_balance_of_a_year_named_in_its_sentence_is_of_that_year() -> None:
    stated = said("#一、2030年工作", "2031年全市社会保险基金预算收入90亿元，当年收支结余5亿元。")
    assert [(f[0], f[4]) for f in stated] == [
        ("社会保险基金预算收入", 2031),
        ("社会保险基金预算当年收支结余", 2031),
    ]


def test_the_basis_is_of_the_innermost_heading_that_says_one_alone() -> None:
    (fact,) = facts(f"#{TITLE}", "##二、2031年预算草案", "税收收入94亿元。")
    assert (fact.basis, fact.year) == ("预算", 2031)
    (fact,) = facts(f"#{TITLE}", "##三、扎实做好财政工作", "节约资金94亿元。")
    assert fact.basis == ""


@pytest.mark.parametrize(
    "text",
    [
        "2026-2030年，全市税收收入累计超过千亿元，较上个五年增长15%；累计争取资金150亿元。",
        "五年来，财政收入稳步增长。教育支出累计完成310亿元，民生支出占比75%以上。",
        "教育支出比“十三五”时期增长15.4%。",
        "近年累计拨付国债资金16亿元，拨付特别国债资金8亿元。",
    ],
)
def test_the_sums_of_several_years_are_no_figures_of_one(text: str) -> None:
    assert said("#一、2030年预算执行情况", text) == []


def test_a_year_ends_the_talk_of_several() -> None:
    text = "五年来，收入稳步增长。教育支出累计310亿元。2030年，教育支出完成70亿元。"
    assert [f[:3] for f in said("#一、2030年预算执行情况", text)] == [("教育支出", (), "70")]


def test_what_money_is_for_stands_behind_it() -> None:
    stated = said(
        "#一、2030年工作",
        "争取债券资金109亿元，其中安排45亿元用于86个重点项目建设，安排25亿元用于土地收储。"
        "安排3700万元，支持青湖学院改善办学条件。市本级安排40亿元产业扶持资金。",
    )
    assert [(label, path, value) for label, path, value, *_ in stated] == [
        ("争取债券资金", (), "109"),
        ("86个重点项目建设", ("争取债券资金",), "45"),
        ("重点项目建设", ("争取债券资金",), "86"),
        ("土地收储", ("争取债券资金",), "25"),
        ("支持青湖学院改善办学条件", (), "3700"),
        ("产业扶持资金", (), "40"),
    ]


def test_money_spent_on_nothing_that_is_said_is_no_figure_of_the_clause_before() -> None:
    text = "下达资助经费3亿元，惠及学生58万人次。全市上下同心，共安排9亿元。"
    assert [(f[0], f[2]) for f in said("#一、2030年工作", text)] == [
        ("下达资助经费", "3"),
        ("惠及学生", "58"),
    ]


def test_a_heading_sentence_is_what_is_spent_on() -> None:
    stated = said("#二、2031年预算草案", "——偿债支出。安排4亿元，占比6%。")
    assert [(f[0], f[2]) for f in stated] == [("偿债支出", "4"), ("偿债支出", "6")]


def test_a_bracket_does_not_change_the_subject() -> None:
    text = "争取上级资金300亿元（不含特别国债34亿元），增长5%。"
    assert [(f[0], f[2]) for f in said("#一、2030年工作", text)] == [
        ("争取上级资金", "300"),
        ("特别国债", "34"),
        ("争取上级资金", "5"),
    ]


def test_the_parts_in_a_bracket_are_below_the_whole_before_it() -> None:
    text = (
        "主要包括：在职人员经费30亿元（包括基本工资20亿元，绩效工资10亿元），离退休人员经费6亿元。"
    )
    assert [(f[0], f[1][-1:]) for f in said("#二、2031年预算草案", text)] == [
        ("在职人员经费", ()),
        ("基本工资", ("在职人员经费",)),
        ("绩效工资", ("在职人员经费",)),
        ("离退休人员经费", ()),
    ]


def test_a_standard_raised_has_two_years() -> None:
    text = "养老金补助、护理补贴分别由每人每月151元、90元提高至171元、100元，医疗补助由每人每年94元提高至99元。"
    assert [(f[0], f[2], f[4]) for f in said("#一、2030年工作", text)] == [
        ("养老金补助", "151", 2029),
        ("护理补贴", "90", 2029),
        ("养老金补助", "171", 2030),
        ("护理补贴", "100", 2030),
        ("医疗补助", "94", 2029),
        ("医疗补助", "99", 2030),
    ]


def test_the_figures_of_a_district_bear_its_name() -> None:
    stated = facts(
        "#一、青湖管理区",
        "##（一）2030年预算执行情况",
        "地方一般公共预算收入完成6亿元，加上上级补助4亿元，收入合计10亿元。",
        "全市上下艰苦奋斗，节约资金1亿元。",
    )
    assert [(f.label, f.path) for f in stated] == [
        ("青湖管理区地方一般公共预算收入", ()),
        ("上级补助", ("青湖管理区",)),
        ("青湖管理区一般公共预算收入合计", ()),
        ("节约资金", ()),
    ]


def test_the_number_and_year_of_an_attachment_are_no_figure() -> None:
    assert said("#三、附件", "2.2031年市级一般公共预算收支总表") == []


def test_a_count_that_looks_like_a_year_is_none() -> None:
    (fact,) = facts("#一、工作情况", "新增担保1956笔、39.79亿元。")[1:]
    assert (str(fact.value), fact.unit, fact.year) == ("39.79", "亿元", 2031)


def test_a_summary_of_the_year_before_is_of_that_year() -> None:
    blocks = (
        Heading("一、2030年工作总结", 1, Source("d.txt", line=1)),
        Paragraph("全市盘活存量资金10.8亿元。", Source("d.txt", line=2)),
    )
    profile = Profile("深林市财政局2030年工作总结和2031年工作计划", "other", "深林市财政局", 2031)
    (fact,) = statements(Document("d.txt", "", "text", blocks), profile)
    assert fact.year == 2030
