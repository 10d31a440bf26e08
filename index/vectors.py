"""Vectors on disk, searched by nearness: Chroma behind four verbs.

This is the only module that imports chromadb, and only when a store is opened.  The embedded
client is meant for one process at a time; several threads may share it.

Chroma's distance is set to cosine; what is returned is the similarity, 1 - distance, so that 1 is
the same direction and 0 has nothing in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.embedding import Vectors
from index.errors import StoreError

__all__ = ["VectorStore", "other_model"]

_COLLECTION = "passages"
_FORMAT = 1


class VectorStore:
    """The vectors of one embedding model in a folder, each with an id and its document's name.

    A folder that holds vectors of another model raises `StoreError`: their numbers cannot be
    compared.  An empty one takes any model.
    """

    def __init__(self, folder: Path, model: str, dimension: int) -> None:
        import chromadb
        from chromadb.config import Settings

        with _foreign_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
            settings = Settings(anonymized_telemetry=False)
            self._client: Any = chromadb.PersistentClient(path=str(folder), settings=settings)
            self._folder = folder
            self._batch = self._client.get_max_batch_size()
            wanted = {"model": model, "dimension": dimension, "format": _FORMAT}
            self._collection = self._open_collection(wanted)
            held = self._collection.metadata or {}
        if held != wanted:
            self.close()
            raise _refusal(folder, held, model)

    def _open_collection(self, wanted: dict[str, Any]) -> Any:
        names = [collection.name for collection in self._client.list_collections()]
        if _COLLECTION in names:
            held = self._client.get_collection(_COLLECTION, embedding_function=None)
            if held.count() > 0 or held.metadata == wanted:
                return held
            self._client.delete_collection(_COLLECTION)
        # Without an explicit None, Chroma would download a model of its own.
        return self._client.create_collection(
            _COLLECTION,
            metadata=wanted,
            configuration={"hnsw": {"space": "cosine"}},
            embedding_function=None,
        )

    def close(self) -> None:
        self._client.close()

    def upsert(self, ids: Sequence[str], vectors: Vectors, documents: Sequence[str]) -> None:
        """Write `vectors`, shape (n, dimension); `documents` names the document of each."""
        with _foreign_errors(self._folder):
            for start in range(0, len(ids), self._batch):
                part = slice(start, start + self._batch)
                self._collection.upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"document": name} for name in documents[part]],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Take vectors out; ids that are not there are none of its business."""
        with _foreign_errors(self._folder):
            for start in range(0, len(ids), self._batch):
                self._collection.delete(ids=list(ids[start : start + self._batch]))

    def delete_document(self, name: str) -> None:
        self.delete(self.ids(name))

    def ids(self, document: str) -> list[str]:
        """The ids of one document's vectors."""
        with _foreign_errors(self._folder):
            found = self._collection.get(where={"document": document}, include=[])
        return [str(id_) for id_ in found["ids"]]

    def query(
        self, vector: Vectors, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The `k` nearest ids with their similarity, best first, of these documents or of all."""
        if k < 1 or (documents is not None and not documents):
            return []
        where = None if documents is None else {"document": {"$in": list(documents)}}
        with _foreign_errors(self._folder):
            found = self._collection.query(
                query_embeddings=[vector], n_results=k, where=where, include=["distances"]
            )
        ids, distances = found["ids"][0], found["distances"][0]
        return [(str(id_), 1.0 - float(d)) for id_, d in zip(ids, distances, strict=True)]

    def count(self) -> int:
        with _foreign_errors(self._folder):
            return int(self._collection.count())


def other_model(folder: Path, held: str, asked: str) -> StoreError:
    """The refusal of a store that was built with another embedding model."""
    return StoreError(
        f"资料库 {folder} 是用嵌入模型 {held} 建立的，现在要用的是 {asked}，两者的向量不能混用。"
        f"请用 --embedding 改回 {held}，或用 --store 指定另一个文件夹重新索引。"
    )


def _refusal(folder: Path, held: dict[str, Any], asked: str) -> StoreError:
    if held.get("model") != asked:
        return other_model(folder, str(held.get("model")), asked)
    return StoreError(
        f"向量库 {folder} 由本程序的另一版本建立（{held}）。请用 --store 指定另一个文件夹重新索引。"
    )


@contextmanager
def _foreign_errors(folder: Path) -> Iterator[None]:
    """Whatever Chroma or the disk raises, as a `StoreError`."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, OSError, ValueError, RuntimeError) as error:
        raise StoreError(
            f"向量库 {folder} 无法读写（{error}）。请检查磁盘与权限，或删除该文件夹后重新索引。"
        ) from error
