"""Questions for reasons, definitions and descriptions: retrieved, judged, quoted as printed.

Three ways out: the passage that answers; where none is sure enough, the nearest ones, shown as such
(status `not_found`, no figure claimed); where nothing is near, nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.library import Library
from index.model import Passage
from index.reasons import reason_in
from index.vocabulary import words
from qa.answer import Answer, Citations
from qa.compose import not_found
from qa.joining import joined
from qa.knowledge import Knowledge
from qa.lexicon import form_keys, key
from qa.premises import (
    NO_REASON,
    change_of,
    direction_in,
    explained_beside,
    going,
    premise_of,
    righted,
    says_same,
    unexplained,
)
from qa.quoting import parts_of, trusted
from qa.retriever import search
from qa.scope import Scope, without_base
from qa.understanding.asked import asked_in
from qa.understanding.frame import cue
from qa.understanding.names import Words
from qa.understanding.passages import Intent, Judged, Place, asking_piece, judged, places_of
from qa.understanding.reading import Reading
from qa.understood import Understanding

__all__ = [
    "PASSAGES",
    "Retrieved",
    "passages_answered",
    "places_in",
    "retrieved",
    "searched",
    "tellable",
    "whose",
]

PASSAGES = 40
# How sure a place must be to answer in words and to be shown as near (calibrated on questions with
# known answers), and how far a second one may fall behind the first.
_ENOUGH, _NEAR, _BEHIND = 0.54, 0.06, 0.6
# How much of a question a place must say, whatever else speaks for it.
_SOME = 0.2
_MOST_NEAR, _MATTER = 3, 10
_CALCULATES = ("check", "count", "rank", "filter", "compare", "sum", "average", "series", "exclude")
# Departments whose passages are told side by side where a question names none.
_MOST_DEPARTMENTS = 4


def passages_answered(
    question: str,
    reading: Reading,
    intent: Intent,
    library: Library,
    knowledge: Knowledge,
    found: Retrieved | None = None,
) -> Answer:
    """The answer in words to a question that was read; `found` stands in for the retrieval."""
    scope = without_base(reading.scope) if intent == "why" else reading.scope
    documents = knowledge.lexicon.documents
    if scope.years and not any(year in knowledge.years for year in scope.years):
        missing = tuple(f"{y}年" for y in scope.years)
        return not_found(question, Understanding(scope, unexplained=missing), documents, "passages")
    found = found or retrieved(scope, reading.said, library)
    own = {d.name: d.profile.year for d in scope.documents}
    every = judged(reading.said, intent, found.places, scope.years, own)
    ranked = [j for j in every if _names_subject(reading.said, j.place)][:_MATTER]
    change = change_of(question, reading) if intent == "why" else None
    if change and not change.actual:
        same = [j for j in ranked if j.sure >= _NEAR and says_same(j.place.text)][:1]
        quoted = _quoted(question, scope, reading.said, "describe", same, library) if same else None
        if put_right := righted(question, change, quoted):
            return put_right
    if change and change.actual == change.wanted:
        ranked = going(change.actual, ranked, _ENOUGH)
    best = ranked[0] if ranked else None
    ranked = ranked or every[:_MATTER]
    unsure = best is None or best.sure < _ENOUGH or not _speaks_of(reading.said, best)
    if change and unsure:
        beside = explained_beside(change, library) if change.actual == change.wanted else None
        return beside or righted(question, change, None) or unexplained(change, ranked)
    if not ranked or ranked[0].sure < _NEAR:
        left = Understanding(scope, unexplained=reading.subjects)
        nothing = not_found(question, left, documents, "passages")
        return replace(nothing, passages=found.passages)
    if unsure or best is None:
        return _nearest(question, reading, ranked, knowledge)
    if intent == "figure" and not tellable(reading.said, intent, best.place.text):
        return _nearest(question, reading, ranked, knowledge)
    quoted = _quoted(question, scope, reading.said, intent, ranked, library)
    if change and (put_right := righted(question, change, quoted)):
        return put_right
    if quoted is None and change:
        return explained_beside(change, library) or unexplained(change, ranked)
    if quoted and change and not _own_subject(reading.said, best.place):
        # The reason of a part, for a whole that has none: what the whole did comes first.
        whole = [
            j
            for j in ranked
            if _own_subject(reading.said, j.place)
            and direction_in(j.place.text) == change.actual
            and not reason_in(j.place.text)
        ][:1]
        told = _quoted(question, scope, reading.said, "describe", whole, library) if whole else None
        return replace(joined(question, [told or change.stated, quoted]), route="passages")
    return quoted or _nearest(question, reading, ranked, knowledge)


def _names_subject(said: Words, place: Place) -> bool:
    """Whether a place, or its heading, names anything that the question asks about by name."""
    text = key("|".join((*place.passage.section, *place.headings, place.text)))
    keys = [form for name in said.names for k in name.keys for form in form_keys(k)]
    return not keys or any(k in text for k in keys)


def _own_subject(said: Words, place: Place) -> bool:
    """Whether the words of a place themselves name what is asked about by name."""
    keys = [form for name in said.names for k in name.keys for form in form_keys(k)]
    return not keys or any(k in key(place.text) for k in keys)


def _speaks_of(said: Words, one: Judged) -> bool:
    """Whether a place says any of what is asked: that it gives some reason is not enough."""
    return bool(one.value("near") >= _SOME or one.value("titled") or sum(said.weights) < 1)


def tellable(said: Words, intent: Intent, quoted: str) -> bool:
    """Whether words alone may answer: of a reason only such as give one, of a question for an amount,
    a rate or a calculation none."""
    if intent == "why":
        return bool(reason_in(quoted))
    return intent != "figure" or not (
        asked_in(said.text)
        or re.search(words("frames")["asks_amount"], said.text)
        or any(cue(name, said.masked) for name in _CALCULATES)
    )


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Passages as they were retrieved, and what of them may be quoted."""

    passages: tuple[Passage, ...]
    places: tuple[tuple[int, Place], ...]


def retrieved(scope: Scope, said: Words, library: Library) -> Retrieved:
    """What is retrieved for a question, to be judged."""
    return places_in(searched(scope, said, library), library)


def places_in(passages: Sequence[Passage], library: Library) -> Retrieved:
    """Some passages as they were retrieved, with what of them may be quoted."""
    return Retrieved(tuple(passages), tuple(places_of(passages, library)))


def searched(scope: Scope, said: Words, library: Library) -> list[Passage]:
    """Passages for a question as asked, and with its subjects as they are printed."""
    own = [d.name for d in scope.documents if not scope.years or d.profile.year in scope.years]
    names = own or list(scope.names)
    asked = search(library, scope.question.raw, PASSAGES, names)
    if piece := asking_piece(said):
        asked += search(library, piece, PASSAGES // 2, names)
    printed = " ".join(
        dict.fromkeys(k for n in said.names for name in n.keys for k in form_keys(name))
    )
    more = search(library, printed, PASSAGES // 2, names, "words") if printed else []
    return list({passage.id: passage for passage in (*asked, *more)}.values())


# ---------------------------------------------------------------- the passage that answers


def _quoted(
    question: str,
    scope: Scope,
    said: Words,
    intent: Intent,
    ranked: Sequence[Judged],
    library: Library,
) -> Answer | None:
    """The passage in words; `None` where a reason is asked for and none is given."""
    cites = Citations()
    told: list[str] = []
    chosen = _told(scope, ranked)
    for one in chosen:
        lead = whose(scope, one.passage)
        parts = parts_of(one.place, said, intent, library)
        told += [
            f"{lead if n == 0 else ''}{f'{cell.row}（{cell.column}）：' if cell else ''}"
            f"{quote.strip()}[{cites.passage(passage, quote, cell)}]"
            for n, (passage, quote, cell) in enumerate(parts)
        ]
    notes = premise_of(said.text, told) if intent == "why" and len(chosen) == 1 else ()
    if intent == "why" and not any(reason_in(t) for t in told):
        if not notes:
            return None
        told.append(NO_REASON)
    text = "\n".join(("".join(notes), *told) if notes else told)
    passages = tuple(j.passage for j in ranked)
    return Answer(
        question,
        "answered",
        "passages",
        text,
        citations=cites.all,
        notes=tuple(notes),
        passages=passages,
    )


def _told(scope: Scope, ranked: Sequence[Judged]) -> list[Judged]:
    """The best passage, with the next of its document where that is as good; where no department is
    named, the best of each department that has one as good."""
    best = ranked[0]
    if not scope.organisations and len({d.profile.organisation for d in scope.documents}) > 1:
        whose = {d.name: (d.profile.organisation, d.profile.year) for d in scope.documents}
        firsts: dict[object, Judged] = {}
        for one in ranked:
            firsts.setdefault(whose.get(one.passage.document), one)
        kept = [one for one in firsts.values() if best.score - one.score < _BEHIND]
        different = {key(one.place.text): one for one in reversed(kept)}
        return [one for one in kept if one in different.values()][:_MOST_DEPARTMENTS]
    beside = [
        one
        for one in ranked[1:3]
        if best.score - one.score < _BEHIND
        and one.passage.document == best.passage.document
        and one.value("said") >= best.value("said") - 0.01
    ]
    return [best, *beside[:1]]


def whose(scope: Scope, passage: Passage) -> str:
    """Whose words they are, where that is not said by the question."""
    if len({d.profile.organisation for d in scope.documents}) < 2 or scope.organisations:
        return ""
    profile = next(d.profile for d in scope.documents if d.name == passage.document)
    return f"{profile.organisation}{f'{profile.year}年' if profile.year else ''}："


# ---------------------------------------------------------------- only near


def _nearest(
    question: str, reading: Reading, ranked: Sequence[Judged], knowledge: Knowledge
) -> Answer:
    """Passages that are close, shown as such; no figure is claimed."""
    left = Understanding(reading.scope, unexplained=reading.subjects)
    answer = not_found(question, left, knowledge.lexicon.documents, "passages")
    cites = Citations()
    near = [j for j in ranked if j.sure >= _NEAR / 2 and j.place.cell is None][:_MOST_NEAR]
    if not near:
        return answer
    marks = "".join(f"[{cites.passage(j.passage, trusted(j.passage.text))}]" for j in near)
    text = f"{answer.text}最接近的原文{marks}，是否就是所问的，请对照原文判断。"
    passages = tuple(j.passage for j in ranked)
    return replace(answer, text=text, citations=cites.all, passages=passages)
