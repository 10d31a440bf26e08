"""Retrieval metrics over a ranked list of passages.

The question rows give strings the evidence contains (`cite`), not passage ids; a passage is
relevant when it contains one of them (numbers and widths compared as in `evals.figures.plain`).

>>> ranked = ["会议费 3.00", "公务接待费 4.00", "培训费 2.50"]
>>> hit(ranked, ("公务接待费",), 1), reciprocal_rank(ranked, ("公务接待费",))
(0.0, 0.5)
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from evals.figures import contains_text

__all__ = ["hit", "ndcg", "recall", "recall_within", "reciprocal_rank"]


def hit(ranked: Sequence[str], cite: Sequence[str], k: int) -> float:
    """hit@k: 1 when one of the first k passages is relevant."""
    return float(any(_relevance(ranked[:k], cite)))


def recall(ranked: Sequence[str], cite: Sequence[str], k: int) -> float:
    """recall@k: the share of the evidence strings that stand somewhere in the first k passages
    (Manning, Raghavan & Schütze, Introduction to Information Retrieval, 2008, ch. 8)."""
    found = sum(any(contains_text(p, c) for p in ranked[:k]) for c in cite)
    return found / len(cite)


def recall_within(ranked: Sequence[str], cite: Sequence[str], characters: int) -> float:
    """The recall of what a reader of so many characters has seen, passages in order, the last one
    cut.  Unlike recall@k it compares ways that cut passages of different lengths.

    >>> recall_within(["会议费 3.00", "公务接待费 4.00"], ["会议费", "4.00"], 9)
    0.5
    """
    return recall(["\n".join(ranked)[:characters]], cite, 1)


def reciprocal_rank(ranked: Sequence[str], cite: Sequence[str]) -> float:
    """1 / rank of the first relevant passage, 0 without one; its mean over questions is MRR
    (Voorhees, TREC-8 Question Answering Track, 1999)."""
    for rank, relevant in enumerate(_relevance(ranked, cite), 1):
        if relevant:
            return 1 / rank
    return 0.0


def ndcg(ranked: Sequence[str], cite: Sequence[str], k: int = 10) -> float:
    """nDCG@k with gain 1 for a relevant passage (Järvelin & Kekäläinen, ACM TOIS 20, 2002).

    The ideal order is that of the passages given: no one has judged the rest of the store, so hand
    in a list longer than k where the store has more relevant passages than that."""
    relevance = _relevance(ranked, cite)
    ideal = _gain(sorted(relevance, reverse=True)[:k])
    return _gain(relevance[:k]) / ideal if ideal else 0.0


def _relevance(ranked: Sequence[str], cite: Sequence[str]) -> list[bool]:
    return [any(contains_text(passage, wanted) for wanted in cite) for passage in ranked]


def _gain(relevance: Sequence[bool]) -> float:
    return sum(1 / log2(rank + 1) for rank, yes in enumerate(relevance, 1) if yes)
