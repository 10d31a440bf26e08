"""The server around the page: its language, login, limits, health.

serve(server(library), "127.0.0.1", 7860)
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from contextlib import suppress
from importlib.resources import files
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from gradio.routes import App

from index.library import Library
from qa.chat_model import ChatModel
from qa.web.accounts import Accounts
from qa.web.language import ChosenLanguage
from qa.web.page import page, translated
from qa.web.visitors import OwnFiles
from qa.web.wording import Wording

__all__ = ["UPLOAD_LIMIT", "serve", "server"]

UPLOAD_LIMIT = "50mb"
# How long an answer that is under way when the server is told to stop may still take.
_GRACE_SECONDS = 5

_INK = gr.themes.Color(
    "#f2f7fa", "#dfecf3", "#c0d9e6", "#93bdd3", "#5f9bb9", "#37799b",
    "#1f5673", "#1b4a63", "#173e53", "#133344", "#0c2230", name="ink",
)  # fmt: skip
_FONTS = ["PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]


def server(
    library: Library,
    *,
    accounts: Accounts | None = None,
    mcp: bool = False,
    model: ChatModel | None = None,
) -> FastAPI:
    """The page at `/` and `GET /health`; with `accounts` only those who log in see the page.

    With `mcp` the page's functions are MCP tools at `/gradio_api/mcp/`; raises `ImportError` where
    the extra is not installed."""
    app = FastAPI(title="Budget QA", docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/health")
    def health() -> dict[str, Any]:
        return {"status": "ok", "documents": len(library.documents())}

    blocks = page(library, upload_limit=UPLOAD_LIMIT.upper(), model=model)
    app.add_middleware(ChosenLanguage)
    app.add_middleware(OwnFiles, files=blocks.files)
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        blocks,
        "/",
        auth=accounts,
        auth_message=Wording()("login") if accounts else None,
        max_file_size=UPLOAD_LIMIT,
        mcp_server=mcp,
        i18n=translated(),
        theme=_theme(),
        css=_file("style.css"),
        js=_file("script.js"),
        footer_links=["api"],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        show_error=False,
        enable_monitoring=False,
    )
    # Until then gradio takes every path of its server for one of the program's own files; it forgets to
    # say so itself for a page that is mounted.
    blocks.has_launched = True
    if mcp:
        if not blocks.mcp_server:
            raise ImportError(getattr(blocks, "mcp_error", None) or "mcp")
        _answer_in_json(blocks.mcp_server_obj)
    return mounted


def serve(app: FastAPI, host: str, port: int) -> bool:
    """Serve until told to stop (SIGTERM, Ctrl-C), then end soon, whoever is connected; whether it began."""
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=_GRACE_SECONDS
    )
    running = _Server(config)
    with suppress(KeyboardInterrupt):
        running.run()
    return running.started


class _Server(uvicorn.Server):
    """Every open page keeps a connection without end; gradio closes it when its app is told to stop,
    which it is not where it is mounted.  What else is open is cut off after the time of grace."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for route in getattr(self.config.app, "routes", ()):
            mounted = getattr(route, "app", None)
            if isinstance(mounted, App):
                mounted.stop_event.set()
        await super().shutdown(sockets)


def _answer_in_json(tools: Any) -> None:
    """gradio hands an MCP client `str()` of a record, which is no JSON; this hands it JSON."""
    from mcp.types import TextContent

    def content(data: Sequence[Any], _: str) -> list[TextContent]:
        return [TextContent(type="text", text=json.dumps(one, ensure_ascii=False)) for one in data]

    tools.postprocess_output_data = content


def _theme() -> gr.themes.Base:
    """Local fonts only: nothing is fetched from elsewhere."""
    return gr.themes.Base(
        primary_hue=_INK,
        neutral_hue=gr.themes.colors.stone,
        font=_FONTS,
        font_mono=["ui-monospace", "Noto Sans Mono CJK SC", "monospace"],
    )


def _file(name: str) -> str:
    return (files("qa.web") / name).read_text(encoding="utf-8")
