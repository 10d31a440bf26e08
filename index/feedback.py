"""What readers say of answers: kept in the store, handed out as question rows for `evals`.

One JSON object a line, in the order they were said.  A right answer becomes a row with its figure; of a
wrong one only the question is known, and the reader's words go into the note.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import StoreError

__all__ = ["Feedback"]


class Feedback:
    """The feedback of one store: `Feedback(store / "feedback.jsonl")`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._writing = threading.Lock()

    def add(self, record: Mapping[str, Any], asked: str, good: bool, why: str = "") -> None:
        """Keep what was said of an answer; `record` is the answer's, `asked` its full question."""
        row = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "asked": asked,
            "good": good,
            "why": why.strip()[:500],
            "answer": dict(record),
        }
        line = json.dumps(row, ensure_ascii=False) + "\n"
        try:
            with self._writing, self._file.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise StoreError(f"意见没有存下（{error}）。请检查磁盘与权限。") from error

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """What was said so far; a line that a stop has cut is left out."""
        if not self._file.exists():
            return
        for line in self._file.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                continue

    def question_rows(self) -> Iterator[dict[str, Any]]:
        """Each as a question row of the contract."""
        for n, row in enumerate(self, 1):
            answer = row["answer"]
            question: dict[str, Any] = {"id": f"f{n:03}", "question": row["asked"]}
            said = "读者说对" if row["good"] else "读者说不对"
            question["note"] = (
                f"{said}{'：' + row['why'] if row['why'] else ''}（{row['at'][:10]}）"
            )
            if row["good"]:
                question |= _gold(answer)
            yield question


def _gold(answer: Mapping[str, Any]) -> dict[str, Any]:
    if answer["status"] == "not_found":
        return {"refuse": True}
    if answer.get("value") is not None:
        return {"value": answer["value"], "unit": answer["unit"] or ""}
    if answer.get("items"):
        return {"items": [item["label"] for item in answer["items"]], "unordered": True}
    quotes = [citation["quote"] for citation in answer.get("citations", ())[:3]]
    return {"cite": quotes} if quotes else {}
