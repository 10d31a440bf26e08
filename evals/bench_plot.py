"""The plot of the growth benchmark: times over the size of the store, both logarithmic, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any
from xml.sax.saxutils import escape

__all__ = ["growth_plot"]

# What is drawn, its name, its colour: four that are told apart without red and green.
_LINES = (
    ("index_ms", "建索引（每个文件）", "#6b4fa0"),
    ("first_ms", "变动后首问", "#b8731a"),
    ("passages_ms", "检索作答", "#1f78a8"),
    ("calculator_ms", "计算作答", "#17805c"),
)
_WIDTH, _HEIGHT = 860, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 190, 46, 50
_FONT = "font-family='system-ui, Noto Sans CJK SC, sans-serif' font-size='13'"


def growth_plot(rows: Sequence[Mapping[str, Any]]) -> str:
    """An SVG file's text; `rows` are `evals.bench.Growth` as mappings, smallest store first."""
    sizes = [log10(row["documents"]) for row in rows]
    times = [row[key] for row in rows for key, _, _ in _LINES if row[key] > 0] or [1.0]
    low, high = floor(log10(min(times))), ceil(log10(max(times)))
    high = max(high, low + 1)
    wide = max(sizes[-1] - sizes[0], 0.01)

    def x(size: float) -> float:
        return _LEFT + (size - sizes[0]) / wide * (_WIDTH - _LEFT - _RIGHT)

    def y(time: float) -> float:
        return _TOP + (high - log10(time)) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [_text(_LEFT, 24, "耗时随库的大小（对数轴，毫秒）", "start", "#222", "600")]
    for power in range(low, high + 1):
        parts.append(_line(_LEFT, y(10**power), _WIDTH - _RIGHT, y(10**power), "#e2e0da"))
        parts.append(_text(_LEFT - 8, y(10**power) + 4, f"{10**power:g}", "end", "#666"))
    for row, size in zip(rows, sizes, strict=True):
        parts.append(_text(x(size), _HEIGHT - 24, f"{row['documents']:,} 个文件", "middle", "#666"))
    ends: list[tuple[float, float, str, str]] = []
    for key, name, colour in _LINES:
        points = [(x(s), y(r[key])) for r, s in zip(rows, sizes, strict=True) if r[key] > 0]
        if points:
            parts += _series(points, colour)
            ends.append((points[-1][1], points[-1][0], name, colour))
    taken: list[float] = []
    for height, right, name, colour in sorted(ends):
        taken.append(_free(height, taken))
        parts.append(_text(right + 12, taken[-1] + 4, name, "start", colour, "600"))
    body = "\n".join(parts)
    size_ = f"viewBox='0 0 {_WIDTH} {_HEIGHT}' width='{_WIDTH}' height='{_HEIGHT}'"
    back = f"<rect width='{_WIDTH}' height='{_HEIGHT}' fill='#ffffff'/>"
    return f"<svg xmlns='http://www.w3.org/2000/svg' {size_} role='img'>\n{back}\n{body}\n</svg>\n"


def _series(points: Sequence[tuple[float, float]], colour: str) -> list[str]:
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in points)
    line = f"<polyline points='{path}' fill='none' stroke='{colour}' stroke-width='2.5'/>"
    dots = [f"<circle cx='{px:.1f}' cy='{py:.1f}' r='4' fill='{colour}'/>" for px, py in points]
    return [line, *dots]


def _free(wanted: float, taken: Sequence[float]) -> float:
    """The nearest height below or at `wanted` where a name does not cover another."""
    while any(abs(wanted - other) < 16 for other in taken):
        wanted += 4
    return wanted


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    at = f"x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}'"
    return f"<line {at} stroke='{colour}'/>"


def _text(x: float, y: float, text: str, anchor: str, colour: str, weight: str = "400") -> str:
    at = f"x='{x:.1f}' y='{y:.1f}' text-anchor='{anchor}' fill='{colour}' font-weight='{weight}'"
    return f"<text {at} {_FONT}>{escape(text)}</text>"
