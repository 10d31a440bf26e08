"""The words of a document that state the figures a question asks for.

A question for several things (发了多少，惠及多少人) mostly has its answers in one sentence, and what a
figure is called there is rarely what the question calls it.  The sentences of the likeliest passages
are therefore judged as a whole: how much of the question they say, whether they hold a figure of each
kind that is asked for, and whether the figures found in the store point to them too.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.aspects import level_in
from index.figures import Quantity, half_width
from index.reasons import reason_span, sentences
from index.vocabulary import words
from index.words import tagged
from qa.lexicon import key
from qa.scope import BASE, Scope
from qa.understanding.asked import Asked, figures_in, fits
from qa.understanding.names import Words
from qa.understanding.overlap import covered, longest, own_share, share_of
from qa.understanding.passages import Judged, Place
from qa.understanding.scoring import section
from qa.understanding.stated import label_of, unsaid
from qa.understood import direction_of

__all__ = [
    "STATEMENT_CONFIDENCE",
    "STATEMENT_FEATURES",
    "Query",
    "Statement",
    "confidence_of",
    "ranked",
    "statements",
]

# Tags (ICTCLAS) of nouns and of the names of places and institutions, and how much of such a name a
# text must say.
_NOUNS, _PROPER, _KNOWN = ("n", "j", "vn"), ("ns", "nt"), 0.7
# How far behind a question word what it counts may begin.
_NEXT = 3
_PLACE = re.compile(f"..+?(?:{words('organisations')['places']})")
# Places that are read sentence by sentence, sentences that are taken together, and figures that are
# tried for each thing asked.
_PLACES, _TOGETHER, _TRIED = 8, 2, 5
# How many of the words behind a figure may say what it is.
_BEHIND = 14
_MARK = re.compile(r"[,，、?？;；。!！]")
_BREAK = re.compile(r"[,，。;；:：、（(）)]")
_YEAR = re.compile(r"((?:19|20)\d\d)年")

STATEMENT_FEATURES = (
    "said",  # how much of the question the sentences say
    "near",  # … with the headings and what their paragraph opens with
    "around",  # … with their whole paragraph
    "run",  # the longest stretch that both share
    "asked",  # how well their figures suit what is asked for
    "named",  # how much of its figures' own words the question says
    "beside",  # how much of what asks for each figure is said right around it
    "piece",  # … in the sentences
    "head",  # … of the name that stands last before what is asked
    "names",  # … of all names of the question
    "lost",  # nouns of the question that neither they nor their headings say, at most 3
    "ahead",  # how much of the question is said in the words before its figures
    "rank",  # how early its place comes among those that may answer
    "lead",  # how far its place is ahead of the next
    "stored",  # how sure the figures of the store are that stand in them
    "crowd",  # other figures of the kinds asked for
    "choice",  # how far other figures of these sentences fall behind
    "direction",  # it goes up or down as the question says
    "unsaid",  # a decisive word of the question (决算, 标准) is not in them
    "year",  # 1 of a year asked for, 0 nothing is said of years, -1 of another
    "level",  # 1 of the level asked for, -1 of another
    "cell",  # the words of a cell
    "more",  # more than one sentence
)

STATEMENT_CONFIDENCE = (
    "score",
    "margin",  # how far the next one falls behind that states other figures, at most 3
    "mass",  # how much the question says
    "missing",  # … that neither they nor their headings say
    "things",  # how many figures are asked for
    "works",  # the question wants figures worked out
    "unnamed",  # it names no department where there are several
    "near",
    "asked",
    "named",
    "head",
    "names",
    "lost",
    "rank",
    "lead",
    "stored",
    "crowd",
    "choice",
    "level",
    "cell",
)


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for: the words of a question, its scope, the figures `asked` for; `stored` are
    the sentences in which figures of the store stand that it may mean, with how sure they are; `works`
    says that it wants more than figures as they stand, `level` is the level of government asked for."""

    said: Words
    scope: Scope
    asked: tuple[Asked, ...]
    stored: Mapping[str, float]
    works: bool
    level: str

    @property
    def telling(self) -> list[int]:
        return [i for i, w in enumerate(self.said.weights) if w > 0]

    def share(self, words: str, of: Sequence[int]) -> float:
        """How much some places of the question are said by a text."""
        return share_of(self.said, covered(self.said, of, key(words)), of)


@dataclass(frozen=True, slots=True)
class Statement:
    """Sentences of one place with the figure for each thing asked, and their features."""

    place: Place
    text: str
    figures: tuple[Quantity, ...]
    values: tuple[float, ...]

    def value(self, name: str) -> float:
        return self.values[STATEMENT_FEATURES.index(name)]

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """The figures as they are told apart from those of another statement."""
        return tuple((f.text, f.unit) for f in self.figures)


def statements(query: Query, places: Sequence[Judged]) -> list[Statement]:
    """What may state all that is asked, unordered, in some places (likeliest first)."""
    own_years = {d.name: d.profile.year for d in query.scope.documents}
    telling, pieces = query.telling, _pieces(query)
    nouns = _nouns(query)
    rates = any(one.kind == "rate" for one in query.asked)
    accounted = words("frames")["accounted"]["share"] if rates else ()
    names = [
        here
        for name in query.said.names
        if (here := [i for i in range(name.start, name.end) if query.said.weights[i] > 0])
    ]
    before = [[here for here in names if here[-1] <= one.end] for one in query.asked]
    heads = [named[-1] for named in before if named]
    found = []
    for rank, one in enumerate(places[:_PLACES]):
        lead = one.score - max((p.score for p in places if p.score < one.score), default=-9.0)
        paragraph, own = one.place.text, own_years.get(one.passage.document)
        context = "|".join((*one.place.headings, paragraph[:36]))
        around = query.share(f"{context}|{paragraph}", telling)
        for text in _windows(paragraph):
            ahead = f"{'|'.join(one.place.headings)}|{paragraph[: paragraph.find(text)]}"
            chosen = _chosen(query, pieces, text)
            if chosen is None or _strange(query, f"{context}|{text}"):
                continue
            inside = [quote for quote in query.stored if quote in text]
            # Figures of the store that may be meant are of the year and the level asked for.
            known = all(any(f.text in half_width(q) for q in inside) for f in chosen.figures)
            values = {
                "said": query.share(text, telling),
                "near": query.share(f"{context}|{text}", telling),
                "around": around,
                "run": longest(query.said.text, key(text)),
                "asked": chosen.suited,
                "named": chosen.named,
                "beside": chosen.beside,
                "piece": _mean(query.share(text, piece) for piece in pieces),
                "head": _mean(query.share(f"{context}|{text}", head) for head in heads),
                "names": _mean(query.share(f"{context}|{text}", name) for name in names),
                "lost": min(3, sum(query.share(f"{context}|{text}", n) < 0.3 for n in nouns)) / 3,
                "ahead": chosen.ahead,
                "rank": 1 / (1 + rank),
                "lead": min(3.0, lead) / 3,
                "stored": max((query.stored[quote] for quote in inside), default=0.0),
                "crowd": min(chosen.crowd, 6) / 6,
                "choice": chosen.lead,
                "direction": float(direction_of(query.said.masked) == direction_of(key(text))),
                "unsaid": float(unsaid(query.said, f"{context}|{text}", accounted)),
                "year": 1.0 if known else _year(query.scope, chosen.figures, text, ahead, own),
                "level": 1.0 if known else _level(query.level, text, context),
                "cell": float(one.place.cell is not None),
                "more": float(sum(1 for _ in sentences(text)) > 1),
            }
            by_name = tuple(values[name] for name in STATEMENT_FEATURES)
            found.append(Statement(one.place, text, chosen.figures, by_name))
    return found


def ranked(found: Iterable[Statement]) -> list[tuple[Statement, float]]:
    """Statements with their scores, best first."""
    weights = section("statement")
    scored = [(s, sum(weights[n] * s.value(n) for n in STATEMENT_FEATURES)) for s in found]
    return sorted(scored, key=lambda one: -one[1])


def confidence_values(
    query: Query, best: Statement, score: float, margin: float
) -> tuple[float, ...]:
    """What the certainty of a statement is read from, in the order of `STATEMENT_CONFIDENCE`."""
    mass = min(12.0, sum(query.said.weights)) / 12
    organisations = {d.profile.organisation for d in query.scope.documents}
    own = {
        "score": score / 5,
        "margin": max(0.0, min(3.0, margin)) / 3,
        "mass": mass,
        "missing": mass * (1 - best.value("near")),
        "things": len(query.asked) / 3,
        "works": float(query.works),
        "unnamed": float(not query.scope.organisations and len(organisations) > 1),
    }
    return tuple(own[n] if n in own else best.value(n) for n in STATEMENT_CONFIDENCE)


def confidence_of(query: Query, found: Sequence[tuple[Statement, float]]) -> float:
    """How sure it is (0 to 1) that the first of some ranked statements answers."""
    best, score = found[0]
    others = [s for one, s in found if one.told != best.told]
    values = confidence_values(query, best, score, score - others[0] if others else 3.0)
    weights = section("statement_confidence")
    logit = weights["bias"] + sum(
        weights[n] * v for n, v in zip(STATEMENT_CONFIDENCE, values, strict=True)
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _windows(text: str) -> Iterator[str]:
    """The sentences of a paragraph, alone and with the next."""
    parts = list(sentences(text))
    for size in range(1, _TOGETHER + 1):
        for start in range(len(parts) - size + 1):
            at = text.find(parts[start])
            end = text.find(parts[start + size - 1], at) + len(parts[start + size - 1])
            yield text[at:end]


# ---------------------------------------------------------------- which of its figures


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The figures taken for what is asked, and how well they suit it."""

    figures: tuple[Quantity, ...]
    suited: float
    named: float
    beside: float
    ahead: float
    crowd: int
    lead: float


def _chosen(query: Query, pieces: Sequence[Sequence[int]], text: str) -> _Chosen | None:
    """The figures for all that is asked, each another, whose own words say most of the question."""
    plain = half_width(text)
    reasons = range(*reason_span(plain))
    held = [(q, kind) for q, kind in figures_in(plain) if q.start not in reasons]
    named, around = [], []
    for n, (quantity, _) in enumerate(held):
        before = plain[held[n - 1][0].end if n else 0 : quantity.start]
        end = min(held[n + 1][0].start if n + 1 < len(held) else len(plain), quantity.end + _BEHIND)
        label = label_of(before)
        named.append(own_share(query.said, key(label)))
        around.append(f"{label}|{_BREAK.split(plain[quantity.end : end])[0]}")
    fit = [[fits(a, q.unit, kind) for q, kind in held] for a in query.asked]
    close = [[query.share(words, piece) for words in around] for piece in pieces]
    worth = [
        [f and 0.5 * f + named[n] + near[n] for n, f in enumerate(row)]
        for row, near in zip(fit, close, strict=True)
    ]
    picked, lead = _assigned(worth)
    if not picked:
        return None
    first = min(held[n][0].start for n in picked)
    return _Chosen(
        tuple(held[n][0] for n in picked),
        _mean(fit[i][n] for i, n in enumerate(picked)),
        _mean(named[n] for n in picked),
        _mean(close[i][n] for i, n in enumerate(picked)),
        query.share(plain[:first], query.telling),
        sum(any(row[n] for row in fit) for n in range(len(held))) - len(picked),
        lead,
    )


def _assigned(worth: Sequence[Sequence[float]]) -> tuple[tuple[int, ...], float]:
    """A figure for each thing asked, each another, that are worth most together, and how much the
    next ones are worth less (at most 1); none where there are too few."""
    tried = [
        sorted((n for n, w in enumerate(row) if w), key=lambda n: -row[n])[:_TRIED] for row in worth
    ]
    possible = [p for p in itertools.product(*tried) if len(set(p)) == len(p)]
    totals = sorted(
        ((sum(worth[i][n] for i, n in enumerate(p)), p) for p in possible), reverse=True
    )
    if not totals:
        return (), 0.0
    return totals[0][1], min(1.0, totals[0][0] - totals[1][0]) if len(totals) > 1 else 1.0


def _pieces(query: Query) -> list[list[int]]:
    """The telling places of the piece of the question in which each thing is asked for; of those
    before where it says nothing: …，一共多少？"""
    said = query.said
    ends = [0, *(m.end() for m in _MARK.finditer(said.text)), len(said.text) + 1]
    pieces = []
    for one in query.asked:
        n = next(i for i, (a, b) in enumerate(itertools.pairwise(ends)) if a <= one.start < b)
        start, end = ends[n], min(ends[n + 1], len(said.text))
        while n and not any(said.weights[start:end]):
            n -= 1
            start = ends[n]
        pieces.append([i for i in range(start, end) if said.weights[i] > 0])
    return pieces


def _nouns(query: Query, *, proper: bool = False) -> list[list[int]]:
    """Where each noun of a question says something; of the names of places and institutions alone."""
    found, at = [], 0
    for word, tag in tagged(query.said.text):
        here = [i for i in range(at, at + len(word)) if query.said.weights[i] > 0]
        at += len(word)
        if proper and not (tag.startswith(_PROPER) or _PLACE.fullmatch(word)):
            continue
        if len(here) > 1 and tag.startswith(_NOUNS):
            found.append(here)
    return found


# ---------------------------------------------------------------- its scope


def _strange(query: Query, text: str) -> bool:
    """Whether the question names a department or place that neither its scope nor a text knows, or
    counts what the text does not name: 多少工程款 is not answered by 工程采购."""
    counted = [
        here
        for here in _nouns(query)
        if any(one.end <= here[0] < one.end + _NEXT for one in query.asked)
    ]
    if any(query.share(text, here) < 1 for here in counted):
        return True
    named = [list(range(a, b)) for a, b in query.said.strangers()] + _nouns(query, proper=True)
    known = key(text)
    return any(len(covered(query.said, here, known)) < _KNOWN * len(here) for here in named)


def _year(
    scope: Scope, figures: Sequence[Quantity], text: str, ahead: str, own: int | None
) -> float:
    """1 where each figure is of a year asked for, by the last year said before it; what it is only
    held against (较2025年增加) says nothing of that.  0 where no year is said."""
    wanted: set[int | None] = {*scope.years} or {own}
    whole, plain = ahead + text, len(ahead)
    held = {m.start(1) for m in BASE.finditer(whole)}
    said = {m.end(): int(m[1]) for m in _YEAR.finditer(whole) if m.start() not in held}
    told = [
        next((said[at] for at in sorted(said, reverse=True) if at <= plain + f.start), None)
        for f in figures
    ]
    if any(year is not None and year not in wanted for year in told):
        return -1.0
    return 1.0 if any(told) else 0.0 if own in wanted else -1.0


def _level(asked: str, text: str, context: str) -> float:
    told = level_in(text) or level_in(context)
    return 0.0 if not asked or not told else 1.0 if told == asked else -1.0


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 1.0
