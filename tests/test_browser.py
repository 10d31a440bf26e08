"""The page in a real browser (Debian's chromium, playwright): every state a reader meets.

With `BUDGET_QA_SHOTS=folder` each state is also kept as a picture, wide and narrow.
"""

from __future__ import annotations

import os
import re
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from served import SAMPLE, budget_pdf, budget_xlsx, hostile, served

BROWSER = next(
    (b for b in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if b), None
)
SHOTS = os.environ.get("BUDGET_QA_SHOTS")
ADVICE = "没有浏览器：网页测试没有运行！安装：apt-get install chromium fonts-noto-cjk"

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.skipif(BROWSER is None, reason=ADVICE),
]

if BROWSER is None:
    warnings.warn(ADVICE, UserWarning, stacklevel=1)
else:
    from playwright.sync_api import Browser, Page, expect, sync_playwright

    expect.set_options(timeout=20_000)

WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("page")
    with served(folder / "store", SAMPLE, hostile(folder)) as (url, _):
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        one = play.chromium.launch(executable_path=BROWSER, args=arguments)
        yield one
        one.close()


@pytest.fixture
def page(browser, address) -> Iterator[Page]:
    yield from opened(browser, address)


def opened(
    browser: Browser, address: str, size: dict[str, int] = WIDE, path: str = "/"
) -> Iterator[Page]:
    """A visit that fails on any error of a script and on anything fetched from elsewhere."""
    context = browser.new_context(viewport=size, locale="en-US", accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "request",
        lambda r: (
            wrong.append(r.url) if not r.url.startswith((address, "data:", "blob:")) else None
        ),
    )
    page.goto(address + path)
    page.wait_for_selector("#head h1")
    yield page
    assert wrong == []
    context.close()


def asked(page: Page, question: str) -> None:
    """Ask by typing, and wait for the answer."""
    before = page.locator(".answer").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    expect(page.locator(".answer")).to_have_count(before + 1)


def shot(page: Page, name: str) -> None:
    """Keep a state as pictures at both widths, where asked for."""
    if not SHOTS:
        return
    Path(SHOTS).mkdir(parents=True, exist_ok=True)
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        page.wait_for_timeout(700)
        page.screenshot(path=f"{SHOTS}/{name}-{size['width']}.png", full_page=size is NARROW)
    page.set_viewport_size(WIDE)


def last(page: Page, selector: str = ""):
    return page.locator(f".turn:last-child .answer {selector}".strip())


# ---------------------------------------------------------------- asking


def test_a_first_visit_is_led_from_an_example_to_an_answer_with_evidence(page):
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.get_by_role("tab", name="问答")).to_be_visible()
    examples = page.locator("button.example")
    expect(examples).to_have_count(6)
    shot(page, "first-visit")
    question = examples.first.inner_text()
    examples.first.click()
    expect(last(page, ".figure b")).to_be_visible()
    assert page.locator(".asked").inner_text() == question
    expect(page.locator("aside.evidence mark, aside.evidence td.cell").first).to_be_visible()
    shot(page, "answer")


def test_a_citation_leads_to_its_table_with_row_column_and_cell(page):
    asked(page, "城市管理局2024年基本工资、津贴补贴和奖金合计多少万元？")
    expect(last(page, ".figure b")).to_have_text("566.85")
    last(page, "summary").first.click()
    work = last(page, ".work").inner_text()
    assert "281.11" in work and "566.85" in work
    last(page, ".text button.cite").nth(1).click()
    expect(page.locator("aside.evidence nav .on")).to_have_text("[2]")
    cell = page.locator("aside.evidence td.cell")
    expect(cell).to_have_count(1)
    expect(page.locator("aside.evidence tr.hit")).to_contain_text("津贴补贴")
    expect(page.locator("aside.evidence th.hit")).to_have_count(1)
    assert re.sub(r"\D", "", cell.inner_text()) == "1853300"
    shot(page, "calculation")


def test_a_ranking_has_a_table_and_a_chart(page):
    asked(page, "城市管理局2024年金额最大的三个项目是哪些？")
    expect(last(page, "table.items tbody tr")).to_have_count(3)
    expect(last(page, "svg.chart rect")).to_have_count(3)
    expect(last(page, "svg.chart .unit")).to_have_text(re.compile("^(万元|元)$"))
    for n in range(3):
        figure = last(page, "table.items td.number").nth(n).inner_text().split("（")[0]
        assert last(page, "svg.chart .value").nth(n).text_content() == figure
    shot(page, "ranking")


def test_years_are_a_series(page):
    asked(page, "城市管理局近三年“三公”经费各是多少？")
    expect(last(page, "svg.chart .name")).to_have_text(
        ["2022年2022年", "2023年2023年", "2024年2024年"]
    )
    shot(page, "series")


def test_a_follow_up_keeps_the_thread_and_can_be_cleared(page):
    asked(page, "城市管理局2024年公务接待费是多少？")
    expect(page.locator(".thread .chip")).to_have_text(["城市管理局", "2024年", "公务接待费"])
    asked(page, "那2023年呢？")
    expect(last(page, ".figure b")).to_have_text("2.96")
    expect(last(page, ".carried")).to_contain_text("城市管理局2023年公务接待费")
    asked(page, "换成元")
    expect(last(page, ".figure b")).to_have_text("29,600")
    shot(page, "follow-up")
    page.click(".thread button")
    expect(page.locator(".thread")).to_have_count(0)
    asked(page, "那2022年呢？")
    expect(last(page, ".figure")).to_have_count(0)


def test_an_ambiguous_name_is_settled_by_one_click(page):
    asked(page, "2024年公务接待费是多少？")
    expect(last(page, ".choices li")).to_have_count(2)
    shot(page, "ambiguous")
    second = last(page, ".choices li .number").nth(1).inner_text()
    last(page, "button.choose").nth(1).click()
    expect(page.locator(".answer")).to_have_count(2)
    figure = last(page, ".figure b").inner_text()
    assert second.startswith(figure)
    expect(last(page, ".notes")).to_contain_text("按您选的口径")


def test_what_is_not_said_gets_no_figure_but_near_questions(page):
    asked(page, "局长的工资是多少？")
    expect(last(page, ".figure")).to_have_count(0)
    expect(last(page, ".text")).to_contain_text("库中现有")
    expect(last(page, "button.example")).to_have_count(3)
    shot(page, "not-found")
    last(page, "button.example").first.click()
    expect(page.locator(".answer.answered")).to_have_count(1)


def test_a_reason_is_quoted_and_a_wrong_premise_put_right(page):
    asked(page, "城市管理局2024年公务用车购置费为什么减少？")
    expect(last(page, ".text")).to_contain_text("问题说的是减少，实际是增加")
    expect(page.locator("aside.evidence mark")).to_be_visible()


def test_a_question_can_be_kept_to_some_documents(page):
    page.click("#only input")
    page.get_by_role("option", name="棠屿市芷汀区城市管理局2023年部门预算.txt").click()
    page.keyboard.press("Escape")
    asked(page, "公务接待费是多少？")
    expect(last(page, ".figure b")).to_have_text("2.96")


# ---------------------------------------------------------------- taking it away


def test_answers_are_copied_downloaded_and_judged(page, address):
    asked(page, "城市管理局2024年公务接待费是多少？")
    page.click("button[data-act=copy]")
    expect(page.locator("button[data-act=copy]")).to_have_text("已复制")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "3.87 万元" in copied and "2024年部门预算.txt" in copied
    for button, start in (("#as-markdown", b"# "), ("#as-xlsx", b"PK")):
        with page.expect_download() as got:
            page.click(button)
        assert Path(got.value.path()).read_bytes().startswith(start)
    last(page, "details.bad summary").click()
    page.fill("input.why", "拿错了表")
    page.press("input.why", "Enter")
    expect(last(page, ".thanks")).to_be_visible()


# ---------------------------------------------------------------- files and tables


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("empty")
    with served(folder / "store") as (url, library):
        yield url, library


def test_documents_are_added_asked_browsed_and_taken_out(browser, empty, tmp_path):
    url, library = empty
    broken = tmp_path / "坏的2031年部门预算.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing")
    visit = opened(browser, url)
    page = next(visit)
    expect(page.locator(".welcome")).to_contain_text("文档库还是空的")
    shot(page, "empty-store")
    page.get_by_role("tab", name="文件").click()
    files = [budget_pdf(tmp_path), budget_xlsx(tmp_path), broken]
    page.set_input_files("#upload input[type=file]", [str(f) for f in files])
    expect(page.locator("#reports .done")).to_contain_text("2 份已在库中，1 份没有读成")
    expect(page.locator("#reports li.failed")).to_contain_text("坏的2031年部门预算.xlsx")
    expect(page.locator("table.holdings tbody tr")).to_have_count(2)
    assert {d.name for d in library.documents()} == {f.name for f in files[:2]}
    shot(page, "files")

    page.get_by_role("tab", name="问答").click()
    asked(page, "水文站2031年差旅费是多少？")
    expect(last(page, ".figure b")).to_have_text("8.30")
    expect(page.locator("aside.evidence img.page")).to_be_visible()
    expect(page.locator("aside.evidence .pages")).to_contain_text("第 2 / 2 页")
    shot(page, "pdf-evidence")
    page.get_by_role("button", name="上一页").click()
    expect(page.locator("aside.evidence .pages")).to_contain_text("第 1 / 2 页")
    page.get_by_role("button", name="回到原处").click()
    expect(page.locator("aside.evidence .pages")).to_contain_text("第 2 / 2 页")
    asked(page, "种子站2031年印刷费是多少？")
    expect(last(page, ".figure b")).to_have_text("3.75")
    expect(page.locator("aside.evidence table.sheet td.cell")).to_have_text("3.75")
    expect(page.locator("aside.evidence table.sheet tr th.hit").first).to_have_text("B")
    shot(page, "sheet-evidence")

    page.get_by_role("tab", name="表格").click()
    page.click("#pick-document input")
    page.get_by_role("option", name=files[1].name).click()
    expect(page.locator("#table table.grid tbody tr")).to_have_count(3)
    expect(page.locator("#table .caption")).to_contain_text("万元")
    shot(page, "tables")
    with page.expect_download() as got:
        page.click("#table-csv")
    assert "印刷费,3.75,4" in Path(got.value.path()).read_text(encoding="utf-8-sig")

    page.get_by_role("tab", name="文件").click()
    row = page.locator("table.holdings tbody tr", has_text="种子站")
    row.locator("summary", has_text="移出").click()
    row.get_by_role("button", name="确定移出").click()
    expect(page.locator("table.holdings tbody tr")).to_have_count(1)
    assert [d.name for d in library.documents()] == [files[0].name]
    next(visit, None)


# ---------------------------------------------------------------- safety, sessions, ways in


def test_a_hostile_document_does_nothing(page):
    asked(page, "气象台2031年公务接待费为什么减少？")
    answer = last(page, ".text")
    expect(answer).to_contain_text("<script>window.hacked=1</script>")
    expect(answer).to_contain_text(
        "[点我](javascript:window.hacked=1)${window.hacked=1}{{constructor}}"
    )
    assert (
        page.locator(
            "#chat script, #chat img, #evidence script, #evidence img, #chat a, #chat b b"
        ).count()
        == 0
    )
    marks = answer.locator("button.cite").all_inner_texts()
    assert len(marks) == answer.inner_text().count("[1]") - 1
    asked(page, "气象台2031年支出表中最大的两个科目是哪些？")
    page.get_by_role("tab", name="表格").click()
    page.click("#pick-document input")
    page.get_by_role("option", name="气象台").click()
    page.wait_for_selector("#table .caption, #table .label")
    page.wait_for_timeout(500)
    assert page.evaluate("window.hacked") is None


def test_a_hostile_question_does_nothing(page):
    asked(page, "<img src=x onerror=window.hacked=1>公务接待费${window.hacked=1}{{this}}是多少？")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.locator("#chat img").count() == 0


def test_two_sessions_never_mix(browser, address):
    visits = [opened(browser, address), opened(browser, address)]
    one, two = map(next, visits)
    one.fill("#question textarea", "城市管理局2024年公务接待费是多少？")
    two.fill("#question textarea", "文化广电体育局2023年公务接待费是多少？")
    for page in (one, two):
        page.press("#question textarea", "Enter")
    for page, figure, year in ((one, "3.87", "2023"), (two, "2.31", "2022")):
        expect(page.locator(".answer")).to_have_count(1)
        expect(last(page, ".figure b")).to_have_text(figure)
        asked(page, f"那{year}年呢？")
    expect(last(one, ".carried")).to_contain_text("城市管理局2023年")
    expect(last(two, ".carried")).to_contain_text("文化广电体育局2022年")
    for visit in visits:
        next(visit, None)


def test_the_keyboard_alone_is_enough(page):
    page.locator("#question textarea").focus()
    page.keyboard.type("城市管理局2024年公务接待费占三公经费的比重是多少")
    page.keyboard.press("Enter")
    expect(last(page, ".figure b")).to_have_text("5.26")
    page.locator("#head a").focus()

    def tab_to(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"the keyboard does not reach {selector}")

    tab_to(".text button.cite[data-n='2']")
    page.keyboard.press("Enter")
    expect(page.locator("aside.evidence nav .on")).to_have_text("[2]")
    tab_to(".work > summary")
    page.keyboard.press("Enter")
    expect(last(page, ".expression")).to_be_visible()


def test_english_is_one_link_away_and_says_the_same(browser, address):
    visit = opened(browser, address)
    page = next(visit)
    page.click("#head a.language")
    expect(page.get_by_role("tab", name="Ask")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    asked(page, "城市管理局2024年公务接待费是多少？")
    expect(last(page, ".status")).to_have_text("Answer")
    expect(page.locator("aside.evidence h2")).to_have_text("Evidence")
    shot(page, "english")
    page.click("#head a.language")
    expect(page.get_by_role("tab", name="问答")).to_be_visible()
    next(visit, None)


def test_a_phone_shows_all_of_it_in_one_column(browser, address):
    visit = opened(browser, address, NARROW)
    page = next(visit)
    asked(page, "城市管理局2024年基本工资、津贴补贴和奖金合计多少万元？")
    chat, evidence = (page.locator(s).bounding_box() for s in ("#chat", "#evidence"))
    assert evidence["y"] >= chat["y"] + chat["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    last(page, ".text button.cite").first.click()
    page.wait_for_function("document.querySelector('#evidence').getBoundingClientRect().top < 400")
    next(visit, None)
