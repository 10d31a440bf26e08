"""The straight line from a question to an answer.

`read_question → scope_of → understand → calculate → answered` for figures, `search → read` for
reasons, definitions and descriptions; what neither explains is `not_found`.

    with Library.open(default_store()) as library:
        answer = ask("公务接待费为何减少", library)

With a chat model, `qa.assisted` goes on from the answer found here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

from langchain_core.runnables import Runnable, RunnableLambda

from index.captions import says_empty
from index.library import Library
from index.model import Fact, Passage
from index.units import UnitError
from qa.answer import Answer, Citations
from qa.assisted import assisted
from qa.calculator import Ambiguous, Missing, Outcome, calculate
from qa.chat_model import ChatModel
from qa.comparing import asks_all, change_plan
from qa.compose import ambiguous, answered, money, not_found
from qa.evidence import Evidence
from qa.ground import Grounder
from qa.lexicon import Lexicon, key, lexicon_of, term_of
from qa.operands import Operands, direction_of
from qa.plan import Difference
from qa.question import cue_spans, has, normalise, read_question
from qa.reader import Reading, intent_of, read
from qa.retriever import HybridRetriever, search
from qa.scope import Scope, scope_of, without_base
from qa.understand import Understanding, understand

__all__ = ["ask", "ask_stream", "passages_chain"]

_PASSAGES = 20
# Figures of a table that are shown where it holds more.
_SHOWN = 6


@dataclass(frozen=True)
class _Knowledge:
    """What is derived from one state of a library, kept until the library changes."""

    signature: str
    lexicon: Lexicon
    flaws: dict[str, str]
    years: frozenset[int | None]


_known: dict[int, _Knowledge] = {}


def ask(
    question: str,
    library: Library,
    *,
    history: tuple[Answer, ...] = (),
    model: ChatModel | None = None,
) -> Answer:
    """A question answered from a library; never raises for what is asked, nor for a `model` that
    cannot be reached."""
    *_, answer = ask_stream(question, library, history=history, model=model)
    assert isinstance(answer, Answer)
    return answer


def ask_stream(
    question: str,
    library: Library,
    *,
    history: tuple[Answer, ...] = (),
    model: ChatModel | None = None,
) -> Iterator[str | Answer]:
    """`ask`, with the sentences a model writes as they are found to hold; the answer comes last.

    Where too few sentences hold, the answer is the built-in one and shows none of them."""
    begin = time.perf_counter()
    knowledge = _knowledge(library)
    scope = _scope(question, knowledge)
    answer = _answer(question, scope, library, knowledge)
    if model is not None and knowledge.lexicon.documents:
        answer = yield from assisted(
            answer,
            scope,
            library,
            knowledge.lexicon,
            tuple(knowledge.flaws),
            model,
            lambda found: _executed(question, found, knowledge),
        )
    yield replace(answer, elapsed_ms=round((time.perf_counter() - begin) * 1000, 1))


def passages_chain(library: Library, k: int = _PASSAGES) -> Runnable[str, Answer]:
    """The passages way as a LangChain chain: question in, answer out."""
    retriever = HybridRetriever(library=library, k=k)

    def answer(question: str) -> Answer:
        knowledge = _knowledge(library)
        scope = _scope(question, knowledge)
        found = [d.metadata["passage"] for d in retriever.invoke(question)]
        return _from_passages(question, scope, library, knowledge, found)

    return RunnableLambda(answer)


def _scope(question: str, knowledge: _Knowledge) -> Scope:
    lexicon = knowledge.lexicon
    return scope_of(read_question(question), lexicon.documents, lexicon.titles)


def _knowledge(library: Library) -> _Knowledge:
    signature = library.signature()
    held = _known.get(id(library))
    if held is None or held.signature != signature:
        held = _known[id(library)] = _Knowledge(
            signature,
            lexicon_of(library),
            _flaws(library),
            frozenset(year for (year,) in library.distinct("year")),
        )
    return held


def _flaws(library: Library) -> dict[str, str]:
    """The tables that lost rows in the source, by id, with what is wrong."""
    wrong = {p.source: p.message for p in library.problems() if p.kind == "incomplete_table"}
    if not wrong:
        return {}
    documents = {source.document for source in wrong}
    return {
        t.id: wrong[t.source] for d in documents for t in library.tables(d) if t.source in wrong
    }


def _answer(question: str, scope: Scope, library: Library, knowledge: _Knowledge) -> Answer:
    documents = knowledge.lexicon.documents
    if not documents or not scope.question.text.strip("?？。!！"):
        return not_found(question, Understanding(scope), documents)
    if intent_of(scope.question) == "figure" or _asks_amount(scope):
        figure = _from_facts(question, scope, library, knowledge)
        if figure.status != "not_found" or intent_of(scope.question) == "figure":
            return figure
    return _from_passages(question, scope, library, knowledge)


def _asks_amount(scope: Scope) -> bool:
    """A question with 哪些 or 包括 that is still about figures (哪些项目超过…)."""
    text = scope.question.text
    cues = ("rank", "filter", "count", "share", "growth", "sum", "average")
    return intent_of(scope.question) == "describe" and any(has(text, cue) for cue in cues)


# ---------------------------------------------------------------- figures


def _from_facts(question: str, scope: Scope, library: Library, knowledge: _Knowledge) -> Answer:
    asks_reason = has(scope.question.text, "check") and re.search(r"理由|原因", scope.question.text)
    lexicon = knowledge.lexicon
    if asks_reason and (checked := _reason_checked(question, Grounder(library, lexicon, scope))):
        return checked
    if "空表" in scope.question.text and (
        shown := _empty_checked(question, Grounder(library, lexicon, scope))
    ):
        return shown
    understood = understand(scope, library, lexicon, tuple(knowledge.flaws))
    return _executed(question, understood, knowledge)


def _executed(question: str, understood: Understanding, knowledge: _Knowledge) -> Answer:
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
    if _mixed(outcome, understood.scope):
        answer = not_found(question, understood, knowledge.lexicon.documents)
        return replace(answer, notes=("没有一个单位有全部要算的数；请在问题里写明单位。",))
    return answered(question, understood, outcome, knowledge.flaws)


def _mixed(outcome: Outcome, scope: Scope) -> bool:
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


# ---------------------------------------------------------------- passages


def _from_passages(
    question: str,
    scope: Scope,
    library: Library,
    knowledge: _Knowledge,
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
    if intent == "why" and (settled := _reason_fact(question, grounder)):
        return settled
    if intent == "why" and (wrong := _wrong_premise(question, stated, library, knowledge)):
        return wrong
    documents = _documents(scope)
    terms = " ".join(dict.fromkeys(term for _, _, term in grounder.said))
    passages = _searched(question, intent, terms, library, documents) if found is None else found
    reading = read(grounder, intent, passages, library)
    if intent == "define" and not reading.spans:
        reading = read(grounder, "describe", passages, library)
    if not reading.spans:
        understood = Understanding(scope, unexplained=reading.unexplained)
        answer = not_found(question, understood, knowledge.lexicon.documents, "passages")
        return replace(answer, passages=tuple(passages))
    return _quoted(question, reading, passages)


# What the passage that answers is likely to say besides the question's own words.
_SAYS = {
    "why": "主要原因是",
    "define": "名词解释 是指",
    "describe": "主要用于 主要包括",
    "figure": "",
}


def _searched(
    question: str, intent: str, terms: str, library: Library, documents: list[str]
) -> list[Passage]:
    """Passages for a question as asked, and as its answer would put it."""
    asked = search(library, question, _PASSAGES, documents)
    content = normalise(question)
    for start, end in sorted(cue_spans(content, "why", "define"), reverse=True):
        content = content[:start] + content[end:]
    told = search(library, f"{content} {terms} {_SAYS[intent]}", _PASSAGES // 2, documents, "words")
    return list({passage.id: passage for passage in (*asked, *told)}.values())


def _documents(scope: Scope) -> list[str]:
    """The documents to search: those of the year asked for, if there are any."""
    own = [d.name for d in scope.documents if not scope.years or d.profile.year in scope.years]
    return own or list(scope.names)


def _year_held(scope: Scope, knowledge: _Knowledge) -> bool:
    return not scope.years or any(year in knowledge.years for year in scope.years)


def _quoted(question: str, reading: Reading, passages: list[Passage]) -> Answer:
    cites = Citations()
    said = []
    for span in reading.spans:
        n = cites.passage(span.passage, span.quote, span.cell)
        name = f"{span.cell.row}（{span.cell.column}）：" if span.cell else ""
        said.append(f"{name}{span.quote.strip()}[{n}]")
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


def _reason_fact(question: str, grounder: Grounder) -> Answer | None:
    """A reason that stands with its own figures: 4.00 万元, 2.00 万元 less, because …

    A premise the wrong way round is corrected; where nothing changed, that is said."""
    end = len(grounder.text)
    facts: list[Fact] = []
    for kind in ("change", "rate", "completion", "value"):
        found = grounder.ground(0, end, kind)
        if found and found.score >= 2 and not grounder.leftover(found.covered):
            facts += [f for f in found.facts if f.origin == "prose" and not f.derived]
    subjects = list(dict.fromkeys((f.document, f.label, f.path) for f in facts))
    if not subjects or len({(document, term_of(label)) for document, label, _ in subjects}) > 1:
        return None
    facts = [f for f in facts if (f.document, f.label, f.path) == subjects[0]]
    changes = [f for f in facts if f.column in (1, 2)]
    reasons = [f for f in facts if f.reason]
    asked = direction_of(grounder.text)
    if changes and all(f.value == 0 for f in changes):
        return _told(question, facts, changes[:1], "没有增减，文件没有需要说明的原因。", asked)
    wrong = asked and changes and all((f.value > 0) - (f.value < 0) == -asked for f in changes)
    if not reasons and wrong:
        return _told(question, facts, changes[:1], "文件没有说明原因。", asked)
    if not reasons:
        return None
    return _told(question, facts, reasons, "", asked)


def _wrong_premise(
    question: str, scope: Scope, library: Library, knowledge: _Knowledge
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
    if _mixed(outcome, scope):
        return None
    answer = answered(question, understood, outcome, knowledge.flaws)
    word = "没有增减" if outcome.value == 0 else "增加" if outcome.value > 0 else "减少"
    text = f"问题说的是{'增加' if asked > 0 else '减少'}，实际是{word}。{answer.text}"
    return replace(answer, route="passages", text=text, value=None, unit=None)


def _told(
    question: str, facts: list[Fact], reasons: list[Fact], instead: str, asked: int
) -> Answer:
    cites = Citations()
    values = [f for f in facts if f.column == 0 and f.year == max(v.year or 0 for v in facts)]
    changes = [f for f in facts if f.column in (1, 2)]
    figures = []
    for f in dict.fromkeys(values[:1]):
        figures.append(f"{f.year}年{f.label}{money(f.value, f.unit)}[{cites.fact(f)}]")
    for f in changes[:2]:
        against = next((flag[8:] for flag in f.flags if flag.startswith("against:")), "")
        base = (
            f"比{against}年" if against.isdigit() else "比年初预算" if "年初预算" in f.quote else ""
        )
        word = (
            "持平"
            if f.value == 0
            else ("增加" if f.column == 1 else "增长")
            if f.value > 0
            else ("减少" if f.column == 1 else "下降")
        )
        amount = "" if f.value == 0 else f" {money(abs(f.value), f.unit)}"
        figures.append(f"{base}{word}{amount}[{cites.fact(f)}]")
    notes = []
    actual = next(((f.value > 0) - (f.value < 0) for f in changes), None)
    if asked and actual is not None and actual != asked:
        notes.append(
            f"问题说的是{'增加' if asked > 0 else '减少'}，实际是{ {1: '增加', -1: '减少', 0: '持平，没有增减'}[actual] }。"
        )
    # The sentence of the change is the better witness than the one of the amount.
    of = {r.reason: r for r in sorted(reasons, key=lambda r: r.column != 0)}
    why = [f"{reason}[{cites.fact(r)}]" for reason, r in of.items()]
    said = "，".join(figures) or reasons[0].label
    text = "".join(notes) + said + "。" + (instead or f"原因：{'；'.join(why)}。")
    return Answer(question, "answered", "passages", text, citations=cites.all, notes=tuple(notes))
