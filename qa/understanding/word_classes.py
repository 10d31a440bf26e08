"""How much each character of a question can say, from the class of the word that it stands in.

Particles, pronouns and adverbs say nothing of a subject; a verb that only carries the question
(养了多少辆, 投了多少) says little; nouns, names and verbs that qualify a noun (考察经费) say all they
can.  The classes come from a dictionary tagger (rjieba, ICTCLAS tags), not from lists of ours.
"""

from __future__ import annotations

from functools import lru_cache

from index.words import tagged

__all__ = ["word_weights"]

# Pronouns, particles, adverbs, conjunctions, prepositions, interjections, sounds, times.
_EMPTY = ("r", "u", "d", "c", "p", "y", "e", "o", "k", "t", "zg")
# Verbs and place words (手上) carry a question more than they name anything.
_LIGHT = ("v", "s")
_NOMINAL = ("n", "j", "l", "i", "b", "vn", "an", "eng")
_LITTLE = 0.3


@lru_cache(maxsize=256)
def word_weights(text: str) -> tuple[float, ...]:
    """A weight from 0 to 1 for each character of a text.

    >>> word_weights("又养了多少辆公车")[:3], word_weights("又养了多少辆公车")[-2:]
    ((0.0, 0.3, 0.0), (1.0, 1.0))
    """
    tags = tagged(text)
    weights: list[float] = []
    for i, (word, tag) in enumerate(tags):
        following = tags[i + 1][1] if i + 1 < len(tags) else ""
        weights += [_weight(word, tag, following)] * len(word)
    return tuple(weights)


def _weight(word: str, tag: str, following: str) -> float:
    if word.isascii():
        return 1.0
    if tag.startswith(_EMPTY):
        return 0.0
    if tag == "vn" or not tag.startswith(_LIGHT):
        return 1.0
    qualifies = len(word) > 1 and following.startswith(_NOMINAL)
    return 1.0 if qualifies else _LITTLE
