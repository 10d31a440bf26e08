"""Characters that sound alike, which are typed for one another.

GB 2312 lists its common characters by pronunciation: neighbours sound alike or nearly so.

>>> alike("记", "计"), alike("教", "体")
(True, False)
"""

from __future__ import annotations

__all__ = ["alike"]

# A syllable has some ten characters of the list, the most frequent ones fifty.
_NEAR = 25
_FIRST, _LAST, _ROW = 16, 55, 94


def alike(a: str, b: str) -> bool:
    """Whether two characters are neighbours in the list."""
    first, second = _rank(a), _rank(b)
    return first is not None and second is not None and abs(first - second) <= _NEAR


def _rank(char: str) -> int | None:
    """The place of a character in the list; `None` for rarer ones, which stand by their strokes."""
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return None
    if len(code) != 2:
        return None
    row, column = code[0] - 0xA0, code[1] - 0xA0
    return (row - _FIRST) * _ROW + column if _FIRST <= row <= _LAST else None
