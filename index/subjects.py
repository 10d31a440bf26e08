"""What a figure of prose is of: the name before it, cleared of the words that only state it.

`2031年市级收入预算安排` names nothing but a side of the budget: together with the fund the section is
about it is `政府性基金预算收入`, never the name of the clause before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.hierarchy import bare_label
from index.model import Profile
from index.vocabulary import pattern, words

__all__ = ["CLASSES", "Named", "fund_in", "named", "place_in"]

CLASSES = re.compile(
    r"“?([^“”（(，。：]+)[（(]类[)）]\s*([^“”（(，。]+)[（(]款[)）]\s*(?:([^“”（(，。]+)[（(]项[)）])?”?"
)
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names: `label` and, for （类）（款）（项）, its `path`.

    `side` says that it names only a side or the balance of a budget (收入总计, 支出, 结转下年), which
    belongs to the fund spoken of; `inherits` that it may as well state the subject before
    (…年初预算为5万元，支出决算为4万元)."""

    label: str
    path: tuple[str, ...] = ()
    side: bool = False
    inherits: bool = False


def named(text: str, profile: Profile) -> Named:
    """What a figure is of, from the words before it.

    >>> from index.model import Profile
    >>> profile = Profile("", "政府预算", "甲市", 2031)
    >>> named("2031年其中：税收收入预计完成", profile).label, named("收入合计", profile)
    ('税收收入', Named(label='收入合计', path=(), side=True, inherits=False))
    """
    if classes := CLASSES.search(text):
        parts = tuple(bare_label(re.sub(r"\s+", "", part)) for part in classes.groups() if part)
        return Named(parts[-1], parts[:-1])
    text = _fronted(bare_label(re.sub(r"\s+", "", text).split("。")[-1]))
    for name in (profile.organisation, *profile.aliases):
        if name and text.startswith(name) and len(text) > len(name):
            text = text[len(name) :]
    text = _stripped(text).replace("的，", "的")
    if side := _side(text):
        return side
    if any(re.search(expression, text) for expression in words("prose")["strip"]["empty"]):
        return Named("")
    return Named(text if len(text) <= _LONGEST else text[-_LONGEST:])


def _side(text: str) -> Named | None:
    """A side of the budget in its plain form: 收、支预算总计 is 收支总计."""
    subject = words("prose")["subject"]
    if re.fullmatch(subject["balance"], text):
        return Named(text, side=True)
    match = re.fullmatch(subject["side"], text)
    if not match:
        return None
    both = "收" in match["side"] and "支" in match["side"]
    total = match["total"] or ("总计" if both and match["sum"] else "")
    plain = "收支" if both else match["side"]
    stated = match["stated"] if not (match["front"] or total or both or "总" in plain) else ""
    return Named(
        f"{match['front']}{plain}{total or stated or ''}",
        side=not match["front"] or match["front"] in subject["years"],
        inherits=match[0] in subject["stating"],
    )


def _fronted(text: str) -> str:
    """A text without the words that only introduce its subject."""
    for expression in words("prose")["strip"]["front"]:
        text = re.sub(expression, "", text)
    return text


def _stripped(text: str) -> str:
    """A subject without the words that only introduce or state its figure."""
    while True:
        shorter = _fronted(text)
        for expression in words("prose")["strip"]["back"]:
            if pattern("prose", "strip", "whole").fullmatch(shorter):
                break
            shorter = re.sub(expression, "", shorter)
        if shorter == text:
            return text
        text = shorter


def fund_in(text: str) -> str:
    """The fund a heading is about, or that a subject is a side of; `""` where it is none or two.

    >>> fund_in("（二）政府性基金预算执行情况"), fund_in("地方一般公共预算收入"), fund_in("税收收入")
    ('政府性基金预算', '一般公共预算', '')
    """
    plain = re.sub(r"\s+", "", bare_label(text))
    found = {match[0] for match in re.finditer(words("prose")["subject"]["fund"], plain)}
    return found.pop() if len(found) == 1 else ""


def place_in(section: Sequence[str], profile: Profile) -> str:
    """The district within the government's area that a section is about (（三）高新区预算执行情况).

    >>> from index.model import Profile
    >>> place_in(("附件", "二、青湖管理区", "（一）收入"), Profile("", "政府预算", "甲市", 2031))
    '青湖管理区'
    """
    own = (profile.organisation, *profile.aliases)
    for heading in reversed(section):
        match = re.match(words("prose")["subject"]["place"], bare_label(heading))
        if match and not any(name.endswith(match[1]) for name in own if name):
            return match[1]
    return ""
