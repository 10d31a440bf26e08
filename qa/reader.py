"""The reader: from retrieved passages to the sentences that answer, without a chat model.

Why-questions take the sentence that gives a reason, what-is takes the definition, which-and-what
takes the list; a word of the question that no passage holds means that the documents do not say.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.captions import squeeze
from index.chunks import MAX_CHARS
from index.library import Library
from index.model import Passage
from index.reasons import reason_in, sentences
from index.statements import is_definition
from qa.cells import Cell, worded_cells
from qa.ground import Grounder, Positions
from qa.lexicon import key
from qa.operands import direction_of
from qa.question import Question, has

__all__ = ["Reading", "Span", "intent_of", "read"]

_ENOUGH = 0.66


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a passage that answer: `quote` as printed, `coverage` of the question's content,
    `lead` whose words they are where that must be said."""

    passage: Passage
    quote: str
    coverage: float
    reason: str = ""
    cell: Cell | None = None
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader found: spans best first, or the words that no passage holds."""

    spans: tuple[Span, ...]
    unexplained: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def intent_of(question: Question) -> str:
    """`why`, `define`, `describe` or `figure`: what kind of answer a question wants."""
    text = question.text
    if has(text, "check") and re.search(r"理由|原因", text):
        return "figure"
    if has(text, "why") and not re.search(r"原因.{0,6}(?:多少|几)", text):
        return "why"
    strong = re.search(r"意思|含义|定义|解释|理解|名词|概念|^什么是|^什么叫|何谓|何为", text)
    counted = any(has(text, cue) for cue in ("rank", "filter", "count", "share", "growth", "check"))
    if has(text, "define") and (strong or not counted) and not re.search(r"多少|几", text):
        return "define"
    return "describe" if has(text, "describe") else "figure"


def read(grounder: Grounder, intent: str, passages: Sequence[Passage], library: Library) -> Reading:
    """The spans of the passages that answer a question."""
    content = _content(grounder, intent)
    spans = [
        span
        for passage in passages
        for span in (
            _spans(passage, grounder, intent, content)
            if passage.kind == "prose"
            else _cells(passage, grounder, intent, content, library)
        )
    ]
    asks_use = bool(re.search(r"用途|用于|用来|用在|干什么|做什么|干嘛", grounder.text))
    ranked = sorted(spans, key=lambda s: -_rank(s, passages, asks_use))
    if not ranked or ranked[0].coverage < _ENOUGH:
        return Reading((), _unexplained(grounder, passages, content))
    best = ranked[0]
    if intent == "describe" and best.quote.rstrip().endswith(("：", ":")):
        return Reading((best, *_following(best, library)))
    kept = [best]
    for span in ranked[1:]:
        other = squeeze(span.quote) not in squeeze(best.quote) and squeeze(
            best.quote
        ) not in squeeze(span.quote)
        if (
            intent == "why"
            and other
            and span.coverage >= best.coverage - 0.02
            and len(kept) < 2
            and span.reason != best.reason
        ):
            kept.append(span)
    return Reading(tuple(kept), notes=_premise(grounder, kept, intent))


def _content(grounder: Grounder, intent: str) -> Positions:
    """The places of the question that carry what it is about."""
    cues = _cue_places(grounder.text, intent)
    free = frozenset(
        i for i, free in enumerate(grounder.free) if free and grounder.text[i].isalnum()
    )
    return (grounder.hard & free) - cues or free - cues


def _cue_places(text: str, intent: str) -> Positions:
    from qa.question import cue_spans

    places = {i for start, end in cue_spans(text, "why", "define") for i in range(start, end)}
    words = re.finditer(
        r"[\d一二两三四五六七八九十百千]+[多余]?[千万亿]|增加|增长|减少|下降|上升|降低|变化|变动|砍|一大半|一半以上|大幅|一下子?|突然|多出|没花完|没用完|怎么|为何|原因|依据|主要|包括|用于|内容|遵循|多少|万元|三千多万|[几数]?[十百千]多?万|涨|差异|不一致|不同|决算数?|预算数?|年初|跌|倍|只|安排|基本原则|介绍|用途|作用|解释|理解|这个词|意思|含义|定义|概念|名词|用来|用在|方面|哪些|什么",
        text,
    )
    return frozenset(places | {i for match in words for i in range(*match.span())})


def _spans(passage: Passage, grounder: Grounder, intent: str, content: Positions) -> list[Span]:
    around = " ".join(passage.section[-4:])
    if intent == "why":
        return _reasons(passage, around, grounder, content)
    if intent == "define":
        return _definitions(passage, grounder, content)
    whole = _coverage(grounder, content, around + passage.text)
    if len(passage.text) <= 260:
        return [Span(passage, passage.text, whole)]
    best = max(
        sentences(passage.text), key=lambda s: _coverage(grounder, content, s), default=passage.text
    )
    return [Span(passage, best, _coverage(grounder, content, around + best))]


def _cells(
    passage: Passage, grounder: Grounder, intent: str, content: Positions, library: Library
) -> list[Span]:
    """Cells with words, each read with its row, its column and its table."""
    if intent == "define":
        return []
    spans = []
    for cell in worded_cells(passage, library):
        said = " ".join((*passage.section[-1:], cell.above, cell.row, cell.column, cell.text))
        reason = (reason_in(cell.text) or cell.text) if intent == "why" else ""
        spans.append(Span(passage, cell.text, _coverage(grounder, content, said), reason, cell))
    return spans


def _reasons(passage: Passage, around: str, grounder: Grounder, content: Positions) -> list[Span]:
    """Sentences with a reason, each read with what stands before it in its paragraph."""
    spans = []
    parts = list(sentences(passage.text))
    for i, sentence in enumerate(parts):
        reason = reason_in(sentence)
        if not reason and re.search(r"受.{2,40}影响|导致|使得|因此|主要考虑", sentence):
            reason = sentence
        if not reason:
            continue
        if not content:
            # 预算为什么增加 names no subject: only a reason for the whole answers it.
            if _of_whole(sentence, direction_of(grounder.text)):
                spans.append(Span(passage, sentence, 1.0, reason))
            continue
        context = _before(parts, i)
        lead = max(
            _coverage(grounder, content, sentence),
            0.95 * _coverage(grounder, content, context + sentence),
        )
        score = max(lead, 0.9 * _coverage(grounder, content, around + context + sentence))
        quote = (
            sentence
            if _coverage(grounder, content, sentence) >= score
            else _joined(passage.text, context, sentence)
        )
        spans.append(Span(passage, quote, score, reason))
    return spans


def _of_whole(sentence: str, direction: int) -> bool:
    """Whether a reason is given for income, spending or the budget as a whole."""
    statement = _statement_of(sentence)
    whole = re.match(
        r"(?:\d{4}年|[一-龥]{0,24}?(?:部门|单位))?(?:财政拨款|部门|总|预算|本年)*"
        r"(?:收支|收入|支出|预算)[^,，;；]{0,12}(?:增加|减少|增长|下降)",
        statement,
    )
    return bool(whole) and direction in (0, direction_of(statement))


def _before(parts: Sequence[str], i: int) -> str:
    """The sentences before a reason that say what it is a reason for."""
    context = ""
    for j in range(i - 1, max(-1, i - 4), -1):
        if reason_in(parts[j]):
            break
        context = parts[j] + context
    return context


def _joined(text: str, context: str, sentence: str) -> str:
    start = text.find(context.strip()[:12]) if context.strip() else -1
    end = text.find(sentence) + len(sentence)
    return text[start:end] if 0 <= start < end and end - start <= MAX_CHARS else sentence


def _definitions(passage: Passage, grounder: Grounder, content: Positions) -> list[Span]:
    """A definition begins with its term: 十、“三公”经费：… or …是指…"""
    head, *rest = re.split(r"[：:]|，?是指|，?指", passage.text, maxsplit=1)
    if len(head) > 40 or not rest or len(rest[0]) < 8:
        return []
    cover = _coverage(grounder, content, head)
    extra = max(0, len(key(head)) - len(content) - 6) * 0.01
    bonus = 0.2 if is_definition(passage.section) or re.search(r"指", passage.text[:80]) else 0.0
    return (
        [Span(passage, passage.text, min(1.0, cover) - extra + bonus)] if cover >= _ENOUGH else []
    )


def _coverage(grounder: Grounder, content: Positions, text: str) -> float:
    """The share of the question's content that a text says, aliases included."""
    if not content:
        return 0.0
    plain = key(text)
    covered = set(grounder.covered(text))
    for start, end, term in grounder.said:
        if term in plain or grounder.text[start:end] in plain:
            covered |= set(range(start, end))
    return len(content & covered) / len(content)


def _rank(span: Span, passages: Sequence[Passage], asks_use: bool) -> float:
    position = next(i for i, p in enumerate(passages) if p is span.passage)
    used = 0.2 * bool(asks_use and "用于" in span.quote)
    return span.coverage - 0.012 * position + (0.05 if span.passage.kind == "prose" else 0.0) + used


def _unexplained(
    grounder: Grounder, passages: Sequence[Passage], content: Positions
) -> tuple[str, ...]:
    known = "".join(p.text + "".join(p.section) for p in passages)
    covered = grounder.covered(known)
    return grounder.leftover(covered | (frozenset(range(len(grounder.text))) - content)) or ()


def _following(best: Span, library: Library) -> list[Span]:
    """The items of the list that a passage ending in a colon begins."""
    document, _, number = best.passage.id.rpartition(":")
    found = library.passages([f"{document}:{int(number) + i}" for i in range(1, 16)])
    kept: list[Span] = []
    for passage in found:
        if (
            passage.section != best.passage.section
            or passage.kind != best.passage.kind
            or len(kept) > 11
        ):
            break
        kept.append(
            Span(
                passage,
                next(iter(sentences(passage.text)), passage.text)
                if len(passage.text) > 160
                else passage.text,
                1.0,
            )
        )
    return kept


def _premise(grounder: Grounder, spans: Sequence[Span], intent: str) -> tuple[str, ...]:
    """Where a why-question has the direction the wrong way round."""
    if intent != "why":
        return ()
    asked = direction_of(grounder.text)
    said = {_direction(_statement_of(span.quote)) for span in spans}
    if asked and said and asked not in said and 0 not in said:
        return (
            f"问题说的是{'增加' if asked > 0 else '减少'}，文件说的是{'减少' if asked > 0 else '增加'}。",
        )
    return ()


def _direction(statement: str) -> int:
    """Which way a statement says that it went; 决算数小于预算数 is a fall."""
    if found := re.search(r"[小低少]于|[大高多]于|超过", statement):
        return -1 if found[0][0] in "小低少" else 1
    return direction_of(statement)


def _statement_of(quote: str) -> str:
    """What a sentence says before its reason."""
    reason = reason_in(quote)
    return key(quote[: quote.find(reason)] if reason else quote)
