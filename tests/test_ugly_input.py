"""Whatever a text file holds, it is read or refused by name: nothing else may happen."""

from __future__ import annotations

import tempfile
from pathlib import Path

import invented_budget as invented
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.build import read_document
from index.errors import UnreadableDocument

UGLY = {
    "a long line": "公务接待费4.00万元，比上年减少2.00万元；" * 2_000,
    "only a table": "项目|预算数\n甲|1.00\n",
    "only figures": "1|2|3\n4|5|6\n",
    "only a header": "科目编码|科目名称|预算数\n",
    "rows of any width": "甲\n甲|1\n|||||\n甲|1|2|3|4|5\n|9\n",
    "a head over a head": "表1\n表2\n## 支出表\n## 支出表\n单位：元\n单位：万元\n项目|数\n甲|1\n",
    "headings only": "# 一\n# 一\n## 一\n###### 一\n",
    "contents without text": "# 目录\n- 表1 支出表\n- 表2 收入表\n",
    "a heading of numbers": "# 1.2.3\n## 2031\n### -\n",
    "unclosed signs": "“公务（接待费【4.00万元《比上年$\\geq",
    "figures that are none": "1-11月，12345热线，0755-1234567，2031.1.1，第3届，-0.00万元，%，万元",
    "huge figures": f"预算{'9' * 400}.00万元，增长{'9' * 40}%",
    "many dots and commas": "1,,2.3.4,5万元，....，,,,,",
    "numbering that jumps": "五、甲\n二、乙\n（九）丙\n1.丁\n(99)戊\n⑳己\n",
    "nil everywhere": "项目|预算数\n甲|-\n乙|—\n合计|*\n",
    "control characters": "公务\x0b接待\x0c费\x1f4.00\x7f万元\u2028减少",
    "one character": "元",
}


@pytest.mark.parametrize("text", UGLY.values(), ids=UGLY.keys())
def test_ugly_files_are_read(tmp_path: Path, text: str) -> None:
    read = read_document(invented.written(tmp_path, text, "甲.txt"))
    assert [f for f in read.facts if not f.value.is_finite()] == []
    known = {"missing_table", "incomplete_table", "rounding", "no_figures"}
    assert {p.kind for p in read.problems} <= known


WORDS = st.sampled_from(
    ["项目", "合计", "|", "|", "\n", "\n", "# ", "一、", "（一）", "1.", "其中：", "单位：万元", "表1", "支出表",
     "2031年", "预算", "公务接待费", "4.00", "-", "*", "万元", "%", "，", "。", "比上年", "减少", "增长",
     "持平", "主要原因是", "201", "20113", "目 录", "本表无数据", "(", "）", "分别为", "、", "\u3000"]
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(WORDS, min_size=1, max_size=60))
def test_any_words_in_any_order_are_read(words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = invented.written(Path(folder), "甲" + "".join(words))
        read = read_document(path)
    assert len({f.id for f in read.facts}) == len(read.facts)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = invented.written(Path(folder), content)
        try:
            read_document(path)
        except UnreadableDocument as error:
            assert error.document == path.name
