"""The same functions for programs: records of the contract, by HTTP and as MCP tools.

Every function's docstring is its description there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from index.figures import plain
from index.library import Library
from index.model import Figure, Table
from qa.chat_model import ChatModel
from qa.pipeline import ask
from qa.question import too_long
from qa.retriever import search

__all__ = ["Endpoints"]

_EARLIER, _PASSAGES = 10, 20


class Endpoints:
    """The four functions over one library."""

    def __init__(self, library: Library, model: ChatModel | None = None) -> None:
        self._library = library
        self._model = model

    def ask(
        self, question: str, documents: list[str] | None = None, earlier: list[str] | None = None
    ) -> dict[str, Any]:
        """Answer a question about Chinese government budgets, every figure cited or computed from cited ones.

        Args:
            question: the question in Chinese, e.g. 公务接待费比上年减少多少？
            documents: names of the only documents to answer from; none means all.
            earlier: the questions asked before in the same conversation, for follow-ups like 那2023年呢？
        """
        known = self._known(documents)
        history: list[Any] = []
        for before in (earlier or [])[-_EARLIER:]:
            history.append(ask(before, self._library, history=history, documents=known))
        answer = ask(question, self._library, history=history, documents=known, model=self._model)
        return answer.to_record()

    def search(
        self, query: str, count: int = 8, documents: list[str] | None = None
    ) -> list[dict[str, Any]]:
        """Find the passages of the budget documents that best fit a query, best first.

        Args:
            query: what to look for, in Chinese.
            count: how many passages, at most 20.
            documents: names of the only documents to search; none means all.
        """
        if too_long(query):
            raise gr.Error(too_long(query))  # of other exceptions gradio keeps the message back
        wanted = min(max(count, 1), _PASSAGES)
        found = search(self._library, query, wanted, self._known(documents))
        return [
            {
                "document": passage.document,
                "page": passage.source.page,
                "section": " / ".join(passage.section),
                "text": passage.text,
            }
            for passage in found
        ]

    def tables(self, document: str, title: str = "") -> list[dict[str, Any]]:
        """List the tables of one document; with a title, those of that title with their rows.

        Args:
            document: the document's name as `documents` gives it.
            title: a table's title or printed number; empty lists all without rows.
        """
        (name,) = self._known([document]) or ("",)
        tables = self._library.tables(name)
        if title:
            tables = tuple(t for t in tables if title in (t.title, t.number, f"表{t.number}"))
        return [_table(t, rows=bool(title)) for t in tables]

    def documents(self) -> list[dict[str, Any]]:
        """List the documents in the store: name, kind, organisation, year, counts."""
        return [document.to_record() for document in self._library.documents()]

    def _known(self, documents: Sequence[str] | None) -> list[str] | None:
        if not documents:
            return None
        held = {document.name for document in self._library.documents()}
        unknown = [name for name in documents if name not in held]
        if unknown:
            raise ValueError(f"库中没有：{'、'.join(unknown)}")
        return list(documents)


def _table(table: Table, *, rows: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": table.id,
        "number": table.number or None,
        "title": table.title,
        "unit": table.unit or None,
        "page": table.source.page,
        "sheet": table.source.sheet,
        "columns": [
            {"name": c.name, "role": c.role, "unit": c.unit or None} for c in table.columns
        ],
        "row_count": len(table.rows),
    }
    if rows:
        found["rows"] = [[_cell(figure) for figure in row.figures] for row in table.rows]
    return found


def _cell(figure: Figure | None) -> str | None:
    """A number as a plain decimal string, words as printed; no cell and a blank one are `None`."""
    if figure is None or figure.presence == "empty":
        return None
    if figure.presence == "number" and figure.value is not None and not figure.unit:
        return figure.comparator + plain(figure.value)
    return figure.text
