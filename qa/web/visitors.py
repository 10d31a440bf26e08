"""Whose files are whose: what a visitor names as a file must have come from, or gone to, that visitor.

gradio sends an uploaded file to the server first, and then names it to an event by its path on the
server.  A browser can name any other path, in any event, or a URL.  Of a page that is mounted into an
app gradio checks none of them, of others only that they lie in the folder of everybody's uploads; and
whatever lies there it hands out to whoever names it.

Here a visitor is known by a cookie.  `VisitorFiles` remembers which paths the server has told to whom,
`OwnFiles` watches the requests, `OwnFilesBlocks` every event.  A path is compared as the text that was
told: no other spelling of it, no link and no URL is ever followed.
"""

from __future__ import annotations

import json
import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.web.wording import Wording

__all__ = ["COOKIE", "KEPT_SECONDS", "OwnFiles", "OwnFilesBlocks", "VisitorFiles"]

COOKIE = "budget-qa-visitor"
# After so long gradio deletes the files.
KEPT_SECONDS = 86400

_UPLOAD, _DEEP_LINK = "/gradio_api/upload", "/gradio_api/deep_link"
_FILE = re.compile(r"/gradio_api/file[=/](.*)", re.DOTALL)


@dataclass
class _Told:
    """A path told to a visitor; an upload belongs to the session that is the first to name it."""

    uploaded: bool
    since: float
    session: str | None = None


class VisitorFiles:
    """The paths that the server has told to each visitor."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], _Told] = {}

    def tell(self, visitor: str, path: str, *, uploaded: bool) -> None:
        """Note that a visitor was told a path: of the visitor's own upload, or of a file to fetch."""
        now = time.monotonic()
        for old in [key for key, told in self._told.items() if told.since < now - KEPT_SECONDS]:
            del self._told[old]
        if uploaded or (visitor, path) not in self._told:
            self._told[visitor, path] = _Told(uploaded, now)

    def may_fetch(self, visitor: str, path: str) -> bool:
        """Whether a visitor was told of this path."""
        return (visitor, path) in self._told

    def may_use(self, visitor: str, session: str | None, path: object) -> bool:
        """Whether a session may name this path to an event: an upload of its own."""
        told = self._told.get((visitor, path)) if isinstance(path, str) else None
        if told is None or not told.uploaded or not session:
            return False
        told.session = told.session or session
        return told.session == session


class OwnFilesBlocks(gr.Blocks):
    """A page whose events, all of them, take no file but the uploads of the session that asks."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.files = VisitorFiles()

    async def process_api(
        self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any
    ) -> dict[str, Any]:
        """The one way to every event and endpoint, see `gradio.Blocks.process_api`."""
        visitor = _visitor_of(kwargs.get("request"))
        for path in _paths(inputs):
            if not self.files.may_use(visitor, kwargs.get("session_hash"), path):
                raise gr.Error(Wording()("not_uploaded_here"), print_exception=False)
        output: dict[str, Any] = await super().process_api(block_fn, inputs, *args, **kwargs)
        for path in _paths(output.get("data")):
            if visitor and isinstance(path, str):
                self.files.tell(visitor, path, uploaded=False)
        return output


class OwnFiles:
    """ASGI middleware: gives every visitor a cookie, notes what is uploaded, hands out no file of
    another visitor, and keeps no deep links (a copy of all that a session holds, files included)."""

    def __init__(self, app: ASGIApp, files: VisitorFiles) -> None:
        self._app = app
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, visitor = scope["path"], _visitor_of(HTTPConnection(scope))
        asked = _FILE.fullmatch(path)
        if path.rstrip("/") == _DEEP_LINK or (
            asked and not self._files.may_fetch(visitor, asked[1])
        ):
            await Response(status_code=404)(scope, receive, send)
        elif path in ("/", _UPLOAD):
            watched = _Watched(scope, send, self._files, visitor)
            await self._app(scope, receive, watched)
        else:
            await self._app(scope, receive, send)


class _Watched:
    """The answer to a visit or to an upload: brings a new visitor the cookie; the paths in the answer
    to an upload are noted."""

    def __init__(self, scope: Scope, send: Send, files: VisitorFiles, visitor: str) -> None:
        self._send = send
        self._files = files
        self._visitor = visitor or secrets.token_urlsafe(32)
        self._new = not visitor
        self._secure = scope["scheme"] == "https"
        self._uploading = scope["path"] == _UPLOAD and scope["method"] == "POST"
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._uploading &= message["status"] == 200
            if self._new:
                MutableHeaders(scope=message).append("set-cookie", self._cookie())
        elif message["type"] == "http.response.body" and self._uploading:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                for path in json.loads(self._body):
                    self._files.tell(self._visitor, path, uploaded=True)
        await self._send(message)

    def _cookie(self) -> str:
        secure = "; Secure" if self._secure else ""
        return f"{COOKIE}={self._visitor}; Path=/; HttpOnly; SameSite=Lax{secure}"


def _visitor_of(request: Any) -> str:
    """The visitor's cookie, empty where there is none."""
    connection = request.request if isinstance(request, gr.Request) else request
    if not isinstance(connection, HTTPConnection):
        return ""
    return connection.cookies.get(COOKIE, "")


def _paths(value: Any) -> Iterator[object]:
    """Every path in the data of an event, however deep, whether or not it looks like a file's."""
    if isinstance(value, dict):
        if "path" in value:
            yield value["path"]
        for inner in value.values():
            yield from _paths(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _paths(inner)
