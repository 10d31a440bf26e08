"""A page that is really served: a store of its own, a port of its own, in a thread of the tests."""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import openpyxl
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.build import index_paths
from index.embedding import HashingEncoder
from index.library import Library
from qa.web import GRADIO

SAMPLE = Path(__file__).parent.parent / "evals" / "sample"
HOSTILE = "云杉区气象台2031年部门预算.txt"


@contextmanager
def served(
    store: Path, *paths: Path, mcp: bool = False, accounts: object = None
) -> Iterator[tuple[str, Library]]:
    """The address of a server over a store with these documents, and its library."""
    os.environ.update(GRADIO)
    import uvicorn

    from qa.web.server import server

    with Library.open(store, encoder=HashingEncoder()) as library:
        assert all(report.status == "added" for report in index_paths(paths, library))
        app = server(library, mcp=mcp, accounts=accounts)  # type: ignore[arg-type]
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, daemon=True)
        thread.start()
        while not running.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.02)
        port = running.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", library
        running.should_exit = True
        thread.join(timeout=10)


class Visit:
    """A visitor who sends what a browser would send, or something else."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=60)
        self.http.get("/")
        self.session = uuid.uuid4().hex
        self.config = self.http.get("/config").json()

    def upload(self, name: str, words: str) -> str:
        """The path on the server of what was uploaded."""
        sent = self.http.post("/gradio_api/upload", files={"files": (name, words.encode())})
        return str(sent.json()[0])

    def event(self, number: int, data: list[Any]) -> tuple[bool, dict[str, Any]]:
        """Whether an event succeeded, and what came of it."""
        body = {"fn_index": number, "session_hash": self.session, "data": data}
        joined = self.http.post("/gradio_api/queue/join", json=body)
        assert joined.status_code == 200, joined.text
        where = f"/gradio_api/queue/data?session_hash={self.session}"
        with self.http.stream("GET", where) as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data: ")) if line else {}
                if message.get("msg") == "process_completed":
                    return message["success"], message["output"]
        raise AssertionError("the event never ended")

    def events(self) -> Iterator[tuple[int, int]]:
        """Every event and endpoint that runs on the server, with its number of inputs."""
        for one in self.config["dependencies"]:
            if one["backend_fn"]:
                yield one["id"], len(one["inputs"])

    def add(self, path: str) -> tuple[bool, dict[str, Any]]:
        """The event of the page's upload, with one path."""
        return self.event(self._number("upload", "upload"), [[file(path)], None])

    def ask(self, question: str) -> str:
        """The chat as it stands in the end after a question was asked."""
        pressed = json.dumps({"act": "ask", "question": question})
        success, output = self.event(self._number("event-send", "click"), [pressed, None, []])
        assert success, output
        return str(output["data"][1])

    def _number(self, element: str, kind: str) -> int:
        ids = [c["id"] for c in self.config["components"] if c["props"].get("elem_id") == element]
        (number,) = (d["id"] for d in self.config["dependencies"] if [*ids, kind] in d["targets"])
        return int(number)


def file(path: str) -> dict[str, Any]:
    return {"path": path, "orig_name": Path(path).name, "meta": {"_type": "gradio.FileData"}}


def budget_pdf(folder: Path) -> Path:
    """A department's budget of two pages as PDF: a sentence, and a ruled table."""
    file = folder / "深林市云杉区水文站2031年部门预算.pdf"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(file), pagesize=A4)
    height = A4[1]
    canvas.setFont("STSong-Light", 16)
    canvas.drawString(120, height - 90, "深林市云杉区水文站2031年部门预算")
    canvas.setFont("STSong-Light", 11)
    canvas.drawString(72, height - 140, "三、“三公”经费预算情况")
    canvas.drawString(
        72,
        height - 170,
        "公务接待费2031年预算数4.00万元，比2030年减少2.00万元，主要原因是厉行节约。",
    )
    canvas.showPage()
    canvas.setFont("STSong-Light", 11)
    canvas.drawString(72, height - 70, "表1 一般公共预算支出表")
    canvas.drawString(400, height - 70, "单位：万元")
    rows = [("科目", "合计", "基本支出", "项目支出"), ("办公费", "12.50", "10.00", "2.50"),
            ("差旅费", "8.30", "8.30", "0.00"), ("水文监测费", "31.20", "0.00", "31.20")]  # fmt: skip
    top, step, edges = height - 90, 24, (72, 220, 310, 400, 490)
    for n, row in enumerate(rows):
        for left, cell in zip(edges, row, strict=False):
            canvas.drawString(left + 6, top - n * step - 16, cell)
    for n in range(len(rows) + 1):
        canvas.line(edges[0], top - n * step, edges[-1], top - n * step)
    for x in edges:
        canvas.line(x, top, x, top - len(rows) * step)
    canvas.showPage()
    canvas.save()
    return file


def budget_xlsx(folder: Path) -> Path:
    """Another department's budget as a workbook with one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "支出预算表"
    for row in (
        ["深林市云杉区种子站2031年部门预算"], ["表1 一般公共预算支出表", None, "单位：万元"],
        ["科目", "2031年预算数", "2030年预算数"], ["办公费", 21.5, 20], ["印刷费", 3.75, 4],
        ["培训费", 6, 5.5],
    ):  # fmt: skip
        sheet.append(row)
    file = folder / "深林市云杉区种子站2031年部门预算.xlsx"
    book.save(file)
    return file


def hostile(folder: Path) -> Path:
    """A budget whose text tries to be script, markup, template, Markdown and citation."""
    file = folder / HOSTILE
    file.write_text(
        "# 深林市云杉区气象台2031年部门预算\n\n## 三公经费\n\n"
        "公务接待费2031年预算数7.00万元，比2030年减少1.00万元，主要原因是"
        '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">'
        "[1]**粗体**[点我](javascript:window.hacked=1)${window.hacked=1}{{constructor}}厉行节约。\n\n"
        "表1 一般公共预算支出表\n\n单位：万元\n\n科目\t合计\n=<b onmouseover=window.hacked=1>[1]办公费</b>\t9.00\n差旅费\t3.00\n",
        encoding="utf-8",
    )
    return file
