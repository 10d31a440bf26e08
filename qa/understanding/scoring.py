"""One score for how well a fact fits a slot: a weighted sum of named features.

The weights are data (`weights.toml`), fitted by `python -m evals.real.fit` on questions with known
answers, never by hand; each is explained by its feature's name.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from index.model import Fact
from index.units import convert
from qa.evidence import agreeing, subject_of
from qa.lexicon import term_of
from qa.understanding.features import FEATURES, Candidate

__all__ = [
    "CONFIDENCE",
    "Choice",
    "bonus",
    "choices",
    "confidence",
    "confidence_bounds",
    "confidence_values",
    "score",
    "weights",
]


@cache
def _data() -> dict[str, dict[str, float]]:
    text = files("qa.understanding").joinpath("weights.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def weights() -> tuple[float, ...]:
    """The weight of each feature, in the order of `FEATURES`.  Raises `KeyError` for one unnamed."""
    data = _data()
    if extra := set(data["fact"]) - set(FEATURES):
        raise KeyError(f"weights of no feature: {sorted(extra)}")
    return tuple(float(data["fact"][name]) for name in FEATURES)


def score(candidate: Candidate) -> float:
    """How well a fact fits its slot; only differences mean something."""
    return sum(w * v for w, v in zip(weights(), candidate.values, strict=True))


def section(name: str) -> Mapping[str, float]:
    """The weights of one section of the file, by name."""
    return MappingProxyType(_data()[name])


def passage_weights() -> tuple[float, ...]:
    """The weight of each feature of a passage, in the file's order."""
    return tuple(float(w) for w in _data()["passage"].values())


def passage_confidence() -> tuple[float, ...]:
    """The bias and the weights of a passage's certainty, in the file's order."""
    return tuple(float(w) for w in _data()["passage_confidence"].values())


@dataclass(frozen=True, slots=True)
class Choice:
    """Facts that all say one figure, with the score of the best of them."""

    facts: tuple[Fact, ...]
    score: float
    best: Candidate


def choices(found: Sequence[Candidate], most: int = 12) -> list[Choice]:
    """The figures that a slot may mean, best first."""
    ranked = sorted(found, key=score, reverse=True)[:200]
    by_id = {c.fact.id: c for c in ranked}
    kept: list[Choice] = []
    for group in agreeing([c.fact for c in ranked]):
        members = sorted((by_id[f.id] for f in group), key=score, reverse=True)
        members = [c for c in members if _is_print(c.fact, members[0].fact, group)]
        kept.append(Choice(tuple(c.fact for c in members), score(members[0]), members[0]))
    return sorted(kept, key=lambda choice: -choice.score)[:most]


def _is_print(fact: Fact, best: Fact, group: Sequence[Fact]) -> bool:
    """Whether a fact prints the same figure: that another row comes to nearly the same amount makes
    it no print of this one."""
    name, own = (term_of(subject_of(f)) for f in (fact, best))
    if name in own or own in name:
        return True
    same = [f for f in group if f is not fact and term_of(subject_of(f)) == own]
    return any(convert(f.value, f.unit, fact.unit) == fact.value for f in same)


def bonus(name: str) -> float:
    """What two figures of one operation gain (or lose) by what they share."""
    return float(_data()["pair"][name])


# What the certainty of a choice is read from, and which way each may count: a figure that says more
# of the question is never less sure for it.
_SPEAKS_FOR = ("near", "label", "head", "total", "basis", "unit", "margin")
_SPEAKS_AGAINST = ("missing", "narrow", "attached", "other", "derived", "prose", "depth")
CONFIDENCE = (*_SPEAKS_FOR, *_SPEAKS_AGAINST)


def confidence_bounds() -> tuple[tuple[float | None, float | None], ...]:
    """The least and the most that each weight of a certainty may be, the bias first."""
    free: tuple[float | None, float | None] = (None, None)
    return (free, *((0.0, None) for _ in _SPEAKS_FOR), *((None, 0.0) for _ in _SPEAKS_AGAINST))


def confidence_values(choice: Choice, ranked: Sequence[Choice]) -> tuple[float, ...]:
    """What the certainty of a choice is read from, in the order of `CONFIDENCE`; `margin` is how far
    the next other figure falls behind, `missing` how much of the question it does not say, both at
    most 3."""
    named = dict(zip(FEATURES, choice.best.values, strict=True))
    named["missing"] = min(choice.best.missing, 3.0)
    rivals = [other.score for other in ranked if other is not choice]
    margin = max(-3.0, min(3.0, choice.score - max(rivals, default=choice.score - 3.0)))
    return tuple(margin if name == "margin" else named[name] for name in CONFIDENCE)


def confidence(choice: Choice, ranked: Sequence[Choice]) -> float:
    """How sure it is that a slot means this figure, from 0 to 1 (logistic regression, calibrated on
    questions with known answers)."""
    found = _data()["confidence"]
    values = confidence_values(choice, ranked)
    logit = found["bias"] + sum(found[n] * v for n, v in zip(CONFIDENCE, values, strict=True))
    return 1 / (1 + math.exp(-logit))
