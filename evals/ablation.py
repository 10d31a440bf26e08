"""What each part of the pipeline earns: the metrics of the whole beside those of simpler ways.

row = ablation_row("words", "只用词", theirs, ours, total=60)
row.lost, row.won, row.p  ->  (9, 1, 0.0215): the whole answers 9 more questions, misses 1
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from evals.bootstrap import sign_test
from evals.comparison import Comparison, compare
from evals.scores import LABELS, Metric, Score, metric_records, shown, summarise

__all__ = [
    "AblationRow",
    "ablation_lines",
    "ablation_record",
    "ablation_row",
    "ablation_table",
    "change_lines",
]

_METRICS = (
    "accuracy",
    "wrong_figure",
    "declined",
    "exact",
    "contains",
    "cited",
    "citation_precision",
    "citation_recall",
    "refusal_f1",
    "hit@5",
    "recall@10",
    "hit@2000c",
    "recall@2000c",
    "mrr",
    "ndcg@10",
    "latency_p50",
    "tokens",
)


@dataclass(frozen=True, slots=True)
class AblationRow:
    """One way of answering: its metrics over all questions; `lost` counts those only the whole
    pipeline answers correctly, `won` those only this way does, `p` the sign test of the two (how
    likely a split this uneven is by chance); `answered` and `errors` count questions; `changes` are
    the questions that it answers otherwise than the whole."""

    name: str
    title: str
    overall: Mapping[str, Metric]
    lost: int
    won: int
    p: float
    answered: int
    errors: int
    changes: Comparison | None = None


def ablation_row(
    name: str, title: str, theirs: Sequence[Score], ours: Sequence[Score], total: int
) -> AblationRow:
    """The row of one way of answering against the whole; `total` questions were to be asked."""
    right = {s.row.question.key for s in ours if s.verdict.outcome == "correct"}
    asked = {s.row.question.key for s in theirs}
    mine = {s.row.question.key for s in theirs if s.verdict.outcome == "correct"}
    lost, won = len((right & asked) - mine), len(mine - right)
    errors = sum(bool(s.row.error) for s in theirs)
    answered = min(len(theirs), total)
    changes = compare({s.row.question.key: s for s in ours}, theirs)
    p = sign_test(won, lost)
    return AblationRow(name, title, summarise(theirs), lost, won, p, answered, errors, changes)


def ablation_record(row: AblationRow) -> dict[str, Any]:
    """A row as it stands in `metrics.json`."""
    return {
        "name": row.name,
        "title": row.title,
        "answered": row.answered,
        "errors": row.errors,
        "lost": row.lost,
        "won": row.won,
        "p": round(row.p, 6),
        **{kind: [key for key, _ in found] for kind, found in _changed(row).items()},
        "overall": metric_records(row.overall),
    }


def change_lines(row: AblationRow) -> list[str]:
    """What one way answers otherwise than the whole, a question a line."""
    said = {"fixed": "改对", "broken": "改错", "changed": "换了说法"}
    return [
        f"{said[kind]} {key} {question}"
        for kind, found in _changed(row).items()
        for key, question in found
    ]


def _changed(row: AblationRow) -> dict[str, list[tuple[str, str]]]:
    kinds = ("fixed", "broken", "changed")
    if row.changes is None:
        return {kind: [] for kind in kinds}
    questions = {kind: [c.after.row.question for c in getattr(row.changes, kind)] for kind in kinds}
    return {kind: [(q.key, q.question) for q in found] for kind, found in questions.items()}


def ablation_lines(rows: Sequence[AblationRow]) -> list[tuple[str, tuple[str, ...]]]:
    """The table, a metric a line: its name and its value in every row; metrics that no row has are
    left out."""
    names = [name for name in _METRICS if any(name in row.overall for row in rows)]
    lines = [(LABELS[name][0], tuple(_value(row, name) for row in rows)) for name in names]
    others = rows[1:]
    return [
        *lines,
        ("只有本系统对", ("—", *(str(row.lost) for row in others))),
        ("只有它对", ("—", *(str(row.won) for row in others))),
        ("p（符号检验）", ("—", *(f"{row.p:.3f}" for row in others))),
    ]


def ablation_table(rows: Sequence[AblationRow]) -> Table:
    """The table the terminal prints."""
    title = f"消融：{rows[0].answered} 题，各做法同题对照"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    table.add_column("指标", no_wrap=True)
    for row in rows:
        table.add_column(row.title, justify="right")
    for name, cells in ablation_lines(rows):
        table.add_row(name, *cells)
    return table


def _value(row: AblationRow, name: str) -> str:
    metric = row.overall.get(name)
    return shown(name, metric.value if metric else None)
