"""The page without a browser: its command, its views, its endpoints for programs, its login."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import httpx
import openpyxl
import pytest
from served import SAMPLE, hostile, served

import app as command
from index.build import index_paths
from index.embedding import HashingEncoder
from index.feedback import Feedback
from index.library import Library
from qa import ask
from qa.export import answer_text, conversation_markdown, conversation_xlsx, table_csv, table_xlsx
from qa.suggest import examples, nearby
from qa.web.accounts import AccountError, Accounts, add_account, is_loopback
from qa.web.answer_view import conversation
from qa.web.chart import bars
from qa.web.evidence_view import evidence
from qa.web.markup import marked
from qa.web.table_view import whole_table
from qa.web.wording import LANGUAGES, Wording, translations

loopback = pytest.mark.allow_hosts(["127.0.0.1"])
SAY = Wording()
MCP = version("mcp").startswith("1.")
FIELDS = {
    "question", "status", "route", "text", "value", "unit", "items", "calculation", "citations",
    "understood", "notes", "elapsed_ms",
}  # fmt: skip
QUESTION = "城市管理局2024年基本工资、津贴补贴和奖金合计多少万元？"


# ---------------------------------------------------------------- the command


def test_without_login_only_this_machine_is_served(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        command.main(["--host", "0.0.0.0", "--store", str(tmp_path)])
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert "没有登录时只在本机监听" in said and "--add-user" in said
    assert [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.0.0.1")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_accounts_are_hashed_changed_and_checked(tmp_path, monkeypatch, capsys):
    file = tmp_path / "users"
    for word in ("一个相当长的密码", "another long one"):
        monkeypatch.setattr(sys, "stdin", io.StringIO(word + "\n"))
        assert command.main(["--add-user", "审计", "--auth", str(file)]) == 0
    add_account(file, "记者", "12345678")
    assert file.stat().st_mode & 0o777 == 0o600
    kept = file.read_text(encoding="utf-8")
    assert kept.count("审计$") == 1 and "another" not in kept and "密码" not in kept
    accounts = Accounts(file)
    assert accounts("审计", "another long one") and accounts("记者", "12345678")
    assert not accounts("审计", "一个相当长的密码") and not accounts("没有", "12345678")
    for name, word in (("有 空格", "12345678"), ("a$b", "12345678"), ("短", "1234")):
        with pytest.raises(AccountError):
            add_account(file, name, word)


@pytest.mark.parametrize("content", [None, "", "审计$00", "审计$zz$zz"])
def test_a_file_of_accounts_that_cannot_be_used_is_refused(content, tmp_path, capsys):
    file = tmp_path / "users"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(SystemExit) as stopped:
        command.main(["--auth", str(file), "--store", str(tmp_path / "store")])
    assert stopped.value.code == 2 and "登录文件" in capsys.readouterr().err


def test_feedback_is_written_as_questions(tmp_path, capsys):
    Feedback(tmp_path / "feedback.jsonl").add(
        {"status": "answered", "value": "4.00", "unit": "万元"}, "公务接待费是多少", True
    )
    out = tmp_path / "q.jsonl"
    assert command.main(["--store", str(tmp_path), "--feedback", str(out)]) == 0
    assert json.loads(out.read_text(encoding="utf-8"))["value"] == "4.00"


def test_importing_the_command_loads_no_page():
    code = (
        "import sys, app; print([m for m in ('gradio', 'torch', 'chromadb') if m in sys.modules])"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


# ---------------------------------------------------------------- for programs


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    with served(folder / "store", SAMPLE, mcp=MCP) as (url, _):
        yield url


def called(address: str, name: str, *data: object) -> object:
    """A function of the page over plain HTTP, as the README shows it."""
    with httpx.Client(base_url=address, timeout=60) as client:
        event = client.post(f"/gradio_api/call/{name}", json={"data": list(data)}).json()[
            "event_id"
        ]
        stream = client.get(f"/gradio_api/call/{name}/{event}").text
    kinds = [
        line.removeprefix("event: ") for line in stream.splitlines() if line.startswith("event:")
    ]
    last = [line for line in stream.splitlines() if line.startswith("data:")][-1]
    assert kinds[-1] == "complete", stream
    return json.loads(last.removeprefix("data: "))[0]


@loopback
def test_health_says_what_is_there(address):
    assert httpx.get(f"{address}/health").json() == {"status": "ok", "documents": 6}


@loopback
def test_a_plain_http_client_gets_a_full_answer_record(address):
    record = called(address, "ask", QUESTION, None, None)
    assert set(record) == FIELDS
    assert (record["status"], record["value"], record["unit"]) == ("answered", "566.85", "万元")
    assert record["understood"]["operation"] == "sum"
    assert record["understood"]["unit"] == [["万元"], "said"]
    assert len(record["citations"]) == len(record["calculation"]["operands"]) == 3
    follow = called(address, "ask", "那2023年呢？", None, ["城市管理局2024年公务接待费是多少"])
    assert follow["value"] == "2.96" and follow["notes"][0].startswith("承接上文：")
    only = called(
        address, "ask", "公务接待费是多少", ["棠屿市芷汀区城市管理局2023年部门预算.txt"], None
    )
    assert only["value"] == "2.96"
    none = called(address, "ask", "局长的工资是多少", None, None)
    assert set(none) == {*FIELDS, "because"} and none["because"] == "not_disclosed"


@loopback
def test_the_other_functions_give_records(address):
    documents = called(address, "documents")
    assert len(documents) == 6 and documents[0]["organisation"].endswith("局")
    name = documents[0]["document"]
    listed = called(address, "tables", name, "")
    title = next(t["title"] for t in listed if t["row_count"])
    (table, *_) = called(address, "tables", name, title)
    assert len(table["rows"]) == table["row_count"] and "rows" not in listed[0]
    found = called(address, "search", "公务接待费为何减少", 3, None)
    assert len(found) == 3 and all(set(f) == {"document", "page", "section", "text"} for f in found)


@loopback
@pytest.mark.skipif(
    not MCP, reason="MCP 没有测试：gradio 要 mcp 1.x（pip install --editable '.[dev]'）"
)
def test_an_mcp_client_gets_a_full_answer_record(address):
    from mcp.client.session import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    async def asked() -> tuple[set[str], dict[str, object]]:
        url = f"{address}/gradio_api/mcp/"
        async with streamablehttp_client(url) as streams, ClientSession(*streams[:2]) as session:
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            result = await session.call_tool("ask", {"question": QUESTION})
            return tools, json.loads(result.content[0].text)

    tools, record = asyncio.run(asked())
    assert tools == {"ask", "search", "tables", "documents"}
    assert set(record) == FIELDS and record["value"] == "566.85"


@loopback
def test_twenty_questions_by_eight_sessions_all_succeed(address):
    questions = [
        f"{o}{y}年{x}是多少？"
        for o in ("城市管理局", "文化广电体育局")
        for y in (2022, 2023, 2024)
        for x in ("公务接待费", "三公经费", "公务用车购置费", "因公出国（境）费")
    ][:20]
    with ThreadPoolExecutor(8) as sessions:
        records = list(sessions.map(lambda q: called(address, "ask", q, None, None), questions))
    assert [r["question"] for r in records] == questions
    assert {r["status"] for r in records} <= {"answered", "not_found"}
    alone = [called(address, "ask", q, None, None) for q in questions]
    assert [r["value"] for r in records] == [r["value"] for r in alone]


@loopback
def test_with_login_nothing_is_seen_without_it(tmp_path):
    add_account(tmp_path / "users", "审计", "一个相当长的密码")
    accounts = Accounts(tmp_path / "users")
    with (
        served(tmp_path / "store", accounts=accounts) as (url, _),
        httpx.Client(base_url=url) as client,
    ):
        assert client.get("/health").status_code == 200
        assert client.get("/config").status_code == 401
        assert client.post("/gradio_api/call/documents", json={"data": []}).status_code == 401
        wrong = client.post("/login", data={"username": "审计", "password": "不对"})
        assert wrong.status_code == 400
        right = client.post("/login", data={"username": "审计", "password": "一个相当长的密码"})
        assert right.status_code == 200 and client.get("/config").status_code == 200


@loopback
def test_the_page_says_its_language_before_anything_else(address):
    page = httpx.get(address + "/", headers={"accept-encoding": "br, gzip"}).text
    assert page.index("zh-CN") < page.index("gradio_config")


# ---------------------------------------------------------------- views


def test_every_word_is_said_in_both_languages():
    said = [translations(language) for language in LANGUAGES]
    assert said[0].keys() == said[1].keys()
    assert all(word for words in said for word in words.values())


def shown(*answers) -> str:
    return conversation(answers, SAY, nearby={}, said={})


def test_an_answer_is_shown_with_figure_and_steps(sample_library):
    html = shown(ask("城市管理局2024年公务接待费占支出总计的比重是多少", sample_library))
    assert "<b>0.29</b>" in html and "÷" in html
    html = shown(ask("城市管理局2024年基本工资和“三公”经费合计多少元", sample_library))
    # The operand printed in 万元 stands in the expression in 元: that step is shown.
    assert "2811100 + 736200" in html and "73.62 万元 = 736,200 元" in html


def test_a_document_is_never_markup(tmp_path):
    with Library.open(tmp_path / "store", encoder=HashingEncoder()) as library:
        list(index_paths([hostile(tmp_path)], library))
        seen = ""
        for question in ("公务接待费为什么减少", "支出表中最大的两个科目", "差旅费是多少"):
            answer = ask(question, library)
            assert answer.citations
            html = shown(answer) + evidence(answer, 0, 1, library, SAY)
            html += "".join(whole_table(t, SAY) for t in library.tables())
            seen += html
            assert "<script" not in html and "<img" not in html and "<b on" not in html
        assert "&lt;script&gt;" in seen and "&lt;img" in seen


def test_marks_in_a_quotation_are_no_citations(tmp_path):
    with Library.open(tmp_path / "store", encoder=HashingEncoder()) as library:
        list(index_paths([hostile(tmp_path)], library))
        answer = ask("公务接待费为什么减少", library)
        html = shown(answer)
    assert html.count('data-act="cite"') == answer.text.count("[1]") - 1


def test_quoted_words_are_marked_across_line_ends():
    assert marked("甲 <乙>\n丙丁", "乙>丙") == "甲 &lt;<mark>乙&gt;\n丙</mark>丁"
    assert marked("没有", "别的") == "没有"


def test_a_chart_needs_figures_that_can_be_compared(sample_library):
    ranked = ask("城市管理局2024年金额最大的三个项目", sample_library)
    items = [item for item, _ in ranked.items]
    drawn = bars(items, "最大的三个项目")
    assert drawn.count("<rect") == 3 and "1,690,300 元" in drawn and 'class="unit"' in drawn
    assert bars(items[:1], "") == ""


def test_suggestions_are_answered(sample_library, empty_library):
    found = examples(sample_library)
    assert len(found) == 6 and len(set(found)) == 6
    for question in ("局长的工资是多少", "城市管理局2029年公务接待费是多少", "水务局三公经费"):
        answer = ask(question, sample_library)
        assert answer.status == "not_found"
        found += near if len(near := nearby(answer, sample_library)) == 3 else pytest.fail(question)
    assert all(ask(question, sample_library).status == "answered" for question in found)
    assert examples(empty_library) == []


# ---------------------------------------------------------------- to take away


def test_a_conversation_is_taken_away_whole(sample_library):
    answers = [ask(QUESTION, sample_library), ask("局长的工资是多少", sample_library)]
    said = answer_text(answers[0])
    assert "[1]" in said and "2,811,100" in said and "算式：" in said
    markdown = conversation_markdown(answers)
    assert markdown.count("\n## ") == 2 and "566.85" in markdown
    sheet = openpyxl.load_workbook(io.BytesIO(conversation_xlsx(answers))).active
    assert [cell.value for cell in sheet[1]][:6] == [
        "问题",
        "完整的问题",
        "状态",
        "答案",
        "数值",
        "单位",
    ]
    assert sheet.cell(2, 5).value == 566.85 and sheet.cell(3, 5).value is None


def test_no_cell_becomes_a_formula(tmp_path):
    with Library.open(tmp_path / "store", encoder=HashingEncoder()) as library:
        list(index_paths([hostile(tmp_path)], library))
        (table,) = (t for t in library.tables() if t.rows)
    sheet = openpyxl.load_workbook(io.BytesIO(table_xlsx(table))).active
    assert all(cell.data_type != "f" for row in sheet.rows for cell in row)
    assert "\n'=[1]办公费" in table_csv(table).replace("\r", "").replace('"', "")
