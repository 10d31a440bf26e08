"""Citations, checked mechanically.

After ALCE (Gao, Yen, Yu & Chen, "Enabling Large Language Models to Generate Text with Citations",
EMNLP 2023), with its entailment model replaced by exact comparison, since here what is to be
supported are figures and quotations:

- **citation recall**: the share of statements that a citation of theirs supports.  A statement is
  a figure or a quoted passage in the text, an operand of the calculation, or an item.
- **citation precision**: the share of citations that are needed, i.e. support a statement where
  they stand.  A marker without a citation and a citation no one points to count against it.

A figure in the text is supported by the quote of a citation in its sentence (of any in the text
where the sentence has none) or by the calculation (its result and operands, which are checked by
themselves).  A figure that only repeats the question is no statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from evals.figures import Printed, figures, in_unit, plain
from evals.figures import without_markers as bare
from evals.metrics import given
from index.model import Amount

__all__ = ["CitationCheck", "check_citations", "sentences"]

Record = Mapping[str, Any]

_MARKER = re.compile(r"\[(\d{1,3})\]")
_OPEN, _CLOSE = "“「『", "”」』"
_ELISION = re.compile(r"…+|\.{3,}")
_RUN = 8  # characters in a row that tell a sentence was taken from a quote
_SENTENCE = 12  # quoted terms (“三公”) are shorter than quoted sentences


@dataclass(frozen=True, slots=True)
class CitationCheck:
    """Counts behind the two metrics, and each fault in words."""

    statements: int
    supported: int
    citations: int
    needed: int
    faults: tuple[str, ...]

    @property
    def recall(self) -> float | None:
        """Supported statements over statements; None without statements."""
        return self.supported / self.statements if self.statements else None

    @property
    def precision(self) -> float | None:
        """Needed citations over citations; None when nothing is cited and nothing had to be."""
        if self.citations:
            return self.needed / self.citations
        return 0.0 if self.statements else None


def check_citations(answer: Record) -> CitationCheck | None:
    """The check of one answer record; None for answers that claim nothing.

    >>> check_citations({"status": "answered", "text": "公务接待费 4.00 万元[1]。",
    ...                  "citations": [{"n": 1, "quote": "6.00"}]}).faults
    ('“4.00”不在引用里', '引用 [1] 没有支持任何内容')
    """
    if answer.get("status") not in ("answered", "ambiguous"):
        return None
    tally = _Tally({int(c["n"]): c for c in answer.get("citations") or ()})
    _check_calculation(tally, answer)
    _check_items(tally, answer)
    _check_text(tally, answer)
    return tally.result()


class _Tally:
    """Counts while an answer is read: its statements and the citations that supported them."""

    def __init__(self, citations: Mapping[int, Record]) -> None:
        self.citations = citations
        self.statements = 0
        self.needed: set[int] = set()
        self.seen: set[int] = set(citations)
        self.faults: list[str] = []

    def which(self, numbers: Sequence[int], holds: Callable[[Record], bool]) -> list[int]:
        """Those of the numbered citations that exist and for which `holds` is true."""
        return [n for n in numbers if n in self.citations and holds(self.citations[n])]

    def state(self, what: str, supporters: Sequence[int], *, otherwise: bool = False) -> None:
        """Count a statement, supported by these citations or by something else."""
        self.statements += 1
        self.needed.update(supporters)
        if not supporters and not otherwise:
            self.faults.append(f"“{what}”不在引用里")

    def result(self) -> CitationCheck:
        supported = self.statements - len(self.faults)
        dangling = sorted(self.seen - set(self.citations))
        idle = sorted(set(self.citations) - self.needed)
        faults = [
            *self.faults,
            *(f"没有编号为 [{n}] 的引用" for n in dangling),
            *(f"引用 [{n}] 没有支持任何内容" for n in idle),
        ]
        return CitationCheck(
            self.statements, supported, len(self.seen), len(self.needed), tuple(faults)
        )


def _check_calculation(tally: _Tally, answer: Record) -> None:
    for operand in (answer.get("calculation") or {}).get("operands") or ():
        n, amount = operand.get("citation"), given(operand)
        if n is None or amount is None:
            continue  # a constant, such as the 100 of a percentage
        tally.seen.add(n)
        supporters = tally.which([n], partial(_has, figure=amount))
        tally.state(f"{operand.get('label') or ''} {amount.value}".strip(), supporters)


def _check_items(tally: _Tally, answer: Record) -> None:
    computed = _computed(answer)
    for item in answer.get("items") or ():
        numbers, amount = list(item.get("citations") or ()), given(item)
        label = str(item.get("label") or "")
        tally.seen.update(numbers)
        if amount is None:
            tally.state(label, tally.which(numbers, partial(_names, label=label)))
        elif _among(amount, computed):
            # Computed: what it was computed from was checked with the operands.
            tally.state(label, tally.which(numbers, lambda _: True), otherwise=True)
        else:
            supporters = tally.which(numbers, partial(_has, figure=amount))
            tally.state(f"{label} {amount.value}", supporters)


def _check_text(tally: _Tally, answer: Record) -> None:
    text, asked = (str(answer.get(key) or "") for key in ("text", "question"))
    everywhere, computed = _markers(text), _computed(answer)
    in_question = [_as_amount(figure) for figure in figures(asked)]
    tally.seen.update(everywhere)
    for sentence in sentences(text):
        pool, claimed = _markers(sentence) or everywhere, False
        for quoted in _quotations(sentence):
            if plain(quoted) not in plain(asked):
                tally.state(quoted, tally.which(pool, partial(_holds, quoted=quoted)))
                claimed = True
        for figure in filter(_is_claim, figures(sentence)):
            amount = _as_amount(figure)
            supporters = tally.which(pool, partial(_has, figure=amount))
            if not supporters and _among(amount, in_question):
                continue  # repeats the question: 超过 1,000 万元的有……
            tally.state(figure.text, supporters, otherwise=_among(amount, computed))
            claimed = True
        if not claimed:
            own = _markers(sentence)
            tally.needed.update(tally.which(own, partial(_echoes, sentence=sentence)))


def sentences(text: str) -> Iterator[str]:
    """The sentences of an answer: they end at 。！？ or a line's end outside quotation marks, and
    the markers behind the full stop belong to the sentence before it.

    >>> list(sentences("「甲。乙。」[1]丙。[2]丁"))
    ['「甲。乙。」[1]丙。[2]', '丁']
    """
    depth, start, i = 0, 0, 0
    while i < len(text):
        depth += (text[i] in _OPEN) - (text[i] in _CLOSE)
        i += 1
        if text[i - 1] == "\n" or (text[i - 1] in "。！？" and depth <= 0):
            depth = 0
            while marker := _MARKER.match(text, i):
                i = marker.end()
            if text[start:i].strip():
                yield text[start:i].strip()
            start = i
    if text[start:].strip():
        yield text[start:].strip()


def _markers(text: str) -> list[int]:
    return list(dict.fromkeys(int(n) for n in _MARKER.findall(text)))


def _quotations(sentence: str) -> Iterator[str]:
    """Outermost quoted passages long enough to be sentences, cut where words were left out."""
    text, depth, start = bare(sentence), 0, 0
    for i, letter in enumerate(text):
        if letter in _OPEN:
            start = start if depth else i + 1
            depth += 1
        elif letter in _CLOSE and depth:
            depth -= 1
            if not depth:
                pieces = _ELISION.split(text[start:i])
                yield from (p.strip() for p in pieces if len(plain(p)) >= _SENTENCE)


def _is_claim(figure: Printed) -> bool:
    """Amounts, rates and counts; not years, codes, ordinals or the numbers of a list."""
    return bool(figure.unit) or "." in figure.text or "," in figure.text


def _computed(answer: Record) -> list[Amount]:
    """The calculation's result and operands."""
    calculation = answer.get("calculation") or {}
    result = {"value": calculation.get("result"), "unit": calculation.get("unit")}
    rows = (result, *(calculation.get("operands") or ()))
    return [amount for amount in map(given, rows) if amount is not None]


def _as_amount(figure: Printed) -> Amount:
    return Amount(figure.value, figure.unit)


def _equal(one: Amount, other: Amount) -> bool:
    """The same size, whatever the sign (减少 2.00 is -2.00) and, where both say it, the unit."""
    if not (one.unit and other.unit):
        return abs(one.value) == abs(other.value)
    converted = in_unit(one, other.unit)
    return converted is not None and abs(converted) == abs(other.value)


def _among(amount: Amount, others: Sequence[Amount]) -> bool:
    return any(_equal(amount, other) for other in others)


def _has(citation: Record, figure: Amount) -> bool:
    return any(_equal(figure, _as_amount(f)) for f in figures(str(citation.get("quote") or "")))


def _holds(citation: Record, quoted: str) -> bool:
    return plain(quoted) in plain(str(citation.get("quote") or ""))


def _names(citation: Record, label: str) -> bool:
    fields = ("quote", "row", "column", "table", "section")
    return any(plain(label) in plain(str(citation.get(key) or "")) for key in fields)


def _echoes(citation: Record, sentence: str) -> bool:
    """For sentences without figures: words of the quote, or its row's name, stand in them."""
    text, quote = plain(bare(sentence)), plain(str(citation.get("quote") or ""))
    row = plain(str(citation.get("row") or ""))
    runs = (quote[i : i + _RUN] for i in range(max(1, len(quote) - _RUN + 1)))
    return any(run in text for run in (row, *runs) if run)
