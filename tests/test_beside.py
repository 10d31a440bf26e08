"""A library and its page answer from what another process has added to the store meanwhile; a question
that fails all the same says so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from served import SAMPLE, Visit, served

from index.embedding import HashingEncoder
from index.errors import StoreError
from index.library import Library
from qa.web import page as page_module

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ROOT = Path(__file__).parent.parent
FIRST, SECOND = sorted(SAMPLE.glob("*城市管理局*.txt"))[:2]
WAITS_AT_MOST = 120

INDEXING = """
import sys
from pathlib import Path
from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
store, wanted, file = sys.argv[1:]
with Library.open(Path(store), encoder=HashingEncoder()) as library:
    if wanted == "add":
        assert [r.status for r in index_paths([Path(file)], library)] != ["failed"]
    else:
        assert library.remove(Path(file).name)
"""


def elsewhere(store: Path, wanted: str, file: Path) -> None:
    """Add or remove a document in another process."""
    command = [sys.executable, "-c", INDEXING, str(store), wanted, str(file)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=WAITS_AT_MOST)


def test_what_another_process_stores_is_found(tmp_path):
    store, question = tmp_path / "store", "公务接待费为何减少"

    def found(documents: list[str] | None = None) -> set[str]:
        return {one.document for one, _ in library.search_dense(question, 20, documents)}

    with Library.open(store, encoder=HashingEncoder()) as library:
        elsewhere(store, "add", FIRST)
        assert found() == {FIRST.name}
        elsewhere(store, "add", SECOND)
        assert found([SECOND.name]) == {SECOND.name}
        assert found() == {FIRST.name, SECOND.name}
        changed = tmp_path / SECOND.name
        changed.write_text("# 标题\n\n公务接待费为何减少，因为厉行节约。\n", encoding="utf-8")
        elsewhere(store, "add", changed)
        ((best, _), *_) = library.search_dense(question, 5, [SECOND.name])
        assert "厉行节约" in best.text
        elsewhere(store, "remove", FIRST)
        assert found() == {SECOND.name}
        # And what is written here after that takes nothing away from it.
        library.remove(SECOND.name)
        assert found() == set() and library.documents() == ()


def test_the_page_answers_from_what_another_process_added(tmp_path):
    store = tmp_path / "store"
    with served(store, FIRST) as (url, _):
        visit = Visit(url)
        assert FIRST.name in visit.ask("城市管理局2022年的主要职责是什么？")
        elsewhere(store, "add", SECOND)
        said = visit.ask("城市管理局2023年的主要职责是什么？")
        assert said.count('class="answer answered"') == 2 and SECOND.name in said


@pytest.mark.parametrize(
    ("error", "told"),
    [(StoreError("资料库坏了，请重新索引。"), "请重新索引"), (KeyError("x"), "再问一次")],
)
def test_a_question_that_fails_says_so(tmp_path, monkeypatch, error, told):
    def fails(*_):
        raise error
        yield

    with served(tmp_path / "store", FIRST) as (url, _):
        monkeypatch.setattr(page_module, "answered", fails)
        said = re.sub("<[^>]*>", "", Visit(url).ask("公务接待费是多少？"))
    assert "没有答成" in said and told in said and "…" not in said
