"""PDFs made here, each named after the trouble it is; and real ones, where the corpus lies."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index import ocr
from index.errors import UnreadableDocument
from index.loaders import load
from index.loaders.pdf import garbled, on_its_line
from index.loaders.pdf_scan import Scan
from index.loaders.pdf_scan import scanned as scanned_page
from index.loaders.pdf_words import Word, joined
from index.model import Document, Grid, Heading, Paragraph, Table
from index.tables import normalise

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="../shared/corpus is not there")
needs_ocr = pytest.mark.skipif(
    not ocr.available(), reason="OCR IS NOT TESTED: pip install 'budget-qa[ocr]'"
)
SONG = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(SONG))


class Page:
    """A canvas that counts from the top, as a reader does."""

    def __init__(self, canvas: Canvas, height: float) -> None:
        self.canvas, self.height = canvas, height

    def text(self, x: float, top: float, text: str, size: float = 12) -> None:
        self.canvas.setFont(SONG, size)
        self.canvas.drawString(x, self.height - top - size, text)

    def rules(self, *rules: tuple[float, float, float, float]) -> None:
        for x0, top, x1, bottom in rules:
            self.canvas.line(x0, self.height - top, x1, self.height - bottom)

    def grid(self, xs: list[float], top: float, rows: list[list[str]], step: float = 20) -> float:
        """A ruled table, a text a cell; gives back where it ends."""
        bottom = top + step * len(rows)
        self.rules(*((xs[0], top + step * r, xs[-1], top + step * r) for r in range(len(rows) + 1)))
        self.rules(*((x, top, x, bottom) for x in xs))
        for r, row in enumerate(rows):
            for x, text in zip(xs, row, strict=False):
                self.text(x + 3, top + step * r + 4, text, 9)
        return bottom


def made(
    path: Path, *draw: Callable[[Page], None], size: tuple[float, float] = A4, **options: str
) -> Path:
    """A PDF with one page a drawing function."""
    canvas = Canvas(str(path), pagesize=size, **options)  # type: ignore[arg-type]
    for one in draw:
        one(Page(canvas, size[1]))
        canvas.showPage()
    canvas.save()
    return path


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str | None]]:
    return [[cell.text if cell else None for cell in row] for row in grid.rows]


def paragraphs(document: Document) -> list[str]:
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


def headings(document: Document) -> list[tuple[int, str]]:
    return [(block.level, block.text) for block in document.blocks if isinstance(block, Heading)]


# ---------------------------------------------------------------- tables


def test_merged_cells_are_known_with_their_spans_and_boxes(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.rules((50, 100, 350, 100), (150, 120, 350, 120), (50, 140, 350, 140), (50, 160, 350, 160))
        p.rules((50, 100, 50, 160), (150, 100, 150, 160), (250, 120, 250, 160))
        p.rules((350, 100, 350, 160))
        p.text(60, 114, "科目名称", 9)
        p.text(200, 104, "财政拨款", 9)
        p.text(160, 124, "小计", 9)
        p.text(260, 124, "基本支出", 9)
        p.text(60, 144, "教育支出", 9)
        p.text(260, 144, "12.50", 9)

    (grid,) = grids(load(made(tmp_path / "merged.pdf", page)))
    assert texts(grid) == [
        ["科目名称", "财政拨款", None],
        [None, "小计", "基本支出"],
        ["教育支出", "", "12.50"],
    ]
    assert grid.merges_known
    name, head, figure = grid.rows[0][0], grid.rows[0][1], grid.rows[2][2]
    assert name and head and figure and figure.source
    assert (name.rowspan, name.colspan, head.rowspan, head.colspan) == (2, 1, 1, 2)
    assert figure.source.page == 1
    assert figure.source.bbox == pytest.approx((250, 140, 350, 160), abs=0.2)


def test_label_broken_over_two_lines_is_one_label_and_a_broken_figure_is_put_together(
    tmp_path: Path,
) -> None:
    def page(p: Page) -> None:
        p.grid([50, 150, 250], 100, [["项目", "金额"], ["", ""]], step=40)
        p.text(53, 143, "机关事业单位基本", 9)
        p.text(53, 158, "养老保险缴费", 9)
        p.text(200, 143, "2,542.6", 9)
        p.text(200, 158, "0", 9)

    document = load(made(tmp_path / "broken_lines.pdf", page))
    assert texts(grids(document)[0])[1] == ["机关事业单位基本养老保险缴费", "2,542.6\n0"]
    (table,) = normalise(document)
    figure = table.rows[0].figures[1]
    assert figure and str(figure.value) == "2542.60"


def test_rows_without_rules_between_them_are_rows(tmp_path: Path) -> None:
    """Only the head and the total are ruled; a row may lack a figure, and its name none."""

    def page(p: Page) -> None:
        p.rules(*((50, y, 350, y) for y in (100, 120, 220, 240)))
        p.rules(*((x, 100, x, 240) for x in (50, 150, 250, 350)))
        rows = [
            ("税收收入", "80", "75"),
            ("增值税", "50", "45"),
            ("营业税", "", "5"),
            ("契税", "30", "25"),
        ]
        for n, (name, planned, done) in enumerate(rows):
            for x, text in ((55, name), (155, planned), (255, done)):
                p.text(x, 124 + 24 * n, text, 9)
        for x, head, total in (
            (55, "科目", "合计"),
            (155, "预算数", "160"),
            (255, "执行数", "150"),
        ):
            p.text(x, 104, head, 9)
            p.text(x, 224, total, 9)

    (grid,) = grids(load(made(tmp_path / "unruled.pdf", page)))
    assert texts(grid) == [
        ["科目", "预算数", "执行数"],
        ["税收收入", "80", "75"],
        ["增值税", "50", "45"],
        ["营业税", "", "5"],
        ["契税", "30", "25"],
        ["合计", "160", "150"],
    ]


def test_letters_stand_on_the_line_they_are_written_on() -> None:
    """A font that states a descent as large as its letters."""
    char = {"text": "2", "size": 10.0, "upright": True, "matrix": (1, 0, 0, 1, 50, 700)}
    usual = {**char, "top": 91.0, "bottom": 102.0}
    assert on_its_line(usual, 800) is usual
    odd = on_its_line({**char, "top": 101.0, "bottom": 111.0}, 800)
    assert (odd["top"], odd["bottom"]) == (92.0, 102.0)


def test_word_over_a_border_is_cut_there_but_a_figure_too_wide_for_its_column_is_not(
    tmp_path: Path,
) -> None:
    def page(p: Page) -> None:
        p.grid([50, 100, 150, 220], 100, [["项目", "预算数", "决算数"], ["", "", ""]])
        p.text(78, 124, "其他支出", 9)
        p.text(144, 124, "1,234,567.89", 9)

    (grid,) = grids(load(made(tmp_path / "over_border.pdf", page)))
    assert texts(grid)[1] == ["其他", "支出", "1,234,567.89"]


def test_table_open_at_its_sides_has_its_first_and_last_column(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.rules(*((50, top, 350, top) for top in (100, 120, 140, 160)))
        p.rules((150, 100, 150, 160), (250, 100, 250, 160))
        for r, row in enumerate([["项目", "预算", "决算"], ["教育", "1.00", "2.00"], ["合计", "1.00", "2.00"]]):  # fmt: skip
            for c, text in enumerate(row):
                p.text(60 + 100 * c, 104 + 20 * r, text, 9)

    (grid,) = grids(load(made(tmp_path / "open_sides.pdf", page)))
    assert texts(grid) == [["项目", "预算", "决算"], ["教育", "1.00", "2.00"], ["合计", "1.00", "2.00"]]  # fmt: skip


def test_table_without_any_rules_is_found_by_alignment(tmp_path: Path) -> None:
    rows = [["项目", "预算数", "决算数"], ["教育支出", "10.00", "9.00"], ["卫生健康支出", "", "1,000.00"], ["合计", "10.00", "1,009.00"]]  # fmt: skip

    def page(p: Page) -> None:
        for r, row in enumerate(rows):
            for c, text in enumerate(row):
                p.text(60 + 150 * c, 104 + 20 * r, text, 10)

    rows[2][1] = "0.00"
    (grid,) = grids(load(made(tmp_path / "no_rules.pdf", page)))
    assert texts(grid) == rows
    assert not grid.merges_known


def test_frame_around_text_is_no_table(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.rules((50, 100, 500, 100), (50, 150, 500, 150), (50, 100, 50, 150), (500, 100, 500, 150))
        p.text(60, 115, "本部门没有政府性基金预算支出。")

    document = load(made(tmp_path / "frame.pdf", page))
    assert not grids(document)
    assert paragraphs(document) == ["本部门没有政府性基金预算支出。"]


def test_text_and_rules_outside_the_page_are_not_read(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.grid([50, 200, 300], 100, [["项目", "金额"], ["教育支出", "1.00"]])
        p.grid([50, 200, 300], 900, [["项目", "金额"], ["别处的表", "9.00"]])

    document = load(made(tmp_path / "off_page.pdf", page))
    assert [texts(grid)[1] for grid in grids(document)] == [["教育支出", "1.00"]]


def test_borders_with_mitred_corners_are_rules_however_many(tmp_path: Path) -> None:
    def draw(page: Page) -> None:
        height = page.height
        for row in range(25):
            for column in range(4):
                x, y = 50 + 100 * column, height - 60 - 20 * row
                for dx, dy, ex, ey in (
                    (0, 0, 100, 0),
                    (0, -20, 100, -20),
                    (0, 0, 0, -20),
                    (100, 0, 100, -20),
                ):
                    path = page.canvas.beginPath()
                    level = dy == ey
                    corners = (
                        [(dx, dy), (ex, ey), (ex - 0.7, ey - 0.7), (dx + 0.7, dy - 0.7)]
                        if level
                        else [(dx, dy), (ex, ey), (ex + 0.7, ey + 0.7), (dx + 0.7, dy - 0.7)]
                    )
                    path.moveTo(x + corners[0][0], y + corners[0][1])
                    for cx, cy in (*corners[1:], corners[0]):
                        path.lineTo(x + cx, y + cy)
                    page.canvas.drawPath(path, stroke=0, fill=1)
                page.text(x + 4, 64 + 20 * row, f"{row}.{column}", 9)

    (grid,) = grids(load(made(tmp_path / "斜角.pdf", draw)))
    assert texts(grid) == [[f"{row}.{column}" for column in range(4)] for row in range(25)]


def test_a_label_that_stands_in_the_middle_by_chance_is_indented_like_the_others(
    tmp_path: Path,
) -> None:
    names = [
        "合计金额",
        "道路养护",
        "一个名称长到几乎填满格子的项目",
        "桥梁",
        "绿地养护工程",
        "照明",
    ]

    def draw(page: Page) -> None:
        xs = [50.0, 230.0, 320.0]
        page.grid(xs, 60, [["", "10"] for _ in names])
        for row, name in enumerate(names):
            indent = 3 if row in (0, 5) else 81 if name == "桥梁" else 21
            page.text(50 + indent, 64 + 20 * row, name, 9)

    (grid,) = grids(load(made(tmp_path / "居中.pdf", draw)))
    assert [row[0].indent for row in grid.rows if row[0]] == [0, 2, 2, 0, 2, 0]


def test_white_backgrounds_are_no_rules(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.canvas.setFillColorRGB(1, 1, 1)
        for top in (90, 125):
            p.canvas.rect(40, p.height - top - 30, 200, 30, stroke=0, fill=1)
            p.canvas.rect(240, p.height - top - 30, 200, 30, stroke=0, fill=1)
        p.canvas.setFillColorRGB(0, 0, 0)
        p.text(60, 100, "部门职责")
        p.text(260, 100, "机构设置")

    assert not grids(load(made(tmp_path / "white.pdf", page)))


@pytest.mark.parametrize("head", [True, False], ids=["repeated head", "no head"])
def test_table_over_two_pages_is_one_table(tmp_path: Path, head: bool) -> None:
    names = ["科目编码", "科目名称", "合计", "基本支出"]

    def first(p: Page) -> None:
        p.text(200, 60, "一般公共预算支出表", 16)
        p.text(420, 84, "单位：万元", 9)
        p.grid([50, 150, 300, 400, 500], 100, [names, ["201", "一般公共服务支出", "7.00", "3.00"], ["20101", "人大事务", "7.00", "3.00"]])  # fmt: skip

    def second(p: Page) -> None:
        rows = [["205", "教育支出", "5.00", ""], ["20502", "普通教育", "5.00", ""]]
        p.grid([50, 150, 300, 400, 500], 60, [names, *rows] if head else rows)

    (table,) = normalise(load(made(tmp_path / "two_pages.pdf", first, second)))
    assert (table.title, table.unit) == ("一般公共预算支出表", "万元")
    assert [row.code for row in table.rows] == ["201", "20101", "205", "20502"]
    assert [row.source.page for row in table.rows] == [1, 1, 2, 2]
    assert table.rows[3].parents == (2,)


def test_total_alone_on_the_next_page_keeps_the_columns_it_is_merged_over(tmp_path: Path) -> None:
    xs = [50, 90, 130, 170, 300, 400, 500]

    def first(p: Page) -> None:
        p.text(200, 40, "支出预算总表", 16)
        p.text(420, 64, "单位：元", 9)
        p.grid(xs, 80, [["类", "款", "项", "科目名称", "合计", "项目支出"], ["201", "05", "07", "专项普查活动", "3,000", "3,000"], ["201", "32", "02", "组织事务", "4,000", "1,000"]])  # fmt: skip

    def second(p: Page) -> None:
        p.grid([50, 300, 400, 500], 60, [["合计", "7,000", "4,000"]])

    (table,) = normalise(load(made(tmp_path / "total_alone.pdf", first, second)))
    assert [row.code for row in table.rows] == ["2010507", "2013202", ""]
    assert table.rows[2].is_total
    assert [f.text for f in table.rows[2].figures[4:] if f] == ["7,000", "4,000"]


def test_label_merged_over_two_tables_side_by_side_names_the_row_of_its_figure(
    tmp_path: Path,
) -> None:
    def page(p: Page) -> None:
        p.text(200, 60, "收支总表", 16)
        xs = [50, 150, 220, 320, 390]
        p.grid(xs, 100, [["收入项目", "预算数", "支出项目", "预算数"], ["财政拨款", "9.00", "基本支出", "9.00"]])  # fmt: skip
        p.rules((50, 160, 390, 160), (50, 140, 50, 160), (150, 140, 150, 160), (320, 140, 320, 160))
        p.rules((390, 140, 390, 160))
        p.text(60, 144, "收入合计", 9)
        p.text(200, 144, "支出合计", 9)
        p.text(330, 144, "9.00", 9)

    tables = normalise(load(made(tmp_path / "side_by_side.pdf", page)))
    assert [t.rows[-1].label for t in tables] == ["收入合计", "支出合计"]
    last = tables[1].rows[-1].figures[-1]
    assert last and last.text == "9.00"


def test_empty_table_has_its_whole_head_and_no_rows_but_the_total(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.text(200, 60, "政府性基金预算支出表", 16)
        p.rules((50, 100, 450, 100), (50, 120, 450, 120), (50, 140, 450, 140), (50, 160, 450, 160))
        p.rules((50, 100, 50, 160), (150, 120, 150, 160), (250, 100, 250, 160))
        p.rules((350, 120, 350, 160), (450, 100, 450, 160))
        for x, top, text in ((130, 104, "项目"), (320, 104, "政府性基金预算支出"), (60, 124, "科目编码"), (160, 124, "科目名称"), (260, 124, "合计"), (360, 124, "基本支出"), (160, 144, "合计")):  # fmt: skip
            p.text(x, top, text, 9)
        p.text(50, 170, "注：本部门无政府性基金预算支出，故本表为空表。", 9)

    (table,) = normalise(load(made(tmp_path / "empty_table.pdf", page)))
    assert table.empty
    assert [c.name for c in table.columns][:2] == ["项目/科目编码", "项目/科目名称"]


def test_landscape_page(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.grid([50, 300, 500, 780], 400, [["项目", "预算数", "决算数"], ["合计", "1.00", "2.00"]])

    document = load(made(tmp_path / "landscape.pdf", page, size=landscape(A4)))
    source = grids(document)[0].source
    assert source.bbox and source.bbox[2] == pytest.approx(780, abs=1)


# ---------------------------------------------------------------- prose

BODY = "本部门主要职责是贯彻执行国家和省市有关法律法规和方针政策并拟订本区有关规划"


def flowing(p: Page, top: float, lines: list[str], indent: bool = True) -> None:
    for number, line in enumerate(lines):
        p.text(90 + (24 if indent and number == 0 else 0), top + 24 * number, line)


def test_paragraph_goes_on_over_lines_and_pages_without_headers_footers_and_page_numbers(
    tmp_path: Path,
) -> None:
    whole = BODY * 4 + "结束。"
    # 34 characters fill a line of 408 points, 32 the indented first one.
    cuts = [whole[:32], whole[32:66], whole[66:100], whole[100:134], whole[134:]]

    def page(number: int, lines: list[str], indent: bool) -> Callable[[Page], None]:
        def draw(p: Page) -> None:
            p.text(90, 30, "某某市2031年部门预算公开", 9)
            flowing(p, 80, lines, indent)
            p.text(280, 800, f"- {number} -", 9)

        return draw

    draws = [page(1, cuts[:2], True), page(2, cuts[2:], False), page(3, ["另一段文字。"], True)]
    document = load(made(tmp_path / "prose.pdf", *draws))
    assert paragraphs(document) == [whole, "另一段文字。"]
    assert [b.source.page for b in document.blocks] == [1, 3]
    assert document.pages == 3


def test_captions_with_the_margins_of_wide_tables_do_not_move_those_of_prose(
    tmp_path: Path,
) -> None:
    whole = BODY * 2 + "结束。"
    lines = [whole[:32], whole[32:66], whole[66:]]

    def prose(page: Page) -> None:
        for top in (80, 200, 320):
            flowing(page, top, lines)

    def table(page: Page) -> None:
        for top in (80, 280, 480):
            page.text(40, top, "单位名称：深林市青禾区森林和草原局", 10)
            page.text(500, top, "单位：万元", 10)
            page.grid([40, 200, 550], top + 20, [["项目", "金额"], ["合计", "5.00"]])

    document = load(made(tmp_path / "margins.pdf", prose, table, table))
    assert [text for text in paragraphs(document) if not text.startswith("单位")] == [whole] * 3


def test_indented_line_begins_a_paragraph_though_the_one_before_is_full(tmp_path: Path) -> None:
    first, second = BODY[:32], BODY[:20] + "。"
    lines = [first[:32], (BODY * 2)[:33] + "。"]

    def page(p: Page) -> None:
        flowing(p, 80, lines)
        flowing(p, 128, [second])
        flowing(p, 200, [BODY[:32], BODY[:10] + "。"])

    assert paragraphs(load(made(tmp_path / "indents.pdf", page)))[1] == second


def test_headings_by_number_and_by_size(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        p.text(150, 60, "第二部分　某某局2031年度", 18)
        p.text(200, 90, "部门预算情况说明", 18)
        p.text(114, 150, "一、收支总体情况")
        flowing(p, 180, [BODY[:32], BODY[:10] + "。"])
        p.text(114, 240, "六、项目支出：指在基本支出之外发生的支出。")
        p.text(220, 300, "名词解释", 18)
        flowing(p, 350, [BODY[:32], BODY[:12] + "。"])

    document = load(made(tmp_path / "headings.pdf", page))
    assert headings(document) == [
        (1, "第二部分 某某局2031年度部门预算情况说明"),
        (2, "一、收支总体情况"),
        (2, "名词解释"),
    ]
    assert "六、项目支出：指在基本支出之外发生的支出。" in paragraphs(document)


def test_a_title_of_the_body_s_size_over_two_lines_and_a_heading_below_a_full_line(
    tmp_path: Path,
) -> None:
    full = (BODY * 2)[:32]

    def page(p: Page) -> None:
        p.text(91, 60, "第三部分　深林市云杉区林业和草原局2031年度部门决算")
        p.text(216, 90, "情况说明")
        p.text(114, 150, "一、机关运行经费预算")
        flowing(p, 174, [full])  # no stop at its end, though it reaches the margin
        p.text(100, 198, "二、政府采购预算情况")
        flowing(p, 222, [BODY[:32], BODY[:10] + "。"])

    document = load(made(tmp_path / "titles.pdf", page))
    assert headings(document) == [
        (1, "第三部分 深林市云杉区林业和草原局2031年度部门决算情况说明"),
        (2, "一、机关运行经费预算"),
        (2, "二、政府采购预算情况"),
    ]
    assert paragraphs(document)[0] == full


def test_contents_are_one_entry_a_line_and_no_headings(tmp_path: Path) -> None:
    def contents(p: Page) -> None:
        p.text(260, 60, "目  录", 18)
        for n, entry in enumerate(["第一部分　部门概况", "一、主要职责", "二、机构设置"]):
            p.text(90, 110 + 24 * n, entry + "…" * 20 + str(n + 2))

    def body(p: Page) -> None:
        p.text(200, 60, "第一部分　部门概况", 18)
        p.text(114, 110, "一、主要职责")
        flowing(p, 140, [BODY[:32], BODY[:10] + "。"])

    document = load(made(tmp_path / "contents.pdf", contents, body))
    assert paragraphs(document)[:3] == ["第一部分 部门概况", "一、主要职责", "二、机构设置"]
    assert [text for _, text in headings(document)] == ["目录", "第一部分 部门概况", "一、主要职责"]


def test_caption_lines_stay_apart_and_a_title_over_two_lines_is_one(tmp_path: Path) -> None:
    def page(p: Page) -> None:
        flowing(p, 40, [BODY[:32], BODY[:10] + "。"])
        p.text(90, 100, "表8", 10)
        p.text(150, 120, "财政拨款政府性基金支出预算", 18)
        p.text(258, 144, "表", 18)
        p.text(50, 180, "编制部门：某某市教育局", 9)
        p.text(440, 180, "单位：元", 9)
        bottom = p.grid([50, 200, 500], 200, [["项目", "金额"], ["合计", "3.00"]])
        p.text(50, bottom + 8, "注：本表反映本年度支出情况。", 9)

    (table,) = normalise(load(made(tmp_path / "caption.pdf", page)))
    assert (table.number, table.title) == ("8", "财政拨款政府性基金支出预算表")
    assert (table.unit, table.organisation) == ("元", "某某市教育局")
    assert table.note == "注：本表反映本年度支出情况。"


@pytest.mark.parametrize(
    ("gap", "left", "right", "text"),
    [
        (3, "规划", "资源", "规划资源"),
        (6, "第一部分", "概况", "第一部分 概况"),
        (4, "编制", "199", "编制199"),
        (2, "Budget", "Law", "Budget Law"),
    ],
)
def test_gaps_of_the_layout_are_no_blanks(gap: float, left: str, right: str, text: str) -> None:
    words = [Word(left, 0, 0, 40, 12, 12), Word(right, 40 + gap, 0, 90, 12, 12)]
    assert joined(words) == text


# ---------------------------------------------------------------- what cannot be read


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "空"), (b"%PDF-1.7\nbroken", "损坏"), (b"not a pdf at all" * 50, "损坏")],
)
def test_broken_files_are_refused_with_name_and_reason(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "坏文件.pdf"
    path.write_bytes(content)
    with pytest.raises(UnreadableDocument) as caught:
        load(path)
    assert caught.value.document == "坏文件.pdf"
    assert reason in caught.value.reason


def test_encrypted_file_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "locked.pdf", lambda p: p.text(90, 90, "预算"), encrypt="secret")
    with pytest.raises(UnreadableDocument, match="加密"):
        load(path)


def test_blank_pages_are_no_document(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match="空白"):
        load(made(tmp_path / "blank.pdf", lambda p: None, lambda p: None))


@pytest.mark.parametrize(
    ("text", "is_garbage"),
    [
        (BODY * 3, False),
        ("2031年一般公共预算支出12,345.67万元" * 3, False),
        ("1,234.56 7,890.12 0.00 3,456.78 901.23" * 3, False),
        ("\ue010\ue011\ue012预算" * 10, True),
        ("NOPQR67STUVjddklmdnop" * 3, True),
        ("龘靐齉齾爩鱻麤龗灪吁龖厵滟爨癵籱饢驫鲡鹂" * 4, True),
    ],
)
def test_garbage_is_told_from_text(text: str, is_garbage: bool) -> None:
    assert garbled([char for char in text if char.strip()]) is is_garbage


def test_unmapped_glyphs_are_garbage() -> None:
    assert garbled(["(cid:7)", "(cid:12)", "一", "般"])
    assert garbled([*BODY, "(cid:7)", "(cid:8)", "(cid:9)"])


def scanned(path: Path, source: Path, scale: float = 2) -> Path:
    """The same pages as pictures."""
    with pypdfium2.PdfDocument(source) as document:
        pictures = [page.render(scale=scale).to_pil().convert("RGB") for page in document]
    data = io.BytesIO()
    pictures[0].save(data, "PDF", save_all=True, append_images=pictures[1:], resolution=72 * scale)
    path.write_bytes(data.getvalue())
    return path


def digits(p: Page) -> None:
    """A page that needs no Chinese font to be rendered."""
    p.rules(*((50, top, 450, top) for top in (100, 130, 160, 190)))
    p.rules(*((x, 100, x, 190) for x in (50, 150, 300, 450)))
    p.canvas.setFont("Helvetica", 12)
    for r, row in enumerate([["CODE", "2030", "2031"], ["20101", "1,234.56", "0.00"], ["20502", "", "789.10"]]):  # fmt: skip
        for x, text in zip((60, 160, 310), row, strict=True):
            p.canvas.drawString(x, p.height - 120 - 30 * r, text)


def test_scanned_page_without_ocr_is_a_problem_and_nothing_of_it_is_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    path = scanned(tmp_path / "scan.pdf", made(tmp_path / "digits.pdf", digits))
    with pytest.raises(UnreadableDocument, match=r"budget-qa\[ocr\]"):
        load(path)


def test_a_short_rule_between_two_rows_of_a_head_is_seen_and_a_stroke_is_not() -> None:
    picture = np.full((400, 600, 3), 255, dtype=np.uint8)
    for row in (100, 138, 176):
        picture[row : row + 2, 50:550] = 0
    picture[100:178, 50:52] = picture[100:178, 548:550] = 0
    picture[138:178, 200:202] = 0  # 类 | 款: as high as one row
    picture[146:170, 300:302] = 0  # a stroke between the rules
    upright = [r for r in Scan((), 0, 1.0, picture).rules() if r["orientation"] == "v"]
    assert sorted(round(r["x0"]) for r in upright) == [25, 100, 274]


@pytest.mark.parametrize(("ink", "text"), [((7, 2), "-"), ((2, 9), "1")])
def test_a_dash_alone_that_ocr_turned_into_a_one_is_a_dash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ink: tuple[int, int], text: str
) -> None:
    """Its box is higher than wide: the engine turns such boxes by a quarter before it reads."""

    def drawn(page: Page) -> None:
        width, height = ink
        page.canvas.rect(101, 842 - 108 - height / 2, width, height, stroke=0, fill=1)

    path = made(tmp_path / "dash.pdf", drawn)
    box = (200.0, 206.0, 218.0, 236.0)
    monkeypatch.setattr(ocr, "read", lambda _: [ocr.Reading("1", box, 0.99)])
    assert [word.text for word in scanned_page(path, 1).words] == [text]


@needs_ocr
def test_scanned_table_is_read_from_its_picture(tmp_path: Path) -> None:
    path = scanned(tmp_path / "scan.pdf", made(tmp_path / "digits.pdf", digits))
    document = load(path)
    (grid,) = grids(document)
    assert texts(grid) == [["CODE", "2030", "2031"], ["20101", "1,234.56", "0.00"], ["20502", "", "789.10"]]  # fmt: skip
    cell = grid.rows[1][1]
    assert cell and cell.source and cell.source.bbox == pytest.approx((150, 130, 300, 160), abs=1.5)
    (problem,) = document.problems
    assert (problem.kind, problem.severity, problem.source.page) == ("ocr", "note", 1)
    assert "第1页" in problem.message and "置信度" in problem.message


# ---------------------------------------------------------------- the corpus


@functools.cache
def real(name: str) -> tuple[Document, tuple[Table, ...]]:
    document = load(next(CORPUS.glob(name)))
    return document, normalise(document)


def figure(name: str, title: str, label: str, column: str) -> str | None:
    """The text of a cell of a real document, found as a reader would."""
    for table in (t for t in real(name)[1] if t.title == title):
        for row in (r for r in table.rows if r.label == label or r.code == label):
            for index, c in enumerate(table.columns):
                cell = row.figures[index]
                if c.name == column and cell:
                    return cell.text
    return None


WANLI, PUTUO, JIANGSU = "万里*2024*.pdf", "普陀*.pdf", "jiangsu*.pdf"


@needs_corpus
@pytest.mark.parametrize(
    ("name", "title", "label", "column", "text"),
    [
        (WANLI, "2024年部门收入预算总表", "合计", "收入预算/财政拨款收入", "156,211,123"),
        (WANLI, "2024年部门支出预算总表", "2120101", "支出预算/项目支出", "250,000"),
        (WANLI, "2024年部门支出预算总表", "合计", "支出预算/基本支出", "99,706,020"),
        (PUTUO, "收入决算表", "22102", "财政拨款收入", "461.08"),
        (PUTUO, "一般公共预算财政拨款基本支出决算表", "30206", "决算数", "18.86"),
        (PUTUO, "一般公共预算财政拨款基本支出决算表", "人员经费合计", "决算数", "4884.09"),
        (JIANGSU, "收支预算总表", "八、社会保障和就业支出", "支出/功能分类/金额", "1,608.51"),
        (JIANGSU, "财政拨款基本支出预算表", "30312", "金额", "1,018.01"),
        (JIANGSU, "财政拨款支出预算表", "2010106", "金额", "418.75"),
    ],
)
def test_cells_of_real_documents(name: str, title: str, label: str, column: str, text: str) -> None:
    assert figure(name, title, label, column) == text


@needs_corpus
def test_head_of_five_levels_and_row_without_a_label() -> None:
    table = next(t for t in real(PUTUO)[1] if "三公" in t.title)
    assert table.columns[8].path[-3:] == (
        "公务用车购置及运行维护费",
        "公务用车运行维护费",
        "预算数",
    )
    assert [f.text for f in table.rows[0].figures if f][:2] == ["2.85", "0.39"]


@needs_corpus
@pytest.mark.parametrize(
    ("name", "titles"), [(WANLI, 9), (PUTUO, 10), (JIANGSU, 12)], ids=["wanli", "putuo", "jiangsu"]
)
def test_every_table_of_a_real_document_has_its_title(name: str, titles: int) -> None:
    tables = real(name)[1]
    assert all(table.title for table in tables)
    assert len({table.title for table in tables}) == titles


@needs_corpus
@needs_ocr
def test_garbage_text_layer_is_read_by_ocr_page_by_page(tmp_path: Path) -> None:
    source = next(CORPUS.glob("huaian*.pdf"))
    with pypdfium2.PdfDocument(source) as whole, pypdfium2.PdfDocument.new() as part:
        part.import_pages(whole, [0])
        part.save(tmp_path / "page.pdf")
    document = load(tmp_path / "page.pdf")
    assert any("一般公共预算收入335.3亿元" in text for text in paragraphs(document))
    assert [p.kind for p in document.problems] == ["ocr"]


@needs_corpus
def test_garbage_text_layer_without_ocr_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "available", lambda: False)
    with pytest.raises(UnreadableDocument, match="乱码"):
        load(next(CORPUS.glob("huaian*.pdf")))


def test_a_paragraph_over_two_pages_knows_where_it_goes_on(tmp_path: Path) -> None:
    line = "本单位按照规定编制预算并按照批复的用途使用资金同时接受人大监督和审计监督定期公开执行"

    def first(p: Page) -> None:
        for y in range(640, 760, 20):
            p.text(60, y, line, 11)

    def second(p: Page) -> None:
        p.text(60, 80, "情况和绩效目标完成情况，公务接待费4.00万元。", 11)

    (block,) = [
        b
        for b in load(made(tmp_path / "turned.pdf", first, second)).blocks
        if isinstance(b, Paragraph)
    ]
    assert (block.source.page, block.source_at(0).page) == (1, 1)
    assert block.source_at(block.text.index("4.00")).page == 2
    assert block.source_at(block.text.index("4.00")).bbox != block.source.bbox
