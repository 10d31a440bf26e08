"""Questions in English put into the Chinese of budgets, phrase by phrase, by data.

What the glossary does not know stays as it was typed: it is content that no Chinese document says,
so that such a question is declined rather than answered without it.

>>> in_chinese("What is the meeting budget for 2031?")
'会议费预算2031年是多少'
>>> in_chinese("公务接待费是多少") is None
True
"""

from __future__ import annotations

import re
from functools import cache

from pypinyin import lazy_pinyin

from index.vocabulary import words

__all__ = ["in_chinese"]

_LATIN, _HAN = re.compile(r"[A-Za-z]"), re.compile(r"[一-龥]")
# A name in English with its Chinese in brackets: the Chinese one is meant.
_GLOSSED = re.compile(
    r"(?:\b[Tt]he )?(?:(?:[A-Z][\w'’-]*|of|and|for) )+[（(]([^()（）]*[一-龥][^()（）]*)[)）]"
)
_TOKEN = re.compile(
    r"m\d+y\d{4}|(?:fy|end)\d{4}|[a-z][a-z'’-]*|\d[\d,.]*\d|\d|[一-龥“”（）]+|[,;?]"
)
_CLAUSE = re.compile(r"[,;?]? *\band (?=how|what|why|which)|[?;] *")
_LONGEST = 7
_MOSTLY = 0.6
# What a change is held against, where nothing else is said.
_AGAINST = "比{b}"


def in_chinese(question: str) -> str | None:
    """A question in English as a Chinese one; `None` where it is not in English."""
    latin, han = (len(expression.findall(question)) for expression in (_LATIN, _HAN))
    if latin < 8 or latin < _MOSTLY * (latin + han):
        return None
    text = _GLOSSED.sub(lambda m: m[1], question)
    text = re.sub(r"['’]s\b", "", text).lower().strip(" ?.!")
    text = re.sub(r"\bend of (?=(?:19|20)\d{2})", "end", text)
    for n, month in enumerate(words("english")["months"], 1):
        text = re.sub(
            rf"\b(?:as of )?(?:the )?(?:end of )?{month},? (?=(?:19|20)\d{{2}})", f"m{n}y", text
        )
    told = ",".join(filter(None, map(_sentence, _CLAUSE.split(text))))
    data = words("english")
    return told if re.search(data["asked"], told) else told + str(data["asking"])


def _sentence(text: str) -> str:
    """A sentence by the first shape that it has, the rest of it phrase by phrase."""
    for shape in words("english")["shape"]:
        if match := re.search(rf"(?:^|(?<=[\s,])){shape['asked']}", text):
            front = _phrases(text[: match.start()])
            parts = {name: _phrases(said or "") for name, said in match.groupdict().items()}
            earlier = words("english")["earlier"] if _AGAINST in shape["said"] else ""
            said: str = shape["said"]
            return front + said.format(**{"a": "", **parts, "b": parts.get("b") or earlier})
    return _phrases(text)


def _phrases(text: str) -> str:
    """The longest phrases that the glossary has, in the order in which they were said."""
    tokens = _TOKEN.findall(text)
    empty, told, at = set(words("english")["empty"]), "", 0
    while at < len(tokens):
        for length in range(min(_LONGEST, len(tokens) - at), 0, -1):
            phrase = re.sub(" (?=[,;])", "", " ".join(tokens[at : at + length]))
            if (found := _glossary().get(phrase)) is not None:
                told += found
                break
        else:
            length = 1
            told += "" if tokens[at] in empty else _single(tokens[at])
        at += length
    return told.strip(",;")


def _single(token: str) -> str:
    data = words("english")
    if match := re.fullmatch(r"m(\d+)y(\d{4})", token):
        return str(data["as_of"]).format(y=match[2], m=match[1])
    if match := re.fullmatch(r"(?:fy|(end))?((?:19|20)\d{2})", token):
        return str(data["year_end" if match[1] else "year"]).format(y=match[2])
    return token


@cache
def _glossary() -> dict[str, str]:
    """Phrases with their Chinese: terms, departments, and places by how they sound."""
    data = words("english")
    places = {
        "".join(lazy_pinyin(place)): place for place in words("organisations")["known"]
    } | data["places"]
    return {**places, **data["departments"], **data["terms"]}
