"""What is wrong in the source itself, and what is not."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import invented_budget as invented
import pytest

from index.build import read_document
from index.model import Problem
from index.sums import title_key, tolerance


def problems(folder: Path, text: str) -> list[tuple[str, str]]:
    return [(p.kind, p.message) for p in read_document(invented.written(folder, text)).problems]


def kinds(folder: Path, text: str) -> list[str]:
    return [kind for kind, _ in problems(folder, text)]


def money(rows: str, title: str = "专项资金表") -> str:
    return f"# 2031年部门预算\n\n表1\n\n## {title}\n\n单位：万元\n\n{rows}"


def test_the_problems_of_the_fictional_budget_and_no_others() -> None:
    found = invented.document().problems
    assert [(p.kind, p.severity) for p in found] == [
        ("missing_table", "warning"),
        ("incomplete_table", "warning"),
        ("rounding", "note"),
    ]
    missing, incomplete, rounding = found
    assert "政府采购预算表" in missing.message
    assert "项目支出总表" in incomplete.message and "300.00" in incomplete.message
    assert "专项资金来源表" in rounding.message
    assert all(p.source.line for p in found)


SUMS = {
    "adds up": ("项目|预算数\n甲|1.00\n乙|2.00\n合计|3.00\n", []),
    "total first": ("项目|预算数\n合计|3.00\n甲|1.00\n乙|2.00\n", []),
    "off by a rounding": ("项目|预算数\n甲|1.01\n乙|2.00\n合计|3.02\n", ["rounding"]),
    "rows lost": ("项目|预算数\n甲|1.00\n乙|2.00\n合计|9.00\n", ["incomplete_table"]),
    "carried over beside the sum": (
        "项目|预算数\n甲|1.00\n乙|2.00\n本年支出合计|3.00\n结转下年|4.00\n支出总计|7.00\n",
        [],
    ),
    "transfers after the first total": (
        "项目|预算数\n甲|1.00\n乙|2.00\n收入合计|3.00\n上级补助收入|4.00\n收入总计|7.00\n",
        [],
    ),
    "subtotals among the rows": (
        "项目|预算数\n甲|1.00\n乙|2.00\n经费小计|3.00\n丙|4.00\n合计|7.00\n",
        [],
    ),
    "a subtotal that is not called one": (
        "项目|预算数\n甲|1.00\n乙|2.00\n全区基金收入|3.00\n丙|4.00\n合计|7.00\n",
        [],
    ),
    "a subtotal of one row between others": (
        "项目|预算数\n甲|1.00\n乙|2.00\n全区基金收入|3.00\n丙|4.00\n转移小计|4.00\n丁|2.00\n合计|9.00\n",
        [],
    ),
    "rows below the rows they are the parts of, with nothing to tell": (
        "项目|预算数\n甲|5.00\n甲一|2.00\n甲二|3.00\n乙|4.00\n乙一|4.00\n丙|7.00\n合计|16.00\n",
        [],
    ),
    "what is carried over has the code of transfers and is counted beside them": (
        "科目编码|科目名称|预算数\n201|公共|3.00\n|全区一般公共预算支出|3.00\n230|转移性支出|4.00\n"
        "23006|上解支出|4.00\n231|还本支出|2.00\n23009|年终结转|5.00\n|各项支出合计|14.00\n",
        [],
    ),
    "a parent whose parts have no code of their own": (
        "科目编码|科目名称|预算数\n110|转移性收入|9.00\n11001|　返还性收入|2.00\n|　一般性转移支付|7.00\n"
        "101|税收收入|1.00\n|合计|10.00\n",
        [],
    ),
    "a parent that its parts do not add up to": (
        "科目编码|科目名称|预算数\n110|转移性收入|9.00\n11001|　返还性收入|2.00\n|　一般性转移支付|5.00\n"
        "101|税收收入|1.00\n|合计|10.00\n",
        ["sum_mismatch"],
    ),
    "parents and children are not both added": (
        "科目编码|科目名称|预算数\n201|公共|3.00\n20101|事务|3.00\n213|农业|4.00\n21302|林业|4.00\n|合计|7.00\n",
        [],
    ),
    "a parent that is not its children": (
        "科目编码|科目名称|预算数\n201|公共|3.00\n20101|事务|2.00\n213|农业|4.00\n21302|林业|4.00\n|合计|7.00\n",
        ["sum_mismatch"],
    ),
    "complete in another column": (
        "项目|调整预算数|完成数\n甲|1.00|1.00\n乙|2.00|2.00\n合计|9.00|3.00\n",
        ["sum_mismatch"],
    ),
    "a subject without its 类": (
        "科目编码|科目名称|预算数\n201|公共|3.00\n20101|事务|3.00\n20503|教育|1.00\n213|农业|4.00\n"
        "21302|林业|4.00\n21303|水利|0.00\n|合计|8.00\n",
        ["incomplete_table"],
    ),
    "counts are not added": ("项目|数量\n甲|1\n合计|9\n", []),
}


@pytest.mark.parametrize(("rows", "expected"), SUMS.values(), ids=SUMS.keys())
def test_rows_and_their_total(tmp_path: Path, rows: str, expected: list[str]) -> None:
    text = money(rows)
    assert kinds(tmp_path, text.replace("单位：万元", "") if "数量" in rows else text) == expected


def test_a_total_that_another_table_prints(tmp_path: Path) -> None:
    text = money("项目|预算数\n甲|1.00\n支出总计|9.00\n", "收支总表").replace("甲|1.00", "甲|9.00")
    text += (
        "\n表2\n\n## 支出总表\n\n单位：万元\n\n科目编码|科目名称|合计\n201|甲|4.00\n205|乙|2.00\n"
    )
    ((kind, message),) = problems(tmp_path, text)
    assert kind == "incomplete_table"
    assert "表2" in message and "3.00" in message


def test_another_table_s_total_is_not_this_one_s(tmp_path: Path) -> None:
    text = money("项目|决算数\n甲|9.00\n支出总计|9.00\n", "收支决算表")
    text += (
        "\n表2\n\n## “三公”经费支出决算表\n\n单位：万元\n\n项目|决算数\n接待费|4.00\n用车费|2.00\n"
    )
    assert kinds(tmp_path, text) == []


CONTENTS = (
    "# 2031年部门预算\n\n# 目录\n\n- 第一部分 概况\n- 表1 收支总表\n- {0}\n\n# 第一部分 概况\n\n"
)


@pytest.mark.parametrize(
    ("listed", "printed", "missing"),
    [
        ("表2 支出总表", "支出总表", False),
        ("2.2031年部门支出总表", "2031年部门支出总表", False),
        ("（二）支出总表……12", "支出总表", False),
        ("表2 支出总表", "收入总表", True),
        ("第二部分 部门预算表", "收入总表", False),
    ],
)
def test_tables_of_the_contents(tmp_path: Path, listed: str, printed: str, missing: bool) -> None:
    rows = "单位：万元\n\n项目|预算数\n甲|1.00\n"
    text = CONTENTS.format(listed) + f"表1\n\n## 收支总表\n\n{rows}\n表2\n\n## {printed}\n\n{rows}"
    assert kinds(tmp_path, text) == (["missing_table"] if missing else [])


@pytest.mark.parametrize(
    ("amount", "expected"), [("3.00", ["contradiction"]), ("0.00", []), ("", [])]
)
def test_a_note_that_calls_a_table_empty(tmp_path: Path, amount: str, expected: list[str]) -> None:
    table = f"表1 “三公”经费预算表\n单位：万元\n\n项目\t预算数\n公务接待费\t{amount}\n会议费\t{amount}\n"
    text = f"# 2031年林业局部门预算\n\n{table}\n注：本部门无“三公”经费，故本表为空表。\n"
    assert kinds(tmp_path, text) == expected


PROSE = {
    "a rate that the amounts give": ("接待费110.00万元，比2030年增加10.00万元，增长10.0%。", []),
    "a rate that they do not give": (
        "接待费110.00万元，比2030年增加10.00万元，增长20.0%。",
        ["contradiction"],
    ),
    "a rate within the rounding": ("接待费1.10万元，比2030年增加0.33万元，增长42.9%。", []),
    "a change inside the reason is none of the amount": (
        "收支总计110.00万元。与2030年度相比，收支总计增加10.00万元，增长10.0%。主要原因：项目支出增加，较上年增加20.00万元。",
        [],
    ),
    "shares of the parts of a whole that are not its shares": (
        "因公出国（境）费2.00万元，占“三公”经费的8.00%；公务用车购置及运行费2.00万元，占“三公”经费的8.00%；"
        "公务接待费4.00万元，占“三公”经费的16.00%。",
        ["contradiction"],
    ),
    "shares that are": (
        "因公出国（境）费2.00万元，占“三公”经费的25.00%；公务用车购置及运行费2.00万元，占“三公”经费的25.00%；"
        "公务接待费4.00万元，占“三公”经费的50.00%。",
        [],
    ),
    "a reason the wrong way round": (
        "接待费4.00万元，比2030年减少2.00万元，主要原因是接待经费增加。",
        ["contradiction"],
    ),
}


@pytest.mark.parametrize(("prose", "expected"), PROSE.values(), ids=PROSE.keys())
def test_prose_against_itself(tmp_path: Path, prose: str, expected: list[str]) -> None:
    assert kinds(tmp_path, f"# 2031年林业局部门预算\n\n{prose}\n") == expected


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("基本支出700.00万元。", []),
        ("基本支出0.07亿元。", []),
        ("基本支出770.00万元。", ["contradiction"]),
        ("主要原因是政策性增资，增加基本支出70.00万元。", []),
    ],
)
def test_prose_against_tables(tmp_path: Path, prose: str, expected: list[str]) -> None:
    text = f"# 2031年林业局部门预算\n\n{prose}\n\n表3\n\n## 支出总表\n\n单位：万元\n\n"
    text += "科目编码|科目名称|合计|基本支出|项目支出\n213|农林水支出|900.00|700.00|200.00\n"
    text += "|合计|900.00|700.00|200.00\n"
    assert kinds(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("人员经费600.00万元。", []),
        ("人员经费610.00万元。", ["contradiction"]),
        ("财政拨款基本支出700.00万元。", []),
        ("财政拨款基本支出710.00万元。", ["contradiction"]),
        ("林业事务行政运行（项）支出400.00万元。", []),
        ("林业事务行政运行（项）支出700.00万元。", ["contradiction"]),
    ],
)
def test_prose_names_a_total_a_column_and_an_item_below_its_kind(
    tmp_path: Path, prose: str, expected: list[str]
) -> None:
    text = f"# 2031年林业局部门决算\n\n{prose}\n\n表3\n\n## 财政拨款支出决算表\n\n单位：万元\n\n"
    text += "科目编码|科目名称|合计|基本支出|项目支出\n21302|林业事务|900.00|700.00|200.00\n"
    text += "2130201|行政运行|400.00|400.00|0.00\n2130202|林业管理|500.00|300.00|200.00\n"
    text += "|合计|900.00|700.00|200.00\n\n表4\n\n## 财政拨款基本支出决算表\n\n单位：万元\n\n"
    text += "项目|决算数\n工资|600.00\n人员经费合计|600.00\n办公费|100.00\n公用经费合计|100.00\n"
    assert kinds(tmp_path, text) == expected


def test_tolerance_is_half_a_unit_a_term() -> None:
    assert tolerance([Decimal("1.00"), Decimal("2.0"), Decimal("3")]) == Decimal("0.555")


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("（九）财政拨款“三公”经费支出表", "财政拨款三公经费支出表"),
        ("1.2031年部门收入预算总表", "部门收入预算总表"),
        ("附表八 支出总表", "支出总表"),
        ("2031年度支出总表", "支出总表"),
    ],
)
def test_titles_are_compared_without_number_year_and_quotes(title: str, key: str) -> None:
    assert title_key(title) == key


def test_a_problem_says_where(tmp_path: Path) -> None:
    path = invented.written(tmp_path, money("项目|预算数\n甲|1.00\n乙|2.00\n合计|9.00\n"))
    (problem,) = read_document(path).problems
    assert isinstance(problem, Problem)
    assert (problem.source.document, problem.source.line) == (path.name, 9)


def test_a_text_without_figures_is_said_to_be_no_budget(tmp_path: Path) -> None:
    path = invented.written(
        tmp_path, "# 读我\n\n这里是云杉区林业局的部门预算等文件的清单。\n", "README.md"
    )
    indexed = read_document(path)
    assert [p.kind for p in indexed.problems] == ["no_figures"]
    assert (indexed.profile.kind, indexed.profile.organisation) == ("other", "")


def test_a_title_that_the_contents_say_in_more_words_is_there(tmp_path: Path) -> None:
    text = (
        "# 2031年林业局部门预算\n\n## 目录\n\n- 表1 支出总表\n- 表2 政府采购支出预算表\n- 表3 财政拨款支出总表\n\n"
        "## 第二部分\n\n表1\n\n支出总表\n\n单位：万元\n\n项目|预算数\n甲|3.00\n合计|3.00\n\n"
        "表2\n\n政府采购预算表\n\n单位：万元\n\n项目|预算数\n乙|2.00\n合计|2.00\n"
    )
    found = problems(tmp_path, text)
    assert [kind for kind, _ in found] == ["missing_table"]
    assert "财政拨款支出总表" in found[0][1]


def test_problems_of_a_table_know_which_one(tmp_path: Path) -> None:
    text = money("项目|预算数\n甲|1.00\n乙|2.00\n合计|9.00\n")
    indexed = read_document(invented.written(tmp_path, text))
    assert [p.table for p in indexed.problems] == [indexed.tables[0].id]
