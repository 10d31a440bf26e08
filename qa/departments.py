"""Questions that name no department, in a store of several: answered for each that fits, none picked.

公务接待费2024年预算是多少？ has as many answers as there are departments with that figure, and so has
金额最大的项目是哪个？ as there are lists of projects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from index.library import Library
from index.units import UnitError
from qa.amounts import asked_for, money
from qa.answer import Answer, Citations
from qa.calculator import Ambiguous, Item, Missing, Outcome, calculate
from qa.compose import name_of
from qa.flaws import flaw_notes
from qa.lexicon import Lexicon
from qa.plan import Count
from qa.scope import Scope
from qa.understanding.reading import read
from qa.understood import Understanding, asks_all

__all__ = ["Found", "each_department", "of_one", "open_departments", "told_for_each"]

# Departments that are answered for, and lines of a list that are told of each.
_MOST, _LINES = 12, 5

Found = tuple[str, Understanding, Outcome]


def of_one(scope: Scope, organisation: str) -> Scope:
    """The scope of a question as if it named this department."""
    documents = tuple(d for d in scope.documents if d.profile.organisation == organisation)
    return replace(scope, documents=documents, organisations=(organisation,))


def open_departments(understood: Understanding) -> list[str]:
    """The departments that a question may be about, where it names none."""
    scope = understood.scope
    if scope.organisations or asks_all(scope.question.text):
        return []
    names = list(dict.fromkeys(d.profile.organisation for d in scope.documents))
    return names if len(names) > 1 else []


def each_department(
    names: Sequence[str], scope: Scope, library: Library, lexicon: Lexicon
) -> list[Found]:
    """The question answered for each of some departments; those without one answer are left out."""
    found = []
    for name in names[:_MOST]:
        own = of_one(scope, name)
        bound = read(own, library, lexicon).clauses[0].best
        understood = Understanding(own, bound.plan, bound.evidence) if bound else Understanding(own)
        try:
            outcome = understood.plan and calculate(understood.plan, understood.evidence)
        except (Ambiguous, Missing, UnitError):
            continue
        if outcome and (outcome.value is not None or outcome.items):
            found.append((name, understood, outcome))
    return found


def told_for_each(
    question: str, found: Sequence[Found], others: Sequence[str], flaws: Mapping[str, str]
) -> Answer:
    """What the question comes to for each department found; the `others` have no single answer."""
    cites = Citations()
    items: list[tuple[Item, tuple[int, ...]]] = []
    said, notes = [], []
    for name, u, outcome in found:
        told, own = (
            _list(name, u, outcome, cites) if outcome.items else _figure(name, u, outcome, cites)
        )
        said.append(told)
        items += own
        facts = [f for item, _ in own for f in item.facts]
        notes += [*outcome.notes, *flaw_notes(facts, flaws)]
    if others:
        notes.append(f"没有列出的单位（没有，或不止一个答案）：{'、'.join(others)}。")
    text = f"问题没有写明单位，{len(found)} 个单位各有各的数：{'；'.join(said)}。请说明要哪一个。"
    return Answer(
        question,
        "ambiguous",
        "calculator",
        text,
        items=tuple(items),
        citations=cites.all,
        notes=tuple(dict.fromkeys(notes)),
        plan=found[0][1].plan,
    )


def _figure(
    name: str, u: Understanding, outcome: Outcome, cites: Citations
) -> tuple[str, list[tuple[Item, tuple[int, ...]]]]:
    """One department's figure, with its arithmetic."""
    assert u.plan is not None
    value, unit, expression = asked_for(u.plan, outcome, u.scope)
    facts = tuple(o.facts[0] for o in outcome.operands)
    marks = tuple(dict.fromkeys(cites.fact(f) for f in facts))
    years = {outcome.year} if outcome.year else {f.year for f in facts}
    year = f"{years.pop()}年" if len(years) == 1 and None not in years else ""
    work = f"（{expression}）" if expression else ""
    cited = "".join(f"[{n}]" for n in marks)
    told = f"{name}{year}{name_of(outcome)} {money(value or Decimal(0), unit)}{work}{cited}"
    return told, [(Item(name + year, value, unit, facts), marks)]


def _list(
    name: str, u: Understanding, outcome: Outcome, cites: Citations
) -> tuple[str, list[tuple[Item, tuple[int, ...]]]]:
    """One department's list, its first lines."""
    lines = []
    own = []
    for item in outcome.items[:_LINES]:
        marks = tuple(dict.fromkeys(cites.fact(f) for f in item.facts[:2]))
        figure = f" {money(item.value, item.unit)}" if item.value is not None else ""
        lines.append(f"{item.label}{figure}{''.join(f'[{n}]' for n in marks)}")
        own.append((replace(item, label=f"{name}：{item.label}"), marks))
    count = f"共 {len(outcome.items)} 个：" if isinstance(u.plan, Count) else ""
    more = "……" if len(outcome.items) > _LINES else ""
    return f"{name}{count or '：'}{'、'.join(lines)}{more}", own
