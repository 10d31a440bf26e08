"""The report: complete, self-contained, and inert whatever stands in a document."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from decimal import Decimal
from html.parser import HTMLParser

import pytest

from evals.comparison import compare
from evals.evaluation import DocumentRow, evaluate
from evals.records import Answered, parse_question
from evals.report import render_report
from evals.scores import score

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"' onmouseover='x"


class Reader(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self, page):
        super().__init__()
        self.elements, self.text = [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text.append(data)

    def having(self, **wanted):
        return [(t, a) for t, a in self.elements if wanted.items() <= a.items()]


def record(**row):
    base = {"status": "answered", "route": "calculator", "text": "", "value": None, "unit": None}
    return {**base, "items": [], "calculation": None, "citations": [], "notes": [], **row}


def scored(gold, given, line=1, ms="12.5", error=""):
    question = parse_question(json.dumps({"question": "问？", "type": "lookup", **gold}), "s", line)
    return score(Answered(question, record(**given), Decimal(ms), error))


RIGHT = scored({"value": "4", "unit": "万元"}, {"value": "4", "unit": "万元", "text": "4.00 万元"})
WRONG = scored({"value": "4", "unit": "万元"}, {"value": "4", "unit": "元", "text": "4 元"}, 2)
NONE = scored({"value": "4"}, {"status": "not_found", "text": "没有", "route": None}, 3)


def test_each_question_stands_in_the_report_with_its_verdict():
    page = Reader(render_report(evaluate([RIGHT, WRONG, NONE])))
    rows = page.having(**{"class": "question"})
    assert [a["data-outcome"] for _, a in rows] == ["correct", "wrong", "declined"]
    text = "".join(page.text)
    assert "数字相同而单位不同：4 元，应为 4 万元" in text
    assert "33.3%" in text


def test_answer_gold_calculation_citation_and_notes_are_shown():
    given = {
        "text": "合计 7.00 万元[1][2]", "value": "7.00", "unit": "万元",
        "calculation": {"expression": "4.00 + 3.00", "result": "7.00", "unit": "万元",
                        "operands": [{"label": "甲费", "value": "4.00", "citation": 1}]},
        "citations": [{"n": 1, "document": "甲.pdf", "page": 12, "section": "表一", "table": "表一",
                       "row": "30101 甲费", "column": "合计", "quote": "4.00"}],
        "items": [{"label": "乙费", "value": "3.00", "unit": "万元", "citations": [1]}],
        "notes": ["尾差 0.01"],
    }  # fmt: skip
    page = render_report(evaluate([scored({"value": "7", "alt": [["8", "元"]]}, given)]))
    text = re.sub(r"\s+", " ", "".join(Reader(page).text))
    for part in ("4.00 + 3.00 = 7.00 万元", "甲.pdf › 第 12 页 › 表一 › 30101 甲费 › 合计",
                 "乙费 — 3.00 万元 [1]", "尾差 0.01", "7 或 8 元"):  # fmt: skip
        assert part in text
    assert "没有编号为 [2] 的引用" in text


def everywhere(text):
    """A run in which every text that comes from outside is `text`."""
    citation = {"n": 1, **dict.fromkeys(
        ("document", "section", "table", "row", "column", "quote"), text)}  # fmt: skip
    gold = {"question": text, "id": text, "docs": [text], "items": [text], "cite": [text],
            "contains": [text], "not_contains": [text], "unit": text, "value": "1"}  # fmt: skip
    given = {"text": text, "status": text, "route": text, "value": text, "unit": text,
             "items": [{"label": text, "value": text, "unit": text, "citations": [1]}],
             "calculation": {"expression": text, "result": text, "unit": text, "operands": [
                 {"label": text, "value": text, "unit": text, "citation": 1}]},
             "citations": [citation], "notes": [text]}  # fmt: skip
    one = scored(gold, given, error=text)
    other = scored(gold, {**given, "status": "answered", "text": text + text})
    return evaluate(
        [one, other],
        skipped=[one.row.question],
        documents=[DocumentRow(text, text, (text,))],
        settings={text: text},
        comparison=compare({one.row.question.key: one}, [other]),
    )


def test_text_from_documents_stays_text():
    page = render_report(everywhere(EVIL))
    plain, evil = Reader(render_report(everywhere("文"))), Reader(page)
    assert [tag for tag, _ in evil.elements] == [tag for tag, _ in plain.elements]
    assert not [a for _, attrs in evil.elements for a in attrs if a.startswith("on")]
    assert "".join(evil.text).count(EVIL) > 10


def test_the_report_needs_no_network_and_runs_only_its_own_script():
    page = render_report(evaluate([RIGHT]))
    elements = Reader(page).elements
    links = [attrs.get(a) for _, attrs in elements for a in ("src", "href", "action")]
    assert all(link is None or link.startswith("#") for link in links)
    assert "@import" not in page and "url(" not in page
    (policy,) = (a["content"] for t, a in elements if t == "meta" and "content" in a
                 and "default-src" in a["content"])  # fmt: skip
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy and f"script-src 'sha256-{digest}'" in policy


def test_charts_label_their_values():
    page = render_report(evaluate([RIGHT, RIGHT, WRONG, NONE]))
    charts = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(charts) == 3
    accuracy, stacked, latency = charts
    assert "50.0%" in accuracy and 'class="whisker"' in accuracy
    assert "对 2 · 错 1 · 未答 1" in stacked
    for kind, start in (("correct", "0.00"), ("wrong", "50.00"), ("declined", "75.00")):
        assert f'class="{kind}" x="{start}%"' in stacked
    assert "&lt;20" in latency and ">4</text>" in latency


def test_the_comparison_shows_both_answers():
    was = scored({"value": "4", "unit": "万元"}, {"text": "从前的话", "value": "5"})
    change = compare({was.row.question.key: was}, [RIGHT])
    page = Reader(render_report(evaluate([RIGHT], comparison=change)))
    text = "".join(page.text)
    assert page.having(**{"class": "change fixed"}) and "从前的话" in text
    assert "修好 1 题" in text and "弄坏 0 题" in text


@pytest.mark.parametrize("given", [{}, {"question": "问？", "status": "error", "text": ""}])
def test_a_record_with_little_in_it_is_still_shown(given):
    question = parse_question('{"question": "问？"}', "s", 1)
    page = render_report(evaluate([score(Answered(question, given, Decimal(1), "坏了"))], total=2))
    assert "程序出错：坏了" in page and "--resume" in page


def test_a_run_without_any_answer_has_a_report():
    assert "答完 0 题" in render_report(evaluate([], total=0))
