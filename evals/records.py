"""Question rows and answered rows: what an evaluation reads and writes.

One JSON object a line, with the keys of the contract.  A misspelt key would silently leave a
question unscored, so it is an error that names file and line.

    {"id": "02", "type": "lookup", "question": "…", "value": "4.00", "unit": "万元"}
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from evals.figures import decimal
from index.model import Amount

__all__ = [
    "TYPES",
    "Answered",
    "Question",
    "QuestionError",
    "parse_question",
    "read_questions",
    "read_sets",
    "set_hash",
]

Record = Mapping[str, Any]

TYPES = (
    "lookup",
    "calculate",
    "rank",
    "why",
    "describe",
    "compare",
    "ambiguous",
    "premise",
    "check",
    "refuse",
    "lingual",
)


class QuestionError(ValueError):
    """A question file that cannot be used; the message names file, line and what is wrong."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what is known of its right answer; an empty field is not scored.

    `source` is the question file's stem and `line` its 1-based line; `value` and `unit` are the
    gold figure, `alt` further accepted ones; each element of `contains` is a tuple of
    alternatives; `page` is a page number or the name of a sheet; `expr` is how the gold figure was
    computed from printed ones (`(5+3)/2`), `writer` who wrote the question."""

    question: str
    id: str = ""
    type: str = ""
    docs: tuple[str, ...] = ()
    value: Decimal | None = None
    unit: str = ""
    alt: tuple[Amount, ...] = ()
    items: tuple[str, ...] = ()
    unordered: bool = False
    contains: tuple[tuple[str, ...], ...] = ()
    not_contains: tuple[tuple[str, ...], ...] = ()
    cite: tuple[str, ...] = ()
    page: int | str | None = None
    refuse: bool = False
    conversation: str = ""
    expr: str = ""
    writer: str = ""
    source: str = ""
    line: int = 0

    @property
    def key(self) -> str:
        """What the question is called in a run, e.g. `测试街道2024#07`."""
        return f"{self.source}#{self.id or f'行{self.line}'}"

    @property
    def gold(self) -> tuple[Amount, ...]:
        """The accepted figures, the exact one first; empty when no figure is asked for."""
        return () if self.value is None else (Amount(self.value, self.unit), *self.alt)


# `note` is for the reader of the file.
_KEYS = {f.name for f in fields(Question)} - {"source", "line"} | {"note"}


@dataclass(frozen=True, slots=True)
class Answered:
    """A question with its answer record.  `elapsed_ms` is the wall time measured from outside;
    `error` what the pipeline raised, when it raised; `retrieved` the ranked passage texts, where
    the run asked for them."""

    question: Question
    answer: Record
    elapsed_ms: Decimal
    error: str = ""
    retrieved: tuple[str, ...] = ()

    def to_record(self) -> dict[str, Any]:
        """The line of `answers.jsonl`: the answer record and an `asked` object beside it."""
        asked = {"key": self.question.key, "elapsed_ms": float(self.elapsed_ms)}
        extra = {"error": self.error} if self.error else {}
        ranked = {"retrieved": list(self.retrieved)} if self.retrieved else {}
        return {**self.answer, "asked": {**asked, **extra, **ranked}}


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of one JSONL file (UTF-8, blank lines allowed), in order.

    Raises `QuestionError` with every bad line of the file, one a line of the message."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"{path.name}: 读不了：{error}") from error
    questions: list[Question] = []
    faults: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            questions.append(parse_question(line, path.stem, number))
        except ValueError as error:
            faults.append(f"{path.name}:{number}: {error}")
    faults += _twice(questions, path.name)
    if faults:
        raise QuestionError("\n".join(faults))
    return tuple(questions)


def read_sets(paths: Sequence[Path]) -> tuple[Question, ...]:
    """The questions of several files, in order.  Their stems must differ: they are part of the
    questions' keys.  Raises `QuestionError` as `read_questions` does, for all files together."""
    questions: list[Question] = []
    stems = [path.stem for path in paths]
    faults = [f"两个题目文件同名：{stem}" for stem in sorted(set(stems)) if stems.count(stem) > 1]
    for path in paths:
        try:
            questions += read_questions(path)
        except QuestionError as error:
            faults.append(str(error))
    if faults:
        raise QuestionError("\n".join(faults))
    return tuple(questions)


def parse_question(line: str, source: str = "", number: int = 0) -> Question:
    """One row.  Raises `ValueError` saying what is wrong with it."""
    try:
        row = json.loads(line, parse_float=Decimal)
    except json.JSONDecodeError as error:
        raise ValueError(f"不是 JSON：{error}") from error
    if not isinstance(row, dict):
        raise ValueError("一行应当是一个 JSON 对象")
    _check_keys(row)
    return Question(
        question=_string(row, "question", required=True),
        id=_string(row, "id"),
        type=_type(row),
        docs=_strings(row, "docs"),
        value=_figure(row.get("value"), "value"),
        unit=_string(row, "unit"),
        alt=_alternatives(row),
        items=_strings(row, "items"),
        unordered=_flag(row, "unordered"),
        contains=_clauses(row, "contains"),
        not_contains=_clauses(row, "not_contains"),
        cite=_strings(row, "cite"),
        page=_page(row),
        refuse=_flag(row, "refuse"),
        conversation=_string(row, "conversation"),
        expr=_string(row, "expr"),
        writer=_string(row, "writer"),
        source=source,
        line=number,
    )


def set_hash(paths: Iterable[Path]) -> str:
    """SHA-256 over the questions files' bytes in the order given: the same hash, the same exam."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _twice(questions: Sequence[Question], name: str) -> list[str]:
    seen: dict[str, int] = {}
    faults = []
    for question in questions:
        first = seen.setdefault(question.key, question.line)
        if first != question.line:
            faults.append(f"{name}:{question.line}: id “{question.id}” 已在第 {first} 行用过")
    return faults


def _check_keys(row: Record) -> None:
    for key in row:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            hint = f"（是不是 “{near[0]}”？）" if near else ""
            raise ValueError(f"不认识的键 “{key}”{hint}")


def _string(row: Record, key: str, *, required: bool = False) -> str:
    value = row.get(key)
    if value is None and not required:
        return ""
    if isinstance(value, int) and key == "id" and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or (required and not value.strip()):
        raise ValueError(f"“{key}” 应当是{'非空' if required else ''}字符串")
    return value


def _type(row: Record) -> str:
    name = _string(row, "type")
    if name and name not in TYPES:
        raise ValueError(f"不认识的 type “{name}”；可用：{'、'.join(TYPES)}")
    return name


def _flag(row: Record, key: str) -> bool:
    value = row.get(key)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise ValueError(f"“{key}” 应当是 true 或 false")


def _strings(row: Record, key: str) -> tuple[str, ...]:
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise ValueError(f"“{key}” 应当是非空字符串的列表")
    return tuple(value)


def _figure(value: object, key: str) -> Decimal | None:
    if value is None:
        return None
    number = None if isinstance(value, bool) else decimal(str(value))
    if number is None:
        raise ValueError(f"“{key}” 不是数：{value!r}")
    return number


def _alternatives(row: Record) -> tuple[Amount, ...]:
    pairs = row.get("alt") or []
    if not isinstance(pairs, list):
        raise ValueError("“alt” 应当是 [数, 单位] 的列表")
    if pairs and row.get("value") is None:
        raise ValueError("有 “alt” 却没有 “value”")
    amounts = []
    for pair in pairs:
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[1], str):
            raise ValueError(f"“alt” 里应当是 [数, 单位]：{pair!r}")
        amounts.append(Amount(_figure(pair[0], "alt") or Decimal(0), pair[1]))
    return tuple(amounts)


def _clauses(row: Record, key: str) -> tuple[tuple[str, ...], ...]:
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"“{key}” 应当是列表")
    clauses = [[clause] if isinstance(clause, str) else clause for clause in value]
    for clause in clauses:
        if not isinstance(clause, list) or not clause:
            raise ValueError(f"“{key}” 的每一项应当是字符串或非空的字符串列表")
        if not all(isinstance(c, str) and c.strip() for c in clause):
            raise ValueError(f"“{key}” 里有空的或不是字符串的项")
    return tuple(tuple(clause) for clause in clauses)


def _page(row: Record) -> int | str | None:
    page = row.get("page")
    if page is None or (isinstance(page, int | str) and not isinstance(page, bool)):
        return page
    raise ValueError("“page” 应当是页码、工作表名或 null")
