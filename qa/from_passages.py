"""Questions for reasons, definitions and descriptions: retrieved, read, quoted as printed.

`search → read`; a reason that stands with its own figures is told with them, and a premise the wrong way
round is put right first.
"""

from __future__ import annotations

from dataclasses import replace

from index.library import Library
from index.model import Passage
from index.statements import is_definition
from index.units import UnitError
from qa.answer import Answer, Citations
from qa.calculator import Ambiguous, Missing, calculate
from qa.comparing import change_plan
from qa.compose import answered, not_found
from qa.evidence import Evidence
from qa.explaining import explains, reason_told, told_of, unexplained_told
from qa.from_facts import mixed
from qa.ground import Grounder
from qa.knowledge import Knowledge
from qa.operands import Operands, direction_of
from qa.plan import Difference
from qa.question import cue_spans, normalise
from qa.reader import Reading, Span, intent_of, read
from qa.retriever import search
from qa.scope import Scope, without_base
from qa.understand import Understanding

__all__ = ["PASSAGES", "from_passages"]

PASSAGES = 20
# Many documents define the same terms, and use one in the definition of another.
_DEFINITIONS = 80
# Departments whose reasons are told side by side where a question names none.
_MOST_DEPARTMENTS = 4
# What the passage that answers is likely to say besides the question's own words.
_SAYS = {
    "why": "主要原因是",
    "define": "名词解释 是指",
    "describe": "主要用于 主要包括",
    "figure": "",
}


def from_passages(
    question: str,
    scope: Scope,
    library: Library,
    knowledge: Knowledge,
    found: list[Passage] | None = None,
) -> Answer:
    intent = intent_of(scope.question)
    stated = scope
    if intent == "why":
        scope = without_base(scope)
    grounder = Grounder(library, knowledge.lexicon, scope)
    if not _year_held(scope, knowledge):
        return not_found(
            question,
            Understanding(scope, unexplained=tuple(f"{y}年" for y in scope.years)),
            knowledge.lexicon.documents,
            "passages",
        )
    told = told_of(grounder) if intent == "why" else None
    if told and (settled := reason_told(question, told, grounder)):
        return settled
    if intent == "why" and (wrong := _wrong_premise(question, stated, library, knowledge)):
        return wrong
    documents = _documents(scope)
    terms = " ".join(dict.fromkeys(term for _, _, term in grounder.said))
    passages = _searched(question, intent, terms, library, documents) if found is None else found
    reading = read(grounder, intent, passages, library)
    if intent == "define" and not reading.spans:
        # What is said of a term elsewhere; the definition of another term that uses it says nothing.
        elsewhere = [passage for passage in passages if not is_definition(passage.section)]
        reading = read(grounder, "describe", elsewhere, library)
    if told and told.changes and not explains(reading, told):
        return unexplained_told(question, told, grounder)
    if not reading.spans:
        understood = Understanding(scope, unexplained=reading.unexplained)
        answer = not_found(question, understood, knowledge.lexicon.documents, "passages")
        return replace(answer, passages=tuple(passages))
    return _quoted(question, _of_each(reading, grounder, intent, passages, library), passages)


def _of_each(
    reading: Reading, grounder: Grounder, intent: str, passages: list[Passage], library: Library
) -> Reading:
    """Where no department is named and several say something, what each of them says, with its
    name and year in front."""
    profiles = {d.name: d.profile for d in grounder.scope.documents}
    documents = list(dict.fromkeys(p.document for p in passages if p.document in profiles))
    whose = {profiles[name].organisation for name in documents}
    if grounder.scope.organisations or len(whose) < 2 or intent not in ("why", "describe"):
        return reading
    best = max(span.coverage for span in reading.spans)
    spans: list[Span] = []
    told: set[str] = set()
    for name in documents:
        profile = profiles[name]
        own = read(grounder, intent, [p for p in passages if p.document == name], library)
        if profile.organisation in told or len(told) >= _MOST_DEPARTMENTS:
            continue
        if own.spans and own.spans[0].coverage >= best - 0.05:
            told.add(profile.organisation)
            lead = f"{profile.organisation}{f'{profile.year}年' if profile.year else ''}："
            spans += [replace(own.spans[0], lead=lead), *own.spans[1:]]
    return Reading(tuple(spans), notes=reading.notes if len(told) < 2 else ())


def _searched(
    question: str, intent: str, terms: str, library: Library, documents: list[str]
) -> list[Passage]:
    """Passages for a question as asked, and as its answer would put it."""
    asked = search(library, question, PASSAGES, documents)
    content = normalise(question)
    for start, end in sorted(cue_spans(content, "why", "define"), reverse=True):
        content = content[:start] + content[end:]
    depth = _DEFINITIONS if intent == "define" else PASSAGES // 2
    told = search(library, f"{content} {terms} {_SAYS[intent]}", depth, documents, "words")
    return list({passage.id: passage for passage in (*asked, *told)}.values())


def _documents(scope: Scope) -> list[str]:
    """The documents to search: those of the year asked for, if there are any."""
    own = [d.name for d in scope.documents if not scope.years or d.profile.year in scope.years]
    return own or list(scope.names)


def _year_held(scope: Scope, knowledge: Knowledge) -> bool:
    return not scope.years or any(year in knowledge.years for year in scope.years)


def _quoted(question: str, reading: Reading, passages: list[Passage]) -> Answer:
    cites = Citations()
    said = []
    for span in reading.spans:
        n = cites.passage(span.passage, span.quote, span.cell)
        name = f"{span.cell.row}（{span.cell.column}）：" if span.cell else ""
        said.append(f"{span.lead}{name}{span.quote.strip()}[{n}]")
    text = "\n".join(said)
    if reading.notes:
        text = "".join(reading.notes) + "\n" + text
    return Answer(
        question,
        "answered",
        "passages",
        text,
        citations=cites.all,
        notes=reading.notes,
        passages=tuple(passages),
    )


def _wrong_premise(
    question: str, scope: Scope, library: Library, knowledge: Knowledge
) -> Answer | None:
    """Where the figures of two years show that a why-question has the direction the wrong way."""
    asked = direction_of(scope.question.text)
    if not asked:
        return None
    operands = Operands(Grounder(library, knowledge.lexicon, scope))
    for start, end in cue_spans(operands.text, "why"):
        operands.grounder.mark(start, end)
    plan = change_plan(operands, rate=False)
    if not isinstance(plan, Difference) or operands.left():
        return None
    evidence = Evidence(operands.selections, {}, operands.derived_from(library))
    understood = Understanding(scope, plan, evidence)
    try:
        outcome = calculate(plan, evidence)
    except (Ambiguous, Missing, UnitError):
        return None
    if outcome.value is None or (outcome.value > 0) - (outcome.value < 0) == asked:
        return None
    if mixed(outcome, scope):
        return None
    answer = answered(question, understood, outcome, knowledge.flaws)
    word = "没有增减" if outcome.value == 0 else "增加" if outcome.value > 0 else "减少"
    text = f"问题说的是{'增加' if asked > 0 else '减少'}，实际是{word}。{answer.text}"
    return replace(answer, route="passages", text=text, value=None, unit=None)
