"""How much a question and a text say the same: in pairs of characters, and in names.

A name counts by any form that it may be printed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from qa.lexicon import form_keys, key
from qa.understanding.names import Words

__all__ = ["covered", "longest", "own_share", "says", "share_of"]


def covered(said: Words, telling: Sequence[int], text: str) -> set[int]:
    """Which of the characters of a question a text (a key) says."""
    held = _pairs(text)
    found: set[int] = set()
    for i in telling:
        if said.text[i : i + 2] in held:
            found |= {i, i + 1}
    for name in said.names:
        if any(k in text for n in name.keys for k in form_keys(n)):
            found |= set(range(name.start, name.end))
    return found & set(telling)


def share_of(said: Words, found: Iterable[int], of: Sequence[int]) -> float:
    """How much some characters of a question weigh, of others."""
    whole = sum(said.weights[i] for i in of)
    return sum(said.weights[i] for i in set(found).intersection(of)) / whole if whole else 0.0


def says(said: Words, text: str) -> float:
    """How much of a question a text says, by weight."""
    every = range(len(said.weights))
    return sum(said.weights[i] for i in covered(said, every, key(text)))


def own_share(said: Words, text: str) -> float:
    """How much of a text (a key) a question says."""
    if not text:
        return 0.0
    pairs = _pairs(said.text)
    held = {j for i in range(len(text) - 1) if text[i : i + 2] in pairs for j in (i, i + 1)}
    for k in (k for name in said.names for form in name.keys for k in form_keys(form)):
        at = text.find(k)
        held |= set(range(at, at + len(k))) if at >= 0 else set()
    return len(held) / len(text)


def longest(question: str, text: str) -> float:
    """The longest stretch of a question that a text says, as a share of twelve characters."""
    best = 0
    for start in range(len(question)):
        while question[start : start + best + 1] in text and start + best < len(question):
            best += 1
    return min(best, 12) / 12


@lru_cache(maxsize=4096)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))
