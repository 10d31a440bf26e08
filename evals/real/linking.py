"""How well questions are linked to the documents that they are about, apart from what is answered.

    python -m evals.real.linking --set blind1 [--misses]

A question counts where it names a department or a place; documents of one organisation count as one.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.real.sets import QuestionSet, load_sets
from index.embedding import HashingEncoder
from index.library import Library
from qa.knowledge import knowledge_of, scope_in

__all__ = ["Linked", "link", "measures"]


@dataclass(frozen=True, slots=True)
class Linked:
    """A question with the documents it is linked to and those it is about; `named` says whether it
    was linked at all, `refuse` that it must not be answered from these documents."""

    question: str
    named: bool
    linked: frozenset[str]
    gold: frozenset[str]
    refuse: bool = False

    @property
    def outcome(self) -> str:
        """`right`, `wrong`, `part` (some of the documents), `more` (too many) or `open` (none)."""
        if not self.named:
            return "open"
        if self.linked == self.gold:
            return "right"
        if self.linked < self.gold:
            return "part"
        return "more" if self.gold < self.linked else "wrong"


def link(one: QuestionSet, stores: Path) -> Iterable[Linked]:
    """The questions of a set that stand alone, linked over the set's store."""
    with Library.open(stores / one.name, encoder=HashingEncoder()) as library:
        known = knowledge_of(library)
        whose = {d.name: d.profile.organisation or d.name for d in library.documents()}
        opened: set[str] = set()
        for question in one.questions():
            # What follows in a conversation is read with what was asked before.
            if question.conversation in opened:
                continue
            opened |= {question.conversation} - {""}
            scope = scope_in(question.question, known)
            yield Linked(
                question.question,
                bool(scope.organisations),
                frozenset(whose[d.name] for d in scope.documents),
                frozenset(whose[name] for name in question.docs if name in whose),
                question.refuse,
            )


def measures(rows: Sequence[Linked]) -> tuple[float, float]:
    """Precision and recall of the documents, over the questions that are to be answered; where a
    question was not linked it counts for recall only."""
    asked = [row for row in rows if not row.refuse and row.gold]
    named = [row for row in asked if row.named]
    both = sum(len(row.linked & row.gold) for row in named)
    linked, gold = sum(len(row.linked) for row in named), sum(len(row.gold) for row in asked)
    return (both / linked if linked else 1.0, both / gold if gold else 1.0)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0."""
    parser = argparse.ArgumentParser(prog="python -m evals.real.linking")
    parser.add_argument("--set", action="append", metavar="NAME")
    parser.add_argument("--stores", type=Path, default=Path("out/bench/stores"))
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args(argv)
    for one in load_sets():
        if one.name not in (args.set or [one.name]) or not (args.stores / one.name).is_dir():
            continue
        rows = list(link(one, args.stores))
        precision, recall = measures(rows)
        counts = Counter(row.outcome for row in rows if not row.refuse)
        refused = Counter("linked" if row.named else "open" for row in rows if row.refuse)
        print(f"{one.name:15} P {precision:.1%} R {recall:.1%} {dict(counts)} 拒答 {dict(refused)}")
        for row in rows if args.misses else ():
            if row.refuse or row.outcome != "right":
                linked = "、".join(sorted(row.linked)) if row.named else "—"
                print(f"  {'refuse' if row.refuse else row.outcome:6} {row.question} → {linked}")
                print(f"         {'、'.join(sorted(row.gold))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
