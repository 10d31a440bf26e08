"""Sentences, and what they give as a reason: where it begins, where it ends.

A figure inside a reason (主要原因：项目支出增加，较上年增加 1,133.95 万元) is no figure of what the
sentence is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.captions import squeeze
from index.figures import find_quantities
from index.vocabulary import pattern, words

__all__ = ["reason_in", "reason_span", "sentences"]


def sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph, each as printed, without the blanks around it.

    >>> list(sentences("公务接待费。预算数4.00万元；持平。"))
    ['公务接待费。', '预算数4.00万元；', '持平。']
    """
    for match in re.finditer(r"[^。；！？;]+[。；！？;]*[”’）)]?", text):
        if match[0].strip():
            yield match[0].strip()


def reason_in(text: str) -> str:
    """What a sentence gives as the reason, from its lead on to the end of the sentence or of the
    bracket it stands in; `""` where it gives none.

    >>> reason_in("比2023年增加54.36万元，主要原因是扩大招商范围。")
    '扩大招商范围'
    >>> reason_in("增长10%（因加大盘活力度），加上上级补助等转移性收入50万元。")
    '加大盘活力度'
    """
    for lead in words("prose")["reason"]["lead"]:
        for match in re.finditer(lead, text):
            end = _bracket_end(text, match.end())
            influence = re.match(words("prose")["reason"]["influence"], text[match.start() :])
            if influence and next(find_quantities(text[match.start() + influence.end() :]), None):
                end = match.start() + influence.end()
            rest = text[match.end() : end].strip().rstrip("。；; ")
            if len(squeeze(rest)) >= 2 and not pattern("prose", "reason", "none").search(rest):
                return rest
    return ""


def reason_span(sentence: str) -> tuple[int, int]:
    """Where a sentence speaks of reasons; `(n, n)` behind its end where it does not.

    A reason that comes first (由于机构调整，2031年预算数为…) ends with its clause, one that comes
    last with the sentence, its bracket or 其中.

    >>> s = "增长10%（因加大盘活力度），加上补助50万元。"; s[slice(*reason_span(s))]
    '（因加大盘活力度'
    """
    reason, none = words("prose")["reason"], len(sentence)
    found = [m for lead in reason["lead"] for m in re.finditer(lead, sentence)]
    for match in sorted(found, key=lambda m: (m.start(), -m.end())):
        before, after = sentence[: match.start()], sentence[match.end() :]
        told = next(find_quantities(before), None) or says_change(before)
        if re.fullmatch(reason["bare"], match[0]) and not (
            says_change(before) or says_change(after)
        ):
            continue
        if influence := re.match(reason["influence"], sentence[match.start() :]):
            return match.start(), match.start() + influence.end()
        if not told and re.match(reason["opening"], match[0]):
            return match.start(), match.end() + len(re.split(r"[，,]", after)[0])
        end = _bracket_end(sentence, match.end())
        among = re.search(reason["ends"], sentence[match.end() : end])
        return match.start(), match.end() + among.start() if among else end
    return none, none


def says_change(text: str) -> bool:
    """Whether a text says that something rose, fell or stayed."""
    data = words("prose")
    return bool(re.search("|".join((*data["up"], *data["down"], *data["same"])), text))


def _bracket_end(text: str, start: int) -> int:
    """Where the bracket closes that is open at `start`; the end of the text outside of one."""
    depth = 0
    for i in range(start, len(text)):
        depth += (text[i] in "（(") - (text[i] in "）)")
        if depth < 0:
            return i
    return len(text)
