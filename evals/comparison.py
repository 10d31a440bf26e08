"""What changed between two runs of the same questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evals.bootstrap import sign_test
from evals.scores import Score

__all__ = ["Change", "Comparison", "compare"]


@dataclass(frozen=True, slots=True)
class Change:
    """One question in two runs."""

    before: Score
    after: Score


@dataclass(frozen=True, slots=True)
class Comparison:
    """`fixed`: was not correct, is now; `broken`: the reverse; `changed`: as right or wrong as
    before but answered otherwise.  `same` counts the rest, `new` the questions only this run has;
    `p` is the sign test's probability of a split this uneven by chance."""

    fixed: tuple[Change, ...]
    broken: tuple[Change, ...]
    changed: tuple[Change, ...]
    same: int
    new: int
    p: float


def compare(before: Mapping[str, Score], after: Sequence[Score]) -> Comparison:
    """This run against an earlier one, both judged by today's gold; `before` is by question key."""
    pairs = [Change(before[key], s) for s in after if (key := s.row.question.key) in before]
    fixed = tuple(c for c in pairs if _correct(c.after) and not _correct(c.before))
    broken = tuple(c for c in pairs if _correct(c.before) and not _correct(c.after))
    rest = [c for c in pairs if _correct(c.before) == _correct(c.after)]
    changed = tuple(c for c in rest if _answer(c.before) != _answer(c.after))
    p = sign_test(len(fixed), len(broken))
    same = len(rest) - len(changed)
    return Comparison(fixed, broken, changed, same, len(after) - len(pairs), p)


def _correct(score: Score) -> bool:
    return score.verdict.outcome == "correct"


def _answer(score: Score) -> tuple[object, ...]:
    """What a reader would see as another answer; times and the like do not count."""
    record = score.row.answer
    labels = tuple((i.get("label"), i.get("value")) for i in record.get("items") or ())
    keys = ("status", "route", "text", "value", "unit")
    return (score.verdict.outcome, labels, *(record.get(key) for key in keys))
