"""The benchmark measures what it says; no test asks how long anything takes."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from evals import bench
from evals.bench_plot import growth_plot
from index.embedding import HashingEncoder

SVG = "{http://www.w3.org/2000/svg}"


def test_growth_fills_one_store_from_size_to_size(tmp_path):
    told = []
    small, large = bench.growth(tmp_path, (1, 3), questions=9, tell=told.append)
    assert (small.documents, large.documents) == (1, 3)
    assert small.facts < large.facts and small.passages < large.passages
    assert small.store_mb < large.store_mb and small.memory_mb <= large.memory_mb
    assert 0 < small.asked <= 9 and 0 <= small.right <= small.asked
    assert small.calculator_ms <= small.calculator_p95_ms
    assert all(value > 0 for value in (small.index_ms, small.first_ms, large.calculator_ms))
    assert len(told) == 3


def test_ratios_measure_the_pipeline_against_the_encoder_alone(tmp_path):
    found = bench.ratios(tmp_path, HashingEncoder(), documents=2, questions=20)
    assert [row.name[:3] for row in found] == ["建索引", "检索作", "计算作", "读 P"]
    indexing, passages, figures, reading = found
    assert indexing.n == 2 and 0 < figures.n <= 12 and passages.n <= 12
    assert all(
        row.ratio > 0 and row.ours_ms > 0 and row.bare_ms > 0
        for row in (indexing, figures, reading)
    )
    assert reading.n == 2


def test_a_ratio_is_the_median_of_single_ratios():
    times = [(bench.Times(2, 6), bench.Times(1, 2)), (bench.Times(90, 5), bench.Times(10, 5)),
             (bench.Times(30, 4), bench.Times(10, 2))]  # fmt: skip
    found = bench._ratio("甲", times)
    assert (found.ours_ms, found.bare_ms, found.ratio, found.cpu_ratio, found.n) == (
        30,
        10,
        3,
        2,
        3,
    )
    assert bench._ratio("乙", []).n == 0


def test_the_command_writes_record_and_plot(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(bench, "Encoder", HashingEncoder)
    assert bench.main(["--quick", "--documents", "2", "1", "--out", str(tmp_path / "out")]) == 0
    assert "与模型之比" in capsys.readouterr().out
    record = json.loads((tmp_path / "out/bench.json").read_text())
    assert [row["documents"] for row in record["growth"]] == [1, 2]
    assert len(record["ratios"]) == 4 and "python" in record["versions"]
    assert str(tmp_path) not in json.dumps(record)
    assert ElementTree.parse(tmp_path / "out/bench.svg").getroot().tag == f"{SVG}svg"


def test_sizes_are_positive(capsys):
    with pytest.raises(SystemExit) as caught:
        bench.main(["--documents", "0"])
    assert caught.value.code == 2


def grown(documents, milliseconds):
    times = dict.fromkeys(("index_ms", "first_ms", "calculator_ms", "passages_ms"), milliseconds)
    zeros = dict.fromkeys(bench.Growth.__slots__, 0) | times | {"documents": documents}
    return asdict(bench.Growth(**zeros))


def test_the_plot_has_a_line_a_measure_and_no_name_covers_another():
    root = ElementTree.fromstring(growth_plot([grown(1, 2.0), grown(10, 20.0), grown(100, 200.0)]))
    lines = root.findall(f"{SVG}polyline")
    assert len(lines) == 4 and all(len(line.get("points").split()) == 3 for line in lines)
    names = [t for t in root.findall(f"{SVG}text") if t.get("font-weight") == "600"][1:]
    heights = sorted(float(name.get("y")) for name in names)
    assert all(high - low >= 16 for low, high in pairwise(heights))
    assert all(0 <= height <= float(root.get("height")) for height in heights)


@pytest.mark.parametrize("rows", [[grown(1, 5.0)], [grown(1, 0), grown(9, 0)]])
def test_the_plot_of_one_size_or_of_nothing_measured_is_still_a_plot(rows):
    assert ElementTree.fromstring(growth_plot(rows)).tag == f"{SVG}svg"
