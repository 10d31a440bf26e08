"""What a sentence says of figures already stated: that they are the same as last year's, and why."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from index.captions import squeeze
from index.clauses import COLUMN, change_measure, compared_part, same_as, stated_part
from index.reasons import reason_in, reason_span
from index.stated import Scope
from index.subjects import named
from index.vocabulary import pattern, words

__all__ = ["explain", "same", "with_subject"]


def same(text: str, sentence: str, scope: Scope) -> None:
    """与上年持平: a change of zero, stated in words, of the subject spoken of or named there."""
    for part in re.split(r"[，,；;。]", text):
        if not (said := pattern("prose", "same").search(part)):
            continue
        head = part[: said.start()]
        compared = compared_part(head) or (m[0] if (m := re.search(r"[与同和].*", head)) else "")
        own = named(head[: head.find(compared)] if compared else head, scope.profile)
        subject = scope.subject if own.side or not own.label else own.label
        values = [f for f in scope.facts if f.column == 0 and f.label == subject]
        if not values or scope.many_years:
            continue
        last = values[-1]
        against = same_as(head, scope.year)
        scope.facts.append(
            replace(
                last,
                column=COLUMN["change"],
                measure=change_measure(against),
                value=Decimal(0),
                quote=sentence,
                source=scope.source.source_at(scope.at + max(sentence.find(part), 0)),
                derived="",
                comparator="",
                flags=("stated_same", f"against:{against}") if against else ("stated_same",),
            )
        )


def explain(sentence: str, scope: Scope, before: int) -> None:
    """The reason a sentence gives, with the figures of the subject it names or goes on about."""
    reason = reason_in(sentence)
    if not reason or not scope.facts:
        return
    here = [f for f in scope.facts[before:] if f.column != COLUMN["value"]]
    subject = (here or scope.facts[-1:])[0].label
    if before == len(scope.facts):
        lead = sentence[: reason_span(sentence)[0]]
        lead = stated_part(lead, "change", compared_part(lead)).rstrip("的")
        own = named(lead, scope.profile)
        if own.label and not own.side:
            alike = [f.label for f in scope.facts if own.label in f.label or f.label in own.label]
            subject = alike[-1] if alike else subject
    against_plan = re.search(
        words("prose")["reason"]["of_own_budget"], sentence[: sentence.find(reason)]
    )
    for i, fact in enumerate(scope.facts):
        since = any(flag.startswith("against:") for flag in fact.flags)
        if fact.label == subject and not fact.reason and not (against_plan and since):
            quote = _up_to(scope.source.text, fact.quote, sentence)
            scope.facts[i] = replace(fact, reason=reason, quote=quote)


def _up_to(text: str, quote: str, sentence: str) -> str:
    """A quote on to the later sentence that gives its reason, if that is near."""
    start, end = text.find(quote), text.find(sentence) + len(sentence)
    return text[start:end] if 0 <= start < end <= start + 320 else quote


def with_subject(text: str, sentence: str, label: str) -> str:
    """A sentence quoted from where its subject is named: 公务接待费。2024年预算数4.00万元……"""
    if squeeze(label) in squeeze(sentence):
        return sentence
    end = text.find(sentence) + len(sentence)
    start = text.rfind(label, 0, end - len(sentence)) if label else -1
    if start < 0:
        return sentence
    start = max(text.rfind(mark, 0, start) + 1 for mark in "。；！？")
    return text[start:end].strip() if end - start <= 220 else sentence
