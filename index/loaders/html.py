"""HTML pages, as government sites publish them: the main text without navigation, scripts and
hidden parts; tables with row and column spans; tables that only lay out the page unwrapped.

>>> decoded("<meta charset=gb2312><p>预算</p>".encode("gb18030"))
'<meta charset=gb2312><p>预算</p>'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import lxml.html
from lxml.etree import LxmlError
from lxml.html import HtmlElement

from index.errors import UnreadableDocument
from index.figures import read_figure
from index.loaders.text import joined
from index.model import Block, Document, Grid, GridCell, Heading, Paragraph, Source
from index.sections import heading_of_line, promoted, with_contents

__all__ = ["decoded", "load"]

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_DROPPED = frozenset(
    ("script", "style", "noscript", "template", "nav", "footer", "aside", "iframe", "svg", "button",
     "select", "textarea", "object", "head")
)  # fmt: skip
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all", re.I)
_BESIDE = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|breadcrumb|crumbs?|footer|copyright|share|sidebar|toolbar"
    r"|pagination|related|relativeinfo|usercontrol)(?:$|[\s_-])",
    re.I,
)
_BLOCKS = frozenset(
    ("p", "div", "section", "article", "main", "header", "h1", "h2", "h3", "h4", "h5", "h6", "ul",
     "ol", "li", "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption",
     "center", "blockquote", "pre", "form", "fieldset", "hr", "address", "figure", "figcaption",
     "body")
)  # fmt: skip
_LEVEL = re.compile(r"h([1-6])")
_PAGE_LINE = re.compile(
    r"(?:您?当前?的?位置|(?:信息)?来源|发布(?:时间|日期|机构)|浏览(?:次数|量)|点击(?:数|量|次数)"
    r"|阅读(?:次数|量)|字\s*[体号]|索引号|分享到?|上一[篇条]|下一[篇条]|责任编辑|扫一扫|打印(?:本页)?"
    r"|关闭(?:窗口|本页)?|【?(?:打印|关闭|收藏))[】\s]*(?:[:：>].{0,120})?$"
)
_LONG = 120  # a cell of prose in a table that only lays out the page
_MOST_SPAN = 1000


def load(path: Path) -> Document:
    """A `.html` or `.htm` file as a `Document`; raises `UnreadableDocument`."""
    data = path.read_bytes()
    if not data.strip():
        raise UnreadableDocument(path.name, "文件是空的")
    if (
        data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"))
        or b"\x00\x00\x00" in data[:512]
    ):
        raise UnreadableDocument(path.name, "不是网页文件（扩展名与内容不符）")
    try:
        root = lxml.html.document_fromstring(decoded(data))
    except (LxmlError, ValueError) as error:
        raise UnreadableDocument(path.name, "网页已损坏，读不出内容") from error
    title, publisher = _title(root), _publisher(root)
    _clean(root)
    found = tuple(_page(root, title, path.name))
    if not found:
        raise UnreadableDocument(path.name, "网页里没有文字")
    return Document(path.name, Document.digest(path), "html", found, publisher=publisher)


def decoded(data: bytes) -> str:
    """A page as text: by its byte order mark, by what it declares, else UTF-8, else GB18030."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    # Pages declare GB2312 and use characters of its supersets.
    name = "gb18030" if name in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else name
    for encoding in dict.fromkeys((name, "utf-8", "gb18030")):
        try:
            text = data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
        return re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    return data.decode("gb18030", errors="replace")


# ---------------------------------------------------------------- the page without its frame


def _title(root: HtmlElement) -> str:
    """What the page calls its article: its own record of it, else its first main heading, else
    the window's title without the site's name."""
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() in ("articletitle", "og:title") and meta.get("content"):
            return str(meta.get("content")).strip()
    for heading in root.iter("h1"):
        if len(text := _plain(heading.text_content())) > 6:
            return text
    return _window(root)[0]


def _publisher(root: HtmlElement) -> str:
    """Whose site the page is from: its own record of it, else the end of the window's title."""
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if name in ("sitename", "og:site_name") and meta.get("content"):
            return _plain(str(meta.get("content")))
    return _window(root)[-1] if len(_window(root)) > 1 else ""


def _window(root: HtmlElement) -> list[str]:
    """The parts of the window's title: the article's first, the site's last."""
    window = root.find(".//title")
    text = _plain(window.text_content()) if window is not None else ""
    return [part.strip() for part in re.split(r"[_|]| - |—{2}", text)]


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xa0", " ")).strip()


def _clean(root: HtmlElement) -> None:
    """Everything that is not read taken out of the tree."""
    whole = _weight(root)
    for element in list(root.iter()):
        if not isinstance(element.tag, str):
            element.drop_tree() if element.getparent() is not None else None
        elif element.tag in ("html", "body"):
            continue
        elif element.tag in _DROPPED or _is_hidden(element) or _is_beside(element, whole):
            element.drop_tree()


def _is_hidden(element: HtmlElement) -> bool:
    return "hidden" in element.attrib or bool(_HIDDEN.search(element.get("style") or ""))


def _is_beside(element: HtmlElement, whole: int) -> bool:
    """A part that its name calls navigation and the like, and that is not most of the page."""
    name = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(_BESIDE.search(name)) and _weight(element) < 0.3 * whole


def _weight(element: HtmlElement) -> int:
    """How much an element says: its characters outside links."""
    inside = sum(len(_plain(link.text_content())) for link in element.iter("a"))
    return len(_plain(element.text_content())) - inside


def _page(root: HtmlElement, title: str, name: str) -> Iterator[Block]:
    """The blocks of the innermost element that holds nearly all of the text, title first."""
    body = root.find("body")
    main = root if body is None else body
    while True:
        whole = _weight(main)
        inner = [c for c in main if c.tag not in ("table", "p") and _weight(c) >= 0.85 * whole]
        if len(inner) != 1 or not whole or inner[0].tag not in _BLOCKS:
            break
        main = inner[0]
    found = with_contents(promoted(_blocks(main, name)))
    texts = ["".join(b.text.split()) for b in found[:6] if not isinstance(b, Grid)]
    wanted = "".join(title.split())
    if (
        found
        and wanted
        and not any(wanted in text or (text in wanted and len(text) > 8) for text in texts)
    ):
        yield Heading(title, 1, replace(found[0].source, line=1))
    yield from found


# ---------------------------------------------------------------- blocks


def _blocks(element: HtmlElement, name: str) -> Iterator[Block]:
    """The blocks in an element, in order; inline text between them is paragraphs too."""
    if element.tag == "table":
        yield from _table(element, name)
        return
    source = Source(name, line=element.sourceline)
    text = element.text or ""
    for child in element:
        if child.tag in _BLOCKS or any(c.tag in _BLOCKS for c in child.iterdescendants()):
            yield from _prose(text, element, source)
            yield from _blocks(child, name)
            text = child.tail or ""
        else:
            text += _inline(child) + (child.tail or "")
    yield from _prose(text, element, source)


def _inline(element: HtmlElement) -> str:
    """The text of an element within a line; `<br>` is a line break (as a private sign, since the
    line breaks of the source are blanks)."""
    if element.tag == "br":
        return "\ue000"
    return (element.text or "") + "".join(_inline(c) + (c.tail or "") for c in element)


def _lines(text: str) -> list[str]:
    """The lines of running text, blanks in front kept."""
    text = re.sub(r"[ \t\r\n\f]+", " ", text.replace("\xa0", "\ue001"))
    lines = (line.strip(" ").replace("\ue001", " ").rstrip() for line in text.split("\ue000"))
    return [line for line in lines if line.strip()]


def _prose(text: str, element: HtmlElement, source: Source) -> Iterator[Block]:
    """Running text as paragraphs and headings; a sentence that `<br>` cuts is one again."""
    tag = _LEVEL.fullmatch(str(element.tag))

    def lines() -> Iterator[Heading | Paragraph]:
        for line in map(str.strip, _lines(text)):
            if not _PAGE_LINE.match(line):
                level = heading_of_line(line) or (int(tag[1]) if tag and len(line) <= 60 else None)
                yield Heading(line, level, source) if level else Paragraph(line, source)

    yield from joined(lines())


# ---------------------------------------------------------------- tables


def _own(table: HtmlElement, tag: str) -> list[HtmlElement]:
    """The rows (or caption) of a table that are not those of a table within it."""
    return [e for e in table.iter(tag) if next(e.iterancestors("table"), None) is table]


def _table(table: HtmlElement, name: str) -> Iterator[Block]:
    """A table as a grid; one that lays out the page as what stands in its cells."""
    source = Source(name, line=table.sourceline)
    for caption in _own(table, "caption"):
        yield from _prose(_inline(caption), caption, source)
    rows = _own(table, "tr")
    cells = [cell for row in rows for cell in row if cell.tag in ("td", "th")]
    if _is_layout(cells):
        for cell in cells:
            yield from _blocks(cell, name)
    elif any(_cell_text(cell) for cell in cells):
        yield _grid(rows, source)


def _is_layout(cells: list[HtmlElement]) -> bool:
    """A cell with a table in it, a single cell, or nothing but a few cells of prose."""
    if len(cells) == 1 or any(
        next(cell.iterdescendants("table"), None) is not None for cell in cells
    ):
        return True
    texts = [text for cell in cells if (text := _cell_text(cell))]
    long = [text for text in texts if len(text) > _LONG]
    numbers = [text for text in texts if read_figure(text).presence == "number"]
    return len(texts) <= 4 and bool(long) and not numbers


def _cell_text(cell: HtmlElement) -> str:
    """What a cell shows, one line a paragraph or `<br>`; blanks in front of it kept."""

    def parts(element: HtmlElement) -> str:
        text = element.text or ""
        for child in element:
            inner = "\ue000" if child.tag == "br" else parts(child)
            text += f"\ue000{inner}\ue000" if child.tag in _BLOCKS else inner
            text += child.tail or ""
        return text

    return "\n".join(_lines(parts(cell)))


def _grid(rows: list[HtmlElement], source: Source) -> Grid:
    """Rows of cells as a grid: `None` where a span from the left or above covers a place."""
    places: dict[tuple[int, int], GridCell | None] = {}
    for r, row in enumerate(rows):
        c = 0
        for element in row:
            if element.tag not in ("td", "th"):
                continue
            while (r, c) in places:
                c += 1
            down = min(_span(element, "rowspan") or len(rows), len(rows) - r)
            right = _span(element, "colspan") or 1
            for place in ((r + dr, c + dc) for dr in range(down) for dc in range(right)):
                places.setdefault(place, None)
            places[r, c] = _grid_cell(element, down, right)
            c += right
    width = max(c for _, c in places) + 1
    made = tuple(
        tuple(places.get((r, c), GridCell("")) for c in range(width)) for r in range(len(rows))
    )
    sources = tuple(replace(source, line=row.sourceline) for row in rows)
    return Grid(made, sources, source)


def _span(element: HtmlElement, name: str) -> int:
    digits = re.match(r"\s*(\d+)", element.get(name) or "1")
    return min(int(digits[1]), _MOST_SPAN) if digits else 1


def _grid_cell(element: HtmlElement, down: int, right: int) -> GridCell:
    text = _cell_text(element)
    blanks = text[: len(text) - len(text.lstrip())]
    return GridCell(text.strip(), down, right, indent=len(blanks) + blanks.count("\u3000"))
