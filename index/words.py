"""Chinese text as words for a full-text index.

A run of Han characters becomes its character bigrams (Nie, Brisebois & Ren, "On Chinese Text
Retrieval", SIGIR 1996): no dictionary, so nothing can be cut wrongly, and a name like 公用经费 is
found inside any longer one.  Numbers, codes and words of other scripts stay whole.

>>> segment("公务接待费4.00万元，合计 1,234.56")
'公务 务接 接待 待费 4.00 万元 合计 1234.56'
>>> match_query('费用 OR "4.00"')
'"费用" OR "or" OR "4.00"'
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import rjieba

__all__ = ["match_query", "segment", "tagged"]

_HAN = "〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(
    rf"(?P<han>[{_HAN}]+)"
    r"|(?P<number>[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)"
    rf"|(?P<word>[^\W\d_{_HAN}][^\W_{_HAN}]*)"
)
# 合　计, and words that a line end has cut: blanks between Han characters mean nothing.
_BLANK_INSIDE_HAN = re.compile(rf"(?<=[{_HAN}])\s+(?=[{_HAN}])")


def segment(text: str) -> str:
    """The tokens of `text`, separated by blanks: what a full-text index is fed with.

    Full-width forms and case are folded first (NFKC); `1,234.56` becomes `1234.56`; a Han
    character that stands alone is a token of its own; punctuation separates.

    >>> segment("因公出国（境）费２１５０５１７ ABC")
    '因公 公出 出国 境 费 2150517 abc'
    """
    return " ".join(_tokens(text))


def match_query(text: str) -> str:
    """An FTS5 `MATCH` expression that finds any of the words of `text`, or `""` if it has none.

    Every token is quoted and holds letters and digits only, so no input can become an operator.

    >>> match_query("增长*")
    '"增长"'
    """
    return " OR ".join(f'"{token}"' for token in dict.fromkeys(_tokens(text)))


@lru_cache(maxsize=1024)
def tagged(text: str) -> tuple[tuple[str, str], ...]:
    """The words of a text by a dictionary (rjieba), each with its class (ICTCLAS tags).

    >>> tagged("又养了公车")
    (('又', 'd'), ('养', 'v'), ('了', 'ul'), ('公车', 'n'))
    """
    return tuple(rjieba.tag(text))


def _tokens(text: str) -> list[str]:
    # A full-width comma lists (100，200); folded, it would pass for a thousands separator.
    folded = unicodedata.normalize("NFKC", text.replace("，", "；")).casefold()
    joined = _BLANK_INSIDE_HAN.sub("", folded)
    tokens: list[str] = []
    for found in _TOKEN.finditer(joined):
        token = found.group()
        if found.lastgroup == "han" and len(token) > 1:
            tokens.extend(token[i : i + 2] for i in range(len(token) - 1))
        else:
            tokens.append(token.replace(",", ""))
    return tokens
