"""How well a fact fits a slot: named features, each a number between 0 and 1 (or -1 and 1) that a
reader can check by hand; the score of a fact is their weighted sum (`scoring`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from index.aspects import basis_in
from index.facts import is_primary
from index.model import Fact
from index.units import MONEY, convert, is_money, is_ratio, same_count
from index.vocabulary import pattern, words
from qa.evidence import subject_of
from qa.lexicon import core, key, last_class, pairs, term_of, without_level
from qa.understanding.slots import Slot

__all__ = [
    "DONE",
    "FEATURES",
    "Candidate",
    "Phrase",
    "candidate_of",
    "features",
    "figure_of",
    "is_general",
    "is_owner",
    "is_total",
    "is_whole",
]

FEATURES = (
    "label",  # how much of the row's name the question says
    "head",  # the row's name is what the question's last name says
    "exact",  # the row's name is said whole
    "said",  # how much of the question the fact's own fields say
    "near",  # … counting its section and its sentence
    "other",  # the row's name says 其他, 非 … and the question does not
    "column",  # a column that is named, or the one a reader would take
    "total",  # a total row, where no row is named
    "prose",  # a sentence rather than a cell
    "year",  # the year asked for, or the document's own
    "basis",  # the basis asked for
    "level",  # the level asked for
    "level_open",  # no level is asked for: 1 for the whole, -1 for its own level
    "part",  # the fact is of another part of the budget than said
    "unit",  # the unit is of the kind asked for
    "derived",  # computed from next year's figure and its change
    "depth",  # how deep below other rows
    "agree",  # how many places print the same figure for it
    "zero",  # the figure is nought
    "narrow",  # a table of a part (基本支出, 政府采购) that the question does not name
    "attached",  # words beside its name in the question that it does not say (违规公务接待费)
    "own",  # of the document's own year, not of the one before it
    "rough",  # a sentence tells it as a bound or about (突破500亿元, 近3亿元)
    "stated",  # the column or the sentence states the basis asked for (执行数, 决算数)
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fact with its features, in the order of `FEATURES`, and the places of the question that its
    fields say; `missing` is how much of the question they do not say, where a rare name of four
    letters is about 3."""

    fact: Fact
    values: tuple[float, ...]
    missing: float = 0.0
    covered: frozenset[int] = field(default=frozenset(), repr=False)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A slot's words as they are compared with facts."""

    text: str
    weights: tuple[float, ...]
    positions: tuple[int, ...]
    head: tuple[int, ...]
    names: tuple[tuple[frozenset[int], tuple[str, ...]], ...]
    total: float


def candidate_of(
    fact: Fact,
    slot: Slot,
    phrase: Phrase,
    own_year: int | None,
    counts: dict[tuple[object, ...], int],
    tops: dict[tuple[object, ...], Decimal],
) -> Candidate:
    subject = key(subject_of(fact))
    label, exact, head, covered_label = _label(fact, subject, phrase)
    if fact.code in slot.codes:
        label, exact, head, covered_label = 1.0, 1.0, 1.0, set(phrase.positions)
    strong, weak = _coverage(fact, phrase)
    covered = covered_label | strong
    total = phrase.total or 1.0
    share = sum(phrase.weights[i] for i in covered) / total
    near = sum(phrase.weights[i] for i in covered | weak) / total
    owner = is_owner(fact)
    named = (is_total(fact.label) and is_total(subject_of(fact))) or (owner and not strong)
    values = {
        "label": label,
        "head": head,
        "exact": exact,
        "said": share if phrase.total else 1.0,
        "near": near if phrase.total else 1.0,
        "other": 0.0 if fact.code in slot.codes else _qualified(subject, phrase.text),
        "column": _column(fact, phrase),
        "total": float(named and is_general(phrase)) - float(named and not is_general(phrase)),
        "prose": float(fact.origin == "prose"),
        "year": _year(fact, slot, own_year),
        "basis": _basis(fact, slot, own_year),
        "level": _level(fact, slot),
        "level_open": _level_open(fact, slot),
        "part": _other_part(fact, phrase.text),
        "unit": _unit(fact, slot),
        "derived": float(bool(fact.derived)),
        "depth": min(fact.depth, 4) / 4,
        "agree": min(counts[figure_of(fact)] - 1, 3) / 3,
        "zero": float(fact.value == 0),
        "narrow": float(_narrow(fact, phrase, tops)),
        "rough": float(fact.origin == "prose" and _is_rough(fact.quote, fact.value)),
        "stated": float(any(b in fact.measure for b in slot.basis)),
        "attached": _attached(covered_label | strong, phrase),
        "own": float(fact.year is not None and fact.year == own_year),
    }
    missing = phrase.total - sum(phrase.weights[i] for i in covered | weak)
    by_name = tuple(values[name] for name in FEATURES)
    return Candidate(fact, by_name, missing, frozenset(covered | weak))


def features(candidate: Candidate) -> dict[str, float]:
    """A candidate's features by name."""
    return dict(zip(FEATURES, candidate.values, strict=True))


def _label(fact: Fact, subject: str, phrase: Phrase) -> tuple[float, float, float, set[int]]:
    """How much of the row's name is said, whether all, whether by the head, and where."""
    best: tuple[float, float, float, set[int]] = (0.0, 0.0, 0.0, set())
    plain = last_class(fact.label)
    columns = {key(part) for part in fact.measure.split("/")} if is_owner(fact) else set()
    names = (subject, core(subject), key(fact.label), plain, without_level(plain), *sorted(columns))
    for name in dict.fromkeys(names):
        found = _named(name, phrase)
        if found[:3] > best[:3]:
            best = found
    return best


def _named(name: str, phrase: Phrase) -> tuple[float, float, float, set[int]]:
    term = term_of(name)
    for places, keys in phrase.names:
        if name in keys or term in keys:
            return 1.0, 1.0, float(not places or bool(set(phrase.head) & places)), set(places)
    at = phrase.text.find(name) if len(name) > 1 else -1
    if at >= 0 and set(range(at, at + len(name))) & set(phrase.positions):
        places = frozenset(range(at, at + len(name))) & frozenset(phrase.positions)
        return 1.0, 1.0, float(bool(set(phrase.head) & places)), set(places)
    held = pairs(name)
    if not held:
        return 0.0, 0.0, 0.0, set()
    where = [i for i in phrase.positions if phrase.text[i : i + 2] in held]
    shared = {phrase.text[i : i + 2] for i in where}
    places_said = {j for i in where for j in (i, i + 1)} & set(phrase.positions)
    head = len(places_said & set(phrase.head)) / (len(phrase.head) or 1)
    return len(shared) / len(held), 0.0, head, places_said


@lru_cache(maxsize=8192)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(pairs(text))


def _covered(text: str, phrase: Phrase) -> set[int]:
    """The places of the phrase that a text says."""
    held = _pairs(text)
    places: set[int] = set()
    for i in phrase.positions:
        if phrase.text[i : i + 2] in held:
            places |= {i, i + 1}
    for where, keys in phrase.names:
        if any(k in text for k in keys):
            places |= where
    return places & set(phrase.positions)


def _coverage(fact: Fact, phrase: Phrase) -> tuple[set[int], set[int]]:
    """The places that say what the figure is (rows above, column, table), and those that its
    section and sentence say."""
    strong = _covered(key("|".join((*fact.path, fact.measure, fact.table_title))), phrase)
    around = "|".join((*fact.section[-3:], fact.quote if fact.origin == "prose" else ""))
    return strong, _covered(key(around), phrase)


def _qualified(subject: str, text: str) -> float:
    return float(any(q in subject and q not in text for q in words("questions")["qualifiers"]))


def _column(fact: Fact, phrase: Phrase) -> float:
    """1 for a column that is named or is the amount itself, less the more it says unasked."""
    if fact.origin == "prose" or not fact.measure:
        return 1.0
    unsaid = 0
    for part in fact.measure.split("/"):
        plain = re.sub(r"^(?:19|20)[0-9]{2}年(?:度)?", "", key(part))
        if is_primary(plain) < 99 or not plain or _is_basis(plain):
            continue
        held = pairs(plain)
        if (
            held
            and len(held & _pairs(phrase.text)) <= 0.6 * len(held)
            and plain not in subject_of(fact)
        ):
            unsaid += 1
    return 1.0 / (1 + unsaid) - (0.0 if unsaid else min(is_primary(fact.measure), 20) / 60)


@lru_cache(maxsize=4096)
def _is_basis(column: str) -> bool:
    """Whether a column says little but its basis: 年初预算数, but not 专项债务余额."""
    if not basis_in(column):
        return False
    names = [e for group in words("aspects")["basis"].values() for e in group]
    return len(re.sub("|".join(names), "", column)) < 4


def _attached(covered: set[int], phrase: Phrase) -> float:
    """How much of the words that stand together with what the fact says it does not say.

    Words with filler between them are no one name: 违规公务接待费 is, 公务接待费和培训 is not."""
    run: list[int] = []
    worst = 0.0
    for i in (*phrase.positions, -9):
        if run and i != run[-1] + 1:
            said = [j for j in run if j in covered]
            if said and len(said) < len(run):
                left = sum(phrase.weights[j] for j in run if j not in covered)
                worst = max(worst, min(1.0, left / 1.5))
            run = []
        run.append(i)
    return worst


def is_whole(fact: Fact) -> bool:
    """Whether a row is of all that an organisation has: a total, its own row, an institution's."""
    units = tuple(words("organisations")["units"])
    return is_total(fact.label) or is_owner(fact) or fact.label.endswith(units)


def _narrow(fact: Fact, phrase: Phrase, tops: dict[tuple[object, ...], Decimal]) -> bool:
    """Whether a total is only of a part (基本支出, one of a department's funds) that the question
    does not name: it is not all there is."""
    if not is_whole(fact):
        return False
    parts = words("frames")["parts_of_tables"]
    if any(part in fact.table_title and part not in phrase.text for part in parts):
        return True
    own = phrase.positions
    said = phrase.text[own[0] : own[-1] + 1] if own else phrase.text
    if any(part in said for part in (*parts, *words("frames")["funds"])):
        return False
    top = tops.get((fact.organisation, fact.year))
    # A government's revenue is that of its general budget; a department has more than one fund.
    if fact.level or top is None or not _asks_whole(phrase) or not is_money(fact.unit):
        return False
    return convert(fact.value, fact.unit, "元") < top


@lru_cache(maxsize=65536)
def _is_rough(quote: str, value: Decimal) -> bool:
    """Whether a sentence tells a figure as a bound, or about."""
    rough = pattern("prose", "approximate", "before")
    printed = re.compile(
        rf"(?<![\d.,]){re.escape(f'{value:,f}')}(?![\d,])|(?<![\d.,]){value:f}(?![\d.])"
    )
    places = list(printed.finditer(quote))
    return bool(places) and all(rough.search(quote[: m.start()]) for m in places)


def _asks_whole(phrase: Phrase) -> bool:
    """Whether all that an organisation has is asked for, by no name or by one for the whole."""
    return is_general(phrase) or any(is_total(k) for _, keys in phrase.names for k in keys)


def _year(fact: Fact, slot: Slot, own_year: int | None) -> float:
    if slot.years:
        return 1.0
    if fact.year is None or own_year is None:
        return 0.5
    return 1.0 if fact.year == own_year else 0.6 if fact.year == own_year - 1 else 0.0


def _basis(fact: Fact, slot: Slot, own_year: int | None) -> float:
    """1 as asked, -1 another than asked.  Where nothing is asked, a year that is over is taken as it
    was carried out, the document's own as it is planned: half as much."""
    if not slot.basis:
        if not fact.basis or fact.year is None or own_year is None or fact.year == own_year:
            return 0.0
        return 0.5 if fact.basis in DONE else -0.5
    if fact.basis in slot.basis:
        return 1.0
    done = {"决算", "执行"}
    if fact.basis in done and done & set(slot.basis):
        return 0.5
    return 0.0 if not fact.basis else -1.0


def _level(fact: Fact, slot: Slot) -> float:
    if not slot.level:
        return 0.0
    return 1.0 if fact.level == slot.level else 0.0


def _level_open(fact: Fact, slot: Slot) -> float:
    """1 for the whole where no level is asked for, -1 for its own level, 0 where there are none."""
    if slot.level or not fact.level:
        return 0.0
    return 1.0 if fact.level.startswith("全") else -1.0


@lru_cache(maxsize=8192)
def _part(text: str) -> frozenset[str]:
    names = ("一般公共预算", "政府性基金", "国有资本经营", "社会保险基金")
    return frozenset(n for n in names if n in text or (n == "社会保险基金" and "社保基金" in text))


def _other_part(fact: Fact, asked: str) -> float:
    """-1 where the figure is of another part of the budget than the question names."""
    said = _part(asked)
    own = _part(key("|".join((fact.label, *fact.path, fact.measure, fact.table_title))))
    if not said:
        return -0.5 if own and own != frozenset({"一般公共预算"}) else 0.0
    if own:
        return 1.0 if own & said else -1.0
    around = _part(key("|".join((*fact.section[-2:], fact.quote))))
    return 0.0 if not around or around & said else -1.0


def _unit(fact: Fact, slot: Slot) -> float:
    if not slot.unit:
        return 0.0 if is_money(fact.unit) else -0.5
    if is_money(slot.unit):
        return float(is_money(fact.unit))
    if slot.unit == "%":
        return float(is_ratio(fact.unit))
    return float(same_count(slot.unit, fact.unit)) if not is_money(fact.unit) else -1.0


def is_general(phrase: Phrase) -> bool:
    """Whether the words name no subject of their own (支出预算 → the whole)."""
    return phrase.total < 1.5


@lru_cache(maxsize=65536)
def is_total(label: str) -> bool:
    plain = re.sub(r"\s", "", label)
    return plain in words("tables")["total_labels"]


def is_owner(fact: Fact) -> bool:
    """Whether the row is the organisation itself, whose columns are its subjects."""
    return bool(fact.organisation) and key(fact.label).startswith(key(fact.organisation))


DONE = frozenset({"决算", "执行"})


def figure_of(fact: Fact) -> tuple[object, ...]:
    scale = MONEY.get(fact.unit)
    value = fact.value.scaleb(scale).normalize() if scale is not None else fact.value
    return fact.organisation, fact.year, value, "" if scale is not None else fact.unit
