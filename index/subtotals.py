"""Which rows of a list are the sums of others: told from their figures, not from their names.

>>> from decimal import Decimal
>>> parts = [(Decimal(n), False) for n in (245, 45, 200, 203, 203)]
>>> [str(value) for value, _ in terms(parts, parents=True)]
['245', '203']
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

__all__ = ["adds_up_above", "adds_up_below", "run", "terms"]

Term = tuple[Decimal, bool]


def run(total: Decimal, values: Sequence[Decimal]) -> int:
    """How many values from the first on add up to a total; 0 where none do.

    >>> run(Decimal(5), [Decimal(2), Decimal(3), Decimal(4)])
    2
    """
    running = Decimal(0)
    for count, value in enumerate(values, start=1):
        running += value
        if running == total:
            return count
    return 0


def terms(lines: Sequence[Term], *, parents: bool = False) -> list[Term]:
    """Rows (value, is it called a total) with every subtotal instead of its parts, whether it
    stands above or below them; `parents`: also a row that is not called a total may stand above
    its parts.  The flag of a result says that it is a sum of several."""
    found: list[Term] = []
    skip = -1
    for i, (value, is_total) in enumerate(lines):
        if i <= skip:
            continue
        below = run(value, [v for v, _ in lines[i + 1 :]]) if is_total or parents else 0
        skip = below + i if below else skip
        above = run(value, [v for v, _ in reversed(found)])
        if above > 1 or (above and is_total):
            del found[-above:]
        found.append((value, is_total or above > 1 or below > 1))
    return found


def adds_up_above(columns: Sequence[Sequence[Decimal | None]], row: int) -> bool:
    """Whether a row is the sum of rows above it in one of the columns of figures."""
    for column in columns:
        value = column[row]
        above = [(v, False) for v in column[:row] if v]
        if value and run(value, [v for v, _ in reversed(terms(above, parents=True))]):
            return True
    return False


def adds_up_below(
    columns: Sequence[Sequence[Decimal | None]], row: int, parts: Sequence[int]
) -> bool:
    """Whether a row is the sum of some rows below it, in every column that has all of them."""
    sums = [
        (column[row], [column[part] for part in parts])
        for column in columns
        if column[row] and all(column[part] is not None for part in parts)
    ]
    return bool(sums) and all(sum(v for v in values if v) == value for value, values in sums)
