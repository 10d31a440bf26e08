"""Slips of the pen: a name written with characters that sound like its own.

A stretch of a question that sounds like a known name, is none itself and holds no word of its own
where it differs, is taken for that name.

>>> mended("三工经费多少", by_sound(["三公经费"]))
'三公经费多少'
>>> mended("水务局多少", by_sound(["税务局"]))
'水务局多少'
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

import rjieba
from pypinyin import lazy_pinyin

from index.vocabulary import words

__all__ = ["Sounds", "by_sound", "mended"]

Sounds = Mapping[tuple[str, ...], frozenset[str]]

_SHORTEST, _SURE, _LONGEST = 3, 5, 12
_HAN = re.compile(r"[一-龥]+")
# Initials and finals that many speakers do not tell apart.
_FOLDED = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


def by_sound(names: Iterable[str]) -> Sounds:
    """Names of three Chinese characters and more, by their syllables."""
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for name in names:
        if _SHORTEST <= len(name) <= _LONGEST and _HAN.fullmatch(name):
            found[tuple(map(_syllable, name))].add(name)
    return {sounds: frozenset(same) for sounds, same in found.items()}


@lru_cache(maxsize=8192)
def _sound(char: str) -> str:
    return str(lazy_pinyin(char)[0])


@lru_cache(maxsize=8192)
def _syllable(char: str) -> str:
    sound = _sound(char)
    for written, folded in _FOLDED:
        sound = sound.replace(written, folded)
    return sound


def mended(text: str, sounds: Sounds) -> str:
    """A text with its slips written as the names that they sound like; its length stays.  Of slips
    that overlap the longest is mended."""
    syllables = [_syllable(c) if _HAN.fullmatch(c) else "" for c in text]
    known = _known(text)
    written = list(text)
    for length in range(min(_LONGEST, len(text)), _SHORTEST - 1, -1):
        for at in range(len(text) - length + 1):
            names = sounds.get(tuple(syllables[at : at + length]))
            if not names or len(names) > 1:
                continue
            (name,) = names
            wrong = [at + i for i in range(length) if written[at + i] != name[i]]
            # One letter of a long name is a slip though it makes a word with the next (公务 for 工务).
            exact = all(_sound(written[i]) == _sound(name[i - at]) for i in wrong)
            sure = length >= _SURE and len(wrong) == 1 and exact
            if 2 * len(wrong) <= length and (sure or not known.intersection(wrong)):
                written[at : at + length] = name
    return "".join(written)


def _known(text: str) -> frozenset[int]:
    """The places of the words that a dictionary has, and of the functions of departments."""
    found: set[int] = set()
    at = 0
    for word in rjieba.cut(text, hmm=False):
        if len(word) > 1 and not _is_office(word):
            found.update(range(at, at + len(word)))
        at += len(word)
    for function in words("organisations")["departments"]:
        for match in re.finditer(function, text):
            found.update(range(*match.span()))
    return frozenset(found)


def _is_office(word: str) -> bool:
    """Whether a short word could as well be the end of an office's name: 信|仿办."""
    return len(word) == 2 and word[-1] in "局委办厅"
