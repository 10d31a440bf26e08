"""The one place where text becomes a number.

Absent, empty, zero, nil and withheld are decided here and nowhere else; money is `Decimal` from
here to the answer.

>>> read_figure("12,345.67").value
Decimal('12345.67')
>>> read_figure("—").presence, read_figure("").presence, read_figure("0.00").presence
('nil', 'empty', 'number')
>>> f = read_figure("≥10 场"); (f.comparator, f.value, f.unit)
('≥', Decimal('10'), '场')
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from index.model import Figure, Source
from index.words import tagged

__all__ = [
    "COUNTED",
    "SCALED",
    "UNIT",
    "Quantity",
    "chinese_ordinal",
    "find_quantities",
    "half_width",
    "plain",
    "read_figure",
]

_NIL = {"-", "–", "—", "－", "--", "——", "---", "/", "\\", "－－", "─"}
_WITHHELD = re.compile(r"[*＊×]{1,5}")
# Longer than any amount in 元: an account number, or an extraction run together.
_LONGEST = 24
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SIGNED = re.compile(rf"(?P<neg>[-−△▲]\s*)?(?P<num>{_NUMBER})")
_BRACKETED = re.compile(rf"\(\s*(?P<num>{_NUMBER})\s*\)")
_DATE = re.compile(r"((?:19|20)\d{2})年(\d{1,2})月(?:(\d{1,2})日)?(?:前|底|之前|底前|以前)?")

# Words and signs before or after a number that make it a bound.
_BEFORE = {
    "≥": "≥",
    ">=": "≥",
    "≧": "≥",
    "不少于": "≥",
    "不低于": "≥",
    "不小于": "≥",
    "至少": "≥",
    "达到": "≥",
    "≤": "≤",
    "<=": "≤",
    "≦": "≤",
    "不超过": "≤",
    "不高于": "≤",
    "不大于": "≤",
    "不多于": "≤",
    "控制在": "≤",
    ">": ">",
    "大于": ">",
    "高于": ">",
    "超过": ">",
    "多于": ">",
    "<": "<",
    "小于": "<",
    "低于": "<",
    "少于": "<",
    "约": "≈",
    "约为": "≈",
    "预计": "≈",
    "近": "≈",
    "=": "",
    "等于": "",
}
_AFTER = {
    "以上": "≥",
    "及以上": "≥",
    "以下": "≤",
    "以内": "≤",
    "及以下": "≤",
    "左右": "≈",
    "余": "≥",
    "多": "≥",
}

# What is counted or measured; the longest alternative stands first.
COUNTED = (
    r"平方米|平方公里|公里|公顷|立方米|千瓦时|人次|批次|户次|家次|架次|场次|项次|标箱|"
    r"台\(套\)|台套|台（套）|小时|分钟|"
    r"[个家人件次场辆台套名位笔项份条种类户所座栋批期篇只棵株头亩吨例宗艘架盏天月年岁间处幅部册本张块根支队组团届门片段级]"
)
# … in ones, or in ten thousands or hundred millions of them.
SCALED = rf"[万亿]?(?:{COUNTED})"
# Units: money first, the longest alternative wins; then anything short of Chinese that follows.
UNIT = (
    r"万亿元|亿元|百万元|万元|千元|[万亿]?美元|元/[一-龥]{1,4}|元|个百分点|百分点|%|‰|"
    rf"{SCALED}|亿|万"
)
_UNIT_AFTER = re.compile(rf"\s*(?P<unit>(?P<scale>[万亿])[余多]?(?P<counted>{COUNTED})|{UNIT})")
# The tags of what is counted without a measure word; a place or a surname counts nothing.
_NOUN = re.compile(r"n(?![srt])")
_AFTER_WORD = re.compile("|".join(sorted(map(re.escape, _AFTER), key=len, reverse=True)))
_BEFORE_WORD = re.compile(
    "(?:" + "|".join(sorted(map(re.escape, _BEFORE), key=len, reverse=True)) + r")\s*$"
)
_CELL = re.compile(
    rf"(?P<before>{'|'.join(sorted(map(re.escape, _BEFORE), key=len, reverse=True))})?\s*"
    rf"(?P<neg>[-−△▲]\s*)?(?P<num>{_NUMBER})\s*(?P<mid>余|多)?\s*(?P<unit>{UNIT})?\s*"
    rf"(?P<noun>[一-龥]{{0,4}}?)\s*(?P<after>{'|'.join(sorted(map(re.escape, _AFTER), key=len, reverse=True))})?"
)

# The full-width forms of ASCII; NFKC would also turn ① into 1 and … into three characters.
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0xA0: 0x20, 0xFFE5: 0xA5}
_CN_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def half_width(text: str) -> str:
    """Full-width letters, digits and signs as half-width, `％` as `%`; Chinese stays, and so does
    the length, so that positions in one are positions in the other.

    >>> half_width("４．００（万元）")
    '4.00(万元)'
    """
    return text.translate(_HALF_WIDTH)


def plain(value: Decimal) -> str:
    """A decimal as a plain string: no exponent, the printed decimals kept.

    >>> plain(Decimal("1E+3")), plain(Decimal("4.00"))
    ('1000', '4.00')
    """
    return f"{value:f}"


def chinese_ordinal(text: str) -> int | None:
    """A Chinese or Arabic ordinal below 1000.

    >>> chinese_ordinal("十二"), chinese_ordinal("四十七"), chinese_ordinal("8"), chinese_ordinal("甲")
    (12, 47, 8, None)
    """
    text = half_width(text).strip()
    if text.isdigit():
        return int(text)
    total = digit = 0
    for char in text:
        if char in _CN_DIGITS:
            digit = _CN_DIGITS[char]
        elif char == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif char == "百":
            total, digit = total + (digit or 1) * 100, 0
        else:
            return None
    return total + digit if text else None


def read_figure(text: str, *, percent: bool = False, source: Source | None = None) -> Figure:
    """A cell's text as a `Figure`; `percent` says the cell shows a fraction as a percentage.

    >>> read_figure("(1,234.5)").value, read_figure("△ 3").value
    (Decimal('-1234.5'), Decimal('-3'))
    >>> read_figure("0.125", percent=True).value
    Decimal('12.500')
    """
    norm = _joined_digits(half_width(text)).strip()
    if not norm:
        return Figure(text, "empty", source=source)
    if norm in _NIL:
        return Figure(text, "nil", source=source)
    if _WITHHELD.fullmatch(norm):
        return Figure(text, "withheld", source=source)
    if bracket := _BRACKETED.fullmatch(norm):
        return Figure(text, "number", -_decimal(bracket["num"]), source=source)
    if date := _DATE.fullmatch(norm):
        digits = f"{int(date[1]):04}{int(date[2]):02}{int(date[3] or 0):02}"
        return Figure(text, "number", Decimal(digits), "日期", source=source)
    match = _CELL.fullmatch(norm)
    if (
        not match
        or len(match["num"]) > _LONGEST
        or (len(match["noun"] or "") > 0 and not match["unit"])
    ):
        return Figure(text, "text", source=source)
    value = _decimal(match["num"], bool(match["neg"]))
    unit = match["unit"] or ""
    if unit == "年" and len(match["num"]) == 4:
        return Figure(text, "text", source=source)
    if percent and not unit:
        value, unit = value * 100, "%"
    sign = _BEFORE.get(match["before"] or "", "") or _AFTER.get(
        match["after"] or match["mid"] or "", ""
    )
    return Figure(text, "number", value, unit, sign, source=source)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit found in running text, with where it stands (`start`, `end`)."""

    value: Decimal
    unit: str
    comparator: str
    start: int
    end: int
    text: str


def find_quantities(text: str) -> Iterator[Quantity]:
    """Every number with a unit in a sentence; years, dates, ordinals and bare numbers are not.

    >>> [(q.value, q.unit) for q in find_quantities("比2023年减少2.00万元，下降9.5%，共2批次")]
    [(Decimal('2.00'), '万元'), (Decimal('9.5'), '%'), (Decimal('2'), '批次')]
    """
    for match in _SIGNED.finditer(text):
        if not _stands_alone(text, match.start("num")) or len(match["num"]) > _LONGEST:
            continue
        tail = text[match.end() :]
        mid = re.match(r"\s*(余|多)(?=\s*[一-龥])", tail)
        after_number = tail[mid.end() :] if mid else tail
        unit = _UNIT_AFTER.match(after_number)
        if not unit or _is_calendar(
            match["num"], unit["unit"], after_number, text[: match.start()]
        ):
            continue
        end = match.end() + (mid.end() if mid else 0) + unit.end()
        bound = _AFTER_WORD.match(text, end)
        before = _BEFORE_WORD.search(text[: match.start()])
        sign = _AFTER[bound[0]] if bound else _BEFORE[before[0].strip()] if before else ""
        if mid and not sign:
            sign = "≥"
        negative = bool(match["neg"]) and not _is_range(text, match.start())
        unit_name = _unit_name(unit, text[end:])
        yield Quantity(
            _decimal(match["num"], negative),
            unit_name,
            sign,
            match.start(),
            end,
            text[match.start() : end],
        )


def _unit_name(unit: re.Match[str], tail: str) -> str:
    """A unit as it is known: 15.6万张 counts 张, 32.66万群众 something that has no measure word, and
    5000万 alone is money."""
    if unit["counted"]:
        return unit["scale"] + unit["counted"]
    if unit["unit"] == "万" and _NOUN.match(next((tag for _, tag in tagged(tail[:6])), "")):
        return "万"
    return {"万": "万元", "亿": "亿元"}.get(unit["unit"], unit["unit"])


def _decimal(digits: str, negative: bool = False) -> Decimal:
    value = Decimal(digits.replace(",", ""))
    return -value if negative else value


def _joined_digits(text: str) -> str:
    """A figure broken over two lines of its cell is one figure: `2,542.6⏎0` is 2,542.60."""
    if "\n" in text and re.fullmatch(r"[-−△]?[\d,.\s]+", text):
        return re.sub(r"\s+", "", text)
    return text.replace("\n", "")


def _stands_alone(text: str, start: int) -> bool:
    return start == 0 or not (
        text[start - 1].isascii() and (text[start - 1].isalnum() or text[start - 1] in "._")
    )


def _is_range(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isdigit()


def _is_calendar(digits: str, unit: str, tail: str, head: str) -> bool:
    """Years, months and days are dates, ordinals (第4位) a place, no quantities, unless they say how
    long (3 年期)."""
    if head.endswith("第"):
        return True
    if unit == "年":
        return len(digits) == 4 or tail.startswith(("年度", "年底", "年初", "年末"))
    if unit in ("月", "级"):
        return True
    return unit == "期"
