"""Which documents a question is about: the organisations, years and tables it names.

>>> abbreviates("芷汀规划局", "棠屿市芷汀区规划和自然资源局")
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from index.library import StoredDocument
from index.vocabulary import words
from qa.lexicon import Lexicon, key
from qa.linking import linked
from qa.organisations import owner_of
from qa.question import Question, read_question
from qa.slips import mended

__all__ = ["BASE", "Scope", "abbreviates", "base_year", "scope_of", "scope_said", "without_base"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The documents a question may be answered from, and the years it asks for.

    `organisations` are those it names (in order), `years` with relative ones resolved; `documents`
    are the names of the documents left; `named` says where which organisation is named."""

    question: Question
    documents: tuple[StoredDocument, ...]
    organisations: tuple[str, ...]
    years: tuple[int, ...]
    named: tuple[tuple[int, int, str], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(document.name for document in self.documents)

    @property
    def year(self) -> int | None:
        """The one year asked for, if it is one."""
        return self.years[0] if len(self.years) == 1 else None


# A year that something is only held against: 比2023年, 较去年.
BASE = re.compile(words("frames")["base_year"])


def without_base(scope: Scope) -> Scope:
    """The scope without the years that only are what it is held against (比2023年 …, 比去年 …)."""
    bases = {int(match[1]) for match in BASE.finditer(scope.question.text) if match[1]}
    own = [d.profile.year for d in scope.documents if d.profile.year]
    if any(not match[1] for match in BASE.finditer(scope.question.text)):
        bases |= {year - 1 for year in (scope.question.years or (max(own, default=0),))}
    return replace(scope, years=tuple(year for year in scope.years if year not in bases))


def scope_said(question: str, lexicon: Lexicon) -> Scope:
    """The scope of a question among the documents of a lexicon, its slips mended."""
    asked = read_question(question)
    written = mended(asked.text, lexicon.sounds)
    if written != asked.text:
        asked = replace(read_question(written), raw=question)
    return scope_of(asked, lexicon.documents, lexicon.titles, lexicon.of_document)


def scope_of(
    question: Question,
    documents: tuple[StoredDocument, ...],
    titles: Mapping[str, Sequence[str]] = MappingProxyType({}),
    rows: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Scope:
    """The scope of a question, with the organisations and the table it names marked as explained;
    `titles` are those of the tables of each document, `rows` the labels in them."""
    link = linked(question, documents, rows)
    kept = _of_kind(question.text, link.documents)
    question = _with_table(question, [title for d in kept for title in titles.get(d.name, ())])
    spans = (*((start, end) for start, end, _ in link.named), *link.marks)
    marks = question.marks + tuple((start, end, "organisation") for start, end in spans)
    if question.source:
        kept = tuple(d for d in kept if d.profile.year == question.source) or kept
    years = _years(question, kept)
    return Scope(replace(question, marks=marks), kept, link.organisations, years, link.named)


def _of_kind(text: str, documents: tuple[StoredDocument, ...]) -> tuple[StoredDocument, ...]:
    """Where both are stored, 部门预算 and 部门决算 are told apart by what the question says."""
    if "决算" in text and "预算" in text:
        return documents
    for kind in ("决算", "预算"):
        if re.search(rf"(?:部门|单位){kind}", text):
            same = tuple(d for d in documents if kind in d.profile.kind)
            # A department's budget is asked for: a government's is none.
            return tuple(d for d in same if "政府" not in d.profile.kind) or same or documents
    return documents


def _with_table(question: Question, titles: Sequence[str]) -> Question:
    """The question with the table it names: by its whole title, or by the title's end
    (支出预算总表 of 2024年部门支出预算总表)."""
    names = {key(title) for title in titles if len(key(title)) >= 4}
    whole = [
        name
        for name in names
        if name.endswith(("表", ")")) and "表" in name and name in question.text
    ]
    if whole:
        title = max(whole, key=len)
        return _tabled(question, (title,), question.text.index(title), len(title))
    for match in re.finditer(r"[一-龥]{3,24}?表(?![一-龥]?格)", question.text):
        for start in range(match.start(), match.end() - 3):
            said = question.text[start : match.end()]
            found = tuple(n for n in names if re.sub(r"\(.*?\)$", "", n).endswith(said))
            if found:
                return _tabled(question, found, start, len(said))
    return question


def _tabled(question: Question, titles: tuple[str, ...], at: int, length: int) -> Question:
    mark = (at, at + length, "table")
    return replace(question, titles=titles, marks=(*question.marks, mark))


def base_year(question: Question, documents: tuple[StoredDocument, ...], offset: int) -> int | None:
    """The year that a relative one is counted from: 今年 is the newest document's, 上年 the one
    before a year that the question names."""
    if question.years and offset < 0:
        return max(question.years)
    return max((d.profile.year for d in documents if d.profile.year), default=None)


def _years(question: Question, documents: tuple[StoredDocument, ...]) -> tuple[int, ...]:
    """Years as asked; 今年 is the latest document's year, unless the question names one itself."""
    relative = [
        base + offset
        for offset in question.relative
        if (base := base_year(question, documents, offset)) is not None
    ]
    return tuple(dict.fromkeys((*question.years, *relative)))


def abbreviates(short: str, name: str) -> bool:
    """Whether a stretch is another way to say a name, by its body at least."""
    return any(said.body and said.text == short for said in owner_of(name).said_in(short))
