"""Budget knowledge as data: how tables are headed, what rows are called, how people say it.

The TOML files beside this module are the one place where such knowledge stands; code reads them
through `words(file)`.  What each file may contain stands in `index.vocabulary.schema`.

>>> "合计" in words("tables")["total_labels"]
True
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from index.vocabulary.schema import checked

__all__ = ["alternation", "pattern", "words"]


@cache
def words(file: str) -> dict[str, Any]:
    """The content of `file.toml`; read and checked once."""
    text = (files("index.vocabulary") / f"{file}.toml").read_text(encoding="utf-8")
    return checked(file, tomllib.loads(text))


def alternation(items: list[str]) -> str:
    """The words as one regular-expression group, longest first, taken literally."""
    return "(?:" + "|".join(re.escape(item) for item in sorted(items, key=len, reverse=True)) + ")"


@cache
def pattern(file: str, *keys: str) -> re.Pattern[str]:
    """The regular expressions under a key of a file as one compiled alternation."""
    entry: Any = words(file)
    for key in keys:
        entry = entry[key]
    return re.compile("|".join(f"(?:{item})" for item in entry))
