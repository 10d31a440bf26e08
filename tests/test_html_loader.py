"""HTML pages: every test is named after a trouble that government sites make."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from index.errors import UnreadableDocument
from index.facts import table_facts
from index.loaders import load
from index.model import Document, Grid, Heading
from index.profile import profile_of
from index.tables import normalise

CORPUS = Path(__file__).parent.parent.parent / "shared" / "corpus"
PROSE = (
    "<p>2031年，全市一般公共预算收入完成5.00亿元，比上年增长3%，主要原因是税收收入增加。</p>" * 3
)


def page(tmp_path: Path, html: str | bytes, name: str = "云杉市2031年预算报告.html") -> Path:
    path = tmp_path / name
    path.write_bytes(html if isinstance(html, bytes) else html.encode())
    return path


def read(tmp_path: Path, html: str | bytes) -> Document:
    return load(page(tmp_path, html))


def lines(document: Document) -> list[tuple[int, str]]:
    """Headings with their level, paragraphs with 0."""
    return [
        (block.level if isinstance(block, Heading) else 0, block.text)
        for block in document.blocks
        if not isinstance(block, Grid)
    ]


def grids(document: Document) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def texts(grid: Grid) -> list[list[str | None]]:
    return [[cell.text if cell else None for cell in row] for row in grid.rows]


@pytest.mark.parametrize(
    ("charset", "encoding"),
    [("gb2312", "gb18030"), ("GBK", "gb18030"), ("utf-8", "utf-8"), ("utf-8", "utf-8-sig"), ("", "utf-8"), ("", "gb18030"), ("utf-8", "gb18030"), ("nonsense", "utf-8"), ("", "utf-16")],
)  # fmt: skip
def test_encoding_declared_marked_wrong_or_missing(
    tmp_path: Path, charset: str, encoding: str
) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    html = f"<html><head>{meta if charset else ''}</head><body><p>国有资本经营预算“三公”经费㐂元。</p></body></html>"
    document = read(tmp_path, html.encode(encoding))
    assert lines(document) == [(0, "国有资本经营预算“三公”经费㐂元。")]


def test_navigation_scripts_and_hidden_parts_are_left_out(tmp_path: Path) -> None:
    html = f"""<html><head><title>预算报告_某网</title><script>var x = "脚本";</script></head><body>
      <nav>首页 机构 公开</nav><div class="breadcrumb">当前位置：首页</div>
      <div style="display:none">相关内容</div><!-- <p>注释</p> --><div hidden>暗</div>
      <div class="content"><h1>云杉市2031年预算执行情况的报告</h1><p>来源：财政局 发布时间：2031-01-05</p>{PROSE}
      <p>上一篇：别的文章</p></div><div class="footer">版权所有</div></body></html>"""
    document = read(tmp_path, html)
    assert lines(document)[0] == (1, "云杉市2031年预算执行情况的报告")
    assert len(lines(document)) == 4


def test_title_outside_the_main_text_is_kept(tmp_path: Path) -> None:
    html = f"""<html><head><meta name="ArticleTitle" content="云杉市2031年预算报告"></head><body>
      <h2>云杉市2031年预算报告</h2><div class="con">{PROSE}</div></body></html>"""
    document = read(tmp_path, html)
    assert lines(document)[0] == (1, "云杉市2031年预算报告")
    assert profile_of(document).organisation == "云杉市"


def test_row_and_column_spans_with_caption_and_unit_outside(tmp_path: Path) -> None:
    html = f"""<body>{PROSE}<p>附件3</p><p>2031年政府性基金预算收支草案</p><p>单位：亿元</p>
      <table><tr><td rowspan="2">预算科目</td><td colspan="2">预算数</td></tr><tr><td>全市</td><td>市级</td></tr>
      <tr><td>一、土地出让收入</td><td><p>39.63</p></td><td>13.83<br></td></tr>
      <tr><td>&nbsp;&nbsp;其他</td><td></td><td>1</td></tr></table></body>"""
    document = read(tmp_path, html)
    assert texts(grids(document)[0])[:2] == [["预算科目", "预算数", None], [None, "全市", "市级"]]
    (table,) = normalise(document)
    assert (table.number, table.title, table.unit) == ("3", "2031年政府性基金预算收支草案", "亿元")
    assert [c.name for c in table.columns] == ["预算科目", "预算数/全市", "预算数/市级"]
    assert table.rows[1].parents == (0,)
    assert table.section == ("附件3",)


def test_layout_tables_are_unwrapped(tmp_path: Path) -> None:
    html = f"""<body><table><tr><td>栏目</td><td><table><tr><td>{PROSE}</td></tr></table>
      <table><tr><th>项目</th><th>预算数</th></tr><tr><td>教育支出</td><td>5</td></tr></table></td></tr></table></body>"""
    document = read(tmp_path, html)
    assert texts(grids(document)[0]) == [["项目", "预算数"], ["教育支出", "5"]]
    assert len([line for line in lines(document) if "一般公共预算收入" in line[1]]) == 3


def test_line_breaks_separate_headings_and_join_sentences(tmp_path: Path) -> None:
    html = "<body><div>一、总体情况<br>2031年全市一般公共预算收入完成5亿元，<br>增长3%。<br><br>（一）收入<br>税收收入4亿元。</div></body>"
    assert lines(read(tmp_path, html)) == [
        (2, "一、总体情况"), (0, "2031年全市一般公共预算收入完成5亿元，增长3%。"), (3, "（一）收入"), (0, "税收收入4亿元。"),
    ]  # fmt: skip


def test_line_ends_of_the_source_are_blanks(tmp_path: Path) -> None:
    html = "<body><p>预算\n      <b>总额</b>5\n万元。</p></body>"
    assert lines(read(tmp_path, html)) == [(0, "预算 总额5 万元。")]


def test_separate_paragraphs_stay_apart(tmp_path: Path) -> None:
    html = "<body><p>——2031年1月5日在云杉市第八届人民代表大会上</p><p>云杉市财政局局长</p><p>各位代表：</p></body>"
    assert len(lines(read(tmp_path, html))) == 3


def test_absurd_spans_do_not_blow_up(tmp_path: Path) -> None:
    html = '<body><table><tr><td rowspan="0">项目</td><td colspan="99999999">预算数</td></tr><tr><td>5</td></tr></table></body>'
    (grid,) = grids(read(tmp_path, html))
    assert len(grid.rows) == 2 and len(grid.rows[0]) <= 1001


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "空的"),
        (b"  \n", "空的"),
        (b"PK\x03\x04" + b"\x00" * 50, "扩展名与内容不符"),
        (b"%PDF-1.7", "扩展名与内容不符"),
        (b"<html><body><script>x</script></body></html>", "没有文字"),
        (b"<!-- -->", "损坏|没有文字"),
    ],
)
def test_broken_page_is_named_with_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    path = page(tmp_path, data)
    with pytest.raises(UnreadableDocument, match=reason) as caught:
        load(path)
    assert path.name in str(caught.value)


# ---------------------------------------------------------------- real files


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not here")
def test_real_report_with_ten_tables() -> None:
    document = load(CORPUS / "changde_gov_2026.html")
    profile = profile_of(document)
    assert (profile.kind, profile.organisation, profile.year) == ("政府预算", "常德市", 2026)
    assert len(grids(document)) == 10
    found = normalise(document)
    assert {t.number: t.unit for t in found} == {
        str(n): "万元" if n in (4, 9) else "亿元" for n in range(1, 11)
    }
    assert all(t.title for t in found)
    figures = {(f.table_number, f.label, f.measure): (f.value, f.level) for f in table_facts(found, profile)}  # fmt: skip
    assert figures["3", "国有土地使用权出让收入", "预计数/市级"] == (Decimal("13.83"), "市本级")
    assert figures["5", "财政补贴收入", "城乡居民基本医疗保险基金"][0] == Decimal("30.23")


@pytest.mark.parametrize(
    ("head", "organisation"),
    [
        ("<title>2031年全市预算执行情况分析_云杉市财政局</title>", "云杉市"),
        (
            "<title>2031年全市预算执行情况</title><meta name='SiteName' content='云杉市人民政府'>",
            "云杉市",
        ),
        ("<title>2031年全市预算执行情况_财政在线</title>", ""),
    ],
)
def test_a_page_that_names_no_place_is_of_the_place_whose_site_it_is_on(
    tmp_path: Path, head: str, organisation: str
) -> None:
    body = f"<h1>2031年全市预算执行情况分析</h1>{PROSE}"
    document = load(
        page(tmp_path, f"<html><head>{head}</head><body>{body}</body></html>", "a.html")
    )
    assert profile_of(document).organisation == organisation
