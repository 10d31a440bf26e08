"""What may stand in english.toml."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from index.vocabulary.entries import Expression, Strict, Word, Words

__all__ = ["English"]


def _said(text: str) -> str:
    if "{a}" not in text and "{b}" not in text:
        raise ValueError("没有写出 {a} 或 {b}")
    return text


class _Shape(Strict):
    asked: Expression
    said: Annotated[str, AfterValidator(_said)]


class English(Strict):
    empty: Words
    asking: Word
    asked: Expression
    earlier: Word
    year: str
    year_end: str
    as_of: str
    months: Annotated[list[Word], Field(min_length=12, max_length=12)]
    shape: Annotated[list[_Shape], Field(min_length=1)]
    terms: dict[Word, Word]
    departments: dict[Word, Word]
    places: dict[Word, Word]
