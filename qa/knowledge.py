"""What is derived from one state of a library and kept until the library changes: its words, the flaws
of its tables, its years, its pages read by OCR.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.library import Library
from qa.lexicon import Lexicon, lexicon_of
from qa.question import read_question
from qa.scope import Scope, scope_of

__all__ = ["Knowledge", "knowledge_of", "scope_in"]


@dataclass(frozen=True)
class Knowledge:
    """What is derived from one state of a library, kept until the library changes."""

    signature: str
    lexicon: Lexicon
    flaws: dict[str, str]
    years: frozenset[int | None]
    recognised: frozenset[tuple[str, int | None]]

    def within(self, documents: Sequence[str] | None) -> Knowledge:
        """What is known of some documents only."""
        if documents is None:
            return self
        names = tuple(d.name for d in self.lexicon.documents if d.name in set(documents))
        lexicon = self.lexicon.within(names) if names else replace(self.lexicon, documents=())
        years = frozenset(year for d in lexicon.documents for year in d.profile.years)
        return replace(self, lexicon=lexicon, years=years)


_known: dict[int, Knowledge] = {}


def knowledge_of(library: Library) -> Knowledge:
    signature = library.signature()
    held = _known.get(id(library))
    if held is None or held.signature != signature:
        held = _known[id(library)] = Knowledge(
            signature,
            lexicon_of(library),
            _flaws(library),
            frozenset(year for (year,) in library.distinct("year")),
            frozenset(
                (p.source.document, p.source.page) for p in library.problems() if p.kind == "ocr"
            ),
        )
    return held


def _flaws(library: Library) -> dict[str, str]:
    """What is wrong with tables in the source, by id: rows that were lost, a note that calls a
    table empty which is not."""
    kinds = ("incomplete_table", "contradiction")
    return {p.table: p.message for p in library.problems() if p.table and p.kind in kinds}


def scope_in(question: str, knowledge: Knowledge) -> Scope:
    lexicon = knowledge.lexicon
    return scope_of(read_question(question), lexicon.documents, lexicon.titles)
