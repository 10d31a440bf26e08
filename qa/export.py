"""Answers and tables to take away: text with sources, Markdown, Excel and CSV.

What goes into a spreadsheet is data: no cell of a document ever becomes a formula.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

from index.figures import plain
from index.model import Figure, Row, Table
from qa.answer import Answer, Citation

__all__ = [
    "answer_text",
    "conversation_markdown",
    "conversation_xlsx",
    "place",
    "table_csv",
    "table_xlsx",
]

_STATUS = {"answered": "有答案", "ambiguous": "有几种可能", "not_found": "没有找到"}
_HEADS = ("问题", "完整的问题", "状态", "答案", "数值", "单位", "算式", "出处", "说明")


def place(citation: Citation) -> str:
    """Where a citation stands, in one line: document, page, section, row and column."""
    page = f"第 {citation.page} 页" if citation.page else ""
    cell = " / ".join(part for part in (citation.row, citation.column) if part)
    return " · ".join(part for part in (citation.document, page, citation.section, cell) if part)


def answer_text(answer: Answer) -> str:
    """An answer with its sources as plain text, for the clipboard."""
    lines = [f"问：{answer.question}"]
    if answer.carried and answer.asked:
        lines.append(f"（承接上文：{answer.asked}）")
    lines.append(f"答：{answer.text}")
    if answer.calculation:
        lines.append(f"算式：{_expression(answer)}")
    lines += [f"注意：{note}" for note in answer.notes]
    lines += [f"[{c.n}] {place(c)}：“{c.quote.strip()}”" for c in answer.citations]
    return "\n".join(lines)


def _expression(answer: Answer) -> str:
    work = answer.calculation
    return f"{work.expression} = {plain(work.result)} {work.unit}" if work else ""


# ---------------------------------------------------------------- a conversation


def conversation_markdown(answers: Sequence[Answer]) -> str:
    """A conversation as Markdown; signs that Markdown would read are escaped."""
    parts = ["# 预算问答"]
    for n, answer in enumerate(answers, 1):
        parts.append(f"## {n}. {_escaped(answer.question)}")
        if answer.carried and answer.asked:
            parts.append(f"承接上文：{_escaped(answer.asked)}")
        parts.append(_escaped(answer.text))
        if answer.calculation:
            parts.append(f"算式：`{_expression(answer)}`")
        parts += [f"> 注意：{_escaped(note)}" for note in answer.notes]
        parts.append(
            "\n".join(
                f"- \\[{c.n}\\] {_escaped(place(c))}：“{_escaped(c.quote.strip())}”"
                for c in answer.citations
            )
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text).replace("\n", "  \n")


def conversation_xlsx(answers: Sequence[Answer]) -> bytes:
    """A conversation as a workbook: one row a question, with value, unit, calculation, source."""
    rows: list[list[object]] = [list(_HEADS)]
    for answer in answers:
        sources = "\n".join(f"[{c.n}] {place(c)}：“{c.quote.strip()}”" for c in answer.citations)
        notes = "\n".join(answer.notes)
        asked = answer.asked if answer.carried else ""
        rows.append(
            [answer.question, asked, _STATUS[answer.status], answer.text, answer.value,
             answer.unit or "", _expression(answer), sources, notes]
        )  # fmt: skip
    return _workbook("对话", rows, (28, 28, 10, 60, 14, 8, 32, 70, 40))


# ---------------------------------------------------------------- a table


def table_csv(table: Table) -> str:
    """A table as CSV: codes, labels, one column a figure, headers with their units."""
    written = StringIO()
    csv.writer(written).writerows([[_safe(cell) for cell in row] for row in _rows(table)])
    # The mark at the beginning tells Excel that it is UTF-8.
    return "\ufeff" + written.getvalue()


def table_xlsx(table: Table) -> bytes:
    """A table as a workbook."""
    return _workbook(table.title or "表", _rows(table), ())


def _rows(table: Table) -> list[list[object]]:
    heads: list[object] = [_head(table, column.path, column.unit) for column in table.columns]
    return [heads, *([_cell(row, figure) for figure in row.figures] for row in table.rows)]


def _head(table: Table, path: Sequence[str], unit: str) -> str:
    return "/".join(path) + (f"（{unit}）" if unit else "")


def _cell(row: Row, figure: Figure | None) -> object:
    if figure is None:
        return ""
    if figure.presence == "number" and figure.value is not None and not figure.comparator:
        return figure.value if not figure.unit else figure.text
    return figure.text


def _safe(cell: object) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    if isinstance(cell, Decimal):
        return plain(cell)
    said = str(cell)
    return (
        "'" + said if said[:1] in ("=", "+", "@", "\t") or re.match(r"-(?![\d.])", said) else said
    )


def _workbook(title: str, rows: Sequence[Sequence[object]], widths: Sequence[int]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet: Any = book.active
    sheet.title = re.sub(r"[\\/*?:\[\]]", " ", title)[:31] or "表"
    for r, row in enumerate(rows, 1):
        for c, value in enumerate(row, 1):
            _write(sheet.cell(r, c), value)
            sheet.cell(r, c).alignment = Alignment(wrap_text=True, vertical="top")
    for c in range(1, len(rows[0]) + 1):
        sheet.cell(1, c).font = Font(bold=True)
        width = widths[c - 1] if widths else 18
        sheet.column_dimensions[get_column_letter(c)].width = width
    sheet.freeze_panes = "A2"
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _write(cell: Any, value: object) -> None:
    if isinstance(value, Decimal):
        cell.value = value
        places = max(0, -int(value.as_tuple().exponent))
        cell.number_format = "#,##0" + ("." + "0" * places if places else "")
    elif value is not None:
        # Signs that the format cannot hold would make the whole file unreadable.
        cell.value = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", str(value))
        cell.data_type = "s"
