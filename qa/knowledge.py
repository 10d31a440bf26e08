"""What is derived from one state of a library and kept until the library changes: its words, the flaws
of its tables, its years, its pages read by OCR.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.library import Library
from qa.flaws import flaw_key
from qa.lexicon import Lexicon, lexicon_of
from qa.scope import Scope, scope_said

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
    """What is known of a library as it stands now."""
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


# What a contradiction in prose is about: “公务接待费”文字部分写 …
_ABOUT = re.compile(r"“(.+?)”(?:文字部分|印出的|的数字是)")


def _flaws(library: Library) -> dict[str, str]:
    """What is wrong in the source, by table id or by document and label: rows that were lost, a note
    that calls a table empty which is not, a figure that contradicts another."""
    found = {}
    for problem in library.problems():
        if problem.kind == "contradiction" and (about := _ABOUT.match(problem.message)):
            found[flaw_key(problem.source.document, about[1])] = problem.message
        elif problem.table and problem.kind in ("incomplete_table", "contradiction"):
            found[problem.table] = problem.message
    return found


def scope_in(question: str, knowledge: Knowledge) -> Scope:
    """The documents and years that a question is about, of those known."""
    return scope_said(question, knowledge.lexicon)
