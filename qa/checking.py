"""Questions that check: do the parts add up, do prose and table agree, is a rate or a reason right.

Each finds a `Check` plan over grounded figures; what the index has already found wrong with a
document (its problems) answers questions about rates and reasons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.facts import is_primary
from index.model import Fact
from index.vocabulary import words
from qa.evidence import agreeing, same_amount, subject_of
from qa.lexicon import key, term_of
from qa.operands import Operands
from qa.plan import Check, Growth, Plan, Sum

__all__ = ["check_plan"]

_PROSE_AND_TABLE = re.compile(
    r"(?:文字|说明|正文|叙述|描述|报告).{0,20}(?:表格|表里|表中|报表|表上|附表|表)|(?:表格|表里|表中|报表|附表).{0,20}(?:文字|说明|正文|叙述|描述)"
)
_RATE = re.compile(r"增长率|增幅|降幅|增速|增减率|百分比|比率|比例|幅度|增长的?百分|涨幅")
_PARTS = re.compile(
    r"各项|分项|几项|三项|两项|各部分|明细|组成|各类|各构成|子项|下级|加总|加起来|相加|之和|合计"
)
_WORDS = re.compile(
    r"(?:印的?|写的?|算的?|说的?)?(?:对不对|对吗|对得上吗?|对不对得上|正确吗?|有误吗?|有没有错|准确吗?|总数|总额|合计数?|加总后?|加起来|相加|之和|各项|分项|几项|金额|"
    r"文字|正文数|表格数|说明|正文|叙述|描述|表格|表里|表中|报表|附表|表上|两处|前后|数字|数据|一样|各部分|明细|组成|三项|两项|加得起来|对得起来|分项之和|印出的?|实际|按金额|变动|增减|计算|结果|吻合|相符|一致|矛盾|出入|等于|平衡)"
)


def check_plan(operands: Operands) -> Plan | None:
    """The check a question asks for, or `None`."""
    text = operands.text
    operands.explain(_WORDS)
    operands.grounder.of_parts = True
    if _RATE.search(text) and (plan := _rate(operands)):
        return plan
    if operands.question.titles and (plan := _table_adds_up(operands)):
        return plan
    if _PROSE_AND_TABLE.search(text) and (plan := _prose_and_table(operands)):
        return plan
    if plan := _two_sides(operands):
        return plan
    return _whole_and_parts(operands) if _PARTS.search(text) else _prose_and_table(operands)


def _prose_and_table(operands: Operands) -> Plan | None:
    """One figure in prose against the same in a table."""
    prose = agreeing([f for f in operands.grounded(0, operands.end, "prose") if not f.derived])
    tables = [g for g in agreeing(operands.grounded(0, operands.end, "table")) if g[0].value]
    if not prose or not tables:
        return None
    # A figure that the other side does not confirm is what the question is after.
    alone = [g for g in prose if not any(same_amount(g[0], t[0]) for t in tables)]
    left = alone[0] if alone else prose[0]
    right = next((t for t in tables if same_amount(left[0], t[0])), max(tables, key=len))
    return Check(left=operands.bind("文字", left), right=operands.bind("表格", right))


def _table_adds_up(operands: Operands) -> Plan | None:
    """The rows of a table that the question names against its printed total."""
    scope = operands.scope
    facts = [
        f
        for f in operands.grounder.library.facts(scope.names)
        if key(f.table_title) in scope.question.titles and f.origin == "table"
    ]
    facts = operands.grounder.in_scope(facts)
    best = min((is_primary(f.measure) for f in facts), default=99)
    column = [f for f in facts if is_primary(f.measure) == best]
    column = [f for f in column if (f.table, f.column) == (column[0].table, column[0].column)]
    total = next((f for f in column if f.is_total), None)
    tops = [f for f in column if not f.is_total and _is_top(f, column)]
    if total is None or len(tops) < 2:
        return None
    parts = tuple(operands.bind(f"{f.label}#{f.row}", (f,)) for f in tops)
    return Check(left=Sum(parts=parts), right=operands.bind(total.label, (total,)))


def _is_top(fact: Fact, column: Sequence[Fact]) -> bool:
    """A row that no other row of the table contains."""
    labels = {f.label for f in column if not f.is_total}
    carried = any(word in fact.label for word in words("tables")["carry_labels"])
    return not carried and not any(label in labels for label in fact.path)


def _whole_and_parts(operands: Operands) -> Plan | None:
    """A whole against the sum of what it consists of."""
    whole = operands.value(0, operands.end)
    if whole is None:
        return None
    facts = operands.selections[whole.of]
    named = {term_of(subject_of(fact)) for fact in facts}
    for term, parts in words("synonyms")["relations"].items():
        if key(term) not in named:
            continue
        values = [operands.named(part, facts) for part in parts]
        if all(values):
            return Check(left=Sum(parts=tuple(v for v in values if v)), right=whole)
    children = operands.children(facts[0])
    if len(children) > 1:
        parts_ = tuple(operands.bind(f.label, (f,)) for f in children)
        return Check(left=Sum(parts=parts_), right=whole)
    return None


def _two_sides(operands: Operands) -> Plan | None:
    """A、B、C相加等于D吗; A和B一致吗."""
    points = list(
        re.finditer(
            r"(?:加总后|加起来|相加|之和|合计|加总)?(?:后)?(?:是否|是不是)?(?:等于|与|和|跟|同)",
            operands.text,
        )
    )
    for match in points:
        before = set(operands.covered)
        segments = operands.segments(0, match.start())
        left = [operands.value(a, b) for a, b in segments]
        right = operands.value(match.end(), operands.end)
        values = [v for v in left if v]
        if values and len(values) == len(left) and right and right.of not in {v.of for v in values}:
            whole: Plan = Sum(parts=tuple(values)) if len(values) > 1 else values[0]
            return Check(left=whole, right=right)
        operands.covered = before
    return None


def _rate(operands: Operands) -> Plan | None:
    """A printed growth rate against the one its own amounts give."""
    printed = operands.value(0, operands.end, kind="rate")
    if printed is None:
        return None
    year = printed.of.year
    new = operands.value(0, operands.end, years=(year,) if year else None)
    old = operands.value(0, operands.end, years=(year - 1,)) if year else None
    if new is None or old is None or new.of == old.of:
        return None
    return Check(left=Growth(new=new, old=old), right=printed)
