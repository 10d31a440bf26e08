"""What a document is: kind, organisation, year, further names; from title, file name and captions,
where these say nothing from the folder that the file stands in.

>>> kind_of("2024年某某局部门预算"), kind_of("关于2025年预算执行情况与2026年预算草案的报告")
('部门预算', '政府预算')
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from index.aspects import years_in
from index.captions import Line, read_line, squeeze
from index.figures import half_width
from index.model import Block, Document, Fact, Grid, Heading, Paragraph, Profile
from index.sections import CONTENTS, numbering
from index.units import is_money
from index.words import tagged

__all__ = ["kind_of", "organisation_aliases", "profile_of", "with_figures"]

_SUFFIX = (
    r"(?:局|委员会|委|办公室|办公厅|办|厅|院|所|站|中心|处|大队|支队|总队|街道办事处|街道|人民政府|政府|镇|乡|"
    r"法院|检察院|学校|小学|中学|大学|学院|医院|馆|会|联|社|队|团|部|公司|园区|管理区|党校|集团|台|校|宫|行|园|署|庭|科)"
)
_ORGANISATION = re.compile(
    rf"[一-龥（）()]{{2,40}}?{_SUFFIX}(?=(?:（[^）]*）)?(?:(?:19|20)\d{{2}}|部门|单位|本级|决算|预算|$))"
)
_ALIAS = re.compile(r"([一-龥]{4,30}?)（(?:以下)?简称[：:]?\s*[“\"]?([一-龥]{2,15})[”\"]?）")
# Lines above a title that say what the paper is for, not what it is.
_MARK = re.compile(
    r"会议(?:资料|文件|材料)|妥善保存|注意保存|[机秘]密|内部资料|届人大"
    r"|^附件?[\d一二三四五六七八九十]*[:：]?$"
)
_ADMIN = re.compile(
    r"^(?:[一-龥]{2,8}?(?:省|自治区))?(?:[一-龥]{2,7}?(?:市|地区|州|盟))?(?:[一-龥]{1,7}?(?:区|县|旗))?(?:人民政府)?"
)
# 全市, 市及县 … are levels of a place, not its name.
_NO_PLACE = re.compile(
    r"^(?:全|本|各|我|两|市|省|县|区|州|盟|该|其|在|对|向|由|为|是|的)|[和与及、]|年|月|级"
)
_PLACE = re.compile(
    r"(?:^|[^一-龥]|[在由受向对了和与])([一-龥]{2,7}?(?:省|市|自治区|自治州|州|盟|地区|县|区|旗))"
    r"(?=第[一二三四五六七八九十]{1,3}届|人民代表大会|人大|财政局|人民政府|(?:19|20)\d{2}年|本级|全[省市盟州县区]|政府)"
)
_IS_PLACE = re.compile(r"[一-龥]{2,7}(?:省|市|自治区|自治州|盟|县)")
_PUBLISHING_PLACE = re.compile(
    r"([一-龥]{2,7}?(?:省|市|自治区|自治州|州|盟|地区|县|区|旗))(?=财政|人民政府|政府)"
)
_OFFICE = re.compile(
    rf"(?:^|[^一-龥])(?:纳入)?([一-龥]{{2,8}}?(?:省|市|区|县|州|旗)[一-龥]{{1,16}}?{_SUFFIX})"
    r"(?=是|主要(?:职责|负责)|部门预算|单位预算|部门决算|机关本级|贯彻|（本级|\(本级)"
)
_TITLED = re.compile(r"(?:预算|决算|报告|草案|说明|公开|表)(?:[（(].*)?$")
_KINDS = (
    ("单位决算", r"单位决算"),
    ("部门决算", r"部门决算|部门.{0,6}决算"),
    ("单位预算", r"单位预算"),
    ("部门预算", r"部门预算|部门.{0,6}预算|部门财务收支预算"),
    ("政府决算", r"(?:财政|政府|收支|总|本级).{0,8}决算"),
    (
        "政府预算",
        r"预算草案|预算执行情况|总预算|政府预算|财政预算|预算报告|财政收支|政府.{0,4}债务|一般公共预算",
    ),
    ("部门决算", r"决算"),
    ("部门预算", r"预算"),
)


def profile_of(document: Document) -> Profile:
    """The profile of a document, from its file name, its first lines, its captions."""
    title = _title(document)
    path = PurePath(document.name)
    stem, folder = path.stem, path.parent.name
    first = list(_first_lines(document))
    kind = next((k for text in (title, stem, *first) if (k := kind_of(text)) != "other"), "other")
    captions = [line for text in _short_lines(document) if (line := read_line(text))]
    organisation = _organisation(title, stem, first, captions, kind)
    organisation = organisation or _organisation(folder, "", [], [], kind)
    organisation = organisation or _published_by(document, kind) or _spoken_of(document)
    if _IS_PLACE.fullmatch(organisation):
        # A place has a government's budget, whatever its title calls it.
        kind = re.sub("^(?:部门|单位)", "政府", kind)
    return Profile(
        title=title,
        kind=kind,
        organisation=organisation,
        year=_year(title, stem, first, kind, document) or _year_named(folder),
        aliases=organisation_aliases(organisation, _text(document)),
    )


def with_figures(profile: Profile, facts: Sequence[Fact]) -> Profile:
    """The profile with the levels, the units of money and the years of the document's figures."""

    def most_first(values: Iterable[object]) -> tuple[Any, ...]:
        return tuple(value for value, _ in Counter(v for v in values if v).most_common())

    if not facts and not _TITLED.search(profile.title):
        # Figures make a budget; without them only its own title does, no name met in its lines.
        profile = replace(profile, kind="other", organisation="", aliases=())
    return replace(
        profile,
        levels=most_first(fact.level for fact in facts),
        units=most_first(fact.unit for fact in facts if is_money(fact.unit)),
        years=most_first(fact.year for fact in facts),
    )


def kind_of(text: str) -> str:
    """部门预算, 单位预算, 部门决算, 单位决算, 政府预算, 政府决算, or `other`."""
    plain = squeeze(text)
    return next((kind for kind, expression in _KINDS if re.search(expression, plain)), "other")


def organisation_aliases(organisation: str, text: str = "") -> tuple[str, ...]:
    """Shorter names: without the places in front, and what the document calls itself for short.

    >>> organisation_aliases("深林市青禾区教育局")
    ('青禾区教育局', '教育局')
    """
    names: list[str] = []
    rest = organisation
    while match := re.match(
        r"(?:[一-龥]{2,8}?(?:省|自治区|市|州|区|县|旗|人民政府)(?=[一-龥]{3,})|人民政府(?=[一-龥]{5,}))",
        rest,
    ):
        rest = rest[match.end() :]
        names.append(rest)
    names += [
        short
        for full, short in _ALIAS.findall(text)
        if full.endswith(organisation[-4:]) and organisation
    ]
    return tuple(dict.fromkeys(name for name in names if name and name != organisation))


def _title(document: Document) -> str:
    """The document's title: its first lines up to the contents or the first section."""
    lines: list[str] = []
    for block in document.blocks[:12]:
        if isinstance(block, Grid) or CONTENTS.search(block.text) or numbering(block.text):
            break
        if _is_sheet_name(block) or _MARK.search(squeeze(block.text)):
            continue
        if len(block.text) > 60 or read_line(block.text):
            break
        lines.append(block.text.strip())
        if re.search(r"(?:预算|决算|报告).*(?<![和与及暨、])$|表$", lines[-1]):
            break
    return squeeze("".join(lines)) or _table_title(document) or PurePath(document.name).stem


def _is_sheet_name(block: Block) -> bool:
    return isinstance(block, Heading) and block.text == block.source.sheet


def _table_title(document: Document) -> str:
    """The title of a spreadsheet's first table, where its file is not named in Chinese."""
    grid = next((block for block in document.blocks if isinstance(block, Grid)), None)
    if grid is None or not grid.source.sheet or re.search(r"[一-龥]", PurePath(document.name).name):
        return ""
    return next(
        (t for row in grid.rows[:3] for c in row if c and (t := read_line(c.text).title)), ""
    )


def _first_lines(document: Document) -> Iterator[str]:
    for block in document.blocks[:12]:
        if (
            isinstance(block, Heading | Paragraph)
            and len(block.text) < 100
            and not _is_sheet_name(block)
        ):
            yield block.text
    for block in document.blocks[:3]:
        if isinstance(block, Grid):
            for row in block.rows[:3]:
                yield from (cell.text for cell in row if cell and cell.text)


def _short_lines(document: Document) -> Iterator[str]:
    for block in document.blocks:
        if isinstance(block, Grid):
            for row in block.rows[:3]:
                yield from (cell.text for cell in row if cell and 5 < len(cell.text) < 80)
        elif len(block.text) < 80:
            yield block.text


def _organisation(title: str, stem: str, first: list[str], captions: list[Line], kind: str) -> str:
    named = Counter(line.organisation for line in captions if len(line.organisation) >= 4)
    if named and kind.startswith(("部门", "单位")):
        return _named_in(title) or named.most_common(1)[0][0]
    if kind.startswith("政府"):
        for text in (title, *first, stem):
            if place := re.search(
                r"(?:^|关于|年[末底初度]?|[^一-龥\d]|\d(?=[^年\d]))([一-龥]{2,12}?(?:省|市|县|区|州|盟|旗))(?=(?:19|20)?\d{0,4}年|本级|级|人民|财政|地方|政府|全|一般)",
                squeeze(text),
            ):
                name = place[1].removeprefix("关于")
                if not _NO_PLACE.search(name):
                    return name
        return ""
    for text in (title, stem, *first):
        if name := _named_in(text):
            return name
    return named.most_common(1)[0][0] if named else ""


def _named_in(text: str) -> str:
    """The organisation that a title or a line names; `""` where it names none."""
    dated = re.sub(r"关于|公开|的?(?:说明|报告)$", "", half_width(squeeze(text)))
    plain = re.sub(r"(?:19|20)\d{2}年(?:度)?", "", dated)
    found = (_ORGANISATION.search(said) for said in (plain, dated))
    return next((_from_its_place(match[0]) for match in found if match), "")


def _from_its_place(name: str) -> str:
    """A name without what only runs on to its place from the line before it, a number or a count:
    号某市人民政府办公室, 十件民生实事实施方案某市人民政府办公室."""
    before = ""
    for word, kind in tagged(name):
        if kind == "ns":
            break
        before += word
    else:
        return name
    counted = any(kind.startswith(("m", "q")) for _, kind in tagged(before))
    return name.removeprefix(before) if counted else name


def _published_by(document: Document, kind: str) -> str:
    """The place whose site a government's page is from; the department whose site another is from."""
    if kind.startswith("政府"):
        place = _PUBLISHING_PLACE.match(document.publisher)
        return place[1] if place and not _NO_PLACE.search(place[1]) else ""
    return _named_in(document.publisher) if kind.startswith(("部门", "单位")) else ""


def _spoken_of(document: Document) -> str:
    """The office or the place that a text without a telling title names most: 某市某局是……,
    某市人民代表大会, 某市财政局局长, 某市2025年."""
    for expression in (_OFFICE, _PLACE):
        found = Counter(
            name
            for block in document.blocks
            for text in _texts(block)
            for name in expression.findall(squeeze(text))
            if not _NO_PLACE.search(name)
        )
        name, n = next(iter(found.most_common(1)), ("", 0))
        if n > 1:
            return name
    return ""


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Grid):
        for row in block.rows[:3]:
            yield from (cell.text for cell in row if cell and len(cell.text) > 5)
    else:
        yield block.text


def _year(title: str, stem: str, first: list[str], kind: str, document: Document) -> int | None:
    """A budget is for the latest year its title names, a final account for the year it closes."""
    for text in (title, stem, *first):
        if year := _year_named(text):
            return year
    counted = Counter(year for text in _short_lines(document) for year in years_in(text))
    return counted.most_common(1)[0][0] if counted else None


def _year_named(text: str) -> int | None:
    years = years_in(text) or [int(y) for y in re.findall(r"(?<!\d)(20\d{2})(?!\d)", text)]
    return max(years, default=None)


def _text(document: Document) -> str:
    return "".join(b.text for b in document.blocks if isinstance(b, Paragraph))[:20000]
