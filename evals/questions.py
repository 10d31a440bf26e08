"""Question sets with gold made from the truth, over any set of documents of the generator.

>>> rows = make_questions(publications, region, count=60, seed=7)  # doctest: +SKIP
>>> rows[0]["type"], rows[0]["question"]  # doctest: +SKIP
('lookup', '请问水务局2024年接待费是多少万元？')
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from evals.ask_amounts import AMOUNTS, LOOKUPS
from evals.ask_lists import COMPARES, RANKS
from evals.ask_words import WORDS, checks_of, refusal
from evals.asking import Maker, Row, Setting, setting
from evals.publication import Publication
from evals.region import Region
from evals.shelf import Shelf
from evals.troubles import Trouble

__all__ = ["make_questions"]

# How a set is made up, in parts of the questions that have an answer.
_WEIGHTS = {
    "lookup": 27, "calculate": 22, "rank": 14, "why": 8, "describe": 5, "compare": 9,
    "ambiguous": 6, "premise": 4, "check": 5,
}  # fmt: skip
_MAKERS: dict[str, tuple[Maker, ...]] = {
    "lookup": LOOKUPS, "calculate": AMOUNTS, "rank": RANKS, "compare": COMPARES, **WORDS,
}  # fmt: skip
_TRIES = 60


def make_questions(
    publications: Sequence[Publication],
    region: Region,
    count: int,
    seed: int,
    *,
    refuse: float = 0.2,
    troubles: Sequence[Trouble] = (),
) -> list[Row]:
    """`count` questions over these documents, the same for the same arguments; at least the share
    `refuse` of them is to be declined.  Each planted trouble is asked about once.  A kind that the
    documents have no place for is replaced by others."""
    shelf = Shelf.of(publications)
    rng = Random(f"questions/{seed}/{count}/{'/'.join(p.name for p in publications)}")
    declined = -(-count * int(refuse * 100) // 100)
    rows = [r for t in troubles if (r := _about(shelf, rng, t))][: count - declined]
    asked = {str(r["question"]) for r in rows}
    plan = ["refuse"] * declined + _plan(rng, count - declined - len(rows))
    for kind in plan:
        made = _one(shelf, region, rng, kind, asked)
        if made:
            asked.add(str(made["question"]))
            rows.append(made)
    rng.shuffle(rows)
    return [{"id": f"{number:03}", **made} for number, made in enumerate(rows, start=1)]


def _plan(rng: Random, count: int) -> list[str]:
    """Types in their shares, in any order."""
    return rng.choices(list(_WEIGHTS), list(_WEIGHTS.values()), k=max(0, count))


def _one(shelf: Shelf, region: Region, rng: Random, kind: str, asked: set[str]) -> Row | None:
    """One new question of a kind; after many tries without, one of the commonest kind."""
    for attempt in range(_TRIES):
        wanted = kind if kind == "refuse" or attempt < _TRIES // 2 else "lookup"
        at = setting(shelf, rng)
        made = refusal(at, region) if wanted == "refuse" else rng.choice(_MAKERS[wanted])(at)
        if made and made["question"] not in asked:
            return made
    return None


def _about(shelf: Shelf, rng: Random, trouble: Trouble) -> Row | None:
    """The check question of a planted trouble, asked of its own document."""
    for _ in range(_TRIES * 10):
        at: Setting = setting(shelf, rng)
        if at.publication.name == trouble.document:
            return checks_of(at, trouble)
    return None
