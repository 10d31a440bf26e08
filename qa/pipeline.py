"""The straight line from a question to an answer.

`resolve → read_question → scope_of → understand → calculate → answered` for figures, `search → read`
for reasons, definitions and descriptions; what neither explains is `not_found`.

    with Library.open(default_store()) as library:
        answer = ask("公务接待费为何减少", library)

With a chat model, `qa.assisted` goes on from the answer found here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from langchain_core.runnables import Runnable, RunnableLambda

from index.captions import says_empty
from index.library import Library
from index.model import Passage
from index.units import UnitError
from qa.answer import Answer, Carried, Citations
from qa.assisted import assisted
from qa.calculator import Ambiguous, Missing, Outcome, calculate
from qa.chat_model import ChatModel, ModelUnavailable
from qa.comparing import asks_all, change_plan
from qa.compose import ambiguous, answered, money, not_found, nth
from qa.conversation import FollowUp, narrowed, resolve
from qa.departments import each_department, of_one, open_list, told_for_each
from qa.evidence import Evidence
from qa.explaining import explains, reason_told, told_of, unexplained_told
from qa.ground import Grounder
from qa.lexicon import Lexicon, key, lexicon_of
from qa.operands import Operands, direction_of
from qa.plan import Difference, Share
from qa.question import cue_spans, has, normalise, read_question
from qa.reader import Reading, Span, intent_of, read
from qa.retriever import HybridRetriever, search
from qa.rewrite import rewrite
from qa.scope import Scope, scope_of, without_base
from qa.understand import Understanding, understand

__all__ = ["Progress", "ask", "ask_stream", "choose", "lexicon_for", "passages_chain"]

_PASSAGES = 20
# Figures of a table that are shown where it holds more.
_SHOWN = 6
# Departments whose reasons are told side by side where a question names none.
_MOST_DEPARTMENTS = 4


# progress(stage): `understand`, `evidence` or `calculate`, when it begins.
Progress = Callable[[str], None]


def _silent(_: str) -> None:
    pass


@dataclass(frozen=True)
class _Knowledge:
    """What is derived from one state of a library, kept until the library changes."""

    signature: str
    lexicon: Lexicon
    flaws: dict[str, str]
    years: frozenset[int | None]
    recognised: frozenset[tuple[str, int | None]]

    def within(self, documents: Sequence[str] | None) -> _Knowledge:
        """What is known of some documents only."""
        if documents is None:
            return self
        names = tuple(d.name for d in self.lexicon.documents if d.name in set(documents))
        lexicon = self.lexicon.within(names) if names else replace(self.lexicon, documents=())
        years = frozenset(year for d in lexicon.documents for year in d.profile.years)
        return replace(self, lexicon=lexicon, years=years)


_known: dict[int, _Knowledge] = {}


def ask(
    question: str,
    library: Library,
    *,
    history: Sequence[Answer] = (),
    documents: Sequence[str] | None = None,
    progress: Progress = _silent,
    model: ChatModel | None = None,
) -> Answer:
    """A question answered from a library; never raises for what is asked, nor for a `model` that
    cannot be reached.

    `history` are the answers of the conversation so far, for questions that lean on the one before
    (那2023年呢？); `documents` are the names of the only documents to answer from; `progress` is
    told the stages.

        ask("公务接待费是多少？", library, documents=["某局2024年部门预算.pdf"])
    """
    *_, answer = ask_stream(
        question, library, history=history, documents=documents, progress=progress, model=model
    )
    assert isinstance(answer, Answer)
    return answer


def ask_stream(
    question: str,
    library: Library,
    *,
    history: Sequence[Answer] = (),
    documents: Sequence[str] | None = None,
    progress: Progress = _silent,
    model: ChatModel | None = None,
) -> Iterator[str | Answer]:
    """`ask`, with the sentences a model writes as they are found to hold; the answer comes last.

    Where too few sentences hold, the answer is the built-in one and shows none of them."""
    begin = time.perf_counter()
    progress("understand")
    knowledge = _knowledge(library).within(documents)
    answer = _built_in(question, history, library, knowledge, progress, model)
    if model is not None and knowledge.lexicon.documents and answer.asked:
        full = answer.asked
        answer = yield from assisted(
            answer,
            _scope(full, knowledge),
            library,
            knowledge.lexicon,
            tuple(knowledge.flaws),
            model,
            lambda found: replace(
                _executed(question, found, library, knowledge), carried=answer.carried
            ),
        )
    answer = _with_ocr_note(answer, knowledge)
    yield replace(answer, elapsed_ms=round((time.perf_counter() - begin) * 1000, 1))


def _built_in(
    question: str,
    history: Sequence[Answer],
    library: Library,
    knowledge: _Knowledge,
    progress: Progress,
    model: ChatModel | None,
) -> Answer:
    """The answer of the rules, a follow-up written out first; where they cannot tell what it leans
    on, a model may."""
    followed = resolve(question, history, knowledge.lexicon)
    if followed is not None and followed.open and model is not None:
        followed = _rewritten(question, history, model) or followed
    if followed is not None:
        return _followed(question, followed, library, knowledge, progress)
    answer = _ask(question, library, knowledge, progress)
    if answer.status != "answered" and history:
        answer = _narrowed(answer, history, library, knowledge)
    return answer


def _rewritten(question: str, history: Sequence[Answer], model: ChatModel) -> FollowUp | None:
    """A follow-up as a model writes it out, where that holds."""
    try:
        full = rewrite(question, history, model)
    except ModelUnavailable:
        return None
    return FollowUp(full, Carried(full)) if full else None


def lexicon_for(library: Library, documents: Sequence[str] | None = None) -> Lexicon:
    """The words of a library, or of some of its documents, as questions are read with them."""
    return _knowledge(library).within(documents).lexicon


def choose(
    answer: Answer, item: int, library: Library, *, documents: Sequence[str] | None = None
) -> Answer:
    """The answer to the question of an ambiguous one, with its `item` (from 0) taken as meant."""
    begin = time.perf_counter()
    picked = answer.items[item][0].facts
    knowledge = _knowledge(library).within(documents)
    chosen = (*answer.chosen, *(fact.id for fact in picked))
    scope = _scope(answer.asked, knowledge)
    whose = {fact.organisation for fact in picked}
    if len(whose) == 1 and not scope.organisations:
        scope = of_one(scope, whose.pop())
    found = _with_ocr_note(_from_facts(answer.asked, scope, library, knowledge, chosen), knowledge)
    note = f"按您选的口径：{answer.items[item][0].label}"
    return replace(
        found,
        question=answer.question,
        carried=answer.carried,
        chosen=chosen,
        notes=(note, *found.notes),
        elapsed_ms=round((time.perf_counter() - begin) * 1000, 1),
    )


def _ask(
    question: str, library: Library, knowledge: _Knowledge, progress: Progress = _silent
) -> Answer:
    return _answer(question, _scope(question, knowledge), library, knowledge, progress)


def _followed(
    question: str,
    followed: FollowUp,
    library: Library,
    knowledge: _Knowledge,
    progress: Progress,
) -> Answer:
    """A follow-up answered as the full question it means; one that stays open has no answer."""
    if followed.open:
        text = f"{followed.open}，因此不作答。请把问题说完整，例如写明单位、年份和科目。"
        return Answer(question, "not_found", "calculator", text, carried=Carried(""))
    answer = _ask(followed.question, library, knowledge, progress)
    if followed.place and answer.status == "answered":
        answer = nth(answer, followed.place)
    return replace(answer, question=question, carried=followed.carried)


def _narrowed(
    answer: Answer, history: Sequence[Answer], library: Library, knowledge: _Knowledge
) -> Answer:
    """A question that by itself fits several departments, read in the scope of the one before."""
    followed = narrowed(answer.question, history, knowledge.lexicon)
    if followed is None:
        return answer
    closer = _ask(followed.question, library, knowledge)
    if closer.status == "not_found":
        return answer
    return replace(closer, question=answer.question, carried=followed.carried)


def passages_chain(library: Library, k: int = _PASSAGES) -> Runnable[str, Answer]:
    """The passages way as a LangChain chain: question in, answer out."""
    retriever = HybridRetriever(library=library, k=k)

    def answer(question: str) -> Answer:
        knowledge = _knowledge(library)
        scope = _scope(question, knowledge)
        found = [d.metadata["passage"] for d in retriever.invoke(question)]
        answered = _from_passages(question, scope, library, knowledge, found)
        return _with_ocr_note(answered, knowledge)

    return RunnableLambda(answer)


def _with_ocr_note(answer: Answer, knowledge: _Knowledge) -> Answer:
    """The answer, saying so where it rests on pages that were read by text recognition."""
    cited = {(c.document, c.page) for c in answer.citations} & knowledge.recognised
    pages = sorted({(document, page) for document, page in cited if page})
    if not pages:
        return answer
    where = "、".join(f"{document}第{page}页" for document, page in pages)
    note = f"{where}由文字识别（OCR）读取，可能认错字，引用前请对照原件。"
    return replace(answer, notes=(*answer.notes, note))


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
            frozenset(
                (p.source.document, p.source.page) for p in library.problems() if p.kind == "ocr"
            ),
        )
    return held


def _flaws(library: Library) -> dict[str, str]:
    """What is wrong with tables in the source, by id: rows that were lost, a note that calls a
    table empty which is not."""
    kinds = ("incomplete_table", "contradiction")
    return {p.table: p.message for p in library.problems() if p.table and p.kind in kinds}


def _answer(
    question: str, scope: Scope, library: Library, knowledge: _Knowledge, progress: Progress
) -> Answer:
    documents = knowledge.lexicon.documents
    if not documents or not scope.question.text.strip("?？。!！"):
        return not_found(question, Understanding(scope), documents)
    progress("evidence")
    if intent_of(scope.question) == "figure" or _asks_amount(scope):
        figure = _from_facts(question, scope, library, knowledge, progress=progress)
        if figure.status != "not_found" or intent_of(scope.question) == "figure":
            return figure
    return _from_passages(question, scope, library, knowledge)


def _asks_amount(scope: Scope) -> bool:
    """A question with 哪些 or 包括 that is still about figures (哪些项目超过…)."""
    text = scope.question.text
    cues = ("rank", "filter", "count", "share", "growth", "sum", "average")
    return intent_of(scope.question) == "describe" and any(has(text, cue) for cue in cues)


# ---------------------------------------------------------------- figures


def _from_facts(
    question: str,
    scope: Scope,
    library: Library,
    knowledge: _Knowledge,
    chosen: Sequence[str] = (),
    progress: Progress = _silent,
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
    return _executed(question, understood, library, knowledge, chosen)


def _executed(
    question: str,
    understood: Understanding,
    library: Library,
    knowledge: _Knowledge,
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
    if _mixed(outcome, understood.scope):
        answer = not_found(question, understood, knowledge.lexicon.documents)
        return replace(answer, notes=("没有一个单位有全部要算的数；请在问题里写明单位。",))
    names = open_list(understood)
    each = _for_each(question, names, understood.scope, library, knowledge)
    return each or answered(question, understood, outcome, knowledge.flaws)


def _for_each(
    question: str, names: list[str], scope: Scope, library: Library, knowledge: _Knowledge
) -> Answer | None:
    """A question that names no department, answered for each of several that it fits."""
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
        reading = read(grounder, "describe", passages, library)
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
