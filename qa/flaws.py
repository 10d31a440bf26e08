"""What is known to be wrong with tables and subjects, as notes to the figures that come from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.model import Fact

__all__ = ["flaw_key", "flaw_notes"]


def flaw_key(document: str, label: str) -> str:
    """Where a contradiction about a subject of a document is kept among the flaws."""
    return f"{document}|{label}"


def flaw_notes(facts: Sequence[Fact], flaws: Mapping[str, str]) -> list[str]:
    """What is known to be wrong with the tables and the subjects of some facts."""
    keys = [k for f in facts for k in (f.table, flaw_key(f.document, f.label))]
    return list(dict.fromkeys(flaws[k] for k in keys if k in flaws))
