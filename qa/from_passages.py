"""Questions for reasons, definitions and descriptions: retrieved, judged, quoted as printed.

Three ways out: the passage that answers; where none is sure enough, the nearest ones, shown as such
(status `not_found`, no figure claimed); where nothing is near, nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from index.captions import squeeze
from index.library import Library
from index.model import Passage
from index.reasons import reason_in, sentences
from index.units import UnitError
from index.vocabulary import pattern, words
from qa.answer import Answer, Citations
from qa.calculator import Ambiguous, Missing, calculate
from qa.cells import Cell, worded_cells
from qa.compose import answered, not_found
from qa.joining import joined
from qa.knowledge import Knowledge
from qa.lexicon import form_keys, key
from qa.retriever import search
from qa.scope import Scope, without_base
from qa.understanding.names import Words
from qa.understanding.passages import Intent, Judged, judged
from qa.understanding.reading import Reading
from qa.understood import Understanding, direction_of
from qa.verify import is_instruction

__all__ = ["PASSAGES", "passages_answered", "searched"]

PASSAGES = 40
# How sure a passage must be to answer, to be shown as near (calibrated on questions with known
# answers), and how far a second one may fall behind the first.
_ENOUGH, _CERTAIN, _NEAR, _BEHIND = 0.38, 0.75, 0.12, 0.6
_MOST_NEAR, _MOST_LISTED, _LONGEST, _MATTER = 3, 16, 1300, 10
NO_REASON = "文件没有说明原因。"
# Departments whose passages are told side by side where a question names none.
_MOST_DEPARTMENTS = 4


def passages_answered(
    question: str,
    reading: Reading,
    intent: Intent,
    library: Library,
    knowledge: Knowledge,
    found: Sequence[Passage] | None = None,
) -> Answer:
    """The answer in words to a question that was read; `found` stands in for the retrieval."""
    scope = without_base(reading.scope) if intent == "why" else reading.scope
    documents = knowledge.lexicon.documents
    if scope.years and not any(year in knowledge.years for year in scope.years):
        missing = tuple(f"{y}年" for y in scope.years)
        return not_found(question, Understanding(scope, unexplained=missing), documents, "passages")
    passages = searched(scope, reading.said, library) if found is None else list(found)
    own = {d.name: d.profile.year for d in scope.documents}
    ranked = _quotable(judged(reading.said, intent, passages, scope.years, own), library)
    change = _change(question, reading) if intent == "why" else None
    if change and change.actual == change.wanted:
        ranked = _going(change.actual, ranked)
    best = ranked[0] if ranked else None
    unsure = best is None or best.sure < _ENOUGH or not _names_subject(reading.said, best.passage)
    if change and unsure:
        righted = _righted(question, change, None)
        return righted or _unexplained(change, ranked)
    if best is None or best.sure < _NEAR:
        nothing = not_found(question, Understanding(scope), documents, "passages")
        return replace(nothing, passages=tuple(passages))
    if unsure:
        return _nearest(question, scope, ranked, knowledge)
    if intent == "figure" and (best.sure < _CERTAIN or asks_money(reading.said.text)):
        return _nearest(question, scope, ranked, knowledge)
    quoted = _quoted(question, scope, reading.said, intent, ranked, library)
    if change and (righted := _righted(question, change, quoted)):
        return righted
    if quoted is None and change:
        return _unexplained(change, ranked)
    return quoted or _nearest(question, scope, ranked, knowledge)


def _quotable(ranked: Sequence[Judged], library: Library) -> list[Judged]:
    """The passages that have words to quote, as far as they matter; a row of figures has none."""
    kept: list[Judged] = []
    for one in ranked:
        if one.passage.kind == "prose" or any(True for _ in worded_cells(one.passage, library)):
            kept.append(one)
        if len(kept) >= _MATTER:
            break
    return kept


def _names_subject(said: Words, passage: Passage) -> bool:
    """Whether a passage, or its heading, names anything that the question asks about by name."""
    text = key("|".join((*passage.section, passage.text)))
    keys = [form for name in said.names for k in name.keys for form in form_keys(k)]
    return not keys or any(k in text for k in keys)


def _going(way: int, ranked: Sequence[Judged]) -> list[Judged]:
    """Passages that say what happened; where none does for sure, those that do not say the opposite."""
    saying = [j for j in ranked if _direction(j.passage.text) == way and j.sure >= _ENOUGH]
    return saying or [j for j in ranked if _direction(j.passage.text) != -way]


def asks_money(text: str) -> bool:
    """Whether a question asks for an amount or a rate: a passage alone is no figure."""
    return re.search(words("frames")["asks_amount"], text) is not None


def searched(scope: Scope, said: Words, library: Library) -> list[Passage]:
    """Passages for a question as asked, and with its subjects as they are printed."""
    own = [d.name for d in scope.documents if not scope.years or d.profile.year in scope.years]
    names = own or list(scope.names)
    asked = search(library, scope.question.raw, PASSAGES, names)
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
        lead = _whose(scope, one.passage)
        parts = _parts(one.passage, said, intent, library)
        told += [
            f"{lead if n == 0 else ''}{f'{cell.row}（{cell.column}）：' if cell else ''}"
            f"{quote.strip()}[{cites.passage(passage, quote, cell)}]"
            for n, (passage, quote, cell) in enumerate(parts)
        ]
    notes = _premise(said.text, told) if intent == "why" and len(chosen) == 1 else ()
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
        different = {key(one.passage.text): one for one in reversed(kept)}
        return [one for one in kept if one in different.values()][:_MOST_DEPARTMENTS]
    beside = [
        one
        for one in ranked[1:3]
        if best.score - one.score < _BEHIND
        and one.passage.document == best.passage.document
        and one.values[0] >= best.values[0] - 0.01
    ]
    return [best, *beside[:1]]


def _whose(scope: Scope, passage: Passage) -> str:
    """Whose words they are, where that is not said by the question."""
    if len({d.profile.organisation for d in scope.documents}) < 2 or scope.organisations:
        return ""
    profile = next(d.profile for d in scope.documents if d.name == passage.document)
    return f"{profile.organisation}{f'{profile.year}年' if profile.year else ''}："


Part = tuple[Passage, str, Cell | None]


def _parts(passage: Passage, said: Words, intent: Intent, library: Library) -> list[Part]:
    """What of a passage is quoted: the cell, the sentences that answer, or the whole with the list
    that it begins."""
    if passage.kind == "row":
        cells = sorted(
            worded_cells(passage, library), key=lambda cell: -_says(said, cell.row + cell.text)
        )
        return [(passage, cells[0].text, cells[0])]
    listing = intent == "describe" or (intent == "why" and _begins_list(passage))
    if listing and (listed := _list_of(passage, said, library)):
        return [(p, _trusted(p.text), None) for p in listed]
    text = _trusted(passage.text)
    return [(passage, _reasoned(text, said) if intent == "why" else text, None)]


def _trusted(text: str) -> str:
    """A text without what speaks to its reader: the longest run of sentences that do not."""
    runs = [""]
    for sentence in sentences(text):
        if is_instruction(sentence):
            runs.append("")
        else:
            start = text.find(sentence, text.find(runs[-1]) + len(runs[-1]))
            first = text.find(runs[-1]) if runs[-1] else start
            runs[-1] = text[first : start + len(sentence)]
    return text if len(runs) == 1 else max(runs, key=len)


def _reasoned(text: str, said: Words) -> str:
    """The sentences from the one that names the subject to the one that gives its reason."""
    parts = list(sentences(text))
    if len(squeeze(text)) <= 160 or len(parts) < 2:
        return text
    giving = [n for n, s in enumerate(parts) if reason_in(s)]
    if not giving:
        return text
    last = max(giving, key=lambda n: _says(said, parts[n]))
    first = max(range(last + 1), key=lambda n: (_says(said, parts[n]), n))
    start = text.find(parts[first])
    return text[start : text.find(parts[last], start) + len(parts[last])]


def _begins_list(passage: Passage) -> bool:
    return passage.text.rstrip().endswith(("：", ":"))


def _list_of(passage: Passage, said: Words, library: Library) -> list[Passage]:
    """The whole list that a passage begins or is a member of: what stands under the heading that the
    question names, or behind a colon."""
    begins = _begins_list(passage)
    heading = passage.section[-1] if passage.section else ""
    named = bool(heading) and _says(said, heading) >= 0.6 * _says(said, heading + passage.text)
    if not (begins or named) or len(squeeze(passage.text)) > 240:
        return []
    document, _, number = passage.id.rpartition(":")
    at = int(number)
    around = library.passages(
        [f"{document}:{n}" for n in range(max(0, at - _MOST_LISTED), at + _MOST_LISTED)]
    )
    same = [p for p in around if p.section == passage.section and p.kind == passage.kind]
    kept: list[Passage] = []
    length = 0
    for one in same:
        if begins and int(one.id.rpartition(":")[2]) < at:
            continue
        length += len(one.text)
        if length > _LONGEST or len(kept) > _MOST_LISTED:
            break
        kept.append(one)
    return kept if len(kept) > 1 and passage in kept else []


def _says(said: Words, text: str) -> float:
    """How much of a question a text says."""
    plain = key(text)
    held = {plain[i : i + 2] for i in range(len(plain) - 1)}
    found = {j for i in range(len(said.text)) if said.text[i : i + 2] in held for j in (i, i + 1)}
    for name in said.names:
        if any(k in plain for n in name.keys for k in form_keys(n)):
            found |= set(range(name.start, name.end))
    return sum(said.weights[i] for i in found if i < len(said.weights))


@dataclass(frozen=True)
class _Change:
    """A change that a why-question asks about: the way it says, the way it went (1, -1, 0), and its
    figure in words."""

    wanted: int
    actual: int
    stated: Answer


def _change(question: str, reading: Reading) -> _Change | None:
    """The change of a why-question by the figures, of one department only."""
    scope = reading.scope
    whose = {d.profile.organisation for d in scope.documents}
    if len(whose) > 1 and not scope.organisations:
        return None
    clause = next(c for c in reading.clauses if c.intent == "why")
    wanted = direction_of(reading.said.text[slice(*clause.span)])
    bound = clause.best
    if not wanted or bound is None:
        return None
    try:
        outcome = calculate(bound.plan, bound.evidence)
    except (Ambiguous, Missing, UnitError):
        return None
    value = outcome.value or Decimal(0)
    understood = Understanding(scope, bound.plan, bound.evidence)
    stated = replace(
        answered(question, understood, outcome, {}),
        value=None,
        unit=None,
        calculation=None,
        route="passages",
    )
    return _Change(wanted, (value > 0) - (value < 0), stated)


def _righted(question: str, change: _Change, quoted: Answer | None) -> Answer | None:
    """A why-question that has the direction the wrong way round, put right by the figures; with the
    reason that was found for what did happen, if there is one."""
    if change.actual == change.wanted:
        return None
    note = _other_way(change.wanted, change.actual)
    why = quoted if quoted and change.actual and reason_in(quoted.text) else None
    text = note + change.stated.text + ("" if why or not change.actual else NO_REASON)
    first = replace(change.stated, text=text, notes=(note,))
    if why is None:
        return first
    rest = replace(why, notes=(), text=why.text.removeprefix(note).lstrip())
    return replace(joined(question, [first, rest]), route="passages")


def _unexplained(change: _Change, ranked: Sequence[Judged]) -> Answer:
    """A change that the document states without a reason: the change is told, no reason is made up."""
    text = change.stated.text + NO_REASON
    passages = tuple(j.passage for j in ranked)
    return replace(
        change.stated, status="not_found", because="not_disclosed", text=text, passages=passages
    )


def _other_way(wanted: int, actual: int) -> str:
    is_so = {1: "增加", -1: "减少", 0: "持平，没有增减"}[actual]
    return f"问题说的是{'增加' if wanted > 0 else '减少'}，实际是{is_so}。"


def _direction(text: str) -> int:
    """Which way a passage says that something went: 1, -1, or 0."""
    statement = _statement_of(text)
    return 0 if pattern("prose", "same").search(statement) else direction_of(statement)


def _premise(asked: str, told: Sequence[str]) -> tuple[str, ...]:
    """Where a why-question has the direction the wrong way round."""
    wanted = direction_of(asked)
    if not wanted or not told:
        return ()
    statement = _statement_of(told[0])
    same = pattern("prose", "same").search(statement)
    actual = _direction(told[0])
    if actual == wanted or (actual == 0 and not same):
        return ()
    return (_other_way(wanted, actual),)


def _statement_of(quote: str) -> str:
    """What a sentence says before its reason."""
    reason = reason_in(quote)
    return key(quote[: quote.find(reason)] if reason else quote)


# ---------------------------------------------------------------- only near


def _nearest(question: str, scope: Scope, ranked: Sequence[Judged], knowledge: Knowledge) -> Answer:
    """Passages that are close, shown as such; no figure is claimed."""
    answer = not_found(question, Understanding(scope), knowledge.lexicon.documents, "passages")
    cites = Citations()
    near = [j for j in ranked if j.sure >= _NEAR / 2 and j.passage.kind == "prose"][:_MOST_NEAR]
    if not near:
        return answer
    marks = "".join(f"[{cites.passage(j.passage, _trusted(j.passage.text))}]" for j in near)
    text = f"{answer.text}最接近的原文{marks}，是否就是所问的，请对照原文判断。"
    passages = tuple(j.passage for j in ranked)
    return replace(answer, text=text, citations=cites.all, passages=passages)
