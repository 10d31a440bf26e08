"""The vocabulary files hold what their readers take them for: words as words, expressions that
compile, no key that nobody reads."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from index import library
from index.errors import VocabularyError
from index.vocabulary import words
from index.vocabulary.schema import FILES, checked

FOLDER = Path(library.__file__).parent / "vocabulary"


def test_every_file_has_its_schema() -> None:
    assert {file.stem for file in FOLDER.glob("*.toml")} == set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_every_entry_is_what_it_should_be(file: str) -> None:
    assert words(file)


def _put(file: str, keys: tuple[Any, ...], value: Any) -> dict[str, Any]:
    content = copy.deepcopy(words(file))
    place: Any = content
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    return content


@pytest.mark.parametrize(
    ("file", "keys", "value", "told"),
    [
        ("synonyms", ("forms", "会议费", ), ["会议费(?:用)?"], "forms.会议费[0] “会议费(?:用)?”：这里要的是原词"),
        ("synonyms", ("relations", "政府采购", 1), "工程|货物", "relations.政府采购[1] “工程|货物”：这里要的是原词"),
        ("synonyms", ("relations", "政府采购"), ["货物"], "relations.政府采购：条目太少"),
        ("synonyms", ("formes",), {}, "formes：不认识的键"),
        ("questions", ("soft", 0), "支出.*", "soft[0] “支出.*”：这里要的是原词"),
        ("questions", ("direction", "same", 0), "持?平", "direction.same[0] “持?平”：这里要的是原词"),
        ("questions", ("direction", "up", 0), "增(?加", "direction.up[0] “增(?加”：不是有效的正则表达式"),
        ("questions", ("direction", "neutral", 0), "增*+减(", "direction.neutral[0] “增*+减(”：不是有效的正则表达式"),
        ("questions", ("opposites", 0, "words", 1), "支出$", "opposites[0].words[1] “支出$”"),
        ("questions", ("cues", "whi"), ["为何"], "cues.whi：不认识的键"),
        ("questions", ("cues", "why", 0), "为(何", "cues.why[0] “为(何”：不是有效的正则表达式"),
        ("questions", ("members", "县["), {"titles": ["县区"]}, "不是有效的正则表达式"),
        ("questions", ("comparison", "!="), ["不等于"], "comparison.!="),
        ("tables", ("total_labels", 0), "", "total_labels[0] “”：是空的"),
        ("tables", ("total_labels",), "合计", "total_labels “合计”"),
        ("prose", ("strip", "front", 0), "*前", "strip.front[0] “*前”"),
        ("suggestions", ("subject",), "{o}{year}年", "不认识的占位符：year"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_file_key_and_entry(
    file: str, keys: tuple[Any, ...], value: Any, told: str
) -> None:
    with pytest.raises(VocabularyError, match=f"^{file}.toml：") as raised:
        checked(file, _put(file, keys, value))
    assert told in str(raised.value)


@pytest.mark.parametrize("file", FILES)
def test_a_key_that_is_missing_is_told(file: str) -> None:
    content = dict(words(file))
    gone = next(iter(content))
    del content[gone]
    with pytest.raises(VocabularyError, match=f"{gone}：缺这个键"):
        checked(file, content)


def test_a_file_that_indexing_reads_decides_whether_documents_are_read_again() -> None:
    sources = [file.read_text(encoding="utf-8") for file in FOLDER.parent.rglob("*.py")]
    read = {name for s in sources for name in re.findall(r'(?:words|pattern)\("(\w+)"', s)}
    assert "synonyms" in read
    assert not {f"{name}.toml" for name in read} & set(library._NOT_READING)
