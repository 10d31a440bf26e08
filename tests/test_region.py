"""The fictional region: its documents are consistent, its troubles are where they say, its
questions have the gold that the facts give."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

import pytest

from evals.generate import World, main, make_world, write_world
from evals.publication import Fact, Publication, Table, facts, header
from evals.questions import make_questions
from evals.records import parse_question
from evals.region import data, make_region, subject_name
from evals.shelf import in_wan
from evals.troubles import TROUBLES, plant
from evals.writers import write
from evals.writers.cells import body

SAMPLE = Path(__file__).parent.parent / "evals" / "sample"
SEEDS = (1, 2, 3, 11, 147)
YEARS = (2022, 2023, 2024)


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest) -> World:
    size = {1: "medium", 2: "large"}.get(request.param, "small")
    return make_world(request.param, 2, YEARS, size, kinds=("部门预算", "部门决算"))


def _table(publication: Publication, key: str) -> Table | None:
    return next((table for table in publication.tables if table.key == key), None)


def _children(codes: list[str], parent: str) -> list[str]:
    width = {0: 3, 3: 5, 5: 7}[len(parent)]
    return [code for code in codes if len(code) == width and code.startswith(parent)]


# ------------------------------------------------------------------------------ consistency


@pytest.mark.parametrize("key", ["expense", "general", "economic", "basic", "fund"])
def test_children_add_up_to_their_parent_in_every_column(world: World, key: str) -> None:
    checked = 0
    for publication in world.publications:
        table = _table(publication, key)
        if table is None:
            continue
        rows = {row.code: row for row in table.sides[0].rows}
        deepest = 5 if key in ("economic", "basic") else 7
        for code, row in rows.items():
            children = _children(list(rows), code) if len(code) < deepest else []
            for column, value in enumerate(row.values):
                if children:
                    assert value == sum(rows[c].values[column] or 0 for c in children)
                    checked += 1
    assert checked > 20 or key == "fund"


def test_the_whole_is_basic_plus_project_spending_in_every_row(world: World) -> None:
    for publication in world.publications:
        for key in ("expense", "general", "economic", "fund"):
            table = _table(publication, key)
            for row in table.sides[0].rows if table else ():
                whole, basic, project = row.values
                assert whole == (basic or 0) + (project or 0)


def test_income_equals_expense_and_projects_add_up_to_project_spending(world: World) -> None:
    for publication in world.publications:
        stated = {f.label: in_wan(f) for f in facts(publication) if f.aspect == "total"}
        for key in ("balance", "appropriation"):
            table = _table(publication, key)
            if table:
                assert table.sides[0].rows[-1].values == table.sides[1].rows[-1].values
        table = _table(publication, "projects")
        if table:
            rows = table.sides[0].rows
            amounts = [row.values[0] or Decimal(0) for row in rows if not row.total]
            assert sum(amounts) == rows[-1].values[0] == stated["项目支出"]
        assert stated["政府采购"] == sum(stated[f"政府采购{k}"] for k in ("货物", "工程", "服务"))


def test_prose_states_the_amounts_of_the_tables(world: World) -> None:
    """A 项 of the general budget, a project, “三公”: the figure in prose stands in its table."""
    compared = 0
    for publication in world.publications:
        stated = facts(publication)
        tables = {"general", "projects", "three_public"}
        printed = {
            (f.label, f.code, f.year, f.basis): in_wan(f)
            for f in stated
            if f.table in tables and f.aspect == "total"
        }
        for fact in stated:
            key = (fact.label, fact.code, fact.year, fact.basis)
            if fact.origin == "prose" and fact.aspect == "total" and key in printed:
                assert fact.value == printed[key], key
                compared += 1
    assert compared > 30


def test_every_claim_is_printed_in_its_paragraph(world: World) -> None:
    for publication in world.publications:
        for paragraph in publication.paragraphs:
            for claim in paragraph.claims:
                unchanged = re.search("持平|无变动", paragraph.text) and not claim.value
                assert f"{abs(claim.value):,}" in paragraph.text or unchanged
                assert claim.reason in paragraph.text


def test_change_and_rate_agree_with_last_year_s_document(world: World) -> None:
    """This year's figure less its change is what the document of the year before prints."""
    by_key: dict[tuple[str, int, str, str], set[Decimal]] = {}
    for publication in world.publications:
        for fact in facts(publication):
            if fact.origin == "prose" and fact.aspect == "total" and fact.basis != "执行":
                key = (fact.organisation, fact.year, fact.basis, f"{fact.code}{fact.label}")
                by_key.setdefault(key, set()).add(fact.value)
    compared = 0
    for publication in world.publications:
        stated = [f for f in facts(publication) if f.origin == "prose"]
        rates = {f.label: f.value for f in stated if f.aspect == "rate" and f.basis != "较执行"}
        for fact in (f for f in stated if f.aspect == "change"):
            key = (fact.organisation, fact.year, fact.basis, f"{fact.code}{fact.label}")
            (now,) = by_key[key]
            before = now - fact.value
            last = by_key.get((key[0], key[1] - 1, *key[2:]))
            if last is not None:
                assert last == {before}
                compared += 1
            if fact.value and before:
                rate = (fact.value / before * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
                assert rates[fact.label] == rate
    assert compared > 20


def test_a_final_account_starts_from_the_budget_of_its_year(world: World) -> None:
    budgets = {(p.organisation, p.year): p for p in world.publications if p.kind == "部门预算"}
    compared = 0
    for publication in (p for p in world.publications if p.kind == "部门决算"):
        table = _table(budgets[publication.organisation, publication.year], "general")
        assert table is not None
        planned = {row.code: row.values[0] for row in table.sides[0].rows}
        for fact in facts(publication):
            if fact.origin == "prose" and fact.basis == "预算" and fact.code:
                assert planned[fact.code] == fact.value
                compared += 1
    assert compared > 10


def test_outturn_of_last_year_in_a_budget_is_that_of_the_final_account(world: World) -> None:
    accounts = {
        (f.organisation, f.year, f.code): f.value
        for p in world.publications
        if p.kind == "部门决算"
        for f in facts(p)
        if f.origin == "prose" and f.basis == "决算" and f.aspect == "total" and f.code
    }
    for publication in world.publications:
        for fact in facts(publication):
            key = (fact.organisation, fact.year, fact.code)
            if fact.basis == "执行" and key in accounts:
                assert fact.value == accounts[key]


def test_names_recur_with_other_figures() -> None:
    """As in reality: one name on two levels, and a project named like a subject."""
    found = Counter[str]()
    for seed in range(12):
        for publication in make_world(seed, 2, (2024,)).publications:
            figures: dict[str, set[Decimal]] = {}
            for fact in facts(publication):
                if fact.aspect == "total" and fact.year == 2024 and fact.basis == "预算":
                    figures.setdefault(fact.label, set()).add(in_wan(fact))
            found.update(label for label, values in figures.items() if len(values) > 1)
    assert {"能源节约利用", "一般行政管理事务"} & set(found)


# --------------------------------------------------------------------------------- writing


def test_header_cells_span_as_printed() -> None:
    publication = make_world(1, 1, (2024,)).publications[0]
    table = _table(publication, "income")
    assert table is not None
    first, second, third = header(table)
    assert [(c.text, c.rowspan, c.colspan) for c in first if c] == [
        ("预算单位", 3, 1),
        ("收入总计", 3, 1),
        ("本年收入", 1, 3),
        ("上年结余、结转", 3, 1),
    ]
    assert [c.text for c in second if c] == ["财政拨款", "单位资金"]
    assert [c.text for c in third if c] == ["一般公共预算拨款", "政府性基金预算拨款", "其他收入"]


@pytest.mark.parametrize("format", ["markdown", "text"])
def test_every_printed_row_stands_in_the_file(world: World, format: str) -> None:
    for publication in world.publications:
        text = write(publication, format).decode()
        joined = re.sub(r"\s", "", text)
        for table in publication.tables:
            for row in body(table, publication.style):
                assert ("\t".join(row) if format == "text" else " | ".join(row)) in text
        for paragraph in publication.paragraphs:
            assert re.sub(r"\s", "", paragraph.text) in joined


def test_an_unknown_format_is_told() -> None:
    publication = make_world(1, 1, (2024,)).publications[0]
    with pytest.raises(ValueError, match="no writer for 'rtf'"):
        write(publication, "rtf")


# -------------------------------------------------------------------------------- troubles


@pytest.mark.parametrize("kind", TROUBLES)
def test_a_trouble_changes_exactly_what_it_says(kind: str) -> None:
    planted = 0
    for seed in range(6):
        original = make_world(seed, 1, (2024,), "medium").publications[0]
        result = plant(original, kind, Random(seed))
        if result is None:
            continue
        planted += 1
        changed, trouble = result
        before, after = Counter(facts(original)), Counter(facts(changed))
        gone, come = list((before - after).elements()), list((after - before).elements())
        assert trouble.document == original.name and trouble.kind == kind
        _CHANGES[kind](gone, come, trouble.place, trouble.before, trouble.after)
    assert planted


def _lost(gone: list[Fact], come: list[Fact], place: str, before: str, after: str) -> None:
    assert not come and {f.title for f in gone} == {place}
    assert {f.label for f in gone} <= {name.split(" ")[-1] for name in before.split("、")}


def _missing(gone: list[Fact], come: list[Fact], place: str, before: str, after: str) -> None:
    assert not come and {f.title for f in gone} == {place}


def _one_figure(gone: list[Fact], come: list[Fact], place: str, before: str, after: str) -> None:
    (old,), (new,) = gone, come
    assert place in (old.label, old.title)
    assert (in_wan(old), in_wan(new)) == (Decimal(before), Decimal(after))
    same = {"value": old.value, "quote": old.quote}
    assert replace(new, **same) == old


def _renamed(gone: list[Fact], come: list[Fact], place: str, before: str, after: str) -> None:
    assert {f.label for f in gone} == {before} and {f.label for f in come} == {after} == {place}
    assert sorted(f.value for f in gone) == sorted(f.value for f in come)


_CHANGES = {
    "lost_page": _lost,
    "rounding": _one_figure,
    "contradiction": _one_figure,
    "wrong_rate": _one_figure,
    "two_figures": _renamed,
    "missing_table": _missing,
}


def test_a_missing_table_is_still_in_the_contents() -> None:
    original = make_world(3, 1, (2024,)).publications[0]
    result = plant(original, "missing_table", Random(1))
    assert result is not None
    changed, trouble = result
    assert any(trouble.place in line for line in changed.contents)
    assert trouble.place not in {table.title for table in changed.tables}


def test_each_planted_trouble_is_asked_about(tmp_path: Path) -> None:
    world = make_world(5, 2, (2023, 2024), troubles=TROUBLES)
    assert {t.kind for t in world.troubles} == set(TROUBLES)
    rows = make_questions(world.publications, world.region, 40, 5, troubles=world.troubles)
    places = [t.place for t in world.troubles]
    asked = " ".join(row["question"] for row in rows if row["type"] in ("check", "ambiguous"))
    assert all(place in asked for place in places if place not in ("基本支出", "项目支出"))


# ------------------------------------------------------------------------------ the region


def test_the_same_arguments_give_the_same_region() -> None:
    assert make_region(7, 2, YEARS) == make_region(7, 2, YEARS)
    assert make_region(7, 2, YEARS) != make_region(8, 2, YEARS)


def test_more_years_leave_the_departments_of_a_region_alone() -> None:
    one, more = make_region(7, 1, YEARS), make_region(7, 3, YEARS)
    assert one.departments[0] == more.departments[0]


@pytest.mark.parametrize("years", [(2022, 2024), ()])
def test_years_have_to_be_consecutive(years: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="consecutive"):
        make_region(1, 1, years)


def test_subjects_carry_their_national_names() -> None:
    assert (subject_name("201"), subject_name("2010401"), subject_name("30217")) == (
        "一般公共服务支出",
        "行政运行",
        "公务接待费",
    )


def test_wrong_usage_exits_with_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["--years", "2020", "2022", "--out", str(tmp_path)])
    assert exit.value.code == 2
    assert "consecutive" in capsys.readouterr().err


def test_a_format_without_its_library_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(sys.modules, "evals.writers.xlsx", raising=False)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    assert main(["--format", "xlsx", "--years", "2024", "--out", str(tmp_path)]) == 1
    assert "xlsxwriter: pip install 'budget-qa[evals]'" in capsys.readouterr().err


# ----------------------------------------------------------------------------- the sample


def test_the_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    write_world(make_world(147, 2, YEARS), tmp_path, "text", questions=60, truth=False)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    kept = {path.name: path.read_bytes() for path in SAMPLE.iterdir()}
    assert made == kept


def test_no_place_of_the_real_corpus_is_named_in_the_sample() -> None:
    text = "".join(path.read_text("utf-8") for path in SAMPLE.iterdir())
    assert not re.search("深圳|上海|江苏|普陀|坪山|万里街道|丽江|承德|常德|淮安|昌都", text)


# ------------------------------------------------------------------------------- questions


def _world_and_rows(seed: int, departments: int, years: tuple[int, ...], **more: object) -> tuple:
    world = make_world(seed, departments, years, **more)
    rows = make_questions(world.publications, world.region, 150, seed)
    return world, rows


STORES = {
    "one document": (21, 1, (2024,)),
    "several years": (22, 1, YEARS),
    "several departments": (23, 3, (2024,)),
    "both": (24, 2, YEARS),
}


@pytest.fixture(scope="module", params=STORES)
def asked(request: pytest.FixtureRequest) -> tuple:
    return _world_and_rows(*STORES[request.param])


@pytest.fixture(scope="module")
def asked_of_both_kinds() -> tuple:
    return _world_and_rows(25, 2, (2023, 2024), kinds=("部门预算", "部门决算"))


def test_every_row_is_a_question_record(asked: tuple) -> None:
    _, rows = asked
    for row in rows:
        question = parse_question(json.dumps(row, ensure_ascii=False))
        assert question.gold or question.items or question.contains or question.refuse
    assert len({row["question"] for row in rows}) == len(rows) == 150


def test_a_fifth_is_to_be_declined_and_every_type_is_asked(asked: tuple) -> None:
    _, rows = asked
    types = Counter(row["type"] for row in rows)
    assert types["refuse"] >= 30
    assert {"lookup", "calculate", "rank", "compare", "describe", "check"} <= set(types)


def _mentioned(world: World, question: str) -> list[Publication]:
    """The documents a question can be about, from its words alone: the year and the department it
    names, else all of them."""
    publications = list(world.publications)
    named = [
        p for p in publications if p.organisation[p.organisation.index("区") + 1 :] in question
    ]
    dated = {int(year) for year in re.findall(r"20\d\d", question)}
    return [p for p in named or publications if not dated or p.year in dated]


def _without_organisations(world: World, question: str) -> str:
    """The question without department names, which may hold a subject's (司法 in 司法局)."""
    for publication in world.publications:
        question = question.replace(publication.organisation.split("区", 1)[1], "")
    return question


def _printed(publications: list[Publication], label: str) -> set[Decimal]:
    """This year's amounts of a label in these documents, straight from tables and claims."""
    found = set()
    for publication in publications:
        factor = {"元": Decimal(10000)}
        for fact in facts(publication):
            if fact.label == label and fact.year == publication.year and fact.aspect == "total":
                found.add(fact.value / factor.get(fact.unit, Decimal(1)))
    return found


def test_a_lookup_by_name_has_its_amount_in_the_documents_its_words_name(asked: tuple) -> None:
    """Recomputed without the shelf: from the question's text to the printed figures."""
    world, rows = asked
    labels = {f.label for p in world.publications for f in facts(p)} - {"合计"}
    checked = 0
    for row in rows:
        words = _without_organisations(world, row["question"])
        said = [label for label in labels if label in words]
        said = [x for x in said if not any(x != y and x in y for y in said)]
        by_name = not re.search(
            r"\d{3,7}(?!年|\d)|表|类|款|折合|换算|计，|车|基本支出|项目支出", words
        )
        if (row["type"], row.get("unit"), len(said), by_name) != ("lookup", "万元", 1, True):
            continue
        amounts = _printed(_mentioned(world, row["question"]), said[0])
        assert amounts == {Decimal(row["value"])}, row
        checked += 1
    assert checked >= 5


def test_gold_that_is_computed_follows_from_its_expression(asked: tuple) -> None:
    """`expr` re-executed with exact arithmetic gives the value, up to the places it is given in."""
    _, rows = asked
    checked = 0
    for row in rows:
        if "expr" in row and "|" not in row["expr"]:
            value = _computed(row["expr"])
            given = Decimal(row["value"])
            near = abs(abs(value) - abs(given)) <= Decimal("0.005")
            assert near, row
            checked += 1
    assert checked > 10


def _computed(expression: str) -> Decimal:
    """A sum, difference, product or quotient of decimals; brackets as in arithmetic."""
    tokens = re.findall(r"\d+(?:\.\d+)?|[-+*/()]", expression)

    def factor() -> Decimal:
        token = tokens.pop(0)
        if token == "(":
            value = terms()
            tokens.pop(0)
            return value
        return -factor() if token == "-" else Decimal(token)

    def product() -> Decimal:
        value = factor()
        while tokens and tokens[0] in "*/":
            value = value * factor() if tokens.pop(0) == "*" else value / factor()
        return value

    def terms() -> Decimal:
        value = product()
        while tokens and tokens[0] in "+-":
            value = value + product() if tokens.pop(0) == "+" else value - product()
        return value

    return terms()


def test_an_ambiguous_name_has_all_its_figures_in_gold(asked: tuple) -> None:
    world, rows = asked
    for row in rows:
        if row["type"] != "ambiguous":
            continue
        gold = {Decimal(clause[0]) for clause in row["contains"]}
        (document,) = row["docs"]
        publication = next(p for p in world.publications if p.name == document)
        label = row["cite"][0]
        assert len(gold) > 1 and _printed([publication], label) <= gold, row


def test_a_ranking_lists_the_largest_in_order(asked: tuple) -> None:
    world, rows = asked
    for row in rows:
        if row["type"] != "rank" or "value" in row or "unordered" in row or len(row["docs"]) > 1:
            continue
        publication = next(p for p in world.publications if p.name == row["docs"][0])
        amounts = {f.label: in_wan(f) for f in facts(publication) if f.aspect == "total"}
        listed = [amounts[item] for item in row["items"] if item in amounts]
        assert listed in (sorted(listed), sorted(listed, reverse=True))


def test_what_is_to_be_declined_is_nowhere_said(asked: tuple) -> None:
    """A refused question names a department or a year that is not there, or nothing printed."""
    world, rows = asked
    organisations = [p.organisation for p in world.publications]
    shorts = {o[o.index("区") + 1 :] for o in organisations}
    years = {p.year for p in world.publications} | {p.year - 1 for p in world.publications}
    labels = {f.label for p in world.publications for f in facts(p)} - {"合计", *organisations}
    oddities = data("wording")["grammar"]["nonsense"]
    for row in (r for r in rows if r["type"] == "refuse"):
        question = row["question"]
        if any(oddity in question for oddity in oddities):
            continue  # 局长的工资: asked for on purpose near names that are there
        dated = {int(year) for year in re.findall(r"20\d\d", question)}
        elsewhere = re.search(r"区\S{2,7}?(局|馆)", question) and not any(
            short in question for short in shorts
        )
        words = _without_organisations(world, question)
        known = [x for x in labels if x in words]
        assert dated - years or elsewhere or not known, row


def test_with_both_kinds_every_question_says_which(asked_of_both_kinds: tuple) -> None:
    _, rows = asked_of_both_kinds
    for row in rows:
        if row["type"] not in ("describe", "refuse"):
            assert "预算" in row["question"] or "决算" in row["question"], row


def test_wordings_vary() -> None:
    """Few of the lookups of a set share the words around their label."""
    world, rows = _world_and_rows(24, 2, YEARS)
    labels = sorted({f.label for p in world.publications for f in facts(p)}, key=len, reverse=True)
    frames = Counter()
    for row in (r for r in rows if r["type"] == "lookup"):
        text = re.sub(r"20\d\d", "Y", row["question"])
        for label in labels:
            text = text.replace(label, "X")
        frames[text] += 1
    assert max(frames.values()) <= 2 and len(frames) > 25
