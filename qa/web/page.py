"""The page's widgets and what happens between them: the one home of gradio's `Blocks`.

What is shown comes from the views, what is answered from `qa`; here they are only joined.
"""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import gradio as gr

from index.errors import BudgetQAError
from index.library import Library
from qa.chat_model import ChatModel
from qa.conversation import thread
from qa.export import conversation_markdown, conversation_xlsx, table_csv, table_xlsx
from qa.pipeline import choose, lexicon_for
from qa.suggest import examples, nearby
from qa.web.answer_view import conversation, failed, pending, welcome
from qa.web.answer_view import thread as thread_view
from qa.web.asking import answered
from qa.web.endpoints import Endpoints
from qa.web.evidence_view import evidence
from qa.web.indexing import Indexing
from qa.web.library_view import holdings
from qa.web.markup import tag, text
from qa.web.session import Session
from qa.web.table_view import whole_table
from qa.web.visitors import KEPT_SECONDS, OwnFilesBlocks
from qa.web.wording import Wording, translations

__all__ = ["CONCURRENCY", "MOST_WAITING", "page", "translated"]

# How many questions are answered at once, and how many may wait.
CONCURRENCY, MOST_WAITING = 4, 64
_SAME = (gr.skip(), gr.skip())
_HIDDEN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}


def translated() -> gr.I18n:
    """The words of the widgets; another language than Chinese and English shows Chinese."""
    return gr.I18n(**{"zh-CN": translations("zh"), "en": translations("en")})


def page(
    library: Library, *, upload_limit: str = "50 MB", model: ChatModel | None = None
) -> OwnFilesBlocks:
    """The page over a library, with the help of a chat model where there is one."""
    return _Page(library, upload_limit, model).build()


class _Page:
    """The widgets of one page with their events."""

    def __init__(self, library: Library, upload_limit: str, model: ChatModel | None) -> None:
        self.library = library
        self.indexing = Indexing(library)
        self.workers = ThreadPoolExecutor(CONCURRENCY, thread_name_prefix="question")
        self.upload_limit = upload_limit
        self.model = model
        self._examples = lru_cache(maxsize=4)(self._examples_of)

    # ------------------------------------------------------------ widgets

    def build(self) -> OwnFilesBlocks:
        t = translated()
        kept = (KEPT_SECONDS, KEPT_SECONDS)
        blocks = OwnFilesBlocks(title="预算问答 Budget QA", delete_cache=kept, fill_width=True)
        with blocks:
            self.session = gr.State(Session())
            self.head = gr.HTML(elem_id="head", js_on_load=None, apply_default_css=False)
            with gr.Tabs(elem_id="tabs"):
                with gr.Tab(t("tab_ask"), id="ask"):
                    self._ask_tab(t)
                with gr.Tab(t("tab_files"), id="files") as files:
                    self._files_tab(t)
                with gr.Tab(t("tab_tables"), id="tables") as tables:
                    self._tables_tab(t)
            self._event_box()
            self._wire(blocks, files, tables)
            self._endpoints()
        blocks.queue(default_concurrency_limit=CONCURRENCY, max_size=MOST_WAITING)
        return blocks

    def _ask_tab(self, t: gr.I18n) -> None:
        with gr.Row(elem_id="desk"):
            with gr.Column(scale=3, min_width=320, elem_id="left"):
                self.chat = gr.HTML(elem_id="chat", js_on_load=None, apply_default_css=False)
                self.thread = gr.HTML(elem_id="thread", js_on_load=None, apply_default_css=False)
                with gr.Row(elem_id="ask-row"):
                    self.question = gr.Textbox(
                        label=t("question"),
                        container=False, placeholder=t("placeholder"), lines=1, max_lines=4,
                        scale=5, min_width=200, elem_id="question", autofocus=True,
                    )  # fmt: skip
                    self.send = gr.Button(
                        t("send"), variant="primary", scale=1, min_width=90, elem_id="send"
                    )
                self.only = gr.Dropdown(
                    label=t("scope"), multiselect=True, choices=[], elem_id="only"
                )
                with gr.Row(elem_id="take"):
                    self.fresh = gr.Button(t("fresh"), size="sm", elem_id="fresh")
                    self.as_markdown = gr.Button(
                        t("save_markdown"), size="sm", elem_id="as-markdown"
                    )
                    self.as_xlsx = gr.Button(t("save_xlsx"), size="sm", elem_id="as-xlsx")
                self.download = gr.DownloadButton("↓", visible="hidden", elem_id="download")
            with gr.Column(scale=2, min_width=320, elem_id="right"):
                self.evidence = gr.HTML(
                    elem_id="evidence", js_on_load=None, apply_default_css=False
                )

    def _files_tab(self, t: gr.I18n) -> None:
        self.upload_note = gr.HTML(elem_id="upload-note", js_on_load=None, apply_default_css=False)
        self.upload = gr.File(
            label=t("document"),
            file_count="multiple",
            type="filepath",
            elem_id="upload",
            height=150,
        )
        self.reports = gr.HTML(elem_id="reports", js_on_load=None, apply_default_css=False)
        self.holdings = gr.HTML(elem_id="holdings", js_on_load=None, apply_default_css=False)

    def _tables_tab(self, t: gr.I18n) -> None:
        with gr.Row():
            self.document = gr.Dropdown(
                label=t("pick_document"), choices=[], elem_id="pick-document"
            )
            self.table = gr.Dropdown(label=t("pick_table"), choices=[], elem_id="pick-table")
        self.table_view = gr.HTML(elem_id="table", js_on_load=None, apply_default_css=False)
        with gr.Row():
            self.csv = gr.DownloadButton(
                str(t("table_csv")), size="sm", interactive=False, elem_id="table-csv"
            )
            self.xlsx = gr.DownloadButton(
                str(t("table_xlsx")), size="sm", interactive=False, elem_id="table-xlsx"
            )

    def _event_box(self) -> None:
        """Where the script puts which button of a view was pressed."""
        self.event = gr.Textbox(visible="hidden", elem_id="event", show_label=False)
        self.event_send = gr.Button("↩", visible="hidden", elem_id="event-send")

    # ------------------------------------------------------------ events

    def _wire(self, blocks: gr.Blocks, files: gr.Tab, tables: gr.Tab) -> None:
        talk = [self.session, self.chat, self.thread, self.evidence]
        files_shown = [self.holdings, self.only, self.document]
        blocks.load(
            self._opened, [self.session],
            [*talk, self.head, self.upload_note, self.table_view, *files_shown], **_HIDDEN,
        )  # fmt: skip
        taken = gr.on(
            [self.question.submit, self.send.click], lambda q: (q, ""), [self.question],
            [self.event, self.question], **_HIDDEN, queue=False,
        )  # fmt: skip
        # Choosing documents is no event of its own: one that ended after a question did would put the
        # chat without its answer back.  Whatever is asked or pressed takes them as they are chosen.
        asking = [self.event, self.session, self.only]
        taken.then(self._asked, asking, talk, **_HIDDEN)
        pressed = self.event_send.click(self._pressed, asking, talk, **_HIDDEN)
        pressed.then(self._files, [self.session], files_shown, **_HIDDEN)
        self.fresh.click(self._fresh, [self.session, self.only], talk, **_HIDDEN)
        for button, suffix in ((self.as_markdown, "md"), (self.as_xlsx, "xlsx")):
            button.click(
                partial(self._conversation, suffix),
                [self.session], [self.download], **_HIDDEN,
            ).then(None, js="() => document.querySelector('#download')?.click()")  # fmt: skip
        added = self.upload.upload(
            self._added, [self.upload, self.session], [self.reports], **_HIDDEN, concurrency_limit=2
        )
        added.then(
            self._after_upload, [self.session], [self.upload, *files_shown, *talk], **_HIDDEN
        )
        files.select(self._files, [self.session], files_shown, **_HIDDEN)
        tables.select(self._files, [self.session], files_shown, **_HIDDEN)
        shown = [self.table_view, self.csv, self.xlsx]
        self.document.change(
            self._tables, [self.document, self.session], [self.table, *shown], **_HIDDEN
        )
        self.table.input(self._table, [self.document, self.table, self.session], shown, **_HIDDEN)

    def _endpoints(self) -> None:
        functions = Endpoints(self.library, self.model)
        for name in ("ask", "search", "tables", "documents"):
            gr.events.api(getattr(functions, name), api_name=name, concurrency_limit=CONCURRENCY)

    # ------------------------------------------------------------ asking

    def _opened(self, session: Session, request: gr.Request) -> tuple[Any, ...]:
        language = "en" if request.query_params.get("lang") == "en" else "zh"
        session = replace(session, language=language)
        say = session.say
        note = tag("p", text(say("upload", size=self.upload_limit)), "label")
        first = tag("p", text(say("pick_first")), "label")
        return (*self._talk(session), self._head(say), note, first, *self._files(session))

    def _head(self, say: Wording) -> str:
        other = "zh" if say.language == "en" else "en"
        link = tag("a", text(say("language")), "language", href=f"?lang={other}", hreflang=other)
        named = say("model", name=self.model.name) if self.model else say("no_model")
        state = tag("span", text(named), "model", id="model-state")
        title = tag("h1", text(say("title"))) + tag("p", text(say("subtitle")))
        return tag("header", tag("div", title) + tag("div", state + link, "side"))

    def _talk(self, session: Session, after: str = "") -> tuple[Session, str, str, str]:
        """The session with its chat, its thread and its evidence."""
        say = session.say
        if session.answers or after:
            chat = conversation(
                session.answers, say, nearby=session.nearby, said=session.said, after=after
            )
        else:
            known = self._examples(self.library.signature(), session.only)
            chat = welcome(known, len(self.library.documents()), say)
        turn, n = session.shown
        shown = session.answers[turn] if 0 <= turn < len(session.answers) else None
        kept = (
            thread(session.history, lexicon_for(self.library, session.only))
            if session.history
            else ()
        )
        return session, chat, thread_view(kept, say), evidence(shown, turn, n, self.library, say)

    def _examples_of(self, signature: str, only: tuple[str, ...] | None) -> tuple[str, ...]:
        return tuple(examples(self.library, documents=only))

    def _asked(
        self, question: str, session: Session, only: list[str] | None
    ) -> Iterator[tuple[Any, ...]]:
        yield from self._ask(question, self._kept_to(only, session))

    def _ask(self, question: str, session: Session) -> Iterator[tuple[Any, ...]]:
        question = question.strip()
        if not question:
            yield tuple(gr.skip() for _ in range(4))
            return
        say = session.say
        yield session, self._with(session, pending(question, "understand", say)), *_SAME
        try:
            for event in answered(question, session, self.library, self.workers, self.model):
                if isinstance(event, Session):
                    yield self._talk(event)
                else:
                    now = pending(question, event.stage, say, event.words)
                    yield session, self._with(session, now), *_SAME
        except Exception as error:
            logging.getLogger(__name__).exception("no answer")
            why = str(error) if isinstance(error, BudgetQAError) else say("unexpected")
            yield session, self._with(session, failed(question, why, say)), *_SAME

    def _with(self, session: Session, after: str) -> str:
        """The chat with what became so far of the question after its last turn."""
        return conversation(
            session.answers, session.say, nearby=session.nearby, said=session.said, after=after
        )

    def _pressed(
        self, event: str, session: Session, only: list[str] | None
    ) -> Iterator[tuple[Any, ...]]:
        """A button of a view: what it says it does, checked, for nothing from a browser is trusted."""
        session = self._kept_to(only, session)
        try:
            data = json.loads(event)
            act = str(data["act"])
            turn, n = int(data.get("turn", -1)), int(data.get("n", 0))
            item, place = int(data.get("item", -1)), int(data.get("page", 0))
        except (ValueError, KeyError, TypeError):
            return
        if act == "ask":
            yield from self._ask(str(data.get("question", "")), session)
        elif act == "clear":
            yield self._talk(replace(session, since=len(session.answers)))
        elif act == "remove":
            self.indexing.remove(str(data.get("document", "")))
            gr.Info(session.say("removed", name=str(data.get("document", ""))))
            yield self._talk(replace(session, documents=()))
        elif 0 <= turn < len(session.answers):
            yield from self._on_turn(act, turn, n, item, place, str(data.get("why", "")), session)

    def _on_turn(
        self, act: str, turn: int, n: int, item: int, place: int, why: str, session: Session
    ) -> Iterator[tuple[Any, ...]]:
        answer = session.answers[turn]
        if act in ("cite", "page"):
            session = replace(session, shown=(turn, n))
            shown = evidence(answer, turn, n, self.library, session.say, place)
            yield session, gr.skip(), gr.skip(), shown
        elif act == "choose" and answer.status == "ambiguous" and 0 <= item < len(answer.items):
            picked = choose(answer, item, self.library, documents=session.only)
            near = (
                nearby(picked, self.library, documents=session.only)
                if picked.status == "not_found"
                else ()
            )
            yield self._talk(session.with_answer(picked, near))
        elif act in ("good", "bad") and turn not in session.said:
            try:
                self.library.feedback.add(
                    answer.to_record(), answer.asked or answer.question, act == "good", why
                )
                session = replace(session, said={**session.said, turn: act == "good"})
            except BudgetQAError as error:
                gr.Warning(f"{session.say('feedback_failed')}：{error}")
            yield self._talk(session)

    def _kept_to(self, documents: list[str] | None, session: Session) -> Session:
        """The session kept to the documents chosen, as far as the store has them."""
        held = {document.name for document in self.library.documents()}
        return replace(session, documents=tuple(n for n in documents or () if n in held))

    def _fresh(self, session: Session, only: list[str] | None) -> tuple[Any, ...]:
        return self._talk(self._kept_to(only, Session(language=session.language)))

    def _conversation(self, suffix: str, session: Session) -> str | None:
        if not session.answers:
            return None
        file = _temporary(f"预算问答.{suffix}")
        if suffix == "md":
            file.write_text(conversation_markdown(session.answers), encoding="utf-8")
        else:
            file.write_bytes(conversation_xlsx(session.answers))
        return str(file)

    # ------------------------------------------------------------ files and tables

    def _files(self, session: Session) -> tuple[Any, ...]:
        names = [document.name for document in self.library.documents()]
        chosen = [name for name in session.documents if name in names]
        return (
            holdings(self.library, session.say),
            gr.Dropdown(choices=names, value=chosen),
            gr.Dropdown(choices=names),
        )  # fmt: skip

    def _added(self, files: list[str] | None, session: Session) -> Iterator[str]:
        yield from self.indexing.run([Path(file) for file in files or ()], session.say)

    def _after_upload(self, session: Session) -> tuple[Any, ...]:
        return (None, *self._files(session), *self._talk(session))

    def _tables(self, document: str | None, session: Session) -> tuple[Any, ...]:
        tables = self.library.tables(document) if document else ()
        choices = [
            (f"{'表' + t.number + ' ' if t.number else ''}{t.title or '（无题）'}", t.id)
            for t in tables
        ]
        first = next((t.id for t in tables if t.rows), None)
        return (gr.Dropdown(choices=choices, value=first), *self._table(document, first, session))

    def _table(self, document: str | None, table: str | None, session: Session) -> tuple[Any, ...]:
        say = session.say
        found = (
            next((t for t in self.library.tables(document) if t.id == table), None)
            if document
            else None
        )
        if found is None:
            words = say("no_tables") if document else say("pick_first")
            off = gr.DownloadButton(interactive=False)
            return tag("p", text(words), "label"), off, off
        name = "".join(c for c in found.title if c.isalnum()) or "表"
        csv, xlsx = _temporary(f"{name}.csv"), _temporary(f"{name}.xlsx")
        csv.write_text(table_csv(found), encoding="utf-8")
        xlsx.write_bytes(table_xlsx(found))
        return (
            whole_table(found, say),
            gr.DownloadButton(value=str(csv), interactive=True),
            gr.DownloadButton(value=str(xlsx), interactive=True),
        )


def _temporary(name: str) -> Path:
    """A file of this name in a folder of its own, where gradio serves it from."""
    return Path(tempfile.mkdtemp(prefix="budget-qa-")) / name[-80:]
