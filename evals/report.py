"""The report: one HTML file that needs no network and runs nothing but its own script.

Everything from questions, answers and documents is data and is escaped; a content security policy
with the script's hash holds should an escape ever be missed.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from evals.ablation import ablation_lines
from evals.charts import OUTCOMES, accuracy_chart, latency_chart, outcome_chart
from evals.comparison import Comparison
from evals.evaluation import GROUPS, Evaluation, outcomes
from evals.metrics import expected_route
from evals.records import Question
from evals.scores import LABELS, Metric, Score, group_by, route_confusion, shown

__all__ = ["render_report"]

_TEMPLATES = Path(__file__).parent / "templates"
_TYPE_NAMES = {
    "lookup": "查数",
    "calculate": "计算",
    "rank": "排名",
    "why": "原因",
    "describe": "说明",
    "compare": "比较",
    "ambiguous": "多义",
    "premise": "前提",
    "check": "核对",
    "refuse": "拒答",
}
_ROUTES = {"calculator": "计算", "passages": "检索", "—": "无"}
_STATUS = {"answered": "已答", "ambiguous": "多义", "not_found": "找不到", "error": "出错"}
_CARDS = ("accuracy", "wrong_figure", "declined", "citation_recall", "citation_precision")
_COLUMNS = (
    "accuracy",
    "wrong",
    "declined",
    "wrong_figure",
    "exact",
    "contains",
    "items_f1",
    "cited",
    "citation_recall",
    "citation_precision",
    "page",
    "route",
    "latency_p50",
)


def render_report(evaluation: Evaluation) -> str:
    """The whole report as HTML (UTF-8)."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["type_name"] = lambda name: _TYPE_NAMES.get(name, name or "—")
    environment.filters["route_name"] = lambda name: _ROUTES.get(name, name)
    environment.filters["gold"] = _gold
    environment.filters["place"] = _place
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    return environment.get_template("report.html").render(
        style=Markup((_TEMPLATES / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=_hash(script),
        evaluation=evaluation,
        outcome_names=OUTCOMES,
        status_names=_STATUS,
        counts=outcomes(evaluation.scores),
        cards=[_card(name, evaluation.overall) for name in _CARDS if name in evaluation.overall],
        charts=_charts(evaluation),
        overall=[_row(name, metric) for name, metric in evaluation.overall.items()],
        groups=_groups(evaluation),
        routes=_routes(evaluation),
        comparison=_comparison(evaluation.comparison),
        ablation=_ablation(evaluation),
        types=list(evaluation.groups["type"]),
    )


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode()


def _gold(question: Question) -> list[tuple[str, str]]:
    """What is known of the right answer, as (name, value) rows."""
    figures = [f"{amount.value} {amount.unit}".strip() for amount in question.gold]
    order = "（次序不论）" if question.unordered else ""
    rows = [
        ("数值", " 或 ".join(figures)),
        ("项目", "、".join(question.items) + (order if question.items else "")),
        ("应有", "；".join(" / ".join(clause) for clause in question.contains)),
        ("不应有", "；".join(" / ".join(clause) for clause in question.not_contains)),
        ("证据", " / ".join(question.cite)),
        ("页", "" if question.page is None else str(question.page)),
        ("拒答", "应当说明文件里没有" if question.refuse or question.type == "refuse" else ""),
        ("文件", "、".join(question.docs)),
    ]
    return [(name, value) for name, value in rows if value]


def _place(citation: Mapping[str, Any]) -> str:
    """Where a citation stands, from the document down to the cell."""
    page, section, table = (citation.get(key) for key in ("page", "section", "table"))
    if table and str(table) in str(section or ""):
        table = None  # 表8 一般公共预算支出表 says it already
    told = (
        citation.get("document"),
        f"第 {page} 页" if page is not None else "",
        section,
        table,
        citation.get("row"),
        citation.get("column"),
    )
    return " › ".join(str(part) for part in told if part)


def _card(name: str, found: Mapping[str, Metric]) -> dict[str, str]:
    return _row(name, found[name])


def _row(name: str, metric: Metric) -> dict[str, str]:
    label, meaning = LABELS[name]
    limits = ""
    if metric.low is not None and metric.high is not None:
        limits = f"{shown(name, metric.low)} – {shown(name, metric.high)}"
    value = shown(name, metric.value)
    return {
        "name": name,
        "label": label,
        "meaning": meaning,
        "value": value,
        "limits": limits,
        "n": str(metric.n),
    }


def _charts(evaluation: Evaluation) -> list[tuple[str, Markup]]:
    def named(name: str) -> str:
        return _TYPE_NAMES.get(name, name)

    groups = evaluation.groups["type"].items()
    accuracies = [(named(k), found["accuracy"]) for k, found in groups if "accuracy" in found]
    stacks = [
        (named(k), outcomes(scores)) for k, scores in group_by(evaluation.scores, "type").items()
    ]
    times = [float(s.row.elapsed_ms) for s in evaluation.scores if not s.row.error]
    charts = []
    if accuracies:
        charts.append(("各题型准确率（95% 区间）", accuracy_chart(accuracies)))
    if stacks:
        charts.append(("对 / 错 / 未答", outcome_chart(stacks)))
    if times:
        charts.append(("每题耗时（毫秒）", latency_chart(times)))
    return charts


def _groups(evaluation: Evaluation) -> list[dict[str, Any]]:
    """One table a way of grouping; columns no group has are left out."""
    tables = []
    for key, title in GROUPS.items():
        groups = evaluation.groups[key]
        columns = [c for c in _COLUMNS if any(c in found for found in groups.values())]
        rows = [
            (
                _TYPE_NAMES.get(name, name) if key == "type" else name,
                found["accuracy"].n if "accuracy" in found else 0,
                [shown(c, found[c].value if c in found else None) for c in columns],
            )
            for name, found in groups.items()
        ]
        labels = [LABELS[column][0] for column in columns]
        tables.append({"title": f"按{title}", "head": title, "columns": labels, "rows": rows})
    return tables


def _routes(evaluation: Evaluation) -> dict[str, Any]:
    confusion = route_confusion(evaluation.scores)
    seen = {route for counts in confusion.values() for route in counts}
    columns = sorted(seen, key=lambda route: (route == "—", route))
    rows = []
    for kind, counts in confusion.items():
        expected = expected_route(Question("", type=kind))
        cells = [(counts.get(c, 0), _judged(c, expected, counts.get(c, 0))) for c in columns]
        rows.append((_TYPE_NAMES.get(kind, kind), cells, _ROUTES.get(expected or "", "皆可")))
    return {"columns": [_ROUTES.get(c, c) for c in columns], "rows": rows}


def _judged(route: str, expected: str | None, count: int) -> str:
    if expected is None or not count:
        return ""
    return "good" if route == expected else "bad"


def _comparison(comparison: Comparison | None) -> dict[str, Any] | None:
    if comparison is None:
        return None
    titles = {"broken": "弄坏", "fixed": "修好", "changed": "回答有变"}
    sections = [
        (kind, title, [(c.before, c.after, _said(c.before), _said(c.after)) for c in changes])
        for kind, title in titles.items()
        for changes in [getattr(comparison, kind)]
    ]
    return {"sections": sections, "same": comparison.same, "new": comparison.new, "p": comparison.p}


def _ablation(evaluation: Evaluation) -> dict[str, Any] | None:
    rows = evaluation.ablation
    if not rows:
        return None
    return {"columns": [row.title for row in rows], "rows": ablation_lines(rows)}


def _said(score: Score) -> str:
    record = score.row.answer
    text = str(record.get("text") or score.row.error or "（无回答）")
    if record.get("value") is None:
        return text
    return f"{text}\n数值：{record['value']} {record.get('unit') or ''}"
