"""`python -m evals.real` (`make bench`): every question set whose documents are there, in one table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from evals.real.bench import (
    OUTCOMES,
    Row,
    SetRun,
    changes,
    lost,
    read_run,
    run_set,
    shares,
    write_run,
)
from evals.real.ratchet import fallen, read_ratchet, tightened, write_ratchet
from evals.real.rewording_run import stability
from evals.real.sets import load_sets

_NAMES = {"correct": "对", "offered": "供选", "declined": "未答", "wrong": "错"}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 all well, 1 no set could be run, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.real", description="在真实文件上逐套提问，汇成一张表。"
    )
    parser.add_argument("--set", action="append", metavar="NAME", help="只跑这一套（可重复）")
    parser.add_argument("--out", type=Path, default=Path("out/bench"), metavar="DIR")
    parser.add_argument("--against", type=Path, metavar="RUN.jsonl", help="与存下的一次结果对比")
    parser.add_argument("--rewordings", action="store_true", help="改写问题，看回答是否稳定")
    parser.add_argument(
        "--embedding", default="", metavar="MODEL", help="用真实的向量模型（默认：快速的替身）"
    )
    parser.add_argument("--ratchet", action="store_true", help="把这次答对的题存为底线")
    parser.add_argument("--misses", action="store_true", help="逐题列出没答对的")
    args = parser.parse_args(argv)
    console, notes = Console(), Console(stderr=True)
    wanted = [s for s in load_sets() if not args.set or s.name in args.set]
    for one in wanted:
        if not one.complete:
            notes.print(f"[yellow]跳过 {one.name}：缺少文件[/] {'、'.join(one.missing[:3])}")
    ready = [one for one in wanted if one.complete]
    if not ready:
        notes.print("没有可以跑的题集。")
        return 1
    before = read_run(args.against) if args.against else ()
    runs = []
    for one in ready:
        with notes.status("") as status:
            runs.append(run_set(one, args.out / "stores", status.update, model=args.embedding))
    write_run(runs, args.out / "run.jsonl")
    console.print(_by_set(runs))
    rows = [row for run in runs for row in run.rows]
    console.print(_by("题型", "type", rows), _by("出题人", "writer", rows), _stages(rows))
    if args.misses:
        _list(console, "没答对", [row for row in rows if row.outcome != "correct"])
    if before:
        mended, broken = changes(before, rows)
        _list(console, f"修好 {len(mended)} 题", mended)
        _list(console, f"弄坏 {len(broken)} 题", broken)
    _held(console, runs)
    if args.ratchet:
        write_ratchet(tightened(read_ratchet(), runs))
    if args.rewordings:
        for one in ready:
            console.print(stability(one, args.out / "stores"))
    return 0


def _held(console: Console, runs: Sequence[SetRun]) -> None:
    """Where a run falls behind what its sets held."""
    held = read_ratchet()
    for run in runs:
        if run.name in held and (found := fallen(held[run.name], run.rows)).lost:
            console.print(f"\n[red]{run.name} 比存下的底线少对 {len(found.lost)} 题：[/]")
            console.print("、".join(found.lost), markup=False, soft_wrap=True)


def _by_set(runs: Sequence[SetRun]) -> Table:
    table = _table("题集", "文件")
    for run in runs:
        table.add_row(run.name, str(run.documents), *_cells(run.rows))
    table.add_section()
    rows = [row for run in runs for row in run.rows]
    table.add_row("全部", str(sum(run.documents for run in runs)), *_cells(rows), style="bold")
    return table


def _by(title: str, key: str, rows: Sequence[Row]) -> Table:
    table = _table(title, "")
    for name in sorted({getattr(row, key) for row in rows}):
        table.add_row(name, "", *_cells([row for row in rows if getattr(row, key) == name]))
    return table


def _table(first: str, second: str) -> Table:
    table = Table(box=SIMPLE_HEAD, collapse_padding=True)
    table.add_column(first)
    for name in (second, "题数", *(_NAMES[o] for o in OUTCOMES), "对的 95% 区间", "引用准确"):
        table.add_column(name, justify="right")
    return table


def _cells(rows: Sequence[Row]) -> list[str]:
    found = shares(rows)
    limits = found["correct"][1]
    statements = sum(row.statements for row in rows)
    precision = sum(row.supported for row in rows) / statements if statements else 1.0
    return [
        str(len(rows)),
        *(f"{found[outcome][0]:.1%}" for outcome in OUTCOMES),
        f"{limits[0]:.0%}–{limits[1]:.0%}" if limits else "—",
        f"{precision:.1%}",
    ]


def _stages(rows: Sequence[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, collapse_padding=True)
    for name in ("丢在哪一步", "题数", "占全部", "其中答错"):
        table.add_column(name, justify="right" if name != "丢在哪一步" else "left")
    for stage, count in lost(rows).most_common():
        wrong = sum(row.stage == stage and row.outcome == "wrong" for row in rows)
        table.add_row(stage, str(count), f"{count / len(rows):.1%}", str(wrong))
    return table


def _list(console: Console, title: str, rows: Sequence[Row]) -> None:
    console.print(f"\n[bold]{title}[/]")
    for row in rows:
        console.print(
            f"{row.outcome:9}{row.stage:10} {row.key} {row.question}", markup=False, soft_wrap=True
        )


if __name__ == "__main__":
    sys.exit(main())
