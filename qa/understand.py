"""From a question to a plan: which operation on which figures; by rules and data, without a model.

The operation is found by its cues, its operands by grounding the stretches of the question between
them; the question counts as understood only if every word of content is explained.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from index.library import Library
from index.model import Fact
from qa.checking import check_plan
from qa.comparing import (
    change_plan,
    completion_plan,
    over_organisations,
    over_years,
    which_plan,
    years_plan,
)
from qa.evidence import Evidence
from qa.ground import Grounder
from qa.lexicon import Lexicon
from qa.listing import average_plan, group_plan, list_plan, share_plan, sum_plan
from qa.operands import Operands
from qa.plan import Plan
from qa.question import has
from qa.scope import Scope

__all__ = ["Understanding", "understand"]

Rule = Callable[[Operands], Plan | None]

# In this order: the first operation whose cue is given and whose operands are all there.
_RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("check",), check_plan),
    (("rank", "filter", "count", "higher", "lower"), over_organisations),
    (("higher", "lower", "series", "rank"), over_years),
    (("share",), share_plan),
    (("average",), average_plan),
    (("higher", "lower"), which_plan),
    (("rank", "filter", "count"), group_plan),
    (("completion",), completion_plan),
    (("growth",), lambda operands: change_plan(operands, rate=True)),
    (("difference", "change"), lambda operands: change_plan(operands, rate=False)),
    (("sum",), sum_plan),
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
    left = operands.left()
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
    return list_plan(operands) or years_plan(operands) or operands.value(0, operands.end)
