"""The facts that a slot may mean, found by names, likeness, columns and sentences.

Nothing here decides: a fact that fits badly has low features (`features`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from index.aspects import STOCKS
from index.library import Library, StoredDocument
from index.model import Fact, Profile
from index.units import convert, is_money, same_count
from index.vocabulary import pattern
from index.wholes import is_whole_row, names_whole
from qa.evidence import subject_of
from qa.lexicon import Lexicon, form_keys, key, term_of
from qa.plan import Kind
from qa.understanding.features import (
    DONE,
    Candidate,
    Phrase,
    candidate_of,
    figure_of,
    is_general,
    is_owner,
    is_total,
    is_whole,
)
from qa.understanding.frame import sides
from qa.understanding.names import Words
from qa.understanding.slots import Slot

__all__ = ["KINDS", "candidates"]

KINDS: dict[Kind, int] = {"value": 0, "change": 1, "rate": 2, "share": 3, "completion": 4}
_OWED = frozenset(STOCKS)
_MOST = 400
_LIKE = 80
_PASSAGES = 6


def candidates(
    slot: Slot, said: Words, library: Library, lexicon: Lexicon, documents: Sequence[StoredDocument]
) -> list[Candidate]:
    """The facts of some documents that a slot may mean, with their features; unordered."""
    phrase = _phrase(slot, said)
    found = _found(slot, phrase, said, library, lexicon, documents)
    own = {d.name: d.profile for d in documents}
    stocks = frozenset(stock for stock in _OWED if stock in said.text)
    facts = [f for f in found if _possible(f, slot, own[f.document], stocks)]
    counts, tops = _agreeing(facts), _tops(facts)
    return [candidate_of(f, slot, phrase, own[f.document].year, counts, tops) for f in facts]


def _phrase(slot: Slot, said: Words) -> Phrase:
    positions = tuple(i for a, b in slot.spans for i in range(a, b))
    inside = set(positions)
    names = tuple(
        (frozenset(range(n.start, n.end)), tuple(k for name in n.keys for k in form_keys(name)))
        for n in said.names
        if inside.issuperset(range(n.start, n.end))
    )
    if slot.side:
        names = tuple((where, tuple(_on(slot.side, k) for k in keys)) for where, keys in names)
    if slot.implied:
        names = ((frozenset(), form_keys(key(slot.implied))),)
    elif not any(said.weights[i] > 0.3 for i in positions):
        # 2024年预算是多少 names no subject: it is of the whole.
        own = "".join(said.text[a:b] for a, b in slot.spans)
        names = (*names, (frozenset(), form_keys(_whole(slot.side or own or said.text))))
    return Phrase(
        said.text,
        said.weights,
        tuple(i for i in positions if said.weights[i] > 0),
        tuple(i for i in range(*slot.head) if said.weights[i] > 0),
        names,
        sum(said.weights[i] for i in positions),
    )


def _on(side: str, name: str) -> str:
    """A name as that of the other side: 基金收入 of 支出 is 基金支出."""
    other = next(one for one in sides().values() if one != side)
    return name.removesuffix(other) + side if name.endswith(other) else name


def _whole(text: str) -> str:
    """The term for the whole that a question without a subject asks for."""
    income, spending = (side[0] in text for side in sides().values())
    return "收支总计" if income and spending else "收入总计" if income else "支出总计"


def _found(
    slot: Slot,
    phrase: Phrase,
    said: Words,
    library: Library,
    lexicon: Lexicon,
    documents: Sequence[StoredDocument],
) -> list[Fact]:
    names = [d.name for d in documents]
    if slot.codes:
        return library.facts(names, codes=slot.codes)
    text = "".join("|" * (a > 0) + said.text[a:b] for a, b in slot.spans)
    keys = {k for _, forms in phrase.names for k in forms}
    labels = [label for k in sorted(keys) for label in lexicon.keys.get(k, ())]
    labels += lexicon.alike(text, _LIKE)
    facts = {f.id: f for f in library.facts(names, labels=list(dict.fromkeys(labels)))}
    measures = [m for m in lexicon.measures if _names_column(m, keys, text)]
    if measures or not phrase.positions:
        more = library.facts(names, measures=measures) if measures else []
        facts |= {f.id: f for f in more if f.is_total or is_owner(f)}
    if wholes := {term_of(k) for k in keys if names_whole(k)}:
        rows = [label for label in lexicon.labels if is_whole_row(label)]
        more = library.facts(names, labels=rows)
        facts |= {f.id: f for f in more if term_of(subject_of(f)) in wholes}
    facts |= {f.id: f for f in _in_passages(text, library, names)}
    if is_general(phrase) or not facts:
        totals = [label for label in lexicon.labels if is_total(label)]
        facts |= {f.id: f for f in library.facts(names, labels=totals)}
    return list(facts.values())


def _in_passages(text: str, library: Library, documents: Sequence[str]) -> list[Fact]:
    """The figures of the sentences that the words of a slot retrieve, whatever they are called."""
    found = [p for p, _ in library.search_words(text, _PASSAGES, documents) if p.kind == "prose"]
    return [
        fact
        for document in dict.fromkeys(p.document for p in found)
        for fact in library.facts_of(document)
        if fact.origin == "prose"
        and any(p.document == document and fact.quote in p.text for p in found)
    ]


def _names_column(measure: str, keys: set[str], text: str) -> bool:
    parts = [key(part) for part in measure.split("/")]
    return any(part in keys or (len(part) > 3 and part in text) for part in parts)


def _says(fact: Fact, stocks: frozenset[str]) -> bool:
    """Whether a figure is of what is owed (or may be), by its own fields or where it stands."""
    fields = (fact.basis, fact.label, fact.measure, *fact.path, fact.table_title)
    around = (*fact.section[-1:], fact.quote if fact.origin == "prose" else "")
    return any(stock in field for stock in stocks for field in (*fields, *around))


def _on_side(fact: Fact, side: str) -> bool:
    """Whether a figure is of one side of a budget: by its name, else by what stands around it."""
    names = (fact.label, fact.measure, *reversed(fact.path), fact.table_title, *fact.section[-1:])
    found = (name for name in names if any(one in name for one in sides().values()))
    first = next(found, "")
    return side in first and sum(one in first for one in sides().values()) == 1


def _possible(fact: Fact, slot: Slot, profile: Profile, stocks: frozenset[str]) -> bool:
    """What the question said of scope holds; what it left open may be anything.  `stocks` are those
    of 限额 and 余额 that the question names."""
    stocks = _OWED & set(slot.basis) or stocks
    if fact.basis in _OWED and stocks and fact.basis not in stocks:
        return False
    if stocks & set(slot.basis) and not _says(fact, stocks):
        return False
    if slot.side and not _on_side(fact, slot.side):
        return False
    counts = slot.unit not in ("", "%", "倍", "百分点", "个") and not is_money(slot.unit)
    if counts and not same_count(slot.unit, fact.unit):
        return False
    if is_money(slot.unit) and not (is_money(fact.unit) or fact.unit == ""):
        return False
    if slot.basis and DONE.issuperset(slot.basis) and fact.basis == "预算":
        # What a budget plans for its own year has not been carried out yet.
        planned = "预算" in profile.kind and (fact.year or 0) >= (profile.year or 0)
        if planned or "决算" in profile.kind:
            return False
    if fact.origin == "prose" and fact.column != KINDS[slot.kind]:
        return False
    if slot.kind in ("change", "rate") and fact.origin == "table":
        return False
    if pattern("tables", "change_rows").fullmatch(fact.measure.rsplit("/", 1)[-1]):
        # A row of how far two years are apart is no amount of either.
        return False
    if slot.years and fact.year not in slot.years:
        return False
    if slot.tables and fact.table_number not in slot.tables:
        return False
    if slot.titles and key(fact.table_title) not in slot.titles:
        return False
    if slot.organisations and fact.organisation not in slot.organisations:
        return False
    if slot.level.startswith("全") and not fact.level and profile.kind.startswith(("部门", "单位")):
        return False
    return not slot.level or fact.level in (slot.level, "")


def _tops(facts: Iterable[Fact]) -> dict[tuple[object, ...], Decimal]:
    """The largest total of each department and year: what its other totals are parts of."""
    tops: dict[tuple[object, ...], Decimal] = {}
    for f in facts:
        # 部门预算支出 in prose is as whole as the last row of a table.
        prose = f.column == KINDS["value"] and is_total(term_of(f.label))
        if is_money(f.unit) and (is_whole(f) if f.origin == "table" else prose):
            home, amount = (f.organisation, f.year), convert(f.value, f.unit, "元")
            tops[home] = max(tops.get(home, amount), amount)
    return tops


def _agreeing(facts: Iterable[Fact]) -> dict[tuple[object, ...], int]:
    counts: dict[tuple[object, ...], set[str]] = {}
    for f in facts:
        counts.setdefault(figure_of(f), set()).add(f.table or f.quote)
    return {figure: len(places) for figure, places in counts.items()}
