"""Units: what is money, what is a ratio, and how one becomes another.

>>> convert(Decimal("286.04"), "万元", "元")
Decimal('2860400')
>>> same_kind("亿元", "万元"), same_kind("万元", "%")
(True, False)
"""

from __future__ import annotations

from decimal import Decimal

__all__ = ["MONEY", "UnitError", "convert", "is_money", "is_ratio", "same_kind"]

# 元 in each; powers of ten, so that conversion is exact both ways.
MONEY = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8, "万亿元": 12}
_RATIO = {"%": 0, "‰": -1}


class UnitError(ValueError):
    """Two units that cannot be compared, e.g. 万元 and %."""


def is_money(unit: str) -> bool:
    """Whether a unit is an amount of money."""
    return unit in MONEY


def is_ratio(unit: str) -> bool:
    """Whether a unit is a ratio (%, ‰)."""
    return unit in _RATIO


def same_kind(a: str, b: str) -> bool:
    """Whether figures in the two units can be added and compared."""
    return a == b or (a in MONEY and b in MONEY) or (a in _RATIO and b in _RATIO)


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """A value in another unit of its kind; exact, without the zeros that only the conversion made.  Raises `UnitError` across kinds."""
    if unit == to:
        return value
    if unit in MONEY and to in MONEY:
        return _short(value.scaleb(MONEY[unit] - MONEY[to]))
    if unit in _RATIO and to in _RATIO:
        return _short(value.scaleb(_RATIO[unit] - _RATIO[to]))
    raise UnitError(f"{unit or '（无单位）'} 不能换算成 {to or '（无单位）'}")


def _short(value: Decimal) -> Decimal:
    short = value.normalize()
    return short if int(short.as_tuple().exponent) <= 0 else short.quantize(Decimal(1))
