"""What stands around a grid and says what it is: table number, title, unit, organisation, notes.

A caption may stand above the grid (表8 / heading / 单位名称：… / 单位：万元), inside its first rows
(spreadsheets, Word, PDF), or in the middle of it, where one printed grid holds several tables.

>>> read_line("表8 一般公共预算支出表（按经济分类）")
Line(number='8', title='一般公共预算支出表（按经济分类）', unit='', organisation='', note='')
>>> read_line("编制部门：某某局 单位：元").unit
'元'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.figures import chinese_ordinal, half_width, read_figure
from index.model import Document, Grid, GridCell, Heading, Paragraph, Source
from index.sections import CONTENTS, numbering, with_sections
from index.vocabulary import pattern, words

__all__ = [
    "Caption",
    "Line",
    "Piece",
    "pieces",
    "read_line",
    "says_empty",
    "squeeze",
    "table_number",
]

Cells = tuple[GridCell | None, ...]
# A title that does not call itself a table: 2026年全市一般公共预算收支草案.
_UNMARKED_TITLE = re.compile(
    r"^[^。;:,!?、]{2,30}(?:预算|决算|收支|收入|支出|草案|情况)(?:\([^()]{1,10}\))?$"
)


@dataclass(frozen=True, slots=True)
class Line:
    """What one line of a caption says; all empty where it is not part of one."""

    number: str = ""
    title: str = ""
    unit: str = ""
    organisation: str = ""
    note: str = ""

    def __bool__(self) -> bool:
        return any((self.number, self.title, self.unit, self.organisation, self.note))


@dataclass(frozen=True, slots=True)
class Caption:
    """The caption of one grid; `own` says that it has a title or number of its own, so that it
    is not merely the continuation of the grid before."""

    title: str = ""
    number: str = ""
    unit: str = ""
    organisation: str = ""
    own: bool = False
    continued: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of rows under one caption: a table, or a part of one that a page has cut."""

    caption: Caption
    section: tuple[str, ...]
    rows: tuple[Cells, ...]
    sources: tuple[Source, ...]
    source: Source
    merges_known: bool
    note: str = ""


def squeeze(text: str) -> str:
    """Half width and without blanks: what captions, headers and labels are compared by."""
    return re.sub(r"\s+", "", half_width(text))


def table_number(text: str) -> str:
    """The number at the head of a line in digits (`8` for 附表八, `3-2` for 表3-2), or `""`."""
    match = pattern("tables", "number_patterns").match(half_width(text).strip())
    if not match:
        return ""
    printed = next((group for group in match.groups() if group), "")
    return "-".join(str(chinese_ordinal(part) or part) for part in re.split(r"[-—之.]", printed))


def says_empty(text: str) -> bool:
    """Whether a note says that its table has no data."""
    return bool(pattern("tables", "empty_note_patterns").search(squeeze(text)))


def read_line(text: str) -> Line:
    """What a line of text says as a part of a caption."""
    text = text.strip()
    if pattern("tables", "note_patterns").match(squeeze(text)):
        return Line(note=text)
    if not text or len(text) > 120:
        return Line()
    unit, text = _taken("unit_patterns", text)
    organisation, text = _taken("organisation_patterns", text)
    number = table_number(text)
    if number:
        text = _taken("number_patterns", text.strip())[1]
    return Line(number, _title(text), unit, organisation)


def _taken(key: str, text: str) -> tuple[str, str]:
    """What a caption pattern finds in a line, and the line without it."""
    match = pattern("tables", key).search(half_width(text))
    if not match:
        return "", text
    start, end = match.span(match.lastgroup or 0)
    return text[start:end], text[: match.start()] + text[match.end() :]


def _title(text: str) -> str:
    """The title in a line, without numbering and separators; `""` where it is none."""
    title = re.sub(r"^[\s:：、.．—-]+|[\s:：,，]+$", "", text)
    plain = squeeze(title)
    if len(plain) > 60 or re.search(r"[。；;!?？]|如下|见附", plain):
        return ""
    return title if pattern("tables", "title_patterns").search(plain) else ""


def pieces(document: Document) -> Iterator[Piece]:
    """The grids of a document in order, cut where one grid holds several tables, each with its
    caption, its section and the notes under it."""
    pending: list[Heading | Paragraph] = []
    held: list[Piece] = []
    for section, block in with_sections(document.blocks):
        if isinstance(block, Grid):
            yield from held
            held = _cut(block, section, _caption_above(pending))
            pending = []
        elif held and isinstance(block, Paragraph) and (note := read_line(block.text).note):
            held[-1] = replace(held[-1], note=f"{held[-1].note}\n{note}".strip())
        elif not any(CONTENTS.search(part) for part in section):
            pending.append(block)
    yield from held


def _caption_above(blocks: Sequence[Heading | Paragraph]) -> Caption:
    """The caption from the lines above a grid, read upwards as far as captions reach."""
    caption, unmarked = Caption(), ""
    for distance, block in enumerate(reversed(blocks)):
        line = read_line(block.text)
        if isinstance(block, Heading) and not caption.title and not line.number:
            title = line.title or (_bare(block.text) if distance < 3 else "")
            line = replace(line, title=title)
        if isinstance(block, Paragraph) and not line:
            if not unmarked and distance <= 2 and _UNMARKED_TITLE.search(squeeze(block.text)):
                unmarked = block.text.strip()
                continue
            if distance > 1 or (len(block.text) > 80 and caption.title):
                break
            continue
        if (caption.number and line.number) or distance > 7:
            break
        caption = _merge(caption, line)
        if isinstance(block, Heading) and caption.title and not _more_above(blocks, distance):
            break
    if unmarked and not caption.title and (caption.unit or caption.number):
        return replace(caption, title=unmarked, own=True)
    return caption


def _more_above(blocks: Sequence[Heading | Paragraph], distance: int) -> bool:
    """Whether the line above a heading is a bare table number (表8 on a line of its own) or the
    unit."""
    above = len(blocks) - distance - 2
    text = blocks[above].text if above >= 0 else ""
    return len(text) < 20 and bool(read_line(text).unit or (len(text) < 12 and table_number(text)))


def _bare(heading: str) -> str:
    """A heading without its own number."""
    if numbering(heading):
        heading = re.sub(
            r"^\s*(?:第[^部章]{1,3}[部章]分?|[^、.．）)]{1,4}[、.．）)])\s*", "", heading
        )
    return heading.strip()


def _merge(caption: Caption, line: Line) -> Caption:
    """A caption with what a further line says; what is known already stays."""
    continued = re.search(words("tables")["title_continued"], squeeze(line.title))
    return Caption(
        title=caption.title or re.sub(words("tables")["title_continued"], "", line.title).strip(),
        number=caption.number or line.number,
        unit=caption.unit or line.unit,
        organisation=caption.organisation or line.organisation,
        own=caption.own or bool(line.title or line.number),
        continued=caption.continued or bool(continued),
    )


def _cut(grid: Grid, section: tuple[str, ...], above: Caption) -> list[Piece]:
    """A grid as pieces: caption rows inside it become captions, note rows notes."""
    result: list[Piece] = []
    caption = above
    rows: list[Cells] = []
    sources: list[Source] = []
    note = ""

    def close() -> None:
        if rows:
            result.append(
                Piece(
                    caption,
                    section,
                    # A whole grid may be laid in the columns of the page before: they stay.
                    _begun(rows) if len(rows) < len(grid.rows) else tuple(rows),
                    tuple(sources),
                    grid.source,
                    grid.merges_known,
                    note,
                )
            )

    for index, row in enumerate(grid.rows):
        line = _caption_row(row, at_top=not rows, next_row=grid.rows[index + 1 : index + 2])
        if line is None:
            if any(cell and cell.text for cell in row):
                rows.append(row)
                sources.append(grid.row_sources[index])
        elif line.note:
            note = f"{note}\n{line.note}".strip()
        elif rows and (line.title or line.number):
            close()
            section = _own_section(section, row)
            caption, rows, sources, note = _merge(Caption(), line), [], [], ""
        else:
            caption = _inner(caption, line)
            section = _own_section(section, row)
    close()
    return result


def _own_section(section: tuple[str, ...], row: Cells) -> tuple[str, ...]:
    """A table that is an attachment (附表1) stands in none of the sections before it."""
    attached = any(re.match(r"附[表件]", squeeze(cell.text)) for cell in row if cell)
    return () if attached else section


def _begun(rows: Sequence[Cells]) -> tuple[Cells, ...]:
    """Rows without the columns in which no cell begins: the edges of another table of the grid."""
    width = len(rows[0])
    kept = [c for c in range(width) if any(row[c] is not None for row in rows)]
    if len(kept) == width:
        return tuple(rows)

    def narrowed(row: Cells, c: int) -> GridCell | None:
        cell = row[c]
        if cell is None or cell.colspan == 1:
            return cell
        return replace(cell, colspan=sum(1 for k in kept if c <= k < c + cell.colspan))

    return tuple(tuple(narrowed(row, c) for c in kept) for row in rows)


def _inner(above: Caption, line: Line) -> Caption:
    """A caption row inside the grid: it says more of this grid than a heading far above."""
    merged = _merge(Caption(), line)
    return Caption(
        title=above.title if above.own and not line.title else merged.title or above.title,
        number=merged.number or above.number,
        unit=merged.unit or above.unit,
        organisation=merged.organisation.strip() or above.organisation,
        own=above.own or merged.own,
        continued=above.continued or merged.continued,
    )


def _caption_row(row: Cells, *, at_top: bool, next_row: Sequence[Cells]) -> Line | None:
    """A grid row that is a caption or a note rather than data; `None` otherwise."""
    texts = list(dict.fromkeys(cell.text.strip() for cell in row if cell and cell.text.strip()))
    if not texts or len(texts) > 4 or any(read_figure(text).presence == "number" for text in texts):
        return None
    if at_top and any(pattern("tables", "form_labels").search(squeeze(text)) for text in texts):
        return Line(organisation=" ")
    merged = Line()
    for text in texts:
        line = read_line(text)
        if not line:
            return None
        merged = Line(
            *(old or new for old, new in zip(_fields(merged), _fields(line), strict=True))
        )
    if merged.note:
        return merged if len(texts) == 1 else None
    if merged.title and not (merged.unit or merged.organisation or merged.number) and not at_top:
        return merged if len(texts) == 1 and _is_title_row(row, next_row) else None
    if merged.title and len(texts) == 1 and not _is_title_row(row, next_row):
        return None
    return merged


def _is_title_row(row: Cells, next_row: Sequence[Cells]) -> bool:
    """A title stands alone in its row, and what follows has more than one cell."""
    alone = sum(1 for cell in row if cell and cell.text.strip()) == 1
    first = next((cell for cell in row if cell and cell.text.strip()), None)
    wide = first is not None and (first.colspan > 1 or len(row) > 2)
    return alone and wide and bool(next_row) and "表" in squeeze(first.text if first else "")


def _fields(line: Line) -> tuple[str, str, str, str, str]:
    return line.number, line.title, line.unit, line.organisation, line.note
