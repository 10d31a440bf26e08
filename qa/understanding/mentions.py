"""What a question says of scope, with where it says it: departments, years, levels, bases.

>>> Mention(0, 5, "year", 2024)
Mention(start=0, end=5, kind='year', value=2024)
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from index.aspects import level_in
from index.vocabulary import words
from qa.question import relative_year
from qa.scope import Scope, base_year

__all__ = ["Mention", "mentions_of"]

Kind = Literal["organisation", "year", "level", "basis"]
# What stood at a date (截至2023年8月底) is printed in the budget of that year or of the next.
_AS_OF = re.compile(words("frames")["as_of"])
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
            if len(years) == 1 and _AS_OF.search(text[max(0, start - 3) : end + 4]):
                years.append(years[0] + 1)
            found += [Mention(*_at(text, start, end, y), "year", y) for y in years]
        # 晋城市本级: the level may begin with the last letter of the place.
        elif kind == "level" and masked[end - 1 : end] == text[end - 1 : end]:
            found.append(Mention(start, end, "level", level_in(text[start:end])))
    found += _bases(masked)
    return tuple(sorted(set(found), key=lambda m: (m.start, m.end, str(m.value))))


def _at(text: str, start: int, end: int, year: int) -> tuple[int, int]:
    """Where a year stands inside a span of years (2023年到2025年); the span itself otherwise."""
    at = text.find(str(year), start, end)
    inside = at >= 0 and len(_DIGITS.findall(text[start:end])) > 1
    return (at, min(end, at + 5)) if inside else (start, end)


def _years(said: str, scope: Scope) -> Iterable[int]:
    named = [int(year) for year in _DIGITS.findall(said)]
    if len(named) == 2 and named[0] < named[1]:
        return range(named[0], named[1] + 1)
    if named:
        return named[:1]
    offset = relative_year(said)
    base = None if offset is None else base_year(scope.question, scope.documents, offset)
    return () if offset is None or base is None else (base + offset,)


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
