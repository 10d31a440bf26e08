"""Right, wrong or declined: one judgement of an answer against everything gold says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from evals.figures import contains_text, plain, same_dimension
from evals.metrics import (
    cited,
    contains_faults,
    exact_match,
    given,
    item_labels,
    matched_items,
    value_given,
)
from evals.records import Question

__all__ = ["Outcome", "Verdict", "expects_refusal", "judge", "wrong_figure"]

Record = Mapping[str, Any]
Outcome = Literal["correct", "wrong", "declined", "offered", "unscored"]

# An answer to a question for words may be this long, and so much longer for each part that gold
# names: whoever quotes the page has not found the place.
_LENGTH = 1500
_LENGTH_OF_A_PART = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """`correct`, `wrong`, `declined` (nothing was claimed where something was to be found), `offered`
    (the right figure is one of several that the reader is to choose from) or `unscored` (gold says
    nothing), with the reasons in words."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()


def judge(question: Question, answer: Record) -> Verdict:
    """The verdict accuracy counts.

    An answer is correct when everything gold states holds: the figure (exactly, after units), the
    list (the same labels, none more, in order unless `unordered`), the text, the evidence.  A
    question of type `ambiguous` without further gold wants the status `ambiguous`; a question to
    refuse wants `not_found` without a figure.  The page is reported elsewhere, not judged here.

    >>> judge(parse_question('{"question": "多少？", "value": "4", "unit": "万元"}'),
    ...       {"status": "answered", "value": "40000", "unit": "元"}).outcome
    'correct'
    """
    status = answer.get("status")
    if status not in ("answered", "ambiguous", "not_found"):
        return Verdict("wrong", (f"没有得到回答（status: {status}）",))
    if expects_refusal(question):
        return _refusal(answer)
    faults = _faults(question, answer)
    if faults is None:
        return Verdict("unscored", ("题目没有给出标准答案",))
    if status == "not_found":
        # Nearest passages claim nothing, whatever they hold.
        return Verdict("declined", faults or ("说找不到，只列出相近的原文",))
    if not faults:
        return Verdict("correct")
    return Verdict("offered" if _offers(question, answer) else "wrong", faults)


def expects_refusal(question: Question) -> bool:
    """Whether the right answer is that the documents do not say."""
    return question.refuse or question.type == "refuse"


def wrong_figure(question: Question, answer: Record) -> bool:
    """Whether an answer gives a figure that is wrong: the fault that matters most.

    True for a figure that is not the gold one, and for any figure or answered status where the
    documents do not say.  A declined question, or a right figure in a wrong list, is none."""
    if answer.get("status") not in ("answered", "ambiguous"):
        return False
    if expects_refusal(question):
        return True
    if not question.gold or _offers(question, answer):
        return False
    amount = value_given(question, answer)
    if amount is None:
        figures = [given(item) for item in answer.get("items") or ()]
        return answer.get("status") == "ambiguous" and any(figures)
    return not exact_match(amount, question.gold)


def _refusal(answer: Record) -> Verdict:
    if answer.get("status") != "not_found":
        return Verdict("wrong", ("文件里没有，应当说明找不到，却给了回答",))
    if answer.get("value") is not None:
        return Verdict("wrong", ("说找不到，却给了数",))
    return Verdict("correct")


def _leaves_open(question: Question, answer: Record) -> bool:
    """Whether a question with one right answer was answered by several to choose from."""
    return answer.get("status") == "ambiguous" and question.type != "ambiguous"


def _offers(question: Question, answer: Record) -> bool:
    """An ambiguous answer with what gold asks for among its items: it claims nothing wrong, but
    leaves the choice to the reader."""
    if answer.get("status") != "ambiguous":
        return False
    if not question.gold:
        return not contains_faults(question, str(answer.get("text") or ""))
    figures = (given(item) for item in answer.get("items") or ())
    return any(figure is not None and exact_match(figure, question.gold) for figure in figures)


def _faults(question: Question, answer: Record) -> tuple[str, ...] | None:
    """Everything that is not as gold says; None when gold says nothing."""
    text = str(answer.get("text") or "")
    faults: list[str] = []
    stated = bool(question.contains or question.not_contains or question.cite)
    if question.gold:
        faults += _value_faults(question, answer)
    if question.items:
        faults += _item_faults(question, answer, text)
    if not (stated or question.gold or question.items):
        if question.type != "ambiguous":
            return None
        if answer.get("status") != "ambiguous":
            faults.append("名称有多个数，应当列出全部（status: ambiguous）")
    if _leaves_open(question, answer):
        faults.append("有几种可能，要由提问的人选择（status: ambiguous）")
    faults += contains_faults(question, text)
    if question.contains and len(text) > _LENGTH + _LENGTH_OF_A_PART * len(question.contains):
        faults.append(f"照抄了整页（{len(text)} 字），没有指出哪一处是回答")
    if cited(question, answer) is False:
        faults.append(f"引用里没有“{'”或“'.join(question.cite)}”")
    return tuple(faults)


def _value_faults(question: Question, answer: Record) -> list[str]:
    amount = value_given(question, answer)
    wanted = question.gold[0]
    gold = f"{wanted.value} {wanted.unit}".strip()
    if amount is None:
        return [f"没有给出单一数值（value），应为 {gold}"]
    if exact_match(amount, question.gold):
        return []
    mine = f"{amount.value} {amount.unit}".strip()
    if wanted.unit and not any(same_dimension(amount.unit, g.unit) for g in question.gold):
        return [f"单位不对：{mine or '无单位'}，应为 {gold}"]
    if any(amount.value == g.value for g in question.gold):
        return [f"数字相同而单位不同：{mine}，应为 {gold}"]
    if any(amount.value == -g.value for g in question.gold):
        return [f"正负号相反：{mine}，应为 {gold}"]
    return [f"数值不对：{mine}，应为 {gold}"]


def _in_order(text: str, wanted: tuple[str, ...]) -> bool:
    """Whether names stand in a text in this order; of text questions the order is the document's."""
    places = [plain(text).find(plain(name)) for name in wanted]
    return places == sorted(places)


def _item_faults(question: Question, answer: Record, text: str) -> list[str]:
    labels, wanted = item_labels(answer), question.items
    if not labels and all(contains_text(text, name) for name in wanted):
        # Offices, duties, the one that is largest: a list may be answered in the words of the text.
        return [] if question.unordered or _in_order(text, wanted) else ["次序不对"]
    pairs = matched_items(wanted, labels)
    faults = [f"没有列出“{name}”" for i, name in enumerate(wanted) if i not in pairs]
    surplus = [labels[j] for j in range(len(labels)) if j not in pairs.values()]
    faults += [f"多列了“{name}”" for name in surplus]
    places = list(pairs.values())
    if not faults and not question.unordered and places != sorted(places):
        faults.append(f"次序不对：{'、'.join(labels)}，应为 {'、'.join(wanted)}")
    return faults
