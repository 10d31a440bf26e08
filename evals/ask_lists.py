"""Questions whose answer is a list or a comparison: rankings, filters, counts, years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from evals.ask_amounts import family
from evals.asking import Maker, Row, Setting, org_name, row
from evals.budget_tables import THREE_PUBLIC
from evals.publication import Fact
from evals.shelf import Scope, in_wan
from evals.wording import aliases, phrase

__all__ = ["COMPARES", "RANKS"]

Pairs = list[tuple[str, Decimal]]

# What can be ranked, with the words for it: the projects, the 款 under an economic 类 in the table
# by economic subject, the 类 by function.  A list is ranked only where it is all there.
_ECONOMIC = {"302": "商品和服务支出", "301": "工资福利支出"}


def _projects(setting: Setting) -> Pairs:
    """The projects with their amounts; empty where table and prose do not list the same ones."""
    publication = setting.publication
    table = {
        fact.label: in_wan(fact)
        for facts in setting.shelf.labels.values()
        for fact in facts
        if fact.document == publication.name and fact.table == "projects"
        and fact.aspect == "total" and fact.label != "合计"
    }  # fmt: skip
    whole = setting.shelf.figures("合计", replace(setting.here, table="projects"))
    if len(whole) != 1 or sum(table.values(), Decimal(0)) != whole[0]:
        return []
    return list(table.items())


def _economic(setting: Setting, division: str) -> Pairs:
    """The 款 under an economic 类 in the table by economic subject, where they add up to it."""
    facts = _rows(setting, "economic")
    children = {f.label: in_wan(f) for f in facts if len(f.code) == 5 and f.code[:3] == division}
    parent = next((in_wan(f) for f in facts if f.code == division), None)
    return list(children.items()) if sum(children.values(), Decimal(0)) == parent else []


def _rows(setting: Setting, table: str) -> list[Fact]:
    return [
        fact
        for facts in setting.shelf.labels.values()
        for fact in facts
        if fact.document == setting.publication.name
        and fact.table == table
        and fact.aspect == "total"
    ]


def _divisions(setting: Setting) -> Pairs:
    """The 类 of 支出总表, where they add up to its total."""
    facts = _rows(setting, "expense")
    pairs = {f.label: in_wan(f) for f in facts if len(f.code) == 3}
    whole = next((in_wan(f) for f in facts if f.label == "合计"), None)
    return list(pairs.items()) if sum(pairs.values(), Decimal(0)) == whole else []


def _things(setting: Setting) -> tuple[str, Pairs]:
    """Something to rank and what to call it."""
    kind = setting.rng.choice(("projects", "projects", "economic", "divisions"))
    if setting.basis == "决算":
        kind = "divisions"
    if kind == "projects":
        return phrase("things_projects", setting.rng, {}), _projects(setting)
    if kind == "divisions":
        return setting.rng.choice(("支出功能科目的类", "类级功能科目")), _divisions(setting)
    division = setting.rng.choice(list(_ECONOMIC))
    name = _ECONOMIC[division]
    table = "一般公共预算支出表（按经济分类）"
    thing = setting.rng.choice((f"《{table}》里{name}下的款级科目", f"{table}中{name}的款级科目"))
    return thing, _economic(setting, division)


def _ordered(pairs: Pairs, descending: bool) -> Pairs:
    return sorted(pairs, key=lambda pair: pair[1], reverse=descending)


def ranked(setting: Setting) -> Row | None:
    """`金额最大的三个项目是哪些`: asked only where no two that matter are equal."""
    thing, pairs = _things(setting)
    descending = setting.rng.random() < 0.7
    order = _ordered([p for p in pairs if p[1]], descending)
    count = setting.rng.choice((1, 2, 3))
    if len(order) < count + 1 or len({amount for _, amount in order[: count + 1]}) <= count:
        return None
    if not descending and any(not amount for _, amount in pairs):
        return None
    words = ("top" if descending else "bottom") + ("_one" if count == 1 else "_many")
    number = {1: "", 2: "两", 3: "三"}[count]
    question = setting.ask(
        words, thing=thing, k=number if setting.rng.random() < 0.6 else f"{count}"
    )
    chosen = order[:count]
    value = chosen[0][1] if count == 1 else None
    names = [name for name, _ in chosen]
    return row(
        setting, "rank", question, value=value, unit="万元" if value else "", items=names,
        cite=names,
    )  # fmt: skip


def _threshold(setting: Setting, pairs: Pairs) -> Decimal | None:
    """A round amount that splits the list and equals none of it."""
    amounts = sorted(amount for _, amount in pairs)
    if len(amounts) < 3:
        return None
    middle = setting.rng.choice(amounts[1:])
    step = Decimal(10 if middle > 60 else 1 if middle > 4 else "0.5")
    value = (middle / step).to_integral_value("ROUND_FLOOR") * step
    return value if value > 0 and value not in amounts else None


def filtered(setting: Setting) -> Row | None:
    """`超过100万元的项目有哪些`, or how many they are."""
    thing, pairs = _things(setting)
    limit = _threshold(setting, pairs)
    if limit is None:
        return None
    more = setting.rng.random() < 0.65
    fitting = [name for name, amount in pairs if (amount > limit) == more]
    if not fitting or len(fitting) == len(pairs):
        return None
    slots = {"thing": thing, "v": f"{limit.normalize():f}"}
    if more and setting.rng.random() < 0.3:
        question = setting.ask("count_more", **slots)
        number = Decimal(len(fitting))
        return row(setting, "rank", question, value=number, unit="个", cite=fitting)
    question = setting.ask("more" if more else "less", **slots)
    return row(setting, "rank", question, items=fitting, unordered=True, cite=fitting)


def moved(setting: Setting) -> Row | None:
    """`哪些项目比上年增加了`, where the prose compares every project with last year's budget."""
    if setting.publication.style.grammar != "projects" or setting.basis == "决算":
        return None
    names = {name for name, _ in _projects(setting)}
    changes = {
        fact.label: fact.value
        for facts in setting.shelf.labels.values()
        for fact in facts
        if fact.document == setting.publication.name
        and fact.aspect == "change"
        and fact.label in names
    }
    up = setting.rng.random() < 0.5
    fitting = [name for name, value in changes.items() if (value > 0) == up and value]
    # A new project is more than nothing: nobody can say whether it "increased".
    if not fitting or len(changes) < len(names):
        return None
    last = setting.rng.choice(("上年", "去年", f"{setting.publication.year - 1}年"))
    question = setting.ask("moved_up" if up else "moved_down", last=last)
    return row(setting, "rank", question, items=fitting, unordered=True, cite=fitting)


def count_projects(setting: Setting) -> Row | None:
    """`一共有多少个项目`."""
    pairs = _projects(setting)
    if not pairs or setting.basis == "决算":
        return None
    question = setting.ask("count_all")
    number = Decimal(len(pairs))
    return row(setting, "rank", question, value=number, unit="个", cite=[name for name, _ in pairs])


# --------------------------------------------------------------------------------- comparisons

_COMPARED = (
    *THREE_PUBLIC, "“三公”经费", "机关运行经费", "部门预算支出", "政府采购", "基本支出", "项目支出",
)  # fmt: skip


def _series(setting: Setting, label: str, organisation: str) -> dict[int, Decimal]:
    """The amounts of a label over the years documents are there for; empty where one is unsure."""
    series = {}
    for year in setting.shelf.years:
        scope = Scope(organisation, year, setting.basis)
        value = replace(setting, scope=scope).one(label)
        if value is None:
            return {}
        series[year] = value
    return series


def _docs(setting: Setting, organisations: Iterable[str], years: Iterable[int]) -> list[str]:
    wanted, when = set(organisations), set(years)
    return [
        p.name
        for p in setting.shelf.publications
        if p.organisation in wanted and p.year in when and p.kind == setting.publication.kind
    ]


def years(setting: Setting) -> Row | None:
    """`公务接待费2024年比2023年增加多少`, `哪年更高`, `近三年从高到低怎么排`."""
    if len(setting.shelf.years) < 2 or setting.basis == "决算":
        return None
    rng, organisation = setting.rng, setting.publication.organisation
    label = rng.choice(_COMPARED)
    series = _series(setting, label, organisation)
    if not series or len(set(series.values())) < len(series):
        return None
    setting = setting.unsaid_year()
    x = rng.choice(aliases(label))
    if setting.strict and setting.basis not in x:
        x += setting.basis
    if len(series) > 2 and rng.random() < 0.3:
        return _years_listed(setting, label, x, series)
    first, second = sorted(rng.sample(sorted(series), 2))
    slots = {"x": x, "y1": str(first), "y2": str(second)}
    docs = _docs(setting, (organisation,), (first, second))
    before, now = series[first], series[second]
    if rng.random() < 0.4:
        names = [f"{y}年" for y in sorted((first, second), key=series.__getitem__, reverse=True)]
        return row(
            setting, "compare", setting.ask("compare_years", **slots), items=names,
            contains=[[f"{before}"], [f"{now}"]], cite=(label, x), docs=docs,
        )  # fmt: skip
    symbol = "compare_years_up" if now > before else "compare_years_down"
    return row(
        setting, "compare", setting.ask(symbol, **slots), value=abs(now - before), unit="万元",
        alt=[(now - before, "万元")] if now < before else (), cite=(label, x), docs=docs,
        expr=f"{now}-{before}",
    )  # fmt: skip


def _years_listed(setting: Setting, label: str, x: str, series: dict[int, Decimal]) -> Row:
    order = sorted(series, key=series.__getitem__, reverse=True)
    number = {3: "三", 4: "四", 5: "五"}.get(len(series), str(len(series)))
    return row(
        setting, "rank", setting.ask("compare_years_list", x=x, k=number),
        items=[f"{year}年" for year in order], contains=[[f"{series[y]}"] for y in order],
        cite=(label, x), docs=_docs(setting, (setting.publication.organisation,), series),
    )  # fmt: skip


def departments(setting: Setting) -> Row | None:
    """`水务局和商务局2024年哪个接待费多`, or by how much."""
    organisations = setting.shelf.organisations
    if len(organisations) < 2:
        return None
    rng, year = setting.rng, setting.publication.year
    label = rng.choice(_COMPARED)
    pair = rng.sample(organisations, 2)
    values = [replace(setting, scope=Scope(o, year, setting.basis)).one(label) for o in pair]
    if values[0] is None or values[1] is None or values[0] == values[1]:
        return None
    amounts = {o: v for o, v in zip(pair, values, strict=True) if v is not None}
    high, low = sorted(pair, key=amounts.__getitem__, reverse=True)
    names = {o: org_name(setting.shelf, o, rng) for o in pair}
    x = rng.choice(aliases(label))
    if setting.strict and setting.basis not in x:
        x += setting.basis
    slots = {"x": x, "year": str(year), "o1": names[high], "o2": names[low]}
    asked = setting.unsaid_year().unsaid_org()
    docs = _docs(setting, pair, (year,))
    if rng.random() < 0.5:
        slots |= dict(zip(("o1", "o2"), rng.sample(list(names.values()), 2), strict=True))
        return row(
            setting, "compare", asked.ask("compare_departments", **slots), items=(high, low),
            contains=[[f"{v}"] for v in values], cite=(label, x), docs=docs,
        )  # fmt: skip
    return row(
        setting, "compare", asked.ask("compare_departments_gap", **slots),
        value=amounts[high] - amounts[low], unit="万元", cite=(label, x), docs=docs,
        expr=f"{amounts[high]}-{amounts[low]}",
    )  # fmt: skip


def parts(setting: Setting) -> Row | None:
    """`部门预算支出的项目支出比基本支出多多少`."""
    basic, project = setting.one("基本支出"), setting.one("项目支出")
    if not basic or not project or basic == project:
        return None
    p, q = ("基本支出", "项目支出") if basic > project else ("项目支出", "基本支出")
    x = setting.rng.choice((f"部门{setting.basis}", f"部门{setting.basis}支出", "全部支出"))
    return row(
        setting, "compare", setting.ask("compare_parts", x=x, p=p, q=q),
        value=abs(basic - project), unit="万元", cite=(p, q), expr=f"|{basic}-{project}|",
    )  # fmt: skip


def bases(setting: Setting) -> Row | None:
    """`决算数比年初预算少多少`, from a final account."""
    if setting.basis != "决算":
        return None
    label = setting.rng.choice([f.label for f in family(setting)] or [""])
    done = setting.one(label)
    plan = setting.shelf.one(label, replace(setting.scope, basis="预算", year=_year(setting)))
    if not done or not plan or done == plan:
        return None
    symbol = "compare_bases_up" if done > plan else "compare_bases_down"
    x = setting.rng.choice(aliases(label))
    return row(
        setting, "compare", setting.ask(symbol, x=x), value=abs(done - plan), unit="万元",
        alt=[(done - plan, "万元")] if done < plan else (), cite=(label,), expr=f"{done}-{plan}",
    )  # fmt: skip


def _year(setting: Setting) -> int:
    return setting.publication.year


RANKS: tuple[Maker, ...] = (ranked, ranked, ranked, filtered, filtered, moved, count_projects)
COMPARES: tuple[Maker, ...] = (years, years, departments, departments, parts, bases)
