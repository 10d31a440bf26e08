"""What a clause says of its figure: amount, change, rate, share or completion, against what, of
which year; and what behind the figure says what it is of (安排25亿元用于土地收储).

All text here is one sentence or a piece of one; nothing is remembered between calls.
"""

from __future__ import annotations

import re
from typing import Literal

from index.aspects import year_in
from index.figures import Quantity
from index.sections import numbering
from index.units import is_money, is_ratio
from index.vocabulary import pattern, words

__all__ = [
    "COLUMN",
    "Kind",
    "against_budget",
    "base_part",
    "by_how_much",
    "change_measure",
    "compared_part",
    "counted",
    "is_next",
    "is_raised",
    "kind_of",
    "last_clause",
    "lately",
    "measure_of",
    "open_bracket",
    "purpose_of",
    "same_as",
    "spans_years",
    "stated_part",
    "together",
    "was_before",
    "year_said",
]

Kind = Literal["value", "change", "rate", "share", "completion"]
COLUMN: dict[Kind, int] = {"value": 0, "change": 1, "rate": 2, "share": 3, "completion": 4}
_REACHED = re.compile(r"[至到](?:了|约)?\s*$")
_BRACKETED = re.compile(r"[（(][^（）()]{0,12}[)）]\s*$")
_RESPECTIVELY = re.compile(
    r"([^，,；;：:。、]+(?:[、和及与][^，,；;：:。、]+)+?)分别(?:为|是|有|安排|(?P<past>[由从](?:每.每.)?))\s*$"
)


def last_clause(head: str) -> str:
    """The clause that a figure stands in; 由乙企业成交的，采购金额 is one."""
    return re.split(r"(?<!的)，|[；;：:。]|(?<!的),(?!\d)", head)[-1]


def open_bracket(text: str) -> int:
    """Where the innermost bracket still open at the end of a text stands, or -1."""
    opened: list[int] = []
    for i, char in enumerate(text):
        if char in "（(":
            opened.append(i)
        elif char in "）)" and opened:
            opened.pop()
    return opened[-1] if opened else -1


def kind_of(clause: str, quantity: Quantity) -> tuple[Kind, int]:
    """What a quantity is, from the words right before it, and its sign."""
    bare = re.sub(r"\s+", "", _BRACKETED.sub("", clause) if _BRACKETED.search(clause) else clause)
    ratio = is_ratio(quantity.unit) or quantity.unit in ("个百分点", "百分点")
    data = words("prose")
    if not _REACHED.search(bare):
        tail = re.sub(r"[了约为达]+$", "", bare)[-4:]
        down = re.search(rf"(?:{'|'.join(data['down'])})$", tail)
        up = re.search(rf"(?:{'|'.join(data['up'])})$", tail)
        compared = bool(pattern("prose", "compared").search(bare)) or len(tail) <= 2 or ratio
        if (up or down) and (compared or len((up or down)[0]) > 1):  # type: ignore[index]
            return ("rate" if ratio else "change"), (-1 if down else 1)
        for sign, words_of in ((-1, "under"), (1, "over")):
            if pattern("prose", "change", words_of).search(bare):
                return ("rate" if ratio else "change"), sign
    if ratio:
        if pattern("prose", "completion").search(bare):
            return "completion", 1
        if pattern("prose", "share").search(bare):
            return "share", 1
    elif is_money(quantity.unit):
        # 增加基本支出844.15万元 says by how much, not how much.
        for sign, words_of in ((-1, "lowered"), (1, "raised")):
            if pattern("prose", "change", words_of).search(bare):
                return "change", sign
    return "value", 1


def by_how_much(clause: str) -> bool:
    """Whether a change is named with its subject behind the verb (增加基本支出844.15万元): a change
    of it, but not against a year."""
    return any(
        pattern("prose", "change", words_of).search(re.sub(r"\s+", "", clause))
        for words_of in ("lowered", "raised")
    )


def compared_part(clause: str) -> str:
    """What a change is against, as the clause says it: 比2030年预算."""
    match = re.search(
        r"(?:与[^,，。]{0,24}?(?:相比|比较)|(?:同比|环比)|[比较](?!例|重|率|对|如|赛|为|大|小|好|多|少|高|低|分)[^，。]*)",
        clause,
    ) or pattern("prose", "change", "against").search(clause)
    return match[0] if match else ""


def base_part(clause: str, following: str) -> str:
    """What a change starts from, where its own figure stands behind it (比2030年预算数8.00万元减少…);
    `""` where the figure is none that a change starts from."""
    match = pattern("prose", "change", "base").search(clause)
    return match[0] if match and pattern("prose", "change", "onward").match(following) else ""


def stated_part(clause: str, kind: Kind, compared: str) -> str:
    """The words of a clause that name what its figure is of."""
    if kind in ("share", "completion"):
        return ""
    stated = clause[: clause.index(compared)] if compared else clause
    if kind == "value":
        return stated
    data = words("prose")
    for words_of in ("lowered", "raised"):
        if match := pattern("prose", "change", words_of).search(re.sub(r"\s+", "", stated)):
            return match[0][2:]
    ends = "|".join(data["up"] + data["down"])
    return re.sub(rf"(?:{ends})(?:了|约|为)?\s*(?:[（(][^（）()]*[)）])?\s*$", "", stated.rstrip())


def against_budget(clause: str) -> bool:
    """Whether a change is against the budget of the same year."""
    return any(re.search(e, clause) for group in words("prose")["against"].values() for e in group)


def same_as(head: str, year: int | None) -> int | None:
    """The year with which a figure is the same (与上年持平); `None` where it is the same as its own
    year's budget."""
    if re.search(words("prose")["change"]["own_budget"], re.sub(r"\s+", "", head)):
        return None
    return year_in(compared_part(head) or head[-12:], year) or (year - 1 if year else None)


def change_measure(against: int | None) -> str:
    """What a change is called."""
    return f"比{against}年增减额" if against else "增减额"


def measure_of(kind: Kind, clause: str, quantity: Quantity, against: int | None) -> str:
    """What to call the figure: as the sentence does, where it does."""
    if kind == "change":
        return change_measure(against)
    if kind == "rate":
        return f"比{against}年增减率" if against else "增减率"
    plain = re.sub(r"\s+", "", clause)
    if kind in ("share", "completion"):
        found = re.search(r"(?:占|完成|比重|达到|为)[^，,]*$", plain)
        return (found[0] if found else plain).rstrip("为是达的")
    named = re.search(
        r"(?:年初|调整后?|当年)?(?:预算执行|支出决算|支出预算|(?<!公共)(?<!基金)(?<!经营)预算|决算|执行|完成|安排)数?"
        r"(?=[^一-龥]*$|为|是)",
        plain,
    )
    if named:
        return named[0] if named[0].endswith("数") else named[0] + "数"
    return "金额" if is_money(quantity.unit) else "数量"


def was_before(clause: str, following: str) -> bool:
    """Whether an amount is the one before a change: 会议费由3.20万元减少到1.00万元."""
    expression = (
        r"(?:、[\d.,]+[一-龥]{1,3})*(?:增加|减少|下降|提高|上升|增长|压减|降低|调整)[到至为]"
    )
    started = pattern("prose", "change", "started").search(clause)
    return bool(started and re.match(expression, following))


def together(head: str) -> list[str]:
    """The words before each of several figures: in 基本支出、项目支出分别为700.00万元、800.00万元 each
    takes its own name; empty where there is but one."""
    found = _RESPECTIVELY.search(head)
    if not found:
        return []
    past = "由" if found["past"] else ""
    first, *others = re.split(r"[、和及与]", found[1])
    return [head[: found.start(1)] + first + past, *(other + past for other in others)]


def is_next(head: str) -> bool:
    """Whether a figure stands beside the one before it, its name having been said before both."""
    return bool(re.fullmatch(r"\s*[、，,和及与]\s*", head))


def is_raised(head: str) -> bool:
    """Whether a figure is what the one before it became: 由90元提高至100元."""
    return bool(re.fullmatch(r"\s*(?:增加|减少|下降|提高|上升|增长|降低|调整)[到至为]\s*", head))


def counted(quantity: Quantity, following: str) -> str:
    """What is counted stands behind the number: 共 2 家基层单位, 编报 14 个项目绩效目标."""
    if is_money(quantity.unit) or is_ratio(quantity.unit) or len(quantity.unit) > 1:
        return ""
    doing = "|".join(words("prose")["subject"]["doing"])
    noun = re.match(
        rf"\s*(?:的)?([一-龥]{{2,12}}?)(?=[，。、；;,（(]|$|[和及与]|{doing})", following
    )
    return noun[1] if noun and not numbering(noun[1]) else ""


def purpose_of(clause: str, following: str) -> str | None:
    """What money is for, where only the words behind it say so: 安排25亿元用于土地收储.

    `None` where the clause does not spend without an object, `""` where nothing is said."""
    subject = words("prose")["subject"]
    if not re.search(subject["spending"], re.sub(r"\s+", "", clause)):
        return None
    for expression in subject["purpose"]:
        if match := re.match(expression, re.sub(r"\s+", "", following)):
            return match[1]
    return ""


def spans_years(text: str) -> bool:
    """Whether a text speaks of several years at once (五年来, 2021-2025年, “十四五”时期)."""
    return bool(pattern("prose", "period", "years").search(text))


def lately(text: str) -> bool:
    """Whether a text speaks of the last years without saying which (近年来)."""
    return bool(pattern("prose", "period", "lately").search(text))


def year_said(text: str, base: int | None) -> int | None:
    """The year a text says its figure is of: not one in the name of an item (上年结转, 结转下年), in
    a comparison (与上年持平) or in a bracket that is closed.

    >>> year_said("上年结转", 2031), year_said("上年预算数", 2031)
    (None, 2030)
    """
    plain = re.sub(r"[（(][^（）()]*[)）]", "", text)
    for expression in words("prose")["period"]["no_year"]:
        plain = re.sub(expression, "", plain)
    return year_in(plain, base)
