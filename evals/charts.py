"""Charts of the report, as inline SVG.

Widths are percentages and heights pixels, so a chart fills a telephone as well as a desk and its
lettering keeps its size.  Colours come from the page's style sheet.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from evals.scores import Metric
from evals.verdict import Outcome

__all__ = ["OUTCOMES", "accuracy_chart", "latency_chart", "outcome_chart"]

OUTCOMES: Mapping[Outcome, str] = {
    "correct": "对",
    "wrong": "错",
    "declined": "未答",
    "offered": "供选",
    "unscored": "不计",
}
_ROW, _BAR = 46, 16
_EDGES = tuple(m * 10**e for e in range(6) for m in (1, 2, 5))


def accuracy_chart(rows: Sequence[tuple[str, Metric]]) -> Markup:
    """A bar a row from 0 to 100 %, with a whisker for the 95 % interval."""
    parts = []
    for i, (name, metric) in enumerate(rows):
        y = i * _ROW
        value = f"{metric.value:.1%}"
        if metric.low is not None and metric.high is not None:
            value += f"（{metric.low:.0%}–{metric.high:.0%}）"
        parts.append(_heading(y, f"{name} · {metric.n} 题", value))
        parts.append(_rect("track", 0, y + 22, 100))
        parts.append(_rect("correct", 0, y + 22, metric.value * 100))
        if metric.low is not None and metric.high is not None:
            parts.append(_whisker(metric.low * 100, metric.high * 100, y + 22 + _BAR // 2))
    return _svg(parts, len(rows) * _ROW, "各题型准确率与 95% 区间")


def outcome_chart(rows: Sequence[tuple[str, Mapping[Outcome, int]]]) -> Markup:
    """A stacked bar a row: correct, wrong, declined."""
    parts = []
    for i, (name, counts) in enumerate(rows):
        y, x = i * _ROW, 0.0
        total = sum(counts.values())
        told = " · ".join(f"{OUTCOMES[k]} {n}" for k, n in counts.items() if n)
        parts.append(_heading(y, name, told))
        for outcome, count in counts.items():
            width = 100 * count / total if total else 0.0
            parts.append(_rect(outcome, x, y + 22, width))
            x += width
    return _svg(parts, len(rows) * _ROW, "各题型对、错、未答的题数")


def latency_chart(times: Sequence[float]) -> Markup:
    """A histogram of milliseconds over bins of 1, 2, 5, 10, 20, 50 … ms."""
    bins = [bisect_right(_EDGES, time) for time in times]
    first, last = min(bins), max(bins)
    counts = [bins.count(i) for i in range(first, last + 1)]
    width, height = 100 / len(counts), 120
    parts = []
    for i, count in enumerate(counts):
        x, tall = i * width, round(height * count / max(counts))
        top = 20 + height - tall
        parts.append(_rect("latency", x + width * 0.06, top, width * 0.88, tall))
        parts.append(_text(x + width / 2, top - 5, str(count), "middle"))
        parts.append(_text(x + width / 2, height + 38, _bin(first + i), "middle", "small"))
    return _svg(parts, height + 48, "每题耗时的分布（毫秒）")


def _bin(i: int) -> str:
    low, high = dict(enumerate(pairwise((0, *_EDGES)))).get(i, (_EDGES[-1], None))
    return f"{_milli(low)}+" if high is None else f"<{_milli(high)}"


def _milli(value: int) -> str:
    return f"{value // 1000}s" if value >= 1000 else str(value)


def _svg(parts: Sequence[Markup], height: int, title: str) -> Markup:
    frame = Markup('<svg width="100%" height="{}" role="img" aria-label="{}">{}</svg>')
    return frame.format(height, title, Markup("").join(parts))


def _heading(y: int, left: str, right: str) -> Markup:
    return _text(0, y + 15, left, "start") + _text(100, y + 15, right, "end", "value")


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> Markup:
    frame = '<text x="{:.2f}%" y="{:.0f}" text-anchor="{}" class="{}">{}</text>'
    return Markup(frame).format(x, y, anchor, kind, escape(text))


def _rect(kind: str, x: float, y: float, width: float, height: float = _BAR) -> Markup:
    frame = '<rect class="{}" x="{:.2f}%" y="{:.0f}" width="{:.2f}%" height="{:.0f}" rx="3"/>'
    return Markup(frame).format(kind, x, y, width, height)


def _whisker(low: float, high: float, y: int) -> Markup:
    line = '<line class="whisker" x1="{:.2f}%" x2="{:.2f}%" y1="{}" y2="{}"/>'
    across = Markup(line).format(low, high, y, y)
    ends = (Markup(line).format(x, x, y - 5, y + 5) for x in (low, high))
    return across + Markup("").join(ends)
