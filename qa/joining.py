"""Several answers to the clauses of one question, as one answer.

多少？比上年多多少？ → both sentences, their citations numbered through; what was not found is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from qa.answer import Answer, Calculation, Citation

__all__ = ["joined", "unworked"]

_MOST_NEAR = 3
_MARK = re.compile(r"\[(\d+)\]")


def joined(question: str, answers: Sequence[Answer], *, figures: bool = False) -> Answer:
    """One answer from those to the clauses, in their order; what was found comes first.  Of several
    `figures` all must be found."""
    found = [answer for answer in answers if answer.status != "not_found"]
    if len(answers) == 1 or not found:
        return answers[0]
    whole = found[0]
    for other in found[1:]:
        whole = _added(whole, other)
    lost = len(found) < len(answers)
    if lost and figures:
        return _partly(question, whole)
    notes = ("问题的另一部分，文件中没有找到。",) if lost else ()
    return replace(whole, question=question, notes=(*whole.notes, *notes))


def _partly(question: str, whole: Answer) -> Answer:
    """Half an answer is none: it is shown where what was found stands."""
    return _shown(replace(whole, question=question), "问题的一部分在文件中没有找到")


def unworked(near: Answer) -> Answer:
    """Words that stand where a figure was to be worked out: shown as near, no answer."""
    return _shown(near, "所问的数没有算出来")


def _shown(answer: Answer, why: str) -> Answer:
    """No answer, with the places that come near."""
    near = answer.citations[:_MOST_NEAR]
    marks = "".join(f"[{c.n}]" for c in near)
    text = f"{why}，因此不给出数字。最接近的原文{marks}，是否就是所问的，请对照原文判断。"
    return Answer(
        answer.question,
        "not_found",
        answer.route,
        text,
        citations=near,
        passages=answer.passages,
    )


def _added(first: Answer, second: Answer) -> Answer:
    """A second answer behind a first, each place cited once."""
    known = {_place(c): c.n for c in first.citations}
    renumbered: dict[int, int] = {}
    more: list[Citation] = []
    for citation in second.citations:
        n = known.get(_place(citation))
        if n is None:
            n = len(first.citations) + len(more) + 1
            more.append(replace(citation, n=n))
        renumbered[citation.n] = n

    def number(match: re.Match[str]) -> str:
        return f"[{renumbered.get(int(match[1]), int(match[1]))}]"

    told = _MARK.sub(number, second.text)
    work = second.calculation and _renumbered(second.calculation, renumbered)
    items = tuple((item, tuple(renumbered[n] for n in ns)) for item, ns in second.items)
    status: Literal["answered", "ambiguous"] = (
        "ambiguous" if "ambiguous" in (first.status, second.status) else "answered"
    )
    return replace(
        first,
        status=status,
        text="\n".join((first.text, *(t for t in told.split("\n") if t not in first.text))),
        value=first.value if first.value is not None else second.value,
        unit=first.unit if first.value is not None else second.unit,
        items=first.items or items,
        calculation=first.calculation or work,
        citations=(*first.citations, *more),
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
        passages=first.passages or second.passages,
    )


def _place(citation: Citation) -> tuple[object, ...]:
    return citation.document, citation.page, citation.row, citation.column, citation.quote


def _renumbered(work: Calculation, numbers: dict[int, int]) -> Calculation:
    return replace(work, operands=tuple((o, numbers.get(n, n)) for o, n in work.operands))
