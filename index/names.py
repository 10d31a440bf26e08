"""What documents are called: the path of the file below the folder that was given, the file's own name
where the file itself was given; with `/` on every system.

Two files of one name in two folders are two documents: 城管局/2024年部门预算.pdf and
文体局/2024年部门预算.pdf.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

__all__ = ["NamedFile", "matching", "named", "same_end"]


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file, and the name that its document goes by."""

    path: Path
    name: str

    @classmethod
    def below(cls, path: Path, folder: Path) -> NamedFile:
        return cls(path, path.relative_to(folder).as_posix())

    @property
    def place(self) -> Path:
        """The whole path, by which a file given twice is told; links are not followed."""
        return Path(os.path.abspath(self.path))  # noqa: PTH100

    def longer(self) -> NamedFile:
        """The same with one more folder in front of its name, as far as there is one."""
        place = self.place
        parts = place.relative_to(place.anchor).parts
        return replace(self, name="/".join(parts[-(self.name.count("/") + 2) :]))


def named(files: Iterable[NamedFile]) -> list[NamedFile]:
    """The files, each once, with a name of its own: of two folders that both hold 2024年部门预算.pdf
    the names of the folders come in front."""
    known: dict[Path, NamedFile] = {}
    for file in files:
        before = known.get(file.place)
        if before is None or len(before.name) < len(file.name):
            known[file.place] = file
    found = list(known.values())
    while True:
        count = Counter(file.name for file in found)
        longer = [file.longer() if count[file.name] > 1 else file for file in found]
        if longer == found:
            return found
        found = longer


def same_end(a: str, b: str) -> bool:
    """Whether two names can be of one file, given from nearer by and from further away.

    >>> same_end("2024.pdf", "城管局/2024.pdf"), same_end("文体局/2024.pdf", "城管局/2024.pdf")
    (True, False)
    """
    shorter, longer = sorted((a, b), key=len)
    return f"/{longer}".endswith(f"/{shorter}")


def matching(name: str, names: Collection[str]) -> list[str]:
    """The names that a person means by one: itself, else those that it is an end of, or that are an end
    of it; a `\\` counts as `/`."""
    if name in names:
        return [name]
    plain = name.replace("\\", "/")
    return [known for known in names if same_end(plain, known)]
