from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from invented import NAME, TEXTS, indexed

from index import library as library_module
from index.catalogue import Catalogue
from index.embedding import Encoder, HashingEncoder, Progress, Vectors
from index.errors import StoreError
from index.library import Library, default_store
from index.model import Passage
from index.vectors import VectorStore


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def library(store: Path) -> Iterator[Library]:
    with Library.open(store, encoder=HashingEncoder()) as opened:
        yield opened


def texts(found: list[tuple[Passage, float]]) -> list[str]:
    return [passage.text for passage, _ in found]


def vectors_in(store: Path) -> int:
    vectors = VectorStore(store / "vectors", HashingEncoder().name, HashingEncoder().dimension)
    try:
        return vectors.count()
    finally:
        vectors.close()


@pytest.mark.parametrize("search", ["search_dense", "search_words"])
def test_both_searches_find_passages(library: Library, search: str) -> None:
    library.add(indexed())
    found = getattr(library, search)("公务接待费为何减少", 3)
    assert texts(found)[0] == TEXTS[0]
    assert [score for _, score in found] == sorted((s for _, s in found), reverse=True)
    assert len(found) <= 3


def test_the_score_is_the_cosine(library: Library) -> None:
    library.add(indexed())
    encoder, question = HashingEncoder(), "公务接待费为何减少"
    cosines = encoder.encode_documents(indexed().passage_texts()) @ encoder.encode_query(question)
    scores = [score for _, score in library.search_dense(question, len(TEXTS))]
    assert scores == pytest.approx(sorted(cosines, reverse=True), abs=1e-5)


@pytest.mark.parametrize("search", ["search_dense", "search_words"])
@pytest.mark.parametrize(("wanted", "names"), [(["甲"], {"甲"}), ([], set()), (["丙"], set())])
def test_a_search_can_be_kept_to_documents(
    library: Library, search: str, wanted: list[str], names: set[str]
) -> None:
    library.add(indexed("甲"))
    library.add(indexed("乙"))
    found = getattr(library, search)("公务接待费", 10, wanted)
    assert {passage.document for passage, _ in found} == names


@pytest.mark.parametrize("question", ["", "  ", '" OR *', "?" * 5000])
def test_any_question_may_be_searched(library: Library, question: str) -> None:
    assert library.search_dense(question, 3) == library.search_words(question, 3) == []
    library.add(indexed())
    assert library.search_words(question, 3) == []
    assert len(library.search_dense(question, 3)) == (3 if question.strip() else 0)


def test_adding_twice_doubles_nothing(library: Library, store: Path) -> None:
    library.add(indexed())
    library.add(indexed())
    assert len(library.search_dense("预算", 50)) == len(TEXTS)
    assert len(library.facts()) == len(library.documents()) == 1
    library.close()
    assert vectors_in(store) == len(TEXTS)


def test_of_a_changed_document_the_old_content_is_gone(library: Library) -> None:
    library.add(indexed())
    library.add(indexed(texts=["会议费增加。"], sha256="b" * 64, value="7.00"))
    assert texts(library.search_dense("公务接待费", 50)) == ["会议费增加。"]
    assert library.search_words("公务接待费", 50) == []
    assert [str(fact.value) for fact in library.facts()] == ["7.00"]
    assert not library.is_current(NAME, "a" * 64)
    assert library.is_current(NAME, "b" * 64)


@pytest.mark.parametrize("broken", ["encode", "upsert", "commit"])
def test_an_interrupted_change_leaves_the_old_version(
    library: Library, store: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    library.add(indexed())
    before = library.signature()
    places = {
        "encode": (HashingEncoder, "encode_documents"),
        "upsert": (VectorStore, "upsert"),
        "commit": (Catalogue, "replace"),
    }

    def stop(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(*places[broken], stop)
        with pytest.raises(KeyboardInterrupt):
            library.add(indexed(texts=["公务接待费增加。"], sha256="b" * 64))
    assert library.signature() == before
    assert library.is_current(NAME, "a" * 64)
    assert sorted(texts(library.search_dense("公务接待费", 50))) == sorted(TEXTS)
    library.close()
    assert vectors_in(store) == len(TEXTS)


def test_vectors_left_by_a_killed_run_take_no_place(library: Library, store: Path) -> None:
    library.add(indexed())
    library.close()
    encoder = HashingEncoder()
    left = VectorStore(store / "vectors", encoder.name, encoder.dimension)
    vectors = encoder.encode_documents(["公务接待费"] * 9)
    left.upsert([f"left-{n}" for n in range(9)], vectors, [NAME] * 9)
    left.close()
    with Library.open(store, encoder=encoder) as again:
        assert texts(again.search_dense("公务接待费", 2))[0] == TEXTS[0]
        assert len(again.search_dense("公务接待费", 2)) == 2
        again.add(indexed())
    assert vectors_in(store) == len(TEXTS)


def test_vectors_that_are_missing_are_told(library: Library, store: Path) -> None:
    library.add(indexed())
    library.close()
    vectors = VectorStore(store / "vectors", HashingEncoder().name, HashingEncoder().dimension)
    vectors.delete(vectors.ids(NAME))
    vectors.close()
    with (
        Library.open(store, encoder=HashingEncoder()) as again,
        pytest.raises(StoreError, match="重新索引"),
    ):
        again.search_dense("公务接待费", 2)


def test_a_store_lasts(library: Library, store: Path) -> None:
    library.add(indexed())
    before = library.signature()
    library.close()
    with Library.open(store, encoder=HashingEncoder()) as again:
        assert again.signature() == before
        assert texts(again.search_dense("公务接待费为何减少", 1)) == [TEXTS[0]]


@pytest.mark.parametrize("name", ["a'b\".txt", "100%_预算.pdf", "名 字（定）.xlsx"])
def test_any_file_name_can_be_stored_and_removed(library: Library, store: Path, name: str) -> None:
    library.add(indexed(name))
    library.add(indexed())
    assert {one.document for one, _ in library.search_dense("接待", 2, [name])} == {name}
    assert library.remove(name) is True
    assert library.remove(name) is False
    assert [one.name for one in library.documents()] == [NAME]
    library.close()
    assert vectors_in(store) == len(TEXTS)


def test_another_model_is_refused_with_advice(library: Library, store: Path) -> None:
    library.add(indexed())
    library.close()
    with pytest.raises(StoreError, match=r"hashing-256.*hashing-64.*--store"):
        Library.open(store, encoder=HashingEncoder(64))
    with pytest.raises(StoreError, match=r"hashing-256.*some-model"):
        Library.open(store, model="some-model")
    with pytest.raises(StoreError, match=r"hashing-256.*hashing-64.*--store"):
        VectorStore(store / "vectors", "hashing-64", 64)


def test_an_empty_store_takes_another_model(library: Library, store: Path) -> None:
    library.add(indexed())
    library.remove(NAME)
    library.close()
    with Library.open(store, encoder=HashingEncoder(64)) as again:
        again.add(indexed())
        assert texts(again.search_dense("公务接待费", 1)) == [TEXTS[0]]


def test_a_document_read_by_older_code_is_not_current(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.add(indexed())
    monkeypatch.setattr(library_module, "reader_version", lambda: "next")
    assert not library.is_current(NAME, "a" * 64)


def test_a_document_without_passages_is_a_document(library: Library) -> None:
    library.add(indexed(texts=[]))
    assert [one.passages for one in library.documents()] == [0]
    assert library.search_dense("预算", 3) == []


class Wide:
    """More vectors than Chroma takes in one batch, without computing any."""

    name, dimension = "wide", 2

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return np.tile(np.array([[0.6, 0.8]], dtype=np.float32), (len(texts), 1))

    def encode_query(self, text: str) -> Vectors:
        return np.array([0.6, 0.8], dtype=np.float32)


def test_more_passages_than_a_batch_holds_are_all_stored(store: Path) -> None:
    with Library.open(store, encoder=Wide()) as library:
        library.add(indexed(texts=[f"第{n}条" for n in range(6000)]))
        assert len(library.search_words("第5999条", 1)) == 1
        library.add(indexed(texts=["一条"]))
        assert texts(library.search_dense("一条", 5)) == ["一条"]


def test_the_packaged_model_answers_through_the_library(store: Path) -> None:
    with Library.open(store) as library:
        assert library.model == Encoder().name
        steps: list[tuple[int, int]] = []
        library.add(indexed(), progress=lambda done, total: steps.append((done, total)))
        assert steps == [(5, 5)]
        ((passage, similarity), *_) = library.search_dense("招待客人的钱为什么少了", 3)
        assert passage.text == TEXTS[0]
        assert 0.7 < similarity < 1


def test_the_environment_names_the_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BUDGET_QA_STORE", str(tmp_path / "mine"))
    assert default_store() == tmp_path / "mine"


def test_without_a_name_the_store_is_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("platformdirs")
    monkeypatch.delenv("BUDGET_QA_STORE", raising=False)
    assert default_store().name == "budget-qa"
