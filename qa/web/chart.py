"""Bars in SVG: a ranking, a comparison or a series of years, every value written on its bar.

No library and no script: the figure is drawn here, so that the page needs nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from index.units import MONEY, convert, is_money
from qa.amounts import money
from qa.calculator import Item
from qa.web.markup import text

__all__ = ["bars"]

_WIDTH, _ROW, _TOP, _FOOT = 460, 46, 4, 42
# Room on the left and, for values, on the right; names stand above the bars.
_LABEL, _VALUE = 6, 150
_MOST = 20
_CHARACTERS = 26


def bars(items: Sequence[Item], title: str) -> str:
    """The chart of some items, or `""` where a chart would say nothing: one item, no figures, units
    that cannot be compared."""
    known = [item for item in items if item.value is not None]
    if len(known) < 2 or len(known) != len(items) or len(items) > _MOST:
        return ""
    unit = known[0].unit
    values = [_in(item, unit) for item in known]
    if None in values:
        return ""
    return _drawn([i.label for i in known], [v for v in values if v is not None], unit, title)


def _in(item: Item, unit: str) -> Decimal | None:
    if item.unit == unit:
        return item.value
    if item.value is not None and is_money(item.unit) and unit in MONEY:
        return convert(item.value, item.unit, unit)
    return None


def _drawn(labels: Sequence[str], values: Sequence[Decimal], unit: str, title: str) -> str:
    low, high = min(Decimal(0), *values), max(Decimal(0), *values)
    room = _WIDTH - _LABEL - _VALUE
    span = float(high - low) or 1.0
    zero = _LABEL + float(-low) / span * room
    height = _TOP + _ROW * len(values) + _FOOT
    parts = [
        _bar(_TOP + n * _ROW, label, value, unit, zero, float(value) / span * room)
        for n, (label, value) in enumerate(zip(labels, values, strict=True))
    ]
    floor = _TOP + _ROW * len(values)
    axis = f'<line class="axis" x1="{zero:.1f}" y1="{_TOP}" x2="{zero:.1f}" y2="{floor}"/>'
    for value in dict.fromkeys((low, Decimal(0), high)):
        at = zero + float(value) / span * room
        axis += f'<text class="tick" x="{at:.1f}" y="{floor + 15}">{text(f"{value.normalize():,f}")}</text>'
    axis += f'<text class="unit" x="{_LABEL + room / 2:.1f}" y="{floor + 32}">{text(unit)}</text>'
    said = text(f"{title}（{unit}）")
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{said}">'
        f"<title>{said}</title>{''.join(parts)}{axis}</svg>"
    )


def _bar(top: float, label: str, value: Decimal, unit: str, zero: float, length: float) -> str:
    left, width = (zero + length, -length) if length < 0 else (zero, length)
    short = label if len(label) <= _CHARACTERS else label[: _CHARACTERS - 1] + "…"
    middle = top + 36
    figure = money(value, unit).split("（")[0]
    return (
        f'<text class="name" x="{_LABEL}" y="{top + 17:.1f}">{text(short)}<title>{text(label)}</title></text>'
        f'<rect class="bar{" below" if length < 0 else ""}" x="{left:.1f}" y="{top + 23:.1f}" width="{max(width, 1):.1f}" height="17" rx="2"/>'
        f'<text class="value" x="{max(zero, zero + length) + 6:.1f}" y="{middle:.1f}">{text(figure)}</text>'
    )
