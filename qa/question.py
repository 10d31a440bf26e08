"""A question, read: its text made uniform, what it says of scope, and which cues it gives.

>>> q = read_question("请问２０２４年公务接待費是多少萬元？")
>>> q.text, q.years, q.unit
('2024年公务接待费是多少万元', (2024,), '万元')
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

import rjieba

from index.aspects import basis_in, level_in
from index.figures import COUNTED, chinese_ordinal, half_width
from index.units import MONEY
from index.vocabulary import pattern, words

__all__ = [
    "LONGEST",
    "Question",
    "Threshold",
    "asked_unit",
    "basis_of",
    "cue_spans",
    "has",
    "normalise",
    "read_question",
    "relative_year",
    "too_long",
]

# The most characters of a question that is read.  The time it takes grows with the square of the
# length: 600 characters 0.4 s, 1,000 1.5 s, 2,000 3 s, 5,000 15 s, 10,000 a minute.
LONGEST = 1000

_QUOTES = re.compile(r"[\s“”\"'‘’《》「」]")
_CLASSES = re.compile(r"([^,，:：()的里中]+)\(类\)([^,()]+)\(款\)(?:([^,()]+)\(项\))?")
_DOCUMENT = re.compile(
    r"(?:(?:部门|单位|政府)?(?:预算|决算)(?:报告|公开|文件|说明|草案|书)?(?:里面?|中|当中)?(?=[,，:：])|(?:部门|单位)(?:预算|决算)(?:报告|公开|文件|说明)?(?:里面?|中|当中)|(?:预算|决算)(?:报告|公开|文件|说明|草案|书)(?:里面?|中|当中)?|(?:部门|单位)(?:预算|决算)$)"
)
_CN_YEAR = re.compile(r"([二一][〇零九○O0][〇零○O0一二三四五六七八九]{2})年")
_SHORT_YEAR = re.compile(
    r"(?<!\d)(\d{2})(?=年(?!期|来|内|以|之|间|代)(?:度|底|初|预算|决算|的|比|和|与|、|,|$|[一-龥]))"
)
_CN_AMOUNT = re.compile(r"([一二两三四五六七八九十百千]+)(?=(?:亿|百万|千万|万)?元|亿|万)")
_ASKED_UNIT = re.compile(
    r"(?:多少(?:个)?|几(?:个)?|折合(?:成)?|折算成?|换算成?|换成|以|按|单位[:是为]?|是多少|用|合|为|\()\s*"
    # 多少万亩 asks for an area, 多少万人民币 for money.
    rf"(亿元|百万元|万元|千元|元|(?:亿|万)(?!(?!块|人民币)(?:{COUNTED})))(?!元以)(?:/人)?|"
    r"百分之(?:几|多少)|多少个?(?:%|百分点)|几个(?:百分)?点"
)
_COUNT_UNIT = re.compile(
    r"(?:多少|几)(?:个)?([万亿]?(?:批次|人次|平方米|公里|[家人件次场辆台套名户所座亩吨张])|个百分点|(?<!个)项(?!目))"
)
_YEAR_SPAN = re.compile(
    r"((?:19|20)\d{2})\s*(?:年度?|财年)?\s*(?:至|到|-|—|~)\s*((?:19|20)\d{2})年?"
)
_YEAR = re.compile(
    r"(?<![\d.])((?:19|20)\d{2})(?:年(?:度|[末底](?!结|滚))?|(?=[和与、跟及比,]|预算|决算|部门|单位|[两三四五]年))"
)
_RELATIVE = (
    ("前年", -2),
    ("上一年度?", -1),
    ("去年", -1),
    ("上年度?(?!结转|结余|末结)", -1),
    ("今年", 0),
    ("本年度?", 0),
    ("当年", 0),
    ("明年", 1),
    ("下一?年度?", 1),
    ("来年", 1),
)
_SOURCE = re.compile(
    r"(?:根据|依据|按照?|照|从|用|以)[^,，()]{0,14}?((?:19|20)\d{2})年(?:度)?[^,，()]{0,8}?(?:说明|报告|文件|文本|公开|预算书|决算书|草案)(?:里|中|来)?(?:计算|看|算)?"
)
_TABLE = re.compile(
    r"(?<!代)(?:附)?表\s*(\d{1,2}(?:-\d{1,2})?|[一二三四五六七八九十]{1,3})(?![一-龥]?元)"
)
_CODE = re.compile(
    r"(?<![\d.])(?<!\d,)([1235]\d{2}(?:\d{2}){0,2}|\d{3,7}(?=科目|编码|代码))(?![\d.,年万亿元%名人个家辆次件台套项户位场亩座栋批期])"
)
_THRESHOLD = re.compile(
    r"(?P<before>不低于|不少于|不小于|不超过|不高于|不大于|不多于|至少|至多|超过|大于|高于|多于|低于|小于|少于|不足|不到|达到|超)?(?:了)?"
    r"(?P<num>\d[\d,]*(?:\.\d+)?)(?P<unit>亿元|百万元|千万元|万元|千元|元|亿|万|%|个?百分点)(?:\(含\))?(?P<after>以上|及以上|以下|及以下|以内)?"
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound a filter names, e.g. 超过1000万元 → `>` 1000 万元."""

    comparison: str
    value: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question as far as it can be read without a library.

    `text` is uniform (half width, simplified, no blanks); `marks` are the stretches of it that are
    explained already, with what they are; `years` as asked, relative ones still open in `relative`.
    """

    raw: str
    text: str
    years: tuple[int, ...] = ()
    relative: tuple[int, ...] = ()
    level: str = ""
    basis: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    source: int | None = None
    unit: str = ""
    per: str = ""
    thresholds: tuple[Threshold, ...] = ()
    marks: tuple[tuple[int, int, str], ...] = ()

    def free(self) -> list[bool]:
        """For each character, whether nothing explains it yet."""
        free = [True] * len(self.text)
        for start, end, _ in self.marks:
            free[start:end] = [False] * (end - start)
        return free


@cache
def _simplifier() -> object:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _opening() -> re.Pattern[str]:
    return re.compile(
        "^(?:(?:" + "|".join(words("questions")["openings"]) + r")[,，:：.。!！、]*)+"
    )


def normalise(text: str) -> str:
    """Half width, simplified characters, no blanks or quotes, years and round amounts in digits.

    >>> normalise("二〇二四年 “三公”經費 超过一千万元")
    '2024年三公经费超过1000万元'
    """
    text = _QUOTES.sub("", _parted(half_width(text).strip())).rstrip("?!。.,;、~ ")
    text = _simplifier().convert(text)  # type: ignore[attr-defined]
    text = _as_written(text)
    text = _opening().sub("", text)
    text = _CN_YEAR.sub(lambda m: _digits(m[1]) + "年", text)
    text = _SHORT_YEAR.sub(lambda m: "20" + m[1] if int(m[1]) < 50 else m[1], text)
    return _CN_AMOUNT.sub(lambda m: _round_amount(m[1]), text)


def _as_written(text: str) -> str:
    """A text with words of a dialect as they are written elsewhere (而家 is 现在); none inside another
    word: 重点解决 says nothing of 点解."""
    spoken = words("questions")["written"]
    if not any(word in text for word in spoken):
        return text
    bounds = {0, *itertools.accumulate(map(len, rjieba.cut(text, hmm=False)))}
    for match in reversed(list(re.finditer("|".join(map(re.escape, spoken)), text))):
        if bounds.issuperset(match.span()):
            text = text[: match.start()] + spoken[match[0]] + text[match.end() :]
    return text


def _parted(text: str) -> str:
    """A text with commas for the blanks behind what it asks: 公务车几辆 大型设备几台."""
    return pattern("questions", "asked_before_blank").sub(lambda m: m[0].rstrip() + ",", text)


def _digits(chinese: str) -> str:
    return "".join(
        str("〇一二三四五六七八九".index(c)) if c in "〇一二三四五六七八九" else "0"
        for c in chinese
    )


def _round_amount(chinese: str) -> str:
    total, digit = 0, 0
    for char in chinese:
        if char in "十百千":
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[char]
            digit = 0
        else:
            digit = chinese_ordinal(char) or 0
    return str(total + digit)


def read_question(text: str) -> Question:
    """A question with its scope, units and bounds marked; its subjects are still to be linked."""
    plain, parents = _without_classes(normalise(text))
    marks: list[tuple[int, int, str]] = []
    source = _SOURCE.search(plain)
    years, relative = _years(plain, marks)
    if source and set(years) - {int(source[1])}:
        # 根据2024年预算说明，2023年…: the first year only says which document.
        years = tuple(
            year for year in years if year != int(source[1]) or plain.count(source[1]) > 1
        )
    if source:
        marks.append((*source.span(), "document"))
    thresholds = _thresholds(plain, marks)
    unit = _unit(plain, marks)
    tables = tuple(dict.fromkeys(_table_number(m[1]) for m in _TABLE.finditer(plain)))
    marks += [(*m.span(), "table") for m in _TABLE.finditer(plain)]
    marks += [(*m.span(), "level") for m in level_expression().finditer(plain)]
    marks += [(*m.span(), "whole") for m in pattern("questions", "whole_of_parts").finditer(plain)]
    marks += [(*m.span(), "document") for m in _DOCUMENT.finditer(plain)]
    codes = tuple(m[1] for m in _CODE.finditer(plain) if not _covered(m.start(), marks))
    marks += [(*m.span(), "code") for m in _CODE.finditer(plain) if not _covered(m.start(), marks)]
    return Question(
        raw=text,
        text=plain,
        years=years,
        relative=relative,
        level=level_in(plain),
        basis=basis_of(plain),
        tables=tables,
        codes=codes,
        parents=parents,
        source=int(source[1]) if source else None,
        unit=unit,
        per=_per(plain),
        thresholds=thresholds,
        marks=tuple(marks),
    )


@cache
def level_expression() -> re.Pattern[str]:
    names = words("aspects")["level"].values()
    return re.compile("|".join(expression for group in names for expression in group))


def _without_classes(text: str) -> tuple[str, tuple[str, ...]]:
    """A subject written out with its classes is the last of them, the others are its parents.

    >>> _without_classes("卫生健康支出(类)行政事业单位医疗(款)行政单位医疗(项)多少")
    ('行政单位医疗多少', ('卫生健康支出', '行政事业单位医疗'))
    """
    match = _CLASSES.search(text)
    if not match:
        return text, ()
    named = [part for part in match.groups() if part]
    # What stands before the first class in the same breath is scope: 水务局2022年度卫生健康支出(类)
    head = re.split(r"年度?|局|委|办|厅|街道|中心|院|度", named[0])
    lead = named[0][: len(named[0]) - len(head[-1])]
    return text[: match.start()] + lead + named[-1] + text[match.end() :], (head[-1], *named[1:-1])


def too_long(question: str) -> str:
    """What to tell whoever asks at a length that is not read; empty where it is."""
    if len(question) <= LONGEST:
        return ""
    return (
        f"问题太长：{len(question):,} 字，最多 {LONGEST:,} 字，因此没有读。"
        "请只写要问的那一句，例如单位、年份和科目；背景不必写。"
    )


def has(question: str, cue: str) -> bool:
    """Whether a normalised question gives a cue (`sum`, `share`, `why` …; see questions.toml)."""
    return any(re.search(expression, question) for expression in words("questions")["cues"][cue])


def cue_spans(question: str, *cues: str) -> list[tuple[int, int]]:
    """Where the words of some cues stand."""
    return [
        match.span()
        for cue in cues
        for expression in words("questions")["cues"][cue]
        for match in re.finditer(expression, question)
    ]


def _covered(at: int, marks: list[tuple[int, int, str]]) -> bool:
    return any(start <= at < end for start, end, _ in marks)


def relative_year(said: str) -> int | None:
    """How far a word is from this year.

    >>> relative_year("去年"), relative_year("去年底"), relative_year("2024年")
    (-1, -1, None)
    """
    return next((offset for word, offset in _RELATIVE if re.match(word, said)), None)


def _years(text: str, marks: list[tuple[int, int, str]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    years: list[int] = []
    for match in _YEAR_SPAN.finditer(text):
        first, last = int(match[1]), int(match[2])
        if first < last <= first + 20:
            years += range(first, last + 1)
            marks.append((*match.span(), "year"))
    for match in _YEAR.finditer(text):
        if not _covered(match.start(), marks):
            years.append(int(match[1]))
            marks.append((*match.span(), "year"))
    relative: list[int] = []
    for word, offset in _RELATIVE:
        for match in re.finditer(word, text):
            if not _covered(match.start(), marks):
                relative.append(offset)
                marks.append((*match.span(), "year"))
    return tuple(dict.fromkeys(years)), tuple(dict.fromkeys(relative))


def _thresholds(text: str, marks: list[tuple[int, int, str]]) -> tuple[Threshold, ...]:
    signs = words("questions")["comparison"]
    found = []
    for match in _THRESHOLD.finditer(text):
        word = match["before"] or match["after"]
        sign = next((sign for sign, names in signs.items() if word in names), "") if word else ""
        unit = {"亿": "亿元", "万": "万元", "百分点": "%", "个百分点": "%"}.get(
            match["unit"], match["unit"]
        )
        value = Decimal(match["num"].replace(",", ""))
        if unit == "千万元":
            value, unit = value * 1000, "万元"
        marks.append((*match.span(), "threshold"))
        found.append(Threshold(sign, value, unit))
    return tuple(found)


def _unit(text: str, marks: list[tuple[int, int, str]]) -> str:
    """The unit the answer is wanted in; the last one named wins (…换算成亿元)."""
    unit = ""
    for match in _ASKED_UNIT.finditer(text):
        marks.append((*match.span(), "unit"))
        named = {"亿": "亿元", "万": "万元"}.get(match[1] or "", match[1] or "")
        unit = named if named in MONEY else "%" if not named else unit
    if not unit and (counted := _COUNT_UNIT.search(text)):
        marks.append((*counted.span(), "unit"))
        unit = counted[1]
    return unit


def asked_unit(text: str) -> str:
    """The unit that a stretch of a question asks for; `""` where it asks for none.

    >>> asked_unit("完成预算的百分之几"), asked_unit("收了多少")
    ('%', '')
    """
    return _unit(text, [])


_PER = re.compile(
    r"(?:平均)?(?:每(?:一)?|均(?:下来|到)?一)(?:个)?(人次|批次|[人辆家名件场户次台套批])(?!月|年)|"
    r"一([辆人家台套批户])(?:车|房)?(?=平均|合|多少)|(人)均|(户)均"
)


def _per(text: str) -> str:
    """What an average is by: 人, 辆 …; `""` where it names nothing that is counted."""
    match = _PER.search(text)
    return next((g for g in match.groups() if g), "") if match else ""


def _table_number(printed: str) -> str:
    return "-".join(str(chinese_ordinal(part) or part) for part in printed.split("-"))


def basis_of(text: str) -> tuple[str, ...]:
    """Every basis a question names, in order of appearance (年初预算 and 决算 in a comparison)."""
    found = []
    for name, expressions in words("aspects")["basis"].items():
        if any(m := re.search(expression, text) for expression in expressions):
            found.append(
                (m.start() if (m := re.search("|".join(expressions), text)) else 0, str(name))
            )
    return tuple(name for _, name in sorted(found)) or ((basis_in(text),) if basis_in(text) else ())
