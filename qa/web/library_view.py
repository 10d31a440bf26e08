"""What a store holds, and what happens while documents are added to it, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from index.build import Report
from index.library import Library, StoredDocument
from index.model import Problem
from qa.web.markup import button, tag, text
from qa.web.wording import Wording

__all__ = ["holdings", "progress", "report"]

_STAGES = {"读取": "stage_read", "表格": "stage_tables", "向量": "stage_vectors"}


def holdings(library: Library, say: Wording) -> str:
    """Every document with its kind, counts and problems, each to be taken out in two steps."""
    documents = library.documents()
    keys = (
        "document",
        "organisation",
        "kind",
        "year",
        "tables",
        "facts",
        "ocr_pages",
        "problems",
        "remove",
    )
    heads = "".join(tag("th", text(say(key)), scope="col") for key in keys)
    rows = "".join(_document(d, library.problems(d.name), say) for d in documents)
    table = tag("table", tag("thead", tag("tr", heads)) + tag("tbody", rows), "holdings")
    head = tag("h2", text(say("held", n=len(documents))))
    return head + (tag("div", table, "scroll") if documents else "")


def _document(document: StoredDocument, problems: Sequence[Problem], say: Wording) -> str:
    profile = document.profile
    recognised = len({p.source.page for p in problems if p.kind == "ocr"})
    sure = button(say("confirm_remove"), "remove", "danger", document=document.name)
    remove = tag("details", tag("summary", text(say("remove")), "link") + sure)
    kind = profile.kind if profile.kind != "other" else ""
    cells = [
        text(document.name), text(profile.organisation), text(kind),
        text(profile.year or say("unknown_year")), text(document.tables), text(f"{document.facts:,}"),
        text(recognised or ""), _problems(problems, say), remove,
    ]  # fmt: skip
    return tag("tr", "".join(tag("td", cell) for cell in cells))


def _problems(problems: Sequence[Problem], say: Wording) -> str:
    if not problems:
        return text(say("no_problems"))
    listed = "".join(tag("li", _problem(p, say), p.severity) for p in problems)
    return tag("details", tag("summary", text(len(problems)), "link") + tag("ul", listed))


def _problem(problem: Problem, say: Wording) -> str:
    source = problem.source
    where = (
        f"（{say('page', n=source.page)}）"
        if source.page
        else f"（{source.sheet}）"
        if source.sheet
        else ""
    )
    return tag("b", text(say(problem.severity))) + " " + text(problem.message + where)


def progress(document: str, stage: str, done: int, total: int, say: Wording) -> str:
    """One document on its way: its name, its stage, how far that is."""
    part = f" {done}/{total}" if total > 1 else ""
    name = say(_STAGES[stage]) if stage in _STAGES else say("waiting")
    bar = (
        f'<progress max="{total}" value="{done}"></progress>'
        if total > 1
        else "<progress></progress>"
    )
    return tag("li", tag("b", text(document)) + " " + text(name + part) + bar, "busy")


def report(found: Report, say: Wording) -> str:
    """What became of one document."""
    profile = found.profile
    said = tag("b", text(found.document)) + " " + text(say(found.status))
    if profile:
        counts = say("counts", tables=found.tables, facts=found.facts, passages=found.passages)
        known = [
            profile.organisation,
            str(profile.year or say("unknown_year")),
            profile.kind,
            counts,
        ]
        said += " · " + text(" · ".join(part for part in known if part and part != "other"))
    problems = "".join(tag("li", _problem(p, say), p.severity) for p in found.problems)
    return tag("li", said + (tag("ul", problems) if problems else ""), found.status)
