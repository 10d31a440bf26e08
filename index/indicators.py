"""Rows of performance targets (绩效指标) whose merged cells were lost, put back under their heads.

Such a row has a third-level indicator and its target, with the first and second level before it
where they begin: `产出指标 | 数量指标 | 组织活动次数 | ≥3次`.  An extraction that lost the merged cells
pushes it to the left or to the right; the names of the levels say where it belongs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.captions import Cells, squeeze
from index.model import Column, GridCell
from index.vocabulary import pattern

__all__ = ["indicator_row"]


def indicator_row(row: Cells, cols: Sequence[Column]) -> Cells | None:
    """The row with its cells under 一级, 二级, 三级指标 and 目标值; `None` for another table or row.

    A row of this kind has two cells behind its levels, the indicator and its target."""
    at = _places(cols)
    filled = [cell for cell in row if cell and cell.text.strip()]
    levels = [cell for cell in filled[:-2] if _is_level(cell)]
    if at is None or len(filled) - len(levels) != 2 or filled[: len(levels)] != levels:
        return None
    first, second, third, target = at
    result = [GridCell("")] * len(row)
    result[third], result[target] = filled[-2:]
    if len(levels) >= 2:
        result[first], result[second] = levels[-2:]
    elif levels:
        result[first if _is_first(levels[0]) else second] = levels[0]
    return tuple(result)


def _places(cols: Sequence[Column]) -> tuple[int, int, int, int] | None:
    """Where the three levels and the target stand, in this order, or `None`."""
    heads = [squeeze(c.path[-1]) if c.path else "" for c in cols]
    found = [
        next((i for i, head in enumerate(heads) if re.search(expression, head)), -1)
        for expression in ("一级指标$", "二级指标$", "三级指标$|^指标名称$", "[目指]标值")
    ]
    if min(found) < 0 or found != sorted(found):
        return None
    return found[0], found[1], found[2], found[3]


def _is_level(cell: GridCell) -> bool:
    return bool(re.fullmatch(r"[一-龥、()]{2,14}指标", squeeze(cell.text)))


def _is_first(cell: GridCell) -> bool:
    return bool(pattern("tables", "first_level_indicators").fullmatch(squeeze(cell.text)))
