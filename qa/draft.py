"""A chat model's plan, bound to facts and held to the standards of the rules.

A `Draft` names an operation and labels; an `Offer` is what the library has for the question.  The
words that the model takes for labels are replaced in the question, and the `Grounder` of the rules
must then explain every word of it:

    薪水一共多少万元, means 薪水 = 工资福利支出, value(工资福利支出)
    →  工资福利支出一共多少万元, understood in full, or `Refused`
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import BaseModel, ConfigDict

from index.library import Library
from index.model import Fact
from index.vocabulary import words
from qa.evidence import Evidence
from qa.ground import Grounder
from qa.lexicon import Lexicon, core, leaf, names_of, pairs, term_of
from qa.operands import Operands
from qa.plan import Average, Compare, Difference, Growth, Plan, Share, Sum, Value
from qa.question import has, read_question
from qa.scope import Scope, scope_of
from qa.understand import Understanding, ignored

__all__ = ["UNKNOWN", "Draft", "Offer", "Operation", "Pick", "Refused", "bound", "can_plan"]

UNKNOWN = "不知道"
Operation = Literal["value", "sum", "difference", "share", "growth", "average", "compare", "none"]
_CLAIM = re.compile(r"[一-龥]{2,4}")
_ORGANISATION = re.compile(r"[局委办厅院处队站厂校馆会部]$")
# The operations that each cue of a question may mean.
_CUES: dict[str, tuple[str, ...]] = {
    "share": ("share",),
    "average": ("average",),
    "growth": ("growth",),
    "difference": ("difference",),
    "change": ("difference",),
    # 一共花了多少 of one thing is a value.
    "sum": ("sum", "value", "share", "difference"),
    "higher": ("compare",),
    "lower": ("compare",),
    "series": ("compare",),
    "rank": (),
    "filter": (),
    "count": (),
    "check": (),
    "completion": (),
}


class Pick(BaseModel):
    """A figure the model wants: a label of those offered, with a year or organisation where the
    question names several."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    label: str
    year: int | None = None
    organisation: str = ""


class Draft(BaseModel):
    """A plan in the model's words: small enough for small models, made into a `Plan` here."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    op: Operation
    left: tuple[Pick, ...] = ()
    right: tuple[Pick, ...] = ()
    means: dict[str, str] = {}


class Refused(Exception):
    """Why a draft does not hold, in words the model can mend it by."""


@dataclass(frozen=True)
class Offer:
    """What a question may be planned with: the words of it that nothing explains, and `labels`."""

    understood: Understanding
    library: Library
    lexicon: Lexicon
    flawed: tuple[str, ...]
    unknown: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        return self.understood.scope


def can_plan(offer: Offer) -> bool:
    """Whether a draft could hold at all: its operations are asked for (no rankings, no checks), and
    every unexplained word could be another name of a label."""
    question, rest = offer.scope.question, offer.scope.question.text
    operations = all(_CUES[cue] for cue in _CUES if has(rest, cue))
    for word in offer.unknown:
        rest = rest.replace(word, "|")
    # 房价是多少 asks for no money, so that its word is no line of a budget.
    names = not any(_no_synonym(word, offer) for word in offer.unknown)
    money = not offer.unknown or has(rest, "spending")
    return operations and names and money and not question.thresholds


def bound(draft: Draft, offer: Offer) -> Understanding:
    """A draft bound to facts, every word of the question explained; raises `Refused`."""
    picks = (*draft.left, *draft.right)
    strange = [p.label for p in picks if p.label not in offer.labels]
    if strange or not draft.left:
        raise Refused(f"标签不在所给之列：{'、'.join(strange) or '（空）'}")
    scope = _replaced(draft, offer)
    operands = Operands(Grounder(offer.library, offer.lexicon, scope), offer.flawed)
    _fits_cues(draft, operands.text)
    bind = [_value(pick, operands, alone=len(picks) == 1) for pick in picks]
    plan = _plan(draft, bind[: len(draft.left)], bind[len(draft.left) :])
    facts = [f for value in bind for f in operands.selections[value.of]]
    missing = [f"{y}年" for y in scope.years if y not in {f.year for f in facts}]
    missing += [o for o in scope.organisations if o not in {f.organisation for f in facts}]
    left = operands.left() or ignored(plan, operands)
    left = (*missing, *left, *(f"{t.value}{t.unit}" for t in scope.question.thresholds))
    if left:
        raise Refused(f"问题里的“{'”“'.join(left)}”没有得到解释")
    evidence = Evidence(operands.selections, {}, operands.derived_from(offer.library))
    return Understanding(scope, plan, evidence)


def _replaced(draft: Draft, offer: Offer) -> Scope:
    """The scope of the question with its unexplained words in the words of the labels."""
    scope, text = offer.scope, offer.scope.question.text
    for word in offer.unknown:
        label = draft.means.get(word, UNKNOWN)
        if label not in offer.labels or label not in {p.label for p in (*draft.left, *draft.right)}:
            raise Refused(f"问题里的“{word}”没有得到解释")
        if reason := _no_synonym(word, offer):
            raise Refused(f"“{word}”{reason}，不能当作“{label}”")
        text = text.replace(word, core(label))
    if text == scope.question.text:
        return scope
    read = scope_of(read_question(text), scope.documents, offer.lexicon.titles)
    old, new = scope.question, read.question
    same = (read.years, read.organisations, new.unit, new.level, new.basis, new.tables)
    if same != (scope.years, scope.organisations, old.unit, old.level, old.basis, old.tables):
        raise Refused("换词以后问的范围变了")
    return read


def _no_synonym(word: str, offer: Offer) -> str:
    """Why a word cannot be another name of a label; `""` where it can.

    Only a short word that the documents do not use at all can: one that shares a part with a label
    narrows it (局长工资), and persons, organisations and words that change what is asked (标准, 一半)
    are no names of budget lines."""
    data, text = words("questions"), offer.scope.question.text
    if not _CLAIM.fullmatch(word) or text.count(word) != 1:
        return "不是一个完整的词"
    if any(re.search(e, word) for e in data["persons"]) or _ORGANISATION.search(word):
        return "说的是人或单位"
    turning = [*data["decisive"], *data["qualifiers"], *data["direction"]["up"]]
    turning += [w for group in data["opposites"] for w in group["words"]]
    turning += data["direction"]["down"]
    if any(re.search(e, word) for e in turning):
        return "会改变所问的事"
    at = text.index(word)
    free = offer.scope.question.free()
    if not all(free[at : at + len(word)]) or pairs(word) & pairs(
        "|".join(names_of(offer.scope.documents))
    ):
        return "说的是范围"
    known = offer.lexicon.alike(word, 1) or offer.lexicon.said(word)
    return "里有文件自己的用词" if known else ""


def _fits_cues(draft: Draft, text: str) -> None:
    """The operation must be the one that the question's own words ask for."""
    given = {cue for cue in _CUES if has(text, cue)}
    if "growth" in given:
        # 增加百分之几 also gives the cues of 增加多少.
        given -= {"change", "difference"}
    plain = not given and draft.op in ("value", "compare")
    if not plain and (not given or any(draft.op not in _CUES[cue] for cue in given)):
        raise Refused(f"问题没有要求 {draft.op}")


def _value(pick: Pick, operands: Operands, alone: bool) -> Value:
    """A pick as the figure that the question's own words for it mean."""
    grounder = operands.grounder
    cover, _ = grounder.name_cover(pick.label, 0, operands.end)
    if not cover:
        raise Refused(f"问题里没有说“{pick.label}”的词")
    start, end = (0, operands.end) if alone else (min(cover), max(cover) + 1)
    if pick.organisation:
        scope = grounder.scope
        own = tuple(d for d in scope.documents if d.profile.organisation == pick.organisation)
        grounder = Grounder(grounder.library, grounder.lexicon, replace(scope, documents=own))
    years = (pick.year,) if pick.year else None
    value = operands.value(start, end, years=years, grounder=grounder)
    if value is None:
        raise Refused(f"文件里没有“{pick.label}”的数")
    if not all(_is_named(fact, pick.label) for fact in operands.selections[value.of]):
        raise Refused(f"问题说的不是“{pick.label}”")
    return value


def _is_named(fact: Fact, label: str) -> bool:
    """Whether a figure goes by a label: its row does, or the column of a total."""
    names = (fact.label, leaf(fact.measure)) if fact.is_total else (fact.label,)
    wanted = {term_of(label), core(label)}
    return any(wanted & {term_of(name), core(name)} for name in names)


def _plan(draft: Draft, left: list[Value], right: list[Value]) -> Plan:
    """The plan of a draft; several figures on a side of an operation are added first."""
    if draft.op == "value" and len(left) == 1 and not right:
        return left[0]
    if draft.op in ("sum", "average", "compare") and len(left) > 1 and not right:
        if len(set(left)) < len(left):
            raise Refused("同一个数用了两次")
        if draft.op == "compare":
            return Compare(parts=tuple(left), names=tuple(v.of.label for v in left))
        return Sum(parts=tuple(left)) if draft.op == "sum" else Average(parts=tuple(left))
    if draft.op in ("difference", "share", "growth") and left and right:
        a, b = (side[0] if len(side) == 1 else Sum(parts=tuple(side)) for side in (left, right))
        if a == b:
            raise Refused("两边是同一个数")
        if draft.op == "difference":
            return Difference(left=a, right=b)
        return Share(part=a, whole=b) if draft.op == "share" else Growth(new=a, old=b)
    raise Refused(f"{draft.op} 的 left、right 个数不对")
