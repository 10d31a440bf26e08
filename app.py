"""`python app.py`: the web page over a store."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from index.build import documents_in, index_paths
from index.embedding import DEFAULT_MODEL
from index.errors import BudgetQAError
from index.library import Library, default_store
from qa.chat_model import ChatModel, default_model, open_model
from qa.web import GRADIO
from qa.web.accounts import AccountError, Accounts, add_account, is_loopback

_PORT, _PORTS = 7860, 20


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status: 0 all well, 1 something did not work, 2 wrong usage."""
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        if args.add_user:
            if args.auth is None:
                parser.error("--add-user 要同时用 --auth 指明登录文件")
            add_account(args.auth, args.add_user, _password())
            print(f"已写入 {args.auth}：{args.add_user}")
            return 0
        accounts = Accounts(args.auth) if args.auth else None
    except AccountError as error:
        parser.error(str(error))
    if accounts is None and not is_loopback(args.host):
        parser.error(
            f"没有登录时只在本机监听。要让别的机器访问 {args.host}，请加 --auth 登录文件；"
            "用 --add-user 用户名 --auth 登录文件 建一个"
        )
    try:
        with Library.open(args.store or default_store(), model=args.embedding) as library:
            if args.feedback:
                return _feedback(library, args.feedback)
            model = open_model(args.model) if args.model else None
            failed = _index(library, args.paths)
            return _serve(library, args, accounts, model) or int(failed)
    except (BudgetQAError, OSError) as error:
        print(error, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python app.py", description="预算问答的网页：提问，看证据，管理文件。"
    )
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="先索引这些文件或文件夹"
    )
    parser.add_argument("--store", type=Path, metavar="DIR", help="文档库所在文件夹")
    parser.add_argument(
        "--host", default="127.0.0.1", help="监听的地址（没有 --auth 时只能是本机）"
    )
    parser.add_argument("--port", type=int, help=f"端口（默认 {_PORT}，被占用时往后找）")
    parser.add_argument("--open", action="store_true", help="在浏览器里打开")
    parser.add_argument("--auth", type=Path, metavar="FILE", help="登录文件：用户名和密码的散列")
    parser.add_argument(
        "--add-user", metavar="NAME", help="在 --auth 的文件里加一个用户，密码从标准输入读"
    )
    parser.add_argument("--mcp", action="store_true", help="同时作为 MCP 服务器（要装 extra：mcp）")
    parser.add_argument(
        "--feedback", type=Path, metavar="FILE", help="把读者的意见写成题目文件，然后退出"
    )
    parser.add_argument(
        "--model",
        default=default_model(),
        metavar="PROVIDER:MODEL",
        help="对话模型（默认：BUDGET_QA_MODEL，没有则不用模型），例如 ollama:qwen3:8b",
    )
    parser.add_argument("--embedding", default=DEFAULT_MODEL, help="向量模型，要与建库时相同")
    return parser


def _password() -> str:
    return getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _feedback(library: Library, file: Path) -> int:
    rows = [json.dumps(row, ensure_ascii=False) for row in library.feedback.question_rows()]
    file.write_text("".join(row + "\n" for row in rows), encoding="utf-8")
    print(f"{len(rows)} 题写入 {file}")
    return 0


def _index(library: Library, paths: Sequence[Path]) -> bool:
    """Index the paths given; whether some could not be read."""
    failed = False
    for report in index_paths(list(documents_in(paths)), library):
        failed |= report.status == "failed"
        said = "；".join(p.message for p in report.problems) if report.status == "failed" else ""
        print(f"{report.document}：{report.status} {said}".rstrip(), file=sys.stderr)
    return failed


def _serve(
    library: Library, args: argparse.Namespace, accounts: Accounts | None, model: ChatModel | None
) -> int:
    os.environ.update(GRADIO)
    from qa.web.server import serve, server

    port = args.port or _free_port(args.host)
    try:
        app = server(library, accounts=accounts, mcp=args.mcp, model=model)
    except ImportError as error:
        print(f"--mcp 要先安装：pip install --editable '.[mcp]'（{error}）", file=sys.stderr)
        return 1
    address = f"http://{'127.0.0.1' if args.host == '0.0.0.0' else args.host}:{port}"
    print(f"▸ 打开网页：{address}　（按 Ctrl-C 停止）", flush=True)
    if args.open and (os.name == "nt" or sys.platform == "darwin" or os.environ.get("DISPLAY")):
        threading.Timer(1.5, webbrowser.open, [address]).start()
    return 0 if serve(app, args.host, port) else 1


def _free_port(host: str) -> int:
    for port in range(_PORT, _PORT + _PORTS):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"{_PORT} 起的 {_PORTS} 个端口都被占用，请用 --port 指定一个")


if __name__ == "__main__":
    sys.exit(main())
