"""What was right once stays right, and wrong answers do not grow: on the sample that ships with the
project always, on the verified questions where they lie beside the checkout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.real.bench import Row, run_set
from evals.real.ratchet import RATCHET, Held, fallen, held_of, read_ratchet, write_ratchet
from evals.real.sets import load_sets

# Those that a test can wait for; `python -m evals.real` compares all.
QUICK = ("sample", "seed", "departments_a")


def row(key: str, outcome: str) -> Row:
    return Row(key, "s", "lookup", "w", "q", outcome, (), "", 0, 0, {})


@pytest.mark.parametrize("name", QUICK)
def test_no_set_falls_behind(name: str, tmp_path: Path) -> None:
    one = next(s for s in load_sets() if s.name == name)
    if not one.complete:
        pytest.skip(f"{one.name}: its documents are not there")
    held = read_ratchet()[name]
    found = fallen(held, run_set(one, tmp_path, stages=False).rows)
    assert (found.lost, found.wrong) == ((), 0)


def test_a_question_lost_and_a_wrong_answer_more_are_both_seen() -> None:
    held = Held(right=("a", "b"), wrong=1)
    assert fallen(held, [row("a", "correct"), row("b", "correct"), row("c", "wrong")]).lost == ()
    worse = fallen(held, [row("a", "wrong"), row("b", "correct"), row("c", "wrong")])
    assert (worse.lost, worse.wrong) == (("a",), 1)


def test_a_set_cannot_pass_by_losing_its_questions() -> None:
    assert fallen(Held(right=("a",), wrong=0), []).lost == ("a",)


def test_every_stored_key_is_a_question_of_its_set() -> None:
    for one in load_sets():
        held = read_ratchet().get(one.name)
        if held and one.path.is_file():
            assert set(held.right) <= {question.key for question in one.questions()}


def test_a_ratchet_is_stored_one_question_a_line(tmp_path: Path) -> None:
    path = tmp_path / "ratchet.json"
    write_ratchet({"s": held_of([row("b", "correct"), row("a", "correct")])}, path)
    assert read_ratchet(path)["s"].right == ("a", "b")
    assert len(path.read_text(encoding="utf-8").splitlines()) > 5
    assert json.loads(RATCHET.read_text(encoding="utf-8"))["sample"]["right"]
