"""The straight line from a question to an answer.

`resolve → read_question → scope_of → read → calculate → answered` for figures, `search → judged`
for reasons, definitions and descriptions; what neither answers is `not_found`.

    with Library.open(default_store()) as library:
        answer = ask("公务接待费为何减少", library)

With a chat model, `qa.assisted` goes on from the answer found here.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from langchain_core.runnables import Runnable, RunnableLambda

from index.library import Library
from qa.answer import Answer, Carried
from qa.assisted import assisted
from qa.chat_model import ChatModel, ModelUnavailable
from qa.compose import nth
from qa.continuing import readings
from qa.conversation import FollowUp, resolve
from qa.departments import of_one
from qa.english import in_chinese
from qa.from_facts import (
    Progress,
    clause_answered,
    executed,
    silent,
    table_called_empty,
    with_level,
)
from qa.from_passages import PASSAGES, passages_answered, places_in, retrieved
from qa.from_statements import agrees, statement_answered
from qa.joining import joined, unworked
from qa.knowledge import Knowledge, knowledge_of, scope_in
from qa.lexicon import Lexicon
from qa.question import read_question, too_long
from qa.retriever import HybridRetriever
from qa.rewrite import rewrite
from qa.scope import Scope
from qa.unanswered import not_found
from qa.understanding.passages import intent_of
from qa.understanding.reading import Reading, read
from qa.understanding.telling import because_of, marked, understood_of
from qa.understood import Understanding

__all__ = ["Progress", "ask", "ask_stream", "choose", "lexicon_for", "passages_chain"]


# Readings of a question in its conversation that are tried.
_READINGS = 4


def ask(
    question: str,
    library: Library,
    *,
    history: Sequence[Answer] = (),
    documents: Sequence[str] | None = None,
    progress: Progress = silent,
    model: ChatModel | None = None,
) -> Answer:
    """A question answered from a library; never raises for what is asked, nor for a `model` that
    cannot be reached.

    `history` are the answers of the conversation so far, for questions that lean on the one before
    (那2023年呢？); `documents` are the names of the only documents to answer from; `progress` is
    told the stages.  A question longer than `qa.question.LONGEST` is declined unread.

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
    progress: Progress = silent,
    model: ChatModel | None = None,
) -> Iterator[str | Answer]:
    """`ask`, with the sentences a model writes as they are found to hold; the answer comes last.

    Where too few sentences hold, the answer is the built-in one and shows none of them."""
    begin = time.perf_counter()
    progress("understand")
    if too_long(question):
        yield _declined(question)
        return
    knowledge = knowledge_of(library).within(documents)
    answer = _in_its_language(
        question,
        lambda asked: _built_in(asked, history, library, knowledge, progress, model),
    )
    if model is not None and knowledge.lexicon.documents and answer.asked:
        full = answer.asked
        answer = yield from assisted(
            answer,
            scope_in(full, knowledge),
            library,
            knowledge.lexicon,
            model,
            lambda found: replace(
                executed(question, found, library, knowledge), carried=answer.carried
            ),
        )
    answer = _with_ocr_note(answer, knowledge)
    yield replace(answer, elapsed_ms=round((time.perf_counter() - begin) * 1000, 1))


def _in_its_language(question: str, answered: Callable[[str], Answer]) -> Answer:
    """What is `answered` to a question; to one in English that no document answers in its own words,
    what is answered to the same question in Chinese."""
    answer = answered(question)
    asked = None if answer.status == "answered" else in_chinese(question)
    found = answered(asked) if asked else answer
    return answer if found.status == "not_found" else replace(found, question=question)


def _declined(question: str) -> Answer:
    """The answer to a question that is too long; nothing can follow up on it."""
    return Answer(question, "not_found", "calculator", too_long(question), carried=Carried(""))


def _built_in(
    question: str,
    history: Sequence[Answer],
    library: Library,
    knowledge: Knowledge,
    progress: Progress,
    model: ChatModel | None,
) -> Answer:
    """The answer of the rules, a follow-up written out first; where they cannot tell what it leans
    on, a model may."""
    followed = resolve(question, history, knowledge.lexicon)
    if followed is not None and followed.open and model is not None:
        followed = _rewritten(question, history, model) or followed
    if followed is not None and (not followed.open or (history and not followed.lost)):
        answer = _followed(question, followed, library, knowledge, progress)
        if followed.open or _fits(answer, question):
            return answer
        closer = _in_context(question, history, library, knowledge)
        if closer and (closer.status == "answered" or answer.status != "not_found"):
            return closer
        return answer
    # In a conversation, what a question leaves out is what was spoken of before.
    if history and (closer := _in_context(question, history, library, knowledge)):
        return closer
    answer = _ask(question, library, knowledge, progress)
    complete = bool(scope_in(question, knowledge).organisations)
    if answer.status != "answered" and followed is not None and not complete:
        return _followed(question, followed, library, knowledge, progress)
    return answer


def _fits(answer: Answer, question: str) -> bool:
    """Whether a question is answered; where a figure is asked for, by a figure."""
    if answer.status != "answered":
        return False
    return answer.route == "calculator" or intent_of(read_question(question).text) != "figure"


def _in_context(
    question: str,
    history: Sequence[Answer],
    library: Library,
    knowledge: Knowledge,
) -> Answer | None:
    """The first reading of a question after some turns that is answered, else the likeliest one;
    `None` where it stands by itself."""
    first = None
    for reading in itertools.islice(readings(question, history, knowledge.lexicon), _READINGS):
        found = _followed(question, reading, library, knowledge, silent)
        if _fits(found, question):
            return found
        first = first or found
    return first


def _rewritten(question: str, history: Sequence[Answer], model: ChatModel) -> FollowUp | None:
    """A follow-up as a model writes it out, where that holds."""
    try:
        full = rewrite(question, history, model)
    except ModelUnavailable:
        return None
    return FollowUp(full, Carried(full)) if full else None


def lexicon_for(library: Library, documents: Sequence[str] | None = None) -> Lexicon:
    """The words of a library, or of some of its documents, as questions are read with them."""
    return knowledge_of(library).within(documents).lexicon


def choose(
    answer: Answer, item: int, library: Library, *, documents: Sequence[str] | None = None
) -> Answer:
    """The answer to the question of an ambiguous one, with its `item` (from 0) taken as meant."""
    begin = time.perf_counter()
    picked = answer.items[item][0].facts
    knowledge = knowledge_of(library).within(documents)
    chosen = (*answer.chosen, *(fact.id for fact in picked))
    scope = scope_in(answer.asked, knowledge)
    whose = {fact.organisation for fact in picked}
    if len(whose) == 1 and not scope.organisations:
        scope = of_one(scope, whose.pop())
    found = _with_ocr_note(
        _answer(answer.asked, scope, library, knowledge, silent, chosen), knowledge
    )
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
    question: str, library: Library, knowledge: Knowledge, progress: Progress = silent
) -> Answer:
    return _answer(question, scope_in(question, knowledge), library, knowledge, progress)


def _followed(
    question: str,
    followed: FollowUp,
    library: Library,
    knowledge: Knowledge,
    progress: Progress,
) -> Answer:
    """A follow-up answered as the full question it means; one that stays open has no answer."""
    if followed.open:
        text = f"{followed.open}，因此不作答。请把问题说完整，例如写明单位、年份和科目。"
        return Answer(question, "not_found", "calculator", text, carried=Carried(""))
    answer = _ask(followed.question, library, knowledge, progress)
    if followed.place and answer.status == "answered":
        answer = nth(answer, followed.place)
    understood = marked(answer.understood, followed.carried)
    return replace(answer, question=question, carried=followed.carried, understood=understood)


def passages_chain(library: Library, k: int = PASSAGES) -> Runnable[str, Answer]:
    """The passages way as a LangChain chain: question in, answer out."""
    retriever = HybridRetriever(library=library, k=k)

    def answer(question: str) -> Answer:
        if too_long(question):
            return _declined(question)
        knowledge = knowledge_of(library)
        scope = scope_in(question, knowledge)
        found = [d.metadata["passage"] for d in retriever.invoke(question)]
        reading = read(scope, library, knowledge.lexicon)
        intents = [c.intent for c in reading.clauses if c.intent != "figure"]
        intent = intents[0] if intents else reading.intent
        answered = passages_answered(
            question, reading, intent, library, knowledge, places_in(found, library)
        )
        return _with_ocr_note(answered, knowledge)

    return RunnableLambda(answer)


def _with_ocr_note(answer: Answer, knowledge: Knowledge) -> Answer:
    """The answer, saying so where it rests on pages that were read by text recognition."""
    cited = {(c.document, c.page) for c in answer.citations} & knowledge.recognised
    pages = sorted({(document, page) for document, page in cited if page})
    if not pages:
        return answer
    where = "、".join(f"{document}第{page}页" for document, page in pages)
    note = f"{where}由文字识别（OCR）读取，可能认错字，引用前请对照原件。"
    return replace(answer, notes=(*answer.notes, note))


def _answer(
    question: str,
    scope: Scope,
    library: Library,
    knowledge: Knowledge,
    progress: Progress,
    chosen: Sequence[str] = (),
) -> Answer:
    documents = knowledge.lexicon.documents
    if not documents or not scope.question.text.strip("?？。!！"):
        nothing = not_found(question, Understanding(scope), documents)
        return replace(nothing, because="not_understood" if documents else "nothing_indexed")
    progress("evidence")
    reading = read(scope, library, knowledge.lexicon)
    answer = _read_out(question, reading, library, knowledge, progress, chosen)
    because = answer.because
    if answer.status == "not_found" and because is None:
        because = because_of(answer, reading)
    return replace(answer, understood=understood_of(reading), because=because)


def _read_out(
    question: str,
    reading: Reading,
    library: Library,
    knowledge: Knowledge,
    progress: Progress,
    chosen: Sequence[str],
) -> Answer:
    """The answer to a question that was read, clause by clause."""
    if empty := table_called_empty(question, reading, library):
        return empty
    progress("calculate")
    answers = [
        clause_answered(question, reading, clause, library, knowledge, chosen)
        for clause in reading.clauses
        if clause.intent == "figure"
    ]
    words = next((c.intent for c in reading.clauses if c.intent != "figure"), None)
    if words:
        told = passages_answered(question, reading, words, library, knowledge)
        changed = next((c.best for c in reading.clauses if c.intent == "why"), None)
        told = with_level(told, changed, library)
        answers = [*answers, told] if reading.intent == "figure" else [told, *answers]
    elif any(answer.status == "not_found" for answer in answers):
        found = retrieved(reading.scope, reading.said, library)
        stated = statement_answered(question, reading, found)
        if stated and agrees(stated, answers):
            return stated
        if not all(answer.status == "not_found" for answer in answers):
            return joined(question, answers, figures=True)
        near = passages_answered(question, reading, "figure", library, knowledge, found)
        if near.status == "answered" and any(c.operates for c in reading.clauses):
            return unworked(near)
        return near if near.status == "answered" or near.citations else answers[0]
    return joined(question, answers, figures=not words)
