"""What a question in a conversation may lean on: the scope and the subject that earlier turns set.

A conversation has a frame: department, year, level and subject.  A new question replaces what it
says itself and keeps the rest, whether or not the turn before found an answer.

    [reading.question for reading in readings("那市级呢", history, lexicon)]
    # ['盐城市2025年市级政府性基金预算收入完成多少', …]
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.vocabulary import words
from qa.answer import Answer, Carried
from qa.conversation import FollowUp
from qa.lexicon import Lexicon
from qa.scope import Scope, scope_said, without_base
from qa.understanding.frame import cue, grammar
from qa.understanding.names import Words, words_of
from qa.understanding.passages import intent_of
from qa.understood import asks_all

__all__ = ["Context", "context_of", "readings"]

# What a question must say to have a subject of its own; a name of two letters is about 1.
_SUBJECT = 0.9


@dataclass(frozen=True, slots=True)
class Context:
    """The frame of a conversation, from its latest turns: each part as it was last said.

    `organisations` and `subjects` are in the order in which they were first named; `text` is the
    latest question in full."""

    organisation: str = ""
    year: str = ""
    level: str = ""
    subject: str = ""
    organisations: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    text: str = ""


def context_of(history: Sequence[Answer], lexicon: Lexicon) -> Context:
    """The frame that the turns so far have set."""
    context = Context()
    for answer in history:
        if answer.asked:
            context = _after(context, answer, lexicon)
    return context


def _after(before: Context, answer: Answer, lexicon: Lexicon) -> Context:
    scope = _scope(answer.asked, lexicon)
    said = {name: values for name, values, _ in answer.understood.slots}
    named = scope.organisations or said.get("organisation", ())
    spans = {text for a, b, _ in scope.named if (text := scope.question.text[a:b])}
    if len(scope.organisations) == len(spans) == 1:
        named = tuple(spans)
    organisation = named[0] if len(named) == 1 else before.organisation
    years = tuple(map(str, without_base(scope).years)) or (
        said.get("years", ()) if answer.status == "answered" else ()
    )
    subjects = said.get("subject", ()) or tuple(_names(_words(scope, lexicon)))
    moved = organisation != before.organisation
    return Context(
        organisation,
        f"{years[0]}年" if len(years) == 1 else "" if moved or years else before.year,
        scope.question.level or ("" if moved else before.level),
        subjects[0] if subjects else before.subject,
        _added(before.organisations, named),
        _added(before.subjects, subjects),
        scope.question.text,
    )


def _added(before: tuple[str, ...], new: Sequence[str]) -> tuple[str, ...]:
    """Names in the order in which they were last said."""
    return (*(name for name in before if name not in new), *new)


def readings(question: str, history: Sequence[Answer], lexicon: Lexicon) -> Iterator[FollowUp]:
    """The full questions that one may mean after some turns, likeliest first; none where it names
    its department itself or asks over all of them."""
    context = context_of(history, lexicon)
    scope = _scope(question, lexicon)
    text = _opened(scope.question.text)
    if not context.text or asks_all(text) or intent_of(text) == "define":
        return
    said = _words(_scope(text, lexicon), lexicon)
    scope = _scope(text, lexicon)
    own = said.content([(0, len(said.text))]) >= _SUBJECT or any(_names(said))
    if not own and not _asks(said.masked):
        yield from _exchanged(context, scope, lexicon)
        return
    years = without_base(scope).years
    if scope.organisations and (own or years):
        return
    year = "" if years else context.year
    level = "" if scope.question.level else context.level
    organisation = "" if scope.organisations else context.organisation
    subject, rest = _turned(context.subject, text)
    if subject != context.subject:
        context, text, own = replace(context, subject=subject), rest, False
    for front, subject in _fronts(context, text, organisation, own):
        full = f"{front}{year}{level}{subject}{text}"
        if full != text:
            yield FollowUp(full, Carried(full, front, year, subject))


def _fronts(context: Context, text: str, organisation: str, own: bool) -> Iterator[tuple[str, str]]:
    """The departments and the subject in front of a question that leaves them out."""
    if match := re.search(words("followups")["several"], text):
        n = {"三": 3, "四": 4}.get(match["n"] or "", 2)
        if len(context.organisations) >= n:
            yield "和".join(context.organisations[-n:]), "" if own else context.subject
        if not own and len(context.subjects) >= n:
            yield organisation, "和".join(context.subjects[-n:])
        return
    if not own and context.subject:
        yield organisation, context.subject
    if organisation:
        yield organisation, ""
    if own and context.subject and organisation:
        yield organisation, context.subject


def _exchanged(context: Context, scope: Scope, lexicon: Lexicon) -> Iterator[FollowUp]:
    """The question before, with the department, year or level that the new one names instead."""
    before = _scope(context.text, lexicon)
    text, marks = before.question.text, before.question.marks
    parts = {
        "organisation": "和".join(scope.organisations),
        "year": f"{scope.years[0]}年" if len(scope.years) == 1 else "",
        "level": scope.question.level,
    }
    subject, _ = _turned(text, scope.question.text)
    if subject != text:
        text, marks = subject, _scope(subject, lexicon).question.marks
    elif not any(parts.values()):
        return
    for kind, new in parts.items():
        spans = sorted((a, b) for a, b, k in marks if k == kind) if new else []
        if new and not spans:
            text = new + text
        for n, (start, end) in reversed(list(enumerate(spans))):
            text = text[:start] + (new if n == 0 else "") + text[end:]
        if spans:
            marks = _scope(text, lexicon).question.marks
    organisation = "" if scope.organisations else context.organisation
    if organisation and not _scope(text, lexicon).organisations:
        text = organisation + text
    yield FollowUp(text, Carried(text, organisation, context.year, context.subject, operation=True))


def _turned(subject: str, text: str) -> tuple[str, str]:
    """A subject with its side or basis turned to the one that a text names instead (收入 to 支出, 余额
    to 限额), and the text without it."""
    for group in words("followups")["opposites"]:
        said = next((word for word in group if word in text), "")
        before = next((word for word in group if word in subject), "")
        if said and before and said not in subject:
            at = subject.rindex(before)
            return subject[:at] + said + subject[at + len(before) :], text.replace(said, "", 1)
    return subject, text


def _opened(text: str) -> str:
    """A question without the words that only link it to the turn before (那么, 再看, 所以)."""
    opening = "|".join(words("followups")["opening"])
    return re.sub(rf"^(?:(?:{opening})[,，]?)+", "", text)


def _asks(masked: str) -> bool:
    """Whether a question names an operation, or asks for a reason, without its subject."""
    composed = any(p.search(masked) for _, patterns in grammar() for p in patterns)
    operations = words("frames")["cues"]
    return composed or intent_of(masked) != "figure" or any(cue(o, masked) for o in operations)


def _names(said: Words) -> Iterator[str]:
    for name in said.names:
        if name.end - name.start > 1 and said.content([(name.start, name.end)]) > 0:
            yield said.text[name.start : name.end]


def _words(scope: Scope, lexicon: Lexicon) -> Words:
    return words_of(scope, lexicon.within(scope.names))


def _scope(question: str, lexicon: Lexicon) -> Scope:
    return scope_said(question, lexicon)
