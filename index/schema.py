"""The tables of the catalogue's SQLite file, and how one document goes in and out of them.

Facts and passages have a column for each of their fields; tables and problems, which are only ever
read whole, are one JSON text each.  Amounts are text, never REAL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from index import codec, words
from index.model import Document, Fact, Passage, Problem, Profile, Table

__all__ = ["VERSION", "IndexedDocument", "columns", "create", "delete", "insert"]

# Another layout, another cutting into words or other fields make another version.
_LAYOUT = 1
VERSION = f"{_LAYOUT}-{codec.shape(Fact, Passage, Problem, Profile, Table)}"


@dataclass(frozen=True, slots=True)
class IndexedDocument:
    """A document with all that was made of it: what a store takes in one piece."""

    document: Document
    profile: Profile
    tables: tuple[Table, ...] = ()
    facts: tuple[Fact, ...] = ()
    passages: tuple[Passage, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        name = self.document.name
        strangers = {
            *(table.document for table in self.tables),
            *(fact.document for fact in self.facts),
            *(passage.document for passage in self.passages),
        } - {name}
        if strangers:
            raise ValueError(f"parts of {strangers} given as parts of {name!r}")

    def passage_texts(self) -> list[str]:
        """What is embedded and searched of each passage: its table's title, or else its headings,
        in front of its text.

        `三、支出情况 公务接待费\\n2024年预算数4.00万元……`"""
        titles = {table.id: table.title for table in self.tables}
        contexts = (titles.get(one.table) or " ".join(one.section) for one in self.passages)
        return [
            f"{context}\n{passage.text}" if context else passage.text
            for context, passage in zip(contexts, self.passages, strict=True)
        ]


def columns(cls: type[Any]) -> str:
    """The quoted column names of a dataclass, for SQL."""
    return ", ".join(f'"{name}"' for name in codec.columns(cls))


def _slots(cls: type[Any], extra: int = 0) -> str:
    return ", ".join("?" * (len(codec.columns(cls)) + extra))


def _definitions(cls: type[Any], integers: Sequence[str]) -> str:
    types = {name: "INTEGER" if name in integers else "TEXT" for name in codec.columns(cls)}
    return ", ".join(f'"{name}" {type_}' for name, type_ in types.items())


_TABLES = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE documents (
    name TEXT PRIMARY KEY, sha256 TEXT, format TEXT, profile TEXT, pages INTEGER,
    tables INTEGER, facts INTEGER, passages INTEGER, problems INTEGER, indexed_at TEXT,
    reader TEXT);
CREATE TABLE problems (n INTEGER PRIMARY KEY, document TEXT, problem TEXT);
CREATE INDEX problems_document ON problems (document);
CREATE TABLE tables (n INTEGER PRIMARY KEY, id TEXT UNIQUE, document TEXT, body TEXT);
CREATE INDEX tables_document ON tables (document);
CREATE TABLE facts (
    n INTEGER PRIMARY KEY, {_definitions(Fact, ("year", "row", "depth", "is_total", "column"))},
    UNIQUE (id));
CREATE INDEX facts_label ON facts (label);
CREATE INDEX facts_code ON facts (code);
CREATE INDEX facts_document ON facts (document);
CREATE INDEX facts_table ON facts ("table");
CREATE TABLE passages (
    n INTEGER PRIMARY KEY, {_definitions(Passage, ("row",))}, vector TEXT UNIQUE, UNIQUE (id));
CREATE INDEX passages_document ON passages (document);
CREATE VIRTUAL TABLE passages_fts USING fts5 (
    words, tokenize = "unicode61 remove_diacritics 0 tokenchars '.'");
"""


def create(db: sqlite3.Connection) -> None:
    """Make the tables in an empty file, statement by statement, inside the caller's transaction."""
    for statement in _TABLES.split(";\n"):
        db.execute(statement)


def delete(db: sqlite3.Connection, name: str) -> bool:
    """Take a document out; whether it was there."""
    found = db.execute("DELETE FROM documents WHERE name = ?", (name,)).rowcount > 0
    own = "SELECT n FROM passages WHERE document = ?"
    db.execute(f"DELETE FROM passages_fts WHERE rowid IN ({own})", (name,))
    for table in ("problems", "tables", "facts", "passages"):
        db.execute(f"DELETE FROM {table} WHERE document = ?", (name,))
    return found


def insert(
    db: sqlite3.Connection, indexed: IndexedDocument, vectors: Sequence[str], reader: str
) -> None:
    """Write all of a document that is not there; see `Catalogue.replace` for the arguments."""
    document = indexed.document
    contents = (indexed.tables, indexed.facts, indexed.passages, indexed.problems)
    values = (
        *(document.name, document.sha256, document.format, codec.to_json(indexed.profile)),
        *(document.pages, *map(len, contents), datetime.now(UTC).isoformat(), reader),
    )
    db.execute(f"INSERT INTO documents VALUES ({', '.join('?' * len(values))})", values)
    _insert_contents(db, indexed)
    _insert_passages(db, indexed, vectors)


def _insert_contents(db: sqlite3.Connection, indexed: IndexedDocument) -> None:
    name = indexed.document.name
    db.executemany(
        "INSERT INTO problems (document, problem) VALUES (?, ?)",
        ((name, codec.to_json(problem)) for problem in indexed.problems),
    )
    db.executemany(
        "INSERT INTO tables (id, document, body) VALUES (?, ?, ?)",
        ((table.id, name, codec.to_json(table)) for table in indexed.tables),
    )
    db.executemany(
        f"INSERT INTO facts ({columns(Fact)}) VALUES ({_slots(Fact)})",
        (codec.to_row(fact) for fact in indexed.facts),
    )


def _insert_passages(
    db: sqlite3.Connection, indexed: IndexedDocument, vectors: Sequence[str]
) -> None:
    sql = f"INSERT INTO passages ({columns(Passage)}, vector) VALUES ({_slots(Passage, 1)})"
    texts = indexed.passage_texts()
    for passage, text, vector in zip(indexed.passages, texts, vectors, strict=True):
        n = db.execute(sql, (*codec.to_row(passage), vector)).lastrowid
        db.execute(
            "INSERT INTO passages_fts (rowid, words) VALUES (?, ?)", (n, words.segment(text))
        )
