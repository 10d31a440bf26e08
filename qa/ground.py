"""From a stretch of a question to the facts it means, and to what of it stays unexplained.

Every candidate fact is held against the whole question: its label must be named (as printed, by an
alias, or likely enough), and every other word of content must be found in what says the figure (the
labels above it, its column, its table, its section, its sentence).  A word that nothing explains
means that the question is about something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, lru_cache

from index.facts import is_primary
from index.hierarchy import bare_label
from index.library import Library
from index.model import Fact
from index.units import MONEY, is_money, is_ratio
from index.vocabulary import words
from qa.lexicon import Lexicon, core, key, leaf, term_of
from qa.plan import Kind
from qa.question import level_expression
from qa.scope import Scope

__all__ = ["KINDS", "STRANGER", "Grounded", "Grounder", "content_runs", "leftover_words"]

KINDS: dict[Kind, int] = {"value": 0, "change": 1, "rate": 2, "share": 3, "completion": 4}
_TAIL = re.compile(
    r"(?:支出|经费|费用|费|资金|项目|预算|决算|拨款|收支|情况|金额|合计|总计|总额|数|类|款|项|总)+$"
)
STRANGER = re.compile(
    r"[一-龥]{2}(?:局|厅|委员会|街道|法院|检察院|公司)|第[一二三四五六七八九十\d]+(?:中学|小学|医院|幼儿园)"
    r"|(?:财政|教育|国防|外交|公安|民政|司法|商务|水利|交通运输|农业农村|自然资源)部(?!门)"
)
# Columns that only say how a figure is stated, and name no subject.
_STATED = re.compile(r"(?:预算|决算|执行|安排|完成|预计)?(?:数|金额)$")
_AMOUNT = re.compile(r"\d\s*[百千]?[万亿]?元")
_MONEY = re.compile(r"多少(?:个)?(?:钱|资金|经费|款)|花了?多少")
# The units that count the same thing.
_COUNTS: dict[str, tuple[str, ...]] = {
    "人": ("人", "名", "人次"),
    "名": ("人", "名"),
    "人次": ("人次",),
    "批次": ("批次",),
    "辆": ("辆",),
    "家": ("家", "个", "户"),
    "户": ("户", "家"),
    "场": ("场", "次"),
    "次": ("次", "场"),
    "件": ("件",),
    "平方米": ("平方米",),
    "台": ("台", "台（套）", "套"),
    "套": ("套", "台（套）"),
    "项": ("项", "个"),
}
_OWN = re.compile(
    r"(?:该|本|我|此|个|贵|全|各|哪|家|级|市|区|县|等)(?:局|厅|委员会|街道|法院|检察院|公司)$"
)
Positions = frozenset[int]
# A fact with its score, the places it explains and the words that it leaves unexplained.
_Judged = tuple[float, Positions, tuple[str, ...], Fact]


@dataclass(frozen=True, slots=True)
class Grounded:
    """What a stretch of a question means: the facts that fit it best, all equally well.

    `unexplained` are the words of the question that neither these facts nor anything else explains;
    `score` orders groundings; `covered` are the places of the question that the facts explain."""

    facts: tuple[Fact, ...]
    score: float
    covered: Positions
    unexplained: tuple[str, ...]


@cache
def _leftover_expression() -> re.Pattern[str]:
    data = words("questions")
    expressions = [*data["leftover"]["operators"], *data["filler"], *map(re.escape, data["soft"])]
    return re.compile("|".join(f"(?:{e})" for e in sorted(expressions, key=len, reverse=True)))


@cache
def _soft_expression() -> re.Pattern[str]:
    data = words("questions")
    expressions = [*data["filler"], *map(re.escape, data["soft"])]
    return re.compile("|".join(f"(?:{e})" for e in sorted(expressions, key=len, reverse=True)))


@cache
def leftover_words(run: str) -> str:
    """What of an uncovered stretch is content: no filler, no operation, no soft word.

    >>> leftover_words("局长的工资是多少"), leftover_words("一共安排了多少钱")
    ('局长工资', '')
    """
    return "".join(re.findall(r"[一-龥A-Za-z]+", _leftover_expression().sub("", run)))


def content_runs(text: str) -> list[str]:
    """The stretches of a text that are content, of two characters and more.

    >>> content_runs("局长的工资是多少")
    ['局长', '工资']
    """
    bare = _leftover_expression().sub("|", text)
    return [run for run in re.findall(r"[一-龥A-Za-z]+", bare) if len(run) > 1]


@dataclass
class Grounder:
    """Grounds stretches of one question; keeps what it computed for that question."""

    library: Library
    lexicon: Lexicon
    scope: Scope
    _cover: dict[str, Positions] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    of_parts: bool = (
        False  # whether the parts a sentence lists after its figure count as said of it
    )
    _leftover: dict[Positions, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lexicon = self.lexicon.within(self.scope.names)
        self.text = self.scope.question.text
        self.free = self.scope.question.free()
        marked = [(a, b) for a, b, kind in self.scope.question.marks if kind == "organisation"]
        for start, end, _ in self.lexicon.exact(self.text):
            # A long printed name is what is asked for, also where it contains a place.
            inside = [b - a for a, b in marked if start <= a and b <= end]
            if inside and sum(inside) < 0.5 * (end - start):
                self.free[start:end] = [True] * (end - start)
        self.said = self.lexicon.said(self.text)
        self.hard = self._hard()
        self.names = self._names()
        self.strangers = self._strangers()

    def mark(self, start: int, end: int) -> None:
        """Count a stretch as explained by the operation; what was computed before is stale."""
        self.free[start:end] = [False] * (end - start)
        self.hard = self._hard()
        self.strangers -= frozenset(range(start, end))
        self._cover.clear()
        self._leftover.clear()

    # ------------------------------------------------------------ from stretch to facts

    def ground(
        self,
        start: int,
        end: int,
        kind: Kind = "value",
        years: Sequence[int] | None = None,
        basis: Sequence[str] | None = None,
        origin: str = "",
    ) -> Grounded | None:
        """The facts that the stretch of the question from `start` to `end` means; `years` and
        `basis` stand in for those of the whole question."""
        facts = self._facts(self._labels(start, end), start, end)
        facts = [f for f in facts if origin in ("", f.origin)]
        facts = self.in_scope(facts, kind, years, basis)
        scored = [(self._score(fact, start, end), fact) for fact in facts]
        scored = [(s, fact) for s, fact in scored if s is not None]
        if not scored:
            return None
        return self._best(scored, start, end)  # type: ignore[arg-type]

    def _labels(self, start: int, end: int) -> list[str]:
        stretch = self.text[start:end]
        labels = {
            label for a, b, name in self.lexicon.exact(stretch) for label in self.lexicon.keys[name]
        }
        for a, b, term in self.said:
            if start <= a and b <= end:
                labels.update(self.lexicon.keys.get(term, ()) or self.lexicon.containing(term))
        for name, below in self.lexicon.under.items():
            if name in stretch:
                labels.update(below)
        return list(dict.fromkeys([*labels, *self.lexicon.alike(stretch)]))

    def _facts(self, labels: Sequence[str], start: int, end: int) -> list[Fact]:
        documents, question = self.scope.names, self.scope.question
        facts: dict[str, Fact] = {}
        if question.codes:
            found = self.library.facts(documents, codes=question.codes)
        else:
            found = self.library.facts(documents, labels=labels) if labels else []
            measures = [m for m in self.lexicon.measures if self._names_measure(m, start, end)]
            if measures:
                totals = self.library.facts(documents, measures=measures)
                found += [fact for fact in totals if fact.is_total]
        for fact in found:
            facts[fact.id] = fact
        return list(facts.values())

    def _names_measure(self, measure: str, start: int, end: int) -> bool:
        stretch = self.text[start:end]
        said = {term for a, b, term in self.said if start <= a and b <= end}
        return any(
            (len(name) >= 3 and name in stretch) or term_of(name) in said
            for name in map(key, _column_names(measure))
        )

    def in_scope(
        self,
        facts: list[Fact],
        kind: Kind = "value",
        years: Sequence[int] | None = None,
        basis: Sequence[str] | None = None,
    ) -> list[Fact]:
        """The facts of the year, the kind, the table, the basis and the level asked for."""
        question = self.scope.question
        wanted = self.scope.years if years is None else tuple(years)
        own = {d.name: d.profile.year for d in self.scope.documents}
        facts = [f for f in facts if f.origin == "table" or f.column == KINDS[kind]]
        if kind != "value":
            facts = [f for f in facts if f.origin == "prose" or _is_kind(f, kind)]
        else:
            facts = [f for f in facts if self._fits_unit(f)]
        if wanted:
            facts = [f for f in facts if f.year in wanted or _dated(f, wanted)]
            facts = _from_own_year(facts, own, wanted)
        else:
            facts = [f for f in facts if f.year == own[f.document] or f.year is None] or facts
        if question.parents or self.parents:
            named = {key(p) for p in (*question.parents, *self.parents)}
            facts = [f for f in facts if named & {key(p) for p in f.path}] or facts
        if question.titles:
            facts = [f for f in facts if key(f.table_title) in question.titles]
        if question.tables:
            facts = [f for f in facts if f.table_number in question.tables]
        facts = _of_basis(facts, question.basis if basis is None else basis, own)
        if question.level:
            same = [f for f in facts if f.level == question.level]
            government = {d.name for d in self.scope.documents if "政府" in d.profile.kind}
            # 全市 is asked of a government; a department's figure is none of the whole city.
            whole = question.level.startswith("全")
            facts = same or [
                f for f in facts if not f.level and (f.document in government or not whole)
            ]
        return facts

    def _fits_unit(self, fact: Fact) -> bool:
        """Whether a figure is of the kind asked for: money, a count of this thing, a ratio."""
        unit = self.scope.question.unit
        if unit in _COUNTS:
            return fact.unit in _COUNTS[unit]
        money = unit in MONEY or bool(_MONEY.search(self.text))
        if money and not is_money(fact.unit):
            return False
        rate = fact.origin == "table" and is_ratio(fact.unit)
        kinds: tuple[Kind, ...] = ("rate", "completion", "share")
        return unit == "%" or not (rate and any(_is_kind(fact, kind) for kind in kinds))

    # ------------------------------------------------------------ how well a fact fits

    def _score(self, fact: Fact, start: int, end: int) -> tuple[float, Positions] | None:
        label, extra = self._label_cover(fact, start, end)
        if not label and not (self.scope.question.codes and fact.code in self.scope.question.codes):
            return None
        context = frozenset().union(
            *(
                self.covered(text)
                for text in (
                    *fact.path,
                    *fact.measure.split("/"),
                    fact.table_title,
                    *fact.section[-3:],
                )
            ),
            (self.covered(fact.quote if self.of_parts else _told_of(fact)) - self.strangers)
            if fact.origin == "prose"
            else frozenset(),
        )
        context |= self._said_in("".join((*fact.path, fact.table_title, *fact.section[-3:])))
        if self._contradicts(fact, start, end):
            return None
        context |= self._measure_named(fact)
        more = len((context - label) & self.hard)
        near = frozenset().union(
            *(self.covered(t) for t in (*fact.path, *fact.measure.split("/"), fact.table_title))
        )
        close = len((near - label) & self.hard)
        named = 0.5 * len(self._measure_named(fact) - label - self.hard)
        special = self._special(fact) + self._measure_extra(fact)
        return len(label) + 0.5 * close + 0.3 * (
            more - close
        ) + named - special - 0.9 * extra, label | context

    def _said_in(self, text: str) -> Positions:
        """Where the question says, in other words, a term that stands in a text."""
        plain = key(text)
        return frozenset(i for a, b, t in self.said if t in plain for i in range(a, b))

    def _measure_named(self, fact: Fact) -> Positions:
        """Where the question names the fact's column in full, even in words that are soft alone."""
        name = core(leaf(fact.measure)) if fact.origin == "table" and not fact.is_total else ""
        at = self.text.find(name) if len(name) >= 3 else -1
        return frozenset(range(at, at + len(name))) if at >= 0 else frozenset()

    def _measure_extra(self, fact: Fact) -> float:
        """What a column says beyond what the question names of it: 新增 of 新增政府债务限额."""
        if fact.origin != "table" or fact.is_total:
            return 0.0
        extra = 0.0
        for part in fact.measure.split("/"):
            named = self.covered(part)
            if len(named) >= 4:
                said = "".join(self.text[i] for i in sorted(named))
                extra += 0.2 * sum(1 for char in leftover_words(core(part)) if char not in said)
        return extra

    def _special(self, fact: Fact) -> float:
        """A penalty for the total of a part (政府性基金预算 …) that the question does not name."""
        title, data = key(fact.table_title), words("questions")
        unnamed = [w for w in data["special_tables"] if w in title and w not in self.text]
        partial = [w for w in data["special_totals"] if w in title and w not in self.text]
        if not fact.is_total:
            return 0.4 if unnamed else 0.0
        return 1.0 if unnamed else 0.5 if partial else 0.0

    def _label_cover(self, fact: Fact, start: int, end: int) -> tuple[Positions, float]:
        """The places of the stretch that name the fact's label, and how much of the label nobody
        named (in characters)."""
        # A total row named like its organisation is named by its column, not by the organisation.
        own = _is_own(fact)
        names = [] if own else [fact.label]
        above = ""
        if (fact.is_total or own) and not _STATED.search(leaf(fact.measure)):
            names += _column_names(fact.measure)
        if fact.origin == "prose" and len(fact.path) > 1 and _is_generic(fact.label):
            # 宣传事务（款）一般行政管理事务（项） goes by its 款, for the 项 says nothing.
            above = fact.path[-1]
            names.append(above)
        best: tuple[Positions, float] = (frozenset(), 99.0)
        if fact.origin == "prose" and len(leftover_words(core(fact.label))) < 2:
            # 编报绩效目标的项目49个，涉及项目预算资金…: the sentence says what the figure is of.
            said = self.covered(fact.quote) & self.hard - self.strangers
            if len(said) >= 4 and self.covered(fact.label):
                best = self.covered(fact.label), 1.0
        # 县区合计 is named by its column too, but less than the whole is.
        partial = fact.is_total and not own and bool(_content_places(core(fact.label)))
        for name in names:
            cover, extra = self.name_cover(name, start, end)
            found = (cover, extra + 1.0 * (name == above or (partial and name != fact.label)))
            if found[0] and len(found[0]) - found[1] > len(best[0]) - best[1]:
                best = found
        return best

    def name_cover(self, name: str, start: int, end: int) -> tuple[Positions, float]:
        term = term_of(name)
        said = {
            i
            for a, b, t in self.said
            if t == term and start <= a and b <= end and any(self.free[a:b])
            for i in range(a, b)
        }
        literal = {i for i in self.covered(name) if start <= i < end}
        plain = level_expression().sub("", core(name)) or core(name)
        for a, b, t in self.said:
            # 棠屿经开区 is 棠屿经济技术开发区: the alias stands in the name for its term.
            if t != term and t in plain and start <= a and b <= end:
                plain = plain.replace(t, self.text[a:b])
                literal |= {i for i in self.covered(plain) if start <= i < end}
        if said:
            # A term's other printed forms answer too, but the one that was said comes first.
            return frozenset(said | literal), -1.0 if plain in self.text[start:end] else 1.5
        if len(plain) < 3 and not leftover_words(plain):
            return frozenset(), 99.0
        if not literal:
            return frozenset(), 99.0
        named = {i for i in range(len(plain)) if self._named(plain, i, start, end)}
        own = _content_places(plain)
        if plain not in self.text[start:end] and len(own & named) < max(0.6 * len(own), 1):
            # A name is named by its own words; one of soft words only (部门预算支出) in full.
            return frozenset(), 99.0
        tail = len(plain) - len(_TAIL.sub("", plain))
        missing = [i for i in range(len(plain)) if i not in named]
        soft = sum(1 for i in missing if i >= len(plain) - tail)
        bracket = key(name)[len(plain) :]
        unnamed = sum(1 for char in bracket if char not in "()" and char not in self.text)
        extra = (len(missing) - soft) + 0.15 * soft + 0.5 * bool(unnamed)
        unsaid = len([i for i in missing[: len(missing) - soft] if i in own])
        if unsaid > 0.45 * len(plain) and not self._contained(plain, start, end):
            return frozenset(), 99.0
        return frozenset(literal), extra

    def _named(self, plain: str, at: int, start: int, end: int) -> bool:
        stretch = self.text[start:end]
        return (
            (plain[max(0, at - 1) : at + 1] in stretch and at > 0)
            or (plain[at : at + 2] in stretch and at + 1 < len(plain))
            or plain == stretch
        )

    def _contained(self, plain: str, start: int, end: int) -> bool:
        """Whether the stretch's own content is a part of the name (公交运营补贴 of a longer one)."""
        words_ = [
            w for w in (leftover_words(run) for run in self._runs(start, end, frozenset())) if w
        ]
        return len(words_) >= 1 and all(len(w) >= 3 and w in plain for w in words_)

    def covered(self, text: str) -> Positions:
        """The free places of the question that stand in a text, in stretches of two or more."""
        found = self._cover.get(text)
        if found is None:
            plain = key(text)
            places: set[int] = set()
            start = 0
            while start < len(self.text) - 1:
                end = start
                while (
                    end < len(self.text) and self.free[end] and self.text[start : end + 1] in plain
                ):
                    end += 1
                if end - start >= 2:
                    places.update(range(start, end))
                start += 1
            for name in self.names:
                # A part of another thing's printed name explains nothing: 基本 of 基本工资.
                if not name <= places:
                    places -= name
            found = self._cover[text] = frozenset(places)
        return found

    def _names(self) -> list[set[int]]:
        """The printed names in the question, the longest ones, none overlapping another."""
        names: list[set[int]] = []
        exact = [(a, b) for a, b, _ in self.lexicon.exact(self.text) if b - a >= 3]
        for start, end in sorted(exact, key=lambda span: span[0] - span[1]):
            # 全市 of 全市一般公共预算支出 is the level asked for, and explained already.
            places = {i for i in range(start, end) if self.free[i]}
            if places and not any(places & name for name in names):
                names.append(places)
        return names

    def _contradicts(self, fact: Fact, start: int, end: int) -> bool:
        """Whether a fact says the opposite of a word of the question (收入 for 支出)."""
        asked_for = self.text[start:end]
        about = key(fact.label + fact.measure + "".join(fact.path[-1:]))
        around = about + key(fact.table_title)
        if self._of_other_part(
            fact, around + key("".join((*fact.path, *fact.section)) + fact.quote)
        ):
            return True
        for word in words("questions")["qualifiers"]:
            if word in asked_for and word not in around + key("".join(fact.path) + fact.quote):
                return True
            other = core(fact.label).startswith(word) and word not in self.text
            if other and not self.scope.question.codes:
                return True
        for group in words("questions")["opposites"]:
            asked = [w for w in group["words"] if w in asked_for]
            told = [w for w in group["words"] if w in about]
            if len(asked) != 1:
                continue
            if self._label_denies(fact, asked[0], [w for w in group["words"] if w != asked[0]]):
                return True
            if told and asked[0] not in around and not any(w in asked_for for w in told):
                return True
        return False

    def _of_other_part(self, fact: Fact, told: str) -> bool:
        """Whether a fact is a whole (支出总计) and the question names a part of the budget (一般公共
        预算支出) that nothing around the fact speaks of."""
        if term_of(fact.label) not in ("支出总计", "收入总计") and not fact.is_total:
            return False
        parts = words("questions")["parts_of_budget"]
        return any(word in self.text and word not in told for word in parts)

    @staticmethod
    def _label_denies(fact: Fact, asked: str, told: Sequence[str]) -> bool:
        """Whether the row's own name has the other word, whatever stands around it."""
        name = core(fact.label)
        return asked not in name and any(word in name for word in told)

    def _best(
        self, scored: list[tuple[tuple[float, Positions], Fact]], start: int, end: int
    ) -> Grounded:
        judged = []
        for (score, covered), fact in scored:
            left = self.leftover(covered, start, end)
            judged.append((score - 2.0 * sum(map(len, left)), covered, left, fact))
        top = max(score for score, *_ in judged)
        best = [entry for entry in judged if entry[0] >= top - 0.05]
        if not self.scope.organisations:
            best += self._of_others(judged, best)
        facts = _primary([fact for *_, fact in best])
        chosen = {fact.id for fact in facts}
        kept = [entry for entry in best if entry[3].id in chosen]
        covered = frozenset().union(*(entry[1] for entry in kept))
        return Grounded(tuple(facts), top, covered, kept[0][2] if kept else ())

    def _of_others(self, judged: Sequence[_Judged], best: Sequence[_Judged]) -> list[_Judged]:
        """The same subject's best figures of other departments, where the question names none and
        is fully explained by them too: whose figure is asked for is open then."""
        terms = {term_of(entry[3].label) for entry in best}
        seen = {entry[3].organisation for entry in best}
        others: dict[str, list[_Judged]] = {}
        for entry in judged:
            fact = entry[3]
            if fact.organisation not in seen and term_of(fact.label) in terms and not entry[2]:
                others.setdefault(fact.organisation, []).append(entry)
        return [
            entry
            for entries in others.values()
            for entry in entries
            if entry[0] >= max(e[0] for e in entries) - 0.05
        ]

    # ------------------------------------------------------------ what stays unexplained

    def leftover(
        self, covered: Positions, start: int = 0, end: int | None = None
    ) -> tuple[str, ...]:
        """The words of content in a stretch that stay unexplained."""
        whole = (0, len(self.text)) if end is None else (start, end)
        cacheable = (
            covered
            if end is None
            else frozenset(i for i in covered if start <= i < end) | {-1 - start, -1000 - end}
        )
        if cacheable not in self._leftover:
            strange = sorted(i for i in self.strangers - covered if whole[0] <= i < whole[1])
            found = ["".join(self.text[i] for i in strange)] if strange else []
            for run in self._runs(*whole, covered | frozenset(strange)):
                rest = leftover_words(run)
                if len(rest) >= 2 or (rest and rest.isascii()):
                    found.append(rest)
            self._leftover[cacheable] = tuple(found)
        return self._leftover[cacheable]

    def _runs(self, start: int, end: int, covered: Positions) -> list[str]:
        runs, run = [], ""
        for i in range(start, end):
            if self.free[i] and i not in covered:
                run += self.text[i]
            elif run:
                runs.append(run)
                run = ""
        return [*runs, run] if run else runs

    def _strangers(self) -> Positions:
        """Where the question names an organisation that the store does not know (教育局): no
        sentence that merely contains the letters explains it."""
        return frozenset(
            i
            for match in STRANGER.finditer(self.text)
            if self.free[match.end() - 1] and not _OWN.search(match[0])
            for i in range(*match.span())
            if self.free[i]
        )

    def _hard(self) -> Positions:
        """The free places that carry content of their own."""
        soft = {i for m in _soft_expression().finditer(self.text) for i in range(*m.span())}
        return frozenset(i for i, free in enumerate(self.free) if free and i not in soft)


@lru_cache(maxsize=20000)
def _told_of(fact: Fact) -> str:
    """What a sentence says of one of its figures: all but the clauses that state other amounts
    (其中甲公司上缴50万元 says nothing of the 7041 万元 before it)."""
    clauses = re.split(r"(?<=[,，;；。])", fact.quote)
    own = [i for i, clause in enumerate(clauses) if _states(clause, fact)]
    if not own:
        return fact.quote
    return "".join(
        c for i, c in enumerate(clauses) if i <= own[0] or i in own or not _AMOUNT.search(c)
    )


def _states(clause: str, fact: Fact) -> bool:
    value = abs(fact.value)
    return any(
        Decimal(number.replace(",", "")) == value
        for number in re.findall(r"\d[\d,]*(?:\.\d+)?", clause)
        if number.strip(",")
    )


def _is_own(fact: Fact) -> bool:
    """Whether a row is named like its organisation; 某市本级 of a government is another level."""
    if not fact.organisation or not core(fact.label).startswith(core(fact.organisation)):
        return False
    return not (fact.level and core(fact.label).endswith("本级"))


def _column_names(measure: str) -> list[str]:
    """What a total is called by its column: 小计 below 政府债务余额 goes by that name too."""
    names = [leaf(measure)]
    above = [bare_label(part) for part in measure.split("/")[-2:-1]]
    above = [name for name in above if _content_places(core(name))]
    return names + above if re.fullmatch(r"[合总小]计", names[0]) else names


def _is_generic(label: str) -> bool:
    """Whether a subject says nothing without the one above it (一般行政管理事务)."""
    return any(re.fullmatch(e, core(label)) for e in words("questions")["generic_items"])


@cache
def _content_places(name: str) -> frozenset[int]:
    """Where a name has words of its own: no filler, no operation, no soft word."""
    rest = _leftover_expression().sub(lambda match: " " * len(match[0]), name)
    return frozenset(i for i, char in enumerate(rest) if char.isalpha())


def _is_kind(fact: Fact, kind: Kind) -> bool:
    """Whether a table column says a change, a rate, a share or a completion."""
    name = leaf(fact.measure)
    if kind == "change":
        return fact.unit != "%" and bool(re.search(r"增减(?:额|数)?$|增加额|比.*增减", name))
    if kind == "rate":
        return fact.unit in ("%", "‰") and bool(re.search(r"增|减|降|幅|同比|变动", name))
    if kind == "completion":
        return fact.unit == "%" and bool(re.search(r"完成|为.*预算|占.*预算|执行率", name))
    return fact.unit == "%" and bool(re.search(r"占|比重|比例", name))


def _from_own_year(
    facts: list[Fact], own: Mapping[str, int | None], wanted: Sequence[int]
) -> list[Fact]:
    """The facts without those that a department's later document repeats of a year whose own
    document says the same subject."""
    said = {(f.organisation, term_of(f.label)) for f in facts if own[f.document] in wanted}
    return [
        f
        for f in facts
        if own[f.document] in wanted or (f.organisation, term_of(f.label)) not in said
    ]


def _dated(fact: Fact, years: Sequence[int]) -> bool:
    """A stock of things on a day (截至2023年8月31日共有车辆…) also counts for the year of the day."""
    return fact.origin == "prose" and any(
        re.search(rf"截[至止]\s*{year}\s*年", fact.quote) for year in years
    )


def _of_basis(facts: list[Fact], asked: Sequence[str], own: dict[str, int | None]) -> list[Fact]:
    """The facts of the basis asked for; where none is asked, of the basis a reader would take."""
    same = {"决算": {"决算", "执行"}, "执行": {"执行", "决算"}}
    for basis in asked:
        wanted = same.get(basis, {basis})
        # A count has no basis: the vehicles of a budget are asked for as of the budget.
        loose = {""} if basis == "预算" else set()
        fitting = [f for f in facts if f.basis in wanted | loose or _is_stock(f, basis)]
        if fitting:
            return fitting
        if basis in ("决算", "调整预算", "限额", "余额") or (
            basis == "执行" and not any(f.basis in ("执行", "") for f in facts)
        ):
            return [f for f in facts if not f.basis]
    kept = []
    by_row: dict[tuple[str, int, int | None], list[Fact]] = {}
    for fact in facts:
        place = (
            (fact.table, fact.row) if fact.origin == "table" else (fact.document + fact.label, -1)
        )
        by_row.setdefault((*place, fact.year), []).append(fact)
    for (_, _, year), row in by_row.items():
        document_year = own.get(row[0].document)
        past = year is not None and document_year is not None and year < document_year
        order = (
            ["执行", "决算", "预算", "调整预算"]
            if past or any(f.basis == "决算" for f in row)
            else ["预算", "执行", "决算", "调整预算"]
        )
        order = ["决算", *order] if any(f.basis == "决算" for f in row) else order
        first = next((b for b in order if any(f.basis == b for f in row)), None)
        kept += [f for f in row if f.basis == first or first is None or f.basis not in order]
    return kept


def _is_stock(fact: Fact, basis: str) -> bool:
    """Whether a row is itself the 余额 or 限额 asked for, whatever its column is called."""
    return basis in ("余额", "限额") and key(fact.label).endswith(basis)


def _primary(facts: Iterable[Fact]) -> list[Fact]:
    """Of each table row only the column a reader would take when none is named."""
    rows: dict[tuple[str, int, str], list[Fact]] = {}
    kept: list[Fact] = []
    for fact in facts:
        if fact.origin == "prose":
            kept.append(fact)
        else:
            rows.setdefault((fact.table, fact.row, fact.label), []).append(fact)
    for row in rows.values():
        best = min(is_primary(f.measure) for f in row)
        first = [f for f in row if is_primary(f.measure) == best]
        kept += first[:1]
    return kept
