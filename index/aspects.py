"""What a text says of a figure besides its subject: its year, its basis, its level of government.

The same reading serves column heads, table titles, sentences and questions, so that the two sides
of a question meet on the same words.

>>> year_in("2023年决算数", 2024), year_in("上年预算数", 2024), year_in("预算数", 2024)
(2023, 2023, None)
>>> basis_in("年初预算数"), basis_in("支出决算为"), level_in("全市一般公共预算收入")
('预算', '决算', '全市')
"""

from __future__ import annotations

import re
from functools import lru_cache

from index.figures import UNIT
from index.vocabulary import words

__all__ = ["STOCKS", "basis_in", "level_in", "stock_in", "year_in", "years_in"]

# The most that may be owed, and what is owed: amounts at a date, the one never the other.
STOCKS = ("限额", "余额")

# 新增担保1956笔 names no year: what is counted stands behind the number.
_YEAR = re.compile(
    rf"(?<![\d.])((?:19|20)\d{{2}})\s*(?:年|财年|(?!{UNIT}(?![一-龥]))(?=[^\d.,]|$))"
)
_RELATIVE = (
    (re.compile(r"(?<!以)前年(?!度)"), -2),
    (re.compile(r"上一?年度?|去年|上年|往年"), -1),
    (re.compile(r"今年|本年度?|当年|本年"), 0),
    (re.compile(r"明年|下一?年度?|来年"), 1),
)


def years_in(text: str) -> list[int]:
    """The years a text names in digits, in order."""
    return [int(match[1]) for match in _YEAR.finditer(text)]


def year_in(text: str, base: int | None) -> int | None:
    """The first year a text names, in digits or relative to `base` (上年, 本年); else `None`."""
    named = years_in(text)
    if named:
        return named[0]
    for expression, offset in _RELATIVE:
        if base is not None and expression.search(text):
            return base + offset
    return None


def basis_in(text: str) -> str:
    """预算, 调整预算, 决算, 执行, 限额 or 余额, whichever a text says; `""` where it says none."""
    return _first("basis", text)


def stock_in(text: str) -> str:
    """限额 or 余额, whichever a text says; `""` where it says neither or both.

    >>> stock_in("2024年末地方政府债务余额"), stock_in("债务限额余额情况表")
    ('余额', '')
    """
    expressions = words("aspects")["basis"]
    found = [name for name in STOCKS if any(re.search(e, text) for e in expressions[name])]
    return found[0] if len(found) == 1 else ""


def level_in(text: str) -> str:
    """全市, 市本级, 全省 … as a text says it; `""` where it says none."""
    return _first("level", text)


@lru_cache(maxsize=4096)  # the same titles and heads come again for every cell
def _first(kind: str, text: str) -> str:
    for name, expressions in words("aspects")[kind].items():
        if any(re.search(expression, text) for expression in expressions):
            return str(name)
    return ""
