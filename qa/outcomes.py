"""What a plan comes to: outcomes with their operands and lines, and the arithmetic they share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, localcontext

from index.figures import plain
from index.model import Fact
from index.units import UnitError, convert, same_kind

__all__ = [
    "PLACES",
    "Ambiguous",
    "Item",
    "Missing",
    "Operand",
    "Outcome",
    "amount_in",
    "common_unit",
    "divided",
    "merged",
    "percent",
    "term_in",
]

PLACES = Decimal("0.01")


class Ambiguous(Exception):
    """One name, several different figures: `groups` of facts that agree with each other."""

    def __init__(self, label: str, groups: Sequence[Sequence[Fact]]) -> None:
        super().__init__(label)
        self.label = label
        self.groups = tuple(tuple(group) for group in groups)


class Missing(Exception):
    """A selection or group for which there is no fact."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A cited figure in an expression; `facts` all say it, the first is cited first."""

    label: str
    value: Decimal
    unit: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a ranking, a filter or a comparison."""

    label: str
    value: Decimal | None
    unit: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a plan comes to.  `expression` is `""` where a figure was only looked up."""

    value: Decimal | None
    unit: str
    operands: tuple[Operand, ...] = ()
    expression: str = ""
    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()
    agrees: bool | None = None
    inner: tuple[Outcome, ...] = field(default=())
    label: str = ""
    year: int | None = None

    @property
    def computed(self) -> bool:
        """Whether any arithmetic was done."""
        return bool(self.expression)


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """`part` / `whole` in %, to 2 decimals, half up.

    >>> percent(Decimal("100.35"), Decimal("5000"))
    Decimal('2.01')
    """
    return divided(part * 100, whole).quantize(PLACES, ROUND_HALF_UP)


def divided(a: Decimal, b: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec = 40
        return a / b


def common_unit(outcomes: Sequence[Outcome]) -> str:
    first = outcomes[0].unit
    for outcome in outcomes[1:]:
        if not same_kind(first, outcome.unit):
            raise UnitError(
                f"{first or '（无单位）'} 与 {outcome.unit or '（无单位）'} 不能相加减或相比"
            )
    return first


def term_in(outcome: Outcome, unit: str) -> str:
    """An outcome inside an expression: its figure in the common unit, or its own expression."""
    if outcome.computed and outcome.unit == unit:
        return f"({outcome.expression})"
    assert outcome.value is not None
    value = plain(convert(outcome.value, outcome.unit, unit))
    return f"({value})" if value.startswith("-") else value


def amount_in(outcome: Outcome, unit: str) -> Decimal:
    assert outcome.value is not None
    return convert(outcome.value, outcome.unit, unit)


def merged(outcomes: Sequence[Outcome]) -> tuple[tuple[Operand, ...], tuple[str, ...]]:
    operands = tuple(operand for outcome in outcomes for operand in outcome.operands)
    notes = tuple(dict.fromkeys(note for outcome in outcomes for note in outcome.notes))
    return operands, notes
