"""Follow-up questions: what they mean, what stays open, and that whole questions are left alone."""

from __future__ import annotations

import pytest

from index.library import Library
from qa import Answer, ask, choose
from qa.conversation import resolve
from qa.lexicon import lexicon_of

FIGURE = "城市管理局2024年公务接待费是多少？"
CAR = "城市管理局2024年公务用车购置费是多少"
RANK = "城市管理局2024年金额最大的三个项目"
SHARE = "城市管理局2024年三公经费占支出总计的比重是多少"
CHANGE = "城市管理局2024年三公经费比2022年增加多少"
SUM = "城市管理局2024年基本工资、津贴补贴和奖金合计多少万元"


def talk(library: Library, *questions: str) -> list[Answer]:
    history: list[Answer] = []
    for question in questions:
        history.append(ask(question, library, history=history))
    return history


# The conversation, and the full question that its last turn means.
MEANT = [
    # another year, named or told from the one before
    ((FIGURE, "那2023年呢？"), "城市管理局2023年公务接待费是多少"),
    ((FIGURE, "2022年的呢"), "城市管理局2022年公务接待费是多少"),
    ((FIGURE, "2023年"), "城市管理局2023年公务接待费是多少"),
    ((FIGURE, "２０２３年是多少？"), "城市管理局2023年公务接待费是多少"),
    ((FIGURE, "上一年呢"), "城市管理局2023年公务接待费是多少"),
    ((FIGURE, "那2023年呢？", "上一年呢"), "城市管理局2022年公务接待费是多少"),
    ((FIGURE, "那2022年呢？", "去年呢"), "城市管理局2023年公务接待费是多少"),
    ((FIGURE, "那2022年呢？", "今年呢"), "城市管理局2024年公务接待费是多少"),
    ((CHANGE, "那2023年呢？"), "城市管理局2023年三公经费比2022年增加多少"),
    # another department
    ((FIGURE, "那文化广电体育局呢？"), "文化广电体育局2024年公务接待费是多少"),
    ((FIGURE, "文化广电体育局2023年呢"), "文化广电体育局2023年公务接待费是多少"),
    ((FIGURE, "那水务局呢？"), "水务局2024年公务接待费是多少"),
    # another subject
    ((FIGURE, "培训费呢？"), "城市管理局2024年培训费是多少"),
    ((FIGURE, "那2023年的培训费呢？"), "城市管理局2023年培训费是多少"),
    ((SHARE, "公务接待费呢"), "城市管理局2024年公务接待费占支出总计的比重是多少"),
    ((FIGURE, "那培训费比上年增加了多少"), "城市管理局2024年培训费比上年增加了多少"),
    # another thing asked of the same
    ((FIGURE, "占比是多少？"), "城市管理局2024年公务接待费占比是多少"),
    ((FIGURE, "占三公经费的比重呢？"), "城市管理局2024年公务接待费占三公经费的比重"),
    ((FIGURE, "那2023年占比多少？"), "城市管理局2023年公务接待费占比多少"),
    ((FIGURE, "它占三公经费的比重是多少"), "城市管理局2024年公务接待费占三公经费的比重是多少"),
    ((FIGURE, "比上年增加了多少？"), "城市管理局2024年公务接待费比上年增加了多少"),
    ((CAR, "为什么？"), "城市管理局2024年公务用车购置费为什么变化"),
    ((CAR, "比上年增加了多少？", "为什么"), "城市管理局2024年公务用车购置费为什么增加"),
    ((CHANGE, "原因是什么"), "城市管理局2024年三公经费为什么增加"),
    # another unit
    ((FIGURE, "换成元"), "城市管理局2024年公务接待费是多少,换算成元"),
    ((FIGURE, "换算成亿元是多少？"), "城市管理局2024年公务接待费是多少,换算成亿元"),
    ((FIGURE, "是多少元？"), "城市管理局2024年公务接待费是多少,换算成元"),
    # another place in a ranking
    ((RANK, "第二大的呢？"), "城市管理局2024年金额最大的2个项目"),
    ((RANK, "最小的呢？"), "城市管理局2024年金额最小的项目"),
    ((RANK, "前五个呢"), "城市管理局2024年金额最大的5个项目"),
]


@pytest.mark.parametrize(("questions", "full"), MEANT, ids=[" ".join(q) for q, _ in MEANT])
def test_a_follow_up_is_written_out(questions, full, sample_library):
    assert talk(sample_library, *questions)[-1].asked == full


OPEN = [
    ("那2023年呢？",),
    ("换成元",),
    (SUM, "培训费呢？"),
    (RANK, "为什么？"),
    (RANK, "培训费呢"),
    (FIGURE, "占比是多少？", "换成元"),
    (FIGURE, "第二大的呢？"),
    ("2023年和2024年城市管理局公务接待费分别是多少", "那2022年呢？"),
    ("什么是三公经费", "为什么"),
]


@pytest.mark.parametrize("questions", OPEN, ids=[" ".join(q) for q in OPEN])
def test_what_stays_open_is_not_answered(questions, sample_library):
    answer = talk(sample_library, *questions)[-1]
    assert (answer.status, answer.value, answer.items) == ("not_found", None, ())
    assert "因此不作答" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        FIGURE,
        CAR,
        RANK,
        SHARE,
        CHANGE,
        SUM,
        "文化广电体育局2023年培训费呢",
        "什么是三公经费",
        "2024年公务接待费是多少元",
        "城市管理局2024年公务用车购置费为什么减少",
        "城市管理局2024年金额最大的项目是哪个",
        "你好，请问城市管理局有多少辆车",
    ],
)
def test_a_whole_question_is_not_changed_by_what_was_before(question, sample_library):
    history = talk(sample_library, RANK, "文化广电体育局2022年培训费是多少")
    assert resolve(question, history, lexicon_of(sample_library)) is None
    alone, after = ask(question, sample_library), ask(question, sample_library, history=history)
    if alone.status == "answered":
        assert after.to_record() | {"elapsed_ms": 0} == alone.to_record() | {"elapsed_ms": 0}


def test_an_open_follow_up_does_not_break_the_thread(sample_library):
    *_, still, year = talk(sample_library, FIGURE, "占比是多少？", "换成元", "那2023年呢？")
    assert (still.status, still.to_record()["notes"]) == ("not_found", [])
    assert year.asked == "城市管理局2023年公务接待费占比是多少"


def test_what_was_carried_is_told(sample_library):
    answer = talk(sample_library, FIGURE, "那2023年呢？")[-1]
    assert answer.carried.parts == ("城市管理局", "公务接待费")
    record = answer.to_record()
    assert record["question"] == "那2023年呢？"
    assert record["notes"][0] == "承接上文：城市管理局2023年公务接待费是多少"
    assert (record["value"], record["unit"]) == ("2.96", "万元")


def test_a_name_of_several_departments_is_read_in_the_scope_before(sample_library):
    assert ask("培训费是多少", sample_library).status == "ambiguous"
    answer = talk(sample_library, FIGURE, "培训费是多少")[-1]
    assert answer.asked == "城市管理局2024年培训费是多少"
    assert answer.status == "answered" and answer.carried.parts == ("城市管理局", "2024年")


def test_a_place_in_a_ranking_is_one_figure(sample_library):
    answer = talk(sample_library, RANK, "第二大的呢？")[-1]
    assert (len(answer.items), str(answer.value), answer.unit) == (1, "816600", "元")
    assert {n for _, marks in answer.items for n in marks} == {c.n for c in answer.citations}
    assert talk(sample_library, RANK, "第十大的呢？")[-1].status == "not_found"


def test_a_follow_up_of_what_is_not_there_is_refused(sample_library):
    for turn in ("那水务局呢？", "局长工资呢？", "那2019年呢？"):
        answer = talk(sample_library, FIGURE, turn)[-1]
        assert (answer.status, answer.value) == ("not_found", None), turn


# ---------------------------------------------------------------- documents, readings


def test_only_the_documents_chosen_answer(sample_library):
    name = "棠屿市芷汀区城市管理局2023年部门预算.txt"
    answer = ask("公务接待费是多少", sample_library, documents=[name])
    assert str(answer.value) == "2.96" and {c.document for c in answer.citations} == {name}
    assert ask("城市管理局2024年公务接待费是多少", sample_library, documents=[name]).value is None
    assert ask("公务接待费是多少", sample_library, documents=[]).status == "not_found"
    why = ask("公务用车购置费为何增加", sample_library, documents=[name])
    assert {c.document for c in why.citations} <= {name}


def test_a_reading_can_be_chosen(sample_library):
    asked = ask("2024年公务接待费是多少", sample_library)
    assert asked.status == "ambiguous" and len(asked.items) == 2
    for place, (item, _) in enumerate(asked.items):
        answer = choose(asked, place, sample_library)
        assert (answer.status, answer.value, answer.unit) == ("answered", item.value, item.unit)
        assert item.label in answer.notes[0] and answer.citations


def test_a_reading_is_computed_with(sample_library):
    asked = ask("城市管理局2024年办公费比2023年增长百分之几", sample_library)
    while asked.status == "ambiguous":
        asked = choose(asked, 0, sample_library)
    assert asked.status == "answered" and asked.unit == "%" and asked.calculation


# ---------------------------------------------------------------- the frame of a conversation


def test_a_declined_turn_leaves_the_frame_as_it_was(sample_library):
    """The department and the year stay those spoken of, though the turn between found nothing."""
    answer = talk(sample_library, FIGURE, "考察团去了哪些国家", "培训费是多少")[-1]
    assert answer.status == "answered"
    assert {c.fact.organisation for c in answer.citations if c.fact} == {"棠屿市芷汀区城市管理局"}
    assert {c.fact.year for c in answer.citations if c.fact} == {2024}


def test_the_year_spoken_of_is_not_dropped(sample_library):
    answer = talk(sample_library, FIGURE.replace("2024", "2022"), "培训费是多少")[-1]
    assert {c.fact.year for c in answer.citations if c.fact} == {2022}
