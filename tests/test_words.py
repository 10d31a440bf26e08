import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.words import match_query, segment


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ""),
        ("，。！", ""),
        ("费", "费"),
        ("预算", "预算"),
        ("公务接待费", "公务 务接 接待 待费"),
        ("因公出国（境）费", "因公 公出 出国 境 费"),
        ("合　计", "合计"),
        ("一般公共\n预算", "一般 般公 公共 共预 预算"),
        ("2150517 产业发展", "2150517 产业 业发 发展"),
        ("4.00万元", "4.00 万元"),
        ("1,234.56", "1234.56"),
        ("１,２３４.５６", "1234.56"),
        ("分别为100，200万元", "分别 别为 100 200 万元"),
        ("12,345,678元", "12345678 元"),
        ("2150517,2150599", "2150517 2150599"),
        ("2024.", "2024"),
        ("１２．５％", "12.5"),
        ("GDP增长3D打印", "gdp 增长 3 d 打印"),
        ("R&D", "r d"),
        ("①", "1"),
    ],
)
def test_text_is_cut_into_words(text: str, tokens: str) -> None:
    assert segment(text) == tokens


def test_a_query_joins_each_word_once() -> None:
    assert match_query("增长增长 4.00") == '"增长" OR "长增" OR "4.00"'


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.execute("CREATE VIRTUAL TABLE t USING fts5 (words, tokenize=\"unicode61 tokenchars '.'\")")
    db.execute("INSERT INTO t VALUES (?)", (segment("公务接待费4.00万元，减少2.00万元"),))
    return db


def found(index: sqlite3.Connection, text: str) -> bool:
    query = match_query(text)
    return bool(query and index.execute("SELECT 1 FROM t WHERE t MATCH ?", (query,)).fetchall())


@pytest.mark.parametrize(
    ("question", "hit"),
    [
        ("接待费", True),
        ("4.00", True),
        ("4", False),
        ("00", False),
        ("出国", False),
        ('" OR 1=1 --', False),
        ("'; DROP TABLE t; -- 接待", True),
        ("NEAR(接待 费用)", True),
        ("words:接待*", True),
        ("NOT AND OR", False),
        ("", False),
        ('"""', False),
        ("预" + "减少" * 3000, True),
    ],
)
def test_any_question_is_a_safe_query(index: sqlite3.Connection, question: str, hit: bool) -> None:
    assert found(index, question) is hit


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=60))
def test_whatever_was_indexed_is_found_by_itself(text: str) -> None:
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE t USING fts5 (words, tokenize=\"unicode61 tokenchars '.'\")")
    db.execute("INSERT INTO t VALUES (?)", (segment(text),))
    han_or_digit = any("\u4e00" <= char <= "\u9fff" or char in "0123456789" for char in text)
    assert found(db, text) or not han_or_digit
    db.close()
