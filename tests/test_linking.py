"""Departments and places in a question: in full, for short, misspelt, by place, by a row; strangers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from index.library import StoredDocument
from index.model import Profile
from qa.linking import linked
from qa.organisations import owner_of
from qa.question import read_question
from qa.slips import by_sound, mended

PLANNING = "棠屿市发展和改革委员会"
HEALTH = "棠屿市卫生健康委员会"
POLICE = "棠屿市公安局交通管理支队"
CIVIL, CIVIL_ELSEWHERE = "棠屿市民政局（本级）", "霁川市民政局"
AUDIT = "霁川市审计局"
PLACE, PEOPLE = "澜州市", "芷汀傣族自治州"
SAFETY = "澜州市安全生产监督管理局"


def _stored(organisation: str) -> StoredDocument:
    kind = "政府预算" if organisation in (PLACE, PEOPLE) else "部门预算"
    profile = Profile(f"{organisation}2031年{kind}", kind, organisation, 2031)
    when = datetime(2031, 1, 1, tzinfo=UTC)
    name = f"{organisation}2031年{kind}.txt"
    return StoredDocument(name, "0" * 64, "text", profile, None, 1, 1, 1, 0, when)


SHELF = tuple(
    _stored(name)
    for name in (PLANNING, HEALTH, POLICE, CIVIL, CIVIL_ELSEWHERE, AUDIT, PLACE, PEOPLE, SAFETY)
)
ROWS = {
    SHELF[0].name: ("棠屿市价格认证中心", "合计", "机关服务中心"),
    SHELF[1].name: ("棠屿市第三医院", "机关服务中心"),
}


def _linked(question: str, shelf: tuple[StoredDocument, ...] = SHELF) -> tuple[str, ...]:
    names = by_sound(n for d in shelf for n in owner_of(d.profile.organisation).spellings)
    return linked(read_question(mended(question, names)), shelf, ROWS).organisations


@pytest.mark.parametrize(
    ("question", "organisations"),
    [
        ("棠屿市发改委2031年会议费多少", (PLANNING,)),
        ("棠屿发展改革委2031年会议费多少", (PLANNING,)),
        ("棠嶼市發改委2031年會議費多少", (PLANNING,)),
        ("市卫健委会议费多少", (HEALTH,)),
        ("棠屿交警支队有几辆车", (POLICE,)),
        ("棠屿交警的会议费多少", (POLICE,)),
        ("棠屿市公安局交警支队会议费多少", (POLICE,)),
        ("澜州安监局会议费多少", (SAFETY,)),
        ("澜州2031年教育支出多少", (PLACE,)),
        ("澜洲2031年教育支出多少", (PLACE,)),
        ("芷汀州2031年教育支出多少", (PEOPLE,)),
        ("发改委和卫健委的会议费差多少", (PLANNING, HEALTH)),
    ],
)
def test_a_name_for_short(question: str, organisations: tuple[str, ...]) -> None:
    assert _linked(question) == organisations


@pytest.mark.parametrize(
    ("question", "organisations"),
    [
        ("棠屿民政局会议费多少", (CIVIL,)),
        ("棠屿民政系统（市民政局部门）的会议费多少", (CIVIL,)),
        ("霁川的民政部门，民政局会议费多少", (CIVIL_ELSEWHERE,)),
        ("霁川市和棠屿市的民政局会议费谁多", (CIVIL_ELSEWHERE, CIVIL)),
        ("民政局会议费多少", (CIVIL, CIVIL_ELSEWHERE)),
    ],
)
def test_departments_of_one_name_are_told_apart_by_their_place(
    question: str, organisations: tuple[str, ...]
) -> None:
    assert _linked(question) == organisations


@pytest.mark.parametrize(
    ("question", "organisations"),
    [
        ("霁川市审记局会议费多少", (AUDIT,)),
        ("霁川市民正局会议费多少", (CIVIL_ELSEWHERE,)),
        # As 审计局 alone is read, where one department has that name.
        ("审记局会议费多少", (AUDIT,)),
        # A function of its own is no slip for another.
        ("霁川市税务局会议费多少", ()),
        ("霁川市统计局会议费多少", ()),
        ("霁川市体育局会议费多少", ()),
    ],
)
def test_a_letter_that_sounds_alike_is_a_slip(
    question: str, organisations: tuple[str, ...]
) -> None:
    assert _linked(question) == organisations


@pytest.mark.parametrize(
    "question",
    [
        "教育局会议费多少",
        "棠屿市教育局会议费多少",
        "广州民政局会议费多少",
        "棠屿市公安局会议费多少",
        "棠屿市监督局会议费多少",
        "苏州市2031年教育支出多少",
        "委员会会议费多少",
        "机关服务中心会议费多少",
    ],
)
def test_a_stranger_is_not_linked(question: str) -> None:
    assert _linked(question) == ()


@pytest.mark.parametrize("question", ["价格认证中心的会议费多少", "棠屿市价格认证中心会议费多少"])
def test_a_row_that_one_department_has_stands_for_it(question: str) -> None:
    assert _linked(question) == (PLANNING,)


def test_a_place_alone_stands_for_its_one_department() -> None:
    shelf = tuple(d for d in SHELF if d.profile.organisation in (CIVIL_ELSEWHERE, POLICE))
    assert _linked("霁川低保标准多少", shelf) == (CIVIL_ELSEWHERE,)
    assert _linked("霁川市教育局的会议费多少", shelf) == ()
    assert _linked("霁川全市财政收入多少", shelf) == ()


def test_a_place_alone_leaves_its_departments_open() -> None:
    found = linked(read_question("霁川的会议费多少"), SHELF, ROWS)
    assert found.organisations == ()
    assert {d.profile.organisation for d in found.documents} == {CIVIL_ELSEWHERE, AUDIT}


def test_a_department_of_the_place_whose_function_is_asked_for_stays_possible() -> None:
    found = linked(read_question("2031年澜州安全生产月活动经费多少"), SHELF, ROWS)
    assert {d.profile.organisation for d in found.documents} == {PLACE, SAFETY}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("棠屿市财务中心（棠屿市财政科学研究所）", "棠屿财政科学研究所"),
        ("中共棠屿市芷汀区委社会工作部", "芷汀区社会工作部"),
        ("棠屿市芷汀区人民政府办公室", "芷汀区府办"),
        ("澜江省高级人民法院", "省高院"),
        ("棠屿市人力资源和社会保障局", "人社局"),
        ("棠屿市住房和城乡建设局", "住建局"),
        ("棠屿市应急管理局", "应急局"),
    ],
)
def test_other_names(name: str, said: str) -> None:
    assert said in {found.text for found in owner_of(name).said_in(said)}
