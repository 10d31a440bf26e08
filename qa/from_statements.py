"""Figures that stand in a sentence and are told in its words: quoted, never worked out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.units import convert, same_kind
from index.vocabulary import words
from qa.answer import Answer, Citations
from qa.from_passages import Retrieved, whose
from qa.outcomes import Item
from qa.understanding.asked import Asked, asked_in
from qa.understanding.mentions import mentions_of
from qa.understanding.passages import judged
from qa.understanding.reading import Reading
from qa.understanding.statements import Query, Statement, confidence_of, ranked, statements

__all__ = ["agrees", "query_of", "statement_answered"]

# How sure a statement must be (calibrated on questions with known answers, folds by set), and where
# the question wants a figure worked out that it may print.
_ENOUGH, _WORKED = 0.58, 0.75
# How much of the name that stands last the sentences must say.
_NAMED = 0.6
# Things asked for at once; more are a list.
_MOST = 3
# How much a figure of the store counts that is not the first for its slot.
_SECOND, _RANKED = 0.5, 3
# How far behind a level a place in an order is asked for.
_AMONG = 4
_IN_WORDS = ("why", "define")


def query_of(reading: Reading) -> Query | None:
    """What is looked for in sentences; `None` where no figure is asked for."""
    if not reading.clauses or any(c.intent in _IN_WORDS for c in reading.clauses):
        return None
    if len(reading.scope.organisations) > 1:
        return None
    end = len(reading.said.text)
    asked = asked_in(reading.said.text) or (Asked(end, end, "any"),)
    listed = any(
        re.search(words("frames")["each"], reading.said.text[: one.start]) for one in asked
    )
    if len(asked) > _MOST or listed:
        return None
    # 全省排第几 is printed, no ranking of figures; 全省 says among whom, not whose figure.
    places = [one.start for one in asked if one.kind == "place"]
    works = any(c.works and not any(at in range(*c.span) for at in places) for c in reading.clauses)
    found = [m for m in mentions_of(reading.scope, reading.said.masked) if m.kind == "level"]
    own = [m for m in found if not any(m.end <= at <= m.end + _AMONG for at in places)]
    level = reading.scope.question.level if own or not found else ""
    return Query(reading.said, reading.scope, asked, _stored(reading), works, level)


def _stored(reading: Reading) -> dict[str, float]:
    """The sentences of the figures of the store that may be meant, with how sure they are."""
    stored: dict[str, float] = {}
    for assigned in (a for c in reading.clauses for b in c.bound for a in b.assigned):
        for n, choice in enumerate(assigned.ranked[:_RANKED]):
            for fact in choice.facts:
                if fact.origin == "prose":
                    sure = assigned.sure * (_SECOND if n else 1.0)
                    stored[fact.quote] = max(stored.get(fact.quote, 0.0), sure)
    return stored


def statement_answered(question: str, reading: Reading, found: Retrieved) -> Answer | None:
    """The answer that sentences of what was retrieved state; `None` where none is sure enough."""
    query = query_of(reading)
    if query is None:
        return None
    scope = reading.scope
    own = {d.name: d.profile.year for d in scope.documents}
    places = judged(reading.said, "figure", found.places, scope.years, own)
    best = ranked(statements(query, places))
    enough = _WORKED if query.works else _ENOUGH
    if not best or confidence_of(query, best) < enough or not _holds(query, best[0][0]):
        return None
    return _told(question, query, best[0][0])


def agrees(stated: Answer, found: Sequence[Answer]) -> bool:
    """Whether sentences state the figures that were found for parts of the question: where they state
    others, one of the two is of something else."""
    told = [(stated.value, stated.unit or "")] + [(i.value, i.unit) for i, _ in stated.items]
    return all(
        any(
            value is not None
            and same_kind(unit, one.unit or "")
            and convert(value, unit, one.unit or "") == one.value
            for value, unit in told
        )
        for one in found
        if one.status == "answered" and one.value is not None
    )


def _holds(query: Query, statement: Statement) -> bool:
    """Whether what the question said of scope is not another in the sentences: a year, a level, each
    of the years that it says one by one, a word that changes what is asked (上半年, 一半), the name
    that stands last (税收收入 of 一般公共预算收入里税收收入)."""
    said = {m.start for m in mentions_of(query.scope, query.said.masked) if m.kind == "year"}
    years = len(said) < 2 or all(str(year) in statement.text for year in query.scope.years)
    other = statement.value("year") < 0 or statement.value("level") < 0
    named = statement.value("head") >= _NAMED
    return years and named and not other and not statement.value("unsaid")


def _told(question: str, query: Query, statement: Statement) -> Answer:
    place, cites = statement.place, Citations()
    n = cites.passage(place.passage, statement.text, place.cell)
    row = f"{place.cell.row}（{place.cell.column}）：" if place.cell else ""
    text = f"{whose(query.scope, place.passage)}{row}{statement.text.strip()}[{n}]"
    figures = [f for f in statement.figures if f.unit]
    answer = Answer(
        question, "answered", "passages", text, citations=cites.all, passages=(place.passage,)
    )
    if len(statement.figures) == 1 and figures:
        return replace(answer, value=figures[0].value, unit=figures[0].unit)
    items = tuple((Item(f.text, f.value, f.unit, ()), (n,)) for f in figures)
    return replace(answer, items=items)
