"""What was right once stays right: the right questions of each set, stored, and compared with a run.

`ratchet.json` holds, for each set, the keys of the questions that were answered right and how many
were answered wrong.  A run may be better than that, never worse; `python -m evals.real --ratchet`
stores what a run has won.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.real.bench import Row, SetRun

__all__ = ["RATCHET", "Held", "fallen", "read_ratchet", "tightened", "write_ratchet"]

RATCHET = Path(__file__).parent / "ratchet.json"


class Held(BaseModel):
    """What a set must not fall behind: `right`, the keys of its right answers in order, and `wrong`,
    the most answers that may be wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    right: tuple[str, ...]
    wrong: int


@dataclass(frozen=True, slots=True)
class Fallen:
    """Where a run is worse: the questions no longer right, and how many wrong answers are too many."""

    lost: tuple[str, ...]
    wrong: int


def read_ratchet(path: Path = RATCHET) -> dict[str, Held]:
    """The sets of a ratchet file.  Raises pydantic's `ValidationError` for a bad entry."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return {name: Held.model_validate(entry) for name, entry in found.items()}


def held_of(rows: Iterable[Row]) -> Held:
    """What a run holds.

    >>> held_of([])
    Held(right=(), wrong=0)
    """
    rows = tuple(rows)
    right = sorted(row.key for row in rows if row.outcome == "correct")
    return Held(right=tuple(right), wrong=sum(row.outcome == "wrong" for row in rows))


def fallen(held: Held, rows: Sequence[Row]) -> Fallen:
    """Where a run falls behind what its set held."""
    now = held_of(rows)
    lost = tuple(key for key in held.right if key not in set(now.right))
    return Fallen(lost, max(0, now.wrong - held.wrong))


def tightened(before: dict[str, Held], runs: Iterable[SetRun]) -> dict[str, Held]:
    """The ratchet with the sets of some runs as they are now."""
    return {**before, **{run.name: held_of(run.rows) for run in runs}}


def write_ratchet(held: dict[str, Held], path: Path = RATCHET) -> None:
    """Store a ratchet, one question a line, so that a diff shows what was won and lost."""
    plain = {name: entry.model_dump() for name, entry in held.items()}
    path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
