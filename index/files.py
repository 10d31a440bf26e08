"""The files themselves: a copy of each stored document, so that evidence can be shown as printed.

A copy is named by its content, so that the same file is kept once whatever it is called:

    store/files/3f/3f9a….pdf
"""

from __future__ import annotations

import shutil
import uuid
from pathlib import Path

from index.errors import StoreError

__all__ = ["FileStore"]


class FileStore:
    """Copies of files below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, file: Path, sha256: str) -> Path:
        """Copy a file in, whole or not at all; a content that is there already stays as it is.

        Raises `StoreError` when it cannot be written."""
        target = self._place(sha256, file.suffix)
        if target.exists():
            return target
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.parent / f".{uuid.uuid4().hex}"
            shutil.copyfile(file, fresh)
            fresh.replace(target)
        except OSError as error:
            raise StoreError(
                f"无法把 {file.name} 存入资料库（{error}）。请检查磁盘与权限。"
            ) from error
        return target

    def find(self, sha256: str) -> Path | None:
        """The copy of a content, or `None`: a document can be older than this way of keeping it."""
        found = sorted(self._place(sha256, "").parent.glob(f"{sha256}.*"))
        return found[0] if found else None

    def drop(self, sha256: str) -> None:
        """Forget a content."""
        for file in self._place(sha256, "").parent.glob(f"{sha256}.*"):
            file.unlink(missing_ok=True)

    def _place(self, sha256: str, suffix: str) -> Path:
        return self._folder / sha256[:2] / f"{sha256}{suffix.lower()}"
