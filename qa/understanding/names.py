"""The printed names in a question, as units, and how much each of its characters says.

A name that the store prints is one thing: nothing inside it is filler, a cue or a conjunction
(公务用车购置及运行维护费, 案件执行).  The names of a question are those that together cover most of it
(Viterbi over its positions); what is neither a name nor filler is content all the same, of which
nobody knows yet what it means.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from index.aspects import STOCKS
from index.vocabulary import words
from qa.lexicon import Lexicon, key, names_of, plain_side
from qa.scope import Scope
from qa.understanding.word_classes import word_weights

__all__ = ["MASK", "Name", "Words", "words_of"]

# Stands for each character of a name where a question is searched for cues.
MASK = "□"
_STRANGER = re.compile(words("frames")["strangers"])
# A basis that stands alone names no subject: 占限额的比例.
_BALANCE = re.compile("|".join(e for n in STOCKS for e in words("aspects")["basis"][n]))
_SUMS = frozenset({"合计", "总计", "小计"})
_SOFT_WEIGHT = 0.25
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of a question that is a printed name, or another word for one.

    `keys` are the comparable forms that it may be printed in."""

    start: int
    end: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Words:
    """A question as characters that say something.

    `names` do not overlap, in order; `masked` is the text with every name of two characters and
    more hidden; `weights` say how much each character tells (0: filler, cue, year, department …)."""

    text: str
    names: tuple[Name, ...]
    masked: str
    weights: tuple[float, ...]

    def strangers(self) -> tuple[tuple[int, int], ...]:
        """Where the question names a department or a place that is not known (南山区, 教育局)."""
        return tuple(match.span() for match in _STRANGER.finditer(self.masked))

    def without(self, spans: Iterable[tuple[int, int]]) -> Words:
        """The words with some stretches saying nothing."""
        silent = {i for a, b in spans for i in range(a, b)}
        weights = (0.0 if i in silent else w for i, w in enumerate(self.weights))
        return replace(self, weights=tuple(weights))

    def content(self, spans: Iterable[tuple[int, int]]) -> float:
        """How much some stretches say together."""
        return sum(sum(self.weights[a:b]) for a, b in spans)


@cache
def _filler() -> re.Pattern[str]:
    data = words("questions")
    expressions = [*data["leftover"]["operators"], *data["filler"]]
    return re.compile("|".join(f"(?:{e})" for e in sorted(expressions, key=_width, reverse=True)))


def _width(expression: str) -> tuple[int, int]:
    """The most and the fewest letters an expression matches: the longest is tried first."""
    fewest, most = re._parser.parse(expression).getwidth()  # type: ignore[attr-defined]
    return int(most), int(fewest)


@cache
def _soft() -> re.Pattern[str]:
    names = sorted(words("questions")["soft"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, names)))


@cache
def _empty(name: str) -> bool:
    """Whether a printed name says nothing in a question: 合计, 增加, 支出."""
    if _soft().fullmatch(name) or not re.search("[一-龥A-Za-z]", name):
        return True
    return name in words("tables")["total_labels"] or _filler().sub("", name) == ""


def _says_nothing(stretch: str) -> bool:
    """Whether a printed name says nothing in a question, or only what of a subject is asked for."""
    return _empty(stretch) or _BALANCE.fullmatch(stretch) is not None


def words_of(scope: Scope, lexicon: Lexicon) -> Words:
    """The words of a question in its scope."""
    text = scope.question.text
    typed = [(a, b) for a, b, kind in scope.question.marks if kind != "table"]
    levels = {a for a, _, kind in scope.question.marks if kind == "level"}
    scoped = {i for a, b, kind in scope.question.marks if kind != "table" for i in range(a, b)}
    # 全市 in front of a name is the level asked for, not a part of the name; 某市本级 is no more
    # than the department and the level that were asked for.
    possible = [
        n
        for n in _possible(text, lexicon, typed)
        if n.start not in levels and not scoped.issuperset(range(n.start, n.end))
    ]
    # 公用经费合计 is a name and the cue for a sum.
    spans = {(n.start, n.end) for n in possible}
    possible = [
        n
        for n in possible
        if not (text[n.end - 2 : n.end] in _SUMS and (n.start, n.end - 2) in spans)
    ]
    chosen = _chosen(text, possible)
    names = _without_wholes(chosen)
    masked = list(text)
    for name in names:
        if name.end - name.start > 1:
            masked[name.start : name.end] = MASK * (name.end - name.start)
    for start, end, kind in scope.question.marks:
        if kind == "organisation":
            masked[start:end] = MASK * (end - start)
    plain = "".join(masked)
    typed += [m.span() for m in _BALANCE.finditer(plain)]
    typed += [(n.start, n.end) for n in chosen if n not in names]
    weights = _weights(text, plain, names, typed, lexicon)
    return Words(text, tuple(names), plain, tuple(weights))


def _possible(text: str, lexicon: Lexicon, typed: Sequence[tuple[int, int]]) -> list[Name]:
    found: dict[tuple[int, int], set[str]] = {}
    owners = {key(name) for name in names_of(lexicon.documents)}
    for start, end, term in lexicon.said(text):
        found.setdefault((start, end), set()).add(term)
    for start in range(len(text)):
        for end in range(start + 2, min(len(text), start + _LONGEST) + 1):
            stretch = text[start:end]
            for form in (stretch, plain_side(stretch)):
                if form in lexicon.names and form not in owners and not _says_nothing(stretch):
                    found.setdefault((start, end), set()).add(form)
    return [
        Name(a, b, tuple(sorted(keys)))
        for (a, b), keys in found.items()
        if not any(_crosses(a, b, start, end) for start, end in typed)
    ]


def _crosses(a: int, b: int, start: int, end: int) -> bool:
    """Whether a stretch overlaps a year, department or unit without holding it whole."""
    inside = a <= start and end <= b and b - a >= end - start + 2
    return a < end and start < b and not inside


def _chosen(text: str, names: Sequence[Name]) -> list[Name]:
    """Names that do not overlap and cover most of the text, few long ones before many short."""
    ending: dict[int, list[Name]] = {}
    for name in names:
        ending.setdefault(name.end, []).append(name)
    best: list[tuple[float, tuple[Name, ...]]] = [(0.0, ())]
    for position in range(1, len(text) + 1):
        options = [best[-1]]
        for name in ending.get(position, ()):
            score, chosen = best[name.start]
            options.append((score + name.end - name.start - 0.5, (*chosen, name)))
        best.append(max(options, key=lambda option: option[0]))
    return list(best[-1][1])


def _without_wholes(names: Sequence[Name]) -> list[Name]:
    """Without the words for a whole right behind a name: 三公经费预算总额 is one thing asked for."""
    totals = set(words("tables")["total_labels"])
    ends = {name.end for name in names}
    return [n for n in names if n.start not in ends or not totals.intersection(n.keys)]


def _weights(
    text: str,
    masked: str,
    names: Sequence[Name],
    typed: Sequence[tuple[int, int]],
    lexicon: Lexicon,
) -> list[float]:
    weights = [_rarity(text, i, lexicon) if char.isalnum() else 0.0 for i, char in enumerate(text)]
    named = {i for name in names for i in range(name.start, name.end)}
    for i, weight in enumerate(word_weights(text)):
        if i not in named:
            weights[i] *= weight
    for match in _soft().finditer(masked):
        # Away from a name, a word for the whole says nothing: 三公经费各项加起来等于合计吗.
        behind = masked[: match.start()].endswith(MASK)
        said = _SOFT_WEIGHT if behind or not names or match[0] not in _SUMS else 0.0
        for i in range(*match.span()):
            weights[i] *= said
    for match in _filler().finditer(masked):
        if not _soft().fullmatch(match[0]):
            weights[match.start() : match.end()] = [0.0] * len(match[0])
    for start, end in typed:
        if not any(name.start <= start and end <= name.end for name in names):
            weights[start:end] = [0.0] * (end - start)
    return weights


def _rarity(text: str, i: int, lexicon: Lexicon) -> float:
    """How much a character tells: the rarer its pairs are among printed names, the more."""
    pairs = [text[j : j + 2] for j in (i - 1, i) if j >= 0 and j + 2 <= len(text)]
    counts = [lexicon.frequency(pair) for pair in pairs]
    return 1 / (1 + 0.35 * math.log1p(min(counts, default=0)))
