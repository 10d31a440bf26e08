import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from invented import NAME, TEXTS, fact, indexed, table

from index import codec
from index.catalogue import Catalogue, LabelUse
from index.errors import StoreError
from index.model import Passage, Table
from index.schema import IndexedDocument

ODD_NAMES = [
    "a'b.txt",
    'a"b.txt',
    "100%_预算.pdf",
    "x; DROP TABLE documents;--",
    "名 字（定）.xlsx",
]


def put(catalogue: Catalogue, document: IndexedDocument, edition: str = "v") -> None:
    name = document.document.name
    vectors = [f"{edition}-{name}-{n}" for n in range(len(document.passages))]
    catalogue.replace(document, vectors, model="m", reader="1")


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    opened = Catalogue(tmp_path / "catalogue.sqlite")
    yield opened
    opened.close()


def test_an_empty_catalogue_answers_with_nothing(catalogue: Catalogue) -> None:
    assert catalogue.documents() == ()
    assert catalogue.facts() == []
    assert catalogue.table("x") is None
    assert catalogue.search_words("预算", 5) == []
    assert catalogue.model() is None


def test_a_document_is_listed_with_its_counts(catalogue: Catalogue) -> None:
    put(catalogue, indexed())
    (stored,) = catalogue.documents()
    assert stored.profile == indexed().profile
    assert (stored.name, stored.sha256, stored.format, stored.pages) == (NAME, "a" * 64, "txt", 9)
    assert (stored.tables, stored.facts, stored.passages, stored.problems) == (1, 1, 5, 1)
    assert datetime.now(UTC) - stored.indexed_at < timedelta(minutes=1)


def test_what_was_stored_comes_back_equal(catalogue: Catalogue) -> None:
    given = indexed()
    put(catalogue, given)
    assert catalogue.tables(NAME) == given.tables
    assert catalogue.table(f"{NAME}#t1") == given.tables[0]
    assert catalogue.facts() == list(given.facts)
    assert catalogue.problems(NAME) == given.problems
    ids = [passage.id for passage in reversed(given.passages)]
    assert catalogue.passages([*ids, "none"]) == list(reversed(given.passages))


@pytest.mark.parametrize("text", ["0.10", "0.00", "-0.0", "1E+3", "12345678901234567890.123456789"])
def test_amounts_keep_every_digit(catalogue: Catalogue, text: str) -> None:
    put(catalogue, indexed(value=text))
    (found,) = catalogue.facts()
    assert str(found.value) == text
    (row,) = catalogue.tables()[0].rows
    figure = row.figures[2]
    assert figure is not None
    assert str(figure.value) == text


def test_an_amount_is_text_in_the_file(catalogue: Catalogue, tmp_path: Path) -> None:
    put(catalogue, indexed())
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as db:
        assert db.execute("SELECT typeof(value), value FROM facts").fetchall() == [("text", "0.10")]
    db.close()


def test_storing_twice_doubles_nothing(catalogue: Catalogue) -> None:
    put(catalogue, indexed())
    put(catalogue, indexed(), "w")
    assert [one.passages for one in catalogue.documents()] == [5]
    assert catalogue.passage_count() == 5
    assert len(catalogue.facts()) == len(catalogue.tables()) == len(catalogue.problems()) == 1
    assert len(catalogue.search_words("公务接待费", 50)) == len(
        {id_ for id_, _ in catalogue.search_words("公务接待费", 50)}
    )


def test_a_failed_write_changes_nothing(catalogue: Catalogue) -> None:
    put(catalogue, indexed())
    before = catalogue.signature()
    twice = replace(indexed(texts=["新的内容"]), facts=(fact(), fact()))
    with pytest.raises(StoreError):
        put(catalogue, twice, "w")
    assert catalogue.signature() == before
    assert [one.text for one in catalogue.passages([f"{NAME}#p1"])] == [TEXTS[0]]
    assert catalogue.search_words("新的内容", 5) == []


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_file_name_is_a_name(catalogue: Catalogue, name: str) -> None:
    put(catalogue, indexed(name))
    put(catalogue, indexed("another.txt"))
    assert [one.document for one in catalogue.facts(documents=[name])] == [name]
    assert [id_ for id_, _ in catalogue.search_words("接待", 1, [name])] == [f"{name}#p1"]
    assert catalogue.remove(name) is True
    assert catalogue.remove(name) is False
    assert [one.name for one in catalogue.documents()] == ["another.txt"]
    assert catalogue.problems(name) == ()
    assert catalogue.tables(name) == ()


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, ["a#f1", "a#f2", "b#f1", "b#f2"]),
        ({"documents": ["b"]}, ["b#f1", "b#f2"]),
        ({"labels": ["甲"]}, ["a#f1", "b#f1"]),
        ({"labels": ["甲", "乙"], "documents": ["a"]}, ["a#f1", "a#f2"]),
        ({"codes": ["2150517"], "tables": ["a#t1"]}, ["a#f1", "a#f2"]),
        ({"codes": ["215"]}, []),
        ({"labels": []}, []),
    ],
)
def test_facts_fit_every_list_given(
    catalogue: Catalogue, asked: dict[str, list[str]], ids: list[str]
) -> None:
    for name in ("b", "a"):
        facts = (fact(name, label="甲", n=1), fact(name, label="乙", n=2))
        put(catalogue, replace(indexed(name), facts=facts))
    assert [one.id for one in catalogue.facts(**asked)] == ids


def test_labels_are_listed_once_a_document(catalogue: Catalogue) -> None:
    facts = (fact("a", label="甲", n=1), fact("a", label="甲", n=2), fact("a", label="乙", n=3))
    put(catalogue, replace(indexed("a"), facts=facts))
    assert catalogue.labels() == (LabelUse("乙", "2150517", "a"), LabelUse("甲", "2150517", "a"))
    assert catalogue.labels(["b"]) == ()


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("公务接待费为何减少", 1),
        ("运行维护费", 3),
        ("120.30", 5),
        ("查阅档案", 4),
        ("出国（境）", 2),
    ],
)
def test_words_find_the_passage(catalogue: Catalogue, question: str, best: int) -> None:
    put(catalogue, indexed())
    hits = catalogue.search_words(question, 3)
    assert hits[0][0] == f"{NAME}#p{best}"
    scores = [score for _, score in hits]
    assert scores == sorted(scores, reverse=True)
    assert len(hits) <= 3


def test_a_row_is_found_by_its_tables_title(catalogue: Catalogue) -> None:
    source = table().source
    row = Passage(f"{NAME}#r1", NAME, (), "2150517 产业发展 0.10", "row", source, f"{NAME}#t1", 0)
    put(catalogue, replace(indexed(), passages=(row,)))
    assert [id_ for id_, _ in catalogue.search_words("一般公共预算支出表", 5)] == [row.id]
    assert catalogue.passages([row.id]) == [row]


def test_the_signature_follows_the_content(catalogue: Catalogue, tmp_path: Path) -> None:
    seen = [catalogue.signature()]
    put(catalogue, indexed())
    seen.append(catalogue.signature())
    catalogue.facts()
    assert catalogue.signature() == seen[-1]
    catalogue.remove(NAME)
    seen.append(catalogue.signature())
    assert len(set(seen)) == 3
    other = Catalogue(tmp_path / "other.sqlite")
    assert other.signature() not in seen
    other.close()


def test_a_file_of_another_version_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    Catalogue(path).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = '0-old' WHERE key = 'version'")
    db.close()
    with pytest.raises(StoreError, match=r"0-old.*--store"):
        Catalogue(path)


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE recipes (name TEXT)")
    db.close()
    with pytest.raises(StoreError, match="--store"):
        Catalogue(path)


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_text("not a database at all, but quite long enough to look at. " * 20)
    before = path.read_bytes()
    with pytest.raises(StoreError):
        Catalogue(path)
    assert path.read_bytes() == before


def test_readers_see_whole_documents_while_one_writes(catalogue: Catalogue) -> None:
    put(catalogue, indexed())
    wrong: list[object] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                if len(catalogue.facts()) != 1 or len(catalogue.search_words("接待", 9)) != 1:
                    wrong.append("part of a document")
            except StoreError as error:
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for n in range(20):
        put(catalogue, indexed(), f"v{n}")
    done.set()
    for reader in readers:
        reader.join()
    assert wrong == []


def test_tables_are_written_without_floats() -> None:
    given = table(value="0.10")
    text = codec.to_json(given)
    assert '"0.10"' in text
    assert codec.from_json(Table, text) == given


def test_a_change_of_fields_is_another_shape() -> None:
    assert codec.shape(Table) != codec.shape(Passage)
    assert codec.shape(Table, Passage) == codec.shape(Passage, Table)


def test_parts_of_another_document_are_refused() -> None:
    with pytest.raises(ValueError, match="b"):
        replace(indexed("a"), facts=(fact("b"),))


def test_a_missing_number_stays_missing() -> None:
    given = table()
    figures = codec.from_json(Table, codec.to_json(given)).rows[0].figures
    assert figures[1] is None
    assert figures[3] is not None
    assert figures[3].value is None
    assert figures[2] is not None
    assert isinstance(figures[2].value, Decimal)
