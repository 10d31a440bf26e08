"""No figure without its source: over all question files, each figure in an answer's text stands in
a citation's quote, in the calculation or in the items, or is such a figure in another unit or
rounded; each `[n]` is a citation; each quote is copied from its document."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

import pytest

from evals.citations import check_citations
from evals.figures import Printed, decimal, figures, in_unit
from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from index.model import Amount
from qa import Answer, ask

SAMPLE = Path(__file__).parent.parent / "evals" / "sample"
SHARED = Path(__file__).parent.parent.parent / "shared"
QUESTIONS = [SAMPLE / "questions.jsonl", *sorted(SHARED.glob("questions/*.jsonl"))]
TEXT = (".txt", ".md")


@dataclass(frozen=True)
class Asked:
    """The answers to one question file, and where its documents are."""

    answers: tuple[Answer, ...]
    documents: dict[str, Path]


def _documents(questions: Path) -> list[Path]:
    folder = SAMPLE if questions.parent == SAMPLE else SHARED / "corpus"
    named: dict[str, None] = {}
    for line in _rows(questions):
        named.update(dict.fromkeys(line.get("docs", ())))
    return [folder / name for name in named if (folder / name).exists()]


def _rows(questions: Path) -> Iterator[dict[str, Any]]:
    for line in questions.read_text("utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


@pytest.fixture(scope="module", params=QUESTIONS, ids=lambda path: path.stem)
def asked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    paths = _documents(request.param)
    if not paths:
        pytest.skip("its documents are not here")
    with Library.open(tmp_path_factory.mktemp("held"), encoder=HashingEncoder()) as library:
        list(index_paths(paths, library))
        answers = tuple(ask(str(row["question"]), library) for row in _rows(request.param))
    return Asked(answers, {path.name: path for path in paths})


# ---------------------------------------------------------------- what supports a figure


def _subexpressions(expression: str) -> Iterator[Decimal]:
    """Every value on the way through an expression, the numbers themselves included."""

    def value(node: ast.expr) -> Decimal:
        match node:
            case ast.Constant():
                found = Decimal(ast.get_source_segment(expression, node) or "")
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                found = -value(operand)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                found = value(left) + value(right)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                found = value(left) - value(right)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                found = value(left) * value(right)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                found = value(left) / value(right)
            case _:
                raise AssertionError(f"no arithmetic: {expression!r}")
        seen.append(found)
        return found

    seen: list[Decimal] = []
    if not expression.startswith("count"):
        with localcontext() as context:
            context.prec = 40
            value(ast.parse(expression, mode="eval").body)
    return iter(seen)


def _support(answer: Answer) -> list[Amount]:
    """Every amount that the answer may say."""
    found = [Amount(f.value, f.unit) for f in figures(answer.question)]
    for citation in answer.citations:
        found += [Amount(f.value, f.unit) for f in figures(citation.quote)]
        if citation.fact:  # a cell does not say its unit, its table does
            found.append(Amount(citation.fact.value, citation.fact.unit))
    for item, numbers in answer.items:
        if item.value is not None and (numbers or answer.calculation):
            found.append(Amount(item.value, item.unit))
    if answer.calculation:
        work = answer.calculation
        found.append(Amount(work.result, work.unit))
        found += [Amount(o.value, o.unit) for o, _ in work.operands]
        found += [Amount(value, "") for value in _subexpressions(work.expression)]
    return found


def _equal(said: Printed, held: Amount) -> bool:
    """The same size: in whatever unit, and as said where fewer decimals are said."""
    value = held.value
    if said.unit and held.unit:
        converted = in_unit(held, said.unit)
        if converted is None:
            return False
        value = converted
    _, _, decimals = said.text.partition(".")
    rounded = abs(value).quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    return abs(said.value) == (rounded if len(decimals) >= 2 else abs(value))


def _is_claim(figure: Printed) -> bool:
    """Amounts, rates and counts; not years, codes and the numbers of a list or table."""
    return bool(figure.unit) or "." in figure.text or "," in figure.text


def unsupported(answer: Answer) -> list[str]:
    """The figures of an answer's text that nothing supports.

    “2,319.22” without a citation, an operand or a step of the calculation."""
    held = _support(answer)
    text = re.sub(r"\[\d+\]", "", answer.text)
    claims = [f for f in figures(text) if _is_claim(f)]
    return [f"{f.text}{f.unit}" for f in claims if not any(_equal(f, h) for h in held)]


# ---------------------------------------------------------------- the gauge itself


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("公务接待费为 4.00 万元。", ["4.00万元"]),
        ("2024年表8第1行有3个。", []),
        ("公务接待费[1]。", []),
    ],
)
def test_the_gauge_sees_what_is_made_up(text: str, missing: list[str]) -> None:
    assert unsupported(Answer("公务接待费是多少", "answered", "calculator", text)) == missing


@pytest.mark.parametrize(
    ("said", "held", "unit", "holds"),
    [
        ("43 万元", "430000", "元", True),
        ("0.000387 亿元", "3.87", "万元", True),
        ("136.76%", "136.7649", "%", True),
        ("136.77%", "136.7649", "%", False),
        ("4.00 万元", "4.00", "元", False),
        ("4 辆", "4", "万元", False),
        ("38 万元", "38.4", "万元", False),
    ],
)
def test_the_gauge_knows_units_and_rounding(said: str, held: str, unit: str, holds: bool) -> None:
    (figure,) = figures(said)
    assert _equal(figure, Amount(Decimal(held), unit)) is holds


# ---------------------------------------------------------------- the answers


def test_no_figure_without_its_source(asked: Asked) -> None:
    faults = {a.question: (found, a.text) for a in asked.answers if (found := unsupported(a))}
    assert not faults


def test_every_marker_is_a_citation_and_every_citation_is_used(asked: Asked) -> None:
    for answer in asked.answers:
        marked = {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)}
        numbers = [c.n for c in answer.citations]
        assert numbers == list(range(1, len(numbers) + 1)), answer.question
        assert marked <= set(numbers), answer.question
        used = marked | {n for _, ns in answer.items for n in ns}
        if answer.calculation:
            used |= {n for _, n in answer.calculation.operands}
        assert used == set(numbers), answer.question


def test_what_is_not_found_claims_nothing(asked: Asked) -> None:
    for answer in asked.answers:
        if answer.status == "not_found":
            repeated = {f.value for f in figures(answer.question)}
            claims = {f.value for f in figures(answer.text) if _is_claim(f)}
            assert claims <= repeated, answer.question
            assert (answer.value, answer.items) == (None, ())
            # Up to three near passages may be shown, as such.
            assert len(answer.citations) <= 3
            assert not answer.citations or "最接近的原文" in answer.text


def test_every_quote_is_copied_from_its_document(asked: Asked) -> None:
    squeezed = {
        name: re.sub(r"\s", "", path.read_text("utf-8"))
        for name, path in asked.documents.items()
        if path.suffix in TEXT
    }
    for answer in asked.answers:
        for citation in answer.citations:
            assert citation.quote.strip(), answer.question
            assert citation.document in asked.documents, answer.question
            if citation.document in squeezed:
                quote = re.sub(r"\s", "", citation.quote)
                assert quote in squeezed[citation.document], (answer.question, quote)


def test_the_value_of_an_answer_is_its_calculation_worked_out_again(asked: Asked) -> None:
    for answer in asked.answers:
        work = answer.calculation
        if work is None or work.expression.startswith("count"):
            continue
        *_, exact = _subexpressions(work.expression)
        places = Decimal(1).scaleb(min(int(work.result.as_tuple().exponent), 0))
        rounded = abs(exact).quantize(places, ROUND_HALF_UP)
        # A quotient that comes out whole is said without decimals.
        assert rounded == abs(work.result), (answer.question, work.expression)
        assert answer.value == work.result
        held = {decimal(str(o.value)) for o, _ in work.operands}
        assert held, answer.question


def test_operands_and_items_stand_where_they_are_cited(asked: Asked) -> None:
    """By the evaluation's own gauge, which knows no units of tables: only markers and operands."""
    for answer in asked.answers:
        check = check_citations(answer.to_record())
        faults = [f for f in check.faults if "没有编号" in f] if check else []
        assert not faults, (answer.question, faults)
        for operand, n in answer.calculation.operands if answer.calculation else ():
            fact = answer.citations[n - 1].fact
            assert fact is not None
            assert operand.facts[0].quote == fact.quote, answer.question
            assert fact.document == answer.citations[n - 1].document
