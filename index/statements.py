"""Facts that stand in prose: amount, change, rate, share, completion, the year before, the reason.

One sentence of a budget says several things of one subject:
`公务接待费。2024年预算数4.00万元，比2023年减少2.00万元…原因根据工作实际需要` gives this year's amount, the
change, last year's amount (derived: 4.00 + 2.00) and the reason.  Lists (具体包括：1. … 2. …, 其中：…)
give their members a common list, so that they can be ranked and summed like rows of a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from index.aspects import basis_in, level_in, year_in, years_in
from index.captions import read_line, squeeze
from index.figures import Quantity, find_quantities
from index.hierarchy import bare_label
from index.model import Document, Fact, Heading, Paragraph, Profile
from index.sections import CONTENTS, numbering, with_sections
from index.units import is_money, is_ratio
from index.vocabulary import pattern, words

__all__ = ["is_definition", "reason_in", "sentences", "statements"]

Kind = Literal["value", "change", "rate", "share", "completion"]
_CLASSES = re.compile(
    r"“?([^“”（(，。：]+)[（(]类[)）]\s*([^“”（(，。]+)[（(]款[)）]\s*(?:([^“”（(，。]+)[（(]项[)）])?”?"
)
_AMONG = re.compile(r"其中|包括|分别为|分别是|具体为")
_CONDITION = re.compile(r"\s*(?:[（(]含[）)])?(?:及|\(含\))?以[上下内](?=[^，。；、）)]{2,})")
_REACHED = re.compile(r"[至到](?:了|约)?\s*$")
# 决算数与预算数持平: against the budget of the same year, not against the year before.
_SAME_AS_BUDGET = re.compile(
    r"[与同和比较](?:年初|调整后?|当年|本年)*预算(?:数|安排)?(?:基本|总体|大致|保持)*$"
)
_RESPECTIVELY = re.compile(
    r"([^，,；;：:。、]+(?:[、和及与][^，,；;：:。、]+)+?)分别(?:为|是|有|安排)\s*$"
)
_OPENING = re.compile(r"[“”（）()一-龥]{1,20}(?:费|费用|支出|收入|经费|拨款|补助|资金|工资|补贴)。")
_BOTH = re.compile(r"预算数?[和与及、](?:支出)?决算数?(?:均|都)[为是]$")
_BRACKETED = re.compile(r"[（(][^（）()]{0,12}[)）]\s*$")


@dataclass(slots=True)
class _Paragraph:
    """What is known while a paragraph is read: the only mutable thing here, gone after it."""

    document: str
    profile: Profile
    section: tuple[str, ...]
    source: Paragraph
    path: tuple[str, ...]
    subject: str
    listed: str = ""
    item: str = ""
    list_name: str = ""
    year: int | None = None
    parent: tuple[str, ...] | None = None
    level: str = ""
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


def sentences(text: str) -> Iterator[str]:
    """The sentences of a paragraph, each as printed, without the blanks around it.

    >>> list(sentences("公务接待费。预算数4.00万元；持平。"))
    ['公务接待费。', '预算数4.00万元；', '持平。']
    """
    for match in re.finditer(r"[^。；！？;]+[。；！？;]*[”’）)]?", text):
        if match[0].strip():
            yield match[0].strip()


def reason_in(text: str) -> str:
    """What a sentence gives as the reason, from its lead on to the end; `""` where it gives none.

    >>> reason_in("比2023年增加54.36万元，主要原因是扩大招商范围。")
    '扩大招商范围'
    """
    for lead in words("prose")["reason"]["lead"]:
        for match in re.finditer(lead, text):
            rest = text[match.end() :].strip().rstrip("。；; ")
            if len(squeeze(rest)) >= 2 and not pattern("prose", "reason", "none").search(rest):
                return rest
    return ""


def is_definition(section: Sequence[str]) -> bool:
    """Whether a section explains terms: its figures are no figures of the budget."""
    return any("名词解释" in part or "专业名词" in part or "术语" in part for part in section)


def _is_caption(text: str) -> bool:
    """Whether a line is number and title of a table: 表3 支出总表 counts nothing (3 支)."""
    line = read_line(text)
    return bool(line.number and line.title) and not re.search(r"[，。；,;]", text)


def statements(document: Document, profile: Profile) -> list[Fact]:
    """The facts of a document's prose, in order, with ids `<document>~<n>`."""
    facts: list[Fact] = []
    items: list[tuple[int, str]] = []
    lead: tuple[str, str] = ("", "")
    heading: tuple[str, ...] = ()
    section_start = 0
    for section, block in with_sections(document.blocks):
        if isinstance(block, Heading) or section != heading:
            items, lead, heading, section_start = [], ("", ""), section, len(facts)
        if not isinstance(block, Paragraph) or any(CONTENTS.search(part) for part in section):
            continue
        if is_definition(section) or _is_caption(block.text):
            continue
        number = numbering(block.text)
        if number:
            while items and items[-1][0] >= number.rank:
                items.pop()
        path = tuple(subject for _, subject in items if subject)
        known = lead[0] if not number and lead[0] else ""
        opened = number or (not known and _opens(block.text))
        item, classes = _item_subject(block.text, profile) if opened else (known, ())
        scope = _Paragraph(
            document.name,
            profile,
            section,
            block,
            classes or (path if number or not known or known in path else (*path, known)),
            item,
            f"{lead[1] or f'{document.name}¶{section_start}'}r{number.rank if number else 0}"
            if number or known
            else "",
            list_name=lead[0],
            year=_section_year(section, profile),
        )
        scope.item = scope.subject if number else ""
        _read(scope)
        if number:
            items.append((number.rank, scope.item or scope.subject))
        if block.text.rstrip().endswith(("：", ":")):
            lead = (
                _first_subject(scope),
                f"{document.name}¶{block.source.page or 0}.{block.source.line or len(facts)}.{len(facts)}",
            )
        elif not number:
            lead, section_start = ("", ""), len(facts)
        facts += [
            replace(fact, id=f"{document.name}~{len(facts) + i}")
            for i, fact in enumerate(scope.facts)
        ]
    return _with_derived(_named_lists(facts))


def _section_year(section: Sequence[str], profile: Profile) -> int | None:
    """The year a section is about (一、2025年预算执行情况); else the document's."""
    named = [year for heading in reversed(section[-3:]) for year in years_in(heading)[:1]]
    return named[0] if named and "政府" in profile.kind else profile.year


def _named_lists(facts: list[Fact]) -> list[Fact]:
    """Lists that no sentence introduces are of the amount before them that they add up to."""
    lists: dict[str, list[int]] = {}
    for i, fact in enumerate(facts):
        if fact.table and fact.column == 0 and is_money(fact.unit) and not fact.table_title:
            lists.setdefault(fact.table, []).append(i)
    names: dict[str, str] = {}
    for name, members in lists.items():
        first = facts[members[0]]
        own = [
            facts[i] for i in members if facts[i].year == first.year and facts[i].unit == first.unit
        ]
        total = sum((f.value for f in own), Decimal(0))
        whole = next(
            (
                f
                for f in reversed(facts[: members[0]])
                if f.column == 0
                and f.unit == first.unit
                and f.table != name
                and abs(f.value - total) <= Decimal("0.01") * len(own)
            ),
            None,
        )
        if whole and len(own) > 1:
            names[name] = whole.label
    return [replace(f, table_title=names.get(f.table, f.table_title)) for f in facts]


def _opens(text: str) -> bool:
    """Whether a paragraph names its subject in a sentence of its own: 公务接待费。2031年预算数…"""
    opening = next(sentences(text), "")
    return bool(_OPENING.fullmatch(opening) or _CLASSES.match(opening))


def _item_subject(text: str, profile: Profile) -> tuple[str, tuple[str, ...]]:
    """What a numbered paragraph is about: label and, for （类）（款）（项）, its path."""
    head = re.split(r"[。：:，；]|,(?!\d)", bare_label(text), maxsplit=1)[0]
    quantity = next(find_quantities(head), None)
    return _subject(head[: quantity.start] if quantity else head, profile)


def _first_subject(scope: _Paragraph) -> str:
    values = [fact for fact in scope.facts if fact.column == _COLUMN["value"]]
    return values[-1].label if values else scope.subject


def _read(scope: _Paragraph) -> None:
    """All sentences of a paragraph: statements, then their reasons."""
    for sentence in sentences(scope.source.text):
        before = len(scope.facts)
        for statement in _statements(sentence, scope):
            scope.facts.append(_fact(statement, sentence, scope))
        members = [f for f in scope.facts[before:] if scope.parent and f.path == scope.parent]
        if not sentence.endswith(("；", ";")) or len({f.label for f in members}) > 1:
            scope.parent = None
        if any(word in sentence for word in words("prose")["same"]):
            _same(sentence, scope, before)
        if (reason := reason_in(sentence)) and scope.facts:
            here = [f for f in scope.facts[before:] if f.column != _COLUMN["value"]]
            subject = (here or scope.facts[-1:])[0].label
            for i, fact in enumerate(scope.facts):
                if fact.label == subject and not fact.reason:
                    quote = _up_to(scope.source.text, fact.quote, sentence)
                    scope.facts[i] = replace(fact, reason=reason, quote=quote)
    scope.facts = [
        replace(fact, quote=_with_subject(scope.source.text, fact.quote, fact.label))
        for fact in scope.facts
    ]


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


def _same(sentence: str, scope: _Paragraph, before: int) -> None:
    """与上年持平: a change of zero, stated in words."""
    values = [f for f in scope.facts if f.column == _COLUMN["value"] and f.label == scope.subject]
    if not values or any(
        f.column == _COLUMN["change"] and f.quote == sentence for f in scope.facts[before:]
    ):
        return
    head = sentence[
        : next((m.start() for w in words("prose")["same"] if (m := re.search(w, sentence))), 0)
    ]
    against = None
    if not _SAME_AS_BUDGET.search(squeeze(head)):
        against = year_in(_compared_part(head) or head[-12:], scope.year) or year_in(
            "上年", scope.year
        )
    last = values[-1]
    scope.facts.append(
        replace(
            last,
            column=_COLUMN["change"],
            measure=_change_measure(against),
            value=Decimal(0),
            quote=sentence,
            derived="",
            flags=("stated_same", f"against:{against}") if against else ("stated_same",),
        )
    )


# ---------------------------------------------------------------- one sentence

_COLUMN: dict[Kind, int] = {"value": 0, "change": 1, "rate": 2, "share": 3, "completion": 4}


def _statements(sentence: str, scope: _Paragraph) -> Iterator[_Statement]:
    """What each quantity of a sentence says."""
    previous = 0
    year = None
    names: list[str] = []
    for quantity in find_quantities(sentence):
        if _CONDITION.match(sentence[quantity.end :]):
            continue
        head, names = _named(sentence[previous : quantity.start], names)
        previous = quantity.end
        if sentence[quantity.end :].startswith(("以上的", "以下的")):
            continue
        statement = _statement(head, quantity, scope, year, sentence[quantity.end :])
        if statement.kind == "value" and not _was(head, sentence[quantity.end :]):
            year = statement.year
        if _BOTH.search(squeeze(head)):
            yield replace(statement, basis="预算", measure="年初预算数")
            statement = replace(statement, basis="决算", measure="支出决算数")
        yield statement


def _named(head: str, names: list[str]) -> tuple[str, list[str]]:
    """The words before a figure, and the names that the figures behind it have: in
    基本支出、项目支出分别为700.00万元、800.00万元 each takes its own."""
    if together := _RESPECTIVELY.search(head):
        first, *others = re.split(r"[、和及与]", together[1])
        return head[: together.start(1)] + first, others
    if names and re.fullmatch(r"\s*[、，,和及与]\s*", head):
        return names[0], names[1:]
    return head, []


def _counted(label: str, quantity: Quantity, following: str) -> str:
    """What is counted stands behind the number: 共 2 家基层单位, 编报 14 个项目绩效目标."""
    if is_money(quantity.unit) or is_ratio(quantity.unit) or len(quantity.unit) > 1:
        return label
    noun = re.match(r"\s*(?:的)?([一-龥]{2,12}?)(?=[，。、；;,（(]|$|[和及与])", following)
    if not noun or numbering(noun[1]):
        return label
    return (label if len(label) <= 12 else "") + noun[1]


def _statement(
    head: str, quantity: Quantity, scope: _Paragraph, year: int | None, following: str
) -> _Statement:
    clause = re.split(r"[，；;：:。]|,(?!\d)", head)[-1]
    kind, sign = _kind(clause, quantity)
    compared = _compared_part(clause) if kind in ("change", "rate") else ""
    stated = clause[: clause.index(compared)] if compared else clause
    if kind in ("change", "rate"):
        stated = _cut_direction(stated)
    elif kind in ("share", "completion"):
        stated = ""
    if _AMONG.search(head) and scope.parent is None and scope.subject:
        scope.parent = (*scope.path, scope.subject)
    scope.level = level_in(head) or scope.level
    label, path = _subject(stated, scope.profile)
    label = _counted(label, quantity, following) if kind == "value" else label
    if label and label != scope.subject:
        scope.subject = label
    scope.path = path or scope.path
    inner = scope.parent and (label or scope.subject) not in scope.parent
    own_path = path or (scope.parent if scope.parent and inner else scope.path)
    if kind == "value":
        year = (
            # 截至2023年12月共有车辆 5 辆 is what the budget of 2024 says of its own year's stock.
            (scope.year if re.search(r"截[至止]", head) else None)
            or year_in(clause, scope.year)
            or year_in(head, scope.year)
            or (scope.year - 1 if scope.year and _was(clause, following) else year)
            or scope.year
        )
    else:
        year = year or scope.year
    against = year_in(compared or head, year) if kind in ("change", "rate") else None
    if kind in ("change", "rate") and against is None:
        against = year - 1 if year and not _against_budget(clause) else None
    return _Statement(
        kind,
        scope.subject or _last(scope.section),
        own_path,
        quantity,
        quantity.value * sign,
        year,
        _measure(kind, clause, quantity, against),
        basis_in(clause) or (basis_in(head) if kind == "value" else ""),
        against,
    )


def _was(clause: str, following: str) -> bool:
    """Whether an amount is the one before a change: 会议费由3.20万元减少到1.00万元."""
    changed = re.match(r"(?:增加|减少|下降|提高|上升|增长|压减|降低|调整)[到至为]", following)
    return bool(changed) and bool(re.search(r"[由从]\s*$", clause))


def _kind(clause: str, quantity: Quantity) -> tuple[Kind, int]:
    """What a quantity is, from the words right before it, and its sign."""
    bare = re.sub(r"\s+", "", _BRACKETED.sub("", clause) if _BRACKETED.search(clause) else clause)
    ratio = quantity.unit in ("%", "‰", "个百分点", "百分点")
    if not _REACHED.search(bare):
        tail = re.sub(r"[了约为达]+$", "", bare)[-4:]
        down = re.search(rf"(?:{'|'.join(words('prose')['down'])})$", tail)
        up = re.search(rf"(?:{'|'.join(words('prose')['up'])})$", tail)
        compared = bool(pattern("prose", "compared").search(bare)) or len(tail) <= 2 or ratio
        if (up or down) and (compared or len((up or down)[0]) > 1):  # type: ignore[index]
            return ("rate" if ratio else "change"), (-1 if down else 1)
    if ratio:
        if pattern("prose", "completion").search(bare):
            return "completion", 1
        if pattern("prose", "share").search(bare):
            return "share", 1
    return "value", 1


def _compared_part(clause: str) -> str:
    match = re.search(
        r"(?:与[^,，。]{0,24}?(?:相比|比较)|(?:同比|环比)|[比较](?!例|重|率|对|如|赛|为|大|小|好|多|少|高|低|分)[^，。]*)",
        clause,
    )
    return match[0] if match else ""


def _cut_direction(stated: str) -> str:
    ends = "|".join(words("prose")["up"] + words("prose")["down"])
    return re.sub(rf"(?:{ends})(?:了|约|为)?\s*(?:[（(][^（）()]*[)）])?\s*$", "", stated.rstrip())


def _against_budget(clause: str) -> bool:
    return any(re.search(e, clause) for group in words("prose")["against"].values() for e in group)


def _change_measure(against: int | None) -> str:
    return f"比{against}年增减额" if against else "增减额"


def _measure(kind: Kind, clause: str, quantity: Quantity, against: int | None) -> str:
    """What to call the figure: as the sentence does, where it does."""
    if kind == "change":
        return _change_measure(against)
    if kind == "rate":
        return f"比{against}年增减率" if against else "增减率"
    plain = re.sub(r"\s+", "", clause)
    if kind in ("share", "completion"):
        found = re.search(r"(?:占|完成|比重|达到|为)[^，,]*$", plain)
        return (found[0] if found else plain).rstrip("为是达的")
    named = re.search(
        r"(?:年初|调整后?|当年)?(?:预算执行|支出决算|支出预算|预算|决算|执行|完成|安排)数?(?=[^一-龥]*$|为|是)",
        plain,
    )
    if named:
        return named[0] if named[0].endswith("数") else named[0] + "数"
    return "金额" if is_money(quantity.unit) else "数量"


def _subject(text: str, profile: Profile) -> tuple[str, tuple[str, ...]]:
    """What a figure is of, from the words before it: label and, for （类）（款）（项）, its path."""
    if classes := _CLASSES.search(text):
        parts = tuple(re.sub(r"\s+", "", part) for part in classes.groups() if part)
        return bare_label(parts[-1]), tuple(bare_label(part) for part in parts[:-1])
    text = _stripped(bare_label(re.sub(r"\s+", "", text).split("。")[-1]))
    for name in (profile.organisation, *profile.aliases):
        if name and text.startswith(name) and len(text) > len(name):
            text = text[len(name) :]
    text = _stripped(text)
    if any(re.search(expression, text) for expression in words("prose")["strip"]["empty"]):
        return "", ()
    return (text if len(text) <= 40 else text[-40:]), ()


def _stripped(text: str) -> str:
    """A subject without the words that only introduce or state its figure."""
    while True:
        shorter = text
        for expression in words("prose")["strip"]["front"] + words("prose")["strip"]["back"]:
            shorter = re.sub(expression, "", shorter)
        if shorter == text:
            return text
        text = shorter


def _last(section: Sequence[str]) -> str:
    return bare_label(section[-1]) if section else ""


def _fact(statement: _Statement, sentence: str, scope: _Paragraph) -> Fact:
    listed = bool(scope.listed) and (
        statement.label == scope.item if scope.item else statement.path == scope.path
    )
    label = statement.label
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
        label=label,
        code="",
        path=statement.path,
        depth=len(statement.path),
        is_total=False,
        column=_COLUMN[statement.kind],
        measure=statement.measure,
        value=statement.value,
        unit=statement.quantity.unit,
        basis=statement.basis or _basis(scope, statement),
        level=_level(scope),
        quote=sentence,
        source=scope.source.source,
        comparator=statement.quantity.comparator,
        flags=(f"against:{statement.against}",) if statement.against else (),
    )


def _level(scope: _Paragraph) -> str:
    """The level of government; a department has none."""
    if "政府" not in scope.profile.kind:
        return ""
    return scope.level or level_in("".join(scope.section[-2:]))


def _inner_list(scope: _Paragraph, statement: _Statement) -> str:
    """Members named in one breath (其中：A…、B…) make a list of their own."""
    if scope.parent is None or statement.path != scope.parent:
        return ""
    return f"{scope.document}¶{scope.source.source.page or 0}.{scope.source.source.line or 0}.{scope.parent[-1]}"


def _basis(scope: _Paragraph, statement: _Statement) -> str:
    if statement.kind != "value" or not is_money(statement.quantity.unit):
        return ""
    if "政府" in scope.profile.kind:
        return basis_in("".join(scope.section[-3:]))
    return (
        "决算"
        if "决算" in scope.profile.kind
        else "预算"
        if "部门预算" in scope.profile.kind or "单位预算" in scope.profile.kind
        else ""
    )


def _with_derived(facts: list[Fact]) -> list[Fact]:
    """Last year's amount, where a sentence gives this year's and the change: this − change."""
    derived: list[Fact] = []
    for i, change in enumerate(facts):
        against = next(
            (int(flag[8:]) for flag in change.flags if re.fullmatch(r"against:\d{4}", flag)), None
        )
        if change.column != _COLUMN["change"] or against is None or not is_money(change.unit):
            continue
        value = next(
            (
                f
                for f in reversed(facts[max(0, i - 6) : i])
                if f.column == _COLUMN["value"]
                and f.label == change.label
                and f.unit == change.unit
                and f.section == change.section
                and f.year is not None
                and f.year != against
                and abs(f.row - change.row) < 2
            ),
            None,
        )
        if value is None or any(
            f.label == change.label and f.year == against and f.path == value.path and f.column == 0
            for f in facts
        ):
            continue
        derived.append(
            replace(
                value,
                id=f"{value.document}~d{len(derived)}",
                year=against,
                value=value.value - change.value,
                measure=value.measure,
                derived=f"{value.id}|-|{change.id}",
                reason="",
                flags=("derived",),
            )
        )
    return facts + derived
