"""Answers without one figure: several of one name, or none; what was looked for, what the store holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from index.library import StoredDocument
from index.model import Fact
from index.units import MONEY, convert, is_money
from qa.amounts import money, normal
from qa.answer import Answer, Citations
from qa.calculator import Ambiguous, Item
from qa.flaws import flaw_notes
from qa.lexicon import leaf
from qa.scope import Scope
from qa.understood import Understanding

__all__ = ["ambiguous", "context_of", "holdings", "not_found"]


def ambiguous(
    question: str, u: Understanding, problem: Ambiguous, flaws: Mapping[str, str]
) -> Answer:
    """All the figures of one name, each with where it stands."""
    cites = Citations()
    wanted = u.scope.question.unit
    items, said = [], []
    for group in problem.groups[:12]:
        first = group[0]
        n = tuple(dict.fromkeys(cites.fact(f) for f in group[:2]))
        value, unit = first.value, first.unit
        if wanted in MONEY and is_money(unit):
            value, unit = normal(convert(value, unit, wanted)) if wanted != unit else value, wanted
        place = context_of(first, u.scope)
        items.append((Item(f"{first.label}（{place}）", value, unit, group), n))
        name = "" if first.label == problem.label else f"{first.label} "
        said.append(f"{name}{money(value, unit)}（{place}）{''.join(f'[{c}]' for c in n)}")
    more = f"……共 {len(problem.groups)} 个" if len(problem.groups) > 12 else ""
    text = f"“{problem.label}”在文件中有 {len(problem.groups)} 个不同的数：{'；'.join(said)}{more}。请说明要哪一个。"
    notes = flaw_notes([g[0] for g in problem.groups], flaws)
    return Answer(
        question,
        "ambiguous",
        "calculator",
        text,
        None,
        None,
        tuple(items),
        None,
        cites.all,
        tuple(notes),
        u.plan,
    )


def context_of(fact: Fact, scope: Scope) -> str:
    """What tells a figure from others of its name: department, year, table, column, the row above."""
    several = len({d.profile.organisation for d in scope.documents}) > 1
    years = len({d.profile.year for d in scope.documents}) > 1
    number = f"表{fact.table_number}" if fact.table_number else ""
    parts = [
        fact.organisation if several else "",
        f"{fact.year}年" if years and fact.year else "",
        fact.level,
        f"{number}《{fact.table_title}》"
        if fact.origin == "table" and fact.table_title
        else number,
        " / ".join(fact.section[-1:]) if fact.origin == "prose" else "",
        fact.path[-1] if fact.path else "",
        leaf(fact.measure),
        fact.code,
    ]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def holdings(documents: Sequence[StoredDocument], most: int = 8) -> str:
    """What a store holds, in words: departments and their years."""
    years: dict[str, list[str]] = {}
    for d in documents:
        name = d.profile.organisation or d.name
        years.setdefault(name, []).append(
            f"{d.profile.year or '年份不明'}{d.profile.kind if d.profile.kind != 'other' else ''}"
        )
    said = [f"{name}（{'、'.join(dict.fromkeys(found))}）" for name, found in years.items()]
    return "；".join(said[:most]) + (f" 等 {len(said)} 个单位" if len(said) > most else "")


def _as_said(word: str, text: str) -> str:
    """Words of content as the question has them, with the small words between them.

    >>> _as_said("局长工资", "局长的工资是多少")
    '局长的工资'
    """
    best = ""
    for start in (i for i, char in enumerate(text) if char == word[:1]):
        at = start
        for char in word:
            at = text.find(char, at) + 1
            if not at:
                return best or word
        best = min(filter(None, (best, text[start:at])), key=len)
    return best if best and len(best) <= 2 * len(word) else word


def not_found(
    question: str, u: Understanding, documents: Sequence[StoredDocument], route: str = "calculator"
) -> Answer:
    """Nothing that answers: what was looked for, what the store holds, the nearest name; no figure."""
    if not documents:
        text = "文档库是空的，没有可以回答的文件。先加入文档：python -m index 文件或文件夹"
        return Answer(question, "not_found", "calculator", text)
    held = {year for d in documents for year in (d.profile.year, *d.profile.years)}
    other = [f"{year}年" for year in u.scope.years if year not in held]
    said = (_as_said(word, u.scope.question.text) for word in u.unexplained)
    what = (
        "、".join(f"“{w}”" for w in dict.fromkeys((*other, *said)))
        or f"“{u.scope.question.text.rstrip('?？。')}”"
    )
    nearest = "、".join(dict.fromkeys(f"{f.label}" for f in u.nearest))
    close = f"最接近的是：{nearest}。" if nearest else ""
    text = f"文件中没有找到{what}的内容，因此不给出数字。{close}库中现有：{holdings(documents)}。"
    return Answer(question, "not_found", "passages" if route == "passages" else "calculator", text)
