"""What the fits have in common: their command line, what gold counts as right, and the weights file."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from evals.real.sets import QuestionSet, seen_sets
from evals.real.stages import printed_figures
from evals.records import Question
from evals.verdict import expects_refusal
from index.model import Fact
from index.units import UNITS_OF_MONEY, convert, is_money

__all__ = ["TEXT", "arguments", "is_right", "sets_of", "write"]

# Questions that are not for figures, or for no one figure.
TEXT = ("why", "describe", "ambiguous")
_NUMBER = re.compile(r"[\d,]+(?:\.\d+)?")


def arguments(program: str, argv: Sequence[str] | None) -> argparse.Namespace:
    """The arguments of a fit: `stores`, `set` (names, or `None` for all) and `write`."""
    parser = argparse.ArgumentParser(prog=f"python -m evals.real.{program}")
    parser.add_argument("--stores", type=Path, default=Path("out/bench/stores"))
    parser.add_argument("--set", action="append", help="只用这些题集（可重复）")
    parser.add_argument("--write", action="store_true", help="写回权重文件")
    return parser.parse_args(argv)


def sets_of(args: argparse.Namespace) -> list[QuestionSet]:
    """The seen sets that a fit is to use."""
    return [one for one in seen_sets(args.stores) if not args.set or one.name in args.set]


def is_right(fact: Fact, question: Question) -> bool:
    """Whether a figure is one that gold speaks of."""
    return fact.document in question.docs and bool(
        _forms(fact.value, fact.unit) & _wanted(question)
    )


@lru_cache(maxsize=4)
def _wanted(question: Question) -> frozenset[Decimal]:
    """Every figure that gold speaks of, in each unit of money."""
    if expects_refusal(question):
        return frozenset()
    told = [Decimal(n.replace(",", "")) for c in question.contains for n in c if _is_number(n)]
    wanted = {abs(figure).normalize() for figure in (*printed_figures(question), *told)}
    return frozenset(wanted.union(*(_forms(g.value, g.unit) for g in question.gold)))


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _forms(value: Decimal, unit: str) -> set[Decimal]:
    units = UNITS_OF_MONEY if is_money(unit) else (unit,)
    return {abs(convert(value, unit, to)).normalize() for to in units}


def write(named: dict[str, dict[str, float]]) -> None:
    """Puts sections of weights into the weights file, in place of those of their names."""
    import qa.understanding

    path = Path(qa.understanding.__file__).parent / "weights.toml"
    text = path.read_text(encoding="utf-8")
    for section, values in named.items():
        head, _, tail = text.partition(f"[{section}]\n")
        body = "".join(f"{name} = {value:.2f}\n" for name, value in values.items())
        rest = re.split(r"\n(?=[#\[])", tail, maxsplit=1)
        text = head + f"[{section}]\n" + body + ("\n" + rest[1] if len(rest) > 1 else "")
    path.write_text(text, encoding="utf-8")
