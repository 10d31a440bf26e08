"""From files to a library: read, normalise, check, embed, store; one report a file.

A file that cannot be read is a report with its reason, and the others are indexed all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from index.checks import find_problems
from index.chunks import passages
from index.errors import UnreadableDocument
from index.facts import table_facts
from index.library import Library, StoredDocument
from index.loaders import LOADERS, load
from index.model import Document, Problem, Profile, Source
from index.names import NamedFile, named, same_end
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


def documents_in(paths: Sequence[Path | NamedFile]) -> list[NamedFile]:
    """The files named, and those below the folders named that have a loader, in order, each with the
    name of its document."""
    return named(file for path in paths for file in _files(path))


def _files(path: Path | NamedFile) -> Iterator[NamedFile]:
    if isinstance(path, NamedFile):
        yield path
    elif path.is_dir():
        for file in sorted(path.rglob("*")):
            if (
                file.is_file()
                and file.suffix.lower() in LOADERS
                and not file.name.startswith((".", "~$"))
            ):
                yield NamedFile.below(file, path)
    else:
        yield NamedFile(path, path.name)


def read_document(path: Path, progress: Stage | None = None, name: str = "") -> IndexedDocument:
    """A file as everything that is stored of it, under `name` or else the file's own; raises
    `UnreadableDocument`."""
    document = load(path, name)
    if progress is not None:
        progress(document.name, "表格", 0, 1)
    profile = profile_of(document)
    tables = normalise(document)
    facts = [*table_facts(tables, profile), *statements(document, profile)]
    profile = with_figures(profile, facts)
    found = (*document.problems, *find_problems(document, profile, tables, facts))
    return IndexedDocument(
        document, profile, tables, tuple(facts), tuple(passages(document, tables)), found
    )


def index_paths(
    paths: Sequence[Path | NamedFile], library: Library, progress: Stage | None = None
) -> Iterator[Report]:
    """Add or update documents; a report for each as soon as it is stored."""
    files = documents_in(paths)
    given = {file.name for file in files}
    for file in files:
        yield _index_one(file, given, library, progress or (lambda *_: None))


def _index_one(file: NamedFile, given: Set[str], library: Library, progress: Stage) -> Report:
    progress(file.name, "读取", 0, 1)
    stored = {document.name: document for document in library.documents()}
    try:
        digest = Document.digest(file.path) if file.path.is_file() else ""
        others = [d for d in stored.values() if same_end(d.name, file.name)]
        others = [d for d in others if d.name not in given]
        name = _known_as(file.name, digest, stored, others)
        if name in stored and library.is_current(name, digest):
            held = stored[name]
            library.keep_file(name, file.path)
            counts = (held.tables, held.facts, held.passages)
            return Report(name, "unchanged", held.profile, *counts, library.problems(name))
        indexed = read_document(file.path, progress, name)
    except UnreadableDocument as error:
        return _failed(file.name, error.reason)
    if name in stored and _of_another(stored[name], indexed):
        return _failed(name, _taken(stored[name].profile, indexed.profile))
    library.add(indexed, lambda done, total: progress(name, "向量", done, total), file.path)
    for old in others:
        if old.sha256 == digest and old.name != name:
            library.remove(old.name)  # the same file, known by more of its path from now on
    left = [d.name for d in others if d.sha256 != digest and name not in stored]
    return Report(
        name,
        "updated" if name in stored else "added",
        indexed.profile,
        len(indexed.tables),
        len(indexed.facts),
        len(indexed.passages),
        (*indexed.problems, *([_also(name, left)] if left else [])),
    )


def _known_as(
    name: str, digest: str, stored: Mapping[str, StoredDocument], others: Sequence[StoredDocument]
) -> str:
    """The name a file is stored under: its own, or the longer one that the same content got when it
    was given from further away (城管局/2024年部门预算.pdf)."""
    if name in stored and stored[name].sha256 == digest:
        return name
    return next((d.name for d in others if d.sha256 == digest and len(d.name) > len(name)), name)


def _of_another(held: StoredDocument, new: IndexedDocument) -> bool:
    """Whether a file of a stored document's name is no new version of it: another department's, or
    another year's."""
    a, b = held.profile, new.profile
    if held.sha256 == new.document.sha256:
        return False
    names = [{p.organisation, *p.aliases} - {""} for p in (a, b)]
    return (all(names) and not names[0] & names[1]) or bool(a.year and b.year and a.year != b.year)


def _taken(held: Profile, new: Profile) -> str:
    of_held, of_new = (f"{p.organisation} {p.year or ''}".strip() for p in (held, new))
    return (
        f"库中已有同名的文件，是“{of_held}”的，这一份是“{of_new}”的，没有替换它。"
        "请把上一级文件夹一起加入（文件夹就成为名称的一部分），或改名，或先移出原来的那一份"
    )


def _failed(name: str, reason: str) -> Report:
    problem = Problem("unreadable", reason, Source(name), "error")
    return Report(name, "failed", None, 0, 0, 0, (problem,))


def _also(name: str, others: Sequence[str]) -> Problem:
    message = f"库中另有同名的文件：{'、'.join(others)}。若是这一份的旧版，请把它移出"
    return Problem("same_name", message, Source(name), "note")
