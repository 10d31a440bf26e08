"""What an answer is worth, case by case: made-up questions, made-up answers."""

from __future__ import annotations

import doctest
import importlib
import json
from decimal import Decimal

import pytest

from evals import metrics, retrieval
from evals.bootstrap import interval, sign_test
from evals.citations import check_citations, sentences
from evals.figures import contains_text, figures, plain
from evals.records import Answered, Question, QuestionError, parse_question, read_sets
from evals.scores import route_confusion, score, summarise
from evals.verdict import judge, wrong_figure
from index.model import Amount


def question(**row):
    return parse_question(json.dumps({"question": "问？", **row}, ensure_ascii=False))


def answer(text="", status="answered", **row):
    return {"question": "问？", "status": status, "route": "calculator", "text": text, **row}


def amount(value, unit=""):
    return Amount(Decimal(value), unit)


def outcome(gold, given):
    return judge(gold, given).outcome


@pytest.mark.parametrize(
    "module", ["figures", "bootstrap", "retrieval", "metrics", "verdict", "citations", "scores"]
)
def test_examples_in_docstrings_hold(module):
    names = {"Decimal": Decimal, "Amount": Amount, "parse_question": parse_question}
    result = doctest.testmod(importlib.import_module(f"evals.{module}"), extraglobs=names)
    assert result.attempted and not result.failed


# ---------------------------------------------------------------- question rows


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('{"question": "问？", "anwser": 1}', "anwser"),
        ('{"question": "问？", "contain": ["甲"]}', "“contains”"),
        ('{"value": "1"}', "question"),
        ('{"question": "  "}', "question"),
        ('{"question": "问？", "type": "lokup"}', "lokup"),
        ('{"question": "问？", "value": "十二"}', "十二"),
        ('{"question": "问？", "contains": "甲"}', "contains"),
        ('{"question": "问？", "contains": [[]]}', "contains"),
        ('{"question": "问？", "alt": [["1", "元"]]}', "alt"),
        ('{"question": "问？", "refuse": "yes"}', "refuse"),
        ("[1]", "对象"),
        ("{", "JSON"),
    ],
)
def test_a_bad_row_is_named_with_its_file_and_line(tmp_path, row, told):
    path = tmp_path / "set.jsonl"
    path.write_text(f'{{"question": "好"}}\n\n{row}\n', encoding="utf-8")
    with pytest.raises(QuestionError) as caught:
        read_sets([path])
    assert str(caught.value).startswith("set.jsonl:3: ")
    assert told in str(caught.value)


def test_every_key_of_the_contract_is_read():
    row = question(
        id=7, type="rank", docs=["a.pdf"], value="1,052.59", unit="万元", alt=[["0.1", "亿元"]],
        items=["甲"], unordered=True, contains=["乙", ["丙", "丁"]], not_contains=[["戊"]],
        cite=["己"], page="03-2", refuse=False, conversation="c1", expr="1+1", note="记",
    )  # fmt: skip
    assert row.value == Decimal("1052.59") and row.alt == (amount("0.1", "亿元"),)
    assert row.contains == (("乙",), ("丙", "丁")) and row.not_contains == (("戊",),)
    assert (row.id, row.page, row.unordered, row.conversation) == ("7", "03-2", True, "c1")


def test_ids_used_twice_and_files_of_one_name_are_told(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "set.jsonl").write_text('{"question": "问", "id": "1"}\n' * 2)
    with pytest.raises(QuestionError, match="同名") as caught:
        read_sets([tmp_path / "a/set.jsonl", tmp_path / "b/set.jsonl"])
    assert "set.jsonl:2" in str(caught.value)


# ---------------------------------------------------------------- figures


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("１，０５２．５９万元", [("1052.59", "万元")]),
        ("变动 -6.56%，△3 元", [("-6.56", "%"), ("-3", "元")]),
        ("618.72 + 324.44[1][12]", [("618.72", ""), ("324.44", "")]),
        ("2024-2026 年", [("2024", ""), ("2026", "")]),
        ("提高 0.5 个百分点", [("0.5", "百分点")]),
        ("接待 2 批次、26 人次", [("2", "批次"), ("26", "人次")]),
        ("没有数", []),
    ],
)
def test_figures_of_a_text(text, expected):
    assert [(str(f.value), f.unit) for f in figures(text)] == expected


@pytest.mark.parametrize(
    ("value", "unit", "gold", "exact", "tolerant"),
    [
        ("4.00", "万元", ("4", "万元"), True, True),
        ("40000", "元", ("4.00", "万元"), True, True),
        ("0.0004", "亿元", ("4", "万元"), True, True),
        ("40", "千元", ("4", "万元"), True, True),
        ("4", "百万元", ("400", "万元"), True, True),
        ("4.00", "元", ("4.00", "万元"), False, False),  # the wrong unit
        ("4.00", "", ("4.00", "万元"), False, False),  # no unit
        ("4.00", "%", ("4.00", "万元"), False, False),
        ("6.56", "%", ("-6.56", "%"), False, False),  # the wrong sign
        ("6.56", "百分点", ("6.56", "%"), False, False),
        ("10.7234", "万元", ("10.72", "万元"), False, True),  # rounds to it
        ("1004", "万元", ("1000", "万元"), False, True),  # within 0.5 %
        ("1006", "万元", ("1000", "万元"), False, False),
        ("26", "人次", ("26", "人次"), True, True),
        ("26", "", ("26", ""), True, True),
    ],
)
def test_exact_and_tolerant_match(value, unit, gold, exact, tolerant):
    mine, wanted = amount(value, unit), [amount(*gold)]
    assert metrics.exact_match(mine, wanted) is exact
    assert metrics.tolerant_match(mine, wanted) is tolerant


def test_unit_accuracy_wants_the_very_unit():
    gold = question(value="4", unit="万元", alt=[["40000", "元"]])
    assert metrics.unit_right(gold, answer(value="40000", unit="元")) is True
    assert metrics.unit_right(gold, answer(value="0.0004", unit="亿元")) is False
    assert metrics.unit_right(gold, answer()) is None


@pytest.mark.parametrize(
    ("asked", "gold", "text", "value", "right"),
    [
        ("增加多少", {"value": "2"}, "比上年增加 2.00 万元", "2", True),
        (
            "增加多少",
            {"value": "2"},
            "比上年减少 2.00 万元",
            "2",
            False,
        ),  # right figure, wrong words
        ("减少多少", {"value": "2"}, "比上年下降 2.00 万元", "2", True),
        ("变动百分之几", {"value": "-6.5", "unit": "%"}, "变动 -6.5%", "-6.5", True),
        ("变动百分之几", {"value": "-6.5", "unit": "%"}, "变动 6.5%", "6.5", False),
        ("增减多少", {"value": "0"}, "与上年持平", "0", True),
        ("为什么减少", {"contains": [["增加", "增长"]]}, "其实是增长了", None, True),
        ("为什么减少", {"contains": [["增加", "增长"]]}, "减少是因为节约", None, False),
        ("增值税是多少", {"value": "2"}, "增值税 2 万元", "2", None),
        ("为什么减少", {"contains": ["节约"]}, "因为节约", None, None),
    ],
)
def test_direction(asked, gold, text, value, right):
    given = answer(text, value=value)
    assert metrics.direction_right(question(**{**gold, "question": asked}), given) is right


# ---------------------------------------------------------------- lists and text


@pytest.mark.parametrize(
    ("labels", "f1", "tau", "verdict"),
    [
        (["甲费", "乙费", "丙费"], 1.0, 1.0, "correct"),
        (["30101 甲费", "乙费（项目）", "丙费"], 1.0, 1.0, "correct"),
        (["乙费", "甲费", "丙费"], 1.0, 1 / 3, "wrong"),  # permuted
        (["丙费", "乙费", "甲费"], 1.0, -1.0, "wrong"),
        (["甲费", "乙费"], 0.8, 1.0, "wrong"),
        (["甲费", "乙费", "丙费", "丁费"], 6 / 7, 1.0, "wrong"),
        (["丁费"], 0.0, None, "wrong"),
        ([], 0.0, None, "wrong"),
    ],
)
def test_lists(labels, f1, tau, verdict):
    wanted = ("甲费", "乙费", "丙费")
    assert metrics.items_f1(wanted, labels) == pytest.approx(f1)
    assert metrics.kendall(wanted, labels) == (tau if tau is None else pytest.approx(tau))
    given = answer(items=[{"label": label, "value": "1"} for label in labels])
    assert outcome(question(items=list(wanted)), given) == verdict


def test_an_unordered_list_may_come_in_any_order():
    given = answer(items=[{"label": "乙费"}, {"label": "甲费"}])
    assert outcome(question(items=["甲费", "乙费"], unordered=True), given) == "correct"


def test_each_label_is_used_once_and_equal_ones_first():
    # 管理费 fits both; paired greedily, 物业管理费 would be left without a partner
    assert metrics.matched_items(["管理费", "物业管理费"], ["物业管理费", "管理费"]) == {0: 1, 1: 0}
    assert metrics.matched_items(["甲", "甲乙"], ["甲乙丙", "甲乙丁"]).keys() == {0, 1}
    assert metrics.matched_items(["甲费", "乙费"], ["甲费"]) == {0: 0}


@pytest.mark.parametrize(
    ("text", "needle", "found"),
    [
        ("共 29,826 万元", "29826", True),
        ("共 29826.00 万元", "29,826", True),
        ("共 129,826 万元", "29,826", False),
        ("见[12]，共 3 万元", "12", False),
        ("下降 6.56%", "-6.56", False),
        ("为 −6.56%", "-6.56", True),
        ("因公出国（境）费", "因公出国(境)费", True),
        ("根据\n工作 实际需要", "工作实际需要", True),
        ("“三公”经费", "「三公」", True),
    ],
)
def test_contains(text, needle, found):
    assert contains_text(text, needle) is found


def test_digits_of_neighbouring_cells_do_not_grow_together():
    assert plain("30101 618.72") == "30101 618.72"


def test_not_contains_fails_an_answer_with_the_other_level_s_figure():
    gold = question(value="10", unit="万元", not_contains=[["25", "25.0"]])
    given = answer("全市 25 万元，本级 10 万元", value="10", unit="万元")
    assert outcome(gold, given) == "wrong"


# ---------------------------------------------------------------- verdicts


CITED = [{"n": 1, "quote": "4.00", "row": "公务接待费", "column": "", "table": "", "section": ""}]


@pytest.mark.parametrize(
    ("gold", "given", "verdict", "wrong_number"),
    [
        ({"value": "4", "unit": "万元"}, {"value": "4.00", "unit": "万元"}, "correct", False),
        ({"value": "4", "unit": "万元"}, {"value": "4.00", "unit": "元"}, "wrong", True),
        ({"value": "-4", "unit": "%"}, {"value": "4", "unit": "%"}, "wrong", True),
        ({"value": "-4", "unit": "%", "alt": [["4", "%"]]}, {"value": "4", "unit": "%"},
         "correct", False),
        ({"value": "4", "unit": "万元"}, {"text": "4.00 万元", "value": None}, "wrong", False),
        ({"value": "4", "unit": "万元"}, {"status": "not_found"}, "declined", False),
        ({"value": "4", "unit": "万元"}, {"status": "error"}, "wrong", False),
        ({"value": "4", "unit": "万元"},
         {"status": "ambiguous", "items": [{"label": "甲", "value": "4", "unit": "万元"},
                                           {"label": "乙", "value": "5", "unit": "万元"}]},
         "offered", False),
        ({"value": "4", "unit": "万元"},
         {"status": "ambiguous", "items": [{"label": "乙", "value": "5", "unit": "万元"}]},
         "wrong", True),
        ({"refuse": True}, {"status": "not_found"}, "correct", False),
        ({"type": "refuse"}, {"status": "answered", "value": "4"}, "wrong", True),
        ({"refuse": True}, {"status": "not_found", "value": "4"}, "wrong", False),
        ({"cite": ["公务接待费"]}, {"citations": CITED}, "correct", False),
        ({"cite": ["会议费", "培训费"]}, {"citations": CITED}, "wrong", False),
        ({"cite": ["公务接待费"]}, {"citations": []}, "wrong", False),
        ({"contains": [["节约"], ["需要"]]}, {"text": "有所节约"}, "wrong", False),
        ({"type": "ambiguous"}, {"status": "ambiguous"}, "correct", False),
        ({"type": "ambiguous"}, {"status": "answered", "value": "4"}, "wrong", False),
        ({"type": "ambiguous", "contains": ["4", "5"]}, {"text": "4 万元或 5 万元"},
         "correct", False),
        ({"items": ["甲费"], "value": "9", "unit": "元"},
         {"items": [{"label": "甲费", "value": "9", "unit": "元"}]}, "correct", False),
        ({"items": ["甲费"], "value": "9", "unit": "元"},
         {"text": "最大的是甲费，9 元", "value": "9", "unit": "元"}, "correct", False),
        ({}, {"text": "随便"}, "unscored", False),
    ],
)  # fmt: skip
def test_verdicts(gold, given, verdict, wrong_number):
    row, record = question(**gold), answer(**given)
    assert outcome(row, record) == verdict
    assert wrong_figure(row, record) is wrong_number


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"value": "4.00", "unit": "元"}, "单位不同"),
        ({"value": "4", "unit": "%"}, "单位不对"),
        ({"value": "-4", "unit": "万元"}, "正负号"),
        ({"value": None}, "value"),
    ],
)
def test_reasons_say_what_is_wrong(given, reason):
    (told,) = judge(question(value="4", unit="万元"), answer(**given)).reasons
    assert reason in told


@pytest.mark.parametrize(
    ("gold", "citation", "right"),
    [
        (3, {"page": 3}, True),
        (3, {"page": 4}, False),
        (3, {"page": None}, None),
        ("03-2", {"page": None, "section": "03-2"}, True),
        ("03-2", {"page": None, "section": "103-2"}, False),
        ("3", {"page": None, "section": "03-2"}, False),
        (None, {"page": 3}, None),
    ],
)
def test_page(gold, citation, right):
    assert metrics.page_right(question(page=gold), answer(citations=[citation])) is right


# ---------------------------------------------------------------- citations


def cite(n, quote, **more):
    return {"n": n, "quote": quote, **more}


def checked(text, *citations, **row):
    return check_citations(answer(text, citations=list(citations), **row))


def test_a_figure_in_the_quote_of_its_citation_is_supported():
    check = checked("公务接待费 4.00 万元[1]。", cite(1, "4.00"))
    assert (check.recall, check.precision, check.faults) == (1, 1, ())


def test_a_citation_of_the_wrong_cell_supports_nothing():
    check = checked("公务接待费 4.00 万元[1]。", cite(1, "6.00"))
    assert (check.recall, check.precision) == (0, 0)


def test_the_right_figure_cited_in_another_sentence_does_not_count():
    text = "公务接待费 4.00 万元[1]。会议费 3.00 万元[2]。"
    check = checked(text, cite(1, "3.00"), cite(2, "4.00"))
    assert check.recall == 0


def test_a_marker_without_a_citation_and_one_no_one_needs_lower_precision():
    check = checked("公务接待费 4.00 万元[1][3]。", cite(1, "4.00"), cite(2, "9.99"))
    assert check.recall == 1 and check.precision == pytest.approx(1 / 3)
    assert any("[3]" in fault for fault in check.faults)
    assert any("[2]" in fault for fault in check.faults)


CALCULATION = {
    "expression": "4.00 + 3.00",
    "result": "7.00",
    "unit": "万元",
    "operands": [
        {"label": "接待费", "value": "4.00", "unit": "万元", "citation": 1},
        {"label": "会议费", "value": "3.00", "unit": "万元", "citation": 2},
    ],
}


def test_a_calculation_supports_its_result_and_its_operands_need_their_cells():
    text = "合计 7.00 万元，即 70,000 元（4.00 + 3.00）[1][2]。"
    good = checked(text, cite(1, "4.00"), cite(2, "3.00"), calculation=CALCULATION)
    assert (good.recall, good.precision) == (1, 1)
    bad = checked(text, cite(1, "4.00"), cite(2, "3.50"), calculation=CALCULATION)
    assert bad.recall < 1 and bad.precision == 0.5
    assert checked("合计 7.00 万元[1]。", cite(1, "4.00")).recall == 0  # not computed, not quoted


WHY = "接待费减少，原因是根据实际需要有所节约。"


@pytest.mark.parametrize(
    ("text", "quote", "recall"),
    [
        (f"「{WHY}」[1]", WHY, 1),
        ("「接待费减少，原因是根据实际需要增加活动。」[1]", WHY, 0),
        ("原文：“接待费减少，原因是……根据实际需要有所节约。”[1]",
         "接待费减少，原因是今年任务少，根据实际需要有所节约。", None),
        ("“三公”经费指三类[1]。", "“三公”经费指三类", None),
    ],
)  # fmt: skip
def test_quoted_sentences_stand_in_the_quote(text, quote, recall):
    check = checked(text, cite(1, quote))
    assert check.recall == recall
    assert check.precision == (0 if recall == 0 else 1)


def test_years_ordinals_and_the_question_s_own_figures_are_no_claims():
    given = {"question": "超过 1,000 万元的有哪些？", "citations": [cite(1, "", row="甲项目")]}
    text = "2024 年超过 1,000 万元的第 1 个是甲项目[1]。"
    check = check_citations({"status": "answered", "text": text, **given})
    assert (check.recall, check.precision, check.faults) == (None, 1, ())


def test_figures_are_compared_across_units_where_the_quote_has_one():
    assert checked("共 1.5 亿元[1]。", cite(1, "收入15,000万元")).recall == 1
    assert checked("共 1.5 亿元[1]。", cite(1, "收入1.5万元")).recall == 0


def test_items_need_their_own_citations():
    items = [
        {"label": "甲", "value": "5", "unit": "万元", "citations": [1]},
        {"label": "乙", "value": "4", "unit": "万元", "citations": [2]},
    ]
    check = checked("依次是甲、乙。", cite(1, "5.00"), cite(2, "4.40"), items=items)
    assert check.recall == 0.5 and check.precision == 0.5


def test_an_answer_that_claims_nothing_is_not_checked():
    assert check_citations(answer("没有找到", status="not_found")) is None


def test_a_full_stop_inside_quotation_marks_does_not_end_a_sentence():
    assert list(sentences("“甲。乙。”[1]。丙。[2]\n丁")) == ["“甲。乙。”[1]。", "丙。[2]", "丁"]


# ---------------------------------------------------------------- retrieval and intervals


def test_retrieval_metrics_of_a_worked_example():
    ranked = ["无关", "甲 1.00", "无关", "乙 2.00"]
    cited = ("甲", "乙", "丙")
    assert retrieval.hit(ranked, cited, 1) == 0 and retrieval.hit(ranked, cited, 2) == 1
    assert retrieval.recall(ranked, cited, 2) == pytest.approx(1 / 3)
    assert retrieval.reciprocal_rank(ranked, cited) == 0.5
    # gains at ranks 2 and 4 against 1 and 2: (1/log2 3 + 1/log2 5) / (1 + 1/log2 3)
    assert retrieval.ndcg(ranked, cited) == pytest.approx(0.6509, abs=1e-4)
    assert retrieval.ndcg(["甲", "无关"], cited) == 1
    assert [retrieval.recall_within(["无关", "甲乙"], ["甲", "乙"], n) for n in (3, 4, 5)] == [
        0, 0.5, 1,
    ]  # fmt: skip
    assert retrieval.ndcg(["无关"], cited) == 0 == retrieval.reciprocal_rank(["无关"], cited)


def test_intervals_are_seeded_and_agree_with_the_normal_approximation():
    rows = [1.0] * 80 + [0.0] * 20
    low, high = interval(rows)
    assert interval(rows) == (low, high)
    assert low == pytest.approx(0.8 - 1.96 * 0.04, abs=0.015)
    assert high == pytest.approx(0.8 + 1.96 * 0.04, abs=0.015)
    assert interval([1.0]) is None and interval([1.0, 1.0, 1.0]) is None


def test_sign_test_is_one_when_nothing_changed():
    assert sign_test(0, 0) == 1 and sign_test(5, 0) == 0.0625


# ---------------------------------------------------------------- a run


def scored(*pairs):
    return [score(Answered(q, a, Decimal(10 * i))) for i, (q, a) in enumerate(pairs, 1)]


def test_over_refusal_lowers_precision_and_answering_anyway_lowers_recall():
    lookup, refuse = question(value="4", unit="万元"), question(refuse=True)
    none = answer(status="not_found")
    found = summarise(scored((lookup, none), (refuse, none), (refuse, answer(value="4"))))
    assert found["refusal_precision"].value == 0.5 and found["refusal_precision"].n == 2
    assert found["refusal_recall"].value == 0.5
    assert found["refusal_f1"].value == 0.5
    assert found["declined"].value == pytest.approx(1 / 3)
    assert found["wrong_figure"].value == pytest.approx(1 / 3)


def test_unscored_questions_count_nowhere_but_in_latency():
    found = summarise(scored((question(), answer("好")), (question(refuse=True), answer())))
    assert found["accuracy"].n == 1 and found["latency_p50"].n == 2
    assert found["latency_p50"].value == 15


def test_routes_by_type():
    why, look = question(type="why"), question(type="lookup")
    rows = scored((why, answer()), (look, answer()), (why, answer(route="passages")))
    assert route_confusion(rows) == {
        "why": {"calculator": 1, "passages": 1},
        "lookup": {"calculator": 1},
    }
    assert [r.values["route"] for r in rows] == [0, 1, 1]


def test_a_question_about_two_documents_counts_for_both():
    from evals.scores import group_by

    (row,) = scored((question(docs=["甲.pdf", "乙.XLSX"]), answer()))
    assert group_by([row], "document") == {"甲.pdf": [row], "乙.XLSX": [row]}
    assert group_by([row], "format") == {"pdf": [row], "xlsx": [row]}
    assert group_by(scored((Question("问"), answer())), "document").keys() == {"—"}
