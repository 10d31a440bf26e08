"""Tables of performance targets in text extractions: lost merged cells, cut by pages."""

from __future__ import annotations

from pathlib import Path

import invented_budget as invented

TITLE = "部门（单位）整体支出绩效目标表"
FORM = f"""# 云杉区林业局2031年部门预算

表12

## {TITLE}

2031年度

单位：万元

部门（单位）名称||云杉区林业局|主管部门|云杉区财政局||
任务名称|主要内容|预算金额（万元）||||
||总额|其中：财政拨款|其中：其他资金||
基本支出|保障人员经费和公用经费，维持单位正常运转，完成各项工作任务。|30.00|29.00|1.00||
年度主要任务 育苗|育苗三百亩。|20.00|20.00|0.00||

|护林|完成全年护林巡查任务。|5.00|5.00|0.00
|金额合计||55.00|54.00|1.00
年度总体目标|一是加强森林资源管护，持续开展巡查，及时处置隐患，保障全区森林资源安全。|||||

二是推进国土绿化，完成年度造林任务，组织义务植树，提升全区林木覆盖水平和质量。||||
年度绩效指标|一级指标|二级指标|三级指标|目标值
|产出指标|数量指标|组织巡查次数|≥12次
|||育苗面积|300亩
造林合格面积|200亩|||
质量指标||成活率|≥90%|
||苗木质量|符合标准|

|||巡查质量|达到要求
||成本指标|育苗成本控制数|≤2000元/亩
|效益指标|经济效益指标|林农增收|长期有效
引导林农参与管护|||积极引导||
|||林木覆盖率|≥60%
|满意度指标|服务对象满意度指标|林农满意度|≥95%
"""


def test_a_total_row_that_a_page_pushed_aside(tmp_path: Path) -> None:
    tasks = invented.tables(tmp_path, FORM)[0]
    assert [r.label for r in tasks.rows[:4]] == ["基本支出", "育苗", "护林", "金额合计"]
    assert invented.cells(tasks)[:4] == [
        ["30.00", "29.00", "1.00"],
        ["20.00", "20.00", "0.00"],
        ["5.00", "5.00", "0.00"],
        ["55.00", "54.00", "1.00"],
    ]
    assert tasks.rows[3].is_total


def test_a_cell_of_words_that_a_page_cut_is_one(tmp_path: Path) -> None:
    tasks = invented.tables(tmp_path, FORM)[0]
    words = [f.text for f in tasks.rows[4].figures if f and f.text.startswith("一是")]
    assert words and words[0].endswith("水平和质量。")


def test_the_indicators_are_a_part_of_the_form(tmp_path: Path) -> None:
    found = invented.tables(tmp_path, FORM)
    assert [(t.title, t.number) for t in found] == [(TITLE, "12"), (TITLE, "12")]


def test_indicators_stand_under_their_levels(tmp_path: Path) -> None:
    indicators = invented.tables(tmp_path, FORM)[1]
    rows = [(*(f.text for f in r.figures[1:3] if f), r.label) for r in indicators.rows]
    assert rows == [
        ("产出指标", "数量指标", "组织巡查次数"),
        ("产出指标", "数量指标", "育苗面积"),
        ("产出指标", "数量指标", "造林合格面积"),
        ("产出指标", "质量指标", "成活率"),
        ("产出指标", "质量指标", "苗木质量"),
        ("产出指标", "质量指标", "巡查质量"),
        ("产出指标", "成本指标", "育苗成本控制数"),
        ("效益指标", "经济效益指标", "林农增收"),
        ("效益指标", "经济效益指标", "引导林农参与管护"),
        ("效益指标", "经济效益指标", "林木覆盖率"),
        ("满意度指标", "服务对象满意度指标", "林农满意度"),
    ]
    targets = [r.figures[4].text for r in indicators.rows if r.figures[4]]
    assert targets[4:9] == ["符合标准", "达到要求", "≤2000元/亩", "长期有效", "积极引导"]
