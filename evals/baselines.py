"""What our pipeline is measured against, over the same documents in the same run.

`langchain` is the plain retrieval chain of the textbooks (Lewis et al., "Retrieval-Augmented
Generation for Knowledge-Intensive NLP Tasks", NeurIPS 2020, with the reader of your choice): a
recursive splitter, our embedding model, Chroma's five nearest chunks.  `dense` and `words` are our
pipeline with one of its two ways of retrieval, `passages` is it without the calculator.

    with variants_of(library, encoder, files) as variants:
        variants[0].answer("公务接待费是多少？", ()).to_record()["value"]
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from evals.connection import Variant
from evals.figures import MONEY, Printed, figures
from evals.runner import Answerer
from index.embedding import TextEncoder
from index.library import Library
from index.model import Document, Grid
from index.names import NamedFile

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document as Chunk
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

__all__ = ["OneWay", "Said", "embeddings_of", "first_sentence", "raw_text", "taken", "variants_of"]

_CHUNK, _OVERLAP, _NEAREST, _RANKED = 500, 50, 5, 20
_PROMPT = "只根据下面的资料，用一句话回答问题；资料里没有的，回答“资料中没有”。\n\n资料：\n{context}\n\n问题：{question}"


@dataclass(frozen=True, slots=True)
class Said:
    """A baseline's answer, as the record it is written down as."""

    record: Mapping[str, Any]

    def to_record(self) -> Mapping[str, Any]:
        return self.record


@contextmanager
def variants_of(
    library: Library,
    encoder: TextEncoder,
    files: Sequence[Path | NamedFile],
    chat: BaseChatModel | None = None,
) -> Iterator[tuple[Variant, ...]]:
    """The baselines over what `library` holds, embedded by its `encoder`; `files` are its documents,
    read once more for the plain chain, which has `chat` word its answers where one is given."""
    from index.build import documents_in
    from index.loaders import load
    from qa.retriever import search

    def ranked(way: Literal["both", "dense", "words"]) -> Any:
        return lambda question: [p.text for p in search(library, question, _RANKED, ways=way)]

    held = {document.name for document in library.documents()}
    documents = [load(f.path, f.name) for f in documents_in(files) if f.name in held]
    with _plain_store(documents, encoder) as store:
        yield (
            Variant("langchain", "LangChain 链", _plain_chain(store, chat), _ranked(store)),
            Variant("passages", "不用计算", _without_calculator(library), ranked("both")),
            Variant("dense", "只用向量", _one_way(library, "dense"), ranked("dense")),
            Variant("words", "只用词", _one_way(library, "words"), ranked("words")),
        )


# ---------------------------------------------------------------- the plain chain


def raw_text(document: Document) -> str:
    """All a loader read, as plain text: a paragraph a line, a table row a line of tabbed cells."""
    lines: list[str] = []
    for block in document.blocks:
        if isinstance(block, Grid):
            lines += ("\t".join(cell.text if cell else "" for cell in row) for row in block.rows)
        else:
            lines.append(block.text)
    return "\n".join(lines)


def embeddings_of(encoder: TextEncoder) -> Embeddings:
    """Our encoder as LangChain's `Embeddings`."""
    from langchain_core.embeddings import Embeddings

    class OurEmbeddings(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in vector] for vector in encoder.encode_documents(texts)]

        def embed_query(self, text: str) -> list[float]:
            return [float(x) for x in encoder.encode_query(text)]

    return OurEmbeddings()


@contextmanager
def _plain_store(documents: Sequence[Document], encoder: TextEncoder) -> Iterator[Chroma]:
    """The chunks of the documents in a Chroma of their own, in memory."""
    from chromadb.config import Settings
    from langchain_chroma import Chroma
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=_CHUNK, chunk_overlap=_OVERLAP)
    chunks = splitter.create_documents(
        [raw_text(document) for document in documents],
        [{"document": document.name} for document in documents],
    )
    store = Chroma(
        collection_name=f"baseline-{uuid.uuid4().hex}",  # all in-memory clients share one space
        embedding_function=embeddings_of(encoder),
        client_settings=Settings(anonymized_telemetry=False),
        collection_configuration={"hnsw": {"space": "cosine"}},
    )
    try:
        for start in range(0, len(chunks), 1000):
            store.add_documents(chunks[start : start + 1000])
        yield store
    finally:
        store.delete_collection()


def _plain_chain(store: Chroma, chat: BaseChatModel | None) -> Answerer:
    retriever = store.as_retriever(search_kwargs={"k": _NEAREST})

    def answer(question: str, history: tuple[Any, ...]) -> Said:
        begin = time.perf_counter()
        chunks = retriever.invoke(question)
        text = _worded(chat, question, chunks) if chat else first_sentence(chunks)
        return Said(_record(question, text, chunks, begin))

    return answer


def _ranked(store: Chroma) -> Any:
    return lambda question: [c.page_content for c in store.similarity_search(question, k=_RANKED)]


def first_sentence(chunks: Sequence[Chunk]) -> str:
    """The first sentence, or line, of the best chunk."""
    whole = chunks[0].page_content.strip() if chunks else ""
    return re.split(r"(?<=[。！？])|\n", whole, maxsplit=1)[0].strip()


def _worded(chat: BaseChatModel, question: str, chunks: Sequence[Chunk]) -> str:
    context = "\n\n".join(chunk.page_content for chunk in chunks)
    return str(chat.invoke(_PROMPT.format(context=context, question=question)).text)


def _record(question: str, text: str, chunks: Sequence[Chunk], begin: float) -> dict[str, Any]:
    """The contract's answer record.  Every chunk the answer rests on is cited whole, save that a
    copied sentence is its own quote."""
    cited = chunks[:1] if chunks and text in chunks[0].page_content else chunks
    found = taken(question, text)
    return {
        "question": question,
        "status": "answered" if text else "not_found",
        "route": "passages",
        "text": text + "".join(f"[{n}]" for n in range(1, len(cited) + 1)),
        "value": None if found is None else f"{found.value:f}",
        "unit": None if found is None else found.unit,
        "items": [],
        "calculation": None,
        "citations": [
            {
                "n": n, "document": chunk.metadata["document"], "page": None, "section": "",
                "table": "", "row": "", "column": "",
                "quote": text if len(cited) == 1 else chunk.page_content,
            }
            for n, chunk in enumerate(cited, 1)
        ],
        "notes": [],
        "elapsed_ms": round((time.perf_counter() - begin) * 1000, 1),
    }  # fmt: skip


_ASKS_SHARE = re.compile(r"百分之|占比|比重|比例|份额|增幅|增速|降幅|增长率|百分比|[%％]")
_ASKS_AMOUNT = re.compile(r"多少|几(?:元|万|亿|个|辆|项)|金额|数额|总额|合计|之和|一共|总共|差额")


def taken(question: str, text: str) -> Printed | None:
    """The figure that a text answers a question for an amount with: its first one in a unit of the
    kind asked for.  A figure without a unit is taken to be in the unit the question names.

    >>> taken("培训费是多少万元？", "2024年培训费3.20万元，占1%。")
    Printed(value=Decimal('3.20'), unit='万元', text='3.20')
    """
    if not (_ASKS_AMOUNT.search(question) or _ASKS_SHARE.search(question)):
        return None
    found = figures(text)
    wanted = {"%"} if _ASKS_SHARE.search(question) else set(MONEY)
    fitting = [figure for figure in found if figure.unit in wanted]
    bare = [figure for figure in found if not figure.unit and "." in figure.text]
    if not fitting and bare:
        named = next((unit for unit in ("亿元", "万元", "元") if unit in question), "")
        return Printed(bare[0].value, named, bare[0].text)
    return fitting[0] if fitting else None


# ---------------------------------------------------------------- our pipeline, with a part less


class OneWay:
    """A library that searches in one way only; all else is the library's."""

    def __init__(self, library: Library, way: Literal["dense", "words"]) -> None:
        self._library = library
        self._way = way

    def __getattr__(self, name: str) -> Any:
        closed = {"dense": "search_words", "words": "search_dense"}[self._way]
        return (lambda *_: []) if name == closed else getattr(self._library, name)


def _one_way(library: Library, way: Literal["dense", "words"]) -> Answerer:
    from qa import ask

    half = cast(Library, OneWay(library, way))
    return lambda question, history: ask(question, half, history=history)


def _without_calculator(library: Library) -> Answerer:
    """Our retrieval and reader alone.  A figure is taken from the sentence as for the plain chain,
    so that what the calculator earns is not just the filling in of a field."""
    from qa import passages_chain

    chain = passages_chain(library)

    def answer(question: str, history: tuple[Any, ...]) -> Said:
        begin = time.perf_counter()
        record = dict(chain.invoke(question).to_record())
        found = taken(question, str(record["text"])) if record["status"] == "answered" else None
        if found is not None and record["value"] is None:
            record |= {"value": f"{found.value:f}", "unit": found.unit}
        record["elapsed_ms"] = round((time.perf_counter() - begin) * 1000, 1)
        return Said(record)

    return answer
