"""The table normaliser: grids as printed in, tables as meant out, whatever the format.

`pieces → stitched → columns → parts side by side → rows`: a table continued on later pages becomes
one, two tables printed side by side become two, header rows of any depth become one column path a
column, and rows get their hierarchy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, takewhile

from index.captions import Cells, Piece, pieces, says_empty, squeeze
from index.figures import read_figure
from index.headers import (
    CODE,
    aligned,
    columns,
    header_depth,
    spanned,
    split_points,
    tidy,
)
from index.hierarchy import Line, bare_label, is_total_label, places
from index.indicators import indicator_row
from index.model import Column, Document, Figure, Grid, GridCell, Row, Table
from index.subtotals import adds_up_above, adds_up_below
from index.vocabulary import pattern

__all__ = ["normalise"]

_SUBJECT = r"[1235]\d{2}(?:\d{2}){0,2}"
_UNFINISHED = re.compile(r"[。；！？.;!?]$")


def normalise(document: Document) -> tuple[Table, ...]:
    """The tables of a document in order; each has an id unique in the store."""
    text = _words(document)
    forms = [part for piece in pieces(document) for part in _forms(piece)]
    stitched = list(_stitched(list(_with_form_captions(forms)), text))
    codes = _codes_by_name(stitched)
    tables: list[Table] = []
    for piece in stitched:
        for part in _side_by_side(piece):
            tables.append(_table(part, f"{document.name}#{len(tables) + 1}", codes))
    return tuple(t for t in tables if t.rows or t.empty)


def _words(document: Document) -> str:
    """All a document says without blanks: its prose on one line, then a line a cell."""
    prose = "".join(b.text for b in document.blocks if not isinstance(b, Grid))
    grids = (block for block in document.blocks if isinstance(block, Grid))
    cells = {bare_label(c.text) for grid in grids for row in grid.rows for c in row if c}
    return "\n".join([squeeze(prose), *map(squeeze, sorted(cells)), ""])


# ---------------------------------------------------------------- pieces into whole tables


def _forms(piece: Piece) -> Iterator[Piece]:
    """A form with several heads (绩效目标表: tasks, then indicators) as one piece a head."""
    start = 0
    for r in range(1, len(piece.rows)):
        if _has_form_head(piece.rows[r]):
            yield _rows(piece, start, r)
            start = r
    yield _rows(piece, start, len(piece.rows))


def _rows(piece: Piece, start: int, end: int) -> Piece:
    """Rows `start` to `end` of a piece; a later part continues the caption of the first."""
    source = piece.sources[start] if start else piece.source
    note = piece.note if end == len(piece.rows) else ""
    rows, sources = piece.rows[start:end], piece.sources[start:end]
    caption = replace(piece.caption, own=True) if start else piece.caption
    return replace(piece, rows=rows, sources=sources, source=source, note=note, caption=caption)


def _with_form_captions(parts: Sequence[Piece]) -> Iterator[Piece]:
    """Pieces that are a later part of a form (its indicators, on another page) under its caption."""
    held: Piece | None = None
    for piece in parts:
        if (
            held
            and not piece.caption.title
            and piece.section == held.section
            and _has_form_head(piece.rows[0])
        ):
            own = replace(held.caption, own=True, continued=False)
            yield replace(piece, caption=own)
            continue
        held = piece if piece.caption.title else held
        yield piece


def _has_form_head(row: Cells) -> bool:
    texts = [squeeze(cell.text) for cell in row if cell and cell.text.strip()]
    heads = sum(1 for text in texts if pattern("tables", "section_headers").search(text))
    return heads >= 2 and len(texts) >= 3


def _stitched(parts: Sequence[Piece], text: str) -> Iterator[Piece]:
    """Pieces that continue the one before joined to it; their repeated heads dropped."""
    held: Piece | None = None
    for piece in parts:
        if held and _continues(held, piece):
            held = _joined(held, piece, text)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def _continues(before: Piece, piece: Piece) -> bool:
    """Whether a piece is the rest of the table before it."""
    a, b = before.caption, piece.caption
    if _elsewhere(before, piece):
        return False
    if not b.own:
        if _is_rest_of_text(before, piece):
            return True
        return _as_wide(before, piece) and not _new_head(before, piece)
    same = squeeze(a.title) == squeeze(b.title) and (a.number == b.number or not b.number)
    if not same or not a.title:
        return False
    if _width(before) == _width(piece) or b.continued:
        return b.continued or bool(b.number) or not _new_head(before, piece)
    return False


def _is_rest_of_text(before: Piece, piece: Piece) -> bool:
    """Whether an uncaptioned piece is one cell of words after a row that ends in such a cell."""
    cells = [cell for row in piece.rows for cell in row if cell and cell.text.strip()]
    last = [cell for cell in before.rows[-1] if cell and cell.text.strip()]
    return len(cells) == 1 and all(_is_prose(cell) for cell in (*cells, *last[-1:]))


def _is_prose(cell: GridCell) -> bool:
    return len(cell.text) > 30 and read_figure(cell.text).presence == "text"


def _elsewhere(before: Piece, piece: Piece) -> bool:
    """Whether a piece of a spreadsheet stands on another sheet or in other columns: no page cuts
    a sheet, so it is a table of its own unless it says 续表."""
    a, b = before.source, piece.source
    if b.sheet is None or piece.caption.continued:
        return False
    columns = [re.sub(r"\d", "", source.cell or "") for source in (a, b)]
    return a.sheet != b.sheet or piece.caption.own or columns[0] != columns[1]


def _as_wide(before: Piece, piece: Piece) -> bool:
    """Whether a piece has about the columns of another; empty ones (a page on which the last
    columns have nothing) count as well."""
    same = len(before.rows[0]) == len(piece.rows[0])
    return same or abs(_width(before) - _width(piece)) <= 2


def _width(piece: Piece) -> int:
    """The columns a piece uses, empty ones at the right end left out."""
    used = [i for row in piece.rows for i, cell in enumerate(row) if cell and cell.text.strip()]
    return max(used, default=0) + 1


def _head_texts(piece: Piece) -> list[str]:
    depth = header_depth(piece.rows)
    return [
        squeeze(cell.text)
        for row in piece.rows[:depth]
        for cell in row
        if cell and cell.text.strip()
    ]


def _new_head(before: Piece, piece: Piece) -> bool:
    """Whether an uncaptioned piece begins with a head that is not the old one repeated."""
    depth = header_depth(piece.rows)
    if depth == 0 or _repeated_head(before, piece):
        return False
    texts = _head_texts(piece)
    words = [
        t
        for t in texts
        if pattern("tables", "label_headers").search(t)
        or pattern("tables", "value_headers").search(t)
    ]
    return (
        len(texts) >= 3
        and len(words) >= 2
        and len(words) > len(texts) / 2
        and depth < len(piece.rows)
    )


def _repeated_head(before: Piece, piece: Piece) -> int:
    """How many rows at the top of a piece repeat the head of the table before."""
    known = {_short(text) for text in _head_texts(before)}
    depth = 0
    for row in piece.rows:
        texts = [_short(squeeze(cell.text)) for cell in row if cell and cell.text.strip()]
        if not texts or sum(1 for text in texts if text in known) < 0.6 * len(texts):
            break
        depth += 1
    return depth


def _short(header: str) -> str:
    """A header without its bracketed remark: 科目编码(按支出功能科目编列) is 科目编码."""
    return re.sub(r"[(（].*?[)）]", "", header) or header


def _joined(before: Piece, piece: Piece, text: str) -> Piece:
    """Two pieces as one, of the width of the first (or the wider, where it is known to be)."""
    drop = _repeated_head(before, piece)
    if piece.caption.own and not drop:
        depth = header_depth(piece.rows)
        drop = depth if depth < len(piece.rows) and _new_head(before, piece) else 0
    width = max(len(before.rows[0]), len(piece.rows[0]) if piece.rows else 0)
    rows = [_padded(row, width) for row in before.rows]
    sources = list(before.sources)
    for index, (row, source) in enumerate(
        zip(piece.rows[drop:], piece.sources[drop:], strict=True)
    ):
        row = _padded(row, width)
        if index == 0 and (whole := _cut_row(rows[-1], row, text)):
            rows[-1] = whole
            continue
        rows.append(row)
        sources.append(source)
    note = f"{before.note}\n{piece.note}".strip()
    return replace(before, rows=tuple(rows), sources=tuple(sources), note=note)


def _padded(row: Cells, width: int) -> Cells:
    return row + (GridCell(""),) * (width - len(row))


def _cut_row(last: Cells, row: Cells, text: str) -> Cells | None:
    """A row that a page break has cut in two, whole again; `None` where the second is its own.

    The second half has no figure and no code of its own; its label completes the first half's (the
    whole stands elsewhere in the document, or a bracket closes), or only its text goes on."""
    filled = [i for i, cell in enumerate(row) if cell and cell.text.strip()]
    texts = [row[i].text for i in filled]  # type: ignore[union-attr]
    ends = max((i for i, cell in enumerate(last) if cell and cell.text.strip()), default=0)
    if len(filled) == 1 and all(c and _is_prose(c) for c in (row[filled[0]], last[ends])):
        return (*last[:ends], _appended(last[ends], row[filled[0]]), *last[ends + 1 :])
    if not filled or any(read_figure(t).presence != "text" for t in texts):
        return None
    unfinished = [
        i
        for i, cell in enumerate(last)
        if cell and len(cell.text) > 15 and not _UNFINISHED.search(cell.text)
    ]
    begun = last[filled[0]]
    near = filled[0] < 2 or len(filled) == 1
    label = _cut_label(begun.text, texts[0], text) if near and begun else ""
    if label:
        whole = list(last)
        whole[filled[0]] = replace(begun or GridCell(""), text=label)
        for i in filled[1:]:
            whole[i] = _appended(whole[i], row[i])
        return tuple(whole)
    if len(filled) == 1 and filled[0] >= 1 and (unfinished or len(texts[0]) > 15):
        whole = list(last)
        at = filled[0] if filled[0] in unfinished or not unfinished else unfinished[-1]
        whole[at] = _appended(whole[at], row[filled[0]])
        return tuple(whole)
    return None


def _appended(cell: GridCell | None, more: GridCell | None) -> GridCell:
    return replace(
        cell or GridCell(""), text=(cell.text if cell else "") + (more.text if more else "")
    )


def _cut_label(first: str, rest: str, text: str) -> str:
    """A label cut in two, whole again, or `""`; an overlap of one character is the extraction's."""
    a, b = squeeze(first), squeeze(rest)
    if not a or not b:
        return ""
    if a.count("(") > a.count(")") and ")" in b:
        return first + rest
    if a[-1] == b[0] and a + b[1:] in text:
        return first + rest.strip()[1:]
    bare = squeeze(bare_label(first)) or a
    if f"\n{bare}{b}\n" in text:
        return first + rest
    text = text.partition("\n")[0]
    return first + rest if bare + b in text and not (a in text and b in text and len(b) > 8) else ""


# ---------------------------------------------------------------- one piece into a table


def _codes_by_name(parts: Sequence[Piece]) -> dict[str, frozenset[str]]:
    """Subject names with the codes they have in the document's coded tables."""
    found: dict[str, set[str]] = {}
    for piece in parts:
        for cells in spanned(piece.rows):
            code = ""
            for text in (squeeze(c.text) for i, c in enumerate(cells) if c is not cells[i - 1]):
                if CODE.fullmatch(text):
                    code = text if text.startswith(code) else code + text
                    continue
                if re.fullmatch(_SUBJECT, code) and re.search(r"[一-龥]", text):
                    found.setdefault(text, set()).add(code)
                code = ""
    return {name: frozenset(codes) for name, codes in found.items()}


def _side_by_side(piece: Piece) -> Iterator[Piece]:
    """Each of the tables printed beside one another in a piece, as a piece of its own."""
    depth = header_depth(piece.rows)
    cols = columns(piece.rows, depth, merges_known=piece.merges_known)
    rows = piece.rows
    if not piece.merges_known:
        body = rows[depth:]
        moved = zip(body, aligned(body, cols), strict=True)
        rows = rows[:depth] + tuple(indicator_row(row, cols) or own for row, own in moved)
        rows = _without_empty_columns(rows)
        cols = columns(rows, depth, merges_known=False)
    points = [*split_points(cols), len(cols)]
    for start, end in pairwise(points):
        part = tuple(_part_row(row, start, end) for row in rows)
        whole = end - start == len(cols)
        head = (
            rows[:depth]
            if whole
            else _header_part(rows[:depth], start, end, merges_known=piece.merges_known)
        )
        yield replace(piece, rows=head + part[depth:])


def _part_row(row: Cells, start: int, end: int) -> Cells:
    """A row of one of several tables side by side; a label merged over the border between two
    (支出合计 over the middle columns) names the row of the right one, where its figure stands."""
    for c in range(start):
        cell = row[c]
        if row[start] is None and cell and c + cell.colspan > start:
            return (replace(cell, colspan=c + cell.colspan - start), *row[start + 1 : end])
    return row[start:end]


def _without_empty_columns(rows: tuple[Cells, ...]) -> tuple[Cells, ...]:
    used = [
        i
        for i in range(len(rows[0]))
        if any(cell and cell.text.strip() for cell in (row[i] for row in rows))
    ]
    return tuple(tuple(row[i] for i in used) for row in rows)


def _header_part(
    head: Sequence[Cells], start: int, end: int, *, merges_known: bool
) -> tuple[Cells, ...]:
    """The header rows of one of several tables side by side; a head over both belongs to both."""
    if merges_known:
        return tuple(
            tuple(replace(cell, rowspan=1, colspan=1) for cell in row[start:end])
            for row in spanned(head)
        )
    return tuple(row[start:end] for row in head)


def _table(piece: Piece, identity: str, codes: Mapping[str, frozenset[str]]) -> Table:
    depth = header_depth(piece.rows)
    cols = columns(piece.rows, depth, merges_known=piece.merges_known)
    kept = [c for c in cols if c.path or any(_text(row, c.index) for row in piece.rows[depth:])]
    caption = piece.caption
    rows = _body(piece, depth, kept, codes)
    empty = not any(
        f and f.presence == "number" and not _zero(f) for row in rows for f in row.figures
    )
    return Table(
        id=identity,
        document=piece.source.document,
        title=caption.title,
        number=caption.number,
        unit=caption.unit,
        section=piece.section,
        columns=tuple(kept),
        rows=tuple(rows),
        source=piece.source,
        note=piece.note,
        empty=empty
        and (
            says_empty(piece.note)
            or not any(f and f.presence == "text" for r in rows for f in r.figures)
        ),
        organisation=caption.organisation,
    )


def _zero(figure: Figure) -> bool:
    return figure.value == 0


def _text(row: Cells, index: int) -> str:
    cell = row[index]
    return cell.text.strip() if cell else ""


def _body(
    piece: Piece, depth: int, cols: Sequence[Column], codes: Mapping[str, frozenset[str]]
) -> list[Row]:
    """The rows below the head with label, code, place and figures; rows with nothing are left."""
    full = spanned(piece.rows)
    label = next((c.index for c in cols if c.role == "label"), None)
    read = []
    carried: dict[int, str] = {}
    for r in range(depth, len(piece.rows)):
        row, shown = piece.rows[r], full[r]
        name, is_group, deeper = _label(shown, cols, label)
        figures = tuple(_figure(row, shown, c, piece, r, carried, is_group) for c in cols)
        if not name and not any(
            f and f.presence in ("number", "nil", "withheld", "text") for f in figures
        ):
            continue
        code = _code(shown, cols)
        name = name if name or code or label is not None else piece.caption.organisation
        indent = deeper + (shown[label].indent if label is not None else 0)
        group = tuple(
            f.text
            for f, c in zip(figures, cols, strict=True)
            if f and c.role == "text" and label is not None and c.index < label
        )
        heads = len(row) > 2 and any(cell and cell.colspan >= len(row) for cell in row)
        line = Line(name, code, indent, group, heads)
        read.append((line, figures, piece.sources[r], is_group))
    lines = _with_subtotals([line for line, *_ in read], [figures for _, figures, *_ in read], cols)
    found = places(lines, codes)
    organisation = squeeze(piece.caption.organisation)
    return [
        Row(
            index=i,
            label=line.label,
            code=line.code,
            level=place.level,
            parents=place.parents,
            is_total=place.is_total or is_group or _names_organisation(line.label, organisation),
            figures=figures,
            source=source,
        )
        for i, ((line, figures, source, is_group), place) in enumerate(
            zip(read, found, strict=True)
        )
    ]


def _with_subtotals(
    lines: Sequence[Line], figures: Sequence[tuple[Figure | None, ...]], cols: Sequence[Column]
) -> list[Line]:
    """The rows with those marked that are sums without being called 合计: of the rows above
    (全市一般公共预算收入 below 税收收入 and 非税收入), or of 本级 and 县区合计 below."""
    amounts = [i for i, c in enumerate(cols) if c.role == "value" and c.unit not in ("%", "‰")]
    columns = [[f.value if (f := row[i]) else None for row in figures] for i in amounts]
    called = pattern("tables", "subtotal_patterns")
    levels = _levels_of_government(lines)
    return [
        replace(line, subtotal=True)
        if not line.code
        and (
            (called.search(squeeze(line.label)) and adds_up_above(columns, i))
            or (i in levels and adds_up_below(columns, i, levels[i]))
        )
        else line
        for i, line in enumerate(lines)
    ]


def _levels_of_government(lines: Sequence[Line]) -> dict[int, list[int]]:
    """For each place that has its own 本级 below it, that row and the next total (县区合计)."""
    found = {}
    names = [squeeze(line.label) for line in lines]
    for i, name in enumerate(names):
        own = next((j for j in range(i + 1, len(names)) if names[j] == f"{name}本级"), None)
        rest = next(
            (j for j in range((own or i) + 1, len(names)) if is_total_label(names[j])), None
        )
        if name and own is not None and rest is not None:
            found[i] = [own, rest]
    return found


def _names_organisation(label: str, organisation: str) -> bool:
    """A row named like the table's own organisation is that organisation's total."""
    plain = re.sub(r"[(（](?:本级|机关|汇总|本部)[)）]$", "", squeeze(label))
    return bool(organisation) and plain == organisation


def _label(
    shown: Sequence[GridCell], cols: Sequence[Column], label: int | None
) -> tuple[str, bool, int]:
    """A row's name, whether it is named only by a column left of the label (预算单位), and how
    much deeper it stands if only a column right of the label names it (物品 of the 项目 above)."""
    if label is None:
        return "", False, 0
    own = tidy(_without_side(shown[label].text))
    if own:
        return own, False, 0
    # 合计 stands in the code column where the cell it is merged into was lost.
    others = [c.index for c in cols if c.role in ("text", "code") and c.index < label]
    for index in reversed(others):
        if (text := tidy(shown[index].text)) and not CODE.fullmatch(text):
            has_code = bool(_code(shown, cols))
            return text, not has_code, 0
    following = takewhile(lambda c: c.role == "text", (c for c in cols if c.index > label))
    named = next((text for c in following if (text := tidy(shown[c.index].text))), "")
    return named, False, 1 if named else 0


def _without_side(text: str) -> str:
    """A label without the words of a cell beside it that were printed into it (年度主要任务 …)."""
    head, _, rest = text.strip().partition(" ")
    return rest if rest and pattern("tables", "side_labels").fullmatch(squeeze(head)) else text


def _code(shown: Sequence[GridCell], cols: Sequence[Column]) -> str:
    """The row's code; 类, 款 and 项 in three columns are one code."""
    parts = [squeeze(shown[c.index].text) for c in cols if c.role == "code"]
    parts = [part for part in parts if CODE.fullmatch(part)]
    code = ""
    for part in parts:
        part = part.zfill(2) if code else part
        code = (
            part
            if part.startswith(code) and len(part) > len(code) and len(part) > 3
            else code + part
        )
    return code


def _figure(
    row: Cells,
    shown: Sequence[GridCell],
    column: Column,
    piece: Piece,
    r: int,
    carried: dict[int, str],
    is_group: bool,
) -> Figure | None:
    """What a row says in a column; a group column (一级指标, 预算单位) holds until its next entry."""
    cell = row[column.index]
    if column.role == "text" and column.path and not _is_remark(column):
        text = tidy(shown[column.index].text) or (
            "" if piece.merges_known else carried.get(column.index, "")
        )
        carried[column.index] = text
        return Figure(text, "text" if text else "empty", source=cell.source if cell else None)
    if cell is None:
        return None
    if column.role in ("label", "code"):
        return Figure(cell.text, "text" if cell.text else "empty", source=cell.source)
    return read_figure(cell.text, percent=cell.percent, source=cell.source)


def _is_remark(column: Column) -> bool:
    return bool(pattern("tables", "remark_headers").search(squeeze(column.path[-1])))
