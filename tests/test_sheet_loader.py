"""Spreadsheets: every test is named after a trouble that published budget workbooks make."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from index.errors import UnreadableDocument
from index.facts import table_facts
from index.loaders import load
from index.loaders.sheet import number_text
from index.loaders.sheet_formats import column_index
from index.loaders.sheet_layout import address
from index.model import Document, Fact, Grid, Heading, Paragraph, Table
from index.profile import profile_of
from index.tables import normalise

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
TITLE = "2031年云杉市一般公共预算支出表"


def filled(sheet: Worksheet, rows: list[list[object]], at: str = "A1") -> None:
    corner = sheet[at]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.cell(corner.row + r, corner.column + c, value)


def saved(tmp_path: Path, book: openpyxl.Workbook, name: str = "云杉市2031年预算.xlsx") -> Path:
    path = tmp_path / name
    book.save(path)
    return path


def budget() -> tuple[openpyxl.Workbook, Worksheet]:
    """A sheet as most are: merged title, number and unit line, two header rows, three rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "03-2"
    filled(
        sheet,
        [
            [TITLE],
            ["表三", None, None, "单位：万元"],
            ["项目", "2031年", None, "完成预算的%"],
            [None, "预算数", "执行数"],
            ["一、教育支出", 29431, 38236.0, 1.2991743],
            ["   普通教育", 1000.5, 0.1 + 0.2, 0.5],
            ["支出合计", 30431.5, 38236.3, None],
        ],
    )
    for merged in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
        sheet.merge_cells(merged)
    for row in (5, 6):
        sheet.cell(row, 4).number_format = "0.0%"
    return book, sheet


def tables(path: Path) -> tuple[Table, ...]:
    return normalise(load(path))


def facts(path: Path) -> list[Fact]:
    document = load(path)
    return table_facts(normalise(document), profile_of(document))


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str | None]]:
    return [[cell.text if cell else None for cell in row] for row in grid.rows]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (38236.0, "38236"),
        (123456.78, "123456.78"),
        (123456789012.34, "123456789012.34"),
        (0.1 + 0.2, "0.3"),
        (893189.8699999999, "893189.87"),
        (8508.680000000168, "8508.68"),
        (622.162803, "622.162803"),
        (-2.2e-11, "0"),
        (-0.0, "0"),
        (1e-07, "0.0000001"),
        (2010101.0, "2010101"),
        (1e15, "1000000000000000"),
        (1 / 3, "0.3333333333"),
        (float("nan"), ""),
    ],
)
def test_numbers_pass_without_exponent_and_float_noise(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("row", "column", "name"), [(0, 0, "A1"), (6, 25, "Z7"), (8, 26, "AA9"), (0, 16383, "XFD1")]
)
def test_addresses_go_both_ways(row: int, column: int, name: str) -> None:
    assert address(row, column) == name
    assert column_index(name.rstrip("0123456789")) == column


def test_title_unit_and_merged_header_inside_the_sheet(tmp_path: Path) -> None:
    (table,) = tables(saved(tmp_path, budget()[0]))
    assert (table.title, table.number, table.unit) == (TITLE, "3", "万元")
    assert table.section == ("03-2",)
    assert [c.path for c in table.columns] == [
        ("项目",), ("2031年", "预算数"), ("2031年", "执行数"), ("完成预算的%",),
    ]  # fmt: skip
    assert [row.label for row in table.rows] == ["一、教育支出", "普通教育", "支出合计"]
    assert [row.parents for row in table.rows] == [(), (0,), ()]


def test_every_figure_knows_sheet_and_cell(tmp_path: Path) -> None:
    fact = next(f for f in facts(saved(tmp_path, budget()[0])) if f.label == "教育支出" and "执行" in f.measure)  # fmt: skip
    assert (fact.value, fact.unit, fact.quote) == (Decimal(38236), "万元", "38236")
    assert (fact.source.sheet, fact.source.cell) == ("03-2", "C5")


def test_ratio_with_percent_format_is_a_percentage(tmp_path: Path) -> None:
    found = {f.source.cell: (f.value, f.unit) for f in facts(saved(tmp_path, budget()[0]))}
    assert found["D6"] == (Decimal(50), "%")
    assert found["B6"] == (Decimal("1000.5"), "万元")


def test_alignment_indent_counts_like_leading_blanks(tmp_path: Path) -> None:
    book, sheet = budget()
    sheet["A6"] = "普通教育"
    sheet["A6"].alignment = Alignment(indent=1)
    (table,) = tables(saved(tmp_path, book))
    assert table.rows[1].parents == (0,)


def test_hidden_sheet_is_skipped_and_reported(tmp_path: Path) -> None:
    book, _ = budget()
    filled(book.create_sheet("底稿"), [["秘密", 1], ["数", 2]])
    book["底稿"].sheet_state = "hidden"
    document = load(saved(tmp_path, book))
    assert [(p.kind, p.severity, p.source.sheet) for p in document.problems] == [
        ("hidden_sheet", "note", "底稿")
    ]
    assert not any("秘密" in str(block) for block in document.blocks)


def test_hidden_helper_column_inside_the_table_is_not_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    rows = [
        ["项目", "2031年"],
        [None, "预算数", 3, "执行数"],
        ["教育", 5, 8, 6],
        ["卫生", 7, 10, 9],
    ]
    filled(sheet, rows)
    sheet.merge_cells("A1:A2")
    sheet.merge_cells("B1:D1")
    sheet.column_dimensions["C"].hidden = True
    path = saved(tmp_path, book)
    (table,) = tables(path)
    assert [c.name for c in table.columns] == ["项目", "2031年/预算数", "2031年/执行数"]
    assert [p.kind for p in load(path).problems] == ["hidden_sheet"]


def test_hidden_column_of_subject_codes_still_gives_the_codes(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    rows = [["科目编码", "项目", "预算数"], [201, "一般公共服务支出", 50], [20101, "人大事务", 30], [2010101.0, "行政运行", 20]]  # fmt: skip
    filled(sheet, rows)
    sheet.column_dimensions["A"].hidden = True
    (table,) = tables(saved(tmp_path, book))
    assert [row.code for row in table.rows] == ["201", "20101", "2010101"]
    assert table.rows[2].parents == (0, 1)


def test_hidden_rows_are_read_where_they_state_money(tmp_path: Path) -> None:
    book, sheet = budget()
    filled(sheet, [["   无金额项目", 0, None], ["   行政运行", 7, 8]], at="A8")
    for row in (8, 9):
        sheet.row_dimensions[row].hidden = True
    labels = [row.label for row in tables(saved(tmp_path, book))[0].rows]
    assert "行政运行" in labels and "无金额项目" not in labels


def test_columns_outside_the_print_area_are_helpers(tmp_path: Path) -> None:
    book, sheet = budget()
    filled(sheet, [["打印"], ["是"], ["否"], ["是"]], at="E4")
    sheet.print_area = "A1:D7"
    assert len(tables(saved(tmp_path, book))[0].columns) == 4


def test_flags_beside_the_merged_title_are_helpers_without_a_print_area(tmp_path: Path) -> None:
    book, sheet = budget()
    filled(sheet, [["打印"], ["是"], ["是"], ["是"]], at="E4")
    assert len(tables(saved(tmp_path, book))[0].columns) == 4


def test_numbers_set_apart_by_a_blank_column_are_helpers(tmp_path: Path) -> None:
    book, sheet = budget()
    filled(sheet, [[11, 12], [21, 22], [31, 32]], at="F5")
    assert {f.source.cell[0] for f in facts(saved(tmp_path, book)) if f.source.cell} == set("BCD")


def test_blank_column_inside_a_table_does_not_cut_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    filled(sheet, [["项目", None, "预算数"], ["教育", None, 5], ["卫生", None, 6]])
    (grid,) = grids(load(saved(tmp_path, book)))
    assert texts(grid) == [["项目", "预算数"], ["教育", "5"], ["卫生", "6"]]


def test_two_titled_tables_side_by_side_stay_apart(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    title = "云杉市政府债务限额情况表"
    filled(
        sheet,
        [
            [title, None, None, title],
            ["项目", "全市", None, "项目", "市本级"],
            [None, "2030年", "2031年", None, "2030年", "2031年"],
            ["限额", 10, 20, "限额", 1, 2],
        ],
    )
    for merged in ("A1:C1", "D1:F1", "A2:A3", "B2:C2", "D2:D3", "E2:F2"):
        sheet.merge_cells(merged)
    found = tables(saved(tmp_path, book))
    assert [[c.name for c in t.columns] for t in found] == [
        ["项目", "全市/2030年", "全市/2031年"], ["项目", "市本级/2030年", "市本级/2031年"],
    ]  # fmt: skip
    assert [t.rows[0].label for t in found] == ["限额", "限额"]


def test_tables_below_one_another_and_a_note_between(tmp_path: Path) -> None:
    book, sheet = budget()
    filled(sheet, [["注：数据为快报数。"], [], ["2031年云杉市收入表"], ["项目", "预算数"], ["税收收入", 5], ["非税收入", 6]], at="A9")  # fmt: skip
    first, second = tables(saved(tmp_path, book))
    assert (first.note, len(first.rows)) == ("注：数据为快报数。", 3)
    assert (second.title, [r.label for r in second.rows]) == ("2031年云杉市收入表", ["税收收入", "非税收入"])  # fmt: skip


def test_blank_row_above_the_total_leaves_the_table_whole(tmp_path: Path) -> None:
    book, sheet = budget()
    sheet.move_range("A7:D7", rows=1)
    (table,) = tables(saved(tmp_path, book))
    assert [row.label for row in table.rows][-1] == "支出合计"


def test_the_same_table_on_two_sheets_is_two_tables(tmp_path: Path) -> None:
    book, sheet = budget()
    book.copy_worksheet(sheet).title = "03-3"
    assert [t.source.sheet for t in tables(saved(tmp_path, book))] == ["03-2", "03-3"]


def test_row_merged_over_the_table_heads_the_rows_below(tmp_path: Path) -> None:
    book, sheet = budget()
    sheet.insert_rows(5)
    for merged in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
        assert merged in {str(m) for m in sheet.merged_cells.ranges}
    sheet["A5"] = "一般债务"
    sheet.merge_cells("A5:D5")
    (table,) = tables(saved(tmp_path, book))
    assert table.columns[0].name == "项目"
    assert table.rows[0].label == "一般债务" and table.rows[1].parents == (0,)


def test_a_cell_far_to_the_right_costs_nothing(tmp_path: Path) -> None:
    book, sheet = budget()
    sheet.cell(3, 16379).alignment = Alignment(horizontal="center")
    (grid,) = grids(load(saved(tmp_path, book)))
    assert len(grid.rows[0]) == 4


def test_addresses_stay_right_where_the_table_begins_further_in(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    filled(sheet, [["项目", "预算数"], ["教育支出", 5], ["卫生支出", 6]], at="D5")
    assert [f.source.cell for f in facts(saved(tmp_path, book))] == ["E6", "E7"]


def test_cover_and_contents_are_lines_not_tables(tmp_path: Path) -> None:
    book, _ = budget()
    cover = book.create_sheet("封面", 0)
    filled(cover, [["会议资料"], ["云杉市"], ["2030年预算执行情况和2031年预算（草案）"], ["2031年1月15日"]], at="B2")  # fmt: skip
    document = load(saved(tmp_path, book))
    profile = profile_of(document)
    assert (profile.kind, profile.organisation, profile.year) == ("政府预算", "云杉市", 2031)
    assert len(grids(document)) == 1
    assert isinstance(document.blocks[0], Paragraph)


def test_errors_and_dates_as_a_reader_sees_them(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    filled(sheet, [["项目", "发行日期", "金额"], ["甲", datetime.date(2031, 12, 25), "#REF!"], ["乙", datetime.datetime(2031, 1, 5), 3]])  # fmt: skip
    (grid,) = grids(load(saved(tmp_path, book)))
    assert texts(grid)[1:] == [["甲", "2031年12月25日", ""], ["乙", "2031年1月5日", "3"]]


def test_ods_with_merged_cells_percentages_and_hidden_rows(tmp_path: Path) -> None:
    path = tmp_path / "预算.ods"
    with ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", _MANIFEST)
        archive.writestr("content.xml", _ODS.replace("\n", ""))
    document = load(path)
    (grid,) = grids(document)
    assert document.format == "ods"
    assert texts(grid)[0] == ["项目", "2031年", None]
    assert grid.rows[2][2] is not None and grid.rows[2][2].percent
    (table,) = normalise(document)
    assert [c.name for c in table.columns] == ["项目", "2031年/预算数", "2031年/占比"]
    assert [r.label for r in table.rows] == ["教育支出"]


_MANIFEST = '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'  # fmt: skip
_ODS = """<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="收支"><table:table-column table:number-columns-repeated="3"/>
<table:table-row><table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>项目</text:p></table:table-cell>
<table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>2031年</text:p></table:table-cell><table:covered-table-cell/></table:table-row>
<table:table-row><table:covered-table-cell/><table:table-cell office:value-type="string"><text:p>预算数</text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>占比</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>教育支出</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell>
<table:table-cell office:value-type="percentage" office:value="0.5"><text:p>50%</text:p></table:table-cell></table:table-row>
<table:table-row table:visibility="collapse"><table:table-cell office:value-type="string"><text:p>外交支出</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="0"><text:p>0</text:p></table:table-cell><table:table-cell/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_in_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "支出.csv"
    rows = [
        "一般公共预算支出表",
        "单位：万元",
        "",
        "项目~预算数",
        '教育支出~"1,234.50"',
        "卫生健康支出~6",
    ]
    path.write_bytes("\n".join(rows).replace("~", delimiter).encode(encoding))
    (table,) = tables(path)
    assert (table.title, table.unit) == ("一般公共预算支出表", "万元")
    assert [(r.label, r.source.line) for r in table.rows] == [("教育支出", 5), ("卫生健康支出", 6)]
    assert table.rows[0].figures[1] is not None
    assert table.rows[0].figures[1].value == Decimal("1234.50")


def test_html_table_under_an_xls_name(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_text("<html><table><tr><td>项目</td><td>预算数</td></tr><tr><td>教育</td><td>5</td></tr></table></html>", "utf-8")  # fmt: skip
    assert texts(grids(load(path))[0]) == [["项目", "预算数"], ["教育", "5"]]


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("空.xlsx", b"", "空的"),
        ("文字.xlsx", "不是表格".encode(), "扩展名与内容不符"),
        ("截断.xlsx", b"PK\x03\x04" + b"\x00" * 400, "损坏"),
        ("截断.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "损坏"),
        ("截断.ods", b"PK\x03\x04" + b"\x01" * 50, "损坏"),
        ("空.csv", b"", "空的"),
        ("空白.csv", b"\n \n", "没有内容"),
    ],
)
def test_broken_file_is_named_with_a_reason(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableDocument, match=reason) as caught:
        load(path)
    assert name in str(caught.value)


def test_truncated_workbook_is_named_with_a_reason(tmp_path: Path) -> None:
    path = saved(tmp_path, budget()[0])
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(UnreadableDocument, match="损坏"):
        load(path)


# ---------------------------------------------------------------- real files

corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")


@corpus
def test_real_workbook_of_54_sheets() -> None:
    path = CORPUS / "lijiang_gov_2026.xlsx"
    document = load(path)
    found = normalise(document)
    assert {t.source.sheet for t in found} == {
        block.text for block in document.blocks if isinstance(block, Heading)
    } - {"目录"}
    assert all(t.title and t.number and t.rows for t in found)
    assert {t.unit for t in found if t.source.sheet != "48"} == {"万元"}
    values = {(f.source.sheet, f.source.cell): (f.value, f.unit) for f in table_facts(found, profile_of(document))}  # fmt: skip
    assert values["03-2", "F9"] == (Decimal(38236), "万元")
    assert values["48", "N10"] == (Decimal("67.4273"), "亿元")
    assert values["47", "C36"] == (Decimal("5025674.25"), "万元")
    assert values["47", "F36"] == (Decimal("1310553.36"), "万元")


@corpus
def test_real_legacy_workbook() -> None:
    document = load(CORPUS / "changdu_debt_2024.xls")
    first, second = normalise(document)
    assert (document.format, first.unit, len(first.rows), len(second.rows)) == ("xls", "万元", 14, 40)  # fmt: skip
    assert [c.name for c in first.columns][1] == "地方政府债务限额/合计"
    assert first.rows[0].figures[1] is not None
    assert first.rows[0].figures[1].value == Decimal("182506.59")
