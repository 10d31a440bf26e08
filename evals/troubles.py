"""Troubles planted in a publication, each exactly where it says, and the check that must see it.

`plant(publication, "lost_page", rng)` -> the changed publication and a `Trouble`; `None` where the
document has no place for it.  Everything else stays as it was, so the facts of the changed
publication are still what it states.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any

from evals.publication import Block, Claim, Paragraph, Publication, Row, Side, Table

__all__ = ["TROUBLES", "Trouble", "plant", "planted"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What was planted: `place` is a table's title or a label, `before` and `after` what was
    printed, `check` the check that should catch it."""

    document: str
    kind: str
    place: str
    check: str
    before: str
    after: str


Planted = tuple[Publication, Trouble] | None


def planted(trouble: Trouble) -> dict[str, Any]:
    """A trouble as a JSON object of the truth."""
    return {"record": "trouble", **asdict(trouble)}


def plant(publication: Publication, kind: str, rng: Random) -> Planted:
    """Plant one trouble of a kind.  Raises `KeyError` for a kind there is none of."""
    return _PLANTERS[kind](publication, rng)


def _with(publication: Publication, old: Block, new: Block | None) -> Publication:
    changed = (new if block is old else block for block in publication.blocks)
    return replace(publication, blocks=tuple(block for block in changed if block is not None))


def _with_rows(table: Table, rows: tuple[Row, ...]) -> Table:
    return replace(table, sides=(replace(table.sides[0], rows=rows), *table.sides[1:]))


def _lost_page(publication: Publication, rng: Random) -> Planted:
    """The middle of a table is gone, its total is not."""
    long = [t for t in publication.tables if len(t.sides) == 1 and len(t.sides[0].rows) >= 8]
    if not long:
        return None
    table = rng.choice(long)
    rows = table.sides[0].rows
    first = rng.randint(2, len(rows) // 2)
    last = min(first + rng.randint(3, max(3, len(rows) // 3)), len(rows) - 2)
    lost = rows[first:last]
    new = _with_rows(table, rows[:first] + rows[last:])
    trouble = Trouble(
        publication.name, "lost_page", table.title, "incomplete_table",
        "、".join(f"{row.code} {row.label}".strip() for row in lost), "",
    )  # fmt: skip
    return _with(publication, table, new), trouble


def _rounding(publication: Publication, rng: Random) -> Planted:
    """The printed total of 基本支出 is one of its last printed digit more than its rows: 0.01 万元,
    or 1 元."""
    table = next((t for t in publication.tables if t.key == "basic"), None)
    if table is None:
        return None
    rows = table.sides[0].rows
    total = rows[-1]
    amount = total.values[0]
    assert amount is not None
    wrong = amount + Decimal("0.0001" if table.unit == "元" else "0.01")
    more = replace(total, values=(wrong, *total.values[1:]))
    trouble = Trouble(
        publication.name, "rounding", table.title, "rounding", f"{amount}", f"{wrong}"
    )
    return _with(publication, table, _with_rows(table, (*rows[:-1], more))), trouble


def _restated(
    publication: Publication, paragraph: Paragraph, claim: Claim, value: Decimal
) -> Publication | None:
    """The paragraph with one of its figures printed otherwise; `None` where that figure stands in
    it more than once and could not be told apart."""
    old, new = f"{abs(claim.value):,}", f"{abs(value):,}"
    if paragraph.text.count(old) != 1:
        return None
    claims = tuple(replace(c, value=value) if c is claim else c for c in paragraph.claims)
    text = paragraph.text.replace(old, new)
    return _with(publication, paragraph, Paragraph(text, claims))


def _contradiction(publication: Publication, rng: Random) -> Planted:
    """Prose gives 基本支出 or 项目支出 another amount than the tables."""
    for paragraph in publication.paragraphs:
        for claim in paragraph.claims:
            if claim.label not in ("基本支出", "项目支出") or not claim.value:
                continue
            value = claim.value + Decimal(rng.randint(3, 60)) / 2
            value = value.quantize(Decimal("0.01"))
            changed = _restated(publication, paragraph, claim, value)
            if changed:
                return changed, Trouble(
                    publication.name, "contradiction", claim.label, "contradiction",
                    f"{claim.value}", f"{value}",
                )  # fmt: skip
    return None


def _wrong_rate(publication: Publication, rng: Random) -> Planted:
    """A rate of growth that its own amounts do not give."""
    places = [
        (paragraph, claim)
        for paragraph in publication.paragraphs
        for claim in paragraph.claims
        if claim.aspect == "rate" and abs(claim.value) > 1
    ]
    for paragraph, claim in rng.sample(places, len(places)):
        value = claim.value + rng.choice((5, 10)) * (1 if claim.value > 0 else -1)
        changed = _restated(publication, paragraph, claim, value)
        if changed:
            return changed, Trouble(
                publication.name, "wrong_rate", claim.label, "contradiction",
                f"{claim.value}", f"{value}",
            )  # fmt: skip
    return None


def _two_figures(publication: Publication, rng: Random) -> Planted:
    """A project takes the name of a functional 项 with another amount."""
    expense = next((t for t in publication.tables if t.key == "expense"), None)
    projects = next((t for t in publication.tables if t.key == "projects"), None)
    if expense is None or projects is None:
        return None
    subjects = {r.label: r.values[0] for r in expense.sides[0].rows if len(r.code) == 7}
    names = [row.label for row in projects.sides[0].rows if not row.total]
    amounts = {row.label: row.values[0] for row in projects.sides[0].rows}
    text = "".join(p.text for p in publication.paragraphs)
    choices = [
        (old, new)
        for old in names
        for new in subjects
        if old not in subjects and new not in names and subjects[new] != amounts[old]
        and not any(old in other for other in (*subjects, *names) if other != old)
        and text.count(new) < 3
    ]  # fmt: skip
    if not choices:
        return None
    old, new = rng.choice(choices)
    changed = replace(publication, blocks=tuple(_named(b, old, new) for b in publication.blocks))
    trouble = Trouble(publication.name, "two_figures", new, "ambiguous", old, new)
    return changed, trouble


def _named(block: Block, old: str, new: str) -> Block:
    """The block with a project's name changed, in prose and in the projects table."""
    if isinstance(block, Paragraph):
        claims = tuple(replace(c, label=new) if c.label == old else c for c in block.claims)
        return Paragraph(block.text.replace(old, new), claims)
    if isinstance(block, Table) and block.key == "projects":
        side: Side = block.sides[0]
        rows = tuple(replace(r, label=new) if r.label == old else r for r in side.rows)
        return replace(block, sides=(replace(side, rows=rows),))
    return block


def _missing_table(publication: Publication, rng: Random) -> Planted:
    """A table that the contents list is not there."""
    choices = [t for t in publication.tables if t.key in ("three_public", "projects", "basic")]
    if not choices:
        return None
    table = rng.choice(choices)
    trouble = Trouble(
        publication.name, "missing_table", table.title, "missing_table", table.title, ""
    )
    return _with(publication, table, None), trouble


_PLANTERS: dict[str, Callable[[Publication, Random], Planted]] = {
    "lost_page": _lost_page,
    "rounding": _rounding,
    "contradiction": _contradiction,
    "wrong_rate": _wrong_rate,
    "two_figures": _two_figures,
    "missing_table": _missing_table,
}
TROUBLES = tuple(_PLANTERS)
