"""Which passage answers a question for a reason, a definition or a description, and how sure it is.

Passages are retrieved first; each is then judged by named features, as facts are.  A word that no
passage says lowers the score, it does not forbid an answer: documents rarely use the question's words.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from index.model import Passage
from index.reasons import reason_in, sentences
from index.statements import is_definition
from index.vocabulary import words
from qa.lexicon import form_keys, key
from qa.understanding.names import Words
from qa.understanding.scoring import passage_bias, passage_weights

__all__ = ["PASSAGE_FEATURES", "Intent", "Judged", "intent_of", "judged", "values_of"]

Intent = Literal["why", "define", "describe", "figure"]
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")

PASSAGE_FEATURES = (
    "said",  # how much of the question the passage itself says
    "near",  # … with its headings
    "heading",  # … its headings alone
    "opening",  # … its first words: a paragraph opens with what it is about
    "run",  # the longest stretch that both share
    "rank",  # how early it was retrieved
    "reason",  # a why-question: it gives a reason, in a sentence that says something of the question
    "definition",  # a question for a definition: it defines a term
    "answer",  # it says what such an answer says (用于, 依据, 职责 …: data)
    "number",  # the figures in the question stand in it
    "year",  # its document is of the year asked for
    "row",  # a row of a table
    "short",  # a few words only
)


@dataclass(frozen=True, slots=True)
class Judged:
    """A passage with its features, its score and how sure it is that it answers (0 to 1)."""

    passage: Passage
    values: tuple[float, ...]
    score: float
    sure: float


def intent_of(masked: str) -> Intent:
    """What kind of answer a question wants, its printed names hidden."""
    for intent, expression in _intents():
        if expression.search(masked):
            return intent
    return "figure"


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
    found: Sequence[Passage],
    years: Sequence[int],
    own_years: dict[str, int | None],
) -> list[Judged]:
    """Retrieved passages (best first) as answers, surest first."""
    rows = [
        (p, values_of(said, intent, p, n, years, own_years.get(p.document)))
        for n, p in enumerate(found)
    ]
    scored = [
        (sum(w * v for w, v in zip(passage_weights(), values, strict=True)), p, values)
        for p, values in rows
    ]
    scored.sort(key=lambda row: -row[0])
    best = [score for score, *_ in scored]
    return [
        Judged(p, values, score, _sure(score, best[n + 1] if n + 1 < len(best) else score - 3))
        for n, (score, p, values) in enumerate(scored)
    ]


def _sure(score: float, after: float) -> float:
    bias, slope, margin = passage_bias()
    return 1 / (1 + math.exp(-(bias + slope * score + margin * min(3.0, score - after))))


def values_of(
    said: Words,
    intent: Intent,
    passage: Passage,
    rank: int,
    years: Sequence[int],
    own_year: int | None,
) -> tuple[float, ...]:
    """The features of one passage, in the order of `PASSAGE_FEATURES`."""
    places = [i for i, w in enumerate(said.weights) if w > 0]
    total = sum(said.weights[i] for i in places) or 1.0
    text, headings = key(passage.text), key("|".join(passage.section[-3:]))

    def share(covered: Iterable[int]) -> float:
        return sum(said.weights[i] for i in covered) / total

    own, above = _covered(said, places, text), _covered(said, places, headings)
    opening = _covered(said, places, text[:36])
    told = [s for s in sentences(passage.text) if reason_in(s)] if intent == "why" else []
    reason = max((share(_covered(said, places, key(s))) for s in told), default=0.0)
    numbers = {n.replace(",", "") for n in _NUMBER.findall(said.text)} - {str(y) for y in years}
    numbers = {n for n in numbers if len(n) > 1}
    held = text.replace(",", "")
    values = {
        "said": share(own),
        "near": share(own | above),
        "heading": share(above),
        "opening": share(opening),
        "run": _run(said.text, text),
        "rank": 1 / (1 + 0.25 * rank),
        "reason": (0.4 + 0.6 * reason) if told else 0.0,
        "definition": float(intent == "define" and _defines(passage, text)),
        "answer": float(
            any(a.search(said.text) and s.search(text + headings) for a, s in _answering())
        ),
        "number": sum(n in held for n in numbers) / len(numbers) if numbers else 0.0,
        "year": float(not years or own_year in years),
        "row": float(passage.kind == "row"),
        "short": float(len(text) < 18),
    }
    return tuple(values[name] for name in PASSAGE_FEATURES)


def _defines(passage: Passage, text: str) -> bool:
    return is_definition(passage.section) or bool(re.match(r"[^。,;]{2,40}?[:：,]?(?:是)?指", text))


def _covered(said: Words, places: Sequence[int], text: str) -> set[int]:
    held = _pairs(text)
    found: set[int] = set()
    for i in places:
        if said.text[i : i + 2] in held:
            found |= {i, i + 1}
    for name in said.names:
        if any(k in text for n in name.keys for k in form_keys(n)):
            found |= set(range(name.start, name.end))
    return found & set(places)


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _run(question: str, text: str) -> float:
    """The longest stretch of a question that a text says, as a share of twelve characters."""
    best = 0
    for start in range(len(question)):
        while question[start : start + best + 1] in text and start + best < len(question):
            best += 1
    return min(best, 12) / 12
