"""A fictional department's document, already read: for the tests of the store."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from index.model import (
    Column,
    Document,
    Fact,
    Figure,
    Passage,
    Problem,
    Profile,
    Row,
    Source,
    Table,
)
from index.schema import IndexedDocument

NAME = "云杉区档案馆2031年部门预算.txt"
TEXTS = (
    "公务接待费2031年预算数4.00万元，比上年减少2.00万元，主要原因是厉行节约，接待批次减少。",
    "因公出国（境）费2031年预算数0.00万元，与上年持平。",
    "公务用车运行维护费2031年预算数6.50万元，用于车辆燃油、维修和保险。",
    "档案馆负责收集、整理、保管全区各机关的档案，并向社会提供查阅服务。",
    "政府采购预算总额120.30万元，其中货物类80.30万元、服务类40.00万元。",
)


def table(name: str = NAME, value: str = "0.10") -> Table:
    source = Source(name, page=3, bbox=(1.5, 2.0, 3.25, 4.0))
    figures = (
        Figure("2150517", "text"),
        None,
        Figure(value, "number", Decimal(value), source=source),
        Figure("—", "nil"),
    )
    return Table(
        id=f"{name}#t1",
        document=name,
        title="一般公共预算支出表",
        number="8",
        unit="万元",
        section=("第二部分", "部门预算表"),
        columns=(Column(0, ("编码",), "code"), Column(2, ("支出", "合计"), "value", "万元")),
        rows=(Row(0, "产业发展", "2150517", 2, (0, 1), False, figures, source),),
        source=source,
    )


def fact(name: str = NAME, value: str = "0.10", label: str = "产业发展", n: int = 1) -> Fact:
    return Fact(
        id=f"{name}#f{n}",
        document=name,
        organisation="云杉区档案馆",
        year=2031,
        origin="table",
        table=f"{name}#t1",
        table_title="一般公共预算支出表",
        table_number="8",
        section=("第二部分",),
        row=0,
        label=label,
        code="2150517",
        path=("资源勘探工业信息等支出",),
        depth=2,
        is_total=False,
        column=2,
        measure="支出/合计",
        value=Decimal(value),
        unit="万元",
        basis="预算",
        level="",
        quote=value,
        source=Source(name, page=3, line=7),
        flags=("incomplete",),
    )


def indexed(
    name: str = NAME,
    texts: Sequence[str] = TEXTS,
    sha256: str = "a" * 64,
    value: str = "0.10",
) -> IndexedDocument:
    """A document of one table, one fact, one problem and a passage a text."""
    source = Source(name, page=1)
    passages = tuple(
        Passage(f"{name}#p{n}", name, ("第三部分",), text, "prose", Source(name, page=n))
        for n, text in enumerate(texts, start=1)
    )
    return IndexedDocument(
        document=Document(name, sha256, "txt", (), pages=9),
        profile=Profile("2031年部门预算", "部门预算", "云杉区档案馆", 2031, ("档案馆",)),
        tables=(table(name, value),),
        facts=(fact(name, value),),
        passages=passages,
        problems=(Problem("rounding", "合计相差 0.01", source, "note"),),
    )
