"""The server around the page: its language, login, limits, health.

app = server(library)
uvicorn.run(app, host="127.0.0.1", port=7860)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import gradio as gr
from fastapi import FastAPI

from index.library import Library
from qa.chat_model import ChatModel
from qa.web.accounts import Accounts
from qa.web.language import ChosenLanguage
from qa.web.page import page, translated
from qa.web.visitors import OwnFiles
from qa.web.wording import Wording

__all__ = ["UPLOAD_LIMIT", "server"]

UPLOAD_LIMIT = "50mb"

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
