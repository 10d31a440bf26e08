"""A paragraph read sentence by sentence: its subject goes on until another is named."""

from __future__ import annotations

import re
from dataclasses import replace

from index.aspects import basis_in, level_in, year_in, years_in
from index.captions import squeeze
from index.clauses import (
    Kind,
    against_budget,
    base_part,
    by_how_much,
    compared_part,
    counted,
    is_next,
    is_raised,
    kind_of,
    last_clause,
    lately,
    measure_of,
    open_bracket,
    purpose_of,
    spans_years,
    stated_part,
    together,
    was_before,
    year_said,
)
from index.figures import Quantity, find_quantities
from index.hierarchy import bare_label
from index.reasons import reason_span, sentences
from index.remarks import explain, same, with_subject
from index.stated import Scope, Statement, fact_of, placed
from index.subjects import Named, fund_in, named
from index.units import is_money

__all__ = ["read_paragraph"]

_AMONG = re.compile(r"其中|(?<!不)包括|分别为|分别是|具体为")
_LIST_ENDS = re.compile(r"加上")
_TOPIC = re.compile(r"[一二三四五六七八九十]是")
_CONDITION = re.compile(r"\s*(?:[（(]含[）)])?(?:及|\(含\))?以[上下内](?=[^，。；、）)]{2,})")
_BOTH = re.compile(r"预算数?[和与及、](?:支出)?决算数?(?:均|都)[为是]$")
_SHORT = 12


def read_paragraph(scope: Scope) -> None:
    """All sentences of a paragraph: statements into `scope.facts`, then their reasons."""
    text = scope.source.text
    end = 0
    for sentence in sentences(text):
        before = len(scope.facts)
        scope.at = text.find(sentence, end)
        end = scope.at + len(sentence)
        if _TOPIC.match(sentence) and not scope.item:
            scope.subject, scope.opened, scope.parent = "", False, None
        _Reading(sentence, scope).read()
        found = [f for f in scope.facts[before:] if scope.parent and f.path == scope.parent]
        if not sentence.endswith(("；", ";")) or len({f.label for f in found}) > 1:
            scope.parent = None
        explain(sentence, scope, before)
    scope.facts = [replace(f, quote=with_subject(text, f.quote, f.label)) for f in scope.facts]
    scope.facts = placed(scope.facts, scope.place)


# ---------------------------------------------------------------- one sentence


class _Reading:
    """One sentence on its way to statements: how far it is read, and what a bracket holds back."""

    def __init__(self, sentence: str, scope: Scope) -> None:
        self.sentence, self.scope = sentence, scope
        self.reason = reason_span(sentence)
        self.end = 0
        self.year: int | None = None
        self.against: int | None = None
        self.names: list[str] = []
        self.shared: list[str] = []
        self.held: tuple[str, tuple[str, ...] | None, tuple[str, ...], int | None] | None = None
        scope.lately = False

    def read(self) -> None:
        """What each quantity says, and what is said to be the same as last year."""
        for quantity in find_quantities(self.sentence):
            if _is_no_figure(quantity, self.sentence):
                continue
            if self.reason[0] <= quantity.start < self.reason[1]:
                self.end = quantity.end
                continue
            head = self._head(self._start(quantity), quantity)
            self.end = quantity.end
            if not self.sentence[quantity.end :].startswith(("以上的", "以下的")):
                self._state(head, quantity)
        if self.held and open_bracket(self.sentence) < 0:
            self._release()
        rest = self.sentence[self.end : max(self.end, self.reason[0])]
        self.scope.many_years = self.scope.many_years or (not self.end and spans_years(rest))
        same(rest, self.sentence, self.scope)

    def _start(self, quantity: Quantity) -> int:
        """Where the words before a figure begin: behind the figure, reason or bracket before it.

        A bracket has its own subject and list; what it stands behind goes on after it."""
        sentence, scope = self.sentence, self.scope
        start = max(self.end, self.reason[1] if self.reason[1] <= quantity.start else 0)
        bracket = open_bracket(sentence[: quantity.start])
        if bracket >= start and self.held is None:
            self.held = (scope.subject, scope.parent, scope.path, self.year)
            same(sentence[start:bracket], sentence, scope)
            start = bracket + 1
            if re.match(r"其中|包括|含", sentence[start:]) and scope.subject:
                scope.parent = (*(scope.parent or scope.path), _whole(quantity, scope))
        elif bracket < 0 and self.held:
            self._release()
            start += max(sentence[start : quantity.start].find(mark) + 1 for mark in "）)")
        return start

    def _release(self) -> None:
        if self.held:
            self.scope.subject, self.scope.parent, self.scope.path, self.year = self.held
            self.held = None

    def _head(self, start: int, quantity: Quantity) -> str:
        """The words before a figure; of several named together, its own name."""
        head = self.sentence[start : quantity.start]
        if self.names and is_next(head):
            head, self.names = self.names[0], self.names[1:]
        elif self.shared and is_raised(head):
            self.year = self.scope.year
            head, *self.names = [name.removesuffix("由") for name in self.shared]
        else:
            same(head, self.sentence, self.scope)
            self.shared = together(head)
            head, *self.names = self.shared or [head]
        return head

    def _state(self, head: str, quantity: Quantity) -> None:
        following = self.sentence[quantity.end :]
        statement = _statement(head, quantity, self.scope, self.year, following, self.against)
        if statement is None:
            return
        if statement.kind == "value" and base_part(last_clause(head), following):
            self.against = statement.year
        elif statement.kind == "value" and not was_before(head, following):
            self.year, self.against = statement.year, None
        both = [statement]
        if _BOTH.search(squeeze(head)):
            both = [
                replace(statement, basis="预算", measure="年初预算数"),
                replace(statement, basis="决算", measure="支出决算数"),
            ]
        self.scope.facts += [fact_of(one, self.sentence, self.scope) for one in both]


def _is_no_figure(quantity: Quantity, sentence: str) -> bool:
    """Conditions (单价100万元以上的设备), ordinals (前2项), the number and year of a list
    (2.2031年收支总表)."""
    numbered = quantity.unit == "年" and re.match(r"\d{1,2}\.(?:19|20)\d\d", quantity.text)
    ordinal = re.search(r"[前第]\s*$", sentence[: quantity.start])
    return bool(numbered or ordinal or _CONDITION.match(sentence[quantity.end :]))


def _statement(
    head: str,
    quantity: Quantity,
    scope: Scope,
    year: int | None,
    following: str,
    base: int | None = None,
) -> Statement | None:
    """What one quantity says; `None` where nothing says what it is of.  `base` is the year of the
    figure that a change starts from, where that was said."""
    clause = last_clause(head)
    kind, sign = kind_of(clause, quantity)
    start = base_part(clause, following) if kind == "value" else ""
    compared = compared_part(clause) if kind in ("change", "rate") else start
    _widen(head, quantity, scope)
    name = named(stated_part(clause, kind, compared), scope.profile)
    label = _label(name, clause, kind, quantity, scope, following)
    if label is None or scope.many_years or scope.lately or spans_years(compared):
        return None
    scope.subject = label or scope.subject or _section_name(scope.section)
    scope.path = name.path or scope.path
    inner = scope.parent and scope.subject not in scope.parent
    own_path = name.path or (scope.parent if scope.parent and inner else scope.path)
    if kind == "value":
        year = (
            # 截至2023年12月共有车辆 5 辆 is what the budget of 2024 says of its own year's stock.
            (scope.year if re.search(r"截[至止]", head) else None)
            or (year_in(start, scope.year) if start else None)
            or year_said(clause, scope.year)
            or year_said(head, scope.year)
            or (scope.year - 1 if scope.year and was_before(clause, following) else year)
            or scope.year
        )
    else:
        year = year or scope.year
    against = year_said(compared or head, year) if kind in ("change", "rate") else None
    if kind in ("change", "rate") and against is None and not by_how_much(clause):
        against = base or (year - 1 if year and not against_budget(clause) else None)
    return Statement(
        kind,
        scope.subject,
        own_path,
        quantity,
        quantity.value * sign,
        year,
        measure_of(kind, clause, quantity, against),
        basis_in(start or clause) or (basis_in(head) if kind == "value" else ""),
        against,
    )


def _widen(head: str, quantity: Quantity, scope: Scope) -> None:
    """What the words before a figure say of all that follows: a list, a level, several years."""
    if _LIST_ENDS.search(head):
        scope.parent = None
    if _AMONG.search(head) and scope.parent is None and scope.subject:
        scope.parent = (*scope.path, _whole(quantity, scope))
    scope.level = level_in(head) or scope.level
    if spans_years(head):
        scope.many_years = True
    elif years_in(head):
        scope.many_years = False
    scope.lately = scope.lately or lately(head)


def _whole(quantity: Quantity, scope: Scope) -> str:
    """What 其中 is part of: the subject, or where that was counted, the amount before it."""
    money = is_money(quantity.unit)
    stated = [f for f in scope.facts if f.column == 0]
    if stated and stated[-1].label == scope.subject and is_money(stated[-1].unit) != money:
        same = [f for f in stated if f.quote == stated[-1].quote and is_money(f.unit) == money]
        return same[-1].label if same else scope.subject
    return scope.subject


def _label(
    name: Named, clause: str, kind: Kind, quantity: Quantity, scope: Scope, following: str
) -> str | None:
    """The label of a figure: what its clause names, together with what that is a part of; `""` for
    the subject spoken of, `None` where there is none to be told."""
    label = name.label
    if name.side:
        if name.inherits and not scope.fund and scope.subject and "收入" not in scope.subject:
            return ""
        if scope.parent and re.search(r"结[余转存]|节余", label):
            pass  # 其中：…、以前年度结余4280万元 is one of a list
        elif scope.fund:
            label = scope.fund + re.sub(r"(?:预算|决算)$", "", label)
            scope.parent = None
        elif label in ("收入", "支出", "总收入", "总支出") and "政府" in scope.profile.kind:
            return None
    elif scope.parent is None and (fund := fund_in(label)):
        side = re.fullmatch(rf"(.{{0,24}}{fund})(?:总?收入|总?支出|收支)?(?:总计|合计)?", label)
        scope.fund = side[1].removeprefix("地方") if side else scope.fund
    bare = kind == "value" and not label and is_money(quantity.unit)
    if bare and (use := purpose_of(clause, following)) is not None:
        return use or ("" if scope.opened else None)
    if kind == "value" and (noun := counted(quantity, following)):
        return (label if len(label) <= _SHORT else "") + noun
    if re.match(r"涉及", label) and scope.subject and not scope.subject.endswith(label):
        return f"{scope.subject}{label}"
    if not (label or scope.subject or is_money(quantity.unit)):
        return None
    return label


def _section_name(section: tuple[str, ...]) -> str:
    return re.sub(r"(?:情况)?(?:说明|情况)$", "", bare_label(section[-1])) if section else ""
