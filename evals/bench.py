"""How much work the pipeline adds, and how it grows with the store.

    python -m evals.bench [--documents 1 10 100 1000] [--out DIR] [--quick]

Everything is a ratio of two times measured in one run, alternately, so that the machine cancels
out.  `ratios` runs the real model: indexing against encoding the same passages; a question answered
from passages against encoding it and asking the vectors; a question answered by the calculator
against encoding it; a PDF read into facts and passages (nothing embedded) against the words and
tables that pdfplumber alone finds on its pages.  `growth` fills one store with documents of the generator and asks the same
number of questions at each size; there the `HashingEncoder` stands in for the model, whose share is
the same at every size.  DIR gets `bench.json` and `bench.svg`.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pdfplumber
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from evals.bench_plot import growth_plot
from evals.evaluation import versions
from evals.generate import World, make_world, write_world
from evals.questions import make_questions
from evals.records import Answered, Question, parse_question
from evals.scores import score
from index.build import index_paths, read_document
from index.embedding import Encoder, HashingEncoder, TextEncoder
from index.library import Library
from index.vectors import VectorStore
from qa import ask

__all__ = ["Growth", "Ratio", "growth", "main", "ratios"]

_SEED, _YEARS = 11, (2022, 2023, 2024)
_SIZES, _QUICK = (1, 10, 100, 1000), (1, 10)
_DEPTH = 24  # how many passages the retriever asks the vectors for


Call = Callable[[], object]


class Times(NamedTuple):
    """How long a call took: on the clock, and of the process's processor time (all threads), which
    other processes do not disturb."""

    wall_ms: float
    cpu_ms: float


Pair = tuple[Times, Times]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Two median wall times in milliseconds; `ratio` and `cpu_ratio` are the medians of the single
    ratios of wall and of processor time over `n` measurements."""

    name: str
    ours_ms: float
    bare_ms: float
    ratio: float
    cpu_ratio: float
    n: int


@dataclass(frozen=True, slots=True)
class Growth:
    """One size of the store.  Times are milliseconds: `index_ms` a document, `first_ms` the first
    question after a change (what is derived from the store is built anew), the others medians and
    95th percentiles of warm questions; `right` of `asked` questions were answered correctly.
    `memory_mb` is the process's peak so far."""

    documents: int
    facts: int
    passages: int
    index_ms: float
    first_ms: float
    calculator_ms: float
    calculator_p95_ms: float
    passages_ms: float
    passages_p95_ms: float
    right: int
    asked: int
    store_mb: float
    memory_mb: float


def main(argv: Sequence[str] | None = None) -> int:
    """The command; exit status 0, or 2 for wrong usage.  No time is a failure."""
    parser = argparse.ArgumentParser(prog="python -m evals.bench", description="性能：比率与增长。")
    parser.add_argument(
        "--documents", type=int, nargs="+", metavar="N", help="库的各种大小，默认 1 10 100 1000"
    )
    parser.add_argument("--out", type=Path, default=Path("out/bench"), metavar="DIR")
    parser.add_argument("--quick", action="store_true", help="只量 1 和 10 个文件，重复也少")
    args = parser.parse_args(argv)
    sizes = sorted(set(args.documents or (_QUICK if args.quick else _SIZES)))
    if sizes[0] < 1:
        parser.error("--documents 应当是正整数")
    progress = Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, progress.status("测量……") as status:
        status.update("测量与模型之比……")
        found = ratios(
            Path(folder) / "model",
            Encoder(),
            documents=1 if args.quick else 4,
            questions=40 if args.quick else 120,
        )
        grown = growth(
            Path(folder) / "growth", sizes, questions=20 if args.quick else 60, tell=status.update
        )
    _write(args.out, found, grown)
    Console().print(_ratio_table(found), _growth_table(grown))
    progress.print(f"结果：{args.out}", markup=False, highlight=False)
    return 0


# ---------------------------------------------------------------- against the model


def ratios(folder: Path, encoder: TextEncoder, documents: int, questions: int = 120) -> list[Ratio]:
    """The four ratios over `documents` documents (and one more to warm up with); of `questions`
    of the generator up to twelve of each kind are measured."""
    world = _world(documents + 1)
    files = _files(world, folder / "documents")
    printed = write_world(world, folder / "pdf", "pdf", truth=False)[:documents]
    encoder.encode_query("预热")
    with Library.open(folder / "store", encoder=encoder) as library:
        _indexed(files[:1], library)
        indexing = [_indexing(file, library, encoder, n) for n, file in enumerate(files[1:])]
        figures, passages = _askable(world, library, questions)
        vectors = VectorStore(folder / "store" / "vectors", encoder.name, encoder.dimension)

        def nearest(question: str) -> object:
            return vectors.query(encoder.encode_query(question), _DEPTH)

        found = [_pair(partial(ask, q, library), partial(nearest, q)) for q in passages]
        known = [_pair(partial(ask, q, library), partial(encoder.encode_query, q)) for q in figures]
    return [
        _ratio("建索引 / 只嵌入同样的段", indexing),
        _ratio("检索作答 / 嵌入问题 + 查向量", found),
        _ratio("计算作答 / 嵌入问题", known),
        _ratio(
            "读 PDF / 只取字和表",
            [_pair(partial(read_document, f), partial(_words_and_tables, f)) for f in printed],
        ),
    ]


def _words_and_tables(file: Path) -> None:
    """What pdfplumber alone finds on the pages of a PDF."""
    with pdfplumber.open(file) as pdf:
        for page in pdf.pages:
            page.extract_words()
            page.extract_tables()
            page.close()


def _indexing(file: Path, library: Library, encoder: TextEncoder, n: int) -> Pair:
    """A file indexed, and its passages only encoded; every other time in the other order."""
    texts = read_document(file).passage_texts()
    ours: Call = partial(_indexed, [file], library)
    bare: Call = partial(encoder.encode_documents, texts)
    if n % 2:
        alone = _clock(bare)
        return _clock(ours), alone
    return _clock(ours), _clock(bare)


def _askable(world: World, library: Library, count: int) -> tuple[list[str], list[str]]:
    """Questions that the calculator answers, and ones for which passages are searched."""
    rows = make_questions(world.publications, world.region, count, _SEED, refuse=0)
    figures, passages = [], []
    for row in rows:
        answer = ask(str(row["question"]), library)
        if answer.passages:
            passages.append(answer.question)
        elif answer.route == "calculator" and answer.status == "answered":
            figures.append(answer.question)
    return figures[:12], passages[:12]


def _pair(ours: Call, bare: Call) -> Pair:
    """The medians of five alternate measurements of each, after one of each to warm up."""
    ours(), bare()
    times = [(_clock(ours), _clock(bare)) for _ in range(5)]
    return _median([t[0] for t in times]), _median([t[1] for t in times])


def _median(times: Sequence[Times]) -> Times:
    return Times(*(statistics.median(column) for column in zip(*times, strict=True)))


def _ratio(name: str, pairs: Sequence[Pair]) -> Ratio:
    """Medians; all 0 where there was nothing to measure."""
    if not pairs:
        return Ratio(name, 0.0, 0.0, 0.0, 0.0, 0)
    ours, bare = (_median([pair[i] for pair in pairs]) for i in (0, 1))
    wall = statistics.median(mine.wall_ms / its.wall_ms for mine, its in pairs)
    cpu = statistics.median(mine.cpu_ms / its.cpu_ms for mine, its in pairs if its.cpu_ms)
    return Ratio(
        name,
        round(ours.wall_ms, 3),
        round(bare.wall_ms, 3),
        round(wall, 3),
        round(cpu, 3),
        len(pairs),
    )


# ---------------------------------------------------------------- against the size of the store


def growth(
    folder: Path, sizes: Sequence[int], questions: int, tell: Callable[[str], None] = print
) -> list[Growth]:
    """One store that grows from size to size; `tell` is told what is being done."""
    tell(f"写出 {sizes[-1]} 个文件……")
    world = _world(sizes[-1])
    files = _files(world, folder / "documents")
    found: list[Growth] = []
    with Library.open(folder / "store", encoder=HashingEncoder(384)) as library:
        done = 0
        for size in sizes:
            tell(f"索引到第 {size} 个文件……")
            taken = _clock(partial(_indexed, files[done:size], library)).wall_ms
            part = World(world.region, world.publications[:size], ())
            found.append(_grown(part, library, taken / (size - done), questions))
            done = size
    return found


def _grown(world: World, library: Library, index_ms: float, count: int) -> Growth:
    questions = _varied(world, count)
    first = _clock(partial(ask, questions[0].question, library))
    times: dict[bool, list[float]] = {True: [], False: []}
    right = 0
    for question in questions:
        begin = time.perf_counter()
        answer = ask(question.question, library)
        taken = (time.perf_counter() - begin) * 1000
        times[bool(answer.passages)].append(taken)
        answered = Answered(question, answer.to_record(), Decimal(str(round(taken, 1))))
        right += score(answered).verdict.outcome == "correct"
    held = library.documents()
    return Growth(
        documents=len(held),
        facts=sum(document.facts for document in held),
        passages=sum(document.passages for document in held),
        index_ms=round(index_ms, 1),
        first_ms=round(first.wall_ms, 1),
        calculator_ms=_quantile(times[False], 50),
        calculator_p95_ms=_quantile(times[False], 95),
        passages_ms=_quantile(times[True], 50),
        passages_p95_ms=_quantile(times[True], 95),
        right=right,
        asked=len(questions),
        store_mb=round(_bytes(library.folder) / 2**20, 2),
        memory_mb=round(_peak_memory() / 2**20, 1),
    )


def _varied(world: World, count: int) -> list[Question]:
    """Questions of the generator; a third of them, where there are so many, of the kinds that
    passages answer: they are rare in a set."""
    rows = make_questions(world.publications, world.region, 3 * count, _SEED)
    lines = [json.dumps(row, ensure_ascii=False, default=str) for row in rows]
    asked = [parse_question(line, "bench", n) for n, line in enumerate(lines, 1)]
    texts = [question for question in asked if question.type in ("why", "describe")][: count // 3]
    return [*[q for q in asked if q not in texts][: count - len(texts)], *texts]


def _quantile(times: Sequence[float], percent: int) -> float:
    """0 where nothing was measured."""
    ordered = sorted(times)
    return round(ordered[(len(ordered) - 1) * percent // 100], 2) if ordered else 0.0


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _peak_memory() -> int:
    """The peak resident size in bytes; the kernel tells kilobytes, macOS bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


# ---------------------------------------------------------------- documents and clocks


def _world(documents: int) -> World:
    """At least so many documents of the generator."""
    years = _YEARS[: min(len(_YEARS), documents)]
    world = make_world(_SEED, -(-documents // len(years)), years)
    return World(world.region, world.publications[:documents], ())


def _files(world: World, folder: Path) -> list[Path]:
    return write_world(world, folder, "text", truth=False)


def _indexed(files: Sequence[Path], library: Library) -> None:
    for report in index_paths(files, library):
        if report.status == "failed":
            raise RuntimeError(f"{report.document} could not be indexed: {report.problems}")


def _clock(call: Call) -> Times:
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return Times((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000)


# ---------------------------------------------------------------- results


def _write(out: Path, found: Sequence[Ratio], grown: Sequence[Growth]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": versions(),
        "ratios": [asdict(row) for row in found],
        "growth": [asdict(row) for row in grown],
    }
    text = json.dumps(record, ensure_ascii=False, indent=2)
    (out / "bench.json").write_text(text + "\n", encoding="utf-8")
    (out / "bench.svg").write_text(growth_plot([asdict(row) for row in grown]), encoding="utf-8")


def _ratio_table(found: Sequence[Ratio]) -> Table:
    table = Table(title="与模型之比（越近 1 越好）", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("量什么")
    for head in ("本系统 ms", "对照 ms", "比率", "CPU 比率", "次数"):
        table.add_column(head, justify="right")
    for row in found:
        times = (f"{row.ours_ms:,.1f}", f"{row.bare_ms:,.1f}")
        table.add_row(row.name, *times, f"{row.ratio:.2f}", f"{row.cpu_ratio:.2f}", str(row.n))
    return table


def _growth_table(grown: Sequence[Growth]) -> Table:
    table = Table(title="随库增长（嵌入用替身）", title_justify="left", box=SIMPLE_HEAD)
    lines: dict[str, Callable[[Growth], str]] = {
        "数字": lambda g: f"{g.facts:,}",
        "段": lambda g: f"{g.passages:,}",
        "建索引 ms/文件": lambda g: f"{g.index_ms:,.0f}",
        "变动后首问 ms": lambda g: f"{g.first_ms:,.0f}",
        "计算 p50 ms": lambda g: f"{g.calculator_ms:,.1f}",
        "计算 p95 ms": lambda g: f"{g.calculator_p95_ms:,.1f}",
        "检索 p50 ms": lambda g: f"{g.passages_ms:,.1f}",
        "检索 p95 ms": lambda g: f"{g.passages_p95_ms:,.1f}",
        "答对": lambda g: f"{g.right}/{g.asked}",
        "库 MB": lambda g: f"{g.store_mb:,.1f}",
        "内存峰值 MB": lambda g: f"{g.memory_mb:,.0f}",
    }
    table.add_column("文件数", no_wrap=True)
    for size in grown:
        table.add_column(f"{size.documents:,}", justify="right")
    for name, cell in lines.items():
        table.add_row(name, *(cell(size) for size in grown))
    return table


if __name__ == "__main__":
    sys.exit(main())
