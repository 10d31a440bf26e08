"""Tables of a page: ruling lines → cells → grids with their merged cells.

The algorithm is pdfplumber's (`edges → intersections → cells → tables`, after Anssi Nurminen's
thesis, 2013), fed with the rules a reader sees: white backgrounds and page borders are left out,
and a missing left or right border is added.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pdfplumber.page import Page
from pdfplumber.table import (
    cells_to_tables,
    edges_to_intersections,
    intersections_to_cells,
    merge_edges,
)

from index.loaders.pdf_rows import unruled_rows
from index.loaders.pdf_words import Box, Word, glued, joined, lines_of, slices
from index.model import Grid, GridCell, Source

__all__ = ["Rule", "in_columns_of", "rule", "ruled_grids", "rules_of_page"]

# A rule: orientation "h" or "v" and its ends; the shape pdfplumber's functions expect.
Rule = dict[str, Any]
Place = tuple[int, int]  # row and column of a cell's upper left corner
_SNAP = 3.0
# The points of a quadrilateral that is closed, and how many curves of a page are taken for frames.
_CORNERS, _OUTLINES = 5, 300
_NUMBER = re.compile(r"[-−△▲(（]?\d[\d,，.]*[%％)）]?")
_FIGURE_BROKEN = re.compile(r"[-−△\d,.\s]+")
_ONE_FIGURE = re.compile(r"[-−△]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,6})?[%％]?")


def rule(x0: float, top: float, x1: float, bottom: float) -> Rule:
    """A rule between two points, horizontal if it is wider than high."""
    orientation = "h" if x1 - x0 >= bottom - top else "v"
    if orientation == "h":
        top = bottom = (top + bottom) / 2
    else:
        x0 = x1 = (x0 + x1) / 2
    box = {"x0": x0, "x1": x1, "top": top, "bottom": bottom}
    return {"orientation": orientation, **box, "width": x1 - x0, "height": bottom - top}


def rules_of_page(page: Page) -> list[Rule]:
    """The rules a reader sees on a page: lines, thin rectangles, edges of visible rectangles."""
    found = [rule(o["x0"], o["top"], o["x1"], o["bottom"]) for o in page.lines if _is_straight(o)]
    for shape in page.rects:
        box = (shape["x0"], shape["top"], shape["x1"], shape["bottom"])
        if _is_white(shape):
            continue
        found += [rule(*box)] if min(shape["width"], shape["height"]) < _SNAP else _frame(*box)
    # A border with mitred corners is a thin quadrilateral, one for each side of each cell; many other
    # curves are letters drawn as outlines.
    borders = [
        c for c in page.curves if len(c["pts"]) <= _CORNERS and _is_straight(c) and not _is_white(c)
    ]
    found += [rule(c["x0"], c["top"], c["x1"], c["bottom"]) for c in borders]
    if len(page.curves) - len(borders) < _OUTLINES:
        edges = (e for e in page.curve_edges if _is_straight(e))
        found += [rule(e["x0"], e["top"], e["x1"], e["bottom"]) for e in edges]
    return list(_on_page(found, float(page.width), float(page.height)))


def _is_straight(shape: Rule) -> bool:
    return bool(min(shape["x1"] - shape["x0"], shape["bottom"] - shape["top"]) < _SNAP)


def _frame(x0: float, top: float, x1: float, bottom: float) -> list[Rule]:
    level = [rule(x0, y, x1, y) for y in (top, bottom)]
    return level + [rule(x, top, x, bottom) for x in (x0, x1)]


def _is_white(shape: Rule) -> bool:
    """A rectangle painted white without a border is a background: nobody sees it."""
    colour = shape.get("non_stroking_color")
    if shape.get("stroke") or not shape.get("fill") or colour is None:
        return False
    parts = tuple(colour) if isinstance(colour, list | tuple) else (colour,)
    return parts in ((1,), (1, 1, 1), (0, 0, 0, 0))


def _on_page(rules: Iterable[Rule], width: float, height: float) -> Iterator[Rule]:
    """The parts of rules inside the page, without those on its border."""
    for r in rules:
        x0, x1 = max(r["x0"], 0.0), min(r["x1"], width)
        top, bottom = max(r["top"], 0.0), min(r["bottom"], height)
        at, end = (top, height) if r["orientation"] == "h" else (x0, width)
        if x0 <= x1 and top <= bottom and 2 < at < end - 2:
            yield rule(x0, top, x1, bottom)


# ---------------------------------------------------------------- ruled tables


def ruled_grids(
    name: str, page: int, rules: list[Rule], words: Sequence[Word]
) -> tuple[list[Grid], list[Word]]:
    """The grids of a page from its rules, and the words that stand in none of them."""
    rules = _closed(merge_edges(rules, _SNAP, _SNAP, _SNAP, _SNAP)) if rules else []
    cells = intersections_to_cells(edges_to_intersections(rules, _SNAP, _SNAP)) if rules else []
    grids, rest = [], list(words)
    for boxes in cells_to_tables(cells):
        bounds = _bounds(boxes)
        inside = [word for word in rest if _within(word, bounds)]
        found = unruled_rows([_box(b) for b in boxes], inside)
        grid = _grid(name, page, found, inside) if inside else None
        if grid:
            grids.append(grid)
            taken = set(map(id, inside))
            rest = [word for word in rest if id(word) not in taken]
    return grids, rest


def _closed(rules: list[Rule]) -> list[Rule]:
    """Rules with the left or right border that a table open at its sides does not print."""
    level = [r for r in rules if r["orientation"] == "h"]
    upright = [r for r in rules if r["orientation"] == "v"]
    added: list[Rule] = []
    for end in ("x0", "x1"):
        for at in {round(r[end]) for r in level}:
            same = [r for r in level if abs(r[end] - at) <= _SNAP]
            if len(same) < 3 or any(abs(a["x0"] - at) <= _SNAP for a in (*upright, *added)):
                continue
            top, bottom = min(r["top"] for r in same), max(r["top"] for r in same)
            crossing = [v for v in upright if v["bottom"] > top and v["top"] < bottom]
            if any(same[0]["x0"] - 1 <= v["x0"] <= same[0]["x1"] + 1 for v in crossing):
                added.append(rule(same[0][end], top, same[0][end], bottom))
    return rules + added


def _box(values: Sequence[float]) -> Box:
    x0, top, x1, bottom = (round(float(v), 1) for v in values)
    return x0, top, x1, bottom


def _bounds(boxes: Sequence[Sequence[float]]) -> Box:
    x0, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    x1, bottom = max(b[2] for b in boxes), max(b[3] for b in boxes)
    return float(x0), float(top), float(x1), float(bottom)


def _within(word: Word, box: Sequence[float]) -> bool:
    return box[0] <= (word.x0 + word.x1) / 2 <= box[2] and box[1] <= word.middle <= box[3]


def _steps(values: Iterable[float]) -> list[float]:
    """The distinct positions among coordinates; those within the tolerance are one."""
    steps: list[float] = []
    for value in sorted(values):
        if not steps or value - steps[-1] > 1.0:
            steps.append(value)
    return steps


def _grid(name: str, page: int, boxes: Sequence[Box], words: Sequence[Word]) -> Grid | None:
    """Cells and the words inside as a grid; `None` for a frame around text (one column)."""
    xs = _steps(x for b in boxes for x in (b[0], b[2]))
    ys = _steps(y for b in boxes for y in (b[1], b[3]))
    if len(xs) <= 2:
        return None
    places: dict[Place, Box] = {}
    owner: dict[Place, Place] = {}
    for box in boxes:
        rows = range(_at(ys, box[1]), _at(ys, box[3]))
        cols = range(_at(xs, box[0]), _at(xs, box[2]))
        places[rows.start, cols.start] = box
        owner |= {(r, c): (rows.start, cols.start) for r in rows for c in cols}
    inside = _words_by_cell(words, xs, ys, owner)
    indents = _indents(places, inside)

    def cell(r: int, c: int) -> GridCell | None:
        if owner.get((r, c), (r, c)) != (r, c):
            return None
        x0, top, x1, bottom = places.get((r, c), (xs[c], ys[r], xs[c + 1], ys[r + 1]))
        return GridCell(
            cell_text(inside.get((r, c), [])),
            rowspan=max(_at(ys, bottom) - r, 1),
            colspan=max(_at(xs, x1) - c, 1),
            indent=indents.get((r, c), 0),
            source=Source(name, page=page, bbox=_box((x0, top, x1, bottom))),
        )

    rows_made = tuple(tuple(cell(r, c) for c in range(len(xs) - 1)) for r in range(len(ys) - 1))
    bands = [_box((xs[0], top, xs[-1], bottom)) for top, bottom in pairwise(ys)]
    sources = tuple(Source(name, page=page, bbox=band) for band in bands)
    whole = Source(name, page=page, bbox=_box((xs[0], ys[0], xs[-1], ys[-1])))
    return Grid(rows_made, sources, whole)


def _at(steps: Sequence[float], value: float) -> int:
    return max(bisect_right(steps, value + 0.01) - 1, 0)


def _words_by_cell(
    words: Sequence[Word],
    xs: Sequence[float],
    ys: Sequence[float],
    owner: dict[Place, Place],
) -> dict[Place, list[Word]]:
    """Each cell's words.  A word over a border is cut there, unless it is one figure that its
    narrow column cannot hold."""
    found: dict[Place, list[Word]] = {}
    for word in words:
        row = min(_at(ys, word.middle), len(ys) - 2)
        cells = [owner.get((row, c), (row, c)) for c in range(len(xs) - 1)]
        edges = [x for x, (a, b) in zip(xs[1:-1], pairwise(cells), strict=True) if a != b]
        pieces = [word] if _ONE_FIGURE.fullmatch(word.text) else slices(word, edges)
        for piece in pieces:
            col = min(_at(xs, (piece.x0 + piece.x1) / 2), len(xs) - 2)
            found.setdefault(owner.get((row, col), (row, col)), []).append(piece)
    return found


def cell_text(words: Sequence[Word]) -> str:
    """The text of a cell: its lines joined, a figure broken over two lines kept in two.

    Such a figure is put together where text becomes a number (`index.figures`).
    """
    lines = [joined(line) for line in lines_of(words)]
    if len(lines) > 1 and _FIGURE_BROKEN.fullmatch("".join(lines)):
        return "\n".join(lines)
    text = ""
    for line in lines:
        text = glued(text, line)
    return text


def _indents(places: dict[Place, Box], inside: dict[Place, list[Word]]) -> dict[Place, int]:
    """How far the texts of a left-aligned column are indented, in characters.

    A column has indentation to speak of if its texts begin at two to four distances, each shared;
    centred texts begin anywhere.
    """
    columns: dict[int, list[tuple[int, float, bool]]] = {}
    for (r, c), words in inside.items():
        text = "".join(w.text for w in words)
        if (r, c) not in places or _NUMBER.fullmatch(text):
            continue
        box, first = places[r, c], lines_of(words)[0]
        left, right, size = first[0].x0 - box[0], box[2] - first[-1].x1, first[0].size
        middle = left >= size and abs(left - right) <= size
        columns.setdefault(c, []).append((r, left / size, middle))
    result: dict[Place, int] = {}
    for c, found in columns.items():
        # A text that stands in the middle by chance begins where others do.
        begins = {round(left, 1) for _, left, middle in found if not middle}
        cells = [(r, left) for r, left, middle in found if not middle or round(left, 1) in begins]
        if not cells:
            continue
        base = min(left for _, left in cells)
        steps = Counter(round(left - base) for _, left in cells)
        if 2 <= len(steps) <= 4 and min(steps.values()) >= 2 and max(steps) <= 8:
            result |= {(r, c): round(left - base) for r, left in cells}
    return result


def in_columns_of(before: Grid, grid: Grid) -> Grid:
    """A grid on the next page in the columns of the one before, where it goes on between the same
    borders and its own cells, merged ones, do not show all of them."""
    xs, own = _borders(before), _borders(grid)
    fitting = all(any(abs(x - other) <= _SNAP for other in xs) for x in own)
    if (
        not fitting
        or not 2 <= len(own) < len(xs)
        or not (before.merges_known and grid.merges_known)
    ):
        return grid
    if abs(own[0] - xs[0]) > _SNAP or abs(own[-1] - xs[-1]) > _SNAP:
        return grid
    starts = [_at(xs, x + _SNAP) for x in own]
    rows = []
    for row in grid.rows:
        cells: list[GridCell | None] = [None] * (len(xs) - 1)
        for c, cell in enumerate(row):
            if cell:
                span = starts[min(c + cell.colspan, len(own) - 1)] - starts[c]
                cells[starts[c]] = replace(cell, colspan=span)
        rows.append(tuple(cells))
    return replace(grid, rows=tuple(rows))


def _borders(grid: Grid) -> list[float]:
    sources = [cell.source for row in grid.rows for cell in row if cell and cell.source]
    return _steps(x for source in sources if source.bbox for x in source.bbox[::2])
