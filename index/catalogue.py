"""Everything a store knows except its vectors: documents, problems, tables, facts, passages.

One SQLite file.  Amounts are text, never REAL.  All of a document is written in one transaction,
so that it appears only when all of it is there.  Readers in several threads have a connection
each; writers take turns.

Full-text search is SQLite's FTS5 with its bm25 (Robertson & Zaragoza, "The Probabilistic Relevance
Framework: BM25 and Beyond", 2009) over the words of `index.words`.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from index import codec, schema, words
from index.errors import StoreError
from index.model import Fact, Passage, Problem, Profile, Table
from index.schema import IndexedDocument

__all__ = ["Catalogue", "LabelUse", "StoredDocument"]

Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as the store lists it; `tables`, `facts`, `passages`, `problems` are counts and
    `pages` is `None` where the format has none."""

    name: str
    sha256: str
    format: str
    profile: Profile
    pages: int | None
    tables: int
    facts: int
    passages: int
    problems: int
    indexed_at: datetime

    def to_record(self) -> dict[str, Any]:
        """The document as plain values, as `python -m index --list --json` and the page's
        endpoint give it."""
        profile = self.profile
        return {
            "document": self.name,
            "kind": profile.kind,
            "organisation": profile.organisation,
            "year": profile.year,
            "years": list(profile.years),
            "levels": list(profile.levels),
            "units": list(profile.units),
            "title": profile.title,
            "format": self.format,
            "pages": self.pages,
            "tables": self.tables,
            "facts": self.facts,
            "passages": self.passages,
            "problems": self.problems,
        }


class LabelUse(NamedTuple):
    """A row label with its code, and a document that uses it."""

    label: str
    code: str
    document: str


# A list of any length travels as one JSON parameter.
_IN = "IN (SELECT value FROM json_each(?))"


@lru_cache(maxsize=64)
def _table(body: str) -> Table:
    """A table from its stored form; the passages of one table ask for it again and again."""
    return codec.from_json(Table, body)


class Catalogue:
    """The SQLite side of a store.

    A file of another version, or no SQLite file at all, raises `StoreError`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._writing = threading.RLock()
        self._own_changes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"无法建立资料库文件夹 {path.parent}（{error}）。") from error
        try:
            self._create_or_check()
        except StoreError:
            self.close()
            raise

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._writing:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._own = threading.local()

    # ------------------------------------------------------------ writing

    def replace(
        self, indexed: IndexedDocument, vectors: Sequence[str], model: str, reader: str
    ) -> None:
        """Write one document, in place of what was stored under its name.

        `vectors` are the ids of the passages' vectors, in order; `model` made them; `reader` is
        the version of the code that read the file."""
        with self._transaction() as db:
            schema.delete(db, indexed.document.name)
            schema.insert(db, indexed, vectors, reader)
            db.execute("INSERT OR REPLACE INTO meta VALUES ('model', ?)", (model,))

    def remove(self, name: str) -> bool:
        """Take a document out; whether it was there."""
        with self._transaction() as db:
            return schema.delete(db, name)

    def vectors_dropped(self) -> None:
        """Note that vectors were taken out, which happens after the catalogue's own change."""
        with self._transaction("dropped"):
            pass

    # ------------------------------------------------------------ reading

    def changes_by_others(self) -> int:
        """How often other processes have changed the store: a number that grows.

        While this process is changing it, it may be counted among the others."""
        held = self._meta()
        return int(held["changes"]) + int(held.get("dropped", 0)) - self._own_changes

    def signature(self) -> str:
        """A text that changes whenever the content does, e.g. `5f0c….7`: for callers' caches."""
        held = self._meta()
        return f"{held['store']}.{held['changes']}"

    def model(self) -> str | None:
        """The embedding model the passages were embedded with; `None` while there are none."""
        if not self._rows("SELECT 1 FROM documents LIMIT 1"):
            return None
        return self._meta().get("model")

    def reader_of(self, name: str, sha256: str) -> str | None:
        """The reader version of a stored document, if its file is the one with this hash."""
        sql = "SELECT reader FROM documents WHERE name = ? AND sha256 = ?"
        rows = self._rows(sql, name, sha256)
        return str(rows[0][0]) if rows else None

    def documents(self) -> tuple[StoredDocument, ...]:
        """What is in the store, by name."""
        sql = (
            "SELECT name, sha256, format, profile, pages, tables, facts, passages, problems,"
            " indexed_at FROM documents ORDER BY name"
        )
        return tuple(_stored_document(row) for row in self._rows(sql))

    def problems(self, document: str | None = None) -> tuple[Problem, ...]:
        """The problems of one document, or of all, as they were found."""
        where, values = _where(document=None if document is None else [document])
        rows = self._rows(f"SELECT problem FROM problems{where} ORDER BY document, n", *values)
        return tuple(codec.from_json(Problem, body) for (body,) in rows)

    def tables(self, document: str | None = None) -> tuple[Table, ...]:
        """The tables of one document, or of all, in reading order."""
        where, values = _where(document=None if document is None else [document])
        rows = self._rows(f"SELECT body FROM tables{where} ORDER BY document, n", *values)
        return tuple(codec.from_json(Table, body) for (body,) in rows)

    def table(self, table_id: str) -> Table | None:
        """One table, or `None` if there is none of this id."""
        rows = self._rows("SELECT body FROM tables WHERE id = ?", table_id)
        return _table(rows[0][0]) if rows else None

    def facts(
        self,
        documents: Sequence[str] | None = None,
        labels: Sequence[str] | None = None,
        codes: Sequence[str] | None = None,
        tables: Sequence[str] | None = None,
        measures: Sequence[str] | None = None,
    ) -> list[Fact]:
        """The facts that fit every list given, in reading order; an empty list fits nothing.

        `tables` are table ids."""
        where, values = _where(
            document=documents, label=labels, code=codes, table=tables, measure=measures
        )
        sql = f"SELECT {schema.columns(Fact)} FROM facts{where} ORDER BY document, n"
        return [codec.from_row(Fact, row) for row in self._rows(sql, *values)]

    def labels(self, documents: Sequence[str] | None = None) -> tuple[LabelUse, ...]:
        """Every row label once a code and document, in order."""
        where, values = _where(document=documents)
        sql = f"SELECT DISTINCT label, code, document FROM facts{where} ORDER BY 1, 2, 3"
        return tuple(LabelUse(*row) for row in self._rows(sql, *values))

    def distinct(self, *fields: str) -> list[Row]:
        """The different combinations of some fields of `Fact` that the store holds, e.g.
        `distinct("table_title", "table_number")`."""
        known = {f'"{name}"' for name in fields} & set(schema.columns(Fact).split(", "))
        if len(known) != len(set(fields)):
            raise ValueError(f"not fields of a fact: {fields}")
        named = ", ".join(f'"{name}"' for name in fields)
        return self._rows(f"SELECT DISTINCT {named} FROM facts")

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        """The passages of these ids, in the order of `ids`; unknown ones are left out."""
        sql = f"SELECT {schema.columns(Passage)} FROM passages WHERE id {_IN}"
        rows = self._rows(sql, json.dumps(list(ids)))
        found = {passage.id: passage for passage in (codec.from_row(Passage, r) for r in rows)}
        return [found[id_] for id_ in ids if id_ in found]

    def passages_of_vectors(self, vectors: Sequence[str]) -> dict[str, Passage]:
        """The passage of each vector id; of a vector that nothing stored refers to, none."""
        sql = f"SELECT vector, {schema.columns(Passage)} FROM passages WHERE vector {_IN}"
        rows = self._rows(sql, json.dumps(list(vectors)))
        return {row[0]: codec.from_row(Passage, row[1:]) for row in rows}

    def passage_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM passages")[0][0])

    def search_words(
        self, text: str, k: int, documents: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """The ids of the `k` passages that best match the words of `text`, with their bm25 score
        (above 0, more is better), best first."""
        query = words.match_query(text)
        if not query or k < 1:
            return []
        where, values = _where(document=documents)
        # The plus keeps SQLite from walking the documents' passages instead of the words found.
        within = f" AND +rowid IN (SELECT n FROM passages{where})" if where else ""
        sql = (
            "SELECT id, -score FROM (SELECT rowid AS n, bm25(passages_fts) AS score"
            f" FROM passages_fts WHERE passages_fts MATCH ?{within}"
            " ORDER BY score, rowid LIMIT ?) JOIN passages USING (n) ORDER BY score, n"
        )
        return [(str(row[0]), float(row[1])) for row in self._rows(sql, query, *values, k)]

    # ------------------------------------------------------------ the file

    def _create_or_check(self) -> None:
        anything = "SELECT name FROM sqlite_master"
        if not self._rows(anything):
            with self._transaction(None) as db:
                if not self._rows(anything):  # another process may have been faster
                    schema.create(db)
                    fresh = {"version": schema.VERSION, "store": uuid.uuid4().hex, "changes": "0"}
                    db.executemany("INSERT INTO meta VALUES (?, ?)", fresh.items())
        ours = ("meta",) in self._rows(anything)
        held = self._meta().get("version") if ours else None
        if held != schema.VERSION:
            raise StoreError(
                f"资料库 {self._path} 由本程序的另一版本建立（{held}，现为 {schema.VERSION}）。"
                "请用 --store 指定另一个文件夹，或删除该资料库，然后重新索引。"
            )

    def _meta(self) -> dict[str, str]:
        return dict(self._rows("SELECT key, value FROM meta"))

    def _rows(self, sql: str, *values: object) -> list[Row]:
        with self._foreign_errors():
            return self._connection().execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self, counter: str | None = "changes") -> Iterator[sqlite3.Connection]:
        """All or nothing; one more in a counter of `meta`: `changes` counts those of the content."""
        with self._writing, self._foreign_errors():
            db = self._connection()
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                if counter:
                    db.execute(
                        "INSERT INTO meta VALUES (?, '1')"
                        " ON CONFLICT (key) DO UPDATE SET value = value + 1",
                        (counter,),
                    )
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise
            self._own_changes += counter is not None

    def _connection(self) -> sqlite3.Connection:
        """This thread's own connection."""
        db: sqlite3.Connection | None = getattr(self._own, "db", None)
        if db is None:
            # check_same_thread is off only so that close() can close them all.
            db = sqlite3.connect(
                self._path, timeout=30, isolation_level=None, check_same_thread=False
            )
            self._connections.append(db)
            self._own.db = db
            db.execute("PRAGMA journal_mode = WAL")
        return db

    @contextmanager
    def _foreign_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(
                f"资料库 {self._path} 无法读写（{error}）。请检查磁盘与权限，或删除后重新索引。"
            ) from error


def _stored_document(row: Row) -> StoredDocument:
    name, sha256, format_, profile, pages, tables, facts, passages, problems, indexed_at = row
    return StoredDocument(
        name=name,
        sha256=sha256,
        format=format_,
        profile=codec.from_json(Profile, profile),
        pages=pages,
        tables=tables,
        facts=facts,
        passages=passages,
        problems=problems,
        indexed_at=datetime.fromisoformat(indexed_at),
    )


def _where(**lists: Sequence[str] | None) -> tuple[str, list[str]]:
    given = {name: list(values) for name, values in lists.items() if values is not None}
    clause = " AND ".join(f'"{name}" {_IN}' for name in given)
    return (f" WHERE {clause}" if clause else "", [json.dumps(v) for v in given.values()])
