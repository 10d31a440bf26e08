"""HTML in small: every word that comes from a document, a question or a file name passes `text`.

>>> text("<script>[1]")
'&lt;script&gt;[1]'
"""

from __future__ import annotations

import html
import re

__all__ = ["button", "marked", "tag", "text"]


def text(value: object) -> str:
    """A value as text: nothing in it is markup."""
    return html.escape(str(value), quote=True)


def tag(name: str, inner: str, class_: str = "", **attributes: object) -> str:
    """An element around markup; `data_turn=1` becomes `data-turn="1"`, `None` is left out."""
    given = {"class": class_ or None, **attributes}
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"'
        for key, value in given.items()
        if value is not None
    )
    return f"<{name}{said}>{inner}</{name}>"


def button(label: str, act: str, class_: str = "", **data: object) -> str:
    """A button that the page's script reports as `act` with its data."""
    named = {f"data_{key}": value for key, value in data.items()}
    return tag("button", text(label), class_, type="button", data_act=act, **named)


def marked(passage: str, quote: str) -> str:
    """A passage as markup with the quoted words marked, blanks and line ends aside."""
    places = [i for i, char in enumerate(passage) if not char.isspace()]
    plain = "".join(passage[i] for i in places)
    wanted = re.sub(r"\s+", "", quote)
    at = plain.find(wanted) if wanted else -1
    if at < 0:
        return text(passage)
    start, end = places[at], places[at + len(wanted) - 1] + 1
    return f"{text(passage[:start])}<mark>{text(passage[start:end])}</mark>{text(passage[end:])}"
