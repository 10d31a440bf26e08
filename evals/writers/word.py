"""Word: headings by style, typed or counted by a list; tables with merged cells; wide tables in
landscape sections; running header and page number."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK, WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from evals.publication import Heading, Paragraph, Publication, Table
from evals.writers.archive import settled
from evals.writers.cells import Cell, caption, grid, header_depth, kinds

__all__ = ["write"]

_CENTRE, _RIGHT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_FONT = "宋体"
_WIDE = 7  # columns of a table that needs a page on its side


def write(publication: Publication) -> bytes:
    document = docx.Document()
    _set_styles(document)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.header.paragraphs[0].text = publication.title
    _page_number(section.footer.paragraphs[0])
    counted = publication.style.phrasing % 2 == 1
    list_id = _numbered_parts(document) if counted else 0
    _cover(document, publication)
    for block in publication.blocks:
        if isinstance(block, Heading):
            _heading(document, block.text, list_id)
        elif isinstance(block, Paragraph):
            document.add_paragraph(block.text).paragraph_format.first_line_indent = Pt(24)
        else:
            _table(document, publication, block)
    buffer = BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue())


def _set_styles(document: WordDocument) -> None:
    for name in ("Normal", "Heading 1", "Heading 2"):
        style: Any = document.styles[name]
        style.font.name = _FONT
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    normal: Any = document.styles["Normal"]
    normal.font.size = Pt(12)


def _page_number(paragraph: WordParagraph) -> None:
    """The page number as a field, which a word processor fills in."""
    paragraph.alignment = _CENTRE
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _cover(document: WordDocument, publication: Publication) -> None:
    """Title page, then the contents with leaders; the pages there are not known before printing,
    so the entries are counted."""
    for text in (publication.organisation, f"{publication.year}年{publication.kind}"):
        line = document.add_paragraph()
        line.alignment = _CENTRE
        line.add_run(text).font.size = Pt(26)
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    head = document.add_paragraph("目  录")
    head.alignment = _CENTRE
    for page, text in enumerate(publication.contents, start=1):
        line = document.add_paragraph(f"{text}\t{page}")
        line.paragraph_format.tab_stops.add_tab_stop(
            Cm(15), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
        )
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def _numbered_parts(document: WordDocument) -> int:
    """A list that counts 第一部分, 第二部分 …; its identity."""
    numbering: Any = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "90")
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), "0")
    for tag, value in (
        ("w:start", "1"), ("w:numFmt", "chineseCounting"), ("w:suff", "space"),
        ("w:lvlText", "第%1部分"),
    ):  # fmt: skip
        child = OxmlElement(tag)
        child.set(qn("w:val"), value)
        level.append(child)
    abstract.append(level)
    numbering.insert(0, abstract)  # the schema wants definitions before their uses
    added: int = numbering.add_num(90).numId
    return added


def _heading(document: WordDocument, text: str, list_id: int) -> None:
    _, _, title = text.partition(" ")
    if not list_id or not title:
        document.add_heading(text, 1)
        return
    properties: Any = document.add_heading(title, 1)._p.get_or_add_pPr()
    numbered = properties.get_or_add_numPr()
    numbered.get_or_add_ilvl().val = 0
    numbered.get_or_add_numId().val = list_id


def _table(document: WordDocument, publication: Publication, table: Table) -> None:
    rows = grid(table, publication.style)
    wide = len(rows[0]) >= _WIDE
    if wide:
        _turn(document)
    around = caption(publication, table)
    if around.together:
        document.add_heading(f"{around.number} {around.title}", 2).alignment = _CENTRE
        line = document.add_paragraph(f"{around.organisation}\t{around.unit}")
        place = Cm(24 if wide else 15)
        line.paragraph_format.tab_stops.add_tab_stop(place, WD_TAB_ALIGNMENT.RIGHT)
    else:
        document.add_paragraph(around.number)
        document.add_heading(around.title, 2).alignment = _CENTRE
        document.add_paragraph(around.organisation)
        document.add_paragraph(around.unit).alignment = _RIGHT
    made = document.add_table(len(rows), len(rows[0]))
    made.style = "Table Grid"
    _fill(made, rows, table, publication.style.repeat_header)
    document.add_paragraph(table.note)
    if wide:
        _turn(document)


def _turn(document: WordDocument) -> None:
    """What follows on pages turned by a quarter."""
    before = document.sections[-1]
    upright = before.orientation == WD_ORIENT.PORTRAIT
    width, height = before.page_height, before.page_width
    section = document.add_section()
    section.orientation = WD_ORIENT.LANDSCAPE if upright else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height


def _fill(made: WordTable, rows: list[list[Cell | None]], table: Table, repeats: bool) -> None:
    depth, what = header_depth(table), kinds(table)
    places = [list(row.cells) for row in made.rows]
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if cell is None:
                continue
            place = places[r][c]
            if cell.rowspan > 1 or cell.colspan > 1:
                place = place.merge(places[r + cell.rowspan - 1][c + cell.colspan - 1])
            paragraph = place.paragraphs[0]
            paragraph.add_run(cell.text).font.size = Pt(9)
            if r < depth or cell.colspan > 1:
                paragraph.alignment = _CENTRE
            elif what[c] == "figure":
                paragraph.alignment = _RIGHT
    if repeats:
        mark = OxmlElement("w:tblHeader")
        for row in list(made.rows)[:depth]:
            row._tr.get_or_add_trPr().append(deepcopy(mark))
