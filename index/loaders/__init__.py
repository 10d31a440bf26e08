"""One module a format, each `load(path) -> Document`; here the way from a suffix to its module."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from index.errors import UnreadableDocument
from index.model import Document, renamed

__all__ = ["LOADERS", "load"]

# The heavy library of a format is imported only when a file of that format is read.
LOADERS = {
    ".txt": "text", ".md": "text", ".markdown": "text", ".tsv": "text",
    ".xlsx": "sheet", ".xls": "sheet", ".ods": "sheet", ".csv": "sheet",
    ".pdf": "pdf",
    ".docx": "word", ".doc": "word", ".html": "html", ".htm": "html",
}  # fmt: skip


def load(path: Path, name: str = "") -> Document:
    """A file as a `Document` of this name, else of the file's own; raises `UnreadableDocument` with
    name and reason."""
    document = _loaded(path)
    return renamed(document, name) if name not in ("", document.name) else document


def _loaded(path: Path) -> Document:
    if not path.is_file():
        raise UnreadableDocument(path.name, "没有这个文件" if not path.exists() else "不是文件")
    module = LOADERS.get(path.suffix.lower())
    if module is None:
        known = "、".join(sorted(LOADERS))
        raise UnreadableDocument(
            path.name, f"不支持的格式“{path.suffix or '无扩展名'}”（支持 {known}）"
        )
    try:
        return cast(Document, import_module(f"index.loaders.{module}").load(path))
    except OSError as error:
        raise UnreadableDocument(path.name, f"打不开：{error.strerror or error}") from error
