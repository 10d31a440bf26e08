"""The kinds of entry of a vocabulary file: words, regular expressions, templates.

An entry is either a word, compared as it stands, or a regular expression.  The two look alike in a
file, and one in the place of the other matches nothing or too much in silence; so both are checked.
"""

from __future__ import annotations

import re
import string
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = ["Expression", "Expressions", "Strict", "Template", "Word", "Words"]

# Signs that no printed name has.  Round brackets are left: 因公出国(境)费.
_META = re.compile(r"[\\^$*+?|{}\[\].]|\(\?")
_TEMPLATE_FIELDS = {"o", "y", "p", "x"}


def _word(text: str) -> str:
    if not text.strip():
        raise ValueError("是空的")
    if _META.search(text):
        raise ValueError("这里要的是原词，不是正则表达式")
    return text


def _expression(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"不是有效的正则表达式（{error}）") from None
    return text


def _template(text: str) -> str:
    unknown = {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    if unknown - _TEMPLATE_FIELDS:
        raise ValueError(f"不认识的占位符：{'、'.join(sorted(unknown - _TEMPLATE_FIELDS))}")
    return text


Word = Annotated[str, AfterValidator(_word)]
Expression = Annotated[str, AfterValidator(_expression)]
Template = Annotated[str, AfterValidator(_template)]
Words = Annotated[list[Word], Field(min_length=1)]
Expressions = Annotated[list[Expression], Field(min_length=1)]


class Strict(BaseModel):
    """A model of a file, or of a part of one: no key that is not named in it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
