"""Questions in words: a small context-free grammar, `data/wording.toml`, expanded at random.

>>> phrase("sum", Random(1), {"list": "会议费、培训费", "n": "两"})  # doctest: +SKIP
'会议费、培训费两项加起来是多少万元'
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal

from evals.region import data

__all__ = ["Said", "aliases", "ask", "phrase"]

_SLOT = re.compile(r"\{(\w+)\}")
# Questions that begin with a verb or a question word take no 的 before them.
_VERBAL = (
    "describe_", "amount_count", "nonsense", "moved", "more", "less", "count", "top", "bottom",
    "compare", "check", "average_car", "average_project", "change", "why",
)  # fmt: skip
_AFTER = 0.2  # the share of questions that name their department and year at the end


@dataclass(frozen=True, slots=True)
class Said:
    """What of department, year and kind of document a question says; "" is left unsaid.

    `manner` `free` names the document if it says nothing else (`这份预算里`); `bare` does not, for
    shelves of many; `strict` always says the kind."""

    org: str = ""
    year: str = ""
    kind: str = "预算"
    manner: Literal["free", "bare", "strict"] = "bare"


def phrase(symbol: str, rng: Random, slots: Mapping[str, str]) -> str:
    """One expansion of a symbol.  A slot wins over a symbol of its name; a name that is neither
    raises `KeyError`."""
    grammar: dict[str, list[str]] = data("wording")["grammar"]

    def fill(match: re.Match[str]) -> str:
        name = match[1]
        return slots[name] if name in slots else phrase(name, rng, slots)

    production = rng.choice(grammar[symbol])
    if slots.get("b") == "":
        production = production.replace("的{b}", "").replace("{b}数", "").replace("{b}安排", "安排")
    return _SLOT.sub(fill, production)


def aliases(label: str) -> tuple[str, ...]:
    """The names people use for a label, itself among them."""
    table: dict[str, list[str]] = data("wording")["aliases"]
    return tuple(table.get(label, [label]))


def ask(symbol: str, rng: Random, said: Said, slots: Mapping[str, str]) -> str:
    """A whole question: opening, scope before or after, core, end.

    `ask("why_down", rng, Said("水务局", "2024"), {"x": "接待费"})` ->
    `请问水务局2024年接待费为何比上年少？`"""
    slots = {"last": "上年", **slots}
    if slots.get("b") and slots["b"] in slots.get("x", ""):
        slots["b"] = ""  # 部门预算支出 needs no 预算 once more
    core = phrase(symbol, rng, slots)
    before, after = _scope(rng, said)
    if symbol.startswith(_VERBAL):
        before = before.removesuffix("的")
    end = phrase("end" if not core.endswith(("吗", "有没有")) else "end_plain", rng, {})
    if "（" in after or not after:
        parts = {"pre": before, "core": core, "post": after, "end": end}
    else:
        parts = {"pre": before, "core": core, "post": "？" + after[1:], "end": "。"}
    text = phrase("question", rng, parts)
    return _tidy(text)


def _scope(rng: Random, said: Said) -> tuple[str, str]:
    table: dict[str, list[str]] = data("wording")["scope"]
    if said.manner == "strict" and said.org and said.year:
        name = "strict"
    elif said.org or said.year:
        name = "both" if said.org and said.year else "org" if said.org else "year"
    else:
        name = "none" if said.manner == "free" else "nothing"
    after = f"{name}_after" in table and rng.random() < _AFTER
    chosen = rng.choice(table[f"{name}_after" if after else name])
    text = chosen.format(org=said.org, year=said.year, kind=said.kind)
    return ("", text) if after else (text, "")


def _tidy(text: str) -> str:
    text = re.sub(r"的{2,}", "的", text)
    text = re.sub(r"的，", "，", text)
    return re.sub(r"，{2,}", "，", text)
