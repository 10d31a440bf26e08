"""The sentences of a budget or final account, each with the figures it states.

Every function returns `Paragraph`s whose claims are the values that were printed, e.g.
`河道清淤整治 120.00 万元，用于…。较 2023 年预算增加 20.00 万元，增长 20.0%，主要是…` carries the
claims total 120.00, change 20.00 and rate 20.0.  The wordings are ours, after the slots that
real documents fill; `Style.phrasing` chooses among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from evals.budget_tables import CARS, OUTTURN, PLAN, three_public
from evals.publication import Claim, Paragraph, Style
from evals.region import GENERAL, Accounts, Department, Procurement, data, subject_name

__all__ = [
    "compared",
    "operating_cost",
    "overview",
    "procurement",
    "projects",
    "rate_of_change",
    "subjects",
    "subjects_outturn",
    "three_public_outturn",
    "three_public_plan",
    "totals",
    "vehicles",
]


def money(value: Decimal) -> str:
    return f"{value:,.2f}"


def rate_of_change(before: Decimal, now: Decimal, places: int) -> Decimal | None:
    """Per cent, half up; `None` without a base.  `rate_of_change(50, 55, 1)` -> `10.0`."""
    if not before:
        return None
    return percent(now - before, before, places)


def percent(part: Decimal, whole: Decimal, places: int) -> Decimal:
    return (part / whole * 100).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _choose(style: Style, options: Sequence[str], salt: int = 0) -> str:
    return options[(style.phrasing + salt) % len(options)]


def compared(
    claim: Claim, before: Decimal, reason: str, style: Style, what: str = "预算"
) -> tuple[str, tuple[Claim, ...]]:
    """The sentence that compares a claim with the year before, and the claims it adds.

    `claim` 5.50 and `before` 5.00 -> `比 2023 年预算增加 0.50 万元，增长 10.0%，主要是…`."""
    now, last = claim.value, claim.year - 1
    if now == before:
        text = _choose(
            style,
            (
                f"与{last}年{what}数持平",
                f"较{last}年{what}增加0.00万元，增长0.0%",
                f"与{last}年{what}相比无变动",
            ),
        )
        return text + "。", (replace(claim, aspect="change", value=now - before),)
    up, change = now > before, abs(now - before)
    rate = rate_of_change(before, now, 1)
    moved, grew = ("增加", "增长") if up else ("减少", "下降")
    verbs = {"m": moved, "g": grew, "c": money(change), "y": str(last), "w": what}
    percent_text = (
        _choose(style, ("，{g}{r}%", "，{g}{r}%", "（{g}{r}%）")) if rate is not None else ""
    )
    base = _choose(
        style, ("较{y}年{w}{m}{c}万元", "比{y}年{w}数{m}{c}万元", "与{y}年{w}相比{m}{c}万元")
    )
    text = (base + percent_text).format(**verbs, r=abs(rate) if rate is not None else "")
    if reason:
        text += _choose(style, ("，主要原因是", "，主要是", "，原因：")) + reason
    added = [replace(claim, aspect="change", value=now - before, reason=reason)]
    if rate is not None:
        added.append(replace(claim, aspect="rate", value=rate, unit="%", reason=reason))
    return text + "。", tuple(added)


def _paragraph(text: str, *claims: Claim) -> Paragraph:
    return Paragraph(text, claims)


def _told(
    lead: str, claim: Claim, before: Decimal, reason: str, style: Style, what: str = "预算"
) -> Paragraph:
    """A lead that states the claim, then its comparison; the claim carries the reason too."""
    text, added = compared(claim, before, reason, style, what)
    return Paragraph(lead + text, (replace(claim, reason=reason), *added))


# --------------------------------------------------------------------------------- the whole


def totals(department: Department, year: int, basis: str, style: Style) -> list[Paragraph]:
    """Income and spending of the whole department, against the year before."""
    fiscal, last = department.of(year), department.of(year - 1)
    now = (fiscal.budget if basis == PLAN else fiscal.outturn).total()
    before = (last.budget if basis == PLAN else last.outturn).total()
    reason = department.reason("total", year, before, now, basis)
    told = []
    for side in ("收入", "支出"):
        claim = Claim(f"部门{basis}{side}", "total", now, "万元", year, basis)
        lead = f"{year}年{department.name}部门{basis}{side}总计{money(now)}万元，"
        told.append(_told(lead, claim, before, reason, style, basis))
    return told


def overview(department: Department, year: int, basis: str) -> Paragraph:
    """Spending by kind: basic (staff, everyday, persons and families) and projects."""
    fiscal = department.of(year)
    accounts = fiscal.budget if basis == PLAN else fiscal.outturn
    amounts = {
        "基本支出": accounts.total(basic=True),
        "人员支出": accounts.total(economic=("301",), basic=True),
        "公用支出": accounts.total(economic=("302", "310"), basic=True),
        "对个人和家庭补助支出": accounts.total(economic=("303",), basic=True),
        "项目支出": accounts.total(basic=False),
    }
    a = {name: f"{name}{money(value)}万元" for name, value in amounts.items()}
    text = (
        f"按支出性质划分，{year}年{a['基本支出']}，包括{a['人员支出']}、{a['公用支出']}、"
        f"{a['对个人和家庭补助支出']}；{a['项目支出']}。"
    )
    claims = (Claim(name, "total", value, "万元", year, basis) for name, value in amounts.items())
    return Paragraph(text, tuple(claims))


def projects(department: Department, year: int, style: Style) -> list[Paragraph]:
    """Each project: amount, use, change against last year's budget, reason."""
    accounts, before = department.of(year).budget, department.of(year - 1).budget
    told = []
    purposes = {project.name: project.purpose for project in department.projects}
    for number, name in enumerate(accounts.projects(), start=1):
        now = accounts.total(project=name)
        claim = Claim(name, "total", now, "万元", year, PLAN)
        use = _choose(style, ("主要用于", "用于", "具体为"), salt=1)
        lead = f"{number}.{name}{money(now)}万元，{use}{purposes[name]}。"
        if name not in before.projects():
            told.append(_paragraph(lead + f"该项目为{year}年新增项目。", claim))
            continue
        last = before.total(project=name)
        reason = department.reason("project", year, last, now, name)
        told.append(_told(lead, claim, last, reason, style))
    return told


def _purpose(department: Department, accounts: Accounts, code: str) -> str:
    name = subject_name(code)
    standard: dict[str, str] = data("subjects")["purpose"]
    if name in standard:
        return standard[name]
    used = {a.project for a in accounts.spending if a.function == code and a.project}
    return "、".join(p.name for p in department.projects if p.name in used) + "等工作"


def _trail(code: str) -> str:
    names = [subject_name(code[:width]) for width in (3, 5, 7)]
    return "{}（类）{}（款）{}（项）".format(*names)


def _topic(kind: str, code: str) -> str:
    """Spending on people moves for other reasons than spending on tasks."""
    staff = code.startswith(("208", "210", "221")) or subject_name(code) == "行政运行"
    return f"{kind}_staff" if staff else kind


def subjects(department: Department, year: int, style: Style) -> list[Paragraph]:
    """Each 项 of the general budget against last year's outturn."""
    accounts, last = department.of(year).budget, department.of(year - 1).outturn
    told = []
    for number, code in enumerate(accounts.functions(GENERAL), start=1):
        now = accounts.total(function=code, source=GENERAL)
        before = last.total(function=code, source=GENERAL)
        path = tuple(subject_name(code[:width]) for width in (3, 5))
        claim = Claim(subject_name(code), "total", now, "万元", year, PLAN, "", code, path)
        use = _purpose(department, accounts, code)
        text = f"{number}.“{_trail(code)}”{money(now)}万元，主要用于{use}。"
        claims = [claim]
        if before:
            reason = department.reason(_topic("subject", code), year, before, now, code)
            tail, more = _against_outturn(claim, before, reason, style)
            text += tail
            claims = [replace(claim, reason=reason), *more]
        else:
            text += f"{year - 1}年无执行数，本年新增安排。"
        told.append(Paragraph(text, tuple(claims)))
    return told


def _against_outturn(
    claim: Claim, before: Decimal, reason: str, style: Style
) -> tuple[str, list[Claim]]:
    """`2023年当年预算执行数为…万元，2024年预算安排…万元，比2023年预算执行数减少…%。主要原因是：…`"""
    now, year = claim.value, claim.year
    lead = _choose(style, ("当年预算执行数为", "执行数为", "实际执行"))
    text = f"{year - 1}年{lead}{money(before)}万元，{year}年预算安排{money(now)}万元，"
    claims = [replace(claim, value=before, year=year - 1, basis="执行")]
    if now == before:
        return text + f"与{year - 1}年预算执行数持平。", claims
    rate = percent(now - before, before, 2)
    text += f"比{year - 1}年预算执行数{'增长' if now > before else '减少'}{abs(rate)}%。"
    claims.append(
        replace(claim, aspect="rate", value=rate, unit="%", basis="较执行", reason=reason)
    )
    if reason:
        text += _choose(style, ("主要原因是：", "主要是")) + reason + "。"
    return text, claims


def subjects_outturn(department: Department, year: int, style: Style) -> list[Paragraph]:
    """Each 项 of the general budget: what was planned, what was carried out, why they differ."""
    fiscal = department.of(year)
    told = []
    for number, code in enumerate(fiscal.budget.functions(GENERAL), start=1):
        plan = fiscal.budget.total(function=code, source=GENERAL)
        done = fiscal.outturn.total(function=code, source=GENERAL)
        path = tuple(subject_name(code[:width]) for width in (3, 5))
        claim = Claim(subject_name(code), "total", done, "万元", year, OUTTURN, "", code, path)
        reason = department.reason(_topic("outturn", code), year, plan, done, code)
        lead = f"{number}.{_trail(code)}。主要用于{_purpose(department, fiscal.budget, code)}。"
        text, claims = _carried_out(claim, plan, reason)
        told.append(Paragraph(lead + text, claims))
    return told


def _carried_out(claim: Claim, plan: Decimal, reason: str) -> tuple[str, tuple[Claim, ...]]:
    """`年初预算为…，支出决算为…，完成年初预算的…%。决算数小于预算数的主要原因：…`"""
    done = claim.value
    share = percent(done, plan, 2)
    text = f"年初预算为{money(plan)}万元，支出决算为{money(done)}万元，完成年初预算的{share}%。"
    claims = (
        replace(claim, value=plan, basis=PLAN, reason=""),
        replace(claim, reason=reason),
        replace(claim, aspect="completion", value=share, unit="%", reason=reason),
    )
    if done == plan:
        return text + "决算数与预算数持平。", claims
    side = "小于" if done < plan else "大于"
    if reason:
        text += f"决算数{side}预算数的主要原因：{reason}。"
    return text, claims


# -------------------------------------------------------------------------------- the rest


def three_public_plan(department: Department, year: int, style: Style) -> list[Paragraph]:
    """“三公”经费 and its parts against last year's budget."""
    now = three_public(department.of(year).budget)
    before = three_public(department.of(year - 1).budget)
    told = []
    for number, (name, topic) in enumerate(_TOPICS.items()):
        claim = Claim(name, "total", now[name], "万元", year, PLAN)
        reason = department.reason(topic, year, before[name], now[name]) if topic else ""
        lead = _choose(
            style, ("{n}{year}年预算数{m}万元，", "{n}{year}年预算安排{m}万元，"), number
        )
        text = lead.format(n=_item(number, name), year=year, m=money(now[name]))
        told.append(_told(text, claim, before[name], reason, style))
    return told


# In the order of the prose; the parts of the cars' subtotal give the reasons, not the subtotal.
_TOPICS = {
    "“三公”经费": "three_public",
    "因公出国（境）费": "abroad",
    "公务接待费": "reception",
    CARS: "",
    "公务用车购置费": "purchase",
    "公务用车运行维护费": "running",
}


def _item(number: int, name: str) -> str:
    """`财政拨款“三公”经费` for the whole, `1.因公出国（境）费。` for a part."""
    if number == 0:
        return f"财政拨款{name}"
    return f"{min(number, 3)}.{name}。" if number <= 3 else f"其中：{name}"


def three_public_outturn(department: Department, year: int, style: Style) -> list[Paragraph]:
    """“三公”经费 carried out, against its own plan and against the year before."""
    fiscal = department.of(year)
    plan, done = three_public(fiscal.budget), three_public(fiscal.outturn)
    before = three_public(department.of(year - 1).outturn)
    told = []
    for number, name in enumerate(("“三公”经费", "因公出国（境）费", "公务接待费", CARS)):
        claim = Claim(name, "total", done[name], "万元", year, OUTTURN)
        lead = _item(number, name)
        if not plan[name]:
            told.append(_paragraph(f"{lead}年初预算和支出决算均为0.00万元。", claim))
            continue
        topic = _TOPICS[name] or "running"
        reason = department.reason(topic, year, plan[name], done[name], f"outturn/{name}")
        text, claims = _carried_out(claim, plan[name], reason)
        more, added = compared(claim, before[name], "", style, OUTTURN)
        told.append(Paragraph(f"{lead}{text}{more}", (*claims, *added)))
    return told


def procurement(bought: Procurement, year: int, basis: str, style: Style) -> Paragraph:
    """政府采购 and its three kinds."""
    amounts = {
        "政府采购": bought.total,
        "政府采购货物": bought.goods,
        "政府采购工程": bought.works,
        "政府采购服务": bought.services,
    }
    kinds = _choose(style, ("政府采购{}{}万元", "{}类采购{}万元", "{}采购金额{}万元"))
    parts = "、".join(
        kinds.format(name[-2:], money(value)) for name, value in list(amounts.items())[1:]
    )
    text = f"{year}年本部门政府采购{basis}共计{money(bought.total)}万元，其中：{parts}。"
    claims = (Claim(name, "total", value, "万元", year, basis) for name, value in amounts.items())
    return Paragraph(text, tuple(claims))


def operating_cost(department: Department, year: int, basis: str, style: Style) -> Paragraph:
    """机关运行经费 against the year before."""
    fiscal, last = department.of(year), department.of(year - 1)
    accounts, old = (
        (fiscal.budget, last.budget) if basis == PLAN else (fiscal.outturn, last.outturn)
    )
    now = accounts.total(economic=department.operating, basic=True)
    before = old.total(economic=department.operating, basic=True)
    claim = Claim("机关运行经费", "total", now, "万元", year, basis)
    lead = f"{year}年本部门机关运行经费{basis}{money(now)}万元，"
    reason = department.reason("operating", year, before, now, basis)
    return _told(lead, claim, before, reason, style, basis)


def vehicles(department: Department, year: int) -> Paragraph:
    """The cars of the department at the end of the year before."""
    count = Decimal(department.of(year).vehicles)
    text = (
        f"截至{year - 1}年12月31日，本部门共有车辆{count}辆，其中：机要通信用车0辆、"
        f"应急保障用车0辆、其他用车{count}辆。"
    )
    return _paragraph(text, Claim("车辆", "count", count, "辆", year, ""))
