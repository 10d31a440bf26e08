"""What a document is: kind, organisation, year, further names."""

from __future__ import annotations

from pathlib import Path

import invented_budget as invented
import pytest

from index.loaders import load
from index.model import Profile
from index.profile import kind_of, organisation_aliases, profile_of


def profile(folder: Path, text: str, name: str = "a.txt") -> Profile:
    return profile_of(load(invented.written(folder, text, name)))


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("云杉区林业局2031年部门预算", "部门预算"),
        ("云杉区林业局2031年部门预算公开说明", "部门预算"),
        ("云杉区苗圃场2031年单位预算", "单位预算"),
        ("云杉区林业局2031年度部门决算", "部门决算"),
        ("云杉区苗圃场2031年度单位决算", "单位决算"),
        ("关于云杉市2030年预算执行情况和2031年预算草案的报告", "政府预算"),
        ("2031年云杉市财政总决算", "政府决算"),
        ("云杉区林业局工作总结", "other"),
    ],
)
def test_kinds(title: str, kind: str) -> None:
    assert kind_of(title) == kind


TITLES = {
    "two lines": ("深林市云杉区林业局\n2031年部门预算\n\n# 目 录\n", "a.txt"),
    "one heading": ("# 2031年深林市云杉区林业局部门预算\n\n## 第一部分 概况\n", "a.txt"),
    "year behind": ("# 深林市云杉区林业局2031年度部门预算公开\n\n## 第一部分 概况\n", "a.txt"),
    "only in the file's name": ("## 第一部分 概况\n", "深林市云杉区林业局2031年部门预算.txt"),
}


@pytest.mark.parametrize(("text", "name"), TITLES.values(), ids=TITLES.keys())
def test_title_lines(tmp_path: Path, text: str, name: str) -> None:
    found = profile(tmp_path, text + "\n本局负责林业。\n", name)
    assert (found.organisation, found.year, found.kind) == ("深林市云杉区林业局", 2031, "部门预算")


def test_the_fictional_budget() -> None:
    assert invented.document().profile == Profile(
        "深林市云杉区林业局2031年部门预算",
        "部门预算",
        "深林市云杉区林业局",
        2031,
        ("云杉区林业局", "林业局"),
        units=("万元", "元"),
        years=(2031, 2030),
    )


def test_a_document_without_a_year_has_none(tmp_path: Path) -> None:
    found = profile(tmp_path, "# 云杉区林业局部门预算\n\n公务接待费4.00万元。\n")
    assert (found.organisation, found.year) == ("云杉区林业局", None)


def test_of_two_organisations_the_one_named_most_is_the_document_s(tmp_path: Path) -> None:
    rows = "单位：万元\n\n项目|预算数\n甲|1.00\n\n"
    text = "# 2031年部门预算\n\n"
    for title, organisation in (
        ("甲表", "云杉区林业局"),
        ("乙表", "云杉区林业局"),
        ("丙表", "云杉区苗圃场"),
    ):
        text += f"## {title}\n\n单位名称：{organisation}\n\n{rows}"
    assert profile(tmp_path, text).organisation == "云杉区林业局"


@pytest.mark.parametrize(
    ("organisation", "text", "names"),
    [
        ("深林市青禾区教育局", "", ("青禾区教育局", "教育局")),
        ("教育局", "", ()),
        (
            "深林市青禾区人民政府松湾街道办事处",
            "",
            ("青禾区人民政府松湾街道办事处", "人民政府松湾街道办事处", "松湾街道办事处"),
        ),
        ("深林市人民政府办公室", "", ("人民政府办公室",)),
        ("深林市教育局", "深林市教育局（以下简称市教育局）", ("教育局", "市教育局")),
    ],
)
def test_shorter_names(organisation: str, text: str, names: tuple[str, ...]) -> None:
    assert organisation_aliases(organisation, text) == names
