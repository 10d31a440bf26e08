"""Write a fictional region's documents, their truth and questions about them.

    python -m evals.generate --seed 7 --departments 2 --years 2022 2023 2024 --format pdf --out DIR
                             [--kind 部门预算 部门决算] [--size small] [--trouble lost_page …]
                             [--questions 60] [--without-truth]

DIR gets one file a document, `truth.jsonl` (documents, facts, planted troubles) and, where
asked for, `questions.jsonl`.  The same arguments give the same bytes.  Formats: text, markdown, pdf,
scan (a PDF of pictures), docx, xlsx, ods, html.  The sample was made by

    python -m evals.generate --seed 147 --questions 60 --without-truth --out evals/sample
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from evals import reporting
from evals.publication import Publication, facts, record
from evals.questions import make_questions
from evals.region import Region, make_region
from evals.troubles import TROUBLES, Trouble, plant, planted
from evals.writers import SUFFIXES, write

__all__ = ["World", "main", "make_world", "write_world"]

KINDS = ("部门预算", "部门决算")


@dataclass(frozen=True, slots=True)
class World:
    """A region, what it publishes, and what was planted there."""

    region: Region
    publications: tuple[Publication, ...]
    troubles: tuple[Trouble, ...]


def make_world(
    seed: int,
    departments: int,
    years: Sequence[int],
    size: str = "small",
    *,
    kinds: Sequence[str] = ("部门预算",),
    troubles: Sequence[str] = (),
) -> World:
    """The documents of a region.  Each kind of trouble is planted once, in a document of its own
    as far as there are enough."""
    if size not in ("small", "medium", "large"):
        raise ValueError(f"size is small, medium or large, not {size!r}")
    region = make_region(seed, departments, years, size)  # type: ignore[arg-type]
    made = {"部门预算": reporting.budget, "部门决算": reporting.final_account}
    publications = [
        made[kind](department, year)
        for department in region.departments
        for year in region.years
        for kind in kinds
    ]
    # The planting changes the list, so it comes before the list is frozen.
    found = tuple(_planted(publications, troubles, Random(f"troubles/{seed}")))
    return World(region, tuple(publications), found)


def _planted(
    publications: list[Publication], kinds: Sequence[str], rng: Random
) -> Iterable[Trouble]:
    """Plant the kinds into the list, in place."""
    free = rng.sample(range(len(publications)), len(publications))
    for kind in kinds:
        for place in free:
            result = plant(publications[place], kind, rng)
            if result:
                publications[place], trouble = result
                free = [*(p for p in free if p != place), place]
                yield trouble
                break


def write_world(
    world: World, out: Path, format: str, questions: int = 0, *, truth: bool = True
) -> list[Path]:
    """Write everything; the paths, documents first."""
    out.mkdir(parents=True, exist_ok=True)
    suffix = SUFFIXES[format]
    files = {f"{p.name}{suffix}": write(p, format) for p in world.publications}
    if truth:
        files["truth.jsonl"] = _lines(_truth(world, suffix))
    if questions:
        rows = make_questions(
            world.publications, world.region, questions, world.region.seed, troubles=world.troubles
        )
        files["questions.jsonl"] = _lines(
            {**row, "docs": [f"{name}{suffix}" for name in row["docs"]]} for row in rows
        )
    for name, data in files.items():
        (out / name).write_bytes(data)
    return [out / name for name in files]


def _truth(world: World, suffix: str) -> Iterable[dict[str, Any]]:
    for publication in world.publications:
        yield {
            "record": "document",
            "document": publication.name + suffix,
            "organisation": publication.organisation,
            "year": publication.year,
            "kind": publication.kind,
        }
        for fact in facts(publication):
            yield {**record(fact), "document": publication.name + suffix}
    for trouble in world.troubles:
        yield {**planted(trouble), "document": trouble.document + suffix}


def _lines(records: Iterable[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records).encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 1 where a format's library is not installed, 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m evals.generate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--departments", type=int, default=2)
    parser.add_argument("--years", type=int, nargs="+", default=[2022, 2023, 2024])
    parser.add_argument("--size", choices=("small", "medium", "large"), default="small")
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=["部门预算"])
    parser.add_argument("--format", choices=tuple(SUFFIXES), default="text")
    parser.add_argument("--trouble", nargs="+", choices=TROUBLES, default=[])
    parser.add_argument("--questions", type=int, default=0)
    parser.add_argument("--without-truth", action="store_true")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    try:
        world = make_world(
            given.seed, given.departments, given.years, given.size,
            kinds=given.kind, troubles=given.trouble,
        )  # fmt: skip
    except ValueError as error:
        parser.error(str(error))
    truth = not given.without_truth
    try:
        paths = write_world(world, given.out, given.format, given.questions, truth=truth)
    except ModuleNotFoundError as error:
        needed = f"--format {given.format} needs {error.name}: pip install 'budget-qa[evals]'"
        print(needed, file=sys.stderr)
        return 1
    print(f"{len(paths)} files in {given.out}")
    for kind in set(given.trouble) - {trouble.kind for trouble in world.troubles}:
        print(f"no document has a place for {kind}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
