"""What may stand in the vocabulary files: one model a file, no key that is not named here.

>>> checked("sections", {"part_titles": ["^总表$"], "reviews": ["(回顾"]})
Traceback (most recent call last):
index.errors.VocabularyError: sections.toml：reviews[0] “(回顾”：不是有效的正则表达式（missing ), unterminated subpattern at position 0）
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError

from index.errors import VocabularyError
from index.vocabulary.documents import Aspects, Prose, Sections, Tables
from index.vocabulary.english import English
from index.vocabulary.entries import Expression, Expressions, Strict, Template, Word, Words

__all__ = ["FILES", "checked"]


# ---------------------------------------------------------------- reading questions


class Synonyms(Strict):
    # A term may have nothing that people say for it: then only its printed name is known.
    terms: dict[Word, list[Expression]]
    forms: dict[Word, Words]
    relations: dict[Word, Annotated[list[Word], Field(min_length=2)]]


class _Opposites(Strict):
    words: Annotated[list[Word], Field(min_length=2)]


class _Cues(Strict):
    why: Expressions
    define: Expressions
    describe: Expressions
    summary: Expressions
    spending: Expressions
    check: Expressions
    parts: Expressions
    rank: Expressions
    filter: Expressions
    count: Expressions
    sum: Expressions
    difference: Expressions
    share: Expressions
    growth: Expressions
    change: Expressions
    average: Expressions
    completion: Expressions
    series: Expressions
    amount: Expressions


class _Direction(Strict):
    neutral: Expressions
    asserted: Expressions
    up: Expressions
    down: Expressions
    same: Words


class _Order(Strict):
    ascending: Expressions


class _Leftover(Strict):
    operators: Expressions


class _Member(Strict):
    parents: Words | None = None
    titles: Expressions | None = None
    labels: Annotated[list[Expression], Field(min_length=1, max_length=1)] | None = None
    only: bool = False
    outer: bool = False


class Questions(Strict):
    openings: Expressions
    written: dict[Word, Word]
    asked_before_blank: Expressions
    filler: Expressions
    soft: Words
    whole_of_parts: Expressions
    qualifiers: Words
    decisive: Expressions
    persons: Expressions
    special_tables: Words
    opposites: list[_Opposites]
    cues: _Cues
    direction: _Direction
    order: _Order
    comparison: dict[Literal[">=", "<=", ">", "<"], Words]
    leftover: _Leftover
    members: dict[Expression, _Member]


class _Years(Strict):
    before: Expressions
    after: Expressions
    newest: Expressions
    last: Expressions
    earlier: Expressions


class _Ends(Strict):
    ends: Words


class Followups(Strict):
    opening: Expressions
    closing: Expressions
    bare: Expressions
    why: Expressions
    unit: Expressions
    place: Expressions
    extreme: Expressions
    first: Expressions
    share: Expressions
    change: Expressions
    pronouns: Expressions
    held: Expressions
    opposites: Annotated[list[Words], Field(min_length=1)]
    several: Expression
    years: _Years
    organisation: _Ends


class _Frame(Strict):
    operation: Literal[
        "ratio",
        "completion",
        "share",
        "room",
        "surplus",
        "coverage",
        "growth",
        "difference",
        "rate",
        "change",
        "balance",
    ]
    patterns: Expressions


class _Intents(Strict):
    figure: Expressions
    why: Expressions
    define: Expressions
    describe: Expressions


class _Answering(Strict):
    asked: Expressions
    said: Expressions


class _Asked(Strict):
    place: Expressions
    date: Expressions
    rate: Expressions
    money: Expressions
    open: Expressions


class _Printed(Strict):
    place: Expressions
    date: Expressions


class _AskedBefore(Strict):
    rate: Expressions
    count: Expressions
    money: Expressions


class _RankOrder(Strict):
    place: Expressions
    length: Expressions
    whole: Expressions


class _Way(Strict):
    same: Expressions
    up: Expressions
    down: Expressions


class _ListWords(Strict):
    conjunction: Expressions
    joins: Expressions
    possessive: Expressions
    among: Expressions
    entire: Expressions
    held_against: Expressions
    one_by_one: Expression
    recent: Expressions


class _AmountWords(Strict):
    decimals: Expressions
    size: Expressions
    share: Expressions
    moved: Expressions


class _Sides(Strict):
    income: Word
    spending: Word
    own_part: Word
    printed: Expressions


class Frames(Strict):
    order: _RankOrder
    sides: _Sides
    way: _Way
    lists: _ListWords
    amounts: _AmountWords
    all: Expressions
    parts_of_tables: Words
    funds: Words
    strangers: Expression
    all_departments: Expression
    asks_amount: Expression
    as_of: Expression
    background: Expression
    percent: Expressions
    only_amount: Expression
    converted: Expression
    base_year: Expression
    topic: Expression
    remark: Expression
    interrogative: Expression
    each: Expression
    several: Expression
    whole: Expression
    owner: Expression
    asks: Expressions
    frame: Annotated[list[_Frame], Field(min_length=1)]
    cues: dict[Word, Expressions]
    intents: _Intents
    answering: Annotated[list[_Answering], Field(min_length=1)]
    asked: _Asked
    printed: _Printed
    asked_before: _AskedBefore
    accounted: dict[Word, Words]


class Organisations(Strict):
    generic: Words
    parts: Words
    joints: Words
    padding: Words
    alike: list[Annotated[list[Word], Field(min_length=2)]]
    usual: dict[Word, Word]
    fields: Words
    subjects: Words
    of_government: Words
    units: Words
    departments: Words
    places: Expression
    known: Words
    kinds: dict[Word, Words]


class Suggestions(Strict):
    examples: Annotated[list[Template], Field(min_length=1)]
    subject: Template


FILES: Mapping[str, type[BaseModel]] = {
    "aspects": Aspects,
    "english": English,
    "followups": Followups,
    "frames": Frames,
    "organisations": Organisations,
    "prose": Prose,
    "questions": Questions,
    "sections": Sections,
    "suggestions": Suggestions,
    "synonyms": Synonyms,
    "tables": Tables,
}

_WRONG = {
    "extra_forbidden": "不认识的键",
    "missing": "缺这个键",
    "too_short": "条目太少",
    "too_long": "条目太多",
}


def checked(file: str, content: dict[str, Any]) -> dict[str, Any]:
    """The content of `file.toml` as it is; raises `VocabularyError` naming file, key and entry."""
    try:
        FILES[file].model_validate(content)
    except ValidationError as error:
        told = (_told(one) for one in error.errors(include_url=False))
        raise VocabularyError(f"{file}.toml：{'；'.join(told)}") from None
    return content


def _told(error: Any) -> str:
    """`forms.公务接待费[0] “接待费?”：…`; the entry only where it is one."""
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    reason = error.get("ctx", {}).get("error") or _WRONG.get(error["type"]) or error["msg"]
    entry = f" “{error['input']}”" if isinstance(error["input"], str) else ""
    return f"{place.removeprefix('.')}{entry}：{reason}"
