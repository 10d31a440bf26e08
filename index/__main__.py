"""`python -m index`: documents into a store, what is in it, one out of it again."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from index.build import Report, documents_in, index_paths
from index.embedding import DEFAULT_MODEL
from index.errors import BudgetQAError
from index.library import Library, StoredDocument, default_store
from index.names import NamedFile, matching

_STATUS = {"added": "已加入", "updated": "已更新", "unchanged": "未变", "failed": "失败"}
_SEVERITY = {"error": "[red]错误[/]", "warning": "[yellow]问题[/]", "note": "[dim]说明[/]"}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 all well, 1 something could not be read, 2 wrong usage."""
    parser = _parser()
    args = parser.parse_args(argv)
    if not (args.paths or args.list or args.remove):
        parser.error("要索引的文件或文件夹、--list、--remove 三者至少给一个")
    try:
        with Library.open(args.store or default_store(), model=args.embedding) as library:
            if args.remove:
                return _remove(library, args.remove)
            if args.list:
                return _list(library, as_json=args.json)
            return _index(library, args.paths, as_json=args.json)
    except BudgetQAError as error:
        Console(stderr=True).print(f"[red]{escape(str(error))}[/]")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m index",
        description="把预算文档读入文档库：表格、数字、文字都能查、能算、能引用。",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="文件或文件夹")
    parser.add_argument(
        "--store",
        type=Path,
        metavar="DIR",
        help="文档库所在文件夹（默认：BUDGET_QA_STORE 或用户数据文件夹）",
    )
    parser.add_argument("--json", action="store_true", help="每个文档输出一行 JSON")
    parser.add_argument("--list", action="store_true", help="列出库中的文档")
    parser.add_argument("--remove", metavar="DOCUMENT", help="从库中移出一个文档")
    parser.add_argument(
        "--embedding", default=DEFAULT_MODEL, help="向量模型：默认随程序自带；也可给文件夹或模型名"
    )
    return parser


def _index(library: Library, paths: Sequence[Path], *, as_json: bool) -> int:
    console, failed = Console(), False
    known: Sequence[NamedFile] = documents_in(paths)
    if not known:
        Console(stderr=True).print("[red]给出的文件夹里没有能读的文档[/]")
        return 1
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bar:
        whole = bar.add_task("文档", total=len(known))
        stage = bar.add_task("", total=1)

        def progress(document: str, name: str, done: int, total: int) -> None:
            bar.update(stage, description=escape(f"{document} {name}"), completed=done, total=total)

        for report in index_paths(known, library, progress):
            bar.advance(whole)
            failed |= report.status == "failed"
            if as_json:
                print(json.dumps(report.to_record(), ensure_ascii=False), flush=True)
            else:
                _print(console, report)
    return 1 if failed else 0


def _print(console: Console, report: Report) -> None:
    profile = report.profile
    what = (
        f"{profile.kind} · {profile.organisation} · {profile.year or '年份不明'} · "
        if profile
        else ""
    )
    counts = (
        f"{report.tables} 张表 · {report.facts} 个数字 · {report.passages} 段" if profile else ""
    )
    colour = "red" if report.status == "failed" else "green"
    console.print(
        f"[{colour}]{_STATUS[report.status]}[/] [bold]{escape(report.document)}[/]  {escape(what)}{counts}",
        soft_wrap=True,
    )
    for problem in report.problems:
        where = problem.source
        place = (
            f"（第 {where.page} 页）"
            if where.page
            else f"（第 {where.line} 行）"
            if where.line
            else f"（{where.sheet}）"
            if where.sheet
            else ""
        )
        console.print(
            f"    {_SEVERITY[problem.severity]} {escape(problem.message + place)}", soft_wrap=True
        )


def _list(library: Library, *, as_json: bool) -> int:
    documents = library.documents()
    old = sum(1 for d in documents if not library.is_current(d.name, d.sha256))
    if old:
        Console(stderr=True).print(
            f"[yellow]{old} 个文档由本程序的另一版本读入（早先的版本里，不同文件夹的同名文件会互相覆盖）。"
            "请把文件所在的文件夹重新索引一次：python -m index 文件夹[/]",
            soft_wrap=True,
        )
    if as_json:
        for document in documents:
            print(json.dumps(_record(library, document), ensure_ascii=False))
        return 0
    if not documents:
        print("文档库是空的。先加入文档：python -m index 文件或文件夹")
        return 0
    # A name is needed in full for --remove, so it goes on over lines rather than being cut.
    fold = [Column(head, overflow="fold") for head in ("文档", "类型", "单位")]
    table = Table(*fold, "年份", "口径", "金额单位", "表", "数字", "段", "问题", "识别页")
    for d in documents:
        p = d.profile
        counts = (d.tables, d.facts, d.passages, d.problems, _recognised(library, d) or "—")
        table.add_row(
            escape(d.name),
            p.kind,
            escape(p.organisation),
            str(p.year or "—"),
            "、".join(p.levels) or "—",
            "、".join(p.units) or "—",
            *map(str, counts),
        )
    Console().print(table)
    return 0


def _recognised(library: Library, document: StoredDocument) -> int:
    """How many pages of a document were read by text recognition."""
    return sum(1 for problem in library.problems(document.name) if problem.kind == "ocr")


def _record(library: Library, document: StoredDocument) -> dict[str, object]:
    return {**document.to_record(), "pages_by_ocr": _recognised(library, document)}


def _remove(library: Library, name: str) -> int:
    """Take one out; the end of its name is enough where no other ends so."""
    known = [document.name for document in library.documents()]
    meant = matching(name, known)
    if len(meant) == 1 and library.remove(meant[0]):
        print(f"已移出：{meant[0]}")
        return 0
    if meant:
        told = f"库中有 {len(meant)} 个“{name}”，请写全要移出的那一个：{'、'.join(meant)}"
    else:
        told = f"库中没有“{name}”。现有：{'、'.join(known) or '（空）'}"
    Console(stderr=True).print(f"[red]{escape(told)}[/]", soft_wrap=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
