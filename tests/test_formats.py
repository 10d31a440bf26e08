"""One document gives the same facts in every format it is published in: the generator's documents,
written as PDF, Word, Excel, OpenDocument, HTML, text and scan, against what they state."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from random import Random
from zipfile import ZipFile

import pdfplumber
import pytest

from evals.generate import make_world
from evals.publication import Fact as Stated
from evals.publication import Heading, Publication, Table, facts
from evals.troubles import plant
from evals.writers import SUFFIXES, write
from index import ocr
from index.build import read_document
from index.loaders import load
from index.model import Fact, Paragraph
from index.schema import IndexedDocument

# Between them: 元 and 万元, one and three code columns, nil as 0.00, a dash and a blank, wide tables,
# repeated heads and captions, totals merged over their code, both kinds, each way to set captions.
PUBLICATIONS = {
    "元, three codes": (7, "部门预算", 1),
    "元, wide, dashes": (9, "部门决算", 0),
    "万元, wide, blanks": (3, "部门预算", 0),
    "万元, captions repeated": (6, "部门决算", 1),
}
FORMATS = [format for format in SUFFIXES if format != "scan"]
# The share of figures and names that OCR may misread (none are, with the models of rapidocr 3.10).
MISREAD = 0.02

needs_scans = pytest.mark.skipif(
    not (ocr.available() and find_spec("pylopdf_fonts_zh_cn")),
    reason="SCANS ARE NOT TESTED: pip install 'budget-qa[dev]'",
)


@cache
def publication(name: str) -> Publication:
    seed, kind, number = PUBLICATIONS[name]
    return make_world(seed, 2, (2024,), kinds=(kind,)).publications[number]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Publication, str], IndexedDocument]:
    """A publication written in a format and read again, once for all tests."""
    folder = tmp_path_factory.mktemp("published")
    done: dict[Path, IndexedDocument] = {}

    def indexed(made: Publication, format: str) -> IndexedDocument:
        path = folder / format / (made.name + SUFFIXES[format])
        if path not in done:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(write(made, format))
            done[path] = read_document(path)
        return done[path]

    return indexed


each_publication = pytest.mark.parametrize("name", PUBLICATIONS)
each_format = pytest.mark.parametrize("format", FORMATS)


# ---------------------------------------------------------------- facts made comparable

Key = tuple[str, str, str, str, Decimal, str, int | None, str]


def truth(made: Publication) -> Counter[Key]:
    """Title, number, label, code, value, unit, year and column of every figure in a table."""
    stated = (f for f in facts(made) if f.origin == "table")
    return Counter(
        (f.title, f.number, f.label, f.code, f.value, f.unit, f.year, f.column) for f in stated
    )


def found(indexed: IndexedDocument, made: Publication) -> Counter[Key]:
    """The same of what was read.  In the table of income the department names the one row, and the
    column what each figure is of: there the row's name stands for the column's."""
    sides = {side.heading for table in made.tables for side in table.sides if side.heading}
    named = {(f.number, f.column): f.label for f in facts(made)}
    keys: Counter[Key] = Counter()
    for fact in (f for f in indexed.facts if f.origin == "table"):
        side, _, rest = fact.measure.partition("/")
        column = rest if side in sides else fact.measure
        label = fact.label
        if label == made.organisation:
            label = named.get((fact.table_number, column), label)
        place = fact.table_title, fact.table_number, label, fact.code
        keys[(*place, fact.value, fact.unit, fact.year, column)] += 1
    return keys


def said(indexed: IndexedDocument) -> Counter[tuple[object, ...]]:
    """What the prose says, without where it says it."""
    return Counter(
        (f.label, f.code, f.measure, f.value, f.unit, f.year, f.basis, re.sub(r"\s", "", f.reason))
        for f in indexed.facts
        if f.origin == "prose"
    )


def names(stated: Stated) -> set[str]:
    """The ways the sentences name what a figure is of."""
    kind = stated.label.removeprefix("政府采购")
    whole = {f"{stated.label}总计", f"{stated.label}合计"}
    return {stated.label, f"财政拨款{stated.label}", f"{kind}采购", f"{kind}类采购", *whole}


# ---------------------------------------------------------------- one document, every format


@each_format
@each_publication
def test_the_same_figures_in_tables(name, format, read):
    made = publication(name)
    expected, got = truth(made), found(read(made, format), made)
    assert (expected - got, got - expected) == (Counter(), Counter())
    assert len(expected) > 100


@each_format
@each_publication
def test_the_same_figures_in_prose(name, format, read):
    made = publication(name)
    indexed = read(made, format)
    prose = {(f.label, f.value, f.unit, f.year) for f in indexed.facts if f.origin == "prose"}
    claims = [f for f in facts(made) if f.origin == "prose"]
    missing = [f for f in claims if not prose & {(n, f.value, f.unit, f.year) for n in names(f)}]
    assert (missing, len(claims) > 40) == ([], True)
    assert said(indexed) == said(read(made, "text"))


@each_format
@each_publication
def test_the_same_document_without_problems(name, format, read):
    made = publication(name)
    indexed = read(made, format)
    profile = indexed.profile
    assert (profile.kind, profile.organisation, profile.year) == (
        made.kind, made.organisation, made.year,
    )  # fmt: skip
    assert [p.message for p in indexed.problems] == []
    assert [t.number for t in indexed.tables if t.empty] == [
        str(t.number) for t in made.tables if not truth_of(made, t)
    ]


def truth_of(made: Publication, table: Table) -> bool:
    """Whether a table prints a figure that is not zero."""
    return any(f.value for f in facts(made) if f.number == str(table.number))


@each_format
def test_a_table_that_only_the_contents_list_is_missed(format, tmp_path):
    planted = plant(publication("万元, wide, blanks"), "missing_table", Random(1))
    assert planted
    changed, trouble = planted
    path = tmp_path / f"{changed.name}{SUFFIXES[format]}"
    path.write_bytes(write(changed, format))
    problems = read_document(path).problems
    assert [p.kind for p in problems] == ["missing_table"]
    assert trouble.place in problems[0].message


@each_format
def test_no_entry_of_the_contents_is_searched(format, read):
    made = publication("万元, wide, blanks")
    passages = [re.sub(r"[\s.…]|\d+$", "", p.text) for p in read(made, format).passages]
    assert not {re.sub(r"\s", "", entry) for entry in made.contents} & set(passages)


# ---------------------------------------------------------------- places in a PDF


@each_publication
def test_every_figure_of_a_pdf_stands_in_the_box_it_names(name, read, tmp_path):
    """The words inside the box on the page, read by pdfplumber alone."""
    made = publication(name)
    indexed = read(made, "pdf")
    path = tmp_path / "again.pdf"
    path.write_bytes(write(made, "pdf"))
    wrong: list[Fact] = []
    with pdfplumber.open(path) as pdf:
        words = {page.page_number: page.extract_words() for page in pdf.pages}
    for fact in indexed.facts:
        page, box = fact.source.page, fact.source.bbox
        assert page and box
        if fact.origin == "table":
            inside = "".join(w["text"] for w in words[page] if _inside(w, box))
            wrong += [fact] if inside != fact.quote else []
    assert wrong == []
    assert all(p.source.page and p.source.bbox for p in indexed.passages)


def _inside(word: dict[str, float], box: tuple[float, float, float, float]) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


@each_publication
def test_running_headers_page_numbers_and_leaders_are_no_text(name, read):
    made = publication(name)
    blocks = read(made, "pdf").document.blocks
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert len(texts) > 40
    page_number = re.compile(r"[-第\s]*\d+[-页共\s\d]*")
    assert [t for t in texts if "...." in t or page_number.fullmatch(t) or t == made.title] == []


# ---------------------------------------------------------------- the same bytes


@pytest.mark.parametrize("format", ["docx", "ods", "xlsx"])
def test_no_file_in_an_archive_tells_when_it_was_written(format):
    data = write(publication("元, three codes"), format)
    with ZipFile(BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        told = b"".join(
            archive.read(n) for n in archive.namelist() if "core" in n or "meta.xml" in n
        )
    assert not re.search(rb"202[4-9]-\d\d-\d\dT", told)


@each_format
def test_the_same_document_is_the_same_file(format):
    made = publication("万元, captions repeated")
    assert write(made, format) == write(replace(made), format)


# ---------------------------------------------------------------- scans


def excerpt(made: Publication, parts: int, keys: tuple[str, ...]) -> Publication:
    """The first parts of a publication and some of its tables, listed so in its contents."""
    headings = [block for block in made.blocks if isinstance(block, Heading)]
    kept = {*(h.text for h in headings[:parts]), headings[-1].text}
    blocks, inside = [], False
    for block in made.blocks:
        inside = block.text in kept if isinstance(block, Heading) else inside
        if block.key in keys if isinstance(block, Table) else inside:
            blocks.append(block)
    titles = [block.title for block in blocks if isinstance(block, Table)]
    contents = tuple(
        line
        for line in made.contents
        if line in kept or any(line.endswith(f" {t}") for t in titles)
    )
    return replace(made, contents=contents, blocks=tuple(blocks))


@needs_scans
def test_a_scan_gives_the_same_figures(tmp_path):
    made = excerpt(publication("元, wide, dashes"), 2, ("general", "fund"))
    path = tmp_path / f"{made.name}.pdf"
    path.write_bytes(write(made, "scan"))
    indexed = read_document(path)
    assert (indexed.profile.organisation, indexed.profile.year) == (made.organisation, made.year)
    expected, got = truth(made), found(indexed, made)
    wrong = sum((got - expected).values())
    assert len(expected) > 30 and wrong <= MISREAD * sum(expected.values())
    claims = {(f.value, f.unit, f.year) for f in facts(made) if f.origin == "prose"}
    prose = {(f.value, f.unit, f.year) for f in indexed.facts if f.origin == "prose"}
    assert len(claims - prose) <= MISREAD * len(claims)
    # Whatever was misread, its page says that it was read by OCR.
    marked = {p.source.page for p in indexed.problems if p.kind == "ocr"}
    assert {f.source.page for f in indexed.facts} | {
        p.source.page for p in indexed.passages
    } <= marked


@needs_scans
def test_a_scan_is_the_same_file_and_has_no_text_layer(tmp_path):
    made = excerpt(publication("元, three codes"), 1, ())
    data = write(made, "scan")
    assert data == write(made, "scan")
    with pdfplumber.open(BytesIO(data)) as pdf:
        assert [len(page.chars) for page in pdf.pages] == [0] * len(pdf.pages)


def test_scans_are_read_by_nothing_but_ocr(tmp_path, monkeypatch):
    """Without the extra they are told to be unreadable, and nothing of them is stored."""
    if not find_spec("pylopdf_fonts_zh_cn"):
        pytest.skip("SCANS ARE NOT TESTED: pip install 'budget-qa[dev]'")
    monkeypatch.setattr(ocr, "available", lambda: False)
    path = tmp_path / "scan.pdf"
    path.write_bytes(write(excerpt(publication("元, three codes"), 1, ()), "scan"))
    with pytest.raises(Exception, match="安装文字识别"):
        load(path)
