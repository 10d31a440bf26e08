"""Spreadsheets: xlsx, xls and ods with calamine, and csv.

Every visible sheet is read, with its name as heading and cell addresses as sources; hidden sheets
and hidden columns are left out and reported.  Numbers pass from float to plain decimal text here.

>>> number_text(0.1 + 0.2), number_text(123456.78), number_text(2010101.0), number_text(1e-07)
('0.3', '123456.78', '2010101', '0.0000001')
"""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from statistics import median

import python_calamine as calamine

from index.errors import UnreadableDocument
from index.figures import half_width, plain
from index.loaders.sheet_formats import SheetFormat, sheet_formats
from index.loaders.sheet_layout import Area, address, blocks
from index.loaders.text import read_text
from index.model import Block, Document, Grid, GridCell, Heading, Problem, Source
from index.sections import CONTENTS

__all__ = ["load", "number_text"]

_Cells = dict[tuple[int, int], GridCell]
_ERROR = re.compile(r"#(?:REF!|DIV/0!|N/A|VALUE!|NAME\?|NUM!|NULL!)")
_RATIO_HEAD = re.compile(r"%|百分比|增长率|增幅|增速|比重|占比|完成率|增减率|为预算|占预算")
_HEAD_ROWS = 8  # where heads of columns are looked for
_OLE = b"\xd0\xcf\x11\xe0"
_FORMATS = {".csv": "csv", ".xls": "xls", ".ods": "ods"}


def load(path: Path) -> Document:
    """A workbook or csv file as a `Document`; raises `UnreadableDocument`."""
    if not path.stat().st_size:
        raise UnreadableDocument(path.name, "文件是空的")
    problems: list[Problem] = []
    if path.suffix.lower() == ".csv":
        read = list(_csv_blocks(path))
    else:
        data = path.read_bytes()
        if re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|head|meta)", data[:200], re.I):
            # Many systems "export to Excel" by writing an HTML table under an .xls name.
            from index.loaders import html

            return html.load(path)
        read, problems = _workbook(path.name, data)
    if not read:
        raise UnreadableDocument(path.name, "文件里没有内容（没有可见的、有文字的工作表）")
    form = _FORMATS.get(path.suffix.lower(), "xlsx")
    return Document(path.name, Document.digest(path), form, tuple(read), tuple(problems))


# ---------------------------------------------------------------- workbooks


def _workbook(name: str, data: bytes) -> tuple[list[Block], list[Problem]]:
    """The blocks of all visible sheets, and what was left out."""
    looks = sheet_formats(data)
    read: list[Block] = []
    hidden: list[str] = []
    columns_hidden: list[str] = []
    with _opened(name, data) as book:
        for meta in book.sheets_metadata:
            if meta.visible != calamine.SheetVisibleEnum.Visible:
                hidden.append(meta.name)
            elif meta.typ == calamine.SheetTypeEnum.WorkSheet:
                sheet = _values(name, book, meta.name)
                look = looks.get(meta.name) or SheetFormat(percent=_ratios(sheet[0]))
                read += _sheet_blocks(name, meta.name.strip(), sheet, look, first=not read)
                if look.hidden_columns and any(_is_hidden(c, look) for _, c in sheet[0]):
                    columns_hidden.append(meta.name.strip())
    return read, _left_out(name, hidden, columns_hidden)


def _left_out(name: str, sheets: list[str], with_hidden_columns: list[str]) -> list[Problem]:
    problems = []
    for sheet in sheets:
        message = f"工作表“{sheet}”是隐藏的，没有读入"
        problems.append(Problem("hidden_sheet", message, Source(name, sheet=sheet), "note"))
    if with_hidden_columns:
        where = "、".join(with_hidden_columns)
        message = f"{len(with_hidden_columns)} 张工作表有隐藏列，除科目编码外没有读入：{where}"
        problems.append(Problem("hidden_sheet", message, Source(name), "note"))
    return problems


def _opened(name: str, data: bytes) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_filelike(BytesIO(data))
    except calamine.PasswordError as error:
        raise UnreadableDocument(name, "文件有密码，请先解除密码再加入") from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableDocument(name, "文件有密码，请先解除密码再加入") from error
        known = data.startswith((b"PK", _OLE))
        reason = "文件已损坏或不完整" if known else "不是电子表格文件（扩展名与内容不符）"
        raise UnreadableDocument(name, f"{reason}，请用 Excel 或 WPS 打开后另存") from error


_Sheet = tuple[dict[tuple[int, int], object], list[tuple[int, int, int, int]]]


def _values(name: str, book: calamine.CalamineWorkbook, sheet_name: str) -> _Sheet:
    """The values of a sheet that are not empty, by place, and its merged ranges."""
    try:
        sheet = book.get_sheet_by_name(sheet_name)
        merged = sheet.merged_cell_ranges or []
        # Row by row: a stray cell far to the right makes every row thousands of cells wide.
        left = sheet.start[1] if sheet.start else 0  # the rows begin there, but from the top row on
        values: dict[tuple[int, int], object] = {
            (r, c): value
            for r, row in enumerate(sheet.iter_rows())
            for c, value in enumerate(row, left)
            if value is not None and (not isinstance(value, str) or value.strip())
        }
    except (calamine.CalamineError, OSError, ValueError) as error:
        reason = f"工作表“{sheet_name}”已损坏，请用 Excel 或 WPS 打开后另存"
        raise UnreadableDocument(name, reason) from error
    return values, [(a[0], a[1], b[0], b[1]) for a, b in merged]


def _sheet_blocks(
    name: str, sheet_name: str, sheet: _Sheet, look: SheetFormat, *, first: bool
) -> Iterator[Block]:
    """A sheet's name as heading, then its tables and lines; a cover of lines needs no heading."""
    values, merges = sheet
    columns = _columns(values, look)
    cells = {
        (r, c): _cell(value, Source(name, sheet=sheet_name, cell=address(r, c)), look, (r, c))
        for (r, c), value in values.items()
        if c in columns
    }
    cells = {place: cell for place, cell in cells.items() if cell.text}
    left_out = look.hidden_rows - _telling(values, look)
    cells = {place: cell for place, cell in cells.items() if place[0] not in left_out}
    if not cells:
        return
    rows = [r for r in range(max(r for r, _ in cells) + 1) if r not in left_out]
    sources = {r: Source(name, sheet=sheet_name, cell=address(r, 0)) for r in rows}
    area = Area(cells, merges or look.merges, sources)
    found = list(blocks(area, rows, sorted(columns), name))
    is_text = not any(isinstance(block, Grid) for block in found)
    if not (is_text and first and not CONTENTS.search(sheet_name)):
        yield Heading(sheet_name, 1, sources[min(r for r, _ in cells)])
    yield from found


def _columns(values: Mapping[tuple[int, int], object], look: SheetFormat) -> set[int]:
    """The columns that are read: not the hidden ones and not those outside the print area, but
    for subject codes, which say what contains what."""
    codes = {
        c for (r, c), value in values.items()
        if r < _HEAD_ROWS and isinstance(value, str) and re.search(r"编码|代码", value)
    }  # fmt: skip
    return {
        c for c in {c for _, c in values}
        if c in codes
        or (not _is_hidden(c, look)
        and (not look.printed or any(first <= c <= last for first, last in look.printed)))
    }  # fmt: skip


def _is_hidden(column: int, look: SheetFormat) -> bool:
    return any(first <= column <= last for first, last in look.hidden_columns)


def _telling(values: Mapping[tuple[int, int], object], look: SheetFormat) -> set[int]:
    """The rows that state a figure: a filter hides subjects without money, which say nothing, and
    details, which do."""
    return {
        r
        for (r, c), value in values.items()
        if isinstance(value, int | float) and value and not _is_hidden(c, look)
    }


def _cell(value: object, source: Source, look: SheetFormat, place: tuple[int, int]) -> GridCell:
    """A cell of text, with the blanks in front of it as its indent."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    text = _text(value)
    blanks = len(text) - len(text.lstrip(" \u3000\xa0"))
    return GridCell(
        text.strip(),
        percent=number and place in look.percent,
        indent=look.indents.get(place, 0) + blanks + text[:blanks].count("\u3000"),
        source=source,
    )


def _text(value: object) -> str:
    """A value as a reader sees it; what Excel could not compute is nothing."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, datetime.date):
        return f"{value.year}年{value.month}月{value.day}日"
    text = str(value).replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return "" if _ERROR.fullmatch(text.strip()) else text


def number_text(value: float) -> str:
    """A number as plain text without the noise of binary floats, at most 10 places behind the
    point: a run of six zeros or nines in the decimals is what a sum of doubles is off by.

    >>> number_text(893189.8699999999), number_text(8508.680000000168), number_text(2.9e-11)
    ('893189.87', '8508.68', '0')
    """
    exact = Decimal(repr(value))
    if not exact.is_finite() or abs(exact) < Decimal("1e-8"):
        return "" if not exact.is_finite() else "0"
    double = abs(exact) * Decimal("1e-14")
    for places in range(11):
        rounded = round(exact, places)
        run = Decimal(1).scaleb(-places - 6) if rounded else Decimal(0)
        if abs(rounded - exact) <= max(double, run):
            break
    return plain(rounded.normalize()) if rounded else "0"


def _ratios(values: Mapping[tuple[int, int], object]) -> set[tuple[int, int]]:
    """The places of percentages in an old xls, whose formats are not known: columns whose head says
    so, with the long decimals of a quotient, around or below 1."""
    places: set[tuple[int, int]] = set()
    for column in {c for _, c in values}:
        of_column = {place: value for place, value in values.items() if place[1] == column}
        heads = [v for (r, _), v in of_column.items() if isinstance(v, str) and r < _HEAD_ROWS]
        numbers = {place: abs(v) for place, v in of_column.items() if isinstance(v, float)}
        if (
            numbers
            and any(_RATIO_HEAD.search(half_width(head)) for head in heads)
            and median(numbers.values()) <= 1.5
            and any(number != round(number, 4) for number in numbers.values())
        ):
            places.update(numbers)
    return places


# ---------------------------------------------------------------- csv


def _csv_blocks(path: Path) -> Iterator[Block]:
    """A csv file like one sheet without addresses: rows know their lines."""
    text = read_text(path)
    reader = csv.reader(StringIO(text), delimiter=_delimiter(text))
    cells: _Cells = {}
    sources: dict[int, Source] = {}
    line = 1
    try:
        for row, fields in enumerate(reader):
            source = Source(path.name, line=line)
            sources[row] = source
            for column, field in enumerate(fields):
                if field.strip():
                    cells[row, column] = _cell(field, source, SheetFormat(), (row, column))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableDocument(path.name, f"第 {line} 行起不是 CSV 的格式") from error
    if cells:
        columns = sorted({c for _, c in cells})
        area = Area(cells, (), sources, merges_known=False)
        yield from blocks(area, range(max(r for r, _ in cells) + 1), columns, path.name)


def _delimiter(text: str) -> str:
    """The separator that cuts most of the first lines into the same number of fields."""

    def fit(delimiter: str) -> tuple[int, int]:
        try:
            widths = [len(row) for row in csv.reader(StringIO(text[:20000]), delimiter=delimiter)]
        except csv.Error:
            return 0, 0
        wide = [width for width in widths if width > 1]
        common = max(set(wide), key=wide.count, default=1)
        return wide.count(common), common

    return max(",;\t|", key=fit)
