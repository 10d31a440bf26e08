"""Questions answered in words, or not at all: why, what for, ambiguous names, wrong premises,
checks, and what the documents do not say."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from evals.asking import Maker, Row, Setting, org_name, row
from evals.budget_tables import THREE_PUBLIC
from evals.publication import Fact
from evals.region import Region, data
from evals.shelf import canonical
from evals.troubles import Trouble
from evals.wording import Said, aliases, ask

__all__ = ["WORDS", "ambiguous", "checks_of", "refusal"]

_UP = ["增加", "增长", "上升", "提高", "没有减少", "并未减少"]
_DOWN = ["减少", "下降", "降低", "没有增加", "并未增加"]
_AGREE = ["一致", "相等", "相符", "对得上", "平衡", "等于", "吻合", "相同"]
_DIFFER = ["不一致", "不相等", "不相符", "不等", "不符", "对不上", "矛盾", "不吻合", "不同", "相差"]


def _shown(value: Decimal) -> list[str]:
    """A figure as it may stand in an answer: in 万元, or in 元 as some tables have it."""
    return [f"{value:f}", f"{value * 10000:.0f}"]


def _claims(setting: Setting, aspect: str) -> list[Fact]:
    """The focus document's prose facts of an aspect whose label has one such figure in scope."""
    return [
        fact
        for facts in setting.shelf.labels.values()
        for fact in facts
        if fact.document == setting.publication.name
        and fact.origin == "prose"
        and fact.aspect == aspect
        and len(setting.shelf.figures(fact.label, setting.scope, aspect)) <= 1
    ]


def why(setting: Setting) -> Row | None:
    """`公务接待费为什么减少`, where a reason is disclosed; the first clause must be repeated."""
    facts = [f for f in _claims(setting, "change") if f.reason and f.basis == setting.basis]
    facts += [f for f in _claims(setting, "rate") if f.reason and f.basis == "较执行"]
    facts = [f for f in facts if _single_reason(setting, f)]
    if not facts:
        return None
    fact = setting.rng.choice(facts)
    last = f"{fact.year - 1}年" + ("执行数" if fact.basis == "较执行" else "")
    if fact.basis != "较执行" and setting.rng.random() < 0.5:
        last = "上年"
    x = setting.rng.choice(aliases(fact.label))
    question = setting.ask("why_up" if fact.value > 0 else "why_down", x=x, last=last)
    return _because(setting, question, fact)


def _because(setting: Setting, question: str, fact: Fact) -> Row:
    clauses = fact.reason.split("，")
    return row(setting, "why", question, contains=[[clauses[0]]], cite=(fact.reason, *clauses))


def _single_reason(setting: Setting, fact: Fact) -> bool:
    """A reader could mean no other change of this label in scope."""
    others = setting.shelf.labels[fact.label]
    reasons = {
        f.reason
        for f in others
        if f.reason and f.document == fact.document and f.aspect in ("change", "rate", "completion")
    }
    amounts = setting.shelf.figures(fact.label, setting.scope)
    return len(reasons) == 1 and len(amounts) <= 1


def why_outturn(setting: Setting) -> Row | None:
    """`决算数为什么小于年初预算`."""
    facts = [f for f in _claims(setting, "completion") if f.reason]
    facts = [f for f in facts if _single_reason(setting, f)]
    if not facts:
        return None
    fact = setting.rng.choice(facts)
    x = setting.rng.choice(aliases(fact.label))
    return _because(setting, setting.ask("why_outturn", x=x), fact)


def describe(setting: Setting) -> Row | None:
    """What a project is for, what a term means, what the department does."""
    choice = setting.rng.choice(
        (_describe_project, _describe_project, _describe_term, _describe_org)
    )
    return choice(setting)


def _describe_project(setting: Setting) -> Row | None:
    if setting.publication.style.grammar != "projects" or setting.basis == "决算":
        return None
    department = _kind(setting)
    purposes = {p["name"]: p["purpose"] for p in department["projects"]}
    text = "".join(p.text for p in setting.publication.paragraphs)
    told = [name for name, use in purposes.items() if name in setting.shelf.labels and use in text]
    if not told:
        return None
    name = setting.rng.choice(told)
    use = purposes[name]
    # The first words of the purpose up to an enumeration or an "and".
    key = use.split("、")[0].split("和")[0]
    return row(
        setting, "describe", setting.ask("describe_project", x=name), contains=[[key]],
        cite=(use, key, name),
    )  # fmt: skip


def _kind(setting: Setting) -> dict[str, Any]:
    """The invented department's data."""
    name = setting.publication.organisation
    kinds: list[dict[str, Any]] = data("departments")["department"]
    return next(kind for kind in kinds if name.endswith(kind["name"]))


_TERM_KEYS = {
    "财政拨款收入": "财政部门",
    "基本支出": "日常工作",
    "项目支出": "特定任务",
    "“三公”经费": "公务接待",
    "机关运行经费": "日常运转",
}


def _describe_term(setting: Setting) -> Row | None:
    term, key = setting.rng.choice(list(_TERM_KEYS.items()))
    x = setting.rng.choice(aliases(term)[:2])
    # A definition is the same in every document: no department or year is said.
    question = ask("describe_term", setting.rng, Said(), {"x": x})
    docs = [p.name for p in setting.shelf.publications]
    return row(setting, "describe", question, contains=[[key]], cite=(term, key), docs=docs)


def _describe_org(setting: Setting) -> Row | None:
    department = _kind(setting)
    if setting.rng.random() < 0.5:
        symbol, answers = "describe_duties", department["duties"]
    else:
        symbol, answers = "describe_units", department["units"]
    return row(
        setting, "describe", setting.ask(symbol), contains=[[name] for name in answers[:3]],
        cite=answers,
    )  # fmt: skip


def premise(setting: Setting) -> Row | None:
    """A why-question with the direction the wrong way round, or about what did not change."""
    facts = [f for f in _claims(setting, "change") if f.basis == setting.basis]
    if not facts:
        return None
    fact = setting.rng.choice(facts)
    if setting.one(fact.label) is None:
        return None
    x = setting.rng.choice(aliases(fact.label))
    if fact.value:
        symbol, truth = ("why_down", _UP) if fact.value > 0 else ("why_up", _DOWN)
    else:
        symbol = setting.rng.choice(("why_up", "why_down"))
        truth = ["持平", "不变", "没有变", "无变", "未变", "相同", "没有增加", "没有减少", "一致"]
    question = setting.ask(symbol, x=x, last=f"{fact.year - 1}年{setting.basis}")
    return row(setting, "premise", question, contains=[truth], cite=(fact.label,))


def ambiguous(setting: Setting) -> Row | None:
    """A name with several figures that the question does not decide: all must be shown."""
    labels = [
        label
        for label, facts in setting.shelf.labels.items()
        if any(f.document == setting.publication.name for f in facts)
        and 2 <= len(setting.shelf.figures(label, setting.scope)) <= 4
        and label not in ("合计", "支出总计", "收入总计", setting.publication.organisation)
        and Decimal(0) not in setting.shelf.figures(label, setting.scope)
    ]
    if not labels:
        return None
    return _ambiguous(setting, setting.rng.choice(labels))


def _ambiguous(setting: Setting, label: str) -> Row:
    values = setting.shelf.figures(label, setting.scope)
    symbol = "amount_done" if setting.basis == "决算" else "amount_strict"
    x = setting.rng.choice(aliases(label))
    return row(
        setting, "ambiguous", setting.ask(symbol, x=x), contains=[_shown(v) for v in values],
        cite=(label,),
    )  # fmt: skip


# ------------------------------------------------------------------------------------ checks


def check(setting: Setting) -> Row | None:
    """Relations that hold in a sound document."""
    return setting.rng.choice((_check_three_public, _check_procurement, _check_prose))(setting)


def _check_three_public(setting: Setting) -> Row | None:
    parts = [setting.one(name) for name in THREE_PUBLIC]
    whole = setting.one("“三公”经费")
    if whole is None or any(part is None for part in parts):
        return None
    if sum((p for p in parts if p is not None), Decimal(0)) != whole:
        return None
    question = setting.ask("check_three_public")
    return row(setting, "check", question, contains=[_AGREE, _shown(whole)], cite=("三公",))


def _check_procurement(setting: Setting) -> Row | None:
    whole = setting.one("政府采购")
    if whole is None:
        return None
    question = setting.ask("check_procurement")
    return row(setting, "check", question, contains=[_AGREE, _shown(whole)], cite=("采购",))


def _check_prose(setting: Setting) -> Row | None:
    """A label whose amount stands in prose and in a table, the same."""
    both = [
        label
        for label in setting.shelf.labels
        if {f.origin for f in setting.shelf.find(label, setting.here)} == {"prose", "table"}
        and setting.one(label)
    ]
    if not both:
        return None
    label = setting.rng.choice(both)
    value = setting.one(label)
    assert value is not None
    question = setting.ask("check_prose", x=setting.rng.choice(aliases(label)))
    return row(setting, "check", question, contains=[_AGREE, _shown(value)], cite=(label,))


def checks_of(setting: Setting, trouble: Trouble) -> Row:
    """The question whose right answer is the planted trouble."""
    place = trouble.place
    if trouble.kind in ("lost_page", "rounding"):
        question = setting.ask("check_rows", title=place)
        said = [trouble.after, "0.01", "尾差", "四舍五入"] if trouble.after else []
        wanted = [[*_DIFFER, "不完整", "缺", "不全", *said]]
        return row(setting, "check", question, contains=wanted, cite=(place, "合计"))
    if trouble.kind == "contradiction":
        question = setting.ask("check_prose", x=place)
        values = [_shown(Decimal(trouble.before)), _shown(Decimal(trouble.after))]
        return row(setting, "check", question, contains=[*values, _DIFFER], cite=(place,))
    if trouble.kind == "wrong_rate":
        question = setting.ask("check_rate", x=place)
        printed = trouble.after.removeprefix("-")
        right = trouble.before.removeprefix("-")
        return row(
            setting, "check", question, contains=[[printed], [right], _DIFFER], cite=(place,)
        )
    if trouble.kind == "missing_table":
        question = setting.ask("check_missing", title=place)
        wanted = [["没有", "缺", "未见", "找不到", "不在", "无此"]]
        return row(setting, "check", question, contains=wanted)
    return _ambiguous(setting, place)


# --------------------------------------------------------------------------- what is not there


def refusal(setting: Setting, region: Region) -> Row | None:
    """Another year, another department, another subject, or no budget figure at all."""
    makers = (_other_year, _other_department, _other_subject, _nonsense, _nonsense)
    return setting.rng.choice(makers)(setting, region)


def _refused(setting: Setting, question: str) -> Row:
    return row(setting, "refuse", question, refuse=True)


def _other_year(setting: Setting, region: Region) -> Row | None:
    """A year no document tells of; the year before the first is told of by the first."""
    rng, years = setting.rng, setting.shelf.years
    year = rng.choice((years[-1] + 1, years[-1] + 2, years[0] - 2, years[0] - 3))
    label = rng.choice((*THREE_PUBLIC, "“三公”经费", "机关运行经费", "部门预算支出", "基本支出"))
    org = org_name(setting.shelf, setting.publication.organisation, rng)
    said = Said(org if setting.said.org else "", str(year), setting.basis)
    if setting.basis == "决算" and label == "部门预算支出":
        label = "部门决算支出"
    x = rng.choice(aliases(label))
    symbol = rng.choice(("amount_strict", "amount_strict", "why_up", "why_down"))
    slots = {"x": x, "b": setting.basis, "last": f"{year - 1}年"}
    return _refused(setting, ask(symbol, rng, said, slots))


def _other_department(setting: Setting, region: Region) -> Row | None:
    """A department of the same invented region that has no document here."""
    rng = setting.rng
    place = setting.publication.organisation[: setting.publication.organisation.index("区") + 1]
    kinds = [d["name"] for d in data("departments")["department"]] + ["财政局", "公安局", "档案馆"]
    absent = [k for k in kinds if not any(o.endswith(k) for o in setting.shelf.organisations)]
    if not absent:
        return None
    name = rng.choice((place, place[place.index("市") + 1 :])) + rng.choice(absent)
    label = rng.choice((*THREE_PUBLIC, "“三公”经费", "机关运行经费", "基本支出"))
    said = Said(name, setting.said.year, setting.basis)
    slots = {"x": rng.choice(aliases(label)), "b": setting.basis}
    return _refused(setting, ask("amount_strict", rng, said, slots))


def _other_subject(setting: Setting, region: Region) -> Row | None:
    """A subject or a project that no document in scope tells of."""
    rng = setting.rng
    subjects = [*data("subjects")["function"].values(), *data("subjects")["economic"].values()]
    foreign = [
        "国防支出",
        "外交支出",
        "金融支出",
        "债务付息支出",
        "粮油物资储备支出",
        "自主择业补助",
    ]
    projects = [p["name"] for d in data("departments")["department"] for p in d["projects"]]
    written = "".join(_words(setting))
    absent = [name for name in (*foreign, *subjects, *projects) if not _told(name, written)]
    x = rng.choice(absent)
    symbol = "amount_strict" if setting.basis == "预算" else "amount_done"
    return _refused(setting, setting.ask(symbol, x=x))


def _words(setting: Setting) -> list[str]:
    """Everything the shelf's documents of this department say, in words."""
    words = []
    for p in setting.shelf.publications:
        words += [paragraph.text for paragraph in p.paragraphs]
        words += [r.label for t in p.tables for side in t.sides for r in side.rows]
    return words


def _told(name: str, written: str) -> bool:
    """A name that occurs, or stands there under another of its names."""
    names = (name, canonical(name), name.removesuffix("支出"))
    return any(known in written for known in names)


def _nonsense(setting: Setting, region: Region) -> Row | None:
    """`局长的工资是多少`."""
    return _refused(setting, setting.ask("nonsense"))


WORDS: dict[str, tuple[Maker, ...]] = {
    "why": (why, why, why_outturn),
    "describe": (describe,),
    "ambiguous": (ambiguous,),
    "premise": (premise,),
    "check": (check,),
}
