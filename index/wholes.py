"""The total of a table of one part of a government's budget is that part's figure.

>>> whole_of("2031年霁川市一般公共预算收入执行情况表", "本年收入合计")
'一般公共预算收入'
>>> whole_of("2031年市级政府性基金预算收支平衡表", "本年支出合计")
'政府性基金预算支出'
>>> whole_of("2031年市级一般公共预算收入执行情况表", "收入总计")
''
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from index.figures import half_width
from index.vocabulary import words

__all__ = ["is_whole_row", "names_whole", "whole_of"]


@cache
def _expressions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = words("tables")["budget_parts"]
    return re.compile(data["title"]), re.compile(data["row"])


@lru_cache(maxsize=8192)
def whole_of(title: str, label: str) -> str:
    """What a row of a table is the figure of, where it is the total of one part of a budget on one
    side; `""` where it is not.  A total with transfers and carry-overs (收入总计) is more."""
    in_title, in_row = _expressions()
    row = in_row.search(half_width(label))
    table = in_title.search(re.sub(r"\s", "", half_width(title))) if row else None
    if row is None or table is None:
        return ""
    side = row["side"] or table["side"]
    if not side or (table["side"] and table["side"] != side):
        return ""
    return f"{table['part']}预算{side}"


def is_whole_row(label: str) -> bool:
    """Whether a row's name may be that of the total of a part."""
    return bool(_expressions()[1].search(half_width(label)))


def names_whole(name: str) -> bool:
    """Whether a name is that of one side of a part of a budget.

    >>> names_whole("一般公共预算收入"), names_whole("教育支出")
    (True, False)
    """
    return bool(whole_of(f"{name}表", "合计"))
