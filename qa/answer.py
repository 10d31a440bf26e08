"""The answer record: what every way in (terminal, page, batch) returns.  Fixed by the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Literal

from index.figures import plain
from index.model import Fact, Passage
from qa.calculator import Item, Operand
from qa.cells import Cell
from qa.plan import Plan

__all__ = [
    "Answer",
    "Because",
    "Calculation",
    "Carried",
    "Citation",
    "Citations",
    "Understood",
    "Where",
]

Status = Literal["answered", "ambiguous", "not_found"]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a figure or a sentence stands; `quote` is copied character for character."""

    n: int
    document: str
    page: int | None
    section: str
    quote: str
    table: str = ""
    row: str = ""
    column: str = ""
    fact: Fact | None = None
    passage: Passage | None = None

    def to_record(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "document": self.document,
            "page": self.page,
            "section": self.section,
            "table": self.table or None,
            "row": self.row or None,
            "column": self.column or None,
            "quote": self.quote,
        }


@dataclass(frozen=True, slots=True)
class Calculation:
    """The arithmetic: its expression in the operands' unit, its result, who cites each operand."""

    expression: str
    result: Decimal
    unit: str
    operands: tuple[tuple[Operand, int], ...]

    def to_record(self) -> dict[str, Any]:
        operands = [
            {"label": o.label, "value": plain(o.value), "unit": o.unit, "citation": n}
            for o, n in self.operands
        ]
        return {
            "expression": self.expression,
            "result": plain(self.result),
            "unit": self.unit,
            "operands": operands,
        }


@dataclass(frozen=True, slots=True)
class Carried:
    """What a follow-up took from the question before: `question` is the full one that was answered,
    the others the parts of it that were not said again; `operation` that the way of asking was.
    `question` is empty where it stayed open what was meant."""

    question: str
    organisation: str = ""
    year: str = ""
    subject: str = ""
    operation: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The words carried over, e.g. `("城市管理局", "2024年", "公务接待费")`."""
        return tuple(p for p in (self.organisation, self.year, self.subject) if p)


Because = Literal["not_disclosed", "not_understood", "nothing_indexed"]
Where = Literal["said", "carried", "default"]


@dataclass(frozen=True, slots=True)
class Understood:
    """How a question was read: the operation and, for each slot that matters, its values and where
    they come from (`said`, `carried` over from the turn before, `default`)."""

    operation: str = ""
    slots: tuple[tuple[str, tuple[str, ...], Where], ...] = ()

    def line(self) -> str:
        """One line for people: `某局 · 2024 · 公务接待费 · 万元（默认）`."""
        said = (
            "、".join(values) + ("（默认）" if w == "default" else "")
            for _, values, w in self.slots
        )
        return " · ".join(said)

    def to_record(self) -> dict[str, Any]:
        """`{"operation": "value", "organisation": [["某局"], "said"], …}`."""
        slots = {name: [list(values), where] for name, values, where in self.slots}
        return {"operation": self.operation, **slots}


@dataclass(frozen=True, slots=True)
class Answer:
    """A question answered, or why not.  `carried` is what a follow-up took from before, `chosen`
    the facts that a reader picked where a name meant several."""

    question: str
    status: Status
    route: Literal["calculator", "passages"]
    text: str
    value: Decimal | None = None
    unit: str | None = None
    items: tuple[tuple[Item, tuple[int, ...]], ...] = ()
    calculation: Calculation | None = None
    citations: tuple[Citation, ...] = ()
    notes: tuple[str, ...] = ()
    plan: Plan | None = None
    passages: tuple[Passage, ...] = field(default=(), repr=False)
    elapsed_ms: float = 0.0
    carried: Carried | None = None
    chosen: tuple[str, ...] = ()
    understood: Understood = Understood()
    because: Because | None = None

    @property
    def asked(self) -> str:
        """The full question that was answered: the one typed, or what a follow-up meant."""
        return self.carried.question if self.carried else self.question

    def _carried_note(self) -> list[str]:
        return [f"承接上文：{self.asked}"] if self.carried and self.asked else []

    def to_record(self) -> dict[str, Any]:
        """The contract's record, as plain values for JSON."""
        items = [
            {
                "label": i.label,
                "value": None if i.value is None else plain(i.value),
                "unit": i.unit or None,
                "citations": list(ns),
            }
            for i, ns in self.items
        ]
        return {
            "question": self.question,
            "status": self.status,
            "route": self.route,
            "text": self.text,
            "value": None if self.value is None else plain(self.value),
            "unit": self.unit,
            "items": items,
            "calculation": self.calculation.to_record() if self.calculation else None,
            "citations": [c.to_record() for c in self.citations],
            "understood": self.understood.to_record(),
            **({"because": self.because} if self.status == "not_found" and self.because else {}),
            "notes": [*self._carried_note(), *self.notes],
            "elapsed_ms": self.elapsed_ms,
        }


class Citations:
    """Numbers citations as an answer is composed: one place, one number."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], int] = {}
        self._all: list[Citation] = []

    def fact(self, fact: Fact) -> int:
        """The number of the citation of a fact."""
        known = self._of.get(
            ("quote", f"{fact.document}|{fact.quote}")
            if fact.origin == "prose"
            else ("fact", fact.id)
        )
        if known:
            return known
        n = len(self._all) + 1
        self._of[
            ("quote", f"{fact.document}|{fact.quote}")
            if fact.origin == "prose"
            else ("fact", fact.id)
        ] = n
        self._all.append(_of_fact(n, fact))
        return n

    def passage(self, passage: Passage, quote: str, cell: Cell | None = None) -> int:
        """The number of the citation of words in a passage, or in one cell of its table."""
        key = ("quote", f"{passage.document}|{cell.row if cell else ''}|{quote}")
        if key not in self._of:
            n = self._of[key] = len(self._all) + 1
            section = " / ".join(passage.section[-2:]) or passage.document
            table = passage.section[-1] if passage.table and passage.section else ""
            citation = Citation(
                n, passage.document, passage.source.page, section, quote, table, passage=passage
            )
            if cell:
                at = f"（{cell.address}）" if cell.address else ""
                citation = replace(
                    citation,
                    page=cell.page,
                    section=cell.sheet or section,
                    row=cell.row + at,
                    column=cell.column + at,
                )
            self._all.append(citation)
        return self._of[key]

    def again(self, citation: Citation) -> int:
        """The number here of a citation made elsewhere."""
        key = ("again", f"{citation.document}|{citation.section}|{citation.row}|{citation.quote}")
        if key not in self._of:
            n = self._of[key] = len(self._all) + 1
            # A figure of the same sentence is cited by the same number.
            self._of.setdefault(("quote", f"{citation.document}|{citation.quote}"), n)
            self._all.append(replace(citation, n=n))
        return self._of[key]

    @property
    def all(self) -> tuple[Citation, ...]:
        return tuple(self._all)

    def marks(self, facts: Sequence[Fact], most: int = 2) -> str:
        """`[1][2]` for facts that say the same figure, at most so many."""
        return "".join(f"[{n}]" for n in dict.fromkeys(self.fact(f) for f in facts[:most]))


def _of_fact(n: int, fact: Fact) -> Citation:
    source = fact.source
    if fact.origin == "prose":
        section = " / ".join(fact.section[-2:]) or fact.document
        return Citation(n, fact.document, source.page, section, fact.quote, fact=fact)
    number = f"表{fact.table_number} " if fact.table_number else ""
    row, column = f"{fact.code} {fact.label}".strip(), fact.measure
    section = number + fact.table_title
    if source.sheet:
        section = source.sheet
        row, column = (
            f"{row}（{source.cell}）" if source.cell else row,
            f"{column}（{source.cell}）" if source.cell else column,
        )
    return Citation(
        n,
        fact.document,
        source.page,
        section or " / ".join(fact.section[-2:]),
        fact.quote,
        fact.table_title,
        row,
        column,
        fact=fact,
    )
