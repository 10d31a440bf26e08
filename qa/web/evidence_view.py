"""A citation as its place: the words in their passage, the cell in its table or sheet, the page."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from pathlib import Path

from index.library import Library
from index.model import Fact, Passage, Source, Table
from index.pictures import Mark, find_words, page_count, page_picture
from index.sheets import sheet_of
from qa.answer import Answer, Citation
from qa.web.markup import button, marked, tag, text
from qa.web.table_view import sheet_part, table_part
from qa.web.wording import Wording

__all__ = ["evidence"]

_ROW, _COLUMN, _CELL = (40, 120, 200, 36), (40, 120, 200, 28), (255, 176, 0, 96)
_PASSAGES = 8


def evidence(
    answer: Answer | None, turn: int, n: int, library: Library, say: Wording, page: int = 0
) -> str:
    """The evidence of citation `n` of an answer; `page` is another page of its document to look at.

    Every citation of the answer can be reached from it."""
    head = tag("h2", text(say("evidence")))
    chosen = next((c for c in answer.citations if c.n == n), None) if answer else None
    if answer is None or chosen is None:
        return tag("aside", head + tag("p", text(say("no_evidence")), "label"), "evidence")
    tabs = "".join(
        button(f"[{c.n}]", "cite", "cite on" if c.n == n else "cite", turn=turn, n=c.n)
        for c in answer.citations
    )
    parts = [
        head,
        tag("nav", tabs),
        _where(chosen, say),
        tag("blockquote", text(chosen.quote.strip())),
    ]
    parts += [_in_text_or_table(chosen, library, say)]
    parts += [_as_printed(chosen, turn, library, say, page)]
    return tag("aside", "".join(parts), "evidence", data_turn=turn, data_n=n)


def _where(citation: Citation, say: Wording) -> str:
    said = [say("page", n=citation.page) if citation.page else "", citation.section]
    said += [" / ".join(part for part in (citation.row, citation.column) if part)]
    line = " · ".join(part for part in said if part)
    return tag("p", tag("b", text(citation.document)) + "<br>" + text(line), "where")


# ---------------------------------------------------------------- as read


def _in_text_or_table(citation: Citation, library: Library, say: Wording) -> str:
    table, row, column = _cell_of(citation, library)
    if table is not None and (part := table_part(table, row, column, say)):
        return _section(say("in_table"), part)
    passage = citation.passage or _passage_of(citation, library)
    if passage is None:
        return ""
    head = " / ".join(passage.section)
    above = tag("p", text(head), "label") if head else ""
    return _section(
        say("in_passage"), above + tag("p", marked(passage.text, citation.quote), "passage")
    )


def _cell_of(citation: Citation, library: Library) -> tuple[Table | None, int, int]:
    fact, passage = citation.fact, citation.passage
    if fact is not None and fact.origin == "table":
        return library.table(fact.table), fact.row, fact.column
    if passage is not None and passage.table and citation.row:
        table = library.table(passage.table)
        for row in table.rows if table else ():
            for column, figure in zip(table.columns if table else (), row.figures, strict=True):
                if figure and figure.text and figure.text.strip() == citation.quote.strip():
                    return table, row.index, column.index
    return None, -1, -1


def _passage_of(citation: Citation, library: Library) -> Passage | None:
    """The passage that a sentence stands in."""
    wanted = re.sub(r"\s+", "", citation.quote)
    found = library.search_words(citation.quote[:200], _PASSAGES, [citation.document])
    return next((p for p, _ in found if wanted in re.sub(r"\s+", "", p.text)), None)


# ---------------------------------------------------------------- as printed


def _as_printed(citation: Citation, turn: int, library: Library, say: Wording, page: int) -> str:
    file = library.file(citation.document)
    if file is None:
        return tag("p", text(say("no_file")), "label")
    source = _source(citation)
    if source.sheet and source.cell and (sheet := sheet_of(file, source.sheet)):
        return _section(f"{say('in_sheet')} {source.sheet}", sheet_part(sheet, source.cell))
    if file.suffix == ".pdf" and citation.page:
        return _page(citation, turn, file, library, say, page or citation.page)
    return ""


def _source(citation: Citation) -> Source:
    if citation.fact:
        return citation.fact.source
    assert citation.passage is not None
    address = re.search(r"（([A-Z]{1,3}\d+)）", citation.row)
    source = citation.passage.source
    return Source(
        source.document, citation.page, sheet=citation.section if address else source.sheet,
        cell=address[1] if address else source.cell, bbox=source.bbox,
    )  # fmt: skip


def _page(
    citation: Citation, turn: int, file: Path, library: Library, say: Wording, page: int
) -> str:
    pages = page_count(file)
    page = min(max(page, 1), pages)
    marks = _marks(citation, file, library) if page == citation.page else []
    picture = base64.b64encode(page_picture(file, page, marks)).decode()
    said = say("of_pages", n=page, all=pages)
    move = {"turn": turn, "n": citation.n}
    buttons = button(say("previous"), "page", "link", page=page - 1, **move) if page > 1 else ""
    buttons += tag("span", text(said))
    buttons += button(say("next"), "page", "link", page=page + 1, **move) if page < pages else ""
    if page != citation.page:
        buttons += button(say("back"), "page", "link", page=citation.page, **move)
    image = f'<img class="page" alt="{text(citation.document)} {text(said)}" src="data:image/png;base64,{picture}">'
    return _section(say("in_page"), tag("div", buttons, "pages") + image)


def _marks(citation: Citation, file: Path, library: Library) -> list[Mark]:
    """The cell with its row and column, or the words, as far as their places are known."""
    fact = citation.fact
    if fact is not None and fact.origin == "table":
        return _cell_marks(fact, library.table(fact.table))
    words = find_words(file, citation.page or 0, citation.quote)
    if words:
        return [Mark(box, _CELL) for box in words]
    box = _source(citation).bbox
    return [Mark(box, _ROW)] if box else []


def _cell_marks(fact: Fact, table: Table | None) -> list[Mark]:
    box = fact.source.bbox
    if box is None:
        return []
    marks = [Mark(box, _CELL)]
    rows: Sequence[Source] = (
        [r.source for r in table.rows if r.source.page == fact.source.page] if table else ()
    )
    bands = [source.bbox for source in rows if source.bbox]
    own = next((r.source.bbox for r in table.rows if r.index == fact.row), None) if table else None
    if own:
        marks.insert(0, Mark(own, _ROW))
    if bands and box != own:
        top, bottom = min(band[1] for band in bands), max(band[3] for band in bands)
        marks.insert(0, Mark((box[0], top, box[2], bottom), _COLUMN))
    return marks


def _section(title: str, inner: str) -> str:
    return tag("section", tag("h3", text(title)) + inner)
