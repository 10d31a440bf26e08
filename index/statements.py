"""Facts that stand in prose: amount, change, rate, share, completion, the year before, the reason.

One sentence of a budget says several things of one subject:
`公务接待费。2024年预算数4.00万元，比2023年减少2.00万元…原因根据工作实际需要` gives this year's amount, the
change, last year's amount (derived: 4.00 + 2.00) and the reason.  Lists (具体包括：1. … 2. …, 其中：…)
give their members a common list, so that they can be ranked and summed like rows of a table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.aspects import basis_in, years_in
from index.captions import read_line
from index.clauses import COLUMN
from index.derivations import named_lists, with_derived
from index.figures import find_quantities
from index.hierarchy import bare_label
from index.model import Document, Fact, Heading, Paragraph, Profile
from index.paragraphs import read_paragraph
from index.reasons import sentences
from index.sections import CONTENTS, numbering, with_sections
from index.stated import Scope
from index.subjects import CLASSES, Named, fund_in, named, place_in

__all__ = ["is_definition", "statements"]

_OPENING = re.compile(
    r"[—－-]*[“”（）()、一-龥]{1,30}(?:费|费用|支出|收入|经费|拨款|补助|资金|工资|补贴)。"
)

# A paragraph that leaves the list before it.
_APART = re.compile(r"此外|另外|[一二三四五六七八九十]是")


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
        if _APART.match(block.text) or _begins_anew(block.text, profile):
            items, lead = [], ("", "")
        if number:
            while items and items[-1][0] >= number.rank:
                items.pop()
        path = tuple(subject for _, subject in items if subject)
        known = lead[0] if not number and lead[0] else ""
        opened = number or (not known and _opens(block.text))
        item = _item_subject(block.text, profile) if opened else Named(known)
        government = "政府" in profile.kind
        scope = Scope(
            document.name,
            profile,
            section,
            block,
            item.path or (path if number or not known or known in path else (*path, known)),
            item.label if not item.side else "",
            opened=bool(opened and item.label),
            listed=f"{lead[1] or f'{document.name}¶{section_start}'}r{number.rank if number else 0}"
            if number or known
            else "",
            list_name=lead[0],
            year=_section_year(section, profile),
            fund=(fund_in(item.label) or _section_fund(section)) if government else "",
            place=place_in(section, profile) if government else "",
            basis=_basis(section, profile),
        )
        scope.item = scope.subject if number else ""
        read_paragraph(scope)
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
    return with_derived(named_lists(facts))


def _begins_anew(text: str, profile: Profile) -> bool:
    """Whether a paragraph begins with the organisation's own name: no item of a list does."""
    plain = re.sub(r"^\s*(?:(?:19|20)\d{2}年度?，?)?", "", text)
    return bool(profile.organisation) and plain.startswith((profile.organisation, *profile.aliases))


def _section_year(section: Sequence[str], profile: Profile) -> int | None:
    """The year a section is about (一、2025年预算执行情况); else the document's.

    A department's budget is of its own year, whatever years its headings compare."""
    if profile.kind.startswith(("部门", "单位")):
        return profile.year
    named = [year for heading in reversed(section[-3:]) for year in years_in(heading)[:1]]
    return named[0] if named else profile.year


def _section_fund(section: Sequence[str]) -> str:
    """The fund of the innermost heading that names one."""
    return next((fund for heading in reversed(section) if (fund := fund_in(heading))), "")


def _basis(section: Sequence[str], profile: Profile) -> str:
    """The basis of a section's amounts: what the innermost heading says that says one alone (not
    the title 2025年预算执行情况与2026年预算草案), or the kind of document."""
    if "政府" in profile.kind:
        single = [heading for heading in section if len(set(years_in(heading))) < 2]
        return next((basis for h in reversed(single) if (basis := basis_in(h))), "")
    if "决算" in profile.kind:
        return "决算"
    return "预算" if "部门预算" in profile.kind or "单位预算" in profile.kind else ""


def _opens(text: str) -> bool:
    """Whether a paragraph names its subject in a sentence of its own: 公务接待费。2031年预算数…"""
    opening = next(sentences(text), "")
    return bool(_OPENING.fullmatch(opening) or CLASSES.match(opening))


def _item_subject(text: str, profile: Profile) -> Named:
    """What a numbered paragraph is about: label and, for （类）（款）（项）, its path."""
    head = re.split(r"[。：:，；]|,(?!\d)", bare_label(text), maxsplit=1)[0]
    quantity = next(find_quantities(head), None)
    return named(head[: quantity.start] if quantity else head, profile)


def _first_subject(scope: Scope) -> str:
    """What a list that a paragraph introduces is of: its last amount, if that is not itself one of
    several parts (公务用车费占60%，公务接待费占40%。具体情况如下：)."""
    values = [fact for fact in scope.facts if fact.column == COLUMN["value"]]
    shares = {fact.label for fact in scope.facts if fact.column == COLUMN["share"]}
    if values and len(shares) > 1 and values[-1].label in shares:
        return values[-1].path[-1] if values[-1].path else ""
    return values[-1].label if values else scope.subject
