"""What a workbook's XML says beside its values: percent formats, indents, hidden rows and columns,
the print area, and (ods) merged cells.  calamine reads the values, not these.

Sources: ECMA-376 part 1, 18.3 and 18.8 (SpreadsheetML); OpenDocument 1.3 part 3, 9 and 19.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from posixpath import join, normpath
from zipfile import BadZipFile, ZipFile

from lxml import etree

__all__ = ["SheetFormat", "column_index", "sheet_formats"]

# An indent step of a cell's alignment is as wide as one Chinese character, two blanks.
_STEP = 2
_PERCENT_IDS = {9, 10}  # the built-in formats 0% and 0.00%
_AREA = re.compile(r"\$?([A-Z]{1,3})\$?\d*:\$?([A-Z]{1,3})\$?\d*$")
_LIMIT = 20000  # repeated rows and columns of an ods beyond this are its empty rest


@dataclass(slots=True)
class SheetFormat:
    """The look of a sheet; rows and columns count from 0.

    `printed` holds the columns of the print area as (first, last), empty where there is none;
    `merges` (top, left, bottom, right) only of an ods, elsewhere calamine has them."""

    percent: set[tuple[int, int]] = field(default_factory=set)
    indents: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    printed: list[tuple[int, int]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)


def sheet_formats(data: bytes) -> Mapping[str, SheetFormat]:
    """Sheet names with their formats, from the bytes of an xlsx or ods; nothing for an xls, and
    nothing where the XML is not as it should be (the values can still be read)."""
    try:
        with ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "content.xml" in names:
                return dict(_ods(archive))
            return dict(_xlsx(archive)) if "xl/workbook.xml" in names else {}
    except (BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, RuntimeError):
        return {}


def column_index(letters: str) -> int:
    """The number of a column, from 0.

    >>> column_index("A"), column_index("AB")
    (0, 27)
    """
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _tag(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _get(element: etree._Element, name: str) -> str:
    """An attribute whatever its namespace, `""` where it is not there."""
    for key, value in element.attrib.items():
        if str(key).rsplit("}", 1)[-1] == name:
            return str(value)
    return ""


# ---------------------------------------------------------------- xlsx


def _xlsx(archive: ZipFile) -> Iterator[tuple[str, SheetFormat]]:
    workbook = etree.fromstring(archive.read("xl/workbook.xml"))
    relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {_get(relation, "Id"): _get(relation, "Target") for relation in relations}
    percent, indents = _styles(archive)
    areas = {
        int(element.get("localSheetId", "-1")): element.text or ""
        for element in workbook.iter("{*}definedName")
        if element.get("name") == "_xlnm.Print_Area"
    }
    for number, sheet in enumerate(workbook.iter("{*}sheet")):
        relation = next(
            (str(v) for k, v in sheet.attrib.items() if str(k).endswith("relationships}id")), ""
        )
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
        if path in archive.namelist():
            look = _xlsx_sheet(archive.read(path), percent, indents)
            look.printed = _print_area(areas.get(number, ""))
            yield sheet.get("name", ""), look


def _styles(archive: ZipFile) -> tuple[list[bool], list[int]]:
    """Of each cell style, whether it shows percentages and how many blanks it indents."""
    if "xl/styles.xml" not in archive.namelist():
        return [], []
    styles = etree.fromstring(archive.read("xl/styles.xml"))
    codes = {e.get("numFmtId", ""): e.get("formatCode", "") for e in styles.iter("{*}numFmt")}
    percent, indents = [], []
    for cell_formats in styles.iter("{*}cellXfs"):
        for style in cell_formats:
            identity = style.get("numFmtId", "0")
            code = re.sub(r'"[^"]*"|\\.', "", codes.get(identity, ""))
            percent.append("%" in code or (identity.isdigit() and int(identity) in _PERCENT_IDS))
            alignment = style.find("{*}alignment")
            indents.append(
                _STEP * int(alignment.get("indent", "0")) if alignment is not None else 0
            )
    return percent, indents


def _xlsx_sheet(xml: bytes, percent: list[bool], indents: list[int]) -> SheetFormat:
    look = SheetFormat()
    row = -1
    for _, element in etree.iterparse(BytesIO(xml), events=("start",)):
        tag = _tag(element)
        if tag == "c":
            style = int(element.get("s", "0"))
            if style < len(percent) and (percent[style] or indents[style]):
                place = row, column_index(re.sub(r"\d+", "", element.get("r", "")))
                if percent[style]:
                    look.percent.add(place)
                if indents[style]:
                    look.indents[place] = indents[style]
        elif tag == "row":
            row = int(element.get("r", row + 2)) - 1
            if element.get("hidden") in ("1", "true"):
                look.hidden_rows.add(row)
        elif tag == "col" and element.get("hidden") in ("1", "true"):
            look.hidden_columns.append(
                (int(element.get("min", "1")) - 1, int(element.get("max", "1")) - 1)
            )
    return look


def _print_area(reference: str) -> list[tuple[int, int]]:
    """The columns of a print area: `'03-2'!$B$1:$H$44` gives `[(1, 7)]`."""
    parts = [_AREA.search(part.strip()) for part in reference.split(",")]
    return [(column_index(m[1]), column_index(m[2])) for m in parts if m]


# ---------------------------------------------------------------- ods


def _ods(archive: ZipFile) -> Iterator[tuple[str, SheetFormat]]:
    content = etree.fromstring(archive.read("content.xml"))
    for table in content.iter("{*}table"):
        look = SheetFormat()
        _ods_columns(table, look)
        row = 0
        for element in table.iter("{*}table-row"):
            repeat = min(int(_get(element, "number-rows-repeated") or 1), _LIMIT)
            if _get(element, "visibility") in ("collapse", "filter"):
                look.hidden_rows.update(range(row, row + repeat))
            _ods_cells(element, row, look)
            row += repeat
        yield _get(table, "name"), look


def _ods_columns(table: etree._Element, look: SheetFormat) -> None:
    column = 0
    for element in table.iter("{*}table-column"):
        repeat = int(_get(element, "number-columns-repeated") or 1)
        if _get(element, "visibility") in ("collapse", "filter"):
            look.hidden_columns.append((column, column + repeat - 1))
        column += repeat


def _ods_cells(row_element: etree._Element, row: int, look: SheetFormat) -> None:
    column = 0
    for cell in row_element:
        if _tag(cell) not in ("table-cell", "covered-table-cell"):
            continue
        if _get(cell, "value-type") == "percentage":
            look.percent.add((row, column))
        down = int(_get(cell, "number-rows-spanned") or 1)
        right = int(_get(cell, "number-columns-spanned") or 1)
        if down > 1 or right > 1:
            look.merges.append((row, column, row + down - 1, column + right - 1))
        column += int(_get(cell, "number-columns-repeated") or 1)
