"""Which row contains which: from codes, numbering, indentation, 其中：, and the document's own
code lists; totals are marked as totals.

A parent contains its children, so that nobody adds a 类 to its own 款.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.captions import squeeze
from index.sections import numbering
from index.vocabulary import pattern, words

__all__ = ["Line", "Place", "bare_label", "is_among", "is_total_label", "places"]

_AMONG = re.compile(r"^(?:其中|包括|含)[:：]?|^[－—-]+(?=[一-龥])")
_NUMBER = re.compile(
    r"^\s*(?:第[一二三四五六七八九十\d]+(?:部分|章|篇)|[一二三四五六七八九十百]+[、．.]|[(（][一二三四五六七八九十]+[)）]、?|\d{1,2}[.．、](?!\d)|[(（]\d{1,2}[)）]|[①-⑳])\s*"
)


@dataclass(frozen=True, slots=True)
class Line:
    """What the hierarchy of a row is read from."""

    label: str
    code: str
    indent: int
    group: tuple[str, ...] = ()
    heads: bool = False  # merged over the whole row: a heading of the rows below
    subtotal: bool = False  # its figures add up the rows above, though it is not called 合计


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: `level` 0 is the top, `parents` row numbers from the outermost in."""

    level: int
    parents: tuple[int, ...]
    is_total: bool


def bare_label(label: str) -> str:
    """A label without its number and 其中：.

    >>> bare_label("一、一般公共服务支出"), bare_label("其中：公务接待费"), bare_label("1.财政拨款")
    ('一般公共服务支出', '公务接待费', '财政拨款')
    """
    label = _NUMBER.sub("", label)
    return _NUMBER.sub("", _AMONG.sub("", label)).strip()


def is_among(label: str) -> bool:
    """Whether a label says that its row is one part among others not listed (其中：…)."""
    return bool(_AMONG.match(label.strip()))


def is_total_label(label: str) -> bool:
    """Whether a row is a total of its table: 合计, 支出总计, 本年收入合计 …"""
    plain = squeeze(bare_label(label))
    return plain in words("tables")["total_labels"] or bool(
        pattern("tables", "total_patterns").search(plain)
    )


def places(lines: Sequence[Line], codes_by_name: Mapping[str, frozenset[str]]) -> list[Place]:
    """The place of each row; `codes_by_name` are code lists printed elsewhere in the document."""
    by_code = {
        (line.group, line.code): i for i, line in reversed(list(enumerate(lines))) if line.code
    }
    ranks = _ranks(lines, codes_by_name)
    result: list[Place] = []
    stack: list[tuple[tuple[int, int], int]] = []
    coded: set[int] = set()  # the rows with a code, and those placed beside or below them
    for i, line in enumerate(lines):
        if line.subtotal or is_total_label(line.label):
            result.append(Place(0, (), True))
            # A numbered total (一、本年收入) holds the rows below it, others those above.
            stack = [(ranks[i], i)] if numbering(line.label) else []
            continue
        if line.code:
            parents = _code_parents(line, i, by_code)
            coded.add(i)
        elif (beside := _beside(lines, i, coded)) is not None:
            coded.add(i)
            parents = result[beside].parents
            parents += (beside,) if line.indent > lines[beside].indent else ()
        else:
            while stack and stack[-1][0] >= ranks[i]:
                stack.pop()
            parents = tuple(index for _, index in stack)
            stack.append((ranks[i], i))
        result.append(Place(len(parents), parents, False))
    return result


def _beside(lines: Sequence[Line], i: int, coded: set[int]) -> int | None:
    """The coded row that an indented row without a code (一般性转移支付收入 among 11001 …) is set
    beside or below; `None` where indentation does not say."""
    own = lines[i]
    before = next((j for j in range(i - 1, -1, -1) if lines[j].indent <= own.indent), None)
    fits = before in coded and own.indent and not numbering(own.label)
    return before if fits else None


def _code_parents(
    line: Line, own: int, by_code: Mapping[tuple[tuple[str, ...], str], int]
) -> tuple[int, ...]:
    prefixes = (line.code[:length] for length in range(2, len(line.code)))
    found = (by_code.get((line.group, prefix)) for prefix in prefixes)
    return tuple(index for index in found if index is not None and index != own)


def _code_lengths(
    lines: Sequence[Line], codes_by_name: Mapping[str, frozenset[str]]
) -> dict[str, int]:
    """How long the code of each row's name is elsewhere in the document, where most rows are
    subjects of one classification (by function 2…, by economic nature 3…); else nothing."""
    names = {squeeze(bare_label(line.label)) for line in lines if not is_total_label(line.label)}
    best: dict[str, int] = {}
    for family in ("2", "3"):
        found = {
            name: min(len(code) for code in codes_by_name.get(name, ()) if code[0] == family)
            for name in names
            if any(code[0] == family for code in codes_by_name.get(name, ()))
        }
        best = max(best, found, key=len)
    # A list without a single 类 is flat: projects that happen to be called like subjects.
    return best if len(best) >= 0.6 * len(names) and 3 in best.values() else {}


def _ranks(
    lines: Sequence[Line], codes_by_name: Mapping[str, frozenset[str]]
) -> list[tuple[int, int]]:
    """A sortable depth a row: a row stands under the nearest earlier one of a smaller depth.

    Numbers give the first part (一、 before （一） before 1.); a row without a number stands below
    the numbered ones, by its indentation or by the length of the code its name has elsewhere."""
    ranks: list[tuple[int, int]] = []
    lengths = _code_lengths(lines, codes_by_name)
    base = min((line.indent for line in lines), default=0)
    numbered = any(numbering(line.label) for line in lines)
    among: tuple[int, tuple[int, int]] | None = None
    for i, line in enumerate(lines):
        number = numbering(line.label)
        name = squeeze(bare_label(line.label))
        before = ranks[-1] if ranks else (0, 0)
        if line.heads:
            rank = (-1, 0)
        elif number:
            rank = (number.rank, 0)
        elif is_among(line.label) and i:
            rank = (before[0], before[1] + 1)
            among = (line.indent, rank) if line.indent > base else None
        elif among and line.indent == among[0]:
            # 其中：A, and under it B as far in: both are parts of the row above.
            rank = among[1]
        elif line.indent > base:
            rank = (9 if numbered else 0, 10 * (line.indent - base))
        elif name in lengths:
            same_name = i > 0 and squeeze(bare_label(lines[i - 1].label)) == name
            rank = (9, lengths[name] + (100 if same_name else 0))
        else:
            rank = (9 if numbered and i and ranks[0][0] < 9 else 0, 0)
        if among and line.indent < among[0]:
            among = None
        ranks.append(rank)
    return ranks
