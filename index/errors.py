"""What can go wrong, as exceptions; what is merely wrong with a source is a returned `Problem`.

    BudgetQAError               everything this project raises on purpose
    ├── UnreadableDocument      a file that cannot be read at all
    ├── ModelError              an embedding model that cannot be loaded or run
    ├── StoreError              a store that cannot be opened, read or written
    └── VocabularyError         a vocabulary file with an entry that cannot be what it should

The message is for the person at the keyboard: Chinese, and it says what to do.  The foreign
exception behind it, if any, is its `__cause__`.
"""

from __future__ import annotations

__all__ = [
    "BudgetQAError",
    "ModelError",
    "StoreError",
    "UnreadableDocument",
    "VocabularyError",
]


class BudgetQAError(Exception):
    """The root: catch it to catch everything this project raises on purpose."""


class UnreadableDocument(BudgetQAError):
    """A file that cannot be read: broken, encrypted, empty, or of no known format.

    >>> str(UnreadableDocument("a.pdf", "文件已加密"))
    'a.pdf：文件已加密'
    """

    def __init__(self, document: str, reason: str) -> None:
        super().__init__(f"{document}：{reason}")
        self.document = document
        self.reason = reason


class ModelError(BudgetQAError):
    """An embedding model that cannot be loaded or run."""


class StoreError(BudgetQAError):
    """A store that cannot be opened, read or written, or that was built with other settings."""


class VocabularyError(BudgetQAError):
    """A file of `index/vocabulary` with an unknown key, a missing one or an entry that is wrong."""
