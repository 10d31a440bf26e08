"""Which passage answers a question for a reason, a definition or a description, and how sure it is.

Passages are retrieved first.  What may be quoted of them, a paragraph or a cell with words, is then
judged by named features, as facts are.  A word that no passage says lowers the score, it does not
forbid an answer: documents rarely use the question's words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from index.library import Library
from index.model import Passage
from index.reasons import reason_in, sentences
from index.statements import is_definition
from index.vocabulary import words
from qa.cells import Cell, worded_cells
from qa.lexicon import key
from qa.understanding.names import Words
from qa.understanding.overlap import covered, longest, own_share, share_of
from qa.understanding.scoring import passage_confidence, passage_weights
from qa.understanding.stated import stated_figure

__all__ = [
    "PASSAGE_CONFIDENCE",
    "PASSAGE_FEATURES",
    "Intent",
    "Judged",
    "Place",
    "asking_piece",
    "group_of",
    "intent_of",
    "judged",
    "nowhere",
    "places_of",
    "several",
    "shown",
    "sure_values",
    "titled",
    "values_of",
]

Intent = Literal["why", "define", "describe", "figure"]
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# What a paragraph opens with is what it is about, up to its first figure or mark.
_NUMBERED = re.compile(
    r"^(?:[(（]?[一二三四五六七八九十\d]{1,3}[)）.、．是]|第[一二三四五六七八九十百]+[条章])+"
)
_OPENING = re.compile(r"[^,，。:：;；\d]{2,30}")
# Rows with words, not figures only, behind the name of one.
_WORDED = re.compile(r"[：，][^：，\n]*[一-龥]{6}")
# A column of figures that was read as one cell has few letters.
_LETTER, _WORDY = re.compile(r"[一-龥A-Za-z]"), 0.4
# A list inside a sentence: 包括：甲、乙、丙.
_HELD = re.compile(r"(?:包括|分别[为是]|[:：]|如下)[^。；]*、[^。；]*、|其中[:：]")
# A question that says less than this, and no name, is about a department's budget as a whole.
_NAMELESS = 2.0
_DEFINED = re.compile(r"([^。,;:]{2,40}?)(?:[:,]?是?指(?![导标示引挥定南出令])|:)")
_PIECE = re.compile(r"[,、?;。!]+")

PASSAGE_FEATURES = (
    "said",  # how much of the question the passage itself says
    "near",  # … with its headings
    "heading",  # … its headings alone
    "opening",  # … its first words: a paragraph opens with what it is about
    "piece",  # … of the part of the question that asks, without its background
    "sentence",  # … the best one of its sentences
    "run",  # the longest stretch that both share, or its headings do
    "subject",  # how much of what the passage opens with the question says
    "rank",  # how early it was retrieved
    "reason",  # a why-question: it gives a reason, in a sentence that says something of the question
    "definition",  # a question for a definition: it defines a term
    "answer",  # it says what such an answer says (用于, 依据, 职责 …: data)
    "titled",  # … its last heading does
    "stated",  # a question for a number: it states one of that kind, of what is asked
    "list",  # a question for several things: it begins or belongs to a list, or holds one
    "whole",  # a question that names nothing: it is about the budget as a whole
    "number",  # the figures in the question stand in it
    "year",  # its document is of the year asked for
    "row",  # a cell of a table
    "short",  # a few words only
)

PASSAGE_CONFIDENCE = (
    "score",
    "margin",  # how far the next one falls behind that is not told together with it, at most 3
    "near",
    "piece",
    "sentence",
    "subject",
    "nowhere",  # how much of the question no passage says at all
    "mass",  # how much the question says
    "why",
    "define",
    "describe",
    "row",
    "stated",
    "list",
    "titled",
    "definition",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Place:
    """What may be quoted as an answer: a paragraph, or a cell with words of a table's row."""

    passage: Passage
    cell: Cell | None = None

    @property
    def text(self) -> str:
        return self.cell.text if self.cell else self.passage.text

    @property
    def headings(self) -> tuple[str, ...]:
        own = (self.cell.above, self.cell.row, self.cell.column) if self.cell else ()
        return (*self.passage.section[-3:], *own)


@dataclass(frozen=True, slots=True)
class Judged:
    """A place with its features, its score and how sure it is that it answers (0 to 1)."""

    place: Place
    values: tuple[float, ...]
    score: float
    sure: float

    @property
    def passage(self) -> Passage:
        return self.place.passage

    def value(self, name: str) -> float:
        return self.values[PASSAGE_FEATURES.index(name)]


def places_of(found: Sequence[Passage], library: Library) -> list[tuple[int, Place]]:
    """What of the passages retrieved may be quoted, each with its passage's rank; a row of figures
    has no words to quote."""
    places: dict[object, tuple[int, Place]] = {}
    for rank, passage in enumerate(found):
        if passage.kind == "prose":
            places[passage.id] = rank, Place(passage)
            continue
        if not _WORDED.search(passage.text):
            continue
        for cell in worded_cells(passage, library):
            if len(_LETTER.findall(cell.text)) >= _WORDY * len(cell.text):
                places.setdefault((passage.table, cell), (rank, Place(passage, cell)))
    return list(places.values())


def intent_of(masked: str) -> Intent:
    """What kind of answer a question wants, its printed names hidden."""
    for intent, expression in _intents():
        if expression.search(masked):
            return intent
    return "figure"


def shown(said: Words) -> str:
    """A question with its printed names hidden, but for those that are questions themselves: a list
    of questions and answers prints 是干什么的 as a heading."""
    asking = re.compile(words("frames")["interrogative"])
    text = list(said.masked)
    for name in said.names:
        if asking.search(said.text[name.start : name.end]):
            text[name.start : name.end] = said.text[name.start : name.end]
    return "".join(text)


@cache
def _intents() -> tuple[tuple[Intent, re.Pattern[str]], ...]:
    data = words("frames")["intents"]
    names: tuple[Intent, ...] = ("figure", "why", "define", "describe")
    return tuple((n, re.compile("|".join(f"(?:{e})" for e in data[n]))) for n in names)


@cache
def _answering() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile("|".join(entry["asked"])), re.compile("|".join(entry["said"])))
        for entry in words("frames")["answering"]
    )


def judged(
    said: Words,
    intent: Intent,
    found: Sequence[tuple[int, Place]],
    years: Sequence[int],
    own_years: dict[str, int | None],
) -> list[Judged]:
    """Places (with their passages' ranks) as answers, surest first."""
    rows = [
        (place, values_of(said, intent, place, rank, years, own_years.get(place.passage.document)))
        for rank, place in found
    ]
    scored = [
        (sum(w * v for w, v in zip(passage_weights(), values, strict=True)), place, values)
        for place, values in rows
    ]
    scored.sort(key=lambda row: -row[0])
    unsaid = nowhere(said, found)
    weights = passage_confidence()
    kept = []
    for score, place, values in scored:
        group = group_of(place, values)
        rivals = (s for s, p, v in scored if s <= score and group_of(p, v) != group)
        margin = score - next(rivals, score - 3)
        told = sure_values(said, intent, values, score, margin, unsaid)
        logit = weights[0] + sum(w * v for w, v in zip(weights[1:], told, strict=True))
        kept.append(Judged(place, values, score, 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))))
    return kept


def group_of(place: Place, values: Sequence[float]) -> object:
    """What a place is told together with: the section, where its heading is what is asked for."""
    named = dict(zip(PASSAGE_FEATURES, values, strict=True))
    if place.cell is None and (named["titled"] or named["heading"] > 0.5 * named["near"]):
        return place.passage.document, place.passage.section
    return place


def sure_values(
    said: Words,
    intent: Intent,
    values: Sequence[float],
    score: float,
    margin: float,
    unsaid: float,
) -> tuple[float, ...]:
    """What the certainty of a place is read from, in the order of `PASSAGE_CONFIDENCE`."""
    named = dict(zip(PASSAGE_FEATURES, values, strict=True))
    own = {
        "score": score,
        "margin": max(0.0, min(3.0, margin)),
        "nowhere": unsaid,
        "mass": min(12.0, sum(said.weights)) / 12,
        "why": float(intent == "why"),
        "define": float(intent == "define"),
        "describe": float(intent == "describe"),
    }
    return tuple(own[n] if n in own else named[n] for n in PASSAGE_CONFIDENCE)


def nowhere(said: Words, found: Sequence[tuple[int, Place]]) -> float:
    """How much of a question no place says, of 1."""
    telling = [i for i, w in enumerate(said.weights) if w > 0]
    said_of: set[int] = set()
    for _, place in found:
        said_of |= covered(said, telling, key("|".join((*place.headings, place.text))))
    return 1 - share_of(said, said_of, telling) if telling else 0.0


def values_of(
    said: Words,
    intent: Intent,
    place: Place,
    rank: int,
    years: Sequence[int],
    own_year: int | None,
) -> tuple[float, ...]:
    """The features of one place, in the order of `PASSAGE_FEATURES`."""
    telling = [i for i, w in enumerate(said.weights) if w > 0]
    text, headings = key(place.text), key("|".join(place.headings))

    def share(found: Iterable[int], of: Sequence[int] = telling) -> float:
        return share_of(said, found, of)

    own, above = covered(said, telling, text), covered(said, telling, headings)
    parts = [key(s) for s in sentences(place.text)]
    told = [s for s in sentences(place.text) if reason_in(s)] if intent == "why" else []
    reason = max((share(covered(said, telling, key(s))) for s in told), default=0.0)
    numbers = {n.replace(",", "") for n in _NUMBER.findall(said.text)} - {str(y) for y in years}
    numbers = {n for n in numbers if len(n) > 1}
    held = text.replace(",", "")
    values = {
        "said": share(own),
        "near": share(own | above),
        "heading": share(above),
        "opening": share(covered(said, telling, text[:36])),
        "piece": share(own | above, _asking(said)),
        "sentence": max((share(covered(said, telling, s)) for s in parts), default=0.0),
        "run": max(longest(said.text, text), longest(said.text, headings)),
        "subject": _subject(said, place),
        "rank": 1 / (1 + 0.25 * rank),
        "reason": (0.4 + 0.6 * reason) if told else 0.0,
        "definition": _definition(said, place, text) if intent == "define" else 0.0,
        "answer": float(answers(said, text + headings)),
        "titled": float(titled(said, place.passage)),
        "stated": figure.fit / 2
        if (figure := stated_figure(said, place.headings, place.text))
        else 0.0,
        "list": float(several(said) and _is_list(place.text)),
        "whole": float(not said.names and sum(said.weights) < _NAMELESS and _of_whole(place)),
        "number": sum(n in held for n in numbers) / len(numbers) if numbers else 0.0,
        "year": float(not years or own_year in years),
        "row": float(place.cell is not None),
        "short": float(len(text) < 18),
    }
    return tuple(values[name] for name in PASSAGE_FEATURES)


def answers(said: Words, text: str) -> bool:
    """Whether a text says what an answer to such a question says."""
    return any(asked.search(said.text) and told.search(text) for asked, told in _answering())


def titled(said: Words, passage: Passage) -> bool:
    """Whether the heading above a passage says so: its section is the answer."""
    return bool(passage.section) and answers(said, key(passage.section[-1]))


def several(said: Words) -> bool:
    """Whether a question asks for several things."""
    return re.search(words("frames")["several"], said.text) is not None


def _is_list(text: str) -> bool:
    plain = text.strip()
    return plain.endswith(("：", ":")) or bool(_NUMBERED.match(plain)) or bool(_HELD.search(plain))


def _of_whole(place: Place) -> bool:
    told = key("|".join((*place.headings[-1:], place.text[:40])))
    return re.search(words("frames")["whole"], told) is not None


@lru_cache(maxsize=256)
def _piece(said: Words) -> tuple[int, int]:
    """The part of a question that asks, without what is told before: the last that says anything."""
    at, pieces = 0, []
    for match in [*_PIECE.finditer(said.masked), None]:
        end = match.start() if match else len(said.text)
        if sum(w > 0 for w in said.weights[at:end]) > 1:
            pieces.append((at, end))
        at = match.end() if match else end
    return pieces[-1] if pieces else (0, 0)


def _asking(said: Words) -> list[int]:
    return [i for i in range(*_piece(said)) if said.weights[i] > 0]


def asking_piece(said: Words) -> str:
    """The part of a question that asks, where it is not the whole."""
    start, end = _piece(said)
    return said.text[start:end] if end - start < 0.8 * len(said.text) else ""


def _subject(said: Words, place: Place) -> float:
    """How much of what a place opens with the question says: its row's name, or its first words."""
    opening = key(place.cell.row if place.cell else place.passage.text)
    match = _OPENING.match(_NUMBERED.sub("", opening))
    if match is None:
        return 0.5
    return own_share(said, match[0])


def _definition(said: Words, place: Place, text: str) -> float:
    """How much of a definition of what is asked for a place is: it stands among definitions, or says
    what its first words mean; and those are the question's."""
    match = _DEFINED.match(_NUMBERED.sub("", re.sub(r"^\[\d+\]", "", text)))
    if match is None and not is_definition(place.passage.section):
        return 0.0
    term = match[1].strip('“”"') if match else ""
    return 1.0 if term and term in said.text else 0.3
