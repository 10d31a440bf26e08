"""OpenDocument spreadsheet: the sheets of the workbook; figures are numbers with a format."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from odf import meta, number, style, table, text
from odf.opendocument import OpenDocumentSpreadsheet

from evals.publication import Publication
from evals.writers.archive import settled
from evals.writers.cells import Cell
from evals.writers.sheets import Sheet, sheets

__all__ = ["write"]


def write(publication: Publication) -> bytes:
    book = OpenDocumentSpreadsheet()
    book.meta.childNodes.clear()
    book.meta.addElement(meta.CreationDate(text="1980-01-01T00:00:00"))
    figures = _figures(book, grouped=publication.style.separators)
    for sheet in sheets(publication):
        book.spreadsheet.addElement(_sheet(sheet, figures))
    buffer = BytesIO()
    book.write(buffer)
    return settled(buffer.getvalue())


def _figures(book: Any, *, grouped: bool) -> dict[int, Any]:
    """Cell styles for figures by their decimal places."""
    made = {}
    for places in (0, 2):
        look = number.NumberStyle(name=f"N{places}")
        look.addElement(
            number.Number(
                minintegerdigits="1",
                decimalplaces=str(places),
                grouping="true" if grouped else "false",
            )
        )
        book.automaticstyles.addElement(look)
        made[places] = style.Style(name=f"ce{places}", family="table-cell", datastylename=look)
        book.automaticstyles.addElement(made[places])
    return made


def _sheet(sheet: Sheet, figures: dict[int, Any]) -> Any:
    made = table.Table(name=sheet.name)
    made.addElement(table.TableColumn(numbercolumnsrepeated=str(len(sheet.rows[0]))))
    for row in sheet.rows:
        line = table.TableRow()
        for cell in row:
            line.addElement(table.CoveredTableCell() if cell is None else _cell(cell, figures))
        made.addElement(line)
    return made


def _cell(cell: Cell, figures: dict[int, Any]) -> Any:
    spans = {}
    if cell.rowspan > 1 or cell.colspan > 1:
        spans = {"numberrowsspanned": str(cell.rowspan), "numbercolumnsspanned": str(cell.colspan)}
    if cell.value is not None:
        look = figures[2 if "." in cell.text else 0]
        made = table.TableCell(valuetype="float", value=f"{cell.value:f}", stylename=look)
    elif cell.text:
        made = table.TableCell(valuetype="string", **spans)
    else:
        return table.TableCell(**spans)
    made.addElement(text.P(text=cell.text))
    return made
