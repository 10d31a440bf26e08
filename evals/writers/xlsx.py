"""Excel: a cover, the text, one sheet a table; figures are numbers with a format."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from evals.publication import Publication
from evals.writers.sheets import Sheet, sheets

__all__ = ["write"]


def write(publication: Publication) -> bytes:
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties(
            {"title": publication.title, "created": datetime(1980, 1, 1, tzinfo=UTC)}
        )
        looks = _formats(book, publication)
        for sheet in sheets(publication):
            page = book.add_worksheet(sheet.name)
            page.set_column(0, 0, 100 if sheet.text else 18)
            if not sheet.text:
                page.set_column(1, len(sheet.rows[0]) - 1, 18)
                page.repeat_rows(0, sheet.head - 1)
                page.set_landscape() if len(sheet.rows[0]) > 5 else page.set_portrait()
            _fill(page, sheet, looks)
    return buffer.getvalue()


def _formats(book: xlsxwriter.Workbook, publication: Publication) -> dict[str, Any]:
    grouped = "#,##0" if publication.style.separators else "0"
    ruled = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_name": "宋体"}
    return {
        "line": book.add_format({"text_wrap": True, "font_name": "宋体"}),
        "head": book.add_format({**ruled, "align": "center", "bold": True}),
        "text": book.add_format({**ruled, "num_format": "@"}),
        "元": book.add_format({**ruled, "num_format": grouped}),
        "万元": book.add_format({**ruled, "num_format": f"{grouped}.00"}),
    }


def _fill(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    for r, row in enumerate(sheet.rows):
        for c, cell in enumerate(row):
            if cell is None:
                continue
            look = looks["line" if sheet.text else "head" if r < sheet.head else "text"]
            if cell.rowspan > 1 or cell.colspan > 1:
                page.merge_range(r, c, r + cell.rowspan - 1, c + cell.colspan - 1, cell.text, look)
            elif cell.value is not None:
                page.write_number(
                    r, c, float(cell.value), looks["万元" if "." in cell.text else "元"]
                )
            elif cell.text or r >= sheet.head:
                page.write_string(r, c, cell.text, look)
