"""A question as the stretches that each ask one thing, and the stories that ask nothing.

>>> text = "X是多少?比上年多多少"
>>> [text[a:b] for a, b in clause_spans(text)]
['X是多少?', '比上年多多少']
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.vocabulary import words
from qa.understanding.frame import cue
from qa.understanding.mentions import Mention
from qa.understanding.names import MASK
from qa.understanding.passages import Intent, intent_of

__all__ = ["asks", "clause_spans", "intent_in", "stories"]

Span = tuple[int, int]

_STOPS = ("?", ";", "。", "!")
_END = re.compile(r"[?;。!]+|[,、]")


def clause_spans(
    masked: str, names: Sequence[Span] = (), mentions: Sequence[Mention] = ()
) -> list[Span]:
    """The stretches of a question that each ask something; what asks nothing goes with the next, but
    for a story that says nothing of scope.  `names` are where it names something, `mentions` what
    it says of scope."""
    told = [s for s in stories(masked, names) if not _says_alone(s, mentions)]
    spans: list[Span] = []
    start = 0
    for a, b in _pieces(masked):
        if (
            spans
            and start == a
            and _only_amount(masked[a:b])
            and _compares(masked[slice(*spans[-1])])
        ):
            # 谁多？多多少？ is one question.
            spans[-1] = (spans[-1][0], b)
            start = b
        elif spans and start == a and _only_unit(masked[a:b]):
            # 还剩多少，折合多少亿元？ asks for one figure.
            spans[-1] = (spans[-1][0], b)
            start = b
        elif asks(masked[a:b]) and not _asks_nothing(masked[a:b]):
            spans.append((start, b))
            start = b
        elif start == a and (a, b) in told:
            start = b
    if start < len(masked):
        if not spans:
            return [(0, len(masked))]
        spans[-1] = (spans[-1][0], len(masked))
    return spans


def stories(masked: str, names: Sequence[Span] = ()) -> list[Span]:
    """The pieces that only say who asks, or why: 我是做小生意的, 听说去年清了不少."""
    return [
        (a, b)
        for a, b in _pieces(masked)
        if not asks(masked[a:b]) and _is_story(masked[a:b], a, b, names)
    ]


def _pieces(masked: str) -> list[Span]:
    ends = [match.end() for match in _END.finditer(masked)]
    ends += [len(masked)] if not ends or ends[-1] < len(masked) else []
    return list(zip([0, *ends], ends, strict=False))


def _is_story(text: str, start: int, end: int, names: Sequence[Span]) -> bool:
    """What names a department is a story only before what names a subject, what names a subject only
    as a sentence of its own."""
    if not re.search(words("frames")["background"], text):
        return False
    if MASK not in text:
        return True
    named = any(a < end and start < b for a, b in names)
    return any(end <= a for a, _ in names) and (not named or text.endswith(_STOPS))


def _says_alone(story: Span, mentions: Sequence[Mention]) -> bool:
    """Whether a story says a year or a level that is not said again behind it."""
    inside = {m.value for m in mentions if story[0] <= m.start < story[1]}
    return not inside <= {m.value for m in mentions if m.start >= story[1]}


def intent_in(text: str) -> Intent:
    """What a clause wants: a ranking or a list above a bound is one of figures, whatever its 哪些."""
    wanted = intent_of(text)
    worked_out = any(cue(name, text) for name in ("rank", "filter", "derive"))
    return "figure" if wanted in ("describe", "define") and worked_out else wanted


def _only_amount(text: str) -> bool:
    """多多少, 差多少: an amount asked for without saying of what."""
    return re.fullmatch(words("frames")["only_amount"], text) is not None


def _only_unit(text: str) -> bool:
    """折合多少亿元: another unit for what was asked."""
    plain = _END.sub("", text)
    return re.match(words("frames")["converted"], plain) is not None and any(
        re.fullmatch(expression, plain) for expression in words("followups")["unit"]
    )


def _asks_nothing(text: str) -> bool:
    """甲占乙的比重，: what is spoken of, before it is asked for; 文件里只写了…: a remark."""
    return any(re.search(words("frames")[name], text) for name in ("topic", "remark"))


def _compares(text: str) -> bool:
    return any(cue(name, text) for name in ("compare", "check", "rank"))


def asks(text: str) -> bool:
    """Whether a stretch asks for something of its own."""
    asked = any(re.search(e, text) for e in words("frames")["asks"])
    return asked or intent_in(text) != "figure" or cue("check", text) is not None
