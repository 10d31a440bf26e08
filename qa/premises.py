"""What a why-question takes for granted: that something rose or fell, held against the figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from index.clauses import COLUMN
from index.figures import find_quantities
from index.library import Library
from index.model import Fact
from index.reasons import reason_in
from index.units import UnitError, same_kind
from index.vocabulary import pattern
from qa.amounts import money
from qa.answer import Answer, Citations
from qa.calculator import Ambiguous, Missing, calculate
from qa.compose import answered
from qa.joining import joined
from qa.lexicon import is_general, key, term_of
from qa.plan import Value
from qa.quoting import passages_around, trusted
from qa.understanding.binding import Bound
from qa.understanding.features import is_total
from qa.understanding.names import Words
from qa.understanding.passages import Judged
from qa.understanding.reading import Reading
from qa.understood import Understanding, direction_of

__all__ = [
    "NO_REASON",
    "Change",
    "change_of",
    "direction_in",
    "going",
    "premise_of",
    "righted",
    "says_same",
    "unexplained",
]

NO_REASON = "文件没有说明原因。"


# How many paragraphs behind a change may give its reason.
_NEXT = 5


@dataclass(frozen=True)
class Change:
    """A change that a why-question asks about: the way it says, the way it went (1, -1, 0), its
    figure in words, and the fact that it is."""

    wanted: int
    actual: int
    stated: Answer
    fact: Fact


def change_of(question: str, reading: Reading) -> Change | None:
    """The change of a why-question by the figures, of one department only."""
    scope = reading.scope
    whose = {d.profile.organisation for d in scope.documents}
    if len(whose) > 1 and not scope.organisations:
        return None
    clause = next(c for c in reading.clauses if c.intent == "why")
    wanted = direction_of(reading.said.text[slice(*clause.span)])
    bound = clause.best
    if not wanted or bound is None:
        return None
    try:
        outcome = calculate(bound.plan, bound.evidence)
    except (Ambiguous, Missing, UnitError):
        return None
    value = outcome.value or Decimal(0)
    understood = Understanding(scope, bound.plan, bound.evidence)
    stated = replace(answered(question, understood, outcome, {}), route="passages")
    if stated.calculation is None:
        # The question asks for no figure; one that was worked out shows how.
        stated = replace(stated, value=None, unit=None)
    actual = (value > 0) - (value < 0)
    return Change(wanted, actual, stated, bound.assigned[0].facts[0])


def going(way: int, ranked: Sequence[Judged], enough: float) -> list[Judged]:
    """Places that say what happened; where none does for sure, those that give a cause and do not say
    the opposite: what an amount consists of (主要是…) is no cause."""
    saying = [j for j in ranked if direction_in(j.place.text) == way and j.sure >= enough]
    cause = pattern("prose", "reason", "cause")
    return saying or [
        j
        for j in ranked
        if direction_in(j.place.text) == way
        or (direction_in(j.place.text) != -way and cause.search(j.place.text))
    ]


def righted(question: str, change: Change, quoted: Answer | None) -> Answer | None:
    """A why-question that has the direction the wrong way round, put right by the figures; with the
    words of the document for what did happen, if they were found."""
    if change.actual == change.wanted:
        return None
    note = _other_way(change.wanted, change.actual)
    if change.actual == 0:
        return _unchanged(note, change, quoted)
    why = quoted if quoted and reason_in(quoted.text) else None
    text = note + change.stated.text + ("" if why else NO_REASON)
    first = replace(change.stated, text=text, notes=(note,))
    if why is None:
        return first
    rest = replace(why, notes=(), text=why.text.removeprefix(note).lstrip())
    return replace(joined(question, [first, rest]), route="passages")


def taken_for_granted(answer: Answer, bound: Bound, said: Words, library: Library) -> Answer:
    """A figure with what a question asserts of it on the way put right, by the change that the
    document states: 听说又涨了，涨到多少 of what fell.  Of several subjects any may be meant."""
    asserted = pattern("questions", "direction", "asserted").search(said.text)
    wanted = direction_of(asserted[0]) if asserted and len(said.names) == 1 else 0
    if not wanted or answer.status != "answered" or not isinstance(bound.plan, Value):
        return answer
    own = bound.assigned[0].facts[0]
    moved = next(
        (f for f in library.facts_of(own.document) if _is_change_of(f, own) and f.value), None
    )
    if moved is None or (moved.value > 0) == (wanted > 0):
        return answer
    cites = Citations()
    for citation in answer.citations:
        cites.again(citation)
    note = _other_way(wanted, -wanted)
    marked = f"{note[:-1]} {money(abs(moved.value), moved.unit)}[{cites.fact(moved)}]。"
    return replace(
        answer, text=marked + answer.text, citations=cites.all, notes=(*answer.notes, note)
    )


def _is_change_of(fact: Fact, own: Fact) -> bool:
    """Whether a fact is the change against the year before that a document states of a figure."""
    return (
        fact.origin == "prose"
        and fact.column == COLUMN["change"]
        and term_of(fact.label) == term_of(own.label)
        and (fact.year, fact.level) == (own.year, own.level)
    )


def says_same(text: str) -> bool:
    """Whether a text says that an amount stayed: 持平, or changed by nothing."""
    statement = _statement_of(text)
    return bool(pattern("prose", "same").search(statement)) or any(
        not q.value for q in find_quantities(statement)
    )


def _unchanged(note: str, change: Change, quoted: Answer | None) -> Answer:
    """What did not change: that it did not, and the amount that it stayed at, as printed."""
    stated = replace(change.stated, value=None, unit=None, calculation=None)
    first = replace(stated, text=note + stated.text, notes=(note,))
    amounts = [q for q in find_quantities(quoted.text) if same_kind(q.unit, "元")] if quoted else []
    if quoted is None or not amounts:
        return first
    rest = replace(quoted, notes=(), value=amounts[0].value, unit=amounts[0].unit)
    return replace(joined(quoted.question, [first, rest]), route="passages")


def explained_beside(change: Change, library: Library) -> Answer | None:
    """A change with the paragraph behind it, of its own section, that says what its cause is; `None`
    where there is none."""
    fact, cause = change.fact, pattern("prose", "reason", "cause")
    found = library.search_words(fact.quote, _NEXT, [fact.document])
    own = next((p for p, _ in found if p.kind == "prose" and fact.quote in p.text), None)
    if own is None or fact.origin != "prose":
        return None
    name = term_of(fact.label)
    whole = is_total(name) or is_general(name)
    around = passages_around(own, library)
    behind = around[around.index(own) + 1 :][:_NEXT] if own in around else []
    for passage in behind:
        same = passage.section == own.section
        # The reason of the whole speaks of no part.
        same = same and (whole or name in key(passage.text))
        if same and cause.search(passage.text) and direction_in(passage.text) == change.actual:
            cites = Citations()
            for citation in change.stated.citations:
                cites.again(citation)
            quote = trusted(passage.text)
            text = f"{change.stated.text}\n{quote}[{cites.passage(passage, quote)}]"
            return replace(change.stated, text=text, citations=cites.all, passages=(passage,))
    return None


def unexplained(change: Change, ranked: Sequence[Judged]) -> Answer:
    """A change that the document states without a reason: the change is told, no reason is made up."""
    text = change.stated.text + NO_REASON
    passages = tuple(j.passage for j in ranked)
    return replace(
        change.stated,
        status="not_found",
        because="not_disclosed",
        text=text,
        value=None,
        unit=None,
        calculation=None,
        passages=passages,
    )


def _other_way(wanted: int, actual: int) -> str:
    is_so = {1: "增加", -1: "减少", 0: "持平，没有增减"}[actual]
    return f"问题说的是{'增加' if wanted > 0 else '减少'}，实际是{is_so}。"


def direction_in(text: str) -> int:
    """Which way a passage says that something went: 1, -1, or 0."""
    statement = _statement_of(text)
    return 0 if pattern("prose", "same").search(statement) else direction_of(statement)


def premise_of(asked: str, told: Sequence[str]) -> tuple[str, ...]:
    """Where a why-question has the direction the wrong way round."""
    wanted = direction_of(asked)
    if not wanted or not told:
        return ()
    same = pattern("prose", "same").search(_statement_of(told[0]))
    actual = direction_in(told[0])
    if actual == wanted or (actual == 0 and not same):
        return ()
    return (_other_way(wanted, actual),)


def _statement_of(quote: str) -> str:
    """What a sentence says before its reason."""
    reason = reason_in(quote)
    return key(quote[: quote.find(reason)] if reason else quote)
