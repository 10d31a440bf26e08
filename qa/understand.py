"""From a question to a plan: which operation on which figures; by rules and data, without a model.

The operation is found by its cues, its operands by grounding the stretches of the question between
them; the question counts as understood only if every word of content is explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from index.aspects import years_in
from index.figures import chinese_ordinal
from index.library import Library
from index.model import Fact
from index.vocabulary import words
from qa.evidence import Evidence
from qa.ground import Grounded, Grounder, leftover_words
from qa.groups import find_group
from qa.lexicon import Lexicon, key
from qa.plan import (
    Average,
    Check,
    Compare,
    Count,
    Difference,
    Filter,
    Group,
    Growth,
    Kind,
    Plan,
    Rank,
    Selection,
    Share,
    Sum,
    Value,
)
from qa.question import Question, has
from qa.scope import Scope

__all__ = ["Understanding", "direction_of", "understand"]

_SEPARATOR = re.compile(r"、|,|以及|和|与|及|跟|加上?|还有|同")
_ALL = re.compile(r"(?:各|每个|所有|全部|哪个|哪些|哪几个|几个)(?:部门|单位|局|委办局|机构|家单位)")


@dataclass(frozen=True)
class Understanding:
    """What a question means: a plan with its evidence, or why there is none.

    `unexplained` are words of content that nothing found explains; `nearest` what came closest."""

    scope: Scope
    plan: Plan | None = None
    evidence: Evidence = field(default_factory=Evidence)
    unexplained: tuple[str, ...] = ()
    nearest: tuple[Fact, ...] = ()


def direction_of(text: str) -> int:
    """What a question takes for granted: 1 a rise, -1 a fall, 0 neither (or both: 是增是减).

    >>> direction_of("公务接待费为什么增加了"), direction_of("预算是增是减")
    (1, 0)
    """
    plain = re.sub(
        r"增减|多少|大小|至少|不少于|减税|多大|最多|最少|更多|更少|或(?:增|减)|增值税?|减免",
        "",
        text,
    )
    data = words("questions")["direction"]
    up = any(word in plain for word in data["up"]) or re.search(r"[比较].{0,20}多(?!少)", plain)
    down = any(word in plain for word in data["down"]) or re.search(
        r"少了|[比较].{0,20}少(?!于)", plain
    )
    return bool(up) - bool(down)


def understand(
    scope: Scope, library: Library, lexicon: Lexicon, flawed: Sequence[str] = ()
) -> Understanding:
    """A question for figures, understood; `plan` is `None` where it is not."""
    builder = _Builder(Grounder(library, lexicon, scope), tuple(flawed))
    plan = builder.plan()
    left = builder.grounder.leftover(frozenset(builder.covered))
    left = tuple(w for w in left if not _is_context(w, scope))
    if plan is None or left:
        nearest = tuple(builder.nearest[:3])
        return Understanding(scope, None, Evidence(), left, nearest)
    evidence = Evidence(builder.selections, builder.groups, builder.derived_from(library))
    return Understanding(scope, plan, evidence, (), tuple(builder.nearest[:3]))


def _is_context(word: str, scope: Scope) -> bool:
    """Words that name the kind of document asked (部门预算, 决算报告), or a part of its title."""
    titles = {key(d.profile.title + d.profile.kind + d.name) for d in scope.documents}
    return any(word in title for title in titles) and len(word) <= 4


@dataclass
class _Builder:
    """Builds the plan of one question, keeping what its parts explain and the facts behind them."""

    grounder: Grounder
    flawed: tuple[str, ...] = ()
    selections: dict[Selection, tuple[Fact, ...]] = field(default_factory=dict)
    groups: dict[Group, tuple[Fact, ...]] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    nearest: list[Fact] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.text = self.grounder.text
        self.question: Question = self.grounder.scope.question
        self.scope: Scope = self.grounder.scope
        self.end = len(self.text)

    def derived_from(self, library: Library) -> dict[str, Fact]:
        """The facts that derived ones are computed from."""
        derived = [
            f
            for facts in (*self.selections.values(), *self.groups.values())
            for f in facts
            if f.derived
        ]
        wanted = {part for f in derived for part in f.derived.split("|")[::2]}
        documents = sorted({f.document for f in derived})
        labels = sorted({f.label for f in derived})
        return (
            {f.id: f for f in library.facts(documents, labels=labels) if f.id in wanted}
            if wanted
            else {}
        )

    # ------------------------------------------------------------ which operation

    def plan(self) -> Plan | None:
        """The plan of the whole question: the first operation whose cue and operands are there."""
        rules: tuple[tuple[tuple[str, ...], Callable[[], Plan | None]], ...] = (
            (("check",), self._check),
            (("rank", "filter", "count", "higher", "lower"), self._over_organisations),
            (("higher", "lower", "series", "rank"), self._over_years),
            (("share",), self._share),
            (("average",), self._average),
            (("higher", "lower"), self._which),
            (("rank", "filter", "count"), self._group),
            (("completion",), self._completion),
            (("growth",), lambda: self._change(rate=True)),
            (("difference", "change"), lambda: self._change(rate=False)),
            (("sum",), self._sum),
        )
        for cues, rule in rules:
            if any(has(self.text, cue) for cue in cues):
                before = set(self.covered)
                plan = rule()
                if plan is not None and not self._left():
                    return plan
                self.covered = before
        return self._list() or self._several_years() or self.value(0, self.end)

    def _left(self) -> tuple[str, ...]:
        left = self.grounder.leftover(frozenset(self.covered))
        return tuple(w for w in left if not _is_context(w, self.scope))

    # ------------------------------------------------------------ operands

    def value(
        self,
        start: int,
        end: int,
        kind: Kind = "value",
        years: Sequence[int] | None = None,
        basis: Sequence[str] | None = None,
        grounder: Grounder | None = None,
    ) -> Value | None:
        """The figure that a stretch of the question means; `None` where it means none."""
        found = (grounder or self.grounder).ground(start, end, kind, years, basis)
        if found is None:
            return None
        self.nearest = list(dict.fromkeys([*self.nearest, *found.facts[:2]]))
        if found.score < 0.5 and not self.question.codes:
            return None
        selection = self._selection(found, kind, years, basis)
        self.selections[selection] = tuple(
            sorted(found.facts, key=lambda f: f.table in self.flawed)
        )
        self.covered |= found.covered
        return Value(of=selection)

    def _selection(
        self, found: Grounded, kind: Kind, years: Sequence[int] | None, basis: Sequence[str] | None
    ) -> Selection:
        first = found.facts[0]
        same = {f.measure for f in found.facts}
        return Selection(
            label=first.label,
            code=first.code if self.question.codes else "",
            table=self.question.tables[0] if self.question.tables else "",
            measure=first.measure if len(same) == 1 and first.origin == "table" else "",
            kind=kind,
            organisation=first.organisation
            if len({d.profile.organisation for d in self.grounder.scope.documents}) > 1
            else "",
            year=first.year,
            basis=(basis or self.question.basis or ("",))[0],
            level=self.question.level,
        )

    def _segments(self, start: int, end: int) -> list[tuple[int, int]]:
        """A stretch cut at 、和与及, but never inside a printed name or an alias of one."""
        names = [(a, b) for a, b, _ in self.grounder.lexicon.exact(self.text)]
        names += [(a, b) for a, b, _ in self.grounder.said]
        cuts, at = [], start
        for match in _SEPARATOR.finditer(self.text, start, end):
            if not any(a <= match.start() and match.end() <= b for a, b in names):
                cuts.append((at, match.start()))
                at = match.end()
        cuts.append((at, end))
        return [(a, b) for a, b in cuts if self._has_content(a, b)]

    def _has_content(self, start: int, end: int) -> bool:
        runs = "".join(
            c if self.grounder.free[i] else "|" for i, c in enumerate(self.text) if start <= i < end
        )
        said = any(start <= a and b <= end for a, b, _ in self.grounder.said)
        exact = any(
            a >= 0 and b - a >= 3 for a, b, _ in self.grounder.lexicon.exact(self.text[start:end])
        )
        return said or exact or any(len(leftover_words(run)) >= 2 for run in runs.split("|"))

    def _values(self, segments: Sequence[tuple[int, int]]) -> list[Value] | None:
        values = [self.value(a, b) for a, b in segments]
        return [v for v in values if v] if all(values) else None

    # ------------------------------------------------------------ sums, lists

    def _sum(self) -> Plan | None:
        if len(self.scope.years) > 1 and has(self.text, "add"):
            parts = [self.value(0, self.end, years=(year,)) for year in sorted(self.scope.years)]
            if all(parts):
                return Sum(parts=tuple(p for p in parts if p))
        segments = self._segments(0, self.end)
        if len(segments) > 1 and (values := self._values(segments)):
            return Sum(parts=tuple(values)) if len({v.of for v in values}) > 1 else values[0]
        if related := re.search(r"(?:跟|与|和|同)?([一-龥]{2,8}?)(?:有关|相关)的", self.text):
            return self._related(key(related[1]), related.span())
        return None

    def _related(self, word: str, span: tuple[int, int]) -> Plan | None:
        found = find_group(self.grounder, flawed=self.flawed, containing=word)
        if found is None:
            return None
        self.groups[found.group] = found.members
        self.covered |= found.covered | set(range(*span))
        return Sum(group=found.group)

    def _list(self) -> Plan | None:
        """Several figures asked for side by side, without an operation."""
        segments = self._segments(0, self.end)
        if len(segments) < 2:
            return None
        before = set(self.covered)
        if values := self._values(segments):
            if not self._left() and len({v.of for v in values}) > 1:
                return Compare(parts=tuple(values), names=tuple(v.of.label for v in values))
        self.covered = before
        return None

    def _several_years(self) -> Plan | None:
        """One figure for each of the years named."""
        if len(self.scope.years) < 2:
            return None
        return self._years_compared("given", 0)

    # ------------------------------------------------------------ comparisons

    def _years_compared(self, order: str, k: int) -> Plan | None:
        years = sorted(self.scope.years) or self._own_years()
        if len(years) < 2:
            return None
        parts = [(year, self.value(0, self.end, years=(year,))) for year in years]
        found = [(year, part) for year, part in parts if part]
        if not found:
            return None
        missing = [
            Value(of=Selection(label=found[0][1].of.label, year=year))
            for year, part in parts
            if not part
        ]
        everything = [p for _, p in found] + missing
        names = [f"{year}年" for year, _ in found] + [f"{m.of.year}年" for m in missing]
        return Compare(parts=tuple(everything), names=tuple(names), order=order, k=k)  # type: ignore[arg-type]

    def _own_years(self) -> list[int]:
        """The years of the documents in question; 近三年 are the last three."""
        years = sorted({d.profile.year for d in self.scope.documents if d.profile.year})
        count = re.search(r"近([两二三四五六七八九十]|\d+)年", self.text)
        return years[-(chinese_ordinal(count[1]) or 3) :] if count else years

    def _over_years(self) -> Plan | None:
        asks = re.search(
            r"哪一?年|近[几两二三四五\d]+年|逐年|历年|各年|每年|年度(?:变化|走势|趋势)|趋势|走势|这几年|变化情况",
            self.text,
        )
        if not asks and not (
            len(self.scope.years) > 1 and (has(self.text, "higher") or has(self.text, "lower"))
        ):
            return None
        ranked = any(has(self.text, cue) for cue in ("higher", "lower", "rank"))
        order = "given" if not ranked else "ascending" if self._ascending() else "descending"
        return self._years_compared(order, 0)

    def _ascending(self) -> bool:
        return any(re.search(e, self.text) for e in words("questions")["order"]["ascending"]) or (
            has(self.text, "lower") and not has(self.text, "higher")
        )

    def _over_organisations(self) -> Plan | None:
        """A figure compared over departments: those named, or all where the question says 各部门."""
        named = self.scope.organisations
        mark = _ALL.search(self.text)
        if len(named) < 2 and not mark:
            return None
        names = (
            named
            if len(named) > 1
            else tuple(dict.fromkeys(d.profile.organisation for d in self.scope.documents))
        )
        if len(names) < 2:
            return None
        parts, found = [], []
        for name in names:
            part = self._of_organisation(name)
            found.append(part)
            parts.append(part or Value(of=Selection(organisation=name)))
        if not any(found):
            return None
        if mark:
            self.covered |= set(range(*mark.span()))
        if (bound := next(iter(self.question.thresholds), None)) and bound.comparison:
            return None
        k = (
            self._top_k()
            if has(self.text, "rank") and re.search(r"前|倒数|后[一二三四五\d]", self.text)
            else 0
        )
        order = "ascending" if self._ascending() else "descending"
        return Compare(parts=tuple(parts), names=names, order=order, k=k)

    def _of_organisation(self, name: str, years: Sequence[int] | None = None) -> Value | None:
        documents = tuple(d for d in self.scope.documents if d.profile.organisation == name)
        scope = replace(self.scope, documents=documents, organisations=(name,))
        grounder = Grounder(self.grounder.library, self.grounder.lexicon, scope)
        value = self.value(0, self.end, years=years, grounder=grounder)
        if value is None:
            return None
        named = Value(of=value.of.model_copy(update={"organisation": name}))
        self.selections[named.of] = self.selections[value.of]
        return named

    def _which(self) -> Plan | None:
        """A还是B多: two or more figures, the largest (smallest) first."""
        text = re.sub(
            r"还是|哪(?:个|一个|项|一项)?", lambda m: "、" + " " * (len(m[0]) - 1), self.text
        )
        keep, self.text = self.text, text
        segments = self._segments(0, self.end)
        self.text = keep
        values = self._values(segments) if len(segments) > 1 else None
        if not values or len({v.of for v in values}) < 2:
            return self._which_column()
        order = "ascending" if self._ascending() else "descending"
        return Compare(parts=tuple(values), names=tuple(v.of.label for v in values), order=order)

    def _which_column(self) -> Plan | None:
        """基本支出和项目支出哪个多: two columns of one row."""
        return None

    # ------------------------------------------------------------ shares

    def _share(self) -> Plan | None:
        at = next((m.start() for m in re.finditer(r"占(?!用|地|道)", self.text)), -1)
        if at < 0:
            inside = re.search(r"在(.+?)(?:中|里|当中)(?:的|所)", self.text)
            if inside:
                whole = self.value(*inside.span(1))
                part = self.value(0, inside.start()) or self.value(inside.end(), self.end)
                return Share(part=part, whole=whole) if part and whole else None
            return self._share_of(0, self.end)
        tail = re.search(r"(?:的)?(?:比重|比例|份额|百分|多少|多大|几|%|比)", self.text[at:])
        right = (at + 1, at + tail.start() if tail else self.end)
        if self._has_content(*right):
            return self._part_of(0, at, *right)
        return self._share_of(0, at)

    def _part_of(self, a: int, b: int, c: int, d: int) -> Plan | None:
        segments = self._segments(a, b)
        parts = self._values(segments) if len(segments) > 1 else None
        whole = self.value(c, d)
        part: Plan | None = (
            Sum(parts=tuple(parts))
            if parts and len({p.of for p in parts}) > 1
            else self.value(a, b)
        )
        return Share(part=part, whole=whole) if part and whole else None

    def _share_of(self, start: int, end: int) -> Plan | None:
        """A share without a stated whole: …中，A占; else of the total of A's own list."""
        inside = next(
            (
                m
                for m in re.finditer(
                    r"(?:当中|之中|其中|里面|中|里)(?:,|，|的)?", self.text[start:end]
                )
                if self._has_content(start, start + m.start())
                and self._has_content(start + m.end(), end)
            ),
            None,
        )
        if inside:
            before = set(self.covered)
            plan = self._part_of(start + inside.end(), end, start, start + inside.start())
            if plan and isinstance(plan, Share) and plan.part != plan.whole:
                return plan
            self.covered = before
        part = self.value(start, end)
        if part is None:
            return None
        whole = self._total_of(self.selections[part.of])
        return Share(part=part, whole=whole) if whole else None

    def _total_of(self, facts: Sequence[Fact]) -> Value | None:
        """The printed total of the table (or of the enumeration) that a figure stands in."""
        for fact in facts:
            if fact.origin == "table":
                rows = [
                    f
                    for f in self.grounder.library.facts([fact.document], tables=[fact.table])
                    if f.is_total and f.column == fact.column
                ]
            else:
                rows = (
                    [
                        f
                        for f in self.grounder.library.facts([fact.document], labels=fact.path[-1:])
                        if f.column == 0
                        and f.origin == "prose"
                        and f.year == fact.year
                        and not f.derived
                    ]
                    if fact.path
                    else []
                )
            if rows:
                best = max(rows, key=lambda f: f.value)
                selection = Selection(
                    label=best.label, measure=best.measure, year=best.year, table=best.table
                )
                self.selections[selection] = (best,)
                return Value(of=selection)
        return None

    # ------------------------------------------------------------ change, growth, completion

    def _change(self, *, rate: bool) -> Plan | None:
        at = next(
            (
                m
                for m in re.finditer(
                    r"比(?!重|例|率|对|如)|较(?!大|小|好|多)|减去|与(?=.{2,20}相[比差])|和(?=.{2,20}相差)",
                    self.text,
                )
            ),
            None,
        )
        if (
            at
            and self._has_content(at.end(), self.end)
            and (plan := self._two_subjects(at.start(), at.end(), rate))
        ):
            return plan
        rate = rate or self.question.unit == "%"
        if re.search(r"相差|差(?:多少|几|了|距|额|别|值|多大)|之差", self.text) and not at:
            segments = self._segments(0, self.end)
            values = self._values(segments) if len(segments) == 2 else None
            if values and values[0].of != values[1].of:
                return Difference(left=values[0], right=values[1])
        if len(self.question.basis) > 1 and (plan := self._two_bases(rate)):
            return plan
        years = self._two_years()
        if years is None:
            return None
        new, old = years
        if not rate and (stated := self._stated_change(new, old)):
            return stated
        left, right = self.value(0, self.end, years=(new,)), self.value(0, self.end, years=(old,))
        if left and right and left.of != right.of:
            return Growth(new=left, old=right) if rate else Difference(left=left, right=right)
        return self.value(0, self.end, kind="rate" if rate else "change", years=(new,))

    def _two_years(self) -> tuple[int, int] | None:
        """The year and the year it is held against; 上年 is the one before the document's."""
        own = [d.profile.year for d in self.scope.documents if d.profile.year]
        against = re.search(r"(?:比|较|与|和|同|跟|对比)((?:19|20)\d{2})年", self.text)
        years = self.scope.years
        if len(years) >= 2:
            old = int(against[1]) if against else min(years[:2])
            return next(year for year in years if year != old), old
        if against and years:
            return years[0] + 1, years[0]
        if -1 in self.question.relative and not self.question.years:
            return (years[0] + 1, years[0]) if years else None
        year = years[0] if years else max(own, default=None) if own else None
        return (year, year - 1) if year is not None else None

    def _stated_change(self, new: int, old: int) -> Value | None:
        """The change as the document prints it, if against the year asked for."""
        found = self.grounder.ground(0, self.end, "change", (new,))
        if found is None or found.score < 0.5:
            return None
        fitting = tuple(f for f in found.facts if f"against:{old}" in f.flags)
        if not fitting:
            return None
        selection = Selection(label=fitting[0].label, kind="change", year=new)
        self.selections[selection] = fitting
        self.covered |= found.covered
        return Value(of=selection)

    def _two_subjects(self, left_end: int, right_start: int, rate: bool) -> Plan | None:
        """A比B多多少: each side with the years and the basis it names itself."""
        tail = re.search(
            r"(?:多|少|高|低|大|小|增|减|下降|上升|涨|降|相差|差|变动|变化|相比)",
            self.text[right_start:],
        )
        right_end = right_start + tail.start() if tail and tail.start() else self.end
        before = set(self.covered)
        right = (
            self._side(right_start, right_end)
            if self._has_content(right_start, right_end)
            else None
        )
        if right is None and not re.search(
            r"预算|决算|执行|预计|完成|安排", self.text[right_start:right_end]
        ):
            self.covered = before
            return None
        left = self._side(0, left_end)
        if left is None and self._has_content(right_end, self.end):
            self.covered = before
            return None
        if right is None and left is not None:
            right = self._side(0, left_end, scope_of=(right_start, right_end))
        if left is None or right is None or left.of == right.of:
            self.covered = before
            return None
        return Growth(new=left, old=right) if rate else Difference(left=left, right=right)

    def _side(self, start: int, end: int, scope_of: tuple[int, int] | None = None) -> Value | None:
        a, b = scope_of or (start, end)
        years = self._years_of(a, b)
        from qa.question import _basis  # the reading of a stretch is the reading of a question

        basis = _basis(self.text[a:b])
        return self.value(start, end, years=years, basis=basis)

    def _years_of(self, start: int, end: int) -> tuple[int, ...] | None:
        named = years_in(self.text[start:end])
        if named:
            return tuple(named)
        own = max((d.profile.year for d in self.scope.documents if d.profile.year), default=None)
        if own and re.search(r"上年|去年", self.text[start:end]):
            return ((self.scope.question.years or (own,))[0] - 1,)
        return None

    def _two_bases(self, rate: bool) -> Plan | None:
        """决算比预算少多少: one subject on two bases."""
        first, second = self.question.basis[:2]
        left, right = (
            self.value(0, self.end, basis=(first,)),
            self.value(0, self.end, basis=(second,)),
        )
        if (
            not left
            or not right
            or left.of == right.of
            or self.selections[left.of] == self.selections[right.of]
        ):
            return None
        if first == "预算" and re.search(r"决算.*比|执行.*比", self.text):
            left, right = right, left
        return Growth(new=left, old=right) if rate else Difference(left=left, right=right)

    def _completion(self) -> Plan | None:
        if printed := self.value(0, self.end, kind="completion", basis=()):
            return printed
        done = self.value(0, self.end, basis=("执行",))
        planned = self.value(0, self.end, basis=("预算",))
        return (
            Share(part=done, whole=planned) if done and planned and done.of != planned.of else None
        )

    # ------------------------------------------------------------ averages

    def _average(self) -> Plan | None:
        per = re.search(
            r"(?:平均)?每(?:一)?(?:个)?(人次|批次|[人辆家名件场户次])(?:车|设备|项目)?|(人)均|(户)均",
            self.text,
        )
        if per is None:
            return self._mean()
        unit = next(g for g in per.groups() if g)
        self.covered |= set(range(*per.span()))
        number = re.search(rf"(\d+)(?:{unit}|名|人|个)", self.text)
        total = self.value(0, self.end)
        if total is None:
            return None
        if number:
            self.covered |= set(range(*number.span()))
            around = self.text[number.end() : number.end() + 8]
            self._cover_noun(number.end(), around)
            return Average(total=total, number=Decimal(number[1]), per=unit)
        by = self._counted(unit, self.selections[total.of])
        return Average(total=total, by=by, per=unit) if by else None

    def _cover_noun(self, at: int, around: str) -> None:
        if match := re.match(r"[一-龥]{2,6}?(?=算|计|,|，)", around):
            self.covered |= set(range(at, at + match.end()))

    def _counted(self, unit: str, facts: Sequence[Fact]) -> Value | None:
        """The count that stands beside an amount: 2 批次、26 人次 beside 公务接待费."""
        sections = {(f.document, f.section[-1:]) for f in facts if f.origin == "prose"}
        documents = sorted({f.document for f in facts})
        found = [
            f
            for f in self.grounder.library.facts(documents)
            if f.unit == unit and f.origin == "prose" and f.value
        ]
        near = [f for f in found if (f.document, f.section[-1:]) in sections]
        labels = {key(f.label)[:4] for f in facts}
        near = [f for f in near if any(label in key(f.quote) for label in labels)] or near
        near = near or [f for f in found if not f.path]
        if not near:
            return None
        selection = Selection(label=near[0].label, year=near[0].year)
        self.selections[selection] = (near[0],)
        return Value(of=selection)

    def _mean(self) -> Plan | None:
        if len(self.scope.years) > 1:
            parts = [self.value(0, self.end, years=(year,)) for year in sorted(self.scope.years)]
            return Average(parts=tuple(p for p in parts if p)) if all(parts) else None
        segments = self._segments(0, self.end)
        if len(segments) > 1 and (values := self._values(segments)):
            return Average(parts=tuple(values))
        found = find_group(self.grounder, flawed=self.flawed)
        if found is None:
            return None
        self.groups[found.group] = found.members
        self.covered |= found.covered
        return Average(group=found.group)

    # ------------------------------------------------------------ rankings, filters, counts

    def _group(self) -> Plan | None:
        asked = (
            direction_of(self.text)
            if has(self.text, "filter") and not self.question.thresholds
            else 0
        )
        unchanged = bool(re.search(r"持平|不变|没有变化|没变", self.text))
        kind: Kind = "change" if (asked or unchanged) and has(self.text, "filter") else "value"
        if (
            kind == "value"
            and has(self.text, "rank")
            and re.search(
                r"(?:增加|增长|减少|下降|降低)(?:得|的|额)?最|最.{0,2}(?:增加|增长|减少|下降)",
                self.text,
            )
        ):
            kind = "rate" if re.search(r"增(?:长率|幅|速)|降幅|百分|比例", self.text) else "change"
        found = find_group(self.grounder, kind, flawed=self.flawed)
        if found is None:
            return None
        self.groups[found.group] = found.members
        self.covered |= found.covered
        chosen = self._filtered(found.group, asked, unchanged)
        if has(self.text, "rank") and not (
            chosen and has(self.text, "filter") and self.question.thresholds
        ):
            falling = kind != "value" and direction_of(self.text) < 0
            return Rank(group=found.group, k=self._top_k(), ascending=self._ascending() != falling)
        if has(self.text, "count") and not re.search(r"哪些|哪几", self.text):
            return Count(of=chosen or found.group)
        return chosen

    def _filtered(self, group: Group, asked: int, unchanged: bool) -> Filter | None:
        bound = next((t for t in self.question.thresholds if t.comparison), None)
        if bound:
            return Filter(
                group=group, comparison=bound.comparison, value=bound.value, unit=bound.unit
            )  # type: ignore[arg-type]
        if unchanged:
            return Filter(group=group, comparison="same")
        if asked and has(self.text, "filter"):
            return Filter(group=group, comparison="up" if asked > 0 else "down")
        return None

    def _top_k(self) -> int:
        """How many members are asked for: 前三, 最大的三个, 哪三个; 1 for 最大的是哪个; 0 for a full order."""
        number = r"([一二两三四五六七八九十]|\d+)"
        match = re.search(
            rf"前{number}|{number}(?:个|项|大|名|位|家|种|笔).{{0,8}}最|最.{{1,6}}?{number}(?:个|项|名|家|种|笔)|哪{number}(?:个|项|家)|(?:倒数|后){number}",
            self.text,
        )
        if match:
            return chinese_ordinal(next(g for g in match.groups() if g)) or 1
        return 1 if re.search(r"最|第一|居首|榜首|垫底", self.text) else 0

    # ------------------------------------------------------------ checks

    def _check(self) -> Plan | None:
        """Whether parts add up to a whole, or two figures agree."""
        middle = re.search(
            r"(?:加总后|加起来|相加|之和|合计|总和|加总)?(?:是否|是不是)?(?:等于|与|和|跟|同)(?=.+(?:一致|相符|相等|吻合|平衡|吗|对得上))",
            self.text,
        )
        points = [m for m in re.finditer(r"等于|与|和|跟|是否", self.text)]
        if middle is None and not points:
            return None
        for match in [m for m in ([middle] if middle else []) + points if m]:
            before = set(self.covered)
            segments = self._segments(0, match.start())
            left = self._values(segments) if segments else None
            right = self.value(match.end(), self.end)
            if left and right and right.of not in {v.of for v in left}:
                whole: Plan = Sum(parts=tuple(left)) if len(left) > 1 else left[0]
                return Check(left=whole, right=right)
            self.covered = before
        return None
