"""From a department's year to a `Publication`: the parts in order, in the style of the place.

>>> budget(region.departments[0], 2024).name  # doctest: +SKIP
'云岭市青禾区水务局2024年部门预算'
"""

from __future__ import annotations

import re
from random import Random

from evals import prose
from evals.budget_tables import OUTTURN, PLAN, budget_tables, outturn_tables
from evals.publication import Block, Heading, Paragraph, Publication, Style, Table
from evals.region import Department

__all__ = ["budget", "final_account", "style_of"]

_TERMS = (
    ("财政拨款收入", "本级财政部门当年拨给单位的资金"),
    ("基本支出", "维持机构运转和完成日常工作所需的人员和公用开支"),
    ("项目支出", "基本支出之外，为特定任务或事业发展目标安排的开支"),
    ("“三公”经费", "财政拨款安排的因公出国（境）费、公务用车购置及运行维护费、公务接待费"),
    ("机关运行经费", "行政单位用一般公共预算购买货物和服务、维持日常运转的开支"),
)


def style_of(department: Department) -> Style:
    """How a department writes, the same in every year."""
    rng = Random(f"style/{department.seed}")
    grammar = rng.choice(("projects", "subjects"))
    subjects = grammar == "subjects"
    return Style(
        grammar="subjects" if subjects else "projects",
        phrasing=rng.randrange(6),
        unit="元" if subjects and rng.random() < 0.7 else "万元",
        separators=rng.random() < 0.75,
        zero=rng.choice(("0.00", "0.00", "0", "", "-")),
        code_columns=3 if subjects and rng.random() < 0.6 else 1,
        total=rng.choice(("支出总计", "合计", "总计")),
        spaced=rng.random() < 0.4,
        numbering=rng.choice(("表{}", "表 {}", "附表{}")),
        wide=rng.random() < 0.5,
        rows_a_page=rng.randint(12, 20),
        repeat_header=rng.random() < 0.5,
        shuffle=rng.randrange(6),
    )


def budget(department: Department, year: int) -> Publication:
    """The 部门预算 of a department for a year."""
    style = style_of(department)
    tables = budget_tables(department, year, style)
    fiscal = department.of(year)
    detail = prose.projects if style.grammar == "projects" else prose.subjects
    parts: list[tuple[str, list[Paragraph]]] = [
        ("部门概况", _duties(department)),
        ("部门预算收支总体情况", prose.totals(department, year, PLAN, style)),
        (
            "部门预算支出具体情况",
            [prose.overview(department, year, PLAN), *detail(department, year, style)],
        ),
        ("政府采购预算情况", [prose.procurement(fiscal.budget.procurement, year, PLAN, style)]),
        ("财政拨款“三公”经费预算情况", prose.three_public_plan(department, year, style)),
        ("机关运行经费", [prose.operating_cost(department, year, PLAN, style)]),
        ("国有资产占用情况", [prose.vehicles(department, year)]),
        ("名词解释", [Paragraph(f"{term}：指{meaning}。") for term, meaning in _TERMS]),
    ]
    return _publication(department, year, "部门预算", parts, tables, style)


def final_account(department: Department, year: int) -> Publication:
    """The 部门决算 of a department for a year."""
    style = style_of(department)
    tables = outturn_tables(department, year, style)
    fiscal = department.of(year)
    parts: list[tuple[str, list[Paragraph]]] = [
        ("部门概况", _duties(department)),
        ("收入支出决算总体情况", prose.totals(department, year, OUTTURN, style)),
        (
            "一般公共预算支出决算情况",
            [
                prose.overview(department, year, OUTTURN),
                *prose.subjects_outturn(department, year, style),
            ],
        ),
        ("“三公”经费支出决算情况", prose.three_public_outturn(department, year, style)),
        ("机关运行经费支出情况", [prose.operating_cost(department, year, OUTTURN, style)]),
        ("政府采购支出情况", [prose.procurement(fiscal.outturn.procurement, year, OUTTURN, style)]),
        ("名词解释", [Paragraph(f"{term}：指{meaning}。") for term, meaning in _TERMS]),
    ]
    return _publication(department, year, "部门决算", parts, tables, style)


def _duties(department: Department) -> list[Paragraph]:
    numerals = "一二三四五六"
    duties = "；".join(f"（{numerals[n]}）{duty}" for n, duty in enumerate(department.duties))
    units = "、".join(department.units)
    return [
        Paragraph(f"主要职责：{duties}。"),
        Paragraph(f"机构设置：本部门由{department.name}本级和下属单位{units}组成。"),
    ]


def _publication(
    department: Department,
    year: int,
    kind: str,
    parts: list[tuple[str, list[Paragraph]]],
    tables: tuple[Table, ...],
    style: Style,
) -> Publication:
    numerals = "一二三四五六七八九十"
    names = [f"第{numerals[n]}部分 {title}" for n, (title, _) in enumerate(parts)]
    blocks: list[Block] = []
    for name, (_, paragraphs) in zip(names, parts, strict=True):
        blocks.append(Heading(name, 2))
        blocks += (_spaced(paragraph, style) for paragraph in paragraphs)
    names.append(f"第{numerals[len(parts)]}部分 {kind}表")
    blocks.append(Heading(names[-1], 2))
    blocks += tables
    contents = (*names, *(f"{style.numbering.format(t.number)} {t.title}" for t in tables))
    title = f"{department.name}{year}年{kind}"
    return Publication(title, title, department.name, year, kind, contents, tuple(blocks), style)


def _spaced(paragraph: Paragraph, style: Style) -> Paragraph:
    """Some word processors set a blank between Chinese characters and digits."""
    if not style.spaced:
        return paragraph
    text = re.sub(r"(?<=[一-龥])(?=\d)|(?<=[\d%])(?=[一-龥])", " ", paragraph.text)
    return Paragraph(text, paragraph.claims)
