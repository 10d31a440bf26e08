"""The real text extraction in ../shared, where it is there: against its raw lines, split at tabs
by this test and by nothing of ours."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import pytest
from invented_budget import CORPUS

from index.build import read_document
from index.schema import IndexedDocument

FILES = sorted(CORPUS.glob("坪山*.txt"))
pytestmark = pytest.mark.skipif(not FILES, reason="../shared/corpus is not there")
HEAD = {"3": "支出总计", "4": "基本支出", "5": "项目支出"}


@cache
def indexed() -> IndexedDocument:
    return read_document(FILES[0])


def raw_rows(number: str) -> list[list[str]]:
    """The tab-split lines between the captions 表N and the next other one."""
    rows: list[list[str]] = []
    inside = False
    for line in FILES[0].read_text(encoding="utf-8").split("\n"):
        if caption := re.fullmatch(r"表\s*(\d+)\s*", line):
            inside = caption[1] == number
        elif inside and "\t" in line:
            rows.append([cell.strip() for cell in line.split("\t")])
    return rows


def raw_figures(number: str) -> list[tuple[str, str, str, str, Decimal]]:
    """Code, name, column, printed text and value of every numeric cell, in order."""
    found = []
    for cells in raw_rows(number):
        name = cells[2] or cells[0]
        for at, printed in enumerate(cells):
            if at >= 3 and re.fullmatch(r"[\d,]+\.\d\d", printed):
                value = Decimal(printed.replace(",", ""))
                found.append((cells[1], name, HEAD[str(at)], printed, value))
    return found


@pytest.mark.parametrize(("number", "rows"), [("7", 29), ("8", 34)])
def test_every_numeric_cell_stands_in_the_facts(number: str, rows: int) -> None:
    raw = raw_figures(number)
    facts = [
        (f.code, f.label, f.measure, f.quote, f.value)
        for f in indexed().facts
        if f.origin == "table" and f.table_number == number
    ]
    assert len(raw) == rows * 3
    assert facts == raw
    units = {f.unit for f in indexed().facts if f.table_number == number}
    assert units == {"万元"}


@pytest.mark.parametrize("number", ["7", "8"])
def test_every_fact_stands_on_the_line_it_names(number: str) -> None:
    lines = FILES[0].read_text(encoding="utf-8").split("\n")
    facts = [f for f in indexed().facts if f.origin == "table" and f.table_number == number]
    assert [f for f in facts if f.quote not in lines[(f.source.line or 0) - 1].split("\t")] == []


def test_lost_rows_and_the_missing_table_are_named_and_nothing_else_is() -> None:
    found = [(p.kind, p.message) for p in indexed().problems if p.severity != "note"]
    assert [kind for kind, _ in found] == ["missing_table"] + ["incomplete_table"] * 3
    for (_, message), name in zip(found, ("表9", "表3", "表4", "表5"), strict=True):
        assert name in message
    assert {p.kind for p in indexed().problems if p.severity == "note"} == {"rounding"}


def test_all_but_the_missing_table_are_there() -> None:
    numbers = {t.number for t in indexed().tables if t.number}
    assert numbers == {str(n) for n in range(1, 13)} - {"9"}
    assert [t.number for t in indexed().tables if t.number == "11" and t.empty] == ["11"]


@pytest.mark.parametrize(
    ("label", "year", "value"),
    [
        ("公务接待费", 2024, "4.00"),
        ("公务接待费", 2023, "6.00"),
        ("部门预算支出", 2024, "74420.87"),
        ("部门预算支出", 2023, "69032.77"),
    ],
)
def test_amounts_of_the_prose(label: str, year: int, value: str) -> None:
    found = {
        str(f.value)
        for f in indexed().facts
        if f.origin == "prose" and (f.label, f.year, f.column) == (label, year, 0)
    }
    assert found == {value}


def test_the_reason_of_the_change() -> None:
    (change,) = (
        f
        for f in indexed().facts
        if f.origin == "prose" and f.label == "公务接待费" and f.column == 1
    )
    assert (str(change.value), change.unit) == ("-2.00", "万元")
    assert change.reason == "根据工作实际需要，比上年有所节约"
