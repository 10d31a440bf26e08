"""What a visitor may name as a file: of every event and endpoint only the visitor's own uploads."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from served import SAMPLE, Visit, file, served

from index.library import Library
from qa.web.visitors import KEPT_SECONDS, VisitorFiles

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HELD = SAMPLE / "棠屿市芷汀区城市管理局2024年部门预算.txt"
SECRET = "深林市云杉区档案馆2031年部门预算.txt"
WORDS = "# 深林市云杉区档案馆2031年部门预算\n\n公务接待费2031年预算数9.00万元。\n"


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Iterator[tuple[str, Library]]:
    with served(tmp_path_factory.mktemp("page") / "store", HELD) as (url, library):
        yield url, library


@pytest.fixture
def foreign(page, tmp_path) -> Iterator[dict[str, str]]:
    """Ways to name a file that is none of the visitor's."""
    from gradio.utils import get_upload_folder

    outside = tmp_path / SECRET
    outside.write_text(WORDS, encoding="utf-8")
    folder = Path(get_upload_folder())
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / f"{uuid.uuid4().hex}.txt"
    link.symlink_to(outside)
    other = Visit(page[0])
    yield {
        "absolute": str(outside),
        "upwards": f"{folder}/..{'/..' * len(folder.parts)}{outside}",
        "link": str(link),
        "folder": str(tmp_path),
        "address": f"{page[0]}/health",
        "another's upload": other.upload(SECRET, WORDS + "另一份。\n"),
        "system": "/etc/hostname",
    }
    link.unlink()


def test_no_event_takes_a_file_that_was_not_uploaded_here(page, foreign):
    url, library = page
    visit = Visit(url)
    tried = 0
    for number, inputs in visit.events():
        for path in foreign.values():
            for place in range(inputs):
                for value in (file(path), [file(path)], {"path": "", "in": [file(path)]}):
                    data = [None] * inputs
                    data[place] = value
                    success, output = visit.event(number, data)
                    assert not success and "上传" in output["error"], (number, path, output)
                    tried += 1
    assert tried > 100
    assert [document.name for document in library.documents()] == [HELD.name]


def test_the_upload_event_adds_no_file_of_the_server(page, foreign):
    url, library = page
    for path in foreign.values():
        success, output = Visit(url).add(path)
        assert not success and "上传" in output["error"], (path, output)
    assert [document.name for document in library.documents()] == [HELD.name]


def test_what_a_session_uploaded_it_may_add(page):
    url, library = page
    visit = Visit(url)
    path = visit.upload("../../" + SECRET, WORDS)
    success, _ = visit.add(path)
    assert success and SECRET in [document.name for document in library.documents()]
    library.remove(SECRET)
    # Nobody else may: another visitor, nor another session of the same browser.
    assert not Visit(url).add(path)[0]
    visit.session = uuid.uuid4().hex
    assert not visit.add(path)[0]
    assert [document.name for document in library.documents()] == [HELD.name]


def test_a_file_is_fetched_by_its_visitor_only(page, foreign):
    one, two = Visit(page[0]), Visit(page[0])
    path = one.upload(SECRET, WORDS)
    for way in ("file=", "file/"):
        assert one.http.get(f"/gradio_api/{way}{path}").text == WORDS
        assert two.http.get(f"/gradio_api/{way}{path}").status_code == 404
        for other in foreign.values():
            assert one.http.get(f"/gradio_api/{way}{other}").status_code == 404


def test_deep_links_are_off(page):
    visit = Visit(page[0])
    path = visit.upload(SECRET, WORDS)
    visit.add(path)
    page[1].remove(SECRET)
    for end in ("", "/"):
        asked = visit.http.get(
            f"/gradio_api/deep_link{end}?session_hash={visit.session}", follow_redirects=True
        )
        assert asked.status_code == 404


@pytest.mark.parametrize("where", ["static", "assets", "svelte"])
def test_the_files_of_the_page_itself_lead_nowhere_else(page, foreign, where):
    with httpx.Client(base_url=page[0]) as http:
        for path in (foreign["absolute"], "../../../../../../../../etc/hostname"):
            for written in (path, path.replace("/", "%2f"), path.replace("..", "%2e%2e")):
                assert http.get(f"/{where}/{written}").status_code in (403, 404)


@pytest.mark.parametrize("name", ["/etc/hostname", "../../etc/hostname", "http://127.0.0.1/health"])
def test_a_document_is_known_by_its_name_alone(page, name):
    url, library = page
    visit = Visit(url)
    for endpoint, data in (
        ("ask", ["公务接待费是多少", [name], None]), ("search", ["公务接待费", 3, [name]]),
        ("tables", [name, ""]),
    ):  # fmt: skip
        started = visit.http.post(f"/gradio_api/call/{endpoint}", json={"data": data}).json()
        said = visit.http.get(f"/gradio_api/call/{endpoint}/{started['event_id']}").text
        assert "event: error" in said and "event: complete" not in said
    assert library.file(name) is None and not library.remove(name)


def test_paths_are_forgotten_when_their_files_are_deleted(monkeypatch):
    now = 0.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    files = VisitorFiles()
    files.tell("甲", "/a", uploaded=True)
    files.tell("甲", "/b", uploaded=False)
    assert files.may_fetch("甲", "/a") and not files.may_fetch("乙", "/a")
    assert not files.may_use("甲", "1", "/b") and not files.may_use("甲", None, "/a")
    assert files.may_use("甲", "1", "/a") and not files.may_use("甲", "2", "/a")
    now = KEPT_SECONDS + 1.0
    files.tell("乙", "/c", uploaded=True)
    assert not files.may_fetch("甲", "/a") and not files.may_use("甲", "1", "/a")
