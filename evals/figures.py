"""How the evaluation reads figures and text: units, number tokens, comparable text.

Kept apart from `index` on purpose: a gauge that read numbers with the code it measures would
share its mistakes.

>>> figures("收入1,052.59 万元，增长 2.01%")
(Printed(value=Decimal('1052.59'), unit='万元', text='1,052.59'), \
Printed(value=Decimal('2.01'), unit='%', text='2.01'))
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from index.model import Amount

__all__ = [
    "MONEY",
    "Printed",
    "contains_text",
    "decimal",
    "figures",
    "in_unit",
    "plain",
    "same_dimension",
    "unit_name",
    "without_markers",
]

# One unit of each in 元.
MONEY = {
    "元": Decimal(1),
    "千元": Decimal(1000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "千万元": Decimal(10_000_000),
    "亿元": Decimal(100_000_000),
    "万亿元": Decimal(1_000_000_000_000),
}
_ALIASES = {
    "百分比": "%",
    "百分之": "%",
    "个百分点": "百分点",
    "人民币元": "元",
    "万": "万元",
    "亿": "亿元",
    "块": "元",
    "块钱": "元",
}
_COUNTED = (
    "人次",
    "批次",
    "人",
    "名",
    "辆",
    "台",
    "套",
    "件",
    "批",
    "次",
    "场",
    "户",
    "家",
    "平方米",
    "公里",
)

_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_MARKER = re.compile(r"\[\d{1,3}\]")
_BLANK = re.compile(r"(?<!\d)\s+|\s+(?!\d)")
_UNITS = sorted([*MONEY, "个百分点", "百分点", "%", *_COUNTED], key=len, reverse=True)
_FIGURE = re.compile(
    r"(?<![\d.A-Za-z])(?P<sign>(?<![\d)%元])-)?(?P<number>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?!\d)"
    rf"\s*(?P<unit>{'|'.join(map(re.escape, _UNITS))})?"
)
_FIGURE_ONLY = re.compile(r"-?\d+(?:\.\d+)?")
_FOLD = str.maketrans({"−": "-", "–": "-", "△": "-", "“": '"', "”": '"', "「": '"', "」": '"'})


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands in a text: `value`, the `unit` behind it or `""`, the `text` itself."""

    value: Decimal
    unit: str
    text: str


def decimal(text: str | None) -> Decimal | None:
    """The number a plain decimal string stands for; None when it is none.

    >>> decimal("1,052.59"), decimal("约 3")
    (Decimal('1052.59'), None)
    """
    try:
        value = Decimal((text or "").replace(",", "").strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def unit_name(unit: str | None) -> str:
    """The usual name of a unit: `％` and `百分比` are `%`, `个百分点` is `百分点`."""
    name = unicodedata.normalize("NFKC", unit or "").strip()
    return _ALIASES.get(name, name)


def same_dimension(one: str, other: str) -> bool:
    """Whether figures in the two units can be compared: both money, or the same unit.

    >>> same_dimension("元", "亿元"), same_dimension("万元", "%"), same_dimension("%", "百分点")
    (True, False, False)
    """
    a, b = unit_name(one), unit_name(other)
    return a == b or (a in MONEY and b in MONEY)


def in_unit(amount: Amount, unit: str) -> Decimal | None:
    """The amount in another unit, exactly; None where the two cannot be compared.

    >>> in_unit(Amount(Decimal("1.5"), "亿元"), "万元")
    Decimal('15000.0')
    """
    if not same_dimension(amount.unit, unit):
        return None
    a, b = unit_name(amount.unit), unit_name(unit)
    return amount.value if a == b else amount.value * MONEY[a] / MONEY[b]


def plain(text: str) -> str:
    """Text made comparable: full width to half width (Unicode NFKC), one kind of quotation marks
    and minus, no thousands separators, no white space except between two digits.

    >>> plain("因公出国（境） 费 1,052.59")
    '因公出国(境)费1052.59'
    """
    folded = unicodedata.normalize("NFKC", text).translate(_FOLD).lower()
    return _BLANK.sub("", _THOUSANDS.sub("", folded)).strip()


def without_markers(text: str) -> str:
    """The text without its citation markers `[1]`."""
    return _MARKER.sub("", text)


def figures(text: str) -> tuple[Printed, ...]:
    """Every number of a text in its order, markers `[1]` left out; see the module's example."""
    folded = unicodedata.normalize("NFKC", without_markers(text)).translate(_FOLD)
    found = []
    for match in _FIGURE.finditer(folded):
        value = Decimal(match["number"].replace(",", ""))
        sign = -1 if match["sign"] else 1
        found.append(Printed(sign * value, unit_name(match["unit"]), match["number"]))
    return tuple(found)


def contains_text(haystack: str, needle: str) -> bool:
    """Whether a text says something.  A needle that is a bare number must stand there as a number
    (`370` is in `370.00 万元`, not in `1,370`); its minus sign counts only when it has one.

    >>> contains_text("预算 3,370 万元", "370"), contains_text("预算 370.00 万元", "370")
    (False, True)
    """
    wanted = plain(needle)
    if not _FIGURE_ONLY.fullmatch(wanted):
        return wanted in plain(without_markers(haystack))
    value = Decimal(wanted)
    if value < 0:
        return any(f.value == value for f in figures(haystack))
    return any(abs(f.value) == value for f in figures(haystack))
