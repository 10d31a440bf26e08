"""What a chat model may say of a question that the rules decline: which printed name a word means.

The words are replaced in the question, and the question is read again like any other:

    薪水一共多少万元, means 薪水 = 工资福利支出
    →  工资福利支出一共多少万元, read in full, or `Refused`
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict

from index.library import Library
from index.vocabulary import words
from qa.answer import Understood
from qa.lexicon import Lexicon, core, leaf, names_of, pairs, term_of
from qa.question import has, read_question
from qa.scope import Scope, scope_of
from qa.understanding.binding import Bound
from qa.understanding.reading import read
from qa.understanding.telling import understood_of
from qa.understood import Understanding
from qa.verify import is_instruction

__all__ = ["UNKNOWN", "Draft", "Offer", "Refused", "bound", "can_plan"]

UNKNOWN = "不知道"
_CLAIM = re.compile(r"[一-龥]{2,4}")
_ORGANISATION = re.compile(r"[局委办厅院处队站厂校馆会部]$")


class Draft(BaseModel):
    """A model's reply: for each unexplained word the label it means; small enough for small models."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    means: dict[str, str] = {}


class Refused(Exception):
    """Why a draft does not hold, in words the model can mend it by."""


@dataclass(frozen=True)
class Offer:
    """What a question may be read with: the words of it that nothing explains, and `labels`."""

    understood: Understanding
    library: Library
    lexicon: Lexicon
    unknown: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def scope(self) -> Scope:
        return self.understood.scope


def can_plan(offer: Offer) -> bool:
    """Whether a draft could hold at all: there are words that could each be another name of a label,
    in a question for money that states no amount and gives no orders."""
    question = offer.scope.question
    rest = question.text
    for word in offer.unknown:
        rest = rest.replace(word, "|")
    return (
        bool(offer.unknown)
        and not any(_no_synonym(word, offer) for word in offer.unknown)
        # 房价是多少 asks for no money, so that its word is no line of a budget.
        and has(rest, "spending")
        and not question.thresholds
        and not is_instruction(question.text)
    )


def _no_synonym(word: str, offer: Offer) -> bool:
    """Whether a word cannot be another name of a label.

    Only a short word that the documents do not use at all can: one that shares a part with a label
    narrows it (局长工资), and persons, organisations and words that change what is asked (标准, 一半)
    are no names of budget lines."""
    data, question = words("questions"), offer.scope.question
    if not _CLAIM.fullmatch(word) or question.text.count(word) != 1:
        return True
    turning = [*data["persons"], *data["decisive"], *data["qualifiers"]]
    turning += [*data["direction"]["up"], *data["direction"]["down"]]
    turning += [re.escape(w) for group in data["opposites"] for w in group["words"]]
    if _ORGANISATION.search(word) or any(re.search(e, word) for e in turning):
        return True
    at = question.text.index(word)
    named = pairs("|".join(names_of(offer.scope.documents)))
    if not all(question.free()[at : at + len(word)]) or pairs(word) & named:
        return True
    return bool(offer.lexicon.alike(word, 1)) or any(offer.lexicon.said(word))


def bound(draft: Draft, offer: Offer) -> tuple[Understanding, Understood]:
    """The question with its words replaced, read by the rules, and how it was read; raises
    `Refused`."""
    scope = _replaced(draft, offer)
    reading = read(scope, offer.library, offer.lexicon)
    if len(reading.clauses) != 1 or reading.intent != "figure":
        raise Refused("问题问的不是一个数")
    best = reading.clauses[0].best
    if best is None:
        raise Refused("换成这些名称以后，问题还是对不上文件里的数")
    for word in offer.unknown:
        if not _is_about(best, draft.means[word]):
            raise Refused(f"找到的数不是“{draft.means[word]}”")
    if _open(scope, best):
        raise Refused("问题没有写明单位或年份，对得上的数不止一个")
    found = replace(offer.understood, scope=scope, plan=best.plan, evidence=best.evidence)
    return found, understood_of(reading)


def _replaced(draft: Draft, offer: Offer) -> Scope:
    """The question with each unexplained word as the label that it is taken for."""
    text, taken = offer.scope.question.text, set[str]()
    for word in offer.unknown:
        label = draft.means.get(word, UNKNOWN)
        if label == UNKNOWN or label not in offer.labels:
            raise Refused(f"没有说明“{word}”是哪个标签")
        if label in taken:
            raise Refused(f"两个词都当作了“{label}”")
        taken.add(label)
        text = text.replace(word, label)
    old = offer.scope
    new = scope_of(
        read_question(text), old.documents, offer.lexicon.titles, offer.lexicon.of_document
    )
    if _asked_of(new) != _asked_of(old):
        raise Refused("换词以后问的范围变了")
    return new


def _asked_of(scope: Scope) -> tuple[object, ...]:
    """What a question says besides its subject."""
    question = scope.question
    said = (question.unit, question.level, question.basis, question.tables)
    return (scope.years, scope.organisations, scope.names, *said)


def _is_about(bound: Bound, label: str) -> bool:
    """Whether a figure that was found goes by a label: its row does, the column of a total, or the
    row whose members are listed."""
    wanted = {term_of(label), core(label)}
    names = [bound.listed.group.parent] if bound.listed else []
    for fact in (a.facts[0] for a in bound.assigned):
        names += [fact.label, leaf(fact.measure)] if fact.is_total else [fact.label]
    return any(wanted & {term_of(name), core(name)} for name in names if name)


def _open(scope: Scope, bound: Bound) -> bool:
    """Whether a question leaves open of which department, or of which year, where there are several:
    the rules show them all then."""
    organisations = {d.profile.organisation for d in scope.documents}
    years = {d.profile.year for d in scope.documents}
    said = scope.years or any(slot.years for slot in bound.frame.slots)
    return (len(organisations) > 1 and not scope.organisations) or (len(years) > 1 and not said)
