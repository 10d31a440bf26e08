"""What the library holds, as words: organisations, labels, table titles; and how people say them.

Built once per state of the library; a question's stretches are linked to it exactly, by alias, by the
forms of a term, and by likeness (shared character pairs).
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from index.figures import half_width
from index.hierarchy import bare_label
from index.library import Library, StoredDocument
from index.vocabulary import words
from qa.organisations import owner_of
from qa.slips import Sounds, by_sound

__all__ = ["Lexicon", "core", "is_general", "key", "last_class", "lexicon_of", "pairs", "term_of"]

_QUOTES = re.compile(r"[“”\"'‘’《》「」\s]")
# Lexicons of a part of the documents that are kept: one a department asked about.
_MOST_SCOPES = 64
_GENERAL = re.compile(
    r"(?:预算|决算|执行|支出|收入|收支|数|年初|本年|合计|总计|小计|安排|金额|资金|经费|情况|财政|拨款|总额|项目)+"
)
_LEAF = re.compile(r"[^/]+$")


def key(text: str) -> str:
    """What two names are compared by: half width, no quotes, no blanks.

    >>> key("“三公” 经费（合计）")
    '三公经费(合计)'
    """
    return _QUOTES.sub("", half_width(text))


def core(text: str) -> str:
    """A name without its brackets: 维修（护）费 is 维修费."""
    return re.sub(r"\(.*?\)", "", key(text)) or key(text)


_LEVEL = re.compile(r"^(?:全[省市县区州旗盟]|[省市县区州旗盟]?本级|[省市县区]级)(?=[一-龥]{4})")


def without_level(name: str) -> str:
    """A name without the level of government in front, which its figures say themselves.

    >>> without_level("全市一般公共预算收入")
    '一般公共预算收入'
    """
    return _LEVEL.sub("", name)


_SIDE = re.compile(r"(基金|经营|保险|债务)预算(总?收入|总?支出)")
_CLASS = re.compile(r"\((?:类|款|项)\)")


@cache
def last_class(text: str) -> str:
    """The last of the classes that a name is written out with.

    >>> last_class("统计信息事务（款）专项普查活动（项）")
    '专项普查活动'
    """
    parts = [part for part in _CLASS.split(key(text)) if part and part not in ("支出", "收入")]
    return parts[-1] if parts else key(text)


def plain_side(name: str) -> str:
    """A side of a fund's budget without the word 预算: 政府性基金预算收入 is 政府性基金收入.

    >>> plain_side("政府性基金预算收入"), plain_side("一般公共预算收入")
    ('政府性基金收入', '一般公共预算收入')
    """
    return _SIDE.sub(r"\1\2", name)


def is_general(name: str) -> bool:
    """Whether a name is of no subject in particular.

    >>> is_general("本年支出合计"), is_general("会议费")
    (True, False)
    """
    return bool(_GENERAL.fullmatch(key(name)))


def pairs(text: str) -> set[str]:
    """The pairs of neighbouring characters."""
    return {text[i : i + 2] for i in range(len(text) - 1)}


@cache
def title_core(title: str) -> str:
    """A table's title as people say it: without the year in front and 表 behind.

    >>> title_core("2024年部门基本支出总表")
    '部门基本支出'
    """
    plain = re.sub(r"^.*?(?:19|20)[0-9]{2}年(?:度)?", "", key(title))
    plain = re.sub(r"^(?:市级|区级|县级|省级|本)?(?:部门|单位|预算单位)", "", plain)
    return re.sub(r"(?:情况|明细|总|汇总|预算|决算)*表(?:\(.*)?$", "", plain)


@cache
def form_keys(term: str) -> tuple[str, ...]:
    """The printed forms of a term, as comparable names; of another name that name alone.

    >>> "日常公用经费" in form_keys("公用经费")
    True
    """
    forms = words("synonyms")["forms"]
    for name, printed in forms.items():
        if key(name) == term:
            return tuple(dict.fromkeys((term, *map(key, printed))))
    return (term,)


@cache
def _terms() -> tuple[dict[str, str], dict[str, re.Pattern[str]]]:
    """For each printed form its term; for each term what people say for it."""
    data = words("synonyms")
    forms: dict[str, str] = {}
    for term, names in data["forms"].items():
        for name in (term, *names):
            forms[key(name)] = key(term)
    said: dict[str, re.Pattern[str]] = {}
    for term in {*data["terms"], *data["forms"]}:
        expressions = [f"(?:{e})" for e in data["terms"].get(term, [])]
        expressions += [re.escape(key(name)) for name in data["forms"].get(term, [])]
        if expressions:
            said[key(term)] = re.compile("|".join(sorted(expressions, key=len, reverse=True)))
    return forms, said


def term_of(label: str) -> str:
    """The term a printed label is a form of, or the label's own key."""
    forms = _terms()[0]
    plain = without_level(plain_side(last_class(label)))
    return forms.get(key(label)) or forms.get(core(label)) or forms.get(plain) or plain


@dataclass(frozen=True)
class Lexicon:
    """The words of one state of a library; `titles` of tables and `of_document` (row labels) are by
    document."""

    documents: tuple[StoredDocument, ...]
    labels: tuple[str, ...]
    measures: tuple[str, ...]
    titles: dict[str, tuple[str, ...]]
    under: dict[str, list[str]] = field(default_factory=dict, repr=False)
    of_document: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    _within: dict[tuple[str, ...], Lexicon] = field(default_factory=dict, repr=False)

    def within(self, documents: tuple[str, ...]) -> Lexicon:
        """The words of some of the documents: a name printed only in others (another city calls it
        卫生健康支出) neither explains nor hides anything in these."""
        if len(documents) >= len(self.documents) or not documents:
            return self
        if documents not in self._within:
            if len(self._within) >= _MOST_SCOPES:
                self._within.clear()
            used = {label for name in documents for label in self.of_document.get(name, ())}
            self._within[documents] = replace(
                self,
                documents=tuple(d for d in self.documents if d.name in set(documents)),
                labels=tuple(label for label in self.labels if label in used),
                under={
                    name: kept
                    for name, below in self.under.items()
                    if (kept := [label for label in below if label in used])
                },
                _within={},
            )
        return self._within[documents]

    @cached_property
    def _by_pair(self) -> dict[str, list[int]]:
        """The labels that each pair of characters stands in, by number."""
        found: dict[str, list[int]] = defaultdict(list)
        for index, label in enumerate(self.labels):
            for pair in pairs(key(label)):
                found[pair].append(index)
        return found

    @cached_property
    def keys(self) -> dict[str, list[str]]:
        """Labels by key and by core."""
        found: dict[str, list[str]] = defaultdict(list)
        for label in self.labels:
            plain = plain_side(last_class(label))
            for name in {key(label), core(label), term_of(label), plain, without_level(plain)}:
                found[name].append(label)
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """Every comparable name: of rows, of columns, of tables."""
        columns = {part for measure in self.measures for part in key(measure).split("/")}
        titles = {title_core(t) for name in self._own_titles for t in self.titles.get(name, ())}
        return frozenset({*self.keys, *columns, *titles} - {""})

    @cached_property
    def sounds(self) -> Sounds:
        """The printed names and those of the departments, by how they sound."""
        offices = (owner_of(d.profile.organisation) for d in self.documents)
        spelled = {name for owner in offices for name in owner.spellings}
        return by_sound({*self.names, *spelled, *_terms()[0].values()})

    @property
    def _own_titles(self) -> tuple[str, ...]:
        return tuple(d.name for d in self.documents)

    def frequency(self, pair: str) -> int:
        """How many labels a pair of characters stands in."""
        return len(self._by_pair.get(pair, ()))

    def exact(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Every stretch of a question that is a label's name, the longest first at each place."""
        for start in range(len(text)):
            for end in range(min(len(text), start + 40), start + 1, -1):
                if text[start:end] in self.keys:
                    yield start, end, text[start:end]
                    break

    def said(self, text: str) -> list[tuple[int, int, str]]:
        """Every stretch that says a term in other words, with the term; none inside a longer
        stretch that is a printed name already."""
        named = list(self.exact(text))
        found = []
        for term, expression in _terms()[1].items():
            for match in expression.finditer(text):
                start, end = match.span()
                inside = any(a <= start and end <= b and b - a > end - start for a, b, _ in named)
                # 支出预算 in 基本支出预算 is the tail of another name, no name of its own.
                tail = any(a < start < b < end for a, b, _ in named if b - a >= 3)
                # 服务 alone names a purchase only where purchases are spoken of.
                vague = match[0] in term and term != match[0] and end - start < 3 and "采购" in term
                vague = vague and "采购" not in text
                if end > start and not inside and not tail and not vague:
                    found.append((start, end, term))
        return found

    def containing(self, term: str) -> list[str]:
        """Labels that a term is a part of."""
        return [label for label in self.labels if term in key(label)] if len(term) >= 4 else []

    def alike(self, text: str, most: int = 60) -> list[str]:
        """Labels that share pairs of characters with a text, the likest first."""
        shared: dict[int, int] = defaultdict(int)
        for pair in pairs(text):
            for index in self._by_pair.get(pair, ()):
                shared[index] += 1
        ranked = sorted(shared, key=lambda i: (-shared[i] / (len(self.labels[i]) ** 0.5 + 1), i))
        return [self.labels[i] for i in ranked[:most]]


def lexicon_of(library: Library) -> Lexicon:
    """The lexicon of a library as it stands now."""
    labels = sorted({str(row[0]) for row in library.distinct("label") if row[0]})
    measures = sorted(
        {str(m) for m, total in library.distinct("measure", "is_total") if total and m}
    )
    titles = _by_document(library, "table_title")
    under: dict[str, list[str]] = defaultdict(list)
    for label, path, origin in library.distinct("label", "path", "origin"):
        parents = json.loads(path)
        # In prose a 项 that says nothing (一般行政管理事务) goes by the 款 above it.
        if origin == "prose" and len(parents) > 1:
            under[key(parents[-1])].append(label)
    return Lexicon(
        documents=library.documents(),
        labels=tuple(labels),
        measures=tuple(measures),
        titles=titles,
        under=dict(under),
        of_document=_by_document(library, "label"),
    )


def _by_document(library: Library, field_name: str) -> dict[str, tuple[str, ...]]:
    """The different values of a text field of the facts, a tuple a document."""
    found: dict[str, list[str]] = defaultdict(list)
    for value, document in library.distinct(field_name, "document"):
        if value:
            found[document].append(value)
    return {name: tuple(values) for name, values in found.items()}


def leaf(measure: str) -> str:
    """The last part of a column path, without its number.

    >>> leaf("财政拨款/小计")
    '小计'
    """
    match = _LEAF.search(measure)
    return bare_label(match[0]) if match else ""


def names_of(documents: Iterable[StoredDocument]) -> set[str]:
    """Every name the documents' organisations go by."""
    return {
        name for d in documents for name in (d.profile.organisation, *d.profile.aliases) if name
    }
