"""A paragraph read sentence by sentence: its subject goes on until another is named."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from index.aspects import basis_in, level_in, years_in
from index.captions import squeeze
from index.clauses import (
    COLUMN,
    Kind,
    against_budget,
    by_how_much,
    change_measure,
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
    same_as,
    spans_years,
    stated_part,
    together,
    was_before,
    year_said,
)
from index.figures import Quantity, find_quantities
from index.hierarchy import bare_label
from index.model import Fact, Paragraph, Profile
from index.reasons import reason_in, reason_span, sentences
from index.subjects import Named, fund_in, named
from index.units import is_money
from index.vocabulary import pattern

__all__ = ["Scope", "read_paragraph"]

_AMONG = re.compile(r"其中|(?<!不)包括|分别为|分别是|具体为")
_LIST_ENDS = re.compile(r"加上")
_TOPIC = re.compile(r"[一二三四五六七八九十]是")
_CONDITION = re.compile(r"\s*(?:[（(]含[）)])?(?:及|\(含\))?以[上下内](?=[^，。；、）)]{2,})")
_BOTH = re.compile(r"预算数?[和与及、](?:支出)?决算数?(?:均|都)[为是]$")
_SHORT = 12


@dataclass(slots=True)
class Scope:
    """What is known while a paragraph is read: the only mutable thing here, gone after it.

    `opened` says that the paragraph names its subject in front (①基本支出。安排48亿元); `fund` and
    `place` are what bare 收入, 支出 and 结余 are of."""

    document: str
    profile: Profile
    section: tuple[str, ...]
    source: Paragraph
    path: tuple[str, ...]
    subject: str
    opened: bool = False
    listed: str = ""
    item: str = ""
    list_name: str = ""
    year: int | None = None
    fund: str = ""
    place: str = ""
    basis: str = ""
    parent: tuple[str, ...] | None = None
    level: str = ""
    many_years: bool = False
    lately: bool = False
    facts: list[Fact] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Statement:
    kind: Kind
    label: str
    path: tuple[str, ...]
    quantity: Quantity
    value: Decimal
    year: int | None
    measure: str
    basis: str
    against: int | None = None


def read_paragraph(scope: Scope) -> None:
    """All sentences of a paragraph: statements into `scope.facts`, then their reasons."""
    for sentence in sentences(scope.source.text):
        before = len(scope.facts)
        if _TOPIC.match(sentence) and not scope.item:
            scope.subject, scope.opened, scope.parent = "", False, None
        _read_sentence(sentence, scope)
        members = [
            f for f in scope.facts[before:] if scope.parent and f.path[-1:] == scope.parent[-1:]
        ]
        if not sentence.endswith(("；", ";")) or len({f.label for f in members}) > 1:
            scope.parent = None
        _explain(sentence, scope, before)
    text = scope.source.text
    if scope.place and any(fund_in(fact.label) for fact in scope.facts):
        scope.facts = [_placed(fact, scope.place) for fact in scope.facts]
    scope.facts = [replace(f, quote=_with_subject(text, f.quote, f.label)) for f in scope.facts]


# ---------------------------------------------------------------- one sentence


def _read_sentence(sentence: str, scope: Scope) -> None:
    """What each quantity of a sentence says, and what it says to be the same as last year."""
    scope.lately = False
    reason = reason_span(sentence)
    previous, year = 0, None
    names: list[str] = []
    shared: list[str] = []
    held: tuple[str, tuple[str, ...] | None, tuple[str, ...], int | None] | None = None
    for quantity in find_quantities(sentence):
        following = sentence[quantity.end :]
        if _is_no_figure(quantity, sentence):
            continue
        if reason[0] <= quantity.start < reason[1]:
            previous = quantity.end
            continue
        start = max(previous, reason[1] if reason[1] <= quantity.start else 0)
        bracket = open_bracket(sentence[: quantity.start])
        if bracket >= start and held is None:
            held = (scope.subject, scope.parent, scope.path, year)
            _same(sentence[start:bracket], sentence, scope)
            start = bracket + 1
            if re.match(r"其中|包括|含", sentence[start:]) and scope.subject:
                scope.parent = (*(scope.parent or scope.path), scope.subject)
        elif bracket < 0 and held:
            scope.subject, scope.parent, scope.path, year = held
            held = None
            start += max(sentence[start : quantity.start].find(mark) + 1 for mark in "）)")
        head = sentence[start : quantity.start]
        previous = quantity.end
        if names and is_next(head):
            head, names = names[0], names[1:]
        elif shared and is_raised(head):
            year = scope.year
            head, *names = [name.removesuffix("由") for name in shared]
        else:
            _same(head, sentence, scope)
            shared = together(head)
            head, *names = shared or [head]
        if following.startswith(("以上的", "以下的")):
            continue
        statement = _statement(head, quantity, scope, year, following)
        if statement is None:
            continue
        if statement.kind == "value" and not was_before(head, following):
            year = statement.year
        if _BOTH.search(squeeze(head)):
            scope.facts.append(
                _fact(replace(statement, basis="预算", measure="年初预算数"), sentence, scope)
            )
            statement = replace(statement, basis="决算", measure="支出决算数")
        scope.facts.append(_fact(statement, sentence, scope))
    if held and open_bracket(sentence) < 0:
        scope.subject, scope.parent, scope.path, year = held
    rest = sentence[previous : max(previous, reason[0])]
    scope.many_years = scope.many_years or (not previous and spans_years(rest))
    _same(rest, sentence, scope)


def _is_no_figure(quantity: Quantity, sentence: str) -> bool:
    """Conditions (单价100万元以上的设备), ordinals (前2项), the number and year of a list
    (2.2031年收支总表)."""
    numbered = quantity.unit == "年" and re.match(r"\d{1,2}\.(?:19|20)\d\d", quantity.text)
    ordinal = re.search(r"[前第]\s*$", sentence[: quantity.start])
    return bool(numbered or ordinal or _CONDITION.match(sentence[quantity.end :]))


def _statement(
    head: str, quantity: Quantity, scope: Scope, year: int | None, following: str
) -> _Statement | None:
    """What one quantity says; `None` where nothing says what it is of."""
    clause = last_clause(head)
    kind, sign = kind_of(clause, quantity)
    compared = compared_part(clause) if kind in ("change", "rate") else ""
    _widen(head, quantity, scope)
    name = named(stated_part(clause, kind, compared), scope.profile)
    label = _label(name, clause, kind, quantity, scope, following)
    if label is None or scope.many_years or scope.lately or spans_years(compared):
        return None
    if label and label != scope.subject:
        scope.subject = label
    scope.path = name.path or scope.path
    inner = scope.parent and scope.subject not in scope.parent
    own_path = name.path or (scope.parent if scope.parent and inner else scope.path)
    if kind == "value":
        year = (
            # 截至2023年12月共有车辆 5 辆 is what the budget of 2024 says of its own year's stock.
            (scope.year if re.search(r"截[至止]", head) else None)
            or year_said(clause, scope.year)
            or year_said(head, scope.year)
            or (scope.year - 1 if scope.year and was_before(clause, following) else year)
            or scope.year
        )
    else:
        year = year or scope.year
    against = year_said(compared or head, year) if kind in ("change", "rate") else None
    if kind in ("change", "rate") and against is None and not by_how_much(clause):
        against = year - 1 if year and not against_budget(clause) else None
    return _Statement(
        kind,
        scope.subject or _section_name(scope.section),
        own_path,
        quantity,
        quantity.value * sign,
        year,
        measure_of(kind, clause, quantity, against),
        basis_in(clause) or (basis_in(head) if kind == "value" else ""),
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


# ---------------------------------------------------------------- the same, and why


def _same(text: str, sentence: str, scope: Scope) -> None:
    """与上年持平: a change of zero, stated in words, of the subject spoken of or named there."""
    for part in re.split(r"[，,；;。]", text):
        if not (said := pattern("prose", "same").search(part)):
            continue
        head = part[: said.start()]
        compared = compared_part(head) or (m[0] if (m := re.search(r"[与同和].*", head)) else "")
        own = named(head[: head.find(compared)] if compared else head, scope.profile)
        subject = scope.subject if own.side or not own.label else own.label
        values = [f for f in scope.facts if f.column == 0 and f.label == subject]
        if not values or scope.many_years:
            continue
        last = values[-1]
        against = same_as(head, scope.year)
        scope.facts.append(
            replace(
                last,
                column=COLUMN["change"],
                measure=change_measure(against),
                value=Decimal(0),
                quote=sentence,
                derived="",
                comparator="",
                flags=("stated_same", f"against:{against}") if against else ("stated_same",),
            )
        )


def _explain(sentence: str, scope: Scope, before: int) -> None:
    """The reason a sentence gives, with the figures of the subject it names or goes on about."""
    reason = reason_in(sentence)
    if not reason or not scope.facts:
        return
    here = [f for f in scope.facts[before:] if f.column != COLUMN["value"]]
    subject = (here or scope.facts[-1:])[0].label
    if before == len(scope.facts):
        lead = sentence[: reason_span(sentence)[0]]
        lead = stated_part(lead, "change", compared_part(lead)).rstrip("的")
        own = named(lead, scope.profile)
        if own.label and not own.side:
            alike = [f.label for f in scope.facts if own.label in f.label or f.label in own.label]
            subject = alike[-1] if alike else subject
    for i, fact in enumerate(scope.facts):
        if fact.label == subject and not fact.reason:
            quote = _up_to(scope.source.text, fact.quote, sentence)
            scope.facts[i] = replace(fact, reason=reason, quote=quote)


def _up_to(text: str, quote: str, sentence: str) -> str:
    """A quote on to the later sentence that gives its reason, if that is near."""
    start, end = text.find(quote), text.find(sentence) + len(sentence)
    return text[start:end] if 0 <= start < end <= start + 320 else quote


def _with_subject(text: str, sentence: str, label: str) -> str:
    """A sentence quoted from where its subject is named: 公务接待费。2024年预算数4.00万元……"""
    if squeeze(label) in squeeze(sentence):
        return sentence
    end = text.find(sentence) + len(sentence)
    start = text.rfind(label, 0, end - len(sentence)) if label else -1
    if start < 0:
        return sentence
    start = max(text.rfind(mark, 0, start) + 1 for mark in "。；！？")
    return text[start:end].strip() if end - start <= 220 else sentence


# ---------------------------------------------------------------- facts


def _fact(statement: _Statement, sentence: str, scope: Scope) -> Fact:
    listed = bool(scope.listed) and (
        statement.label == scope.item if scope.item else statement.path == scope.path
    )
    flags = (f"against:{statement.against}",) if statement.against else ()
    basis = scope.basis if statement.kind == "value" and is_money(statement.quantity.unit) else ""
    return Fact(
        id="",
        document=scope.document,
        organisation=scope.profile.organisation,
        year=statement.year,
        origin="prose",
        table=scope.listed if listed else _inner_list(scope, statement),
        table_title=scope.list_name if listed else statement.path[-1] if statement.path else "",
        table_number="",
        section=scope.section,
        row=scope.source.source.line or 0,
        label=statement.label,
        code="",
        path=statement.path,
        depth=len(statement.path),
        is_total=False,
        column=COLUMN[statement.kind],
        measure=statement.measure,
        value=statement.value,
        unit=statement.quantity.unit,
        basis=statement.basis or basis,
        level=_level(scope),
        quote=sentence,
        source=scope.source.source,
        comparator=statement.quantity.comparator,
        flags=flags,
    )


def _placed(fact: Fact, place: str) -> Fact:
    """A figure of a district, whose name goes above its own."""
    if fact.level or any(place in part for part in (*fact.path, fact.label)):
        return fact
    return replace(fact, path=(place, *fact.path), depth=fact.depth + 1)


def _level(scope: Scope) -> str:
    """The level of government; a department has none."""
    if "政府" not in scope.profile.kind:
        return ""
    return scope.level or level_in("".join(scope.section[-2:]))


def _inner_list(scope: Scope, statement: _Statement) -> str:
    """Members named in one breath (其中：A…、B…) make a list of their own."""
    if scope.parent is None or statement.path != scope.parent:
        return ""
    where = scope.source.source
    return f"{scope.document}¶{where.page or 0}.{where.line or 0}.{scope.parent[-1]}"
