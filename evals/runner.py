"""Asking every question of a set, so that a stop loses nothing.

Each answer is written to `answers.jsonl` the moment it is there.  After a stop, `resume=True` asks
only what is missing; a conversation that was cut is asked again from its first turn, since a turn
without the ones before it is another question.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from evals.records import Answered, Question

__all__ = ["Answerer", "Reply", "Run", "read_answers", "run"]


class Reply(Protocol):
    """An answer that can be written down: `qa.Answer`, or a scripted one."""

    def to_record(self) -> Mapping[str, Any]: ...


Answerer = Callable[[str, tuple[Any, ...]], Reply]
"""Answers a question, given the replies to the turns before it in the same conversation."""

Retriever = Callable[[str], Sequence[str]]
"""The ranked passage texts a question would be answered from."""


@dataclass(frozen=True, slots=True)
class Run:
    """What was answered, in the order of the questions; `stopped` when someone stopped it."""

    rows: tuple[Answered, ...]
    stopped: bool = False


def run(
    questions: Sequence[Question],
    answer: Answerer,
    out: Path,
    *,
    retrieve: Retriever | None = None,
    resume: bool = False,
    console: Console | None = None,
) -> Run:
    """Ask the questions and write `out/answers.jsonl`; progress goes to `console` (stderr).

    Rows of one conversation are asked in order, each with the replies before it.  What the answerer
    raises is kept as the row's `error` and the next question is asked.  Ctrl-C ends the run with
    what is done.  Raises `OSError` when `out` cannot be written."""
    out.mkdir(parents=True, exist_ok=True)
    path = out / "answers.jsonl"
    done = _kept(questions, path) if resume else {}
    console = console or Console(stderr=True)
    stopped = False
    _start(path, done.values())
    with path.open("a", encoding="utf-8") as file, _progress(console) as progress:
        task = progress.add_task("提问", total=len(questions), completed=len(done))
        missing = [question for question in questions if question.key not in done]
        try:
            for row in _ask_all(missing, answer, retrieve):
                _write(file, [row])
                done[row.question.key] = row
                progress.advance(task)
        except KeyboardInterrupt:
            stopped = True
    if stopped:
        console.print(f"已停止：完成 {len(done)}/{len(questions)} 题。接着做请加 --resume")
    return Run(tuple(done[q.key] for q in questions if q.key in done), stopped)


def read_answers(path: Path, questions: Iterable[Question]) -> dict[str, Answered]:
    """The rows of an `answers.jsonl` by question key, for those of the questions that still read
    the same.  A last line cut by a stop is left out; rows that failed are kept, with `error`."""
    known = {question.key: question for question in questions}
    found: dict[str, Answered] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            record = json.loads(line)
            asked = record.pop("asked")
            question = known.get(asked["key"])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue  # a line cut short, or not ours
        if question is None or record.get("question") != question.question:
            continue
        found[question.key] = Answered(
            question,
            record,
            Decimal(str(asked.get("elapsed_ms", 0))),
            str(asked.get("error", "")),
            tuple(asked.get("retrieved", ())),
        )
    return found


def _kept(questions: Sequence[Question], path: Path) -> dict[str, Answered]:
    """What an earlier run has answered: not its failures, nor conversations it did not finish."""
    if not path.exists():
        return {}
    found = {k: row for k, row in read_answers(path, questions).items() if not row.error}
    cut = {_conversation(q) for q in questions if q.conversation and q.key not in found}
    return {k: row for k, row in found.items() if _conversation(row.question) not in cut}


def _start(path: Path, rows: Iterable[Answered]) -> None:
    """Begin the file with the rows kept, in one step: a stop here must not lose them."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        _write(file, rows)
    fresh.replace(path)


def _conversation(question: Question) -> tuple[str, str]:
    return question.source, question.conversation


def _ask_all(
    questions: Iterable[Question], answer: Answerer, retrieve: Retriever | None
) -> Iterator[Answered]:
    histories: dict[tuple[str, str], tuple[Any, ...]] = {}
    for question in questions:
        talk = _conversation(question)
        history = histories.get(talk, ()) if question.conversation else ()
        row, reply = _ask(question, answer, history)
        if reply is not None:
            histories[talk] = (*history, reply)
        if retrieve is not None and question.cite and not row.error:
            row = replace(row, retrieved=tuple(retrieve(question.question)))
        yield row


def _ask(
    question: Question, answer: Answerer, history: tuple[Any, ...]
) -> tuple[Answered, Reply | None]:
    start = time.perf_counter()
    try:
        reply = answer(question.question, history)
        record = {**reply.to_record(), "question": question.question}
    except Exception as error:  # one question's bug must not cost the others their answers
        told = f"{type(error).__name__}: {error}"
        return Answered(question, _nothing(question), _since(start), told), None
    return Answered(question, record, _since(start)), reply


def _since(start: float) -> Decimal:
    return Decimal(str(round((time.perf_counter() - start) * 1000, 1)))


def _nothing(question: Question) -> dict[str, Any]:
    """The record of a question that got no answer because the program failed."""
    return {
        "question": question.question,
        "status": "error",
        "route": None,
        "text": "",
        "value": None,
        "unit": None,
        "items": [],
        "calculation": None,
        "citations": [],
        "notes": [],
        "elapsed_ms": None,
    }


def _write(file: TextIO, rows: Iterable[Answered]) -> None:
    for row in rows:
        file.write(json.dumps(row.to_record(), ensure_ascii=False) + "\n")
    file.flush()


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )
