"""Figures of a question that was read: calculated, told, or shown as the several that it may mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from index.captions import says_empty
from index.library import Library
from index.model import Fact
from index.units import UnitError, convert, is_money, same_kind
from index.vocabulary import pattern, words
from qa.amounts import money
from qa.answer import Answer, Citations
from qa.calculator import Ambiguous, Missing, Outcome, calculate
from qa.compose import answered
from qa.departments import each_department, open_departments, told_for_each
from qa.flaws import flaw_key
from qa.knowledge import Knowledge
from qa.lexicon import key, term_of
from qa.plan import Share, Value
from qa.premises import taken_for_granted
from qa.scope import Scope
from qa.unanswered import ambiguous, context_of, not_found
from qa.understanding.assigning import NAMESAKE, namesakes
from qa.understanding.binding import Bound
from qa.understanding.reading import Clause, Reading
from qa.understood import Understanding, asks_all, direction_of

__all__ = ["Progress", "clause_answered", "executed", "silent", "table_called_empty", "with_level"]

# Figures of a table that are shown where it holds more.
_SHOWN = 6
# How far behind the best a figure may fall and still be one that the question may as well mean.
_AS_WELL, _TWIN = 1.6, 0.02

# progress(stage): `understand`, `evidence` or `calculate`, when it begins.
Progress = Callable[[str], None]


def silent(_: str) -> None:
    pass


def clause_answered(
    question: str,
    reading: Reading,
    clause: Clause,
    library: Library,
    knowledge: Knowledge,
    chosen: Sequence[str] = (),
) -> Answer:
    """The answer to one clause for a figure; `chosen` are the facts that a reader picked."""
    bound = clause.best
    if bound is None:
        u = Understanding(reading.scope, nearest=reading.nearest, unexplained=reading.subjects)
        return not_found(question, u, knowledge.lexicon.documents)
    understood = Understanding(reading.scope, bound.plan, bound.evidence)
    if isinstance(bound.plan, Value):
        picked = _picked(bound, chosen)
        if picked:
            evidence = replace(bound.evidence, selections={bound.plan.of: picked})
            understood = replace(understood, evidence=evidence)
        elif (open_ := _possible(bound, reading.scope, knowledge.flaws)) and len(open_) > 1:
            problem = Ambiguous(bound.plan.of.label, open_)
            return ambiguous(question, understood, problem, knowledge.flaws)
    answer = _stated(executed(question, understood, library, knowledge), reading.scope)
    answer = with_level(answer, bound, library)
    answer = taken_for_granted(answer, bound, reading.said, library)
    if isinstance(bound.plan, Value) and answer.status == "answered" and not chosen:
        return _with_namesakes(answer, bound, reading.scope)
    return answer


def _stated(answer: Answer, scope: Scope) -> Answer:
    """The answer, saying so where the question states another figure than the document gives."""
    for said in scope.question.thresholds:
        value, unit = answer.value, answer.unit or ""
        if said.comparison or value is None or not same_kind(said.unit, unit):
            continue
        if abs(convert(said.value, said.unit, unit)) != abs(value):
            note = f"问题里说的是 {money(said.value, said.unit)}，文件中是 {money(value, unit)}。"
            return replace(answer, notes=(*answer.notes, note))
    return answer


def with_level(answer: Answer, bound: Bound | None, library: Library) -> Answer:
    """The answer to what did not change, with the figure that it stayed at: whoever asks how much it
    fell is told how much it is."""
    if bound is None or not isinstance(bound.plan, Value) or answer.status != "answered":
        return answer
    moved = bound.assigned[0].facts[0]
    if bound.plan.of.kind not in ("change", "rate") or moved.value:
        return answer
    if not direction_of(answer.question):
        return answer
    held = next((f for f in library.facts_of(moved.document) if _is_level(f, moved)), None)
    if held is None or not answer.citations:
        return answer
    cites = Citations()
    for citation in answer.citations:
        cites.again(citation)
    text = f"{answer.text.rstrip('。')}，都是 {money(held.value, held.unit)}[{cites.fact(held)}]。"
    return replace(answer, text=text, value=held.value, unit=held.unit, citations=cites.all)


def _is_level(fact: Fact, moved: Fact) -> bool:
    """Whether a figure is the one that a change is of: in its sentence, or in its row."""
    beside = fact.row == moved.row if moved.origin == "table" else fact.quote == moved.quote
    return (
        beside
        and (fact.origin, fact.table, fact.label) == (moved.origin, moved.table, moved.label)
        and not fact.derived
        and fact.year == moved.year
        and is_money(fact.unit)
        and not pattern("frames", "amounts", "moved").search(fact.measure)
    )


def _with_namesakes(answer: Answer, bound: Bound, scope: Scope) -> Answer:
    """The answer, with the other figures that the same document prints under the same name (of basic
    spending only, of one fund only): whoever quotes one should know of them."""
    others = [c.facts[0] for c in namesakes(bound.assigned[0])] if answer.citations else []
    if not others:
        return answer
    cites = Citations()
    for citation in answer.citations:
        cites.again(citation)
    told = "；".join(
        f"{money(f.value, f.unit)}（{context_of(f, scope)}）[{cites.fact(f)}]" for f in others[:2]
    )
    return replace(answer, text=f"{answer.text}同名的数还有：{told}。", citations=cites.all)


def _picked(bound: Bound, chosen: Sequence[str]) -> tuple[Fact, ...]:
    wanted = set(chosen)
    for choice in bound.assigned[0].ranked if wanted else ():
        if any(f.id in wanted for f in choice.facts):
            return choice.facts
    return ()


def _possible(
    bound: Bound, scope: Scope, flaws: Mapping[str, str] = MappingProxyType({})
) -> list[tuple[Fact, ...]]:
    """The figures that a question leaves open: of several departments or years where it names none,
    a row and its subtotal, what the source itself is known to contradict."""
    assigned = bound.assigned[0]
    best, own = assigned.ranked[0], {d.name: d.profile.year for d in scope.documents}
    first = best.facts[0]
    contradicted = flaw_key(first.document, first.label) in flaws
    found: dict[tuple[object, ...], list[tuple[Fact, ...]]] = {}
    for choice in assigned.ranked:
        fact = choice.facts[0]
        behind = best.score - choice.score
        named = term_of(fact.label) == term_of(first.label)
        if not same_kind(fact.unit, first.unit) or not (named or _is_subtotal(fact, first)):
            continue
        here = (fact.organisation, fact.year)
        if here == (first.organisation, first.year) and fact.level == first.level:
            as_well = behind <= _TWIN or _is_subtotal(fact, first)
            if as_well or (contradicted and fact.document == first.document and behind < NAMESAKE):
                found.setdefault(here, []).append(choice.facts)
            continue
        elsewhere = (not scope.organisations and fact.organisation != first.organisation) or (
            not assigned.slot.years and fact.year != first.year
        )
        current = fact.year == own.get(fact.document) or bool(assigned.slot.years)
        if elsewhere and current and behind < _AS_WELL:
            found.setdefault(here, [choice.facts])
    return [facts for several in found.values() for facts in several]


def _is_subtotal(fact: Fact, own: Fact) -> bool:
    """Whether a row is the subtotal of another of its table: 支出小计 beside 支出."""
    whole, name = key(fact.label), key(own.label)
    rest = whole.removeprefix(name)
    return fact.table == own.table and rest != whole and rest in words("tables")["total_labels"]


def executed(
    question: str, understood: Understanding, library: Library, knowledge: Knowledge
) -> Answer:
    """The plan of an understood question, calculated and put in words."""
    if understood.plan is None:
        return not_found(question, understood, knowledge.lexicon.documents)
    try:
        outcome = calculate(understood.plan, understood.evidence)
    except Ambiguous as problem:
        return ambiguous(question, understood, problem, knowledge.flaws)
    except (Missing, UnitError) as problem:
        answer = not_found(question, understood, knowledge.lexicon.documents)
        return replace(answer, notes=(str(problem),) if isinstance(problem, UnitError) else ())
    if _is_no_part(understood, outcome):
        answer = not_found(question, understood, knowledge.lexicon.documents)
        return replace(answer, notes=("找到的两个数不是部分与整体，因此不计算比重。",))
    if _mixed(outcome, understood.scope):
        answer = not_found(question, understood, knowledge.lexicon.documents)
        return replace(answer, notes=("没有一个单位有全部要算的数；请在问题里写明单位。",))
    names = open_departments(understood)
    if len(names) > 1:
        found = each_department(names, understood.scope, library, knowledge.lexicon)
        if len(found) > 1:
            others = [name for name in names if name not in {who for who, *_ in found}]
            return told_for_each(question, found, others, knowledge.flaws)
    return answered(question, understood, outcome, knowledge.flaws)


def _is_no_part(understood: Understanding, outcome: Outcome) -> bool:
    """Whether a share comes to more than the whole; only what was carried out may exceed its
    budget."""
    if not isinstance(understood.plan, Share) or outcome.value is None or outcome.value <= 100:
        return False
    bases = [operand.facts[0].basis for operand in outcome.operands]
    return not (bases[0] in ("执行", "决算") and bases[-1] in ("预算", "调整预算"))


def _mixed(outcome: Outcome, scope: Scope) -> bool:
    """Whether figures of different organisations were computed with, though none was named."""
    held = [{fact.organisation for fact in operand.facts} for operand in outcome.operands]
    together = held and not set.intersection(*held)
    asked = scope.organisations or asks_all(scope.question.text)
    return bool(outcome.expression and together and not asked)


def table_called_empty(question: str, reading: Reading, library: Library) -> Answer | None:
    """The figures of a table that its own note calls empty, where a question asks for that."""
    scope, text = reading.scope, reading.said.text
    if "空表" not in text:
        return None
    for table in (t for name in scope.names for t in library.tables(name)):
        title = key(table.title)
        named = any(k in title for n in reading.said.names for k in n.keys) or title in text
        if not says_empty(table.note) or table.empty or not named:
            continue
        facts = [f for f in library.facts([table.document], tables=[table.id]) if f.value]
        facts = [f for f in facts if not scope.years or f.year in scope.years]
        if facts:
            cites = Citations()
            shown = "；".join(
                f"{f.label} {money(f.value, f.unit)}[{cites.fact(f)}]" for f in facts[:_SHOWN]
            )
            said = f"有数。《{table.title}》的备注说是空表（{table.note.strip()}），表中却印有 {len(facts)} 个数：{shown}。"
            return Answer(question, "answered", "calculator", said, citations=cites.all)
    return None
