"""A slot: one figure that a question wants, as far as the question says which.

`三公经费` of `2026` in `某局` is a slot; `比上年` makes a second one that differs in its year only.
What a slot leaves open (`years` empty, `basis` empty …) takes a default that costs something when a
fact is chosen; what it says must hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa.plan import Kind

__all__ = ["Slot"]

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """What is said of one figure.

    `spans` are the stretches of the question that say what it is of, `head` the last of them: the
    subject itself, the others narrow it (基本支出中的 | 委托业务费).  `organisations`, `years`, `level`,
    `basis`, `tables` (numbers), `titles` (of tables) and `codes` are as said; `kind` is what of the
    subject is wanted, `unit` the unit asked for; `side` is 收入 or 支出 where the operation takes
    both of one subject, `implied` the term that the operation is of by definition."""

    spans: Spans
    head: tuple[int, int]
    organisations: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    level: str = ""
    basis: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    kind: Kind = "value"
    unit: str = ""
    side: str = ""
    implied: str = ""
