"""Vectors on disk, searched by nearness: Chroma behind four verbs.

This is the only module that imports chromadb, and only when a store is opened.  Several threads may
share the embedded client.  It keeps the index it searches in memory and never looks whether another
process has written to the folder: it then misses the new vectors, or fails when they are asked for by
name.  `VectorStore.renew` opens the folder anew.

Chroma's distance is set to cosine; what is returned is the similarity, 1 - distance, so that 1 is
the same direction and 0 has nothing in common.
"""

from __future__ import annotations

import threading
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
        self._folder = folder
        self._wanted = {"model": model, "dimension": dimension, "format": _FORMAT}
        self._client: Any = None
        self._collection: Any = None
        self._state = threading.Condition()
        self._uses, self._renewing = 0, False
        self._open()

    def _open(self) -> None:
        import chromadb
        from chromadb.config import Settings

        with _foreign_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            settings = Settings(anonymized_telemetry=False)
            self._client = chromadb.PersistentClient(path=str(self._folder), settings=settings)
            self._batch = self._client.get_max_batch_size()
            self._collection = self._open_collection(self._wanted)
            held = self._collection.metadata or {}
        if held != self._wanted:
            self.close()
            raise _refusal(self._folder, held, str(self._wanted["model"]))

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
        if self._client is not None:
            self._client.close()
            self._client = None

    def renew(self) -> None:
        """Open the folder anew, to see what other processes have written to it.

        Waits for the calls of other threads to end; those that begin meanwhile wait for it."""
        with self._state:
            self._state.wait_for(lambda: not self._renewing)
            self._renewing = True
            self._state.wait_for(lambda: not self._uses)
        try:
            self.close()
            self._open()
        finally:
            with self._state:
                self._renewing = False
                self._state.notify_all()

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        """The collection, which stays open until the end of the block."""
        with self._state:
            self._state.wait_for(lambda: not self._renewing)
            self._uses += 1
        try:
            with _foreign_errors(self._folder):
                yield self._collection
        finally:
            with self._state:
                self._uses -= 1
                self._state.notify_all()

    def upsert(self, ids: Sequence[str], vectors: Vectors, documents: Sequence[str]) -> None:
        """Write `vectors`, shape (n, dimension); `documents` names the document of each."""
        with self._opened() as collection:
            for start in range(0, len(ids), self._batch):
                part = slice(start, start + self._batch)
                collection.upsert(
                    ids=list(ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"document": name} for name in documents[part]],
                )

    def delete(self, ids: Sequence[str]) -> None:
        """Take vectors out; ids that are not there are none of its business."""
        with self._opened() as collection:
            for start in range(0, len(ids), self._batch):
                collection.delete(ids=list(ids[start : start + self._batch]))

    def ids(self, document: str) -> list[str]:
        """The ids of one document's vectors."""
        with self._opened() as collection:
            found = collection.get(where={"document": document}, include=[])
        return [str(id_) for id_ in found["ids"]]

    def query(
        self, vector: Vectors, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The `k` nearest ids with their similarity, best first, of these documents or of all."""
        if k < 1 or (documents is not None and not documents):
            return []
        where = None if documents is None else {"document": {"$in": list(documents)}}
        try:
            found = self._found(vector, k, where)
        except StoreError:  # another process may be writing just now
            self.renew()
            found = self._found(vector, k, where)
        ids, distances = found["ids"][0], found["distances"][0]
        return [(str(id_), 1.0 - float(d)) for id_, d in zip(ids, distances, strict=True)]

    def _found(self, vector: Vectors, k: int, where: dict[str, Any] | None) -> Any:
        with self._opened() as collection:
            return collection.query(
                query_embeddings=[vector], n_results=k, where=where, include=["distances"]
            )

    def count(self) -> int:
        with self._opened() as collection:
            return int(collection.count())


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
