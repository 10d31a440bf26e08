"""`python -m qa "问题"`: one question, answered on the terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel

from index.embedding import DEFAULT_MODEL
from index.errors import BudgetQAError
from index.library import Library, default_store
from qa.answer import Answer, Citation
from qa.chat_model import ChatModel, default_model, open_model

_TITLES = {
    "answered": ("回答", "green"),
    "ambiguous": ("有几种可能", "yellow"),
    "not_found": ("没有找到", "red"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 all well (`not_found` is an answer), 1 the store cannot be used, 2 wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m qa", description="向文档库提问：数字有出处，计算可核对。"
    )
    parser.add_argument("question", help="问题，例如：公务接待费为何减少")
    parser.add_argument("--store", type=Path, metavar="DIR", help="文档库所在文件夹")
    parser.add_argument("--json", action="store_true", help="输出一条 JSON 记录")
    parser.add_argument(
        "--model",
        default=default_model(),
        metavar="PROVIDER:MODEL",
        help="对话模型（默认：BUDGET_QA_MODEL，没有则不用模型），例如 ollama:qwen3:8b、"
        "openai:deepseek-chat、gguf:文件路径；数字仍只出自文件和计算",
    )
    parser.add_argument(
        "--trace", action="store_true", help="怎样读的问题：名称、读法、最好的几种，各自的特征"
    )
    parser.add_argument("--embedding", default=DEFAULT_MODEL, help="向量模型，要与建库时相同")
    args = parser.parse_args(argv)
    if not args.question.strip():
        parser.error("问题是空的")
    try:
        with Library.open(args.store or default_store(), model=args.embedding) as library:
            if args.trace:
                from qa.trace import traced  # LangChain takes a second to import

                print("\n".join(traced(args.question, library)))
                return 0
            model = open_model(args.model) if args.model else None
            answer = _asked(args.question, library, model, quiet=args.json)
    except BudgetQAError as error:
        Console(stderr=True).print(f"[red]{escape(str(error))}[/]")
        return 1
    if args.json:
        print(json.dumps(answer.to_record(), ensure_ascii=False, indent=2))
    else:
        show(answer, Console())
    return 0


def _asked(question: str, library: Library, model: ChatModel | None, quiet: bool) -> Answer:
    """The answer; the sentences of a model are shown on stderr as they are found to hold."""
    from qa.pipeline import ask_stream  # LangChain takes a second to import

    console = Console(stderr=True, quiet=quiet)
    for event in ask_stream(question, library, model=model):
        if isinstance(event, Answer):
            return event
        console.print(f"[dim]{escape(event)}[/]")
    raise AssertionError


def show(answer: Answer, console: Console) -> None:
    """An answer for the eye: the text, the calculation, the notes, where it stands."""
    title, colour = _TITLES[answer.status]
    console.print(Panel(escape(answer.text), title=title, border_style=colour, title_align="left"))
    if answer.calculation:
        work = answer.calculation
        console.print(
            f"[bold]计算[/] {escape(work.expression)} = {work.result} {work.unit}", soft_wrap=True
        )
    if answer.understood.slots:
        console.print(f"[dim]理解为：{escape(answer.understood.line())}[/]", soft_wrap=True)
    for note in answer.notes:
        console.print(f"[yellow]注意[/] {escape(note)}", soft_wrap=True)
    for citation in answer.citations:
        console.print(f"[dim]\\[{citation.n}][/] {escape(_place(citation))}", soft_wrap=True)
        console.print(Padding(f"[italic]{escape(citation.quote)}[/]", (0, 0, 0, 4)))


def _place(citation: Citation) -> str:
    page = f"第 {citation.page} 页" if citation.page else ""
    cell = " · ".join(part for part in (citation.row, citation.column) if part)
    return " · ".join(part for part in (citation.document, page, citation.section, cell) if part)


if __name__ == "__main__":
    sys.exit(main())
