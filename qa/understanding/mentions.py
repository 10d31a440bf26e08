"""What a question says of scope, with where it says it: departments, years, levels, bases.

>>> Mention(0, 5, "year", 2024)
Mention(start=0, end=5, kind='year', value=2024)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from index.aspects import level_in
from index.vocabulary import words
from qa.question import relative_year
from qa.scope import Scope

__all__ = ["Mention", "mentions_of"]

Kind = Literal["organisation", "year", "level", "basis"]
_DIGITS = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a question and what it says; a span of years is one mention a year."""

    start: int
    end: int
    kind: Kind
    value: str | int


def mentions_of(scope: Scope, masked: str) -> tuple[Mention, ...]:
    """The mentions of a question, in order; a word inside a printed name is none."""
    found = [Mention(a, b, "organisation", name) for a, b, name in scope.named]
    text = scope.question.text
    for start, end, kind in scope.question.marks:
        if kind == "year":
            years = [y for y in _years(text[start:end], scope) if y in scope.years]
            found += [Mention(start, end, "year", y) for y in years]
        elif kind == "level" and masked[start:end] == text[start:end]:
            found.append(Mention(start, end, "level", level_in(text[start:end])))
    found += _bases(masked)
    return tuple(sorted(set(found), key=lambda m: (m.start, m.end, str(m.value))))


def _years(said: str, scope: Scope) -> Iterable[int]:
    named = [int(year) for year in _DIGITS.findall(said)]
    if len(named) == 2 and named[0] < named[1]:
        return range(named[0], named[1] + 1)
    if named:
        return named[:1]
    offset = relative_year(said)
    base = _base_year(scope)
    return () if offset is None or base is None else (base + offset,)


def _base_year(scope: Scope) -> int | None:
    """The year that 今年 is: one the question names itself, or the newest document's."""
    if scope.question.years:
        return max(scope.question.years)
    own: Sequence[int] = [d.profile.year for d in scope.documents if d.profile.year]
    return max(own, default=None)


@cache
def _basis_expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (name, re.compile("|".join(expressions)))
        for name, expressions in words("aspects")["basis"].items()
    )


def _bases(masked: str) -> list[Mention]:
    found: list[Mention] = []
    for name, expression in _basis_expressions():
        for match in expression.finditer(masked):
            taken = any(m.start < match.end() and match.start() < m.end for m in found)
            if not taken and match.end() > match.start():
                found.append(Mention(*match.span(), "basis", name))
    return found
