"""What was understood, as a record: what the question said, what is a default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from index.model import Fact
from qa.answer import Answer, Because, Carried, Understood, Where
from qa.evidence import subject_of
from qa.understanding.binding import Bound
from qa.understanding.reading import Reading
from qa.understanding.slots import Slot

__all__ = ["because_of", "marked", "understood_of"]


def understood_of(reading: Reading) -> Understood:
    """How the first clause of a question was read, with the figures taken for what it left open."""
    clause = next((c for c in reading.clauses if c.best), None)
    clause = clause or (reading.clauses[0] if reading.clauses else None)
    if clause is None:
        return Understood()
    bound = clause.best
    operation = bound.frame.operation if bound and clause.intent == "figure" else clause.intent
    slots = bound.frame.slots if bound else (clause.frames[0].slots if clause.frames else ())
    facts = _facts(bound) if bound else ()
    rows = [
        _row(
            "organisation",
            [o for s in slots for o in s.organisations],
            [f.organisation for f in facts],
        ),
        _row(
            "years",
            [str(y) for s in slots for y in s.years],
            [str(f.year) for f in facts if f.year],
        ),
        _row("subject", _subjects(reading, slots), [subject_of(f) for f in facts]),
        _row("column", [], [f.measure for f in facts if f.origin == "table"]),
        _row("level", [s.level for s in slots], [f.level for f in facts]),
        _row("basis", [b for s in slots for b in s.basis], [f.basis for f in facts]),
        _row("table", [t for s in slots for t in (*s.tables, *s.titles)], []),
        _row("unit", [s.unit for s in slots], [f.unit for f in facts]),
    ]
    return Understood(operation, tuple(row for row in rows if row[1]))


def _facts(bound: Bound) -> tuple[Fact, ...]:
    if bound.listed:
        return bound.listed.members[:1]
    return tuple(a.facts[0] for a in bound.assigned)


def _subjects(reading: Reading, slots: Iterable[Slot]) -> list[str]:
    text = reading.said.text
    return [
        text[n.start : n.end]
        for s in slots
        for n in reading.said.names
        if any(a <= n.start and n.end <= b for a, b in s.spans)
    ]


Row = tuple[str, tuple[str, ...], Where]


def _row(name: str, said: Iterable[str], default: Iterable[str]) -> Row:
    """A slot as it was said; where nothing was, as it was taken."""
    found = tuple(dict.fromkeys(value for value in said if value))
    if found:
        return name, found, "said"
    return name, tuple(dict.fromkeys(value for value in default if value)), "default"


def marked(understood: Understood, carried: Carried | None) -> Understood:
    """How a follow-up was read, with what it took from the question before marked so."""
    return replace(understood, slots=tuple(_carried(row, carried) for row in understood.slots))


def _carried(row: Row, carried: Carried | None) -> Row:
    """A slot that a follow-up took from the question before."""
    name, values, where = row
    if carried is None or where != "said":
        return row
    taken = {
        "organisation": carried.organisation,
        "years": carried.year,
        "subject": carried.subject,
    }
    before = taken.get(name, "")
    return (
        (name, values, "carried")
        if before and any(v in before or before in v for v in values)
        else row
    )


def because_of(answer: Answer, reading: Reading) -> Because:
    """Why there is no answer: the question was read but the documents do not say, or it was not
    read for sure."""
    if not reading.said.names and not any(c.bound for c in reading.clauses):
        return "not_understood"
    sures = [b.sure for c in reading.clauses for b in c.bound]
    return "not_understood" if sures and max(sures) > 0.2 else "not_disclosed"
