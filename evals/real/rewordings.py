"""Robustness without gold: rewordings that must not change an answer, and changes that must.

Made from any set by program.  A reworded question is answered right if its answer is the same:
status, figure, list and evidence; a changed one, if it no longer gives the figure of the original.

>>> dict(same_questions("某局2024年三公经费是多少？", ("某局",), 2024))["polite"]
'您好，请问某局2024年三公经费是多少？'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from opencc import OpenCC

__all__ = ["changed_questions", "same_answer", "same_questions"]

Record = dict[str, Any]

_FULL = str.maketrans("0123456789%()", "０１２３４５６７８９％（）")


@cache
def _traditional() -> OpenCC:
    return OpenCC("s2t")


def same_questions(
    question: str, names: Sequence[str], year: int | None
) -> Iterator[tuple[str, str]]:
    """(kind, question) for every rewording that applies.

    `names` are what the organisation asked about is called in the store, `year` the one year of its
    documents (None where there are several)."""
    yield "polite", f"您好，请问{question}"
    yield "full width", question.translate(_FULL)
    if re.search("[一-龥]", question):
        yield "traditional", _traditional().convert(question)
    for quoted in re.findall(r"“([^”]+)”", question)[:1]:
        yield "no quotes", question.replace(f"“{quoted}”", quoted)
    if (match := re.search(r"年的(?=[一-龥“])", question)) is not None:
        yield "no 的", question[: match.end() - 1] + question[match.end() :]
    said = next((name for name in sorted(names, key=len, reverse=True) if name in question), "")
    dated = f"{year}年"
    if said and question.startswith(f"{said}{dated}"):
        yield "order", question.replace(f"{said}{dated}", f"{dated}{said}", 1)
    for other in names:
        if said and other != said and other not in said and said not in other:
            yield "other name", question.replace(said, other, 1)
            break
    if year and question.count(dated) == 1 and len(re.findall(r"20\d\d", question)) == 1:
        yield "this year", question.replace(dated, "今年", 1)
    if question.count("是多少万元") == 1:
        yield "no unit", question.replace("是多少万元", "是多少")


def changed_questions(question: str, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(kind, question) for every change of what is asked: a year, a department that no store has."""
    years = re.findall(r"20\d\d(?=年)", question)
    if len(set(years)) == 1:
        yield "other year", question.replace(years[0], "1987")
    said = next((name for name in sorted(names, key=len, reverse=True) if name in question), "")
    if said:
        yield "other department", question.replace(said, "云岭市翠微区渔业渔政局")


def same_answer(one: Record, other: Record) -> bool:
    """Whether two answer records say the same, whatever the wording."""
    return _said(one) == _said(other)


def _said(answer: Record) -> tuple[object, ...]:
    return (
        answer.get("status"),
        answer.get("value"),
        answer.get("unit"),
        tuple((i["label"], i["value"], i["unit"]) for i in answer.get("items") or ()),
        tuple(sorted({str(c["quote"]) for c in answer.get("citations") or ()})),
    )
