"""Questions for one figure: looked up, or computed from several.

Each maker reads its gold from the facts in the scope the question states and asks only where they
agree on one amount.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from evals.asking import Maker, Row, Setting, amounts_of, percent, row, subject_form
from evals.budget_tables import THREE_PUBLIC
from evals.publication import Fact
from evals.shelf import Scope, canonical
from evals.wording import aliases, phrase

__all__ = ["AMOUNTS", "LOOKUPS", "family"]

_DOWN = (("减少", "下降", "降低", "降幅", "-", "−"),)
_NUMERALS = {2: "两", 3: "三"}


def _pick(setting: Setting, facts: list[Fact]) -> Fact | None:
    return setting.rng.choice(facts) if facts else None


def _symbol(setting: Setting) -> str:
    if setting.basis == "决算":
        return "amount_done"
    return "amount_strict" if setting.strict else "amount"


def _narrowed(setting: Setting, label: str) -> Setting:
    """Where one department alone has the label, it may go unsaid."""
    if setting.strict:
        return setting
    owners = {fact.organisation for fact in setting.shelf.labels[canonical(label)]}
    return setting.unsaid_org() if len(owners) == 1 and setting.rng.random() < 0.3 else setting


def amount(setting: Setting) -> Row | None:
    """`接待费是多少`: one name, one amount."""
    fact = _pick(setting, amounts_of(setting))
    if fact is None:
        return None
    setting = _narrowed(setting, fact.label)
    x, code = subject_form(setting, fact)
    value = setting.one(fact.label, code=code)
    if value is None:
        return None
    question = setting.ask(_symbol(setting), x=x)
    return row(setting, "lookup", question, value=value, unit="万元", cite=(fact.label, fact.quote))


def amount_by_code(setting: Setting) -> Row | None:
    """`科目2010401的预算是多少`."""
    fact = _pick(setting, [f for f in amounts_of(setting, origin="table") if f.code])
    if fact is None:
        return None
    value = setting.one(fact.label, code=fact.code)
    if value is None:
        return None
    x = phrase("code", setting.rng, {"code": fact.code, "name": fact.label})
    question = setting.ask(_symbol(setting), x=x)
    return row(
        setting, "lookup", question, value=value, unit="万元",
        cite=(fact.code, fact.label, fact.quote),
    )  # fmt: skip


def amount_in_table(setting: Setting) -> Row | None:
    """`表8中委托业务费的支出总计`: the table decides among several figures of one name."""
    publication = setting.publication
    facts = [
        fact
        for found in setting.shelf.labels.values()
        for fact in found
        if fact.document == publication.name
        and fact.aspect in ("total", "basic", "project")
        and fact.origin == "table"
        and fact.value
        and fact.year == publication.year
        and fact.basis == setting.basis
        and fact.label != fact.column.split("/")[-1]
        and fact.table not in ("income", "three_public")
    ]
    fact = _pick(setting, facts)
    if fact is None:
        return None
    scope = Scope(setting.scope.organisation, setting.scope.year, setting.basis, fact.table)
    value = setting.shelf.one(fact.label, scope, fact.aspect)
    if value is None:
        return None
    question = setting.ask(
        "amount_table", x=fact.label, n=fact.number, title=fact.title, column=fact.column
    )
    return row(setting, "lookup", question, value=value, unit="万元", cite=(fact.label, fact.quote))


def amount_of_part(setting: Setting) -> Row | None:
    """`行政运行的基本支出是多少`: a column of a row."""
    part = setting.rng.choice(("basic", "project"))
    facts = [f for f in amounts_of(setting, origin="table") if len(f.code) > 2]
    fact = _pick(setting, facts)
    if fact is None:
        return None
    x, code = subject_form(setting, fact)
    value = setting.one(fact.label, part, code)
    homonym = any(not f.code and f.table == "projects" for f in _all(setting, fact.label))
    if not value or homonym:
        return None
    question = setting.ask("amount_part", x=x, part=phrase(f"part_{part}", setting.rng, {}))
    return row(setting, "lookup", question, value=value, unit="万元", cite=(fact.label,))


def _all(setting: Setting, label: str) -> list[Fact]:
    return setting.shelf.find(label, Scope(basis=setting.basis))


def amount_in_unit(setting: Setting) -> Row | None:
    """`折合多少元`."""
    fact = _pick(setting, amounts_of(setting))
    if fact is None:
        return None
    value = setting.one(fact.label)
    unit = setting.rng.choice(("元", "元", "亿元"))
    if value is None or (unit == "亿元" and value < 1000):
        return None
    converted = value * 10000 if unit == "元" else value / 10000
    alt = []
    if unit == "亿元":
        alt = [(converted.quantize(Decimal(p), ROUND_HALF_UP), unit) for p in ("0.01", "0.0001")]
    x = setting.rng.choice(aliases(fact.label))
    question = setting.ask("amount_unit", x=x, u=unit)
    return row(
        setting, "lookup", question, value=converted, unit=unit, alt=alt,
        cite=(fact.label, fact.quote),
    )  # fmt: skip


def vehicles(setting: Setting) -> Row | None:
    """`共有多少辆车`."""
    value = setting.one("车辆", "count")
    if value is None or setting.basis == "决算":
        return None
    return row(
        setting, "lookup", setting.ask("amount_count"), value=value, unit="辆", cite=("车辆",)
    )


def completion(setting: Setting) -> Row | None:
    """`完成年初预算的百分之几`, as a final account prints it."""
    facts = [f for f in _of_aspect(setting, "completion") if f.value]
    fact = _pick(setting, facts)
    if fact is None:
        return None
    value = setting.one(fact.label, "completion")
    if value is None:
        return None
    x = setting.rng.choice(aliases(fact.label))
    question = setting.ask("completion", x=x)
    return row(setting, "lookup", question, value=value, unit="%", cite=(fact.label, fact.quote))


def _of_aspect(setting: Setting, aspect: str) -> list[Fact]:
    """The focus document's facts of an aspect, each label once."""
    seen: dict[str, Fact] = {}
    for facts in setting.shelf.labels.values():
        for fact in facts:
            if (
                fact.document == setting.publication.name
                and fact.aspect == aspect
                and fact.basis == setting.basis
                and fact.year == setting.publication.year
            ):
                seen.setdefault(fact.label, fact)
    return list(seen.values())


# --------------------------------------------------------------------------------- computed


def family(setting: Setting) -> list[Fact]:
    """Siblings: amounts under one parent, none of which contains another."""
    facts = amounts_of(setting)
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        if len(fact.code) in (5, 7):
            groups.setdefault((fact.code[:3], str(len(fact.code))), []).append(fact)
        elif fact.label in THREE_PUBLIC:
            groups.setdefault(("三公",), []).append(fact)
        elif fact.table == "projects" and not fact.code:
            groups.setdefault(("项目",), []).append(fact)
    wide = [group for group in groups.values() if len(group) >= 2]
    return setting.rng.choice(wide) if wide else []


def _operands(setting: Setting, count: int) -> list[tuple[Fact, Decimal]] | None:
    """`count` siblings, each with its only amount."""
    siblings = family(setting)
    sure = [(f, v) for f in siblings if (v := setting.one(f.label))]
    return setting.rng.sample(sure, count) if len(sure) >= count else None


def total(setting: Setting) -> Row | None:
    """`办公费、会议费合计多少`."""
    count = setting.rng.choice((2, 3, 3))
    chosen = _operands(setting, count)
    if chosen is None:
        return None
    names = [fact.label for fact, _ in chosen]
    joined = (
        f"{names[0]}和{names[1]}"
        if count == 2
        else setting.rng.choice(("、".join(names), f"{names[0]}、{names[1]}和{names[2]}"))
    )
    value = sum((v for _, v in chosen), Decimal(0))
    question = setting.ask("sum", list=joined, n=_NUMERALS[count])
    return row(
        setting, "calculate", question, value=value, unit="万元", cite=names,
        expr="+".join(f"{v}" for _, v in chosen),
    )  # fmt: skip


def difference(setting: Setting) -> Row | None:
    """`办公费比会议费多多少`: always asked the right way round."""
    chosen = _operands(setting, 2)
    if chosen is None or chosen[0][1] == chosen[1][1]:
        return None
    (x, big), (y, small) = sorted(chosen, key=lambda pair: pair[1], reverse=True)
    question = setting.ask("difference", x=x.label, y=y.label)
    return row(
        setting, "calculate", question, value=big - small, unit="万元", cite=(x.label, y.label),
        expr=f"{big}-{small}",
    )  # fmt: skip


def share(setting: Setting) -> Row | None:
    """`公务接待费占“三公”经费的比重`: a part of a whole it belongs to."""
    parts = [f for f in amounts_of(setting) if f.path or f.label in _PARTS]
    fact = _pick(setting, parts)
    if fact is None:
        return None
    whole = _PARTS.get(fact.label) or fact.path[-1]
    part_value = setting.one(fact.label)
    whole_value = setting.one(whole)
    if not part_value or not whole_value or part_value >= whole_value or fact.label == whole:
        return None
    value = percent(part_value, whole_value)
    x, y = setting.rng.choice(aliases(fact.label)), setting.rng.choice(aliases(whole))
    return row(
        setting, "calculate", setting.ask("share", x=x, y=y), value=value, unit="%",
        alt=_one_decimal(part_value, whole_value), cite=(fact.label, whole),
        expr=f"{part_value}/{whole_value}*100",
    )  # fmt: skip


_PARTS = {
    "公务接待费": "“三公”经费",
    "公务用车运行维护费": "“三公”经费",
    "公务用车购置及运行维护费": "“三公”经费",
    "政府采购货物": "政府采购",
    "政府采购工程": "政府采购",
    "政府采购服务": "政府采购",
    "基本支出": "部门预算支出",
    "项目支出": "部门预算支出",
}


def _one_decimal(part: Decimal, whole: Decimal) -> list[tuple[Decimal, str]]:
    return [((part / whole * 100).quantize(Decimal("0.1"), ROUND_HALF_UP), "%")]


def _changes(setting: Setting) -> list[tuple[Fact, Decimal, Decimal]]:
    """Labels whose change against last year is printed: (change fact, this year, last year).

    Asked only where this year's amount is unambiguous and, if last year's is printed anywhere on
    the shelf, it is the one that follows."""
    found = []
    for fact in _of_aspect(setting, "change"):
        now = setting.one(fact.label)
        if now is None or setting.one(fact.label, "change") is None:
            continue
        last = now - fact.value
        before = Scope(setting.publication.organisation, fact.year - 1, setting.basis)
        if any(amount != last for amount in setting.shelf.figures(fact.label, before)):
            continue
        found.append((fact, now, last))
    return found


def _last(setting: Setting) -> str:
    year = setting.publication.year - 1
    words = [f"{year}年", f"{year}年{setting.basis}", "上年", "去年", "上一年"]
    # Beside last year's budget its outturn may be known too: then the question says which.
    if setting.strict or setting.publication.style.grammar == "subjects":
        words = [f"{year}年{setting.basis}"]
    return setting.rng.choice(words)


def growth(setting: Setting) -> Row | None:
    """`比上年增长百分之几`: computed from the amounts, the printed rate is accepted too."""
    changes = [c for c in _changes(setting) if c[0].value and c[2]]
    if not changes:
        return None
    fact, now, last = setting.rng.choice(changes)
    value = percent(now - last, last)
    printed = setting.shelf.one(fact.label, setting.here, "rate")
    kind = setting.rng.choice(("growth", "growth_up" if value > 0 else "growth_down"))
    if printed is None or abs(printed - value) > Decimal("0.06"):
        return None
    exact = abs(value) if kind == "growth_down" else value
    near = abs(printed) if kind == "growth_down" else printed
    alt = [(near, "%")]
    if value < 0:
        alt += [(-exact, "%"), (-near, "%")]
    x = setting.rng.choice(aliases(fact.label))
    return row(
        setting, "calculate", setting.ask(kind, x=x, last=_last(setting)), value=exact, unit="%",
        alt=alt, contains=_DOWN if value < 0 else (), cite=(fact.label,),
        expr=f"({now}-{last})/{last}*100",
    )  # fmt: skip


def change(setting: Setting) -> Row | None:
    """`比上年增加多少万元`."""
    changes = [c for c in _changes(setting) if c[0].value]
    if not changes:
        return None
    fact, _, _ = setting.rng.choice(changes)
    x = setting.rng.choice(aliases(fact.label))
    symbol = "change_up" if fact.value > 0 else "change_down"
    return row(
        setting, "calculate", setting.ask(symbol, x=x, last=_last(setting)),
        value=abs(fact.value), unit="万元", alt=[(fact.value, "万元")] if fact.value < 0 else (),
        cite=(fact.label, fact.quote),
    )  # fmt: skip


def last_year(setting: Setting) -> Row | None:
    """`2023年公务接待费预算是多少` where only the change is printed: this year's minus it."""
    changes = _changes(setting)
    if not changes or setting.basis == "决算":
        return None
    fact, now, last = setting.rng.choice(changes)
    year = setting.publication.year - 1
    if year in {p.year for p in setting.shelf.publications}:
        return None
    x = setting.rng.choice(aliases(fact.label))
    asked = setting.unsaid_year()
    question = asked.ask("last_amount", x=f"{year}年{x}")
    return row(
        setting, "calculate", question, value=last, unit="万元", cite=(fact.label,),
        expr=f"{now}-({fact.value})",
    )  # fmt: skip


def average(setting: Setting) -> Row | None:
    """`办公费和会议费平均每项多少`; `平均每辆车的运行维护费`."""
    if setting.rng.random() < 0.4 and setting.basis == "预算":
        return _average_car(setting)
    chosen = _operands(setting, setting.rng.choice((2, 3)))
    if chosen is None:
        return None
    mean = sum((v for _, v in chosen), Decimal(0)) / len(chosen)
    names = [fact.label for fact, _ in chosen]
    return row(
        setting, "calculate", setting.ask("average_items", list="、".join(names)),
        value=_rounded(mean), alt=_finer(mean), unit="万元", cite=names,
        expr=f"({'+'.join(f'{v}' for _, v in chosen)})/{len(chosen)}",
    )  # fmt: skip


def _rounded(mean: Decimal) -> Decimal:
    return mean.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _finer(mean: Decimal) -> list[tuple[Decimal, str]]:
    """The same with four decimals is right too, where that is another figure."""
    finer = mean.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return [(finer, "万元")] if finer != _rounded(mean) else []


def _average_car(setting: Setting) -> Row | None:
    cost = setting.one("公务用车运行维护费")
    cars = setting.one("车辆", "count")
    if not cost or not cars:
        return None
    return row(
        setting, "calculate", setting.ask("average_car"), value=_rounded(cost / cars),
        alt=_finer(cost / cars), unit="万元", cite=("公务用车运行维护费", "车辆"),
        expr=f"{cost}/{cars}",
    )  # fmt: skip


LOOKUPS: tuple[Maker, ...] = (
    amount, amount, amount, amount_by_code, amount_in_table, amount_of_part, amount_in_unit,
    vehicles, completion,
)  # fmt: skip
AMOUNTS: tuple[Maker, ...] = (total, total, difference, share, growth, change, last_year, average)
