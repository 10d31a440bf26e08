"""What is wrong in the source itself, found while indexing and kept with the document.

A table the contents list but the text lacks; rows that do not add up to their printed total because
rows were lost; sums off by a rounding; growth rates and reasons that contradict their own amounts.
Tolerance: half a unit of the last printed digit for each term (see the domain notes).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from index.captions import read_line, says_empty, squeeze, table_number
from index.hierarchy import bare_label
from index.model import Document, Fact, Grid, Problem, Profile, Source, Table
from index.prose_checks import prose_problems
from index.sections import CONTENTS, with_sections
from index.sums import sum_problems, title_key

__all__ = ["find_problems"]


def find_problems(
    document: Document, profile: Profile, tables: Sequence[Table], facts: Sequence[Fact]
) -> tuple[Problem, ...]:
    """Every problem of a document's content, in the order a reader would meet them."""
    return (
        *_no_figures(document, profile, facts),
        *_missing_tables(document, tables),
        *(replace(p, table=table.id) for table in tables for p in sum_problems(table, facts)),
        *_empty_after_all(tables, facts),
        *prose_problems(facts),
    )


def _no_figures(document: Document, profile: Profile, facts: Sequence[Fact]) -> Iterator[Problem]:
    if not facts and profile.kind == "other":
        message = "没有读到任何数字，可能不是预算文件；只收录了文字"
        yield Problem("no_figures", message, Source(document.name))


# ---------------------------------------------------------------- contents


def _missing_tables(document: Document, tables: Sequence[Table]) -> Iterator[Problem]:
    listed = list(_listed(document))
    if not listed or not tables:
        return
    titles = {title_key(table.title) for table in tables}
    titles |= {
        title_key(b.text)
        for s, b in with_sections(document.blocks)
        if not isinstance(b, Grid) and not _in_contents(s)
    }
    # A title that is another entry's own is nobody else's in other words.
    free = titles - {title_key(title) for _, title, _ in listed}
    for number, title, source in listed:
        wanted = title_key(title)
        longer = any(len(t) > 6 and t.endswith(wanted) for t in titles)
        if not (wanted in titles or longer or any(_in_other_words(wanted, t) for t in free)):
            name = f"表{number}《{title}》" if number else f"《{title}》"
            yield Problem("missing_table", f"目录列有{name}，正文中没有找到这张表", source)


def _in_other_words(listed: str, title: str) -> bool:
    """Whether two titles of tables differ only by words that one of them leaves out (政府采购支出
    预算表 in the contents, 政府采购预算表 on the page)."""
    short, long = sorted((listed, title), key=len)
    rest = iter(long)
    return len(short) >= max(5, 0.7 * len(long)) and all(char in rest for char in short)


def _empty_after_all(tables: Sequence[Table], facts: Sequence[Fact]) -> Iterator[Problem]:
    """Tables that their own note calls empty although they show figures."""
    for table in tables:
        if not says_empty(table.note) or table.empty:
            continue
        shown = [f for f in facts if f.table == table.id and f.value]
        if shown:
            first = shown[0]
            yield Problem(
                "contradiction",
                f"《{table.title}》的备注说是空表（{table.note.strip()}），表中却有 {len(shown)} 个数，"
                f"如“{first.label}” {first.value} {first.unit}",
                table.source,
                table=table.id,
            )


def _in_contents(section: Sequence[str]) -> bool:
    return any(CONTENTS.search(part) for part in section)


def _listed(document: Document) -> Iterator[tuple[str, str, Source]]:
    """The tables a contents list names: number, title, where."""
    for section, block in with_sections(document.blocks):
        if isinstance(block, Grid) or not _in_contents(section):
            continue
        text = re.sub(r"[.…·．\s]{3,}\d*$|\s+\d{1,3}$", "", block.text)
        line = read_line(text)
        title = line.title or (bare_label(text) if squeeze(text).endswith("表") else "")
        if (
            title
            and "表" in title[-12:]
            and not re.search(
                r"(?:附表|表格)$|第.+部分|^(?:部门|单位)?(?:预算|决算)(?:公开)?表$",
                squeeze(bare_label(title)),
            )
        ):
            yield table_number(text) or line.number, title, block.source
