"""What may stand in the vocabulary files that documents are read with: aspects, sections, tables,
prose.
"""

from __future__ import annotations

from index.vocabulary.entries import Expression, Expressions, Strict, Word, Words

__all__ = ["Aspects", "Prose", "Sections", "Tables"]


class Aspects(Strict):
    basis: dict[Word, Expressions]
    level: dict[Word, Expressions]


class Sections(Strict):
    part_titles: Expressions
    reviews: Expressions


class _BudgetParts(Strict):
    title: Expression
    row: Expression


class Tables(Strict):
    number_patterns: Expressions
    unit_patterns: Expressions
    organisation_patterns: Expressions
    note_patterns: Expressions
    empty_note_patterns: Expressions
    title_patterns: Expressions
    title_continued: Expression
    code_headers: Expressions
    ordinal_headers: Expressions
    label_headers: Expressions
    remark_headers: Expressions
    text_headers: Expressions
    mixed_headers: Expressions
    value_headers: Expressions
    section_headers: Expressions
    first_level_indicators: Words
    side_labels: Words
    form_labels: Expressions
    total_labels: Words
    total_patterns: Expressions
    subtotal_patterns: Expressions
    region_labels: Expressions
    carry_labels: Words
    undivided_subjects: Words
    primary_measures: Expressions
    year_rows: Expressions
    year_columns: Expressions
    change_rows: Expressions
    fund_columns: Expressions
    totals_of_titles: dict[Word, Words]
    budget_parts: _BudgetParts


class _Strip(Strict):
    front: Expressions
    back: Expressions
    whole: Expressions
    empty: Expressions


class _Subject(Strict):
    fund: Expression
    side: Expression
    balance: Expression
    years: Words
    stating: Words
    place: Expression
    spending: Expression
    purpose: Expressions
    doing: Words


class _Change(Strict):
    raised: Expressions
    lowered: Expressions
    over: Expressions
    under: Expressions
    against: Expressions
    base: Expressions
    started: Expressions
    onward: Expressions
    own_budget: Expression


class _Period(Strict):
    lately: Expressions
    years: Expressions
    no_year: Expressions


class _Reason(Strict):
    cause: Expressions
    lead: Expressions
    none: Expressions
    bare: Expression
    opening: Expression
    of_own_budget: Expression
    influence: Expression
    ends: Expression


class _Approximate(Strict):
    """Words that make a figure an approximate one: in an answer, and before one in a document."""

    words: Expressions
    before: Expressions


class _Listed(Strict):
    words: Expressions


class Prose(Strict):
    up: Expressions
    down: Expressions
    same: Expressions
    share: Expressions
    completion: Expressions
    compared: Expressions
    against: dict[Word, Expressions]
    strip: _Strip
    subject: _Subject
    change: _Change
    period: _Period
    reason: _Reason
    instruction: _Listed
    negation: _Listed
    spoken: _Listed
    approximate: _Approximate
