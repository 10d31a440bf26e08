"""Text and Markdown: extractions with `#` headings, tab-separated or piped tables, page breaks.

Paragraphs, table labels and cells that a page break has cut in two are joined again, HTML and
LaTeX crumbs of the extraction are cleaned, and every block keeps the line it began on.

>>> clean(r"参检率 $\\geq 90\\%$ 。")
'参检率 ≥90% 。'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from index.errors import UnreadableDocument
from index.model import Block, Document, Grid, GridCell, Heading, Paragraph, Source
from index.sections import heading_of_line, numbering

__all__ = ["clean", "joined", "load", "read_text"]

_LATEX = {
    r"\geqslant": "≥",
    r"\leqslant": "≤",
    r"\geq": "≥",
    r"\leq": "≤",
    r"\ge": "≥",
    r"\le": "≤",
    r"\times": "×",
    r"\sim": "~",
    r"\pm": "±",
    r"\approx": "≈",
    r"\%": "%",
    r"\cdot": "·",
    r"\rightarrow": "→",
    r"\$": "$",
    r"\_": "_",
    r"\&": "&",
    r"\#": "#",
}
_MATH = re.compile(r"\$([^$\n]{1,80})\$")
_TAG = re.compile(
    r"</?(?:p|br|div|span|b|strong|i|em|u|sup|sub|font|li|ul|ol)(?:\s[^<>]*)?/?>", re.I
)
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_HEADING = re.compile(r"(#{1,6})\s+(.*\S)\s*$")
_LIST = re.compile(r"\s*[-*•·]\s+(?=\S)")
_PIPE_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")
_FINISHED = re.compile(r"[。！？；;!?：:]['”’」』）)]?$")
_TITLE_END = re.compile(r"(?:预算|决算|说明|情况|报告|目标|任务|公开|目录|概况|职责|表|工作|部分)$")
_LABEL_LINE = re.compile(
    r"(?:附?表\s*[0-9〇一二三四五六七八九十]+|(?:金额)?单位\s*[:：]|单位名称|编制(?:部门|单位)|部门(?:名称)?\s*[:：]"
    r"|预算单位\s*[:：]|备\s*注|注\s*[:：]|说\s*明\s*[:：]|[-*•]\s|—?\s*\d+\s*—?$)"
)


def read_text(path: Path) -> str:
    """A text file's content: UTF-8 (with or without a mark), UTF-16 with a mark, else GB18030.

    Raises `UnreadableDocument` where none of them fits.
    """
    data = path.read_bytes()
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise UnreadableDocument(
        path.name, "不是文本文件，或编码无法识别（支持 UTF-8、UTF-16、GB18030）"
    )


def load(path: Path) -> Document:
    """A `.txt` or `.md` file as a `Document`; raises `UnreadableDocument`."""
    text = read_text(path)
    if not text.strip():
        raise UnreadableDocument(path.name, "文件是空的")
    blocks = tuple(joined(_blocks(path.name, text.split("\n"))))
    return Document(path.name, Document.digest(path), "text", blocks)


def clean(text: str) -> str:
    """Text without the crumbs of its extraction: HTML tags, LaTeX signs, bold marks."""
    text = _TAG.sub("", _MATH.sub(lambda match: _plain_math(match[1]), text))
    text = _BOLD.sub(r"\1", text).replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">")
    return text.replace("&amp;", "&").strip()


def _plain_math(formula: str) -> str:
    for command in sorted(_LATEX, key=len, reverse=True):
        formula = formula.replace(command, _LATEX[command])
    formula = re.sub(r"\\(?:text|mathrm|mathbf)\s*\{([^{}]*)\}", r"\1", formula)
    return re.sub(r"\s+", "", formula)


def _blocks(name: str, lines: list[str]) -> Iterator[Block]:
    """Blocks as the lines show them; nothing is joined over blank lines yet."""
    at = 0
    markdown = any(_HEADING.match(line) for line in lines)
    while at < len(lines):
        line, source = lines[at], Source(name, line=at + 1)
        if not line.strip():
            at += 1
        elif heading := _HEADING.match(line.strip()):
            yield Heading(clean(heading[2]), len(heading[1]), source)
            at += 1
        elif "\t" in line or _is_pipe_row(lines, at):
            end = _table_end(lines, at)
            yield _grid(name, lines, at, end)
            at = end
        else:
            text = clean(_LIST.sub("", line))
            level = None if markdown else heading_of_line(text)
            if level:
                yield Heading(text, level, source)
            elif text:
                yield Paragraph(text, source)
            at += 1


def _is_pipe_row(lines: list[str], at: int) -> bool:
    return lines[at].strip().startswith("|") and lines[at].count("|") >= 2


def _table_end(lines: list[str], at: int) -> int:
    pipes = "\t" not in lines[at]
    while at < len(lines) and (_is_pipe_row(lines, at) if pipes else "\t" in lines[at]):
        at += 1
    return at


def _grid(name: str, lines: list[str], start: int, end: int) -> Grid:
    """Consecutive table lines as a grid, short rows filled up with empty cells."""
    rows, sources = [], []
    for at in range(start, end):
        if "\t" not in lines[at] and _PIPE_RULE.match(lines[at]):
            continue
        rows.append(_cells(lines[at]))
        sources.append(Source(name, line=at + 1))
    width = max((len(row) for row in rows), default=0)
    filled = tuple(tuple(row + [GridCell("")] * (width - len(row))) for row in rows)
    return Grid(filled, tuple(sources), Source(name, line=start + 1), merges_known=False)


def _cells(line: str) -> list[GridCell]:
    if "\t" in line:
        parts = line.rstrip("\n").split("\t")
    else:
        parts = [p.replace("\\|", "|") for p in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
    return [GridCell(clean(p), indent=len(p) - len(p.lstrip(" \u3000"))) for p in parts]


def joined(blocks: Iterator[Block]) -> Iterator[Block]:
    """Paragraphs cut by a line wrap or a page break, whole again."""
    held: Paragraph | None = None
    for block in blocks:
        if isinstance(block, Paragraph) and held and _continues(held.text, block.text):
            held = replace(held, text=held.text + _glue(held.text, block.text) + block.text)
            continue
        if held:
            yield held
        held = block if isinstance(block, Paragraph) else None
        if held is None:
            yield block
    if held:
        yield held


def _continues(text: str, following: str) -> bool:
    """Whether `following` is the rest of a sentence that `text` began."""
    if _FINISHED.search(text) or _LABEL_LINE.match(text) or _LABEL_LINE.match(following):
        return False
    if text.endswith(("，", "、", ",", "（", "“", "《")):
        return True
    if numbering(following):
        return False
    if len(text) >= 16 or re.search(r"[，。、；：]", text):
        return True
    # A sentence cut early: it begins like one (a year, a number) or breaks off behind a year, and
    # does not end like a title.
    begun = re.match(r"(?:19|20)\d{2}\s*年|\d{1,2}[.．、]|.*(?:19|20)\d{2}\s*年$", text)
    return bool(begun) and len(text) >= 8 and "。" in following and not _TITLE_END.search(text)


def _glue(text: str, following: str) -> str:
    return (
        " "
        if text[-1].isascii()
        and text[-1].isalpha()
        and following[0].isascii()
        and following[0].isalpha()
        else ""
    )
