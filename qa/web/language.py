"""The page's language is the reader's choice (`?lang=en`), Chinese without one.

gradio takes its words from the browser's language, and asks for it before anything of a page's own is
loaded.  So a line goes in front of its script, in the HTML itself.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ChosenLanguage"]

_SCRIPT = b"""<head><script>(() => {
  const english = new URLSearchParams(location.search).get("lang") === "en";
  const language = english ? "en" : "zh-CN";
  Object.defineProperty(navigator, "language", { get: () => language });
  Object.defineProperty(navigator, "languages", { get: () => [language] });
  document.documentElement.lang = language;
})();</script>"""


class ChosenLanguage:
    """ASGI middleware that puts the line into the page at `/`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        # Compressed, the page could not be written into.
        headers = [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]
        start: Message = {}
        body = b""

        async def changed(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            page = body.replace(b"<head>", _SCRIPT, 1)
            kept = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
            length = (b"content-length", str(len(page)).encode())
            await send({**start, "headers": [*kept, length]})
            await send({"type": "http.response.body", "body": page})

        await self._app({**scope, "headers": headers}, receive, changed)
