"""Questions that fit a store: to begin with, and near one that was not answered.

Every one of them was answered before it is shown; phrases and subjects are data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.library import Library, StoredDocument
from index.vocabulary import words
from qa.answer import Answer
from qa.pipeline import ask, lexicon_for
from qa.question import read_question, too_long
from qa.scope import scope_of

__all__ = ["examples", "nearby"]

_TRIED = 40


def examples(library: Library, most: int = 6, documents: Sequence[str] | None = None) -> list[str]:
    """Questions to begin with that the store answers, e.g. `某局2024年“三公”经费是多少万元？`."""
    held = _newest([d for d in library.documents() if documents is None or d.name in documents])
    found: list[str] = []
    for template in words("suggestions")["examples"]:
        # Departments take turns, so that the questions show what is there.
        turned = [*held[len(found) % len(held) :], *held] if held else []
        found += _answered(_filled([template], turned), library, 1, documents)
        if len(found) >= most:
            break
    return found


def nearby(
    answer: Answer, library: Library, most: int = 3, documents: Sequence[str] | None = None
) -> list[str]:
    """Questions near one that was not found: of its subject in the years and departments held, of
    subjects alike, else those to begin with."""
    if too_long(answer.question):
        return []
    lexicon = lexicon_for(library, documents)
    question = read_question(answer.asked or answer.question)
    scope = scope_of(question, lexicon.documents, lexicon.titles, lexicon.of_document)
    named = [d for d in lexicon.documents if d.profile.organisation in scope.organisations]
    held = named or list(lexicon.documents)
    years = sorted({d.profile.year for d in held if d.profile.year}, reverse=True)[:3]
    asked = question.text
    candidates = [
        asked.replace(f"{old}年", f"{new}年") + "？" for old in question.years for new in years
    ]
    content = "".join(
        char for char, free in zip(scope.question.text, scope.question.free(), strict=True) if free
    )
    template = words("suggestions")["subject"]
    for label in lexicon.alike(content, 12):
        candidates += _filled([template], held[:8], label)
    candidates += _filled(words("suggestions")["examples"], held[:4])
    others = [c for c in dict.fromkeys(candidates) if c.rstrip("？") != asked]
    return _answered(others, library, most, documents)


def _filled(
    templates: Sequence[str], documents: Sequence[StoredDocument], subject: str = ""
) -> Iterator[str]:
    """Each template for each department with its newest year."""
    for template in templates:
        for document in _newest(documents):
            year = document.profile.year or 0
            yield template.format(o=_short(document), y=year, p=year - 1, x=subject)


def _newest(documents: Sequence[StoredDocument]) -> list[StoredDocument]:
    """The newest document of each department, departments as they first come."""
    newest: dict[str, StoredDocument] = {}
    for document in documents:
        name, year = document.profile.organisation, document.profile.year
        if name and year and year >= (newest[name].profile.year or 0 if name in newest else 0):
            newest[name] = document
    return list(newest.values())


def _short(document: StoredDocument) -> str:
    """The shortest name of a department that still says what it is."""
    names = [n for n in document.profile.aliases if len(n) >= 3] + [document.profile.organisation]
    return min(names, key=len)


def _answered(
    candidates: Iterator[str] | Sequence[str],
    library: Library,
    most: int,
    documents: Sequence[str] | None,
) -> list[str]:
    found: list[str] = []
    for n, question in enumerate(dict.fromkeys(candidates)):
        if len(found) >= most or n >= _TRIED:
            break
        if ask(question, library, documents=documents).status == "answered":
            found.append(question)
    return found
