"""Why-questions answered from figures that carry their reason: amount, change, reason, each cited.

A premise the wrong way round is corrected; where nothing changed, or no reason is given, that is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.model import Fact
from index.vocabulary import pattern
from qa.answer import Answer, Citations
from qa.compose import money
from qa.ground import Grounder
from qa.lexicon import term_of
from qa.operands import direction_of
from qa.reader import Reading

__all__ = ["Told", "explains", "reason_told", "told_of", "unexplained_told"]

_NO_REASON = "文件没有说明原因。"
# A sentence that names the subject itself, not only stands in a section that does.
_NAMED = 0.9
# 决算数为什么小于预算数: against the year's own budget, not against the year before.
_OWN_BUDGET = re.compile(r"决算.{0,8}预算|预算.{0,8}(?:完成|执行|差异)|(?:完成|执行)率?.{0,6}预算")


@dataclass(frozen=True, slots=True)
class Told:
    """What the prose of one document tells of one subject: amounts of its latest year, changes."""

    values: tuple[Fact, ...]
    changes: tuple[Fact, ...]
    reasons: tuple[Fact, ...]

    @property
    def directions(self) -> set[int]:
        """Which ways its changes go: 1, -1, 0."""
        return {_sign(f) for f in self.changes}


def told_of(grounder: Grounder) -> Told | None:
    """What is told of the one subject that a question names; `None` where it is none or several."""
    facts: list[Fact] = []
    for kind in ("change", "rate", "completion", "value"):
        found = grounder.ground(0, len(grounder.text), kind)
        if found and found.score >= 2 and not grounder.leftover(found.covered):
            facts += [f for f in found.facts if f.origin == "prose" and not f.derived]
    if not facts or len({(f.document, term_of(f.label)) for f in facts}) > 1:
        return None
    first = facts[0]
    own = [f for f in facts if (f.label, f.path) == (first.label, first.path)]
    amounts = [f for f in own if f.column == 0] or _amounts(first, grounder)
    if _OWN_BUDGET.search(grounder.text):
        own = [f for f in own if not any(flag.startswith("against:") for flag in f.flags)]
    latest = max((f.year or 0 for f in amounts), default=0)
    return Told(
        tuple(f for f in amounts if (f.year or 0) == latest),
        tuple(f for f in own if f.column in (1, 2)),
        tuple(f for f in own if f.reason),
    )


def _amounts(change: Fact, grounder: Grounder) -> list[Fact]:
    """The amounts of a change's subject in its section: 支出决算为0.39万元 may stand in another
    paragraph than 比上年减少0.15万元."""
    found = grounder.library.facts([change.document], labels=[change.label])
    return [
        f
        for f in found
        if f.origin == "prose" and f.column == 0 and not f.derived and f.section == change.section
    ]


def reason_told(question: str, told: Told, grounder: Grounder) -> Answer | None:
    """The answer from what is told of a subject, or of its parts that moved the same way."""
    asked = direction_of(grounder.text)
    if told.changes and told.directions == {0}:
        return _said(question, told, told.changes[:1], "没有增减，文件没有需要说明的原因。", asked)
    if told.reasons:
        return _said(question, told, told.reasons, "", asked)
    if told.changes and (parts := _parts(told.changes[0], grounder)):
        return _said(question, told, (), "", asked, parts)
    if asked and told.changes and told.directions == {-asked}:
        return _said(question, told, told.changes[:1], _NO_REASON, asked)
    return None


def unexplained_told(question: str, told: Told, grounder: Grounder) -> Answer:
    """The change of a subject for which no reason is found anywhere."""
    return _said(question, told, (), _NO_REASON, direction_of(grounder.text))


def explains(reading: Reading, told: Told) -> bool:
    """Whether sentences that were found give a reason for this subject's change."""
    moved = 0 not in told.directions
    return any(
        span.cell is None
        and span.reason
        and span.coverage > _NAMED
        and not (moved and pattern("prose", "same").search(span.quote))
        for span in reading.spans
    )


def _parts(change: Fact, grounder: Grounder) -> tuple[Fact, ...]:
    """The changes of a subject's parts that go its way and give their reason."""
    facts = grounder.library.facts([change.document])
    return tuple(
        f
        for f in facts
        if f.origin == "prose"
        and f.column == 1
        and f.reason
        and f.section == change.section
        and change.label in (f.table_title, *f.path[-1:])
        and _sign(f) == _sign(change)
    )


def _said(
    question: str,
    told: Told,
    reasons: Sequence[Fact],
    instead: str,
    asked: int,
    parts: Sequence[Fact] = (),
) -> Answer:
    cites = Citations()
    figures = []
    # Of an account's 年初预算 and 决算 the account is the amount that changed.
    for f in sorted(told.values, key=lambda f: f.basis != "决算")[:1]:
        figures.append(f"{f.year}年{f.label}{money(f.value, f.unit)}[{cites.fact(f)}]")
    for f in told.changes[:2]:
        name = "" if figures else f"{f.year}年{f.label}"
        figures.append(f"{name}{_base(f)}{_moved(f)}[{cites.fact(f)}]")
    notes = []
    actual = next((_sign(f) for f in told.changes), None)
    if asked and actual is not None and actual != asked:
        is_so = {1: "增加", -1: "减少", 0: "持平，没有增减"}[actual]
        notes.append(f"问题说的是{'增加' if asked > 0 else '减少'}，实际是{is_so}。")
    # The sentence of the change is the better witness than the one of the amount.
    of = {r.reason: r for r in sorted(reasons, key=lambda r: r.column != 0)}
    why = [f"{reason}[{cites.fact(r)}]" for reason, r in of.items()]
    by_part = {f.reason: f for f in reversed(parts)}
    among = [
        f"其中{f.label}{_base(f)}{_moved(f)}，原因：{reason}[{cites.fact(f)}]"
        for reason, f in reversed(by_part.items())
    ]
    said = "，".join(figures) or reasons[0].label
    reason = instead or (f"{'；'.join(among)}。" if among else f"原因：{'；'.join(why)}。")
    text = "".join(notes) + said + "。" + reason
    return Answer(question, "answered", "passages", text, citations=cites.all, notes=tuple(notes))


def _base(change: Fact) -> str:
    against = next((flag[8:] for flag in change.flags if flag.startswith("against:")), "")
    if against.isdigit():
        return f"比{against}年"
    return "比年初预算" if "年初预算" in change.quote else ""


def _moved(change: Fact) -> str:
    if change.value == 0:
        return "持平"
    words = ("增加", "增长") if change.value > 0 else ("减少", "下降")
    return f"{words[change.column - 1]} {money(abs(change.value), change.unit)}"


def _sign(fact: Fact) -> int:
    return (fact.value > 0) - (fact.value < 0)
