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
from qa.lexicon import Lexicon, core, names_of
from qa.question import has, read_question
from qa.scope import Scope, scope_of
from qa.understanding.reading import read
from qa.understood import Understanding

__all__ = ["UNKNOWN", "Draft", "Offer", "Refused", "bound", "can_plan"]

UNKNOWN = "不知道"
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
    """Whether a draft could hold at all: there are words that could be another name of a label, in a
    question for money."""
    rest = offer.scope.question.text
    for word in offer.unknown:
        rest = rest.replace(word, "|")
    names = not any(_no_synonym(word, offer) for word in offer.unknown)
    return bool(offer.unknown) and names and has(rest, "spending")


def _no_synonym(word: str, offer: Offer) -> bool:
    """Persons, departments, units: what no line of a budget is another name of."""
    organisations = {core(name) for name in names_of(offer.lexicon.documents)}
    persons = any(re.search(e, word) for e in words("questions")["persons"])
    return persons or bool(_ORGANISATION.search(word)) or core(word) in organisations


def bound(draft: Draft, offer: Offer) -> Understanding:
    """The question with its words replaced, read by the rules; raises `Refused`."""
    scope = _replaced(draft, offer)
    best = read(scope, offer.library, offer.lexicon).clauses[0].best
    if best is None:
        raise Refused("换成这些名称以后，问题还是对不上文件里的数")
    return replace(offer.understood, scope=scope, plan=best.plan, evidence=best.evidence)


def _replaced(draft: Draft, offer: Offer) -> Scope:
    """The question with each unexplained word as the label that it is taken for."""
    text = offer.scope.question.text
    for word in offer.unknown:
        label = draft.means.get(word, UNKNOWN)
        if label == UNKNOWN or label not in offer.labels:
            raise Refused(f"没有说明“{word}”是哪个标签")
        text = text.replace(word, label)
    return scope_of(read_question(text), offer.lexicon.documents, offer.lexicon.titles)
