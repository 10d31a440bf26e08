"""Questions for figures: understood, calculated, put in words; and what the index knows to be wrong.

`understand → calculate → answered`; what the facts do not settle is `ambiguous` or `not_found`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from index.captions import says_empty
from index.library import Library
from index.units import UnitError
from qa.answer import Answer, Citations
from qa.calculator import Ambiguous, Missing, Outcome, calculate
from qa.comparing import asks_all
from qa.compose import ambiguous, answered, money, not_found
from qa.departments import each_department, open_list, told_for_each
from qa.ground import Grounder
from qa.knowledge import Knowledge
from qa.lexicon import key
from qa.operands import direction_of
from qa.plan import Share
from qa.question import cue_spans, has
from qa.scope import Scope, without_base
from qa.understand import Understanding, understand

__all__ = ["Progress", "executed", "from_facts", "mixed", "silent"]

# Figures of a table that are shown where it holds more.
_SHOWN = 6

# progress(stage): `understand`, `evidence` or `calculate`, when it begins.
Progress = Callable[[str], None]


def silent(_: str) -> None:
    pass


def from_facts(
    question: str,
    scope: Scope,
    library: Library,
    knowledge: Knowledge,
    chosen: Sequence[str] = (),
    progress: Progress = silent,
) -> Answer:
    asks_reason = has(scope.question.text, "check") and re.search(r"理由|原因", scope.question.text)
    lexicon = knowledge.lexicon
    if asks_reason and (checked := _reason_checked(question, Grounder(library, lexicon, scope))):
        return checked
    if "空表" in scope.question.text and (
        shown := _empty_checked(question, Grounder(library, lexicon, scope))
    ):
        return shown
    understood = understand(scope, library, lexicon, tuple(knowledge.flaws))
    progress("calculate")
    return executed(question, understood, library, knowledge, chosen)


def executed(
    question: str,
    understood: Understanding,
    library: Library,
    knowledge: Knowledge,
    chosen: Sequence[str] = (),
) -> Answer:
    """The plan of an understood question, calculated and put in words; `chosen` are the facts a
    reader picked where a name meant several."""
    if understood.plan is None:
        return not_found(question, understood, knowledge.lexicon.documents)
    evidence = understood.evidence.chosen(chosen) if chosen else understood.evidence
    try:
        outcome = calculate(understood.plan, evidence)
    except Ambiguous as problem:
        whose = list(dict.fromkeys(f.organisation for group in problem.groups for f in group))
        named = understood.scope.organisations
        each = None if named else _for_each(question, whose, understood.scope, library, knowledge)
        if each:
            return each
        return ambiguous(question, understood, problem, knowledge.flaws)
    except (Missing, UnitError) as problem:
        answer = not_found(question, understood, knowledge.lexicon.documents)
        return replace(answer, notes=(str(problem),) if isinstance(problem, UnitError) else ())
    if _is_no_part(understood, outcome):
        answer = not_found(question, understood, knowledge.lexicon.documents)
        return replace(answer, notes=("找到的两个数不是部分与整体，因此不计算比重。",))
    if mixed(outcome, understood.scope):
        answer = not_found(question, understood, knowledge.lexicon.documents)
        return replace(answer, notes=("没有一个单位有全部要算的数；请在问题里写明单位。",))
    names = open_list(understood)
    each = _for_each(question, names, understood.scope, library, knowledge)
    return each or answered(question, understood, outcome, knowledge.flaws)


def _for_each(
    question: str, names: list[str], scope: Scope, library: Library, knowledge: Knowledge
) -> Answer | None:
    """A question that names no department, answered for each of several that it fits."""
    if len(names) < 2:
        return None
    found = each_department(names, scope, library, knowledge.lexicon, tuple(knowledge.flaws))
    if len(found) < 2:
        return None
    others = [name for name in names if name not in {who for who, *_ in found}]
    return told_for_each(question, found, others, knowledge.flaws)


def _is_no_part(understood: Understanding, outcome: Outcome) -> bool:
    """Whether a share comes to more than the whole; only what was carried out may exceed its
    budget."""
    if not isinstance(understood.plan, Share) or outcome.value is None or outcome.value <= 100:
        return False
    bases = [operand.facts[0].basis for operand in outcome.operands]
    return not (bases[0] in ("执行", "决算") and bases[-1] in ("预算", "调整预算"))


def mixed(outcome: Outcome, scope: Scope) -> bool:
    """Whether figures of different organisations were computed with, though none was named."""
    held = [{fact.organisation for fact in operand.facts} for operand in outcome.operands]
    together = held and not set.intersection(*held)
    asked = scope.organisations or asks_all(scope.question.text)
    return bool(outcome.expression and together and not asked)


def _reason_checked(question: str, grounder: Grounder) -> Answer | None:
    """Whether the reason a sentence gives goes the way of its own figure."""
    for start, end in cue_spans(grounder.text, "check", "why"):
        grounder.mark(start, end)
    for match in re.finditer(r"是增是减|理由|原因|说明里?的?|跟|数字|金额|里的", grounder.text):
        grounder.mark(*match.span())
    scope = without_base(grounder.scope)
    found = [
        grounder.ground(0, len(grounder.text), kind, scope.years) for kind in ("change", "rate")
    ]
    facts = [f for g in found if g and not g.unexplained for f in g.facts if f.reason and f.value]
    if not facts:
        return None
    fact, cites = facts[0], Citations()
    mark = f"[{cites.fact(fact)}]"
    says = direction_of(fact.reason[-12:])
    actual = 1 if fact.value > 0 else -1
    verdict = "与数字不符" if says == -actual else "与数字一致"
    word = "增加" if actual > 0 else "减少"
    amount = money(abs(fact.value), fact.unit)
    name = fact.path[-1] + fact.label if fact.path else fact.label
    text = f"{fact.year}年{name}{word} {amount}{mark}；说明的理由是“{fact.reason}”{mark}：理由{verdict}。"
    return Answer(question, "answered", "calculator", text, citations=cites.all)


def _empty_checked(question: str, grounder: Grounder) -> Answer | None:
    """The figures of a table that its own note calls empty."""
    library, names = grounder.library, grounder.scope.names
    for table in (t for name in names for t in library.tables(name)):
        title = key(table.title)
        named = grounder.covered(table.title) or any(term in title for _, _, term in grounder.said)
        if not says_empty(table.note) or table.empty or not named:
            continue
        facts = [f for f in library.facts([table.document], tables=[table.id]) if f.value]
        facts = [f for f in facts if not grounder.scope.years or f.year in grounder.scope.years]
        if not facts:
            continue
        cites = Citations()
        shown = "；".join(
            f"{f.label} {money(f.value, f.unit)}[{cites.fact(f)}]" for f in facts[:_SHOWN]
        )
        text = f"有数。《{table.title}》的备注说是空表（{table.note.strip()}），表中却印有 {len(facts)} 个数：{shown}。"
        return Answer(question, "answered", "calculator", text, citations=cites.all)
    return None
