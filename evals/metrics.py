"""What one answer is worth: figures, units, direction, lists, text, page, route.

Each metric is a function of one question and one answer record.  None means "not scored": the
question does not say, or the answer is of a kind the metric does not speak of.  Retrieval,
citations and intervals have modules of their own; `evals.scores` puts all of them together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Any, Literal

from evals.figures import contains_text, decimal, in_unit, plain, unit_name
from evals.records import Question
from index.model import Amount

__all__ = [
    "Direction",
    "cited",
    "contains_faults",
    "direction_right",
    "exact_match",
    "expected_route",
    "given",
    "item_labels",
    "items_f1",
    "kendall",
    "matched_items",
    "page_right",
    "route_right",
    "said_direction",
    "tolerant_match",
    "unit_right",
    "value_given",
    "wanted_direction",
]

Record = Mapping[str, Any]
Direction = Literal["increase", "decrease", "unchanged"]

_HALF = Decimal("0.5")
_RELATIVE = Decimal("0.005")

# ---------------------------------------------------------------- figures


def given(answer: Record) -> Amount | None:
    """The single figure of an answer record; None where it gives none."""
    value = decimal(answer.get("value"))
    return None if value is None else Amount(value, unit_name(answer.get("unit")))


def exact_match(amount: Amount, gold: Sequence[Amount]) -> bool:
    """Numeric exact match: equal as Decimals after converting units, to one accepted figure.

    The numeric form of SQuAD's exact match (Rajpurkar et al., EMNLP 2016).  Gold without a unit
    compares the number alone.

    >>> exact_match(Amount(Decimal("95000"), "元"), [Amount(Decimal("9.50"), "万元")])
    True
    >>> exact_match(Amount(Decimal("9.50"), "元"), [Amount(Decimal("9.50"), "万元")])
    False
    """
    return any(_converted(amount, target) == target.value for target in gold)


def tolerant_match(amount: Amount, gold: Sequence[Amount]) -> bool:
    """Within half a unit of the gold's last printed digit (rounding), or 0.5 % of it.

    >>> tolerant_match(Amount(Decimal("10.7234"), "万元"), [Amount(Decimal("10.72"), "万元")])
    True
    """
    return any(_near(_converted(amount, target), target.value) for target in gold)


def value_given(question: Question, answer: Record) -> Amount | None:
    """The figure an answer is judged by: its `value`; for a question of several parts (a list, or a
    figure with more that must be said), the item whose figure is right, where the answer gives its
    figures there."""
    amount = given(answer)
    if amount is None and (question.items or question.contains):
        for item in answer.get("items") or ():
            inner = given(item)
            if inner is not None and exact_match(inner, question.gold):
                return inner
    return amount


def unit_right(question: Question, answer: Record) -> bool | None:
    """Unit accuracy: the answer's figure is in the very unit of an accepted figure; 亿元 for
    万元 is wrong here even when rightly converted.  None without a gold unit or a figure."""
    amount = value_given(question, answer)
    if amount is None or not question.unit:
        return None
    return amount.unit in {unit_name(target.unit) for target in question.gold}


def _converted(amount: Amount, target: Amount) -> Decimal | None:
    return in_unit(amount, target.unit) if target.unit else amount.value


def _near(value: Decimal | None, target: Decimal) -> bool:
    if value is None:
        return False
    exponent = target.as_tuple().exponent
    half = _HALF.scaleb(exponent if isinstance(exponent, int) else 0)
    return abs(value - target) <= max(half, abs(target) * _RELATIVE)


# ---------------------------------------------------------------- direction

_UP = ("增加", "增长", "上升", "上涨", "提高", "扩大", "多出", "多了", "涨了", "上调")
_DOWN = ("减少", "下降", "降低", "下调", "缩减", "压减", "回落", "少了", "减了", "降了", "砍")
_SAME = ("持平", "无变化", "没有变化", "没有变动", "无变动", "无增减", "不增不减", "保持不变")
_SAID = re.compile("|".join(_SAME + _UP + _DOWN))
# A question asks for a change with fewer letters than a document states one.
_ASKS_UP = re.compile(r"增加|增长|增幅|增速|上升|上涨|涨|多多少|多出|提高|多了")
_ASKS_DOWN = re.compile(r"减少|下降|降低|降幅|少多少|少了|砍|压减|缩减|回落")
_ASKS_CHANGE = re.compile(r"变动|变化|增减|增还是减|是增是减|涨还是跌|升还是降")


def said_direction(text: str) -> Direction | None:
    """The first direction a text states, from its words.

    >>> said_direction("比上年减少 2.00 万元"), said_direction("与上年持平")
    ('decrease', 'unchanged')
    """
    match = _SAID.search(text)
    if match is None:
        return None
    if match[0] in _SAME:
        return "unchanged"
    return "increase" if match[0] in _UP else "decrease"


def wanted_direction(question: Question) -> Direction | None:
    """The gold direction: what `contains` demands, else the gold figure's sign read with the
    question's words (减少多少, 3.5 → decrease; 变动百分之几, -6.56 → decrease)."""
    for clause in question.contains:
        directions = {said_direction(alternative) for alternative in clause} - {None}
        if len(directions) == 1:
            return directions.pop()
    up, down, change = (p.search(question.question) for p in (_ASKS_UP, _ASKS_DOWN, _ASKS_CHANGE))
    if question.value is None or not (up or down or change):
        return None
    if question.value == 0:
        return "unchanged"
    if down and not up and not change:
        return "decrease"
    return "increase" if question.value > 0 else "decrease"


def direction_right(question: Question, answer: Record) -> bool | None:
    """Direction accuracy: increase, decrease or unchanged as in gold; from the sign of a negative
    `value`, else from the words of the text.  None when gold has no direction or nothing is
    answered."""
    wanted = wanted_direction(question)
    if wanted is None or answer.get("status") == "not_found":
        return None
    amount = given(answer)
    if amount is not None and question.value is not None and amount.value < 0:
        return wanted == "decrease"
    said = said_direction(str(answer.get("text") or ""))
    if said is None and amount is not None and question.value is not None:
        said = "unchanged" if amount.value == 0 else "increase"
    return said == wanted


# ---------------------------------------------------------------- lists


def item_labels(answer: Record) -> tuple[str, ...]:
    """The labels of an answer's items, in order."""
    return tuple(str(item.get("label") or "") for item in answer.get("items") or ())


def matched_items(wanted: Sequence[str], labels: Sequence[str]) -> dict[int, int]:
    """Which answered label stands for which wanted one: {wanted index: answered index}.

    Two labels match when one contains the other after normalising; equal ones go first, then as
    many pairs as possible (augmenting paths: Kuhn, Naval Research Logistics 2, 1955).

    >>> matched_items(["办公费", "培训费"], ["30216 培训费", "会议费"])
    {1: 0}
    """
    gold, mine = [plain(w) for w in wanted], [plain(label) for label in labels]
    taken: dict[int, int] = {}

    def place(i: int, tried: set[int]) -> bool:
        for j in sorted(range(len(mine)), key=lambda j: mine[j] != gold[i]):
            if j in tried or not _same_label(gold[i], mine[j]):
                continue
            tried.add(j)
            if j not in taken or place(taken[j], tried):
                taken[j] = i
                return True
        return False

    exact_first = sorted(range(len(gold)), key=lambda i: gold[i] not in mine)
    for i in exact_first:
        place(i, set())
    return dict(sorted((i, j) for j, i in taken.items()))


def items_f1(wanted: Sequence[str], labels: Sequence[str]) -> float:
    """List F1: the harmonic mean of precision (listed labels that are wanted) and recall (wanted
    labels that are listed), as SQuAD's token F1 but over labels.

    >>> items_f1(["甲", "乙"], ["甲", "丙", "乙"])
    0.8
    """
    if not labels:
        return 0.0
    return 2 * len(matched_items(wanted, labels)) / (len(wanted) + len(labels))


def kendall(wanted: Sequence[str], labels: Sequence[str]) -> float | None:
    """Kendall's τ-a between the wanted order and the answered order of the labels in both
    (Kendall, Biometrika 30, 1938): 1 the same order, -1 the reverse; None below two labels.

    >>> kendall(["甲", "乙", "丙"], ["甲", "丙", "乙"])
    0.3333333333333333
    """
    places = list(matched_items(wanted, labels).values())
    pairs = list(combinations(places, 2))
    if not pairs:
        return None
    return sum(1 if a < b else -1 for a, b in pairs) / len(pairs)


def _same_label(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


# ---------------------------------------------------------------- text, evidence, route


def contains_faults(question: Question, text: str) -> tuple[str, ...]:
    """What contains-accuracy finds wrong with a text, in words; empty when all that must stand in
    it does and nothing that must not.  Numbers are compared as numbers."""
    missing = [
        f"正文里没有“{'”或“'.join(clause)}”"
        for clause in question.contains
        if not any(contains_text(text, alternative) for alternative in clause)
    ]
    wrong = [
        f"正文里不该有“{alternative}”"
        for clause in question.not_contains
        for alternative in clause
        if contains_text(text, alternative)
    ]
    return tuple(missing + wrong)


def cited(question: Question, answer: Record) -> bool | None:
    """Evidence cited: at least one of the gold strings stands in a citation's quote, row, column,
    table or section.  None when gold names no evidence."""
    if not question.cite:
        return None
    fields = [
        str(citation.get(key) or "")
        for citation in answer.get("citations") or ()
        for key in ("quote", "row", "column", "table", "section")
    ]
    return any(contains_text(field, wanted) for field in fields for wanted in question.cite)


def page_right(question: Question, answer: Record) -> bool | None:
    """Page accuracy: some citation is on the gold page; for a spreadsheet gold gives the sheet's
    name, which stands in `section`.  None unless both gold and answer have one."""
    if question.page is None:
        return None
    citations = answer.get("citations") or ()
    if isinstance(question.page, int):
        pages = [c["page"] for c in citations if c.get("page") is not None]
    else:
        pages = [str(c["section"]) for c in citations if c.get("section")]
    if not pages:
        return None
    return any(_same_page(question.page, page) for page in pages)


def _same_page(gold: int | str, page: object) -> bool:
    if isinstance(gold, int):
        return gold == page
    name = re.escape(plain(gold))
    return re.search(rf"(?<![\w-]){name}(?![\w-])", plain(str(page))) is not None


def expected_route(question: Question) -> str | None:
    """The route a type of question should take; None where either will do."""
    if question.type in ("why", "describe"):
        return "passages"
    if question.type in ("lookup", "calculate", "rank"):
        return "calculator"
    return None


def route_right(question: Question, answer: Record) -> bool | None:
    """Route accuracy: the answer took the route its type of question should take."""
    expected, route = expected_route(question), answer.get("route")
    return None if expected is None or not route else route == expected
