"""Runs question sets over their documents: what was right, offered, declined or wrong, and where a
miss was lost.

Documents are read once and kept: a store a set, read again only when the reading code changes.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from evals.bootstrap import interval
from evals.citations import check_citations
from evals.real.sets import QuestionSet
from evals.real.stages import stage_of
from evals.records import Question
from evals.verdict import judge
from index.build import index_paths
from index.embedding import DEFAULT_MODEL, HashingEncoder
from index.library import Library
from qa import Answer, ask

__all__ = [
    "OUTCOMES",
    "Row",
    "SetRun",
    "changes",
    "lost",
    "read_run",
    "run_set",
    "shares",
    "write_run",
]

OUTCOMES = ("correct", "offered", "declined", "wrong")


@dataclass(frozen=True, slots=True)
class Row:
    """One question, answered and judged.  `stage` is where a miss was lost; `""` where it was none.

    `supported` and `statements` count what the answer claims and how much of it its citations hold."""

    key: str
    set: str
    type: str
    writer: str
    question: str
    outcome: str
    reasons: tuple[str, ...] = ()
    stage: str = ""
    supported: int = 0
    statements: int = 0
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SetRun:
    """A set, run: its rows, in the order of the questions."""

    name: str
    documents: int
    rows: tuple[Row, ...]


def run_set(
    one: QuestionSet,
    stores: Path,
    progress: Callable[[str], None] = lambda _: None,
    *,
    stages: bool = True,
    model: str = "",
) -> SetRun:
    """Ask a set over one store of all its documents, with the stand-in encoder or that of `model`.

    `stores` is the folder where stores are kept from one run to the next; `progress` is told what
    is being done.  With `stages`, every miss is traced to the stage that lost it."""
    encoder = None if model else HashingEncoder()
    with Library.open(stores / one.name, encoder=encoder, model=model or DEFAULT_MODEL) as library:
        wanted = {file.name for file in one.files}
        for document in library.documents():
            if document.name not in wanted:
                library.remove(document.name)
        for report in index_paths(list(one.files), library):
            progress(f"{one.name}：{report.document}")
        progress(f"{one.name}：提问")
        rows = tuple(_asked(one, library, stages))
    return SetRun(one.name, len(one.files), rows)


def _asked(one: QuestionSet, library: Library, stages: bool) -> Iterable[Row]:
    history: dict[str, tuple[Answer, ...]] = {}
    for question in one.questions():
        before = history.get(question.conversation, ()) if question.conversation else ()
        answer = ask(question.question, library, history=before)
        history[question.conversation] = (*before, answer)
        yield _judged(one, question, answer, library, stages)


def _judged(
    one: QuestionSet, question: Question, answer: Answer, library: Library, stages: bool
) -> Row:
    record = answer.to_record()
    verdict = judge(question, record)
    missed = verdict.outcome not in ("correct", "unscored")
    checked = check_citations(record)
    return Row(
        question.key,
        one.name,
        question.type,
        question.writer or one.writer,
        question.question,
        verdict.outcome,
        verdict.reasons,
        stage_of(question, record, library) if missed and stages else "",
        checked.supported if checked else 0,
        checked.statements if checked else 0,
        record,
    )


def shares(rows: Sequence[Row]) -> dict[str, tuple[float, tuple[float, float] | None]]:
    """The share of each outcome, with its 95 % bootstrap interval over the questions."""
    return {
        outcome: (
            sum(row.outcome == outcome for row in rows) / len(rows),
            interval([float(row.outcome == outcome) for row in rows]),
        )
        for outcome in OUTCOMES
        if rows
    }


def changes(before: Iterable[Row], after: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """What was mended and what broke: rows of `after` that became right, and that no longer are."""
    was = {row.key: row.outcome == "correct" for row in before}
    known = [row for row in after if row.key in was]
    mended = [row for row in known if row.outcome == "correct" and not was[row.key]]
    return mended, [row for row in known if row.outcome != "correct" and was[row.key]]


def lost(rows: Iterable[Row]) -> Counter[str]:
    """How many misses each stage lost."""
    return Counter(row.stage for row in rows if row.stage)


def write_run(runs: Iterable[SetRun], path: Path) -> None:
    """Store a run, one JSON object a row, for `--against`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(asdict(row), ensure_ascii=False) for run in runs for row in run.rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def read_run(path: Path) -> tuple[Row, ...]:
    """The rows of a stored run.  Raises `OSError`, `ValueError` or `TypeError` for another file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(Row(**json.loads(line)) for line in lines if line.strip())
