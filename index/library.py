"""The store, through its one door: what was read from documents, and the searches over it.

Behind it lie the catalogue (SQLite: facts, tables, passages, words), the vectors (Chroma), the files
themselves and what readers said of answers.  The catalogue is the truth: a vector or a file counts
only if the catalogue refers to it.  So a document is replaced in the order new file and vectors,
catalogue, old ones: wherever that stops, either the old version answers or the new one, never a
mixture.

    with Library.open(Path("store")) as library:
        library.add(indexed)
        [(passage, similarity), ...] = library.search_dense("公务接待费为何减少", k=5)
"""

from __future__ import annotations

import hashlib
import os
import threading
import uuid
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

from index.catalogue import Catalogue, LabelUse, StoredDocument
from index.embedding import DEFAULT_MODEL, Encoder, Progress, TextEncoder
from index.errors import StoreError
from index.feedback import Feedback
from index.files import FileStore
from index.model import Fact, Passage, Problem, Table
from index.schema import IndexedDocument
from index.vectors import VectorStore, other_model

__all__ = ["IndexedDocument", "Library", "StoredDocument", "default_store", "reader_version"]


# What neither reads documents nor changes what is read from them.
_NOT_READING = (
    "__main__.py", "files.py", "feedback.py", "sheets.py",
    "frames.toml", "questions.toml", "followups.toml", "suggestions.toml",
    "organisations.toml",
)  # fmt: skip


@cache
def reader_version() -> str:
    """A fingerprint of the code and data that read documents: what another version has stored is
    read again, without anybody having to remember to raise a number."""
    digest = hashlib.sha256()
    folder = Path(__file__).parent
    for file in sorted([*folder.rglob("*.py"), *folder.rglob("*.toml")]):
        if file.name not in _NOT_READING:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


Found = list[tuple[Passage, float]]
# Documents whose facts are kept in memory (a government's has some 20,000).
_DOCUMENTS_KEPT = 16


def default_store() -> Path:
    """The store folder when none is named: `BUDGET_QA_STORE`, or the user's data folder."""
    named = os.environ.get("BUDGET_QA_STORE")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("budget-qa")


class Library:
    """A store of documents.  Several threads of one process may share one `Library`; what another
    process stores is seen at the next call.

    Open it with `Library.open`; everything it raises on purpose is a `BudgetQAError`.
    """

    def __init__(self, folder: Path, catalogue: Catalogue, encoder: TextEncoder) -> None:
        self.folder = folder
        self._catalogue = catalogue
        self._encoder = encoder
        self._vectors: VectorStore | None = None
        self._facts_of: dict[tuple[str, str], tuple[Fact, ...]] = {}
        self._seen = 0
        self._files = FileStore(folder / "files")
        self.feedback = Feedback(folder / "feedback.jsonl")
        self._opening = threading.Lock()
        self._changing = threading.Lock()

    @classmethod
    def open(
        cls, store: Path, *, encoder: TextEncoder | None = None, model: str = DEFAULT_MODEL
    ) -> Library:
        """The store in the folder `store`, made if it is not there.

        `encoder` or, without one, the `Encoder` of `model` embeds; it is not loaded before it is
        needed.  A store whose passages another model has embedded raises `StoreError`."""
        chosen = Encoder(model) if encoder is None else encoder
        catalogue = Catalogue(store / "catalogue.sqlite")
        held = catalogue.model()
        if held not in (None, chosen.name):
            catalogue.close()
            raise other_model(store, str(held), chosen.name)
        return cls(store, catalogue, chosen)

    def close(self) -> None:
        with self._opening:
            if self._vectors is not None:
                self._vectors.close()
                self._vectors = None
        self._catalogue.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ------------------------------------------------------------ changing

    def add(
        self, indexed: IndexedDocument, progress: Progress | None = None, file: Path | None = None
    ) -> None:
        """Store a document, in place of what is stored under its name, with a copy of its `file`.

        `progress(done, total)` counts embedded passages.  If anything fails, the old version
        stays, whole."""
        name = indexed.document.name
        before = self._digest(name)
        if file is not None:
            self._files.keep(file, indexed.document.sha256)
        embedded = self._encoder.encode_documents(indexed.passage_texts(), progress)
        # Ids that were never used before: the old version's vectors stay until it is replaced.
        edition = uuid.uuid4().hex
        ids = [f"{edition}-{n}" for n in range(len(indexed.passages))]
        with self._changing:
            vectors = self._opened_vectors()
            try:
                vectors.upsert(ids, embedded, [name] * len(ids))
                self._catalogue.replace(indexed, ids, self._encoder.name, reader_version())
            except BaseException:
                vectors.delete(ids)
                self._forget_file(indexed.document.sha256)
                raise
            fresh = set(ids)
            self._drop(vectors, [id_ for id_ in vectors.ids(name) if id_ not in fresh])
            self._forget_file(before)

    def remove(self, name: str) -> bool:
        """Take a document out; whether it was there."""
        with self._changing:
            before = self._digest(name)
            removed = self._catalogue.remove(name)
            if removed:
                vectors = self._opened_vectors()
                self._drop(vectors, vectors.ids(name))
                self._forget_file(before)
        return removed

    def _drop(self, vectors: VectorStore, ids: Sequence[str]) -> None:
        """Take out vectors that nothing stored refers to any more, and let other processes know."""
        if ids:
            vectors.delete(ids)
            self._catalogue.vectors_dropped()

    def keep_file(self, name: str, file: Path) -> None:
        """Copy the file of a stored document in, where an earlier version did not keep it."""
        sha256 = self._digest(name)
        if sha256 and self._files.find(sha256) is None:
            self._files.keep(file, sha256)

    def _digest(self, name: str) -> str:
        return next((d.sha256 for d in self.documents() if d.name == name), "")

    def _forget_file(self, sha256: str) -> None:
        """Drop a content that no document of the store has any more."""
        if sha256 and all(d.sha256 != sha256 for d in self.documents()):
            self._files.drop(sha256)

    # ------------------------------------------------------------ searching

    def search_dense(self, text: str, k: int, documents: Sequence[str] | None = None) -> Found:
        """The `k` passages nearest in meaning, with their cosine similarity, best first; of
        `documents` only, if given."""
        if not self._catalogue.passage_count() or k < 1 or not text.strip():
            return []
        vectors = self._opened_vectors()
        # Vectors left behind must not take the place of others.
        wanted = k + self._orphans(vectors)
        hits = vectors.query(self._encoder.encode_query(text), wanted, documents)
        passages = self._catalogue.passages_of_vectors([id_ for id_, _ in hits])
        return [(passages[id_], score) for id_, score in hits if id_ in passages][:k]

    def search_words(self, text: str, k: int, documents: Sequence[str] | None = None) -> Found:
        """The `k` passages that best match the words, with their bm25 score, best first."""
        hits = self._catalogue.search_words(text, k, documents)
        passages = {one.id: one for one in self._catalogue.passages([id_ for id_, _ in hits])}
        return [(passages[id_], score) for id_, score in hits if id_ in passages]

    # ------------------------------------------------------------ reading

    @property
    def model(self) -> str:
        """The name of the embedding model in use."""
        return self._encoder.name

    def signature(self) -> str:
        """A text that changes whenever the content does: for what callers derive from it."""
        return self._catalogue.signature()

    def is_current(self, name: str, sha256: str) -> bool:
        """Whether exactly this file is stored, read by this version of the code."""
        return self._catalogue.reader_of(name, sha256) == reader_version()

    def documents(self) -> tuple[StoredDocument, ...]:
        """What is in the store, by name."""
        return self._catalogue.documents()

    def problems(self, document: str | None = None) -> tuple[Problem, ...]:
        """The problems of one document, or of all."""
        return self._catalogue.problems(document)

    def file(self, name: str) -> Path | None:
        """The copy of a document's file; `None` where there is none (stored by an early version)."""
        sha256 = self._digest(name)
        return self._files.find(sha256) if sha256 else None

    def tables(self, document: str | None = None) -> tuple[Table, ...]:
        """The tables of one document, or of all, in reading order."""
        return self._catalogue.tables(document)

    def table(self, table_id: str) -> Table | None:
        """One table, or `None` if there is none of this id."""
        return self._catalogue.table(table_id)

    def facts(
        self,
        documents: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
        codes: Sequence[str] | None = None,
        tables: Sequence[str] | None = None,
        measures: Sequence[str] | None = None,
    ) -> list[Fact]:
        """The facts that fit every list given, in reading order; `tables` are table ids."""
        return self._catalogue.facts(documents, labels, codes, tables, measures)

    def facts_of(self, document: str) -> tuple[Fact, ...]:
        """All facts of one document, kept until the store changes: lists are looked for in them."""
        known = (self._catalogue.signature(), document)
        if known not in self._facts_of:
            if len(self._facts_of) >= _DOCUMENTS_KEPT:
                self._facts_of.clear()
            self._facts_of[known] = tuple(self._catalogue.facts([document]))
        return self._facts_of[known]

    def distinct(self, *fields: str) -> list[tuple[Any, ...]]:
        """The different combinations of some fields of `Fact` that the store holds."""
        return self._catalogue.distinct(*fields)

    def labels(self, documents: Sequence[str] | None = None) -> tuple[LabelUse, ...]:
        """Every row label once a code and document."""
        return self._catalogue.labels(documents)

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of these ids, in the order of `ids`; unknown ones are left out."""
        return self._catalogue.passages(ids)

    def _orphans(self, vectors: VectorStore) -> int:
        """How many vectors no stored passage refers to: those of an interrupted run."""
        orphans = vectors.count() - self._catalogue.passage_count()
        if orphans < 0:
            with self._changing:  # another thread may have been replacing a document just then
                orphans = vectors.count() - self._catalogue.passage_count()
        if orphans < 0:
            raise StoreError(
                f"资料库 {self.folder} 的向量不完整（少 {-orphans} 条）。"
                "请删除该文件夹，或用 --store 指定另一个文件夹，然后重新索引。"
            )
        return orphans

    def _opened_vectors(self) -> VectorStore:
        """Opened at first need, for importing Chroma takes a second; opened anew when another process
        has changed the store, for Chroma would not see it."""
        with self._opening:
            changes = self._catalogue.changes_by_others()
            if self._vectors is None:
                encoder = self._encoder
                self._vectors = VectorStore(
                    self.folder / "vectors", encoder.name, encoder.dimension
                )
            elif changes != self._seen:
                self._vectors.renew()
            self._seen = changes
            return self._vectors
