"""HTML, as a government's site shows an article: navigation around the main text, tables with row
and column spans, the unit outside the table; in UTF-8 or in GB18030."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from evals.publication import Heading, Paragraph, Publication, Table
from evals.writers.cells import Cell, caption, grid, header_depth

__all__ = ["write"]

_ABOVE = """<div class="nav"><a href="/">首页</a> <a href="/zwgk/">政务公开</a> <a href="/bsfw/">办事服务</a> \
<a href="/hdjl/">互动交流</a></div>
<div class="breadcrumb">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政务公开</a> &gt; 预算决算公开</div>"""
_BELOW = """<div class="related"><a href="1.html">上一篇：公开目录</a> <a href="3.html">下一篇：通知公告</a></div>
</div>
<div class="footer">版权所有　网站地图　联系我们<script>var page = 1;</script></div>"""


def write(publication: Publication) -> bytes:
    old = publication.style.phrasing % 3 == 0
    charset = "gb2312" if old else "utf-8"
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="zh-CN"><head><meta charset="{charset}">',
        f"<title>{escape(publication.title)}_预算公开</title>",
        "<style>td { border: 1px solid }</style></head><body>",
        _ABOVE,
        f'<div class="article"><h1>{escape(publication.title)}</h1>',
        f'<div class="info">发布时间：{publication.year}-02-10　来源：{escape(publication.organisation)}</div>',
        "<h2>目录</h2>",
        *(f"<p>{escape(line)}</p>" for line in publication.contents),
    ]
    for block in publication.blocks:
        if isinstance(block, Heading):
            lines.append(f"<h2>{escape(block.text)}</h2>")
        elif isinstance(block, Paragraph):
            lines.append(f"<p>　　{escape(block.text)}</p>")
        else:
            lines += _table(publication, block)
    text = "\n".join([*lines, _BELOW, "</body></html>", ""])
    return text.encode("gb18030" if old else "utf-8")


def _table(publication: Publication, table: Table) -> Iterator[str]:
    around = caption(publication, table)
    if around.together:
        yield f"<p><strong>{around.number} {around.title}</strong></p>"
        yield f"<p>{escape(around.organisation)}　　{around.unit}</p>"
    else:
        yield f"<p>{around.number}</p>"
        yield f'<h3 style="text-align:center">{around.title}</h3>'
        yield f"<p>{escape(around.organisation)}</p>"
        yield f'<p style="text-align:right">{around.unit}</p>'
    yield '<table border="1" cellspacing="0">'
    depth = header_depth(table)
    for r, row in enumerate(grid(table, publication.style)):
        tag = "th" if r < depth else "td"
        yield f"<tr>{''.join(_cell(cell, tag) for cell in row if cell)}</tr>"
    yield "</table>"
    if table.note:
        yield f"<p>{table.note}</p>"


def _cell(cell: Cell, tag: str) -> str:
    spans = f' rowspan="{cell.rowspan}"' if cell.rowspan > 1 else ""
    spans += f' colspan="{cell.colspan}"' if cell.colspan > 1 else ""
    return f"<{tag}{spans}>{escape(cell.text) or '&nbsp;'}</{tag}>"
