"""Units: what is money, what is a ratio, and how one becomes another.

>>> convert(Decimal("286.04"), "万元", "元")
Decimal('2860400')
>>> same_kind("亿元", "万元"), same_kind("万元", "%"), same_kind("辆", "台")
(True, False, True)
"""

from __future__ import annotations

from decimal import Decimal

__all__ = [
    "MONEY",
    "UNITS_OF_MONEY",
    "UnitError",
    "convert",
    "is_money",
    "is_ratio",
    "same_count",
    "same_kind",
]

# 元 in each; powers of ten, so that conversion is exact both ways.
MONEY = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8, "万亿元": 12}
# Those that budgets are printed in.
UNITS_OF_MONEY = ("元", "万元", "亿元")
_RATIO = {"%": 0, "‰": -1}
# The units that count the same thing, and what thousands of them are counted in.
_ALIKE = (
    frozenset({"人", "名"}),
    frozenset({"家", "个", "户"}),
    frozenset({"场", "次"}),
    frozenset({"台", "台（套）", "套", "辆"}),
    frozenset({"项", "个"}),
    frozenset({"平方米", "㎡"}),
)
_SCALES = {"万": 4, "亿": 8}


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
    if a in MONEY or a in _RATIO:
        return (a in MONEY and b in MONEY) or (a in _RATIO and b in _RATIO)
    return same_count(a, b)


def same_count(a: str, b: str) -> bool:
    """Whether two units count the same thing.

    >>> same_count("名", "人"), same_count("人", "日期"), same_count("万人", "人")
    (True, False, True)
    """
    a, b = _plain(a)[0], _plain(b)[0]
    return a == b or any({a, b} <= alike for alike in _ALIKE)


def _plain(unit: str) -> tuple[str, int]:
    """A unit without what it is counted in: 万人 counts 人, by ten thousand."""
    scaled = len(unit) > 1 and unit not in MONEY and unit[0] in _SCALES
    return (unit[1:], _SCALES[unit[0]]) if scaled else (unit, 0)


def convert(value: Decimal, unit: str, to: str) -> Decimal:
    """A value in another unit of its kind; exact, without the zeros that only the conversion made.  Raises `UnitError` across kinds."""
    if unit == to:
        return value
    if unit in MONEY and to in MONEY:
        return _short(value.scaleb(MONEY[unit] - MONEY[to]))
    if unit in _RATIO and to in _RATIO:
        return _short(value.scaleb(_RATIO[unit] - _RATIO[to]))
    if same_kind(unit, to):
        return _short(value.scaleb(_plain(unit)[1] - _plain(to)[1]))
    raise UnitError(f"{unit or '（无单位）'} 不能换算成 {to or '（无单位）'}")


def _short(value: Decimal) -> Decimal:
    short = value.normalize()
    return short if int(short.as_tuple().exponent) <= 0 else short.quantize(Decimal(1))
