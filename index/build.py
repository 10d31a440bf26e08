"""From files to a library: read, normalise, check, embed, store; one report a file.

A file that cannot be read is a report with its reason, and the others are indexed all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.checks import find_problems
from index.chunks import passages
from index.errors import UnreadableDocument
from index.facts import table_facts
from index.library import Library
from index.loaders import LOADERS, load
from index.model import Document, Problem, Profile, Source
from index.profile import profile_of, with_figures
from index.schema import IndexedDocument
from index.statements import statements
from index.tables import normalise

__all__ = ["Report", "Stage", "documents_in", "index_paths", "read_document"]

# progress(document, stage, done, total): stage is 读取, 表格 or 向量.
Stage = Callable[[str, str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one file: `status` is `added`, `updated`, `unchanged` or `failed`."""

    document: str
    status: str
    profile: Profile | None
    tables: int
    facts: int
    passages: int
    problems: tuple[Problem, ...]

    def to_record(self) -> dict[str, object]:
        """The report as plain values, as `python -m index --json` prints it."""
        profile = self.profile
        return {
            "document": self.document,
            "status": self.status,
            "kind": profile.kind if profile else None,
            "organisation": profile.organisation if profile else None,
            "year": profile.year if profile else None,
            "tables": self.tables,
            "facts": self.facts,
            "passages": self.passages,
            "problems": [
                {
                    "kind": p.kind,
                    "severity": p.severity,
                    "message": p.message,
                    "page": p.source.page,
                    "line": p.source.line,
                    "sheet": p.source.sheet,
                }
                for p in self.problems
            ],
        }


def documents_in(paths: Sequence[Path]) -> Iterator[Path]:
    """The files named, and those below the folders named that have a loader, in order."""
    for path in paths:
        if path.is_dir():
            for file in sorted(path.rglob("*")):
                if (
                    file.is_file()
                    and file.suffix.lower() in LOADERS
                    and not file.name.startswith((".", "~$"))
                ):
                    yield file
        else:
            yield path


def read_document(path: Path, progress: Stage | None = None) -> IndexedDocument:
    """A file as everything that is stored of it; raises `UnreadableDocument`."""
    document = load(path)
    if progress is not None:
        progress(path.name, "表格", 0, 1)
    profile = profile_of(document)
    tables = normalise(document)
    facts = [*table_facts(tables, profile), *statements(document, profile)]
    profile = with_figures(profile, facts)
    found = (*document.problems, *find_problems(document, profile, tables, facts))
    return IndexedDocument(
        document, profile, tables, tuple(facts), tuple(passages(document, tables)), found
    )


def index_paths(
    paths: Sequence[Path], library: Library, progress: Stage | None = None
) -> Iterator[Report]:
    """Add or update documents; a report for each as soon as it is stored."""
    for path in documents_in(paths):
        yield _index_one(path, library, progress or (lambda *_: None))


def _index_one(path: Path, library: Library, progress: Stage) -> Report:
    progress(path.name, "读取", 0, 1)
    stored = {document.name: document for document in library.documents()}
    try:
        digest = Document.digest(path) if path.is_file() else ""
        if path.name in stored and library.is_current(path.name, digest):
            held = stored[path.name]
            library.keep_file(path)
            return Report(
                path.name,
                "unchanged",
                held.profile,
                held.tables,
                held.facts,
                held.passages,
                library.problems(path.name),
            )
        indexed = read_document(path, progress)
    except UnreadableDocument as error:
        problem = Problem("unreadable", error.reason, Source(path.name), "error")
        return Report(path.name, "failed", None, 0, 0, 0, (problem,))
    library.add(indexed, lambda done, total: progress(path.name, "向量", done, total), path)
    status = "updated" if path.name in stored else "added"
    return Report(
        path.name,
        status,
        indexed.profile,
        len(indexed.tables),
        len(indexed.facts),
        len(indexed.passages),
        indexed.problems,
    )
