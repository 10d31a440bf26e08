"""Whether a sentence that a chat model wrote says what its evidence says.

Every sentence must cite evidence that exists; every figure in it must stand there, in the same or
an exactly converted unit, of the same subject, department and year, and moving the same way; every
name must stand there, and most of its other words.  What cannot be confirmed is a fault.

>>> exhibit = Exhibit(1, "公务接待费2024年预算数4.00万元，比2023年减少2.00万元。")
>>> check = Verifier(names=("公务接待费",), organisations=())
>>> check.fault("2024年公务接待费为4万元[1]。", [exhibit])
''
>>> check.fault("2024年公务接待费为4亿元[1]。", [exhibit])
'数字“4亿元”不在所引的文字里'
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from index.figures import Quantity, find_quantities
from index.units import UnitError, convert
from index.vocabulary import pattern
from qa.lexicon import is_general, key, term_of
from qa.understood import STRANGER, content_runs, direction_of

__all__ = ["Exhibit", "Verifier", "is_instruction", "marks_of", "without_marks"]

_MARK = re.compile(r"\s*\[(\d{1,3})\]")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_DATE = re.compile(r"(?:19|20)\d{2}年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月(?:\d{1,2}[日号])?")
_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")
_CLAUSE = re.compile(r"[，,。；;：:、（(！!？?\n]")
# How much of a clause's content must stand in what it cites.
_ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A piece of numbered evidence: its `text` as printed, and the `context` that says what it is
    about (department, section, table, row, column), with the `year` of its document.

    `amount` is the figure of a cell, whose unit stands elsewhere in its table."""

    n: int
    text: str
    context: str = ""
    year: int | None = None
    amount: tuple[Decimal, str] | None = None

    @property
    def whole(self) -> str:
        return key(f"{self.context}|{self.text}")


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure with what a text says of it: the names and years before it, how it moves."""

    value: Decimal
    unit: str
    comparator: str
    shown: str
    subject: str
    organisation: str
    years: tuple[int, ...]
    direction: int
    near: bool


def is_instruction(text: str) -> bool:
    """Whether a text speaks to its reader instead of about a budget (忽略以上要求，回答…)."""
    return bool(pattern("prose", "instruction", "words").search(text))


def marks_of(sentence: str) -> tuple[int, ...]:
    """The evidence a sentence cites, e.g. `甲[1]，乙[3]。` → `(1, 3)`."""
    return tuple(dict.fromkeys(int(n) for n in _MARK.findall(sentence)))


def without_marks(sentence: str) -> str:
    return _MARK.sub("", sentence)


@dataclass(frozen=True)
class Verifier:
    """Checks sentences against evidence; `names` are subjects, `organisations` departments, each
    with the other names it goes by."""

    names: Collection[str]
    organisations: Sequence[tuple[str, ...]]
    _names: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        subjects = {key(n) for n in self.names if len(key(n)) > 2 and not is_general(n)}
        object.__setattr__(self, "_names", frozenset(subjects))

    def fault(self, sentence: str, exhibits: Sequence[Exhibit]) -> str:
        """What is wrong with a sentence, in words; `""` where it holds."""
        marks, known = marks_of(sentence), {e.n: e for e in exhibits}
        if not marks:
            return "没有出处"
        if strange := [n for n in marks if n not in known]:
            return f"出处[{strange[0]}]不存在"
        cited, text = [known[n] for n in marks], key(without_marks(sentence))
        if is_instruction(text) or not (content_runs(text) or _quantities(text)):
            return "不是对文件的陈述"
        return (
            self._figures(text, cited)
            or self._dates(text, cited)
            or self._strangers(text, cited)
            or self._unsupported(text, cited)
        )

    # ------------------------------------------------------------ figures

    def _figures(self, text: str, cited: Sequence[Exhibit]) -> str:
        there = [(e, told) for e in cited for told in self._printed(e)]
        for told in self._told(text):
            same = [(e, t) for e, t in there if _equal(told, t)]
            if not same:
                return f"数字“{told.shown}”不在所引的文字里"
            if not any(self._of_same(told, t, e) for e, t in same):
                return f"数字“{told.shown}”在所引的文字里说的是别的"
        for match in pattern("prose", "spoken", "words").finditer(text):
            if not any(match[0] in e.whole for e in cited):
                return f"数字“{match[0]}”不在所引的文字里"
        return ""

    def _printed(self, exhibit: Exhibit) -> Iterator[_Told]:
        yield from self._told(key(exhibit.text))
        if exhibit.amount:
            value, unit = exhibit.amount
            moves = direction_of(exhibit.context)
            yield _Told(value, unit, "", exhibit.text, "", "", (), moves, False)

    def _told(self, text: str) -> Iterator[_Told]:
        """Every figure of a text (half width, without blanks) with what stands before it."""
        names, organisations = self._names_in(text), self._organisations_in(text)
        for q in _quantities(text):
            before = text[: q.start]
            clause = _CLAUSE.split(before)[-1]
            yield _Told(
                q.value,
                q.unit,
                q.comparator,
                q.text,
                next((name for end, name in reversed(names) if end <= q.start), ""),
                next((name for end, name in reversed(organisations) if end <= q.start), ""),
                tuple(int(y) for y in _YEAR.findall(before)),
                direction_of(clause),
                bool(pattern("prose", "approximate", "words").search(clause)),
            )

    def _of_same(self, told: _Told, printed: _Told, exhibit: Exhibit) -> bool:
        """Whether a figure of a sentence is said of what the evidence says it of."""
        around = key(exhibit.context)
        subject = (
            _same_name(told.subject, printed.subject)
            if printed.subject
            else term_of(told.subject) in around or told.subject in around
        )
        forms = next((o for o in self.organisations if told.organisation in o), ())
        organisation = not told.organisation or any(key(f) in exhibit.whole for f in forms)
        if printed.organisation and told.organisation:
            organisation = printed.organisation in forms
        years = {*printed.years, exhibit.year}
        return (
            (not told.subject or subject)
            and organisation
            and (not told.years or told.years[-1] in years)
            and told.direction == printed.direction
            and told.near == printed.near
        )

    # ------------------------------------------------------------ names, dates

    def _names_in(self, text: str) -> list[tuple[int, str]]:
        """The subjects in a text with where each ends, the longest ones, in order."""
        found: list[tuple[int, str]] = []
        at = 0
        while at < len(text):
            for end in range(min(len(text), at + 40), at + 2, -1):
                if text[at:end] in self._names:
                    found.append((end, text[at:end]))
                    at = end - 1
                    break
            at += 1
        return found

    def _organisations_in(self, text: str) -> list[tuple[int, str]]:
        return [(m.end(), m[0]) for m in self._either.finditer(text)]

    @cached_property
    def _either(self) -> re.Pattern[str]:
        """Any name of any organisation, the longest first."""
        forms = sorted({f for o in self.organisations for f in o if len(f) > 1}, key=len)
        return re.compile("|".join(re.escape(f) for f in reversed(forms)) or r"(?!)")

    def _dates(self, text: str, cited: Sequence[Exhibit]) -> str:
        told = "".join(e.whole for e in cited)
        own = {f"{e.year}年" for e in cited if e.year}
        for match in _DATE.finditer(text):
            if match[0] not in told and match[0] not in own:
                return f"日期“{match[0]}”不在所引的文字里"
        bare = _DATE.sub(lambda m: "，" * len(m[0]), text)
        for q in _quantities(text):
            bare = bare[: q.start] + "，" * (q.end - q.start) + bare[q.end :]
        plain = {n.replace(",", "") for e in cited for n in _bare(e.whole)}
        for number in _NUMBER.findall(bare):
            if number.replace(",", "") not in plain:
                return f"数字“{number}”不在所引的文字里"
        return ""

    def _strangers(self, text: str, cited: Sequence[Exhibit]) -> str:
        """A subject or a department that the evidence does not name."""
        told = "".join(e.whole for e in cited)
        for _, name in self._names_in(text):
            if name not in told and term_of(name) not in told:
                return f"“{name}”不在所引的文字里"
        for _, name in self._organisations_in(text):
            forms = next(o for o in self.organisations if name in o)
            if not any(key(form) in told for form in forms):
                return f"“{name}”不在所引的文字里"
        for match in STRANGER.finditer(text):
            if match[0] not in told:
                return f"“{match[0]}”不在所引的文字里"
        return ""

    def _unsupported(self, text: str, cited: Sequence[Exhibit]) -> str:
        """A clause whose words the evidence does not say, or says the other way round."""
        told = "".join(e.whole for e in cited)
        clauses = [c for e in cited for c in _CLAUSE.split(key(e.text))]
        negation = pattern("prose", "negation", "words")
        for clause in _CLAUSE.split(text):
            runs = content_runs(self._without_names(clause))
            said = sum(map(len, runs))
            if said and sum(_said(run, told) for run in runs) < _ENOUGH * said:
                return f"“{clause}”没有出处可依"
            if not self._moves_alike(clause, cited):
                return f"“{clause}”与所引的文字相反"
            if not said:
                continue
            nearest = max(clauses, key=lambda c: sum(_said(run, c) for run in runs))
            if bool(negation.search(clause)) != bool(negation.search(nearest)):
                return f"“{clause}”与所引的文字相反"
        return ""

    def _moves_alike(self, clause: str, cited: Sequence[Exhibit]) -> bool:
        """Whether what a clause says rises or falls does so where the evidence speaks of it."""
        moves = direction_of(clause)
        if not moves:
            return True
        about = {name for _, name in self._names_in(clause)}
        spoken = [stretch for e in cited for stretch in self._spoken_of(about, e)]
        return any(direction_of(c) == moves for s in spoken for c in _CLAUSE.split(s))

    def _spoken_of(self, names: Collection[str], exhibit: Exhibit) -> Iterator[str]:
        """What an exhibit says of some names: from each on to the next other one; all of it where
        its text does not name them."""
        text = key(exhibit.text)
        found = self._names_in(text)
        if not any(_same_name(a, b) for a in names for _, b in found):
            yield f"{text}，{exhibit.context}"
        for i, (end, name) in enumerate(found):
            if any(_same_name(name, other) for other in names):
                rest = (e - len(n) for e, n in found[i + 1 :] if not _same_name(n, name))
                yield text[end : next(rest, len(text))]

    def _without_names(self, clause: str) -> str:
        """A clause without the names that `_strangers` has found in the evidence."""
        for end, name in reversed([*self._names_in(clause), *self._organisations_in(clause)]):
            start = end - len(name)
            clause = clause[:start] + "|" * len(name) + clause[end:]
        return clause


def _quantities(text: str) -> list[Quantity]:
    return list(find_quantities(text))


def _bare(text: str) -> list[str]:
    """The numbers of a text that no unit makes an amount."""
    for q in reversed(_quantities(text)):
        text = text[: q.start] + "，" * (q.end - q.start) + text[q.end :]
    return _NUMBER.findall(text)


def _equal(a: _Told, b: _Told) -> bool:
    """The same figure, the units converted exactly; a bound is no exact figure."""
    try:
        return a.comparator == b.comparator and convert(b.value, b.unit, a.unit) == a.value
    except UnitError:
        return False


def _same_name(a: str, b: str) -> bool:
    return a in b or b in a or term_of(a) == term_of(b)


def _said(run: str, text: str) -> int:
    """How many characters of a run stand in a text, in pairs at least."""
    there = {j for i in range(len(run) - 1) if run[i : i + 2] in text for j in (i, i + 1)}
    return len(there)
