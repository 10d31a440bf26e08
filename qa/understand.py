"""From a question to a plan: which operation on which figures; by rules and data, without a model.

The operation is found by its cues, its operands by grounding the stretches of the question between
them; the question counts as understood only if every word of content is explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.library import Library
from index.model import Fact
from index.units import is_ratio
from index.vocabulary import words
from qa.checking import check_plan
from qa.comparing import (
    change_plan,
    completion_plan,
    over_organisations,
    over_years,
    sum_over_organisations,
    which_plan,
    years_plan,
)
from qa.evidence import Evidence
from qa.ground import Grounder
from qa.lexicon import Lexicon, key
from qa.listing import average_plan, group_plan, list_plan, parts_plan, share_plan, sum_plan
from qa.operands import Operands
from qa.plan import Plan, Value
from qa.question import has
from qa.scope import Scope

__all__ = ["Understanding", "ignored", "understand"]

Rule = Callable[[Operands], Plan | None]


def _change(operands: Operands, *, rate: bool) -> Plan | None:
    """A change, where no share is asked for (the 比 of 比重 compares nothing)."""
    return None if has(operands.text, "share") else change_plan(operands, rate=rate)


# In this order: the first operation whose cue is given and whose operands are all there.
_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("check",), check_plan),
    (("parts",), parts_plan),
    (("rank", "filter", "count", "higher", "lower"), over_organisations),
    (("higher", "lower", "series", "rank"), over_years),
    (("completion",), completion_plan),
    (("share",), share_plan),
    (("average",), average_plan),
    (("higher", "lower"), which_plan),
    (("rank", "filter", "count"), group_plan),
    (("growth",), lambda operands: _change(operands, rate=True)),
    (("difference", "change"), lambda operands: _change(operands, rate=False)),
    (("sum",), sum_over_organisations),
    (("sum",), sum_plan),
)


# Cues of operations: a plain figure is no answer to them.
_OPERATIONS = (
    *("share", "growth", "difference", "change", "average", "completion", "check", "parts"),
)


@dataclass(frozen=True)
class Understanding:
    """What a question means: a plan with its evidence, or why there is none.

    `unexplained` are words of content that nothing found explains; `nearest` what came closest."""

    scope: Scope
    plan: Plan | None = None
    evidence: Evidence = field(default_factory=Evidence)
    unexplained: tuple[str, ...] = ()
    nearest: tuple[Fact, ...] = ()


def understand(
    scope: Scope, library: Library, lexicon: Lexicon, flawed: Sequence[str] = ()
) -> Understanding:
    """A question for figures, understood; `plan` is `None` where it is not."""
    operands = Operands(Grounder(library, lexicon, scope), tuple(flawed))
    plan = _plan(operands)
    left = operands.left() or (ignored(plan, operands) if plan else ())
    nearest = tuple(operands.nearest[:3])
    if plan is None or left:
        return Understanding(scope, None, Evidence(), left, nearest)
    evidence = Evidence(operands.selections, operands.groups, operands.derived_from(library))
    return Understanding(scope, plan, evidence, (), nearest)


def _plan(operands: Operands) -> Plan | None:
    for cues, rule in _RULES:
        if any(has(operands.text, cue) for cue in cues):
            before = set(operands.covered)
            plan = rule(operands)
            if plan is not None and not operands.left():
                return plan
            operands.covered = before
    plain = list_plan(operands) or years_plan(operands)
    if plain is None and not any(has(operands.text, cue) for cue in _OPERATIONS):
        plain = operands.value(0, operands.end)
        if plain:
            operands.add_subtotals(plain)
    return plain


def ignored(plan: Plan, operands: Operands) -> tuple[str, ...]:
    """Words that change what is asked, which neither the plan nor its facts account for."""
    text, data = operands.text, words("questions")
    facts = [f for found in operands.selections.values() for f in found]
    facts += [f for found in operands.groups.values() for f in found]
    told = key(
        "".join(
            f"{f.label}{''.join(f.path)}{f.measure}{f.table_title}{f.unit}{f.quote if f.origin == 'prose' else ''}"
            for f in facts
        )
    )
    said = [m[0] for e in data["decisive"] for m in re.finditer(e, text)]
    missing = ["百分之多少"] if operands.question.unit == "%" and _is_amount(plan, facts) else []
    missing += [word for word in said if word not in told and word not in _own_words(operands)]
    for operation in data["operations"]:
        asked = next((m[0] for e in operation["words"] if (m := re.search(e, text))), "")
        if asked and plan.op not in operation["plans"] and asked not in told:
            missing.append(asked)
    return tuple(dict.fromkeys(missing))


def _is_amount(plan: Plan, facts: Sequence[Fact]) -> bool:
    """Whether a plan only looks up figures of which none is a percentage."""
    return isinstance(plan, Value) and not any(is_ratio(f.unit) for f in facts)


def _own_words(operands: Operands) -> str:
    """What the question says by terms (收入总计 for 总收入), by its unit, its scope and its bounds."""
    question = operands.question
    terms = "".join(term for _, _, term in operands.grounder.said)
    marked = "".join(operands.text[a:b] for a, b, kind in question.marks if kind != "threshold")
    return terms + question.unit + marked
