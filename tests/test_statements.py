"""Facts that stand in prose: amount, change, rate, the year before, the reason, lists."""

from __future__ import annotations

import pytest
from invented_budget import ACCOUNT, PROFILE, document, prose_facts

from index.model import Document, Fact, Paragraph, Profile, Source
from index.reasons import reason_in, sentences
from index.statements import statements

Said = tuple[str, str, str, str, int | None]


def said(facts: list[Fact]) -> list[Said]:
    """Label, measure, value, unit and year of what is stated, without what is derived."""
    return [(f.label, f.measure, str(f.value), f.unit, f.year) for f in facts if not f.derived]


SENTENCES: dict[str, tuple[Profile, str, list[Said]]] = {
    "amount and change against last year": (
        PROFILE,
        "公务接待费。2031年预算数4.00万元，比2030年减少2.00万元，下降33.3%。",
        [
            ("公务接待费", "预算数", "4.00", "万元", 2031),
            ("公务接待费", "比2030年增减额", "-2.00", "万元", 2031),
            ("公务接待费", "比2030年增减率", "-33.3", "%", 2031),
        ],
    ),
    "last year named by word": (
        PROFILE,
        "人员经费640.00万元,比上年增加31.80万元,增长5.2%。",
        [
            ("人员经费", "金额", "640.00", "万元", 2031),
            ("人员经费", "比2030年增减额", "31.80", "万元", 2031),
            ("人员经费", "比2030年增减率", "5.2", "%", 2031),
        ],
    ),
    "what a change starts from, printed with it": (
        PROFILE,
        "2031年收入预算8000.00万元，比2030年年初预算数9000.00万元减少1000.00万元，下降11.11%。",
        [
            ("收入预算", "预算数", "8000.00", "万元", 2031),
            ("收入预算", "年初预算数", "9000.00", "万元", 2030),
            ("收入预算", "比2030年增减额", "-1000.00", "万元", 2031),
            ("收入预算", "比2030年增减率", "-11.11", "%", 2031),
        ],
    ),
    "last year's figure, with a comma behind it": (
        PROFILE,
        "会议费预算5.00万元，较上年预算数 4.00万元，增加1.00万元。",
        [
            ("会议费", "预算数", "5.00", "万元", 2031),
            ("会议费", "预算数", "4.00", "万元", 2030),
            ("会议费", "比2030年增减额", "1.00", "万元", 2031),
        ],
    ),
    "a rate over a thousand percent": (
        PROFILE,
        "项目支出增长1590.0%，增加2,938.38万元。",
        [
            ("项目支出", "比2030年增减率", "1590.0", "%", 2031),
            ("项目支出", "比2030年增减额", "2938.38", "万元", 2031),
        ],
    ),
    "budget, account and completion": (
        ACCOUNT,
        "公务接待费年初预算为5.00万元，支出决算为4.00万元，完成年初预算的80.00%。",
        [
            ("公务接待费", "年初预算数", "5.00", "万元", 2031),
            ("公务接待费", "支出决算数", "4.00", "万元", 2031),
            ("公务接待费", "完成年初预算", "80.00", "%", 2031),
        ],
    ),
    "budget and account in one": (
        ACCOUNT,
        "因公出国（境）费年初预算和支出决算均为0.00万元。",
        [
            ("因公出国（境）费", "年初预算数", "0.00", "万元", 2031),
            ("因公出国（境）费", "支出决算数", "0.00", "万元", 2031),
        ],
    ),
    "the same as last year": (
        PROFILE,
        "1.公务接待费2031年预算4.00万元，与2030年预算持平。",
        [
            ("公务接待费", "预算数", "4.00", "万元", 2031),
            ("公务接待费", "比2030年增减额", "0", "万元", 2031),
        ],
    ),
    "the same as the year's own budget is no comparison with last year": (
        ACCOUNT,
        "1.公务接待费。年初预算为4.00万元，支出决算为4.00万元。决算数与预算数持平。",
        [
            ("公务接待费", "年初预算数", "4.00", "万元", 2031),
            ("公务接待费", "支出决算数", "4.00", "万元", 2031),
            ("公务接待费", "增减额", "0", "万元", 2031),
        ],
    ),
    "several subjects in one sentence": (
        PROFILE,
        "公务接待费4.00万元，公务用车购置费0.00万元，公务用车运行维护费15.00万元。",
        [
            ("公务接待费", "金额", "4.00", "万元", 2031),
            ("公务用车购置费", "金额", "0.00", "万元", 2031),
            ("公务用车运行维护费", "金额", "15.00", "万元", 2031),
        ],
    ),
    "respectively": (
        PROFILE,
        "基本支出、项目支出分别为700.00万元、800.00万元。",
        [
            ("基本支出", "金额", "700.00", "万元", 2031),
            ("项目支出", "金额", "800.00", "万元", 2031),
        ],
    ),
    "from one amount down to another": (
        PROFILE,
        "会议费由3.20万元减少到1.00万元，下降68.8%。",
        [
            ("会议费", "金额", "3.20", "万元", 2030),
            ("会议费", "金额", "1.00", "万元", 2031),
            ("会议费", "比2030年增减率", "-68.8", "%", 2031),
        ],
    ),
    "shares": (
        ACCOUNT,
        "公务用车费支出决算11.00万元，占73.33%；公务接待费支出决算4.00万元，占26.67%。",
        [
            ("公务用车费", "支出决算数", "11.00", "万元", 2031),
            ("公务用车费", "占", "73.33", "%", 2031),
            ("公务接待费", "支出决算数", "4.00", "万元", 2031),
            ("公务接待费", "占", "26.67", "%", 2031),
        ],
    ),
    "counts": (
        PROFILE,
        "接待费4万元，接待12批次、96人次。",
        [
            ("接待费", "金额", "4", "万元", 2031),
            ("接待", "数量", "12", "批次", 2031),
            ("接待", "数量", "96", "人次", 2031),
        ],
    ),
    "a service number is a name": (
        PROFILE,
        "拨打12345热线20次。",
        [("拨打12345热线", "数量", "20", "次", 2031)],
    ),
    "a name that ends like a word for stating": (
        PROFILE,
        "年末结余5.00万元，政府采购预算总金额9.00万元，调入一般公共预算3.00万元，采购金额2.00万元。",
        [
            ("年末结余", "金额", "5.00", "万元", 2031),
            ("政府采购", "金额", "9.00", "万元", 2031),
            ("调入一般公共预算", "金额", "3.00", "万元", 2031),
            ("采购金额", "金额", "2.00", "万元", 2031),
        ],
    ),
    "income and spending are named by themselves": (
        PROFILE,
        "收入预算90.00万元，其中：财政拨款收入90.00万元。支出预算90.00万元。",
        [
            ("收入预算", "预算数", "90.00", "万元", 2031),
            ("财政拨款收入", "金额", "90.00", "万元", 2031),
            ("支出预算", "支出预算数", "90.00", "万元", 2031),
        ],
    ),
    "the totals of both sides": (
        PROFILE,
        "财政拨款收、支总预算90.00万元。与上年相比，财政拨款收、支总计各增加4.00万元。",
        [
            ("财政拨款收支总计", "预算数", "90.00", "万元", 2031),
            ("财政拨款收支总计", "比2030年增减额", "4.00", "万元", 2031),
        ],
    ),
    "the spending of a part keeps its name": (
        PROFILE,
        "项目支出预算数为50.00万元。与上年持平。",
        [
            ("项目支出", "支出预算数", "50.00", "万元", 2031),
            ("项目支出", "比2030年增减额", "0", "万元", 2031),
        ],
    ),
    "what is counted and what it involves": (
        PROFILE,
        "本部门2个预算单位开展了编报工作，编报目标的项目50个，涉及项目预算资金634.00万元。",
        [
            ("预算单位", "数量", "2", "个", 2031),
            ("编报目标的项目", "数量", "50", "个", 2031),
            ("编报目标的项目涉及项目预算资金", "金额", "634.00", "万元", 2031),
        ],
    ),
    "quarters": (
        PROFILE,
        "第一季度用款计划15.00万元，第二季度用款计划16.00万元。",
        [
            ("第一季度用款计划", "金额", "15.00", "万元", 2031),
            ("第二季度用款计划", "金额", "16.00", "万元", 2031),
        ],
    ),
    "a change alone": (
        PROFILE,
        "公务接待费比上年减少2.00万元。",
        [("公务接待费", "比2030年增减额", "-2.00", "万元", 2031)],
    ),
}


@pytest.mark.parametrize(("profile", "text", "expected"), SENTENCES.values(), ids=SENTENCES.keys())
def test_what_a_sentence_states(profile: Profile, text: str, expected: list[Said]) -> None:
    assert said(prose_facts(text, profile=profile)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2031年1月至11月，全局开展工作。",
        "联系电话：0755-12345678。",
        "本局负责全区林业工作。",
        "单价在100万元以上的设备另行登记。",
        "表3支出总表",
        "表 5 项目支出总表",
    ],
)
def test_sentences_that_state_no_figure(text: str) -> None:
    assert prose_facts(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("公务接待费4.00万元，比2030年减少2.00万元。", "6.00"),
        ("公务接待费4.00万元，比2030年增加1.50万元。", "2.50"),
        ("公务接待费4.00万元，与上年持平。", "4.00"),
    ],
)
def test_last_year_s_amount_is_derived(text: str, value: str) -> None:
    (derived,) = (f for f in prose_facts(text) if f.derived)
    assert (str(derived.value), derived.year, derived.unit) == (value, 2030, "万元")
    minuend, sign, subtrahend = derived.derived.split("|")
    known = {f.id: f.value for f in prose_facts(text) if not f.derived}
    assert (sign, known[minuend] - known[subtrahend]) == ("-", derived.value)


def test_nothing_is_derived_where_last_year_is_printed() -> None:
    facts = prose_facts("公务接待费2030年预算数6.00万元，2031年预算数4.00万元，减少2.00万元。")
    assert [f for f in facts if f.derived] == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("比2030年增加54.36万元，主要原因是扩大招商范围。", "扩大招商范围"),
        ("减少2.00万元，经费减少原因根据工作需要，从严控制。", "根据工作需要，从严控制"),
        ("增加3.89万元，主要是实有人数增加。", "实有人数增加"),
        ("支出增加，原因：调资。", "调资"),
        ("比上年减少1.00万元，下降5%。", ""),
        ("主要是用于接待上级检查。", ""),
    ],
)
def test_reasons(text: str, reason: str) -> None:
    assert reason_in(text) == reason


def test_a_reason_in_a_sentence_of_its_own_belongs_to_the_figures_before_it() -> None:
    facts = prose_facts("机关运行经费101.89万元，比2030年增加3.89万元。主要是人数增加。")
    assert {f.reason for f in facts if not f.derived} == {"人数增加"}


@pytest.mark.parametrize(
    "text",
    [
        "2.农林水支出（类）林业和草原（款）行政运行（项）。主要用于工资。年初预算为640.00万元，支出决算为660.00万元。",
        "农林水支出（类）林业和草原（款）行政运行（项）年初预算为640.00万元，支出决算为660.00万元。",
        "“农林水支出（类）林业和草原（款）行政运行（项）”。年初预算为640.00万元，支出决算为660.00万元。",
        "2031年，农林水支出（类）林业和草原（款）行政运行（项）年初预算为640.00万元。支出决算为660.00万元。",
    ],
    ids=["numbered", "in the sentence", "opening a paragraph", "behind other words"],
)
def test_class_款_and_项_are_the_path(text: str) -> None:
    facts = prose_facts(text, profile=ACCOUNT)
    assert [(f.label, f.path, f.basis, str(f.value)) for f in facts] == [
        ("行政运行", ("农林水支出", "林业和草原"), "预算", "640.00"),
        ("行政运行", ("农林水支出", "林业和草原"), "决算", "660.00"),
    ]


def test_members_named_with_其中_make_one_list_under_their_whole() -> None:
    facts = prose_facts("政府采购预算1,090.80万元，其中：货物类17.20万元、服务类1,073.60万元。")
    whole, goods, services = facts
    assert (whole.label, whole.table) == ("政府采购", "")
    assert [f.path for f in (goods, services)] == [("政府采购",), ("政府采购",)]
    assert goods.table == services.table != ""


def test_vehicles() -> None:
    facts = prose_facts("截至2030年12月31日，共有车辆5辆，其中：机要通信用车1辆、其他用车4辆。")
    assert [(f.label, f.path, str(f.value), f.unit) for f in facts] == [
        ("车辆", (), "5", "辆"),
        ("机要通信用车", ("车辆",), "1", "辆"),
        ("其他用车", ("车辆",), "4", "辆"),
    ]


def test_a_paragraph_that_says_besides_leaves_the_list() -> None:
    facts = prose_facts(
        "1.农林水支出90.00万元。",
        "此外，基本支出预算数为70.00万元。",
        "项目支出预算数为20.00万元。",
    )
    assert [(f.label, f.path) for f in facts] == [
        ("农林水支出", ()),
        ("基本支出", ()),
        ("项目支出", ()),
    ]


def test_sentences_keep_every_character() -> None:
    text = "公务接待费。预算数4.00万元；持平！增加（略）。"
    assert "".join(sentences(text)) == text


def test_quotes_are_copied_from_the_document() -> None:
    texts = [b.text for b in document().document.blocks if hasattr(b, "text")]
    prose = [f for f in document().facts if f.origin == "prose"]
    assert len(prose) > 30
    assert [f.quote for f in prose if not any(f.quote in text for text in texts)] == []


def test_terms_explained_are_no_figures_of_the_budget() -> None:
    assert not [f for f in document().facts if "名词解释" in "".join(f.section)]


def test_the_projects_of_the_fictional_budget_are_one_list() -> None:
    amounts = [
        f for f in document().facts if f.path == ("项目支出",) and f.column == 0 and not f.derived
    ]
    assert [(f.label, str(f.value), f.reason) for f in amounts] == [
        ("森林防火", "380.00", "更新瞭望设备"),
        ("林业有害生物防治", "300.00", "疫木数量下降"),
        ("古树名木保护", "120.00", ""),
    ]
    assert len({f.table for f in amounts}) == 1


def test_a_figure_behind_the_end_of_a_page_is_cited_from_the_next() -> None:
    text = "公务接待费预算数4.00万元，比上年减少2.00万元。与上年相比，会议费持平。"
    first, second = Source("d.pdf", page=3), Source("d.pdf", page=4)
    block = Paragraph(text, first, ((text.index("2.00"), second),))
    facts = statements(Document("d.pdf", "", "pdf", (block,)), PROFILE)
    assert [(f.measure, f.source.page) for f in facts if not f.derived] == [
        ("预算数", 3),
        ("比2030年增减额", 4),
    ]
