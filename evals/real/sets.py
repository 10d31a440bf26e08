"""Which question sets there are, and where their documents lie.

>>> [s.name for s in load_sets()][:2]
['sample', 'seed']
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.records import Question, read_questions

__all__ = ["QuestionSet", "load_sets", "seen_sets"]

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]


class _Entry(BaseModel):
    """An entry of `sets.toml`; paths are relative to the repository's root."""

    model_config = ConfigDict(extra="forbid")

    name: str
    questions: str
    documents: list[str]
    writer: str
    kind: str
    first_run: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions and the documents they are asked over, all in one store.

    `files` are the documents of the questions that were found, `missing` the names of the others;
    `writer` who wrote the set, `kind` `seen` or `blind` (until its first run)."""

    name: str
    path: Path
    writer: str
    kind: str
    files: tuple[Path, ...]
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether the questions and all their documents are there."""
        return self.path.is_file() and not self.missing

    def questions(self) -> tuple[Question, ...]:
        """The questions, each with the set's name as its `source`.  Raises `QuestionError`."""
        return read_questions(self.path)


def load_sets(manifest: Path = _HERE / "sets.toml", root: Path = _ROOT) -> tuple[QuestionSet, ...]:
    """The sets of a manifest, in its order.  Raises pydantic's `ValidationError` for a bad entry."""
    entries = tomllib.loads(manifest.read_text(encoding="utf-8"))["set"]
    return tuple(_resolved(_Entry.model_validate(entry), root) for entry in entries)


def seen_sets(stores: Path) -> list[QuestionSet]:
    """The sets that may train: run once, and with a store in the folder `stores`."""
    seen = (one for one in load_sets() if one.complete and one.kind == "seen")
    return [one for one in seen if (stores / one.name).is_dir()]


def _resolved(entry: _Entry, root: Path) -> QuestionSet:
    path = (root / entry.questions).resolve()
    folders = [(root / folder).resolve() for folder in entry.documents]
    names = _documents_of(path)
    found = {name: _find(name, folders) for name in names}
    return QuestionSet(
        entry.name,
        path,
        entry.writer,
        entry.kind,
        tuple(file for file in found.values() if file),
        tuple(name for name, file in found.items() if file is None),
    )


def _documents_of(path: Path) -> list[str]:
    if not path.is_file():
        return []
    return sorted({name for question in read_questions(path) for name in question.docs})


def _find(name: str, folders: list[Path]) -> Path | None:
    return next((f / name for f in folders if (f / name).is_file()), None)
