"""The question before, written out, with the places of what a follow-up may exchange."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from index.vocabulary import words
from qa.answer import Answer
from qa.lexicon import Lexicon
from qa.question import cue_spans
from qa.scope import Scope, scope_said

__all__ = [
    "SUBJECT_CUES",
    "Lost",
    "Open",
    "Turn",
    "is_base",
    "scope_read",
    "subjects_of",
    "with_text",
]

# A year that something is only held against: 比2023年, 与2023年相比.
_AGAINST = re.compile(r"[比较]$"), re.compile(r"[与和同跟]$"), re.compile(r"(?:的|预算|决算)?相?比")
SUBJECT_CUES = ("sum", "share", "growth", "difference", "change", "average", "rank", "count")


class Open(Exception):
    """What a follow-up leaves out cannot be told for sure."""


class Lost(Open):
    """The question before names nothing that a follow-up could go on from."""


@dataclass(frozen=True, slots=True)
class Turn:
    """The question before, written out, with the places of what a follow-up may exchange."""

    answer: Answer
    text: str
    scope: Scope
    subjects: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, answer: Answer, lexicon: Lexicon) -> Turn:
        scope = scope_read(answer.asked, lexicon)
        text = scope.question.text
        return cls(answer, text, scope, subjects_of(scope, lexicon))

    def spans(self, kind: str) -> list[tuple[int, int]]:
        return sorted((a, b) for a, b, k in self.scope.question.marks if k == kind)

    @property
    def organisation(self) -> str:
        spans = self.spans("organisation")
        return self.text[slice(*spans[0])] if len(spans) == 1 else ""

    @property
    def years(self) -> list[tuple[int, int]]:
        """The places of the years asked for, without those that only are held against."""
        return [span for span in self.spans("year") if not is_base(self.text, span)]

    @property
    def year(self) -> str:
        """The one year asked for, or the one that the figures of the answer are of: `2024年`."""
        if len(self.years) == 1 and (found := re.match(r"(?:19|20)\d{2}", self._first_year())):
            return f"{found[0]}年"
        facts = [c.fact for c in self.answer.citations if c.fact]
        of = {fact.year for fact in facts}
        return f"{of.pop()}年" if len(of) == 1 and None not in of else ""

    def _first_year(self) -> str:
        return self.text[slice(*self.years[0])]

    @property
    def subject(self) -> tuple[int, int]:
        """The place of the one subject; of a share, of its part.  Raises `Open` if it is not one."""
        spans = self.subjects
        if not spans:
            raise Lost("上一个问题里没有可以接着问的科目")
        between = [self.text[a:b] for (_, a), (b, _) in itertools.pairwise(spans)]
        if len(spans) > 1 and not between[0].startswith(("占", "的")):
            raise Open("上一个问题里不止一个科目，不知道接的是哪一个")
        return spans[0]

    @property
    def head(self) -> str:
        """The question as far as its subject, scope in front: 城市管理局2024年表8公务接待费."""
        end = self.subject[1]
        kept = [s for s in (*self.spans("organisation"), *self.years) if s[0] >= end]
        later = "".join(self.text[slice(*span)] for span in kept)
        # 三公经费中公务接待费: what stands in front of the subject says where it is looked for.
        front = "" if self.years or not self.year else self.year
        return later + self._fronted(self.text[:end], front)

    def _fronted(self, text: str, year: str) -> str:
        at = max((b for _, b in self.spans("organisation") if b <= len(text)), default=0)
        return text[:at] + year + text[at:]

    def with_year(self, year: str) -> str:
        """The question for another year."""
        if len(self.years) > 1:
            raise Open("上一个问题问的不止一年，不知道换的是哪一年")
        if self.years:
            start, end = self.years[0]
            return self.text[:start] + year + self.text[end:]
        return self._fronted(self.text, year)

    def with_organisation(self, name: str) -> str:
        """The question for another department."""
        spans = self.spans("organisation")
        if len({self.text[a:b] for a, b in spans}) > 1:
            raise Open("上一个问题问的不止一个单位，不知道换的是哪一个")
        text = self.text if self.years or not self.year else self._fronted(self.text, self.year)
        for start, end in reversed(spans):
            text = text[:start] + name + text[end:]
        return text if spans else name + text


def scope_read(question: str, lexicon: Lexicon) -> Scope:
    return scope_said(question, lexicon)


def is_base(text: str, span: tuple[int, int]) -> bool:
    """Whether a year is only what something is held against."""
    front, back = text[: span[0]], text[span[1] :]
    sign, with_, after = _AGAINST
    return bool(sign.search(front) or (with_.search(front) and after.match(back)))


def subjects_of(scope: Scope, lexicon: Lexicon) -> tuple[tuple[int, int], ...]:
    """The places of the subjects a question names, in order."""
    text = scope.question.text
    free = scope.question.free()
    soft = {*words("questions")["soft"], *words("tables")["total_labels"]}
    cues = {text[a:b] for a, b in cue_spans(text, *SUBJECT_CUES)}
    spans = [(a, b) for a, b, _ in lexicon.exact(text)] + [(a, b) for a, b, _ in lexicon.said(text)]
    found: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda s: (s[0] - s[1], s[0])):
        name = text[start:end]
        if not all(free[start:end]) or name in soft or name in cues or len(name) < 2:
            continue
        if not any(start < b and a < end for a, b in found):
            found.append((start, end))
    return tuple(sorted(found))


def with_text(base: Turn, text: str, lexicon: Lexicon) -> Turn:
    scope = scope_read(text, lexicon)
    return replace(
        base, text=scope.question.text, scope=scope, subjects=subjects_of(scope, lexicon)
    )
