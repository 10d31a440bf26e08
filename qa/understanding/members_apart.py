"""What the members of a comparison are called beside each other: by what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evidence import subject_of
from qa.understanding.assigning import Assigned
from qa.understanding.slots import Slot

__all__ = ["name_of", "names_apart"]


def name_of(slot: Slot, other: str) -> str:
    """What a slot without a figure is called beside those that have one."""
    parts = (*slot.organisations[:1], *(f"{year}年" for year in slot.years[:1]), slot.level)
    telling = [part for part in parts if part and (part not in other)]
    return "".join(telling[:2]) or "另一项"


def names_apart(assigned: Sequence[Assigned]) -> tuple[str, ...]:
    """What tells the members of a comparison apart: department, year, level, basis or subject."""
    facts = [a.facts[0] for a in assigned]
    parts = [
        [f.organisation for f in facts],
        [f"{f.year}年" if f.year else "" for f in facts],
        [f.level for f in facts],
        [f.basis for f in facts],
        [subject_of(f) for f in facts],
    ]
    telling = [values for values in parts if len(set(values)) > 1] or parts[-1:]
    told = [[values[i] for values in telling] for i in range(len(facts))]
    return tuple("".join(_once(one)) for one in told)


def _once(names: Sequence[str]) -> list[str]:
    """Names without those that another of them says as well: 限额, 债务限额."""
    told = list(dict.fromkeys(names))
    return [n for n in told if not any(n != other and n in other for other in told)]
