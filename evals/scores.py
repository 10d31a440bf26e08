"""All metrics of a run: one row of scores a question, then means with intervals, in groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evals import metrics, retrieval
from evals.bootstrap import interval
from evals.citations import CitationCheck, check_citations
from evals.records import Answered
from evals.verdict import Verdict, expects_refusal, judge, wrong_figure

__all__ = [
    "LABELS",
    "Metric",
    "Score",
    "group_by",
    "metric_records",
    "route_confusion",
    "score",
    "shown",
    "summarise",
]

# Name, what a reader calls it, what it counts.  The definitions and sources are in the docstrings.
LABELS: Mapping[str, tuple[str, str]] = {
    "accuracy": ("准确率", "标准答案所说的全部成立的题"),
    "wrong": ("答错率", "给了回答而不对"),
    "declined": ("未答率", "有答案而说找不到，或只列出多义"),
    "wrong_figure": ("错数率", "给出了错误数字的题，占全部计分题；比未答严重"),
    "exact": ("数值精确", "换算单位后与标准数值完全相等；未答算 0"),
    "tolerant": ("数值容差", "末位半个单位以内，或相对误差 0.5 % 以内"),
    "unit": ("单位一致", "给出的单位就是要求的单位"),
    "direction": ("增减方向", "增加、减少、持平与标准一致"),
    "items_f1": ("列表 F1", "列出的项目与标准项目"),
    "items_order": ("次序全对", "项目齐全且次序一致"),
    "items_kendall": ("次序 τ", "两份次序的 Kendall τ"),
    "contains": ("要点齐全", "该有的话都有，不该有的都没有"),
    "cited": ("证据命中", "标准证据出现在某条引用里"),
    "citation_recall": ("引用召回", "数字、引文、操作数、条目有引用支持的比例"),
    "citation_precision": ("引用精确", "引用之中确有用处的比例"),
    "page": ("页码正确", "某条引用在标准页上"),
    "route": ("路由正确", "走了该类题应走的路"),
    "hit@1": ("命中@1", "首段即有证据"),
    "hit@5": ("命中@5", "前 5 段里有证据"),
    "recall@5": ("召回@5", "证据字符串在前 5 段里的比例"),
    "recall@10": ("召回@10", "证据字符串在前 10 段里的比例"),
    "hit@2000c": ("命中@2000字", "读前 2000 字能见到证据；段长不同的做法之间可比"),
    "recall@2000c": ("召回@2000字", "证据字符串在前 2000 字里的比例"),
    "mrr": ("MRR", "首个相关段名次的倒数"),
    "ndcg@10": ("nDCG@10", "相关段是否排在前面"),
    "refusal_precision": ("拒答精确", "说找不到的题里，确实没有的"),
    "refusal_recall": ("拒答召回", "确实没有的题里，说了找不到的"),
    "refusal_f1": ("拒答 F1", "两者的调和平均"),
    "latency_p50": ("延迟 p50", "毫秒，中位数"),
    "latency_p95": ("延迟 p95", "毫秒，第 95 百分位"),
    "tokens": ("词元", "对话模型读和写的词元，平均每题"),
}


@dataclass(frozen=True, slots=True)
class Score:
    """What one answered question scored: `values` by metric name, 0 to 1 (τ from -1), None where
    the metric does not speak of it."""

    row: Answered
    verdict: Verdict
    values: Mapping[str, float | None]
    citations: CitationCheck | None


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric over `n` questions with its 95 % bootstrap interval, where there is one."""

    value: float
    n: int
    low: float | None = None
    high: float | None = None


def score(row: Answered) -> Score:
    """Every metric that speaks of one question."""
    question, answer = row.question, row.answer
    verdict = judge(question, answer)
    check = check_citations(answer)
    scored = verdict.outcome != "unscored"
    values: dict[str, float | None] = {
        "accuracy": float(verdict.outcome == "correct") if scored else None,
        "wrong": float(verdict.outcome == "wrong") if scored else None,
        "declined": float(verdict.outcome in ("declined", "offered")) if scored else None,
        "wrong_figure": float(wrong_figure(question, answer)) if scored else None,
        **_figure_values(row),
        **_list_values(row),
        "contains": _contains(row),
        "cited": _number(metrics.cited(question, answer)),
        "citation_recall": check.recall if check else None,
        "citation_precision": check.precision if check else None,
        "page": _number(metrics.page_right(question, answer)),
        "route": _number(metrics.route_right(question, answer)),
        **_retrieval_values(row),
        "tokens": _tokens(answer),
    }
    return Score(row, verdict, values, check)


def summarise(scores: Sequence[Score], *, intervals: bool = True) -> dict[str, Metric]:
    """Each metric over the questions it speaks of, in the order of `LABELS`; metrics that speak of
    none are left out.  `intervals=False` saves the resampling of F1 and latency."""
    found: dict[str, Metric] = {}
    for name in LABELS:
        values = [v for s in scores if (v := s.values.get(name)) is not None]
        if values:
            limits = interval(values) or (None, None)
            found[name] = Metric(float(np.mean(values)), len(values), *limits)
    return {**found, **_refusals(scores, intervals), **_latencies(scores, intervals)}


def group_by(scores: Iterable[Score], key: str) -> dict[str, list[Score]]:
    """The scores in groups by `type`, `document` or `format` (a question about two documents is in
    both groups), groups in order of first appearance."""
    groups: dict[str, list[Score]] = {}
    for one in scores:
        for name in _group_names(one, key):
            groups.setdefault(name, []).append(one)
    return groups


def shown(name: str, value: float | None) -> str:
    """A metric's value as a person reads it.

    >>> shown("accuracy", 0.8333), shown("latency_p50", 41.26), shown("items_kendall", 0.5)
    ('83.3%', '41.3 ms', '0.50')
    """
    if value is None:
        return "—"
    if name.startswith("latency"):
        return f"{value:,.1f} ms" if value < 100 else f"{value:,.0f} ms"
    if name == "tokens":
        return f"{value:,.0f}"
    if name in ("items_kendall", "mrr", "ndcg@10"):
        return f"{value:.2f}"
    return f"{value:.1%}"


def metric_records(found: Mapping[str, Metric]) -> dict[str, dict[str, Any]]:
    """Metrics as plain values, as `metrics.json` has them: {name: {value, n, low, high}}."""
    return {
        name: {
            key: round(value, 6) if isinstance(value, float) else value
            for key, value in asdict(metric).items()
        }
        for name, metric in found.items()
    }


def route_confusion(scores: Iterable[Score]) -> dict[str, dict[str, int]]:
    """How many questions of each type took which route: {type: {route: count}}."""
    counts: dict[str, Counter[str]] = {}
    for one in scores:
        counter = counts.setdefault(one.row.question.type or "—", Counter())
        counter[str(one.row.answer.get("route") or "—")] += 1
    return {name: dict(counter) for name, counter in counts.items()}


def _group_names(one: Score, key: str) -> list[str]:
    question = one.row.question
    if key == "type":
        return [question.type or "—"]
    names = list(question.docs)
    if key == "format":
        names = [PurePath(name).suffix.lstrip(".").lower() or "—" for name in names]
    return list(dict.fromkeys(names)) or ["—"]


def _number(right: bool | None) -> float | None:
    return None if right is None else float(right)


def _figure_values(row: Answered) -> dict[str, float | None]:
    question, answer = row.question, row.answer
    values = {
        "unit": _number(metrics.unit_right(question, answer)),
        "direction": _number(metrics.direction_right(question, answer)),
    }
    if not question.gold:
        return values
    amount = metrics.value_given(question, answer)
    exact = amount is not None and metrics.exact_match(amount, question.gold)
    near = amount is not None and metrics.tolerant_match(amount, question.gold)
    return {"exact": float(exact), "tolerant": float(near), **values}


def _tokens(answer: Mapping[str, Any]) -> float | None:
    """What a chat model read and wrote for an answer; None where there is none."""
    usage = answer.get("usage")
    return float(usage["read"] + usage["written"]) if usage else None


def _list_values(row: Answered) -> dict[str, float | None]:
    wanted = row.question.items
    if not wanted:
        return {}
    labels = metrics.item_labels(row.answer)
    f1 = metrics.items_f1(wanted, labels)
    if row.question.unordered or len(wanted) < 2:
        return {"items_f1": f1}
    tau = metrics.kendall(wanted, labels)
    return {"items_f1": f1, "items_order": float(f1 == 1 and tau == 1), "items_kendall": tau}


def _contains(row: Answered) -> float | None:
    if not (row.question.contains or row.question.not_contains):
        return None
    text = str(row.answer.get("text") or "")
    return float(bool(text) and not metrics.contains_faults(row.question, text))


def _retrieval_values(row: Answered) -> dict[str, float | None]:
    ranked, cite = row.retrieved, row.question.cite
    if not (ranked and cite):
        return {}
    seen = retrieval.recall_within(ranked, cite, 2000)
    return {
        "hit@1": retrieval.hit(ranked, cite, 1),
        "hit@5": retrieval.hit(ranked, cite, 5),
        "recall@5": retrieval.recall(ranked, cite, 5),
        "recall@10": retrieval.recall(ranked, cite, 10),
        "hit@2000c": float(seen > 0),
        "recall@2000c": seen,
        "mrr": retrieval.reciprocal_rank(ranked, cite),
        "ndcg@10": retrieval.ndcg(ranked, cite, 10),
    }


# ---------------------------------------------------------------- metrics that are no means


def _refusals(scores: Sequence[Score], intervals: bool) -> dict[str, Metric]:
    """Refusal precision, recall and F1 over (refused, should refuse) pairs.

    The retrieval definitions (van Rijsbergen, Information Retrieval, 1979) with "the documents do
    not say" as the class to find: over-refusal lowers precision, answering anyway lowers recall."""
    pairs = [
        (float(s.row.answer.get("status") == "not_found"), float(expects_refusal(s.row.question)))
        for s in scores
        if s.verdict.outcome != "unscored"
    ]
    table = np.asarray(pairs, dtype=np.float64).reshape(-1, 2)
    found = {}
    for name, statistic, column in (
        ("refusal_precision", _precision, 0),
        ("refusal_recall", _recall, 1),
        ("refusal_f1", _f1, None),
    ):
        n = int(table[:, column].sum() if column is not None else table.any(axis=1).sum())
        if n:
            found[name] = _metric(pairs, n, statistic, intervals)
    return found


def _both(rows: NDArray[np.float64]) -> float:
    return float((rows[:, 0] * rows[:, 1]).sum())


def _precision(rows: NDArray[np.float64]) -> float:
    refused = float(rows[:, 0].sum())
    return _both(rows) / refused if refused else float("nan")


def _recall(rows: NDArray[np.float64]) -> float:
    wanted = float(rows[:, 1].sum())
    return _both(rows) / wanted if wanted else float("nan")


def _f1(rows: NDArray[np.float64]) -> float:
    total = float(rows.sum())
    return 2 * _both(rows) / total if total else float("nan")


def _latencies(scores: Sequence[Score], intervals: bool) -> dict[str, Metric]:
    times = [float(s.row.elapsed_ms) for s in scores if not s.row.error]
    if not times:
        return {}
    return {
        "latency_p50": _metric(times, len(times), _percentile(50), intervals),
        "latency_p95": _metric(times, len(times), _percentile(95), intervals),
    }


def _percentile(q: int) -> Callable[[NDArray[np.float64]], float]:
    return lambda rows: float(np.percentile(rows, q))


def _metric(rows: Sequence[Any], n: int, statistic: Any, intervals: bool) -> Metric:
    value = statistic(np.asarray(rows, dtype=np.float64))
    limits = interval(rows, statistic, resamples=1000) if intervals else None
    return Metric(value, n, *(limits or (None, None)))
