"""PDF: the text layer where there is one that can be read, OCR where there is not.

A page is read by OCR when its text layer gives nothing to read:

- no text (or hardly any) under a picture that covers the page, or under glyphs drawn as curves:
  a scan;
- a text layer of garbage, made by fonts without a map to Unicode: more than 5 % of its characters
  are unmapped `(cid:7)`, private-use or control characters; or Latin letters stand for the Chinese
  ones (a quarter of all characters, hardly any Chinese); or the Chinese characters are not those
  that Chinese text is made of (fewer than a fifth are among the most frequent ones).

Such a page is a `Problem` of kind `ocr` that says how sure the reading is; without the extra `ocr`
it is one of kind `unreadable`, and nothing of it is stored.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.page import Page
from pdfplumber.pdf import PDF
from pdfplumber.utils.text import extract_words

from index import ocr
from index.errors import UnreadableDocument
from index.loaders import pdf_scan
from index.loaders.pdf_aligned import aligned_grids
from index.loaders.pdf_pages import PageContent
from index.loaders.pdf_prose import blocks
from index.loaders.pdf_tables import Rule, ruled_grids, rules_of_page
from index.loaders.pdf_words import Line, Word, around, joined, lines_of
from index.model import Document, Problem, Source

__all__ = ["garbled", "load", "on_its_line"]

# The most frequent characters of Chinese text in general and of budgets in particular.
_FREQUENT = frozenset(
    "的一是在不了有和人这中大为上个国以要他时来用们生到作地于出就分对成会可主发年动同工也能下过说产"
    "部门预算支出收入财政拨款单位项目公共基本经费资金万元合计总表情况行政事业服务管理社保障本级数其"
    "他机关住房医疗补助一二三四五六七八九十及业务费车购置运行接待因境会议培训奖工资津贴比上增加减少"
    "主要原因决完成市区县局院所委办公建设农林水城乡教育科学技术文化卫生健康安全环境街道党组织法民内外"
)


def load(path: Path) -> Document:
    """A `.pdf` file as a `Document`; raises `UnreadableDocument` with name and reason."""
    if path.stat().st_size == 0:
        raise UnreadableDocument(path.name, "文件是空的")
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    contents: list[PageContent] = []
    problems: list[Problem] = []
    with _opened(path) as pdf:
        count = len(pdf.pages)
        for page in pdf.pages:
            content, problem = _read(path, page)
            contents += [content] if content else []
            problems += [problem] if problem else []
            page.close()
    if not contents:
        reason = problems[0].message if problems else "文件没有页面"
        raise UnreadableDocument(path.name, reason)
    found = tuple(blocks(path.name, contents))
    if not found:
        raise UnreadableDocument(path.name, "所有页面都是空白")
    digest = Document.digest(path)
    return Document(path.name, digest, "pdf", found, tuple(problems), pages=count)


def _opened(path: Path) -> PDF:
    """The file opened and its pages counted; what pdfminer raises as a reason to read."""
    try:
        pdf = pdfplumber.open(path)
        if not pdf.pages:
            raise UnreadableDocument(path.name, "文件没有页面")
    except UnreadableDocument:
        raise
    except OSError:
        raise
    except Exception as error:  # A broken file makes pdfminer raise nearly anything.
        causes = (error, error.__cause__, error.__context__, *error.args)
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes):
            raise UnreadableDocument(
                path.name, "文件已加密，需要密码；请先另存为不加密的文件"
            ) from error
        raise UnreadableDocument(path.name, "不是完整的 PDF 文件，或已损坏") from error
    return pdf


def _read(path: Path, page: Page) -> tuple[PageContent | None, Problem | None]:
    """One page read, from its text layer or by OCR, and what there is to say about it."""
    try:
        reason = _unreadable(page)
        words = [] if reason else _words(page)
    except Exception:  # As above: a broken page must not cost the others.
        reason, words = "页面数据已损坏", []
    if not reason:
        return _content(path.name, page, words, rules_of_page(page)), None
    source = Source(path.name, page=page.page_number)
    if not ocr.available():
        message = f"第{page.page_number}页{reason}，未收录；安装文字识别后可读：{ocr.ADVICE}"
        return None, Problem("unreadable", message, source)
    return _read_by_ocr(path, page, reason, source)


def _read_by_ocr(
    path: Path, page: Page, reason: str, source: Source
) -> tuple[PageContent | None, Problem | None]:
    scan = pdf_scan.scanned(path, page.page_number)
    words = scan.words
    if not words:
        return None, None
    vector = [] if reason == "页面数据已损坏" else rules_of_page(page)
    content = _content(path.name, page, words, vector if len(vector) >= 6 else scan.rules())
    message = (
        f"第{page.page_number}页{reason}，由文字识别（OCR）读取："
        f"{scan.lines}行，平均置信度{scan.confidence:.2f}"
    )
    return content, Problem("ocr", message, source, "note")


def _content(name: str, page: Page, words: Sequence[Word], rules: list[Rule]) -> PageContent:
    number = page.page_number
    ruled, rest = ruled_grids(name, number, rules, words)
    aligned, rest = aligned_grids(name, number, rest)
    lines = tuple(_line(line, number) for line in lines_of(rest))
    return PageContent(number, float(page.width), float(page.height), lines, (*ruled, *aligned))


def _line(words: Sequence[Word], page: int) -> Line:
    size = max(words, key=lambda w: len(w.text)).size
    x0, top, x1, bottom = (round(v, 1) for v in around(words))
    return Line(joined(words), (x0, top, x1, bottom), size, all(w.bold for w in words), page)


# How far letters hang below their line, in their size: usually, at least, at most.
_DESCENT, _LEAST, _MOST = 0.2, -0.05, 0.6


def _words(page: Page) -> list[Word]:
    """The words of the text layer that stand on the page; a file may carry text outside it."""
    found = []
    upright = [on_its_line(char, float(page.height)) for char in page.chars]
    for word in extract_words(upright, return_chars=True):
        chars = _without_doubles(word["chars"])
        if not (0 <= word["x0"] < page.width and 0 <= word["top"] < page.height):
            continue
        parts = tuple((c["text"], float(c["x0"]), float(c["x1"])) for c in chars)
        text = "".join(part[0] for part in parts)
        box = (float(word["x0"]), float(word["top"]), float(word["x1"]), float(word["bottom"]))
        font = str(chars[0].get("fontname", ""))
        found.append(Word(text, *box, float(chars[0]["size"]), _is_bold(font), parts))
    return found


def on_its_line(char: dict[str, Any], height: float) -> dict[str, Any]:
    """A character whose box lies on the line that it is written on.

    Some fonts state a descent as large as their letters: their digits would stand a line below
    the names beside them.  The line itself is where the text matrix says."""
    a, b, c, d, _, y = char.get("matrix") or (1, 0, 0, 1, 0, 0)
    size, line = float(char["size"]), height - float(y)
    below = float(char["bottom"]) - line
    if not char.get("upright") or b or c or a <= 0 or d <= 0 or size <= 0:
        return char
    if _LEAST * size <= below <= _MOST * size:
        return char
    return {**char, "top": line - (1 - _DESCENT) * size, "bottom": line + _DESCENT * size}


def _without_doubles(chars: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Characters printed twice with a slight shift, to look bold, once."""
    kept = chars[:1]
    for char in chars[1:]:
        last = kept[-1]
        if char["text"] != last["text"] or char["x0"] - last["x0"] > 0.25 * char["size"]:
            kept.append(char)
    return kept


def _is_bold(font: str) -> bool:
    return any(mark in font for mark in ("Bold", "bold", "Heavy", "Hei", "hei", "黑"))


# ---------------------------------------------------------------- can the page be read as text?


def _unreadable(page: Page) -> str:
    """Why a page cannot be read as text, in words for the reader; `""` where it can."""
    texts = [c["text"] for c in page.chars if c["text"].strip()]
    chinese = sum(1 for t in texts if "一" <= t[0] <= "龥")
    area = float(page.width) * float(page.height)
    pictured = sum(abs(i["width"] * i["height"]) for i in page.images) > 0.5 * area
    if len(texts) < 10 and (page.images or len(page.curves) + len(page.rects) > 50):
        return "没有文字层（扫描件或图形文字）"
    if pictured and chinese < 30:
        return "是扫描图像"
    return "的文字层是乱码" if garbled(texts) else ""


def garbled(texts: Sequence[str]) -> bool:
    """Whether the characters of a page are garbage.

    >>> garbled(list("NOPQR67ST5UVjddklmd5nop")), garbled(list("一般公共预算支出决算表2024年"))
    (True, False)
    """
    if len(texts) < 20:
        return any(t.startswith("(cid:") for t in texts)
    unmapped = sum(1 for t in texts if t.startswith("(cid:") or _is_unmapped(t[0]))
    letters = sum(1 for t in texts if t[0].isalpha() and ord(t[0]) < 0x250)
    chinese = [t for t in texts if "一" <= t[0] <= "龥"]
    if unmapped > 0.05 * len(texts):
        return True
    if unmapped + letters > 0.25 * len(texts) and len(chinese) < 0.1 * len(texts):
        return True
    return len(chinese) >= 50 and sum(1 for t in chinese if t in _FREQUENT) < 0.2 * len(chinese)


def _is_unmapped(char: str) -> bool:
    return char == "�" or unicodedata.category(char) in ("Co", "Cn", "Cc", "Cs")
