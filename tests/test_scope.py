"""What a question is about: organisations by name and for short, years, tables; and strangers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from index.library import Library, StoredDocument
from index.model import Profile
from qa import ask
from qa.question import read_question
from qa.scope import Scope, abbreviates, scope_of, without_base

PARKS = "棠屿市芷汀区城市管理局"
CULTURE = "棠屿市芷汀区文化广电体育局"
PLANNING = "棠屿市芷汀区规划和自然资源局"
STREET = "棠屿市芷汀区枫桥街道办事处"


def _stored(organisation: str, year: int | None, kind: str = "部门预算") -> StoredDocument:
    name = f"{organisation}{year}年{kind}.txt"
    profile = Profile(f"{organisation}{year}年{kind}", kind, organisation, year)
    when = datetime(2031, 1, 1, tzinfo=UTC)
    return StoredDocument(name, "0" * 64, "text", profile, None, 1, 1, 1, 0, when)


SHELF = (
    _stored(PARKS, 2023),
    _stored(PARKS, 2024),
    _stored(CULTURE, 2024),
    _stored(PLANNING, 2024, "部门决算"),
    _stored(PLANNING, 2025),
    _stored(STREET, 2024),
)
TITLES = ("一般公共预算支出表（按经济分类）", "2024年部门支出预算总表", "收支总表")


def _scope(question: str) -> Scope:
    return scope_of(read_question(question), SHELF, {d.name: TITLES for d in SHELF})


@pytest.mark.parametrize(
    ("question", "organisations"),
    [
        ("棠屿市芷汀区城市管理局2024年公务接待费", (PARKS,)),
        ("芷汀区城市管理局公务接待费", (PARKS,)),
        ("区城市管理局公务接待费", (PARKS,)),
        ("城市管理局公务接待费", (PARKS,)),
        ("城市管理局２０２４年公務接待費", (PARKS,)),
        ("芷汀规划局公务接待费", (PLANNING,)),
        ("规划资源局公务接待费", (PLANNING,)),
        ("枫桥街道公务接待费", (STREET,)),
        ("枫桥街道办公务接待费", (STREET,)),
        ("城市管理局和文化广电体育局公务接待费哪个高", (PARKS, CULTURE)),
        ("文化广电体育局比城市管理局多多少", (CULTURE, PARKS)),
        ("公务接待费是多少", ()),
        ("教育局公务接待费是多少", ()),
        ("管理局公务接待费是多少", ()),
        ("街道公务接待费是多少", ()),
        ("各部门公务接待费排名", ()),
    ],
)
def test_organisations(question: str, organisations: tuple[str, ...]) -> None:
    scope = _scope(question)
    assert scope.organisations == organisations
    assert {d.profile.organisation for d in scope.documents} == (
        set(organisations) or {d.profile.organisation for d in SHELF}
    )


@pytest.mark.parametrize(
    ("short", "name", "holds"),
    [
        ("芷汀规划局", PLANNING, True),
        ("规划资源局", PLANNING, True),
        ("芷汀城市管理局", PARKS, True),
        ("教育局", PARKS, False),
        ("芷汀教育局", PARKS, False),
        ("管理局", PARKS, False),
        ("城市规划局", PARKS, False),
        ("办事处", STREET, False),
        ("芷汀市", PARKS, False),
    ],
)
def test_for_short_is_the_letters_in_order(short: str, name: str, holds: bool) -> None:
    assert abbreviates(short, name) is holds


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("城市管理局2023年公务接待费", (2023,)),
        ("城市管理局二〇二三年公务接待费", (2023,)),
        ("城市管理局今年公务接待费", (2024,)),
        ("城市管理局去年公务接待费", (2023,)),
        ("城市管理局前年公务接待费", (2022,)),
        ("规划和自然资源局去年公务接待费", (2024,)),
        ("城市管理局2023年公务接待费比上年增加多少", (2023, 2022)),
        ("城市管理局2022至2024年公务接待费", (2022, 2023, 2024)),
        ("城市管理局公务接待费", ()),
    ],
)
def test_relative_years_are_those_of_the_document(question: str, years: tuple[int, ...]) -> None:
    scope = _scope(question)
    assert sorted(scope.years) == sorted(years)
    assert scope.year == (years[0] if len(years) == 1 else None)


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("城市管理局2024年公务接待费比2023年增加多少", (2024,)),
        ("城市管理局2024年公务接待费较上年增加多少", (2024,)),
        ("城市管理局2024年公务接待费", (2024,)),
    ],
)
def test_the_year_held_against_is_no_year_asked_for(question: str, left: tuple[int, ...]) -> None:
    assert without_base(_scope(question)).years == left


def test_budget_and_accounts_are_told_apart() -> None:
    kinds = {
        question: {d.profile.kind for d in _scope(question).documents}
        for question in (
            "规划和自然资源局部门决算的公务接待费",
            "规划和自然资源局部门预算的公务接待费",
            "规划和自然资源局公务接待费年初预算和决算相差多少",
        )
    }
    assert list(kinds.values()) == [{"部门决算"}, {"部门预算"}, {"部门预算", "部门决算"}]


@pytest.mark.parametrize(
    ("question", "titles"),
    [
        ("一般公共预算支出表（按经济分类）中基本工资多少", ("一般公共预算支出表(按经济分类)",)),
        ("支出预算总表的合计是多少", ("2024年部门支出预算总表",)),
        ("收支总表的合计是多少", ("收支总表",)),
        ("基本工资是多少", ()),
        ("代表工作支出是多少", ()),
    ],
)
def test_tables_by_title(question: str, titles: tuple[str, ...]) -> None:
    assert _scope(question).question.titles == titles


def test_an_organisation_that_is_named_is_explained() -> None:
    question = _scope("城市管理局公务接待费").question
    assert question.free() == [False] * 5 + [True] * 5


def test_no_documents_no_scope() -> None:
    scope = scope_of(read_question("城市管理局今年公务接待费"), ())
    assert (scope.documents, scope.organisations, scope.years, scope.year) == ((), (), (), None)


STRANGERS = [
    "教育局2024年公务接待费是多少",
    "芷汀区教育局2024年公务接待费是多少",
    "水务局2024年公务接待费是多少",
    "霁川市城市管理局2024年公务接待费是多少",
    "棠屿市芷汀区城市管理局2019年公务接待费是多少",
    "棠屿市芷汀区城市管理局2026年公务接待费是多少",
    "城市管理局和教育局2024年公务接待费合计多少",
    "比亚迪公司缴了多少税",
    "财政部2024年公务接待费是多少",
    "深圳市2024年公务接待费是多少",
    "市医院2024年公务接待费是多少",
    "枫桥街道2024年公务接待费是多少",
    "第一中学2024年公务接待费是多少",
]


@pytest.mark.parametrize("question", STRANGERS)
def test_a_stranger_gets_no_figure_of_another(question: str, sample_library: Library) -> None:
    answer = ask(question, sample_library)
    assert (answer.status, answer.value, answer.items) == ("not_found", None, ())


@pytest.mark.parametrize(
    "name",
    [
        "棠屿市芷汀区城市管理局",
        "芷汀区城市管理局",
        "区城市管理局",
        "城市管理局",
        "芷汀城市管理局",
        "市芷汀区城市管理局",
    ],
)
def test_any_usual_name_of_an_organisation_will_do(name: str, sample_library: Library) -> None:
    answer = ask(f"{name}2024年公务接待费是多少", sample_library)
    assert (answer.status, str(answer.value), answer.unit) == ("answered", "3.87", "万元")
