"""The page's own words in two languages, from `wording.toml`.

>>> Wording("en")("page", n=3)
'Page 3'
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["LANGUAGES", "Wording", "translations"]

LANGUAGES = ("zh", "en")


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads((files("qa.web") / "wording.toml").read_text(encoding="utf-8"))


def translations(language: str) -> dict[str, str]:
    """Every word of one language by its key."""
    return {key: said[language] for key, said in _words().items()}


@dataclass(frozen=True, slots=True)
class Wording:
    """One language; another one than those known is Chinese."""

    language: str = "zh"

    def __call__(self, key: str, **values: object) -> str:
        said = _words()[key]
        return said.get(self.language, said["zh"]).format(**values)
