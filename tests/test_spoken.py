"""What people type, on an invented city and an invented department: both sides of a budget, totals
that go by their table, slips of the pen, keywords with blanks, English, one question after a story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import invented_budget as invented
import pytest

from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from index.model import Profile
from qa import Answer, ask
from qa.english import in_chinese
from qa.linking import linked
from qa.question import normalise, read_question
from qa.slips import by_sound, mended

CITY = """# 关于松霭市2030年预算执行情况和2031年预算草案的报告

## 一、2030年预算执行情况

2030年，全市社会保险基金预算收入预计50.0亿元，社会保险基金预算支出预计41.5亿元。

## 附表

表1

## 2030年松霭市一般公共预算收入执行情况表

单位：万元

项目|2029年决算数|2030年执行数
税收收入|55000|60000
非税收入|33000|30000
本年收入合计|88000|90000
转移性收入|52000|50000
收入总计|140000|140000

表2

## 2030年松霭市一般公共预算支出执行情况表

单位：万元

项目|2029年决算数|2030年执行数
教育支出|40000|50000
卫生健康支出|60000|66000
住房保障支出|8000|4000
本年支出合计|108000|120000
转移性支出|32000|20000
支出总计|140000|140000
"""

OFFICE = """# 松霭市审计局2031年部门预算

## 一、收支预算说明

2031年收入预算800.00万元，比2030年年初预算数900.00万元减少100.00万元，下降11.11%。

预算收支减少主要原因说明：信息化平台移交给大数据中心，不再由本单位安排。

2031年财政拨款“三公”经费预算数20.00万元，其中：公务接待费5.00万元，公务用车运行维护费15.00万元。

截至2030年底，本部门共有车辆9辆，单位价值100万元以上的设备4台（套）。

## 附表

表1

## 2031年收支总表

单位：万元

收入||支出
项目|预算数|项目|预算数
财政拨款收入|600.00|基本支出|500.00
事业收入|200.00|项目支出|300.00
收入总计|800.00|支出总计|800.00
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("spoken")
    paths = [
        invented.written(folder, CITY, "松霭市2031年政府预算.txt"),
        invented.written(folder, OFFICE, "松霭市审计局2031年部门预算.txt"),
    ]
    with Library.open(folder / "library", encoder=HashingEncoder()) as library:
        assert [r.status for r in index_paths(paths, library)] == ["added", "added"]
        yield library


def _figure(answer: Answer) -> tuple[str, str | None]:
    assert answer.status == "answered", answer.text
    assert answer.value is not None and answer.citations
    return f"{answer.value.normalize():f}", answer.unit


@pytest.mark.parametrize(
    ("question", "value", "unit"),
    [
        # The total of a table of one part of the budget is that part's, not what is added to it.
        ("松霭市2030年全市一般公共预算收入完成多少万元？", "90000", "万元"),
        ("松霭市2030年一般公共预算支出比2029年增加多少万元？", "12000", "万元"),
        ("松霭市2030年税收占一般公共预算收入的比重是多少？", "66.67", "%"),
        # Both sides of one subject.
        ("松霭市2030年财政自给率是多少？", "75", "%"),
        ("松霭市2030年社保基金当年收支结余多少亿元？", "8.5", "亿元"),
        ("松霭市2030年社会保险基金收入减去支出还剩多少亿元？", "8.5", "亿元"),
        # A word for the whole is an operand of its own.
        ("松霭市审计局2031年的收入里事业收入占几成？", "25", "%"),
        # What a change starts from is printed with it.
        ("松霭市审计局2030年的收入预算是多少？", "900", "万元"),
        # Slips of the pen, in names and in offices.
        ("松霭市审记局2031年三工经费多少", "20", "万元"),
        # A story before what is asked.
        ("我做小生意的，很关心公家花钱。听人说审计局不少吃请。松霭市审计局2031年公务接待费是多少？", "5", "万元"),
        ("松霭市审计局2031年公务用车运行维护费平均到每辆车是多少万元？", "1.67", "万元"),
    ],
)  # fmt: skip
def test_a_figure_as_people_ask_for_it(
    question: str, value: str, unit: str, library: Library
) -> None:
    answer = ask(question, library)
    if unit == "%" or "平均" in question:
        assert answer.value is not None, answer.text
        assert f"{round(answer.value, 2).normalize():f}" == value
    else:
        assert _figure(answer) == (value, unit)


def test_keywords_with_blanks_are_asked_one_by_one(library: Library) -> None:
    answer = ask("松霭市审计局 公务车几辆 百万元以上设备几台", library)
    assert answer.status == "answered"
    assert "9 辆" in answer.text and "4 台" in answer.text


def test_which_of_two_moved_more_is_told_with_both(library: Library) -> None:
    answer = ask("松霭市2030年教育支出和卫生健康支出，哪个涨得快？", library)
    assert next(item.label for item, _ in answer.items).startswith("教育支出")
    assert {round(Decimal(str(item.value)), 2) for item, _ in answer.items} == {
        Decimal("25.00"),
        Decimal("10.00"),
    }


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("What was the 2031 budget for official receptions of the Songai Audit Bureau (松霭市审计局)?", "5"),
        ("How many vehicles did the Songai Audit Bureau (松霭市审计局) own at the end of 2030?", "9"),
    ],
)  # fmt: skip
def test_a_question_in_english_is_answered_from_chinese(
    question: str, told: str, library: Library
) -> None:
    answer = ask(question, library)
    assert _figure(answer)[0] == told
    assert answer.question == question


def test_what_the_glossary_does_not_know_is_not_dropped(library: Library) -> None:
    answer = ask(
        "What did the Songai Audit Bureau (松霭市审计局) pay for fireworks in 2031?", library
    )
    assert answer.status == "not_found" and answer.value is None


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("Why did the travel expenses decrease?", "差旅费为什么减少"),
        ("What share of total expenditure goes to education in 2031?", "教育支出2031年占支出总计的比重是多少"),
        ("How much did government procurement increase over last year?", "政府采购比上年增加多少"),
        ("What are the main duties of the audit bureau?", "审计局的主要职责有哪些"),
        ("Which year is this, 2031年?", None),
    ],
)  # fmt: skip
def test_english_is_put_into_chinese_by_phrases(asked: str, told: str | None) -> None:
    if told is None:
        assert in_chinese("公务接待费 budget 是多少") is None
    else:
        assert in_chinese(asked) == told


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("三工经费多少", "三公经费多少"),
        ("政俯采购预算", "政府采购预算"),
        # A word of its own is no slip, nor is a name that is known.
        ("税务局会议费", "税务局会议费"),
        ("水务局会议费", "水务局会议费"),
        # Names of two letters are too short to tell.
        ("公务接代", "公务接代"),
    ],
)
def test_slips_sound_like_what_is_meant(typed: str, meant: str) -> None:
    names = by_sound(["三公经费", "政府采购", "水务局", "接待"])
    assert mended(typed, names) == meant


def test_departments_listed_by_their_functions_are_all_asked(library: Library) -> None:
    shelf = tuple(
        replace(library.documents()[0], name=name, profile=Profile(name, "部门预算", name, 2031))
        for name in ("松霭市审计局", "松霭市民政局", "松霭市城市管理和综合执法局")
    )
    found = linked(read_question("松霭的审计、民政、城管这三家，2031年预算谁最多"), shelf, {})
    assert set(found.organisations) == {d.name for d in shelf}


def test_a_change_taken_for_granted_is_put_right(library: Library) -> None:
    answer = ask("听说松霭市审计局2031年收入预算又涨了，是多少？", library)
    assert _figure(answer) == ("800", "万元")
    assert answer.text.startswith("问题说的是增加，实际是减少 100.00 万元")
    numbers = [citation.n for citation in answer.citations]
    assert numbers == sorted(set(numbers))


def test_a_change_is_explained_by_the_paragraph_behind_it(library: Library) -> None:
    answer = ask("松霭市审计局2031年收入预算腰斩的原因", library)
    assert answer.status == "answered"
    assert "减少 100.00 万元" in answer.text and "移交" in answer.text


@pytest.mark.parametrize(
    ("question", "organisations"),
    [
        ("工务署的会议费多少", ("松霭市建筑工务署",)),
        ("财政局会议费多少", ("松霭市财政局",)),
        ("生态局会议费多少", ("松霭市生态环境局",)),
        # The end of a name that another word makes another's.
        ("白鹭工务署的会议费多少", ()),
        ("水务局会议费多少", ()),
    ],
)
def test_nobody_names_the_city_that_all_documents_are_of(
    question: str, organisations: tuple[str, ...], library: Library
) -> None:
    shelf = tuple(
        replace(library.documents()[0], name=name, profile=Profile(name, "部门预算", name, 2031))
        for name in ("松霭市建筑工务署", "松霭市财政局", "松霭市生态环境局")
    )
    assert linked(read_question(question), shelf, {}).organisations == organisations


@pytest.mark.parametrize(
    "question",
    [
        # 点解, 入面 and 边个 are other ways to write, but only as words of their own.
        "重点解决什么问题",
        "收入面临哪些压力",
        "那边个人所得税是多少",
    ],
)
def test_words_of_a_dialect_are_none_inside_other_words(question: str) -> None:
    assert normalise(question) == question


def test_words_of_a_dialect_are_read_as_the_written_ones() -> None:
    assert normalise("公务接待费点解减少") == "公务接待费为什么减少"
    assert normalise("有幾多架車") == "有多少架车"


def test_a_year_said_in_a_story_is_the_year_asked(library: Library) -> None:
    answer = ask("我在写2030年的材料，松霭市审计局收入预算是多少？", library)
    assert _figure(answer) == ("900", "万元")


@pytest.mark.parametrize(
    "question",
    [
        # 多少了 takes nothing for granted, nor does what is said of another subject.
        "松霭市审计局2031年收入预算是多少了",
        "听说公务接待费涨了。松霭市审计局2031年收入预算是多少？",
    ],
)
def test_what_is_not_asserted_is_not_put_right(question: str, library: Library) -> None:
    answer = ask(question, library)
    assert _figure(answer) == ("800", "万元")
    assert "问题说的是" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Who approved the 2031 budget of the audit bureau?",
        "When was the 2031 budget of the audit bureau approved?",
        "Where is the audit bureau?",
    ],
)
def test_what_english_asks_for_is_not_dropped(question: str) -> None:
    told = in_chinese(question)
    assert told is not None and question.split()[0].lower() in told


def test_a_word_that_only_nearly_sounds_alike_is_no_slip() -> None:
    names = by_sound(["非税收入征收成本"])
    assert mended("非税收入增收成本", names) == "非税收入增收成本"


def test_the_whole_behind_a_subject_is_no_second_name(library: Library) -> None:
    answer = ask("松霭市审计局2031年“三公”经费预算总额是多少？", library)
    assert _figure(answer) == ("20", "万元")
