"""Adding documents while a page watches: the work in a thread, what happens as a stream.

One batch at a time writes to a store; the next waits its turn and says so.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from index.build import Report, index_paths
from index.errors import BudgetQAError
from index.library import Library
from index.model import Problem, Source
from qa.web.library_view import progress, report
from qa.web.markup import tag, text
from qa.web.wording import Wording

__all__ = ["Indexing"]

_Event = Report | tuple[str, str, int, int] | None


class Indexing:
    """The indexing of one server's store."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._writing = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="indexing")

    def run(self, files: Sequence[Path], say: Wording) -> Iterator[str]:
        """Index files; what is shown, again and again until all are done."""
        if not self._writing.acquire(blocking=False):
            yield tag("p", text(say("busy")), "busy")
            self._writing.acquire()
        try:
            yield from self._watched(files, say)
        finally:
            self._writing.release()

    def remove(self, name: str) -> bool:
        """Take a document out."""
        with self._writing:
            return self._library.remove(name)

    def _watched(self, files: Sequence[Path], say: Wording) -> Iterator[str]:
        events: queue.SimpleQueue[_Event] = queue.SimpleQueue()
        work = self._worker.submit(self._work, files, events)
        finished: list[str] = []
        reports: list[Report] = []
        while (event := events.get()) is not None:
            if isinstance(event, Report):
                reports.append(event)
                finished.append(report(event, say))
                yield _list(finished)
            else:
                yield _list([*finished, progress(*event, say)])
        work.result()
        bad = sum(r.status == "failed" for r in reports)
        end = tag("p", text(say("done", good=len(reports) - bad, bad=bad)), "done")
        yield end + _list(finished)

    def _work(self, files: Sequence[Path], events: queue.SimpleQueue[_Event]) -> None:
        def told(document: str, stage: str, done: int, total: int) -> None:
            events.put((document, stage, done, total))

        try:
            for file in files:
                try:
                    for found in index_paths([file], self._library, told):
                        events.put(found)
                except BudgetQAError as error:
                    problem = Problem("unreadable", str(error), Source(file.name), "error")
                    events.put(Report(file.name, "failed", None, 0, 0, 0, (problem,)))
        finally:
            events.put(None)


def _list(rows: Sequence[str]) -> str:
    return tag("ul", "".join(rows), "reports", aria_live="polite")
