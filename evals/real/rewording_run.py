"""Runs the rewordings of a set: which share of its answers stays, which share changes as it must."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from evals.real.rewordings import changed_questions, same_answer, same_questions
from evals.real.sets import QuestionSet
from evals.records import Question
from index.embedding import HashingEncoder
from index.library import Library, StoredDocument
from qa import ask

__all__ = ["rewordings", "stability"]


def rewordings(one: QuestionSet, stores: Path) -> Iterator[tuple[str, bool, Question, str]]:
    """(kind, as it must be, question, reworded) for every rewording of the questions that are
    answered and belong to no conversation.  The set's store must be there: run the set first."""
    with Library.open(stores / one.name, encoder=HashingEncoder()) as library:
        known = {document.name: document for document in library.documents()}
        for question in one.questions():
            answer = ask(question.question, library).to_record()
            if question.conversation or answer["status"] == "not_found":
                continue
            names, year = _called([known[name] for name in question.docs if name in known])
            for kind, text in same_questions(question.question, names, year):
                stays = same_answer(answer, ask(text, library).to_record())
                yield kind, stays, question, text
            for kind, text in changed_questions(question.question, names):
                yield kind, _differs(answer, ask(text, library).to_record()), question, text


def _called(documents: list[StoredDocument]) -> tuple[tuple[str, ...], int | None]:
    """What the organisation of a question's documents is called, and their year if it is one."""
    years = {document.profile.year for document in documents}
    organisations = {document.profile.organisation for document in documents}
    if len(organisations) != 1:
        return (), None
    profile = documents[0].profile
    return (profile.organisation, *profile.aliases), years.pop() if len(years) == 1 else None


def _differs(answer: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the answer to a changed question claims nothing of the original's."""
    if other["status"] == "not_found":
        return True
    return not same_answer(answer, other)


def stability(one: QuestionSet, stores: Path) -> Table:
    """The share of answers that are as they must be, by kind of rewording."""
    held: dict[str, list[bool]] = defaultdict(list)
    for kind, right, _, _ in rewordings(one, stores):
        held[kind].append(right)
    table = Table(title=f"{one.name}：改写后", box=SIMPLE_HEAD, title_justify="left")
    for name in ("改写", "题数", "如应有"):
        table.add_column(name, justify="left" if name == "改写" else "right")
    for kind, rights in held.items():
        table.add_row(kind, str(len(rights)), f"{sum(rights) / len(rights):.1%}")
    everything = [right for rights in held.values() for right in rights]
    if everything:
        share = sum(everything) / len(everything)
        table.add_row("全部", str(len(everything)), f"{share:.1%}", style="bold")
    return table
