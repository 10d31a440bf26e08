"""Hybrid retrieval as a LangChain retriever: by meaning and by words, fused by reciprocal rank.

Reciprocal rank fusion: Cormack, Clarke and Büttcher, SIGIR 2009; each list adds 1 / (60 + rank).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from index.library import Library
from index.model import Passage

__all__ = ["HybridRetriever", "fuse", "search"]

_RRF = 60
_DEPTH = 24


def fuse(*rankings: Sequence[str]) -> list[str]:
    """Several rankings as one, by reciprocal rank.

    >>> fuse(["a", "b"], ["b", "c"])
    ['b', 'a', 'c']
    """
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking):
            scores[name] = scores.get(name, 0.0) + 1 / (_RRF + rank + 1)
    return sorted(scores, key=lambda name: -scores[name])


def search(
    library: Library,
    question: str,
    k: int,
    documents: Sequence[str] | None = None,
    ways: Literal["both", "dense", "words"] = "both",
) -> list[Passage]:
    """The `k` passages that best fit a question, best first."""
    depth = max(_DEPTH, k)
    dense = library.search_dense(question, depth, documents) if ways != "words" else []
    words = library.search_words(question, depth, documents) if ways != "dense" else []
    passages = {passage.id: passage for passage, _ in (*dense, *words)}
    order = fuse([p.id for p, _ in dense], [p.id for p, _ in words])
    return [passages[id_] for id_ in order[:k]]


class HybridRetriever(BaseRetriever):
    """The library as a LangChain retriever: `HybridRetriever(library=library, k=8)`.

    Each document's `page_content` is a passage's text; its metadata say where it stands."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    library: Library
    k: int = 8
    documents: tuple[str, ...] | None = None
    ways: Literal["both", "dense", "words"] = "both"

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **_: Any
    ) -> list[Document]:
        found = search(self.library, query, self.k, self.documents, self.ways)
        return [_document(passage) for passage in found]


def _document(passage: Passage) -> Document:
    metadata = {
        "id": passage.id,
        "document": passage.document,
        "section": " / ".join(passage.section),
        "page": passage.source.page,
        "line": passage.source.line,
        "kind": passage.kind,
        "passage": passage,
    }
    return Document(page_content=passage.text, metadata=metadata)
