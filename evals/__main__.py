"""`python -m evals`: ask a question set, write answers.jsonl, metrics.json and report.html.

Exit status: 0 all well; 1 something did not work (a document failed, a question raised, the run
was stopped, accuracy under `--min-accuracy`); 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from evals.ablation import AblationRow, ablation_row, ablation_table, change_lines
from evals.comparison import compare
from evals.connection import Connect, Connection, document_name, pipeline
from evals.evaluation import Evaluation, evaluate, metrics_record, summary_table
from evals.records import Question, QuestionError, read_sets, set_hash
from evals.runner import Run, read_answers, run
from evals.scores import Score, score
from index.names import matching

__all__ = ["main"]


def main(argv: Sequence[str] | None = None, connect: Connect | None = None) -> int:
    """Run an evaluation and return the exit status; `connect` replaces the real pipeline."""
    args = _parser().parse_args(argv)
    console = Console(stderr=True)
    try:
        _check_paths(args)
        questions = read_sets(args.questions)
    except (QuestionError, FileNotFoundError) as error:
        console.print(str(error), style="red", markup=False)
        return 2
    before = _earlier(args.against, questions)
    from index.errors import BudgetQAError

    try:
        with (connect or pipeline)(args, console) as connection:
            evaluation = _evaluate(args, console, questions, connection, before)
    except (BudgetQAError, OSError) as error:
        console.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("已停止：还没有开始提问", style="red")
        return 1
    _write(args.out, evaluation)
    Console().print(summary_table(evaluation))
    if evaluation.ablation:
        Console().print(ablation_table(evaluation.ablation))
    for row in (row for row in evaluation.ablation if row.name == "model"):
        for line in change_lines(row):
            Console().print(line, markup=False, highlight=False)
    return _status(args, console, evaluation)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals", description="用一组题评测问答，写出答案、指标和报告。"
    )
    parser.add_argument(
        "questions", nargs="+", type=Path, metavar="QUESTIONS.jsonl", help="题目文件，每行一题"
    )
    parser.add_argument(
        "--docs", nargs="+", type=Path, default=[], metavar="PATH", help="先索引这些文件或文件夹"
    )
    parser.add_argument(
        "--store", type=Path, metavar="DIR", help="库；有 --docs 时默认为输出目录里的 store"
    )
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="输出目录")
    parser.add_argument(
        "--min-accuracy", type=_share, metavar="X", help="准确率（0 到 1）低于它时以 1 退出"
    )
    parser.add_argument("--resume", action="store_true", help="接着做上次停下的评测")
    parser.add_argument(
        "--baseline",
        action="store_true",
        help="同一次里再用几种较简单的做法回答同样的题（要有 --docs），列出消融表",
    )
    parser.add_argument(
        "--model",
        metavar="PROVIDER:MODEL",
        help="同一次里再用这个对话模型回答同样的题，与不用模型的并列（不读 BUDGET_QA_MODEL）",
    )
    parser.add_argument(
        "--against", type=Path, metavar="DIR", help="与另一次评测的输出目录比较：修好、弄坏、有变"
    )
    return parser


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"应当是 0 到 1 之间的数：{text}")
    return share


def _check_paths(args: argparse.Namespace) -> None:
    for path in (*args.questions, *args.docs):
        if not path.exists():
            raise FileNotFoundError(f"没有这个文件：{path}")
    if args.baseline and not args.docs:
        raise FileNotFoundError("--baseline 要用 --docs 给出文件：朴素链要读它们的原文")
    if args.against and not (args.against / "answers.jsonl").exists():
        raise FileNotFoundError(f"{args.against} 里没有 answers.jsonl，不是一次评测的输出目录")
    if args.out.exists() and not args.out.is_dir():
        raise FileNotFoundError(f"--out 应当是目录：{args.out}")


def _earlier(folder: Path | None, questions: Sequence[Question]) -> dict[str, Score] | None:
    """The scores of an earlier run, by today's gold."""
    if folder is None:
        return None
    rows = read_answers(folder / "answers.jsonl", questions)
    return {key: score(row) for key, row in rows.items()}


def _evaluate(
    args: argparse.Namespace,
    console: Console,
    questions: Sequence[Question],
    connection: Connection,
    before: dict[str, Score] | None,
) -> Evaluation:
    started = datetime.now(UTC)
    askable = _askable(questions, connection.held)
    asked = {question.key for question in askable}
    done = run(
        askable,
        connection.answer,
        args.out,
        retrieve=connection.retrieve,
        resume=args.resume,
        console=console,
    )
    scores = [score(row) for row in done.rows]
    ablation = [] if done.stopped else _ablation(args, console, askable, connection, scores)
    settings = {
        "question_files": [path.name for path in args.questions],
        "set_hash": set_hash(args.questions),
        "store": connection.signature,
        "resumed": args.resume,
        "min_accuracy": args.min_accuracy,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 1),
    }
    return evaluate(
        scores,
        total=len(askable),
        skipped=[q for q in questions if q.key not in asked],
        documents=connection.documents,
        settings=settings,
        comparison=None if before is None else compare(before, scores),
        ablation=ablation,
    )


def _ablation(
    args: argparse.Namespace,
    console: Console,
    questions: Sequence[Question],
    connection: Connection,
    ours: Sequence[Score],
) -> list[AblationRow]:
    """The same questions asked of every variant, ours in the first row; none without variants."""
    rows = [ablation_row("pipeline", "本系统", ours, ours, len(questions))]
    for variant in connection.variants:
        console.print(f"对照：{variant.title}", highlight=False)
        out = args.out / "baselines" / variant.name
        done: Run = run(
            questions,
            variant.answer,
            out,
            retrieve=variant.retrieve,
            resume=args.resume,
            console=console,
        )
        theirs = [score(row) for row in done.rows]
        rows.append(ablation_row(variant.name, variant.title, theirs, ours, len(questions)))
        if done.stopped:
            break
    return rows if connection.variants else []


def _askable(questions: Sequence[Question], held: frozenset[str]) -> list[Question]:
    """The questions of which a document is there, each with the names that the store has for its
    documents: a question may give fewer folders or more.  The others are skipped."""
    found = []
    for question in questions:
        meant = {doc: matching(document_name(doc), held) for doc in question.docs}
        if not meant or any(meant.values()):
            docs = tuple(names[0] if len(names) == 1 else doc for doc, names in meant.items())
            found.append(replace(question, docs=docs))
    return found


def _write(out: Path, evaluation: Evaluation) -> None:
    from evals.report import render_report

    record = json.dumps(metrics_record(evaluation), ensure_ascii=False, indent=2)
    (out / "metrics.json").write_text(record + "\n", encoding="utf-8")
    (out / "report.html").write_text(render_report(evaluation), encoding="utf-8")


def _status(args: argparse.Namespace, console: Console, evaluation: Evaluation) -> int:
    """The exit status, with a line for each thing that did not work."""
    errors = sum(bool(s.row.error) for s in evaluation.scores)
    failed = [d.name for d in evaluation.documents if d.status == "failed"]
    accuracy, floor = evaluation.accuracy, args.min_accuracy
    faults = []
    if failed:
        faults.append(f"读不了的文件：{'、'.join(failed)}")
    if errors:
        faults.append(f"{errors} 题程序出错，见报告")
    broken = [row for row in evaluation.ablation if row.errors and row.name != "pipeline"]
    faults += [f"基线“{row.title}”有 {row.errors} 题程序出错" for row in broken]
    if not evaluation.complete:
        faults.append("评测没有做完")
    if not evaluation.scores:
        faults.append("没有一题可问")
    elif floor is not None and (accuracy is None or accuracy < floor):
        faults.append(f"准确率 {0 if accuracy is None else accuracy:.1%}，低于要求的 {floor:.1%}")
    if evaluation.skipped:
        told = f"跳过 {len(evaluation.skipped)} 题：文件不在库中"
        console.print(told, style="yellow", highlight=False)
    for fault in faults:
        console.print(fault, style="red", markup=False, highlight=False)
    console.print(f"报告：{args.out / 'report.html'}", markup=False, highlight=False)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
