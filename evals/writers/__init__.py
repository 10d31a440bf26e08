"""A `Publication` in a file format: one writer a format, each `write(publication) -> bytes`.

`text` looks like the text layer of a PDF: page breaks cut paragraphs and tables, merged cells are
blank, the unit stands outside the table.  `markdown` has pipe tables and no page breaks.  `pdf`,
`docx`, `xlsx`, `ods` and `html` look like what governments publish, and `scan` is the `pdf` as
pictures without a text layer.

>>> write(publication, "pdf")[:5]  # doctest: +SKIP
b'%PDF-'
"""

from __future__ import annotations

from importlib import import_module

from evals.publication import Publication

__all__ = ["SUFFIXES", "write"]

SUFFIXES = {
    "text": ".txt", "markdown": ".md", "pdf": ".pdf", "scan": ".pdf",
    "docx": ".docx", "xlsx": ".xlsx", "ods": ".ods", "html": ".html",
}  # fmt: skip
# The library of a format is imported only when that format is written.
_MODULES = {"docx": "word"}


def write(publication: Publication, format: str) -> bytes:
    """The whole file; the same publication gives the same bytes.  Raises `ValueError` for a format
    there is no writer for, `ModuleNotFoundError` without the library it needs."""
    if format not in SUFFIXES:
        raise ValueError(f"no writer for {format!r}; there are {', '.join(SUFFIXES)}")
    module = import_module(f"evals.writers.{_MODULES.get(format, format)}")
    written: bytes = module.write(publication)
    return written
