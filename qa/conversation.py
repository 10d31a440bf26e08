"""Follow-up questions: what a question leaves out is taken from the one before, without a model.

A question complete in itself is never touched.  One that leans on the question before (那2023年呢？
占比是多少？ 换成元) is written out in full, so that it is answered like any other; what cannot be
written out for sure is said to be open, never guessed.

    resolve("那2023年呢？", history, lexicon).question   # '城市管理局2023年公务接待费是多少'
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from index.figures import chinese_ordinal
from index.units import MONEY
from index.vocabulary import pattern, words
from qa.answer import Answer, Carried
from qa.lexicon import Lexicon
from qa.plan import Difference, Growth, Rank
from qa.question import has, normalise
from qa.scope import Scope
from qa.turn import (
    SUBJECT_CUES,
    Lost,
    Open,
    Turn,
    is_base,
    scope_read,
    subjects_of,
    with_text,
)
from qa.understood import direction_of

__all__ = ["FollowUp", "resolve", "thread"]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question written out: `question` in full, `carried` what was taken from before.

    `open` says why it cannot be written out (then `question` is as asked); `place` is the position
    asked for in the ranking that `question` asks (第二大的呢), else 0.  `lost`: the turn before names
    nothing to go on from, but an earlier one may."""

    question: str
    carried: Carried | None = None
    open: str = ""
    place: int = 0
    lost: bool = False


def resolve(question: str, history: Sequence[Answer], lexicon: Lexicon) -> FollowUp | None:
    """The full question that a follow-up means; `None` for a question complete in itself.

    `history` are the answers of the conversation so far, the latest last."""
    said = _Said.of(question, lexicon)
    if said is None:
        return None
    before = _before(history)
    if before is None:
        return FollowUp(question, open="这句话要接着上一个问题才有意思，可是还没有上一个问题")
    try:
        return said.after(before, lexicon)
    except Open as problem:
        return FollowUp(question, open=str(problem), lost=isinstance(problem, Lost))


def thread(history: Sequence[Answer], lexicon: Lexicon) -> tuple[str, ...]:
    """What a follow-up would take from the question before, e.g. `("城市管理局", "2024年", "培训费")`."""
    before = _before(history)
    if before is None:
        return ()
    base = Turn.of(before, lexicon)
    subjects = "、".join(base.text[a:b] for a, b in base.subjects)
    return tuple(part for part in (base.organisation, base.year, subjects) if part)


def _before(history: Sequence[Answer]) -> Answer | None:
    """The latest answer whose question is known in full."""
    return next((answer for answer in reversed(history) if answer.asked), None)


# ---------------------------------------------------------------- the follow-up


@dataclass(frozen=True, slots=True)
class _Said:
    """A follow-up taken apart: the year and the department it names, and what else it says."""

    text: str
    year: str
    organisation: str
    rest: str
    operation: str
    match: re.Match[str] | None

    @classmethod
    def of(cls, question: str, lexicon: Lexicon) -> _Said | None:
        """A follow-up, or `None` where the question stands by itself."""
        text = normalise(question)
        plain = re.sub(rf"^{_any('opening')}[,，]?", "", text)
        opened = plain != text
        shorter = re.sub(rf"{_any('closing')}$", "", plain)
        marked, plain = opened or shorter != plain, shorter
        scope = scope_read(plain, lexicon)
        rest, year, organisation = _taken_apart(plain, scope)
        for operation in ("why", "unit", "place", "extreme", "first", "share", "change"):
            # 比上年增加多少 names its own base: only there the whole is looked at.
            whole = plain if operation in ("change", "unit") else rest
            if match := re.fullmatch(_any(operation), whole):
                own = "" if whole == plain else year
                named = "" if whole == plain else organisation
                return cls(text, own, named, whole, operation, match)
        if re.fullmatch(_any("bare"), rest) and (year or organisation):
            return cls(text, year, organisation, "", "scope", None)
        if not marked and not _names_stranger(rest) and not re.search(_any("pronouns"), rest):
            return None
        complete = year and (organisation or _one_organisation(lexicon)) and not opened
        # “其他支出”这一项, 30217这个科目: what the pronoun stands for is named in front of it.
        subject = bool(subjects_of(scope, lexicon)) or bool(scope.question.codes)
        complete = complete or (organisation and not opened and not marked)
        if complete and (not re.search(_any("pronouns"), rest) or subject):
            return None
        # What a term means depends on no department and no year.
        if has(plain, "define") and subject and not opened:
            return None
        if not rest:
            return cls(text, year, organisation, "", "scope", None)
        return cls(text, year, organisation, rest, "subject", None)

    def after(self, answer: Answer, lexicon: Lexicon) -> FollowUp:
        """The full question, after the one that `answer` answered."""
        base = Turn.of(answer, lexicon)
        if self.organisation:
            base = with_text(base, base.with_organisation(self.organisation), lexicon)
        if self.year:
            base = with_text(base, base.with_year(self._year(base)), lexicon)
        full, place = getattr(self, f"_{self.operation}")(base, lexicon)
        return FollowUp(full, self._carried(full, base, lexicon), place=place)

    def _carried(self, full: str, base: Turn, lexicon: Lexicon) -> Carried:
        now = scope_read(full, lexicon)
        subject = next((base.text[a:b] for a, b in base.subjects), "")
        organisation = "" if self.organisation else base.organisation
        year = "" if self.year else base.year
        return Carried(
            full,
            organisation if organisation in now.question.text else "",
            year if year in now.question.text else "",
            subject if subject and subject in now.question.text else "",
            self.operation == "scope",
        )

    def _year(self, base: Turn) -> str:
        """The year said, as a number: 上一年 from the question before, 去年 from the newest."""
        if re.match(r"\d{4}", self.year):
            return self.year
        newest = max((d.profile.year or 0 for d in base.scope.documents), default=0)
        context = int(base.year[:-1]) if base.year else 0
        for name, start, step in (
            ("before", context, -1), ("after", context, 1), ("newest", newest, 0),
            ("last", newest, -1), ("earlier", newest, -2),
        ):  # fmt: skip
            if start and re.fullmatch(pattern("followups", "years", name), self.year):
                return f"{start + step}年"
        raise Open(f"“{self.year}”是哪一年，从上一个问题看不出来")

    # Each operation: the full question, and the place asked for in a ranking.

    def _scope(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        return base.text, 0

    def _subject(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        rest = self.rest
        if match := re.search(_any("pronouns"), rest):
            without = rest[: match.start()] + rest[match.end() :]
            named = subjects_of(scope_read(without, lexicon), lexicon)
            if named and not re.match(_any("held"), without):
                # 它2026年支出预算: the pronoun stands for the department.
                return _scoped(base, without), 0
            start, end = base.subject
            return base.head + rest[match.end() :] if not rest[: match.start()] else (
                rest[: match.start()] + base.text[start:end] + rest[match.end() :]
            ), 0  # fmt: skip
        if _names_stranger(rest) and not subjects_of(scope_read(rest, lexicon), lexicon):
            return base.with_organisation(rest), 0
        if any(has(rest, cue) for cue in (*SUBJECT_CUES, "why", "amount", "describe", "define")):
            # It says what is asked of the new subject itself: only the scope is missing.
            return _scoped(base, rest), 0
        if isinstance(base.answer.plan, Rank) or has(base.text, "rank"):
            raise Open("上一个问题问的是排序，不知道这里要问什么")
        if not base.subjects and subjects_of(scope_read(rest, lexicon), lexicon):
            return _scoped(base, rest), 0
        start, end = base.subject
        return base.text[:start] + rest + base.text[end:], 0

    def _why(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        if has(base.text, "define"):
            raise Open("上一个问题问的是一个说法的意思，没有原因可问")
        if has(base.text, "rank") or has(base.text, "filter"):
            raise Open("上一个答案里不止一项，不知道问的是哪一项的原因")
        return f"{base.head}为什么{_direction(base, same=not self.year)}", 0

    def _share(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        return base.head + self.rest, 0

    def _change(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        return base.head + self.rest, 0

    def _unit(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        answer = base.answer
        units = {answer.unit} if answer.unit else {item.unit for item, _ in answer.items}
        if not units or not units <= set(MONEY):
            raise Open("上一个答案不是金额，不能换算单位")
        assert self.match is not None
        unit = next(group for group in self.match.groups() if group)
        return f"{base.text},换算成{ {'亿': '亿元', '万': '万元'}.get(unit, unit) }", 0

    def _place(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        assert self.match is not None
        place = _number(self.match[1])
        return _ranked(base, place), place

    def _first(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        assert self.match is not None
        return _ranked(base, _number(self.match[1])), 0

    def _extreme(self, base: Turn, lexicon: Lexicon) -> tuple[str, int]:
        assert self.match is not None
        return _ranked(base, 1, self.match["way"]), 0


@cache
def _any(entry: str) -> str:
    return f"(?:{'|'.join(words('followups')[entry])})"


def _taken_apart(text: str, scope: Scope) -> tuple[str, str, str]:
    """What a question says besides its year and its department; the year; the department."""
    spans = {
        kind: [
            (a, b) for a, b, k in scope.question.marks if k == kind and not is_base(text, (a, b))
        ]
        for kind in ("year", "organisation")
    }
    year = next((text[a:b] for a, b in spans["year"]), "")
    for entry in words("followups")["years"].values():
        for expression in entry:
            if not year and (match := re.match(f"(?:{expression})", text)):
                year, spans["year"] = match[0], [match.span()]
    organisation = next((text[a:b] for a, b in spans["organisation"]), "")
    rest = text
    for start, end in sorted([s for found in spans.values() for s in found], reverse=True):
        rest = rest[:start] + rest[end:]
    if len(spans["year"]) > 1 or len(spans["organisation"]) > 1:
        return text, "", ""
    return rest.strip("的,，"), _dated(year), organisation


def _dated(year: str) -> str:
    """`2023年` for 2023年度 or 2023; a relative year as it is."""
    match = re.match(r"((?:19|20)\d{2})", year)
    return f"{match[1]}年" if match else year


def _names_stranger(rest: str) -> bool:
    """Whether what is left reads like the name of a department, and nothing else."""
    ends = "|".join(words("followups")["organisation"]["ends"])
    return bool(re.fullmatch(rf"[一-龥]{{2,}}(?:{ends})", rest))


def _one_organisation(lexicon: Lexicon) -> bool:
    return len({d.profile.organisation for d in lexicon.documents}) <= 1


def _scoped(base: Turn, rest: str) -> str:
    if len(base.years) > 1:
        raise Open("上一个问题问的不止一年，请说明是哪一年")
    return base.organisation + base.year + rest


def _direction(base: Turn, *, same: bool) -> str:
    """What the answer before found (增加 or 减少), or what its question took for granted."""
    value, plan = base.answer.value, base.answer.plan
    changes = isinstance(plan, Difference | Growth) or getattr(
        getattr(plan, "of", None), "kind", ""
    ) in ("change", "rate")
    asked = direction_of(base.text)
    # 相差多少 is answered by the size alone.
    if same and changes and value is not None and not asked and "差" not in base.text:
        return "增加" if value > 0 else "减少" if value < 0 else "变化"
    return {1: "增加", -1: "减少", 0: "变化"}[asked]


def _number(printed: str) -> int:
    return int(printed) if printed.isdigit() else chinese_ordinal(printed) or {"两": 2}[printed]


_RANKED = re.compile(
    r"(?:排名?)?前(?:[一二两三四五六七八九十]|\d+)(?:大|名|位|个|项)?(?:的)?|最(?P<way>大|多|高|小|少|低|贵)的?"
    r"(?:前?(?:[一二两三四五六七八九十]|\d+)(?:个|名|项|大|位))?"
)


def _ranked(base: Turn, place: int, way: str = "") -> str:
    """The ranking of the question before with another length, or from its other end."""
    match = _RANKED.search(base.text)
    if match is None or place < 1:
        raise Open("上一个问题不是排序，没有第几可言")
    way = way or match["way"] or "大"
    length = f"{place}个" if place > 1 else ""
    return base.text[: match.start()] + f"最{way}的{length}" + base.text[match.end() :]
