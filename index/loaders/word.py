"""Word: docx with python-docx; legacy doc through LibreOffice where it is installed.

Paragraphs and tables in the order of the body; headings by style, outline level or number;
automatic numbers counted again; merged cells as spans; a table that only lays out the page is
unwrapped.  Text boxes, footnotes, hidden and deleted text are left out.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import docx
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from lxml.etree import XMLSyntaxError, _Element

from index.errors import UnreadableDocument
from index.loaders.word_numbering import Numbers
from index.loaders.word_tables import table_grid, table_rows, value_of
from index.model import Block, Document, Heading, Paragraph, Source
from index.sections import heading_of_line, promoted, with_contents

__all__ = ["load"]

_OLE = b"\xd0\xcf\x11\xe0"
_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*(\d)", re.I)
_SENTENCE_END = re.compile(r"[。！？；;!?：:]['”’」』）)]?$")
_LONGEST_HEADING = 60
_BROKEN = (BadZipFile, XMLSyntaxError, PackageNotFoundError, KeyError, ValueError, OSError)
_SECONDS = 180  # LibreOffice needs long for its first start


def load(path: Path) -> Document:
    """A `.docx` or `.doc` file as a `Document`; raises `UnreadableDocument`."""
    data = path.read_bytes()
    if not data:
        raise UnreadableDocument(path.name, "文件是空的")
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|head|meta)", data[:200], re.I):
        from index.loaders import html

        return html.load(path)
    if not data.startswith(b"PK") and (
        data.startswith((_OLE, b"{\\rtf")) or path.suffix.lower() == ".doc"
    ):
        data = _converted(path, data)
    body = _Body(path.name, _opened(path.name, data))
    found = tuple(body.blocks())
    if not found:
        raise UnreadableDocument(path.name, "文件里没有文字（可能只有图片）")
    return Document(path.name, Document.digest(path), "docx", found)


def _opened(name: str, data: bytes) -> WordDocument:
    try:
        return docx.Document(BytesIO(data))
    except (
        BadZipFile,
        XMLSyntaxError,
        PackageNotFoundError,
        KeyError,
        ValueError,
        OSError,
    ) as error:
        raise UnreadableDocument(name, _reason(data)) from error


def _reason(data: bytes) -> str:
    if not data.startswith(b"PK"):
        return "不是 Word 文件（扩展名与内容不符）"
    try:
        with ZipFile(BytesIO(data)) as archive:
            if "word/document.xml" not in archive.namelist():
                return "不是 Word 文件（扩展名与内容不符）"
    except BadZipFile:
        pass
    return "文件已损坏或不完整，请用 Word 或 WPS 打开后另存"


def _converted(path: Path, data: bytes) -> bytes:
    """A legacy document as the bytes of a docx, by LibreOffice."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise UnreadableDocument(path.name, "文件有密码，请先解除密码再加入")
    if not data.startswith((_OLE, b"{\\rtf")):
        raise UnreadableDocument(path.name, "不是 Word 文件（扩展名与内容不符）")
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        advice = "旧版 .doc 要靠 LibreOffice 读：请安装它，或用 Word、WPS 另存为 .docx"
        raise UnreadableDocument(path.name, advice)
    with tempfile.TemporaryDirectory() as folder:
        # A profile of its own: an open window of LibreOffice would else swallow the command.
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        convert = ["--headless", "--convert-to", "docx", "--outdir", folder, str(path.resolve())]
        try:
            subprocess.run(
                [office, profile, *convert], check=True, capture_output=True, timeout=_SECONDS
            )
            return next(Path(folder).glob("*.docx")).read_bytes()
        except (subprocess.SubprocessError, OSError, StopIteration) as error:
            reason = "LibreOffice 没能转换它，请用 Word 或 WPS 另存为 .docx"
            raise UnreadableDocument(path.name, reason) from error


# ---------------------------------------------------------------- the body


@dataclass(frozen=True, slots=True)
class _Style:
    """What a paragraph style passes on: outline level (1 to 9), list and depth."""

    level: int | None = None
    list: str = ""
    depth: int = 0


class _Body:
    """One document on its way to blocks; the list counters move on from paragraph to paragraph."""

    def __init__(self, name: str, document: WordDocument) -> None:
        self.source = Source(name)
        self.root: _Element = document.element.body
        self.styles = _styles(document)
        lists = (
            relation.target_part
            for relation in document.part.rels.values()
            if relation.reltype.endswith("/numbering") and not relation.is_external
        )
        self.numbers = Numbers.of(getattr(next(lists, None), "element", None))

    def blocks(self) -> Iterator[Block]:
        yield from with_contents(promoted(self._blocks(self.root)))

    def _blocks(self, parent: _Element) -> Iterator[Block]:
        for element in parent:
            if element.tag == qn("w:p"):
                yield from self._paragraph(element)
            elif element.tag == qn("w:tbl"):
                yield from self._table(element)
            elif element.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
                yield from self._blocks(element)

    def _paragraph(self, element: _Element) -> Iterator[Heading | Paragraph]:
        number, level = self._properties(element)
        text = number + _text(element).strip()
        if not text.strip():
            return
        if level and "\n" not in text and len(text) <= _LONGEST_HEADING:
            yield Heading(text, level, self.source)
            return
        for line in _lines(text):
            by_number = heading_of_line(line)
            yield (
                Heading(line, by_number, self.source) if by_number else Paragraph(line, self.source)
            )

    def _properties(self, element: _Element) -> tuple[str, int | None]:
        """A paragraph's automatic number and outline level, its own or its style's."""
        properties = element.find(qn("w:pPr"))
        if properties is None:
            return "", None
        style = self.styles.get(value_of(properties, "w:pStyle"), _Style())
        own = _own_style(properties)
        identity = own.list or style.list
        # The list 0 takes a paragraph out of its style's list.
        depth = own.depth if own.list else style.depth
        number = self.numbers.next_number(identity, depth) if identity not in ("", "0") else ""
        return number, own.level or style.level

    def _table(self, table: _Element) -> Iterator[Block]:
        rows = table_rows(table, self._cell_text)
        cells = [cell for row in rows for cell in row]
        nested = any(cell.element.find(f".//{qn('w:tbl')}") is not None for cell in cells)
        filled = [cell for cell in cells if cell.text]
        if nested or (len(filled) == 1 and len(cells) == 1):
            for cell in cells:
                yield from self._blocks(cell.element)
        elif filled:
            yield table_grid(table, rows, self.source)

    def _cell_text(self, cell: _Element) -> str:
        """A cell's paragraphs, one a line; blanks in front of the first are its indent."""
        lines = []
        for element in cell.iter(qn("w:p")):
            number, _ = self._properties(element)
            lines.append(number + _text(element))
        return "\n".join(line for line in lines if line.strip()).rstrip()


def _styles(document: WordDocument) -> dict[str, _Style]:
    """Of each paragraph style what counts here, inherited from the styles it is based on."""
    elements = {
        e.get(qn("w:styleId"), ""): e for e in document.styles.element.findall(qn("w:style"))
    }

    def of(identity: str, seen: frozenset[str]) -> _Style:
        element = elements.get(identity)
        if element is None or identity in seen:
            return _Style()
        base = of(value_of(element, "w:basedOn"), seen | {identity})
        properties = element.find(qn("w:pPr"))
        own = _Style() if properties is None else _own_style(properties)
        named = _HEADING_STYLE.fullmatch(value_of(element, "w:name").strip())
        level = int(named[1]) if named else own.level or base.level
        return _Style(level, own.list or base.list, own.depth if own.list else base.depth)

    return {identity: of(identity, frozenset()) for identity in elements}


def _own_style(properties: _Element) -> _Style:
    outline = value_of(properties, "w:outlineLvl")
    level = int(outline) + 1 if outline.isdigit() and int(outline) < 9 else None
    number = properties.find(qn("w:numPr"))
    if number is None:
        return _Style(level)
    depth = value_of(number, "w:ilvl")
    return _Style(level, value_of(number, "w:numId"), int(depth) if depth.isdigit() else 0)


def _text(element: _Element) -> str:
    """The text of a paragraph or run; a soft line break is a line break."""
    parts = []
    for child in element:
        if child.tag == qn("w:r"):
            if not _is_hidden(child):
                parts.append(_text(child))
        elif child.tag == qn("w:t"):
            parts.append(child.text or "")
        elif child.tag in (qn("w:br"), qn("w:cr")):
            parts.append("" if child.get(qn("w:type")) in ("page", "column") else "\n")
        elif child.tag == qn("w:tab"):
            parts.append(" ")
        elif child.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif child.tag in _CONTAINERS:
            parts.append(_text(child))
    return "".join(parts)


_CONTAINERS = {
    qn(f"w:{name}")
    for name in ("hyperlink", "ins", "smartTag", "sdt", "sdtContent", "fldSimple", "moveTo", "dir")
}


def _is_hidden(run: _Element) -> bool:
    vanish = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return vanish is not None and vanish.get(qn("w:val"), "true") not in ("0", "false", "off")


def _lines(text: str) -> Iterator[str]:
    """A paragraph cut at the soft breaks that end a sentence or begin a heading; the others are
    only where a line was to end."""
    held = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        if held and (_SENTENCE_END.search(held) or heading_of_line(held) or heading_of_line(line)):
            yield held
            held = ""
        held += line
    if held:
        yield held
