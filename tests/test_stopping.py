"""The server as a process of its own ends when it is told to, whoever is connected."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

ROOT = Path(__file__).parent.parent
ENDS_WITHIN = 10
WAITS_AT_MOST = 120


@pytest.fixture
def running(tmp_path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`python app.py` over an empty store, with its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "app.py", "--store", str(tmp_path), "--port", str(port)]
    if version("mcp").startswith("1."):
        command.append("--mcp")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        address = f"http://127.0.0.1:{port}"
        until = time.monotonic() + WAITS_AT_MOST
        while True:
            try:
                httpx.get(f"{address}/health")
                break
            except httpx.TransportError:
                assert process.poll() is None and time.monotonic() < until
                time.sleep(0.1)
        try:
            yield process, address
        finally:
            process.kill()


def ends(process: subprocess.Popen[bytes], sent: signal.Signals = signal.SIGTERM) -> None:
    process.send_signal(sent)
    process.wait(ENDS_WITHIN)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_while_a_page_is_open(running, sent):
    process, address = running
    with (
        httpx.Client(base_url=address, timeout=None) as http,
        http.stream("GET", "/gradio_api/heartbeat/a-page") as beating,
    ):
        lines = beating.iter_lines()  # kept, for the connection is closed with it
        assert "ALIVE" in next(lines)
        ends(process, sent)
        del lines


def test_it_ends_while_an_upload_hangs(running):
    process, address = running
    with socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1]))) as half:
        half.sendall(
            b"POST /gradio_api/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        )
        time.sleep(0.5)
        ends(process)


@pytest.mark.skipif(not version("mcp").startswith("1."), reason="gradio 要 mcp 1.x")
def test_it_ends_while_an_mcp_client_is_connected(running):
    from mcp.client.session import ClientSession
    from mcp.client.streamable_http import streamablehttp_client

    process, address = running
    called, ended = threading.Event(), threading.Event()

    async def connected() -> None:
        url = f"{address}/gradio_api/mcp/"
        async with streamablehttp_client(url) as streams, ClientSession(*streams[:2]) as session:
            await session.initialize()
            await session.call_tool("documents", {})
            called.set()
            await asyncio.to_thread(ended.wait)

    client = threading.Thread(target=lambda: asyncio.run(connected()), daemon=True)
    client.start()
    try:
        assert called.wait(WAITS_AT_MOST)
        ends(process)
    finally:
        ended.set()
        client.join(WAITS_AT_MOST)
