"""What an evaluation asks: the pipeline of the page over a store, the documents in it, and, where
asked for, simpler ways over the same documents to measure it against.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from evals.evaluation import DocumentRow
from evals.runner import Answerer, Retriever
from index.names import NamedFile

if TYPE_CHECKING:
    from index.library import Library
    from qa.answer import Answer
    from qa.chat_model import ChatModel, Usage

__all__ = ["Connect", "Connection", "Variant", "document_name", "pipeline", "with_model"]

_RETRIEVED = 20  # longer than the 10 of nDCG@10: its ideal order is that of what is handed in


@dataclass(frozen=True, slots=True)
class Variant:
    """Another way to answer the same questions, e.g. `Variant("words", "只用词", ask)`."""

    name: str
    title: str
    answer: Answerer
    retrieve: Retriever | None = None


@dataclass(frozen=True, slots=True)
class Connection:
    """The answerer and the documents it answers from; `signature` says what is in the store,
    `retrieve` gives the passages it would read, `variants` are what it is measured against."""

    answer: Answerer
    documents: tuple[DocumentRow, ...]
    signature: str = ""
    retrieve: Retriever | None = None
    variants: tuple[Variant, ...] = ()

    @property
    def held(self) -> frozenset[str]:
        """The names of the documents that can be asked about, as `document_name` has them."""
        gone = ("failed", "skipped")
        return frozenset(document_name(d.name) for d in self.documents if d.status not in gone)


Connect = Callable[[argparse.Namespace, Console], AbstractContextManager[Connection]]


def document_name(path: str) -> str:
    """A document's name as it is compared: some systems store 部 and the like decomposed, the same
    name in other bytes; some write `\\` between folders."""
    return unicodedata.normalize("NFC", path.replace("\\", "/"))


@contextmanager
def pipeline(args: argparse.Namespace, console: Console) -> Iterator[Connection]:
    """The real thing: the store, with `--docs` indexed into it, and the pipeline the page uses."""
    from index.embedding import Encoder
    from index.library import Library, default_store
    from qa import ask
    from qa.chat_model import open_model
    from qa.retriever import search

    model = open_model(args.model) if args.model else None
    store = args.store or (args.out / "store" if args.docs else default_store())
    encoder = Encoder()
    with Library.open(store, encoder=encoder) as library, ExitStack() as stack:
        documents = _documents(args, library, console)

        def answer(question: str, history: tuple[Any, ...]) -> Any:
            return ask(question, library, history=history)

        def retrieve(question: str) -> Sequence[str]:
            return [passage.text for passage in search(library, question, _RETRIEVED)]

        variants: tuple[Variant, ...] = (with_model(library, model),) if model else ()
        if args.baseline:
            from evals.baselines import variants_of

            with console.status("准备基线……"):
                files = _files(args.docs)
                variants += stack.enter_context(variants_of(library, encoder, files))
        yield Connection(answer, documents, str(library.signature()), retrieve, variants)


@dataclass(frozen=True, slots=True)
class _Told:
    """An answer with what the model cost it."""

    answer: Answer
    usage: Usage

    def to_record(self) -> Mapping[str, Any]:
        return {**self.answer.to_record(), "usage": asdict(self.usage)}


def with_model(library: Library, model: ChatModel) -> Variant:
    """The pipeline with a chat model; each record also says the `usage` of tokens."""
    from qa import ask

    def answer(question: str, history: tuple[_Told, ...]) -> _Told:
        before = model.usage
        said = ask(question, library, history=tuple(t.answer for t in history), model=model)
        return _Told(said, model.usage - before)

    return Variant("model", f"加 {model.name}", answer)


def _documents(
    args: argparse.Namespace, library: Library, console: Console
) -> tuple[DocumentRow, ...]:
    """Index `--docs`; what the store held before stays, unless the store is the run's own."""
    rows = _index(args.docs, library, console) + _skipped(args.docs, args.questions, console)
    indexed = {document_name(row.name) for row in rows}
    for held in library.documents():
        if document_name(held.name) in indexed:
            continue
        if args.docs and args.store is None:
            library.remove(held.name)  # left there by an earlier run
        else:
            rows.append(DocumentRow(held.name, "stored"))
    return tuple(rows)


def _index(paths: Sequence[Path], library: Library, console: Console) -> list[DocumentRow]:
    from index.build import index_paths

    rows = []
    with console.status("读取和索引文件……"):
        for report in index_paths(_files(paths), library):
            problems = tuple(problem.message for problem in report.problems)
            rows.append(DocumentRow(report.document, report.status, problems))
            told = f"{report.document}：{report.status}" + "".join(f"\n  {p}" for p in problems)
            console.print(told, markup=False, highlight=False)
    return rows


def _files(paths: Sequence[Path]) -> list[NamedFile]:
    """The files there is a loader for, of those named and those below the folders named."""
    from index.build import documents_in
    from index.loaders import LOADERS

    return [file for file in documents_in(paths) if file.path.suffix.lower() in LOADERS]


def _skipped(
    paths: Sequence[Path], questions: Sequence[Path], console: Console
) -> list[DocumentRow]:
    """The files of a format without a loader: no failure, but not to be passed over in silence."""
    from index.loaders import LOADERS

    below = [
        NamedFile.below(file, path) if path.is_dir() else NamedFile(file, file.name)
        for path in paths
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]
    asked = {path.resolve() for path in questions}
    rows = []
    for file, name in ((found.path, found.name) for found in below):
        known = file.suffix.lower() in LOADERS or file.resolve() in asked
        if known or not file.is_file() or file.name.startswith((".", "~$")):
            continue
        reason = f"没有能读“{file.suffix or '无扩展名'}”的读取器"
        rows.append(DocumentRow(name, "skipped", (reason,)))
        console.print(f"{name}：skipped\n  {reason}", markup=False, highlight=False)
    return rows
