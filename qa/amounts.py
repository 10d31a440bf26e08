"""Figures as an answer gives them: in the unit asked for, as exact as they are, as people read them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from index.figures import plain
from index.units import MONEY, convert, is_money
from index.vocabulary import pattern
from qa.calculator import Outcome
from qa.plan import Average, Check, Difference, Growth, Plan, Rank, Value
from qa.scope import Scope
from qa.understanding.frame import cue, number_said
from qa.understood import direction_of

__all__ = ["asked_for", "money", "normal"]


def money(value: Decimal, unit: str = "") -> str:
    """A figure as people read it: thousands separated, the printed decimals kept.

    >>> money(Decimal("12345.67"), "万元")
    '12,345.67 万元'
    """
    said = f"{value:,f}{'' if unit in ('%', '‰') or not unit else ' '}{unit}"
    if unit == "元" and abs(value) >= 10000:
        said += f"（合 {normal(convert(value, '元', '万元')):,f} 万元）"
    return said


def asked_for(plan: Plan, outcome: Outcome, scope: Scope) -> tuple[Decimal | None, str, str]:
    """The figure in the unit asked for, and the expression that led to it."""
    if isinstance(plan, Check) and outcome.inner and _works_out(outcome, scope):
        # 这个比例算得对吗 is answered with the figure as it comes out, 差多少 with the difference.
        outcome = outcome.inner[0]
    value, unit, expression = outcome.value, outcome.unit, outcome.expression
    if value is None:
        return None, "", ""
    if isinstance(plan, Average):
        value = _shortened(value)
    wanted = scope.question.unit
    if wanted in MONEY and is_money(unit) and wanted != unit:
        shift = MONEY[unit] - MONEY[wanted]
        factor = f"* {10**shift}" if shift > 0 else f"/ {10**-shift}"
        expression = f"({expression}) {factor}" if outcome.computed else f"{plain(value)} {factor}"
        raw = outcome.value
        assert raw is not None
        value, unit = normal(convert(value, unit, wanted)), wanted
        if isinstance(plan, Average):
            value = _shortened(convert(raw, outcome.unit, wanted))
    if unit == "%" and int(value.as_tuple().exponent) < -2:
        value = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    if match := pattern("frames", "amounts", "decimals").search(scope.question.text):
        value = value.quantize(Decimal(1).scaleb(-number_said(match[1])), ROUND_HALF_UP)
    if value < 0 and (isinstance(plan, Check) or _magnitude(plan, scope)):
        value = -value
        # The size is the result: the arithmetic shown must come to it.
        expression = f"-({expression})" if expression else ""
    return value, unit, expression


def _works_out(outcome: Outcome, scope: Scope) -> bool:
    """Whether a check adds up, or works out, what the question wants to see."""
    return outcome.inner[0].computed and not cue("apart", scope.question.text)


def _magnitude(plan: Plan, scope: Scope) -> bool:
    """减少了多少 is answered by how much, not by a negative figure."""
    changes = isinstance(plan, Difference | Growth) or (
        isinstance(plan, Value) and plan.of.kind in ("change", "rate")
    )
    if isinstance(plan, Rank):
        changes = plan.group.kind in ("change", "rate")
    if not changes:
        return False
    if pattern("frames", "amounts", "size").search(scope.question.text):
        return True
    return direction_of(scope.question.text) < 0


def _shortened(value: Decimal) -> Decimal:
    """A quotient to 2 decimals, half up; whole where it is whole."""
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return rounded.to_integral() if rounded == rounded.to_integral() else rounded


def normal(value: Decimal) -> Decimal:
    """A converted figure without the zeros that only the conversion made."""
    short = value.normalize()
    return short if int(short.as_tuple().exponent) <= 0 else value.to_integral()
