"""The files of a store, pages as pictures, sheets as laid out, and what readers said."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from evals.records import parse_question
from index.build import index_paths
from index.embedding import HashingEncoder
from index.feedback import Feedback
from index.library import Library
from index.pictures import Mark, find_words, page_count, page_image, page_picture
from index.sheets import place_of, sheet_of

TEXT = "# 云杉区水文站2031年部门预算\n\n公务接待费2031年预算数4.00万元，比2030年减少2.00万元。\n"


@pytest.fixture
def library(tmp_path):
    with Library.open(tmp_path / "store", encoder=HashingEncoder()) as library:
        yield library


def stored(library: Library, file: Path) -> str:
    (report,) = index_paths([file], library)
    return report.status


def written(folder: Path, name: str = "云杉区水文站2031年部门预算.txt", text: str = TEXT) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def copies(library: Library) -> list[Path]:
    return [path for path in (library.folder / "files").rglob("*") if path.is_file()]


# ---------------------------------------------------------------- copies


def test_a_file_is_kept_replaced_and_forgotten(library, tmp_path):
    file = written(tmp_path)
    assert stored(library, file) == "added"
    kept = library.file(file.name)
    assert kept.read_bytes() == file.read_bytes() and kept.suffix == ".txt"
    written(tmp_path, text=TEXT + "\n又一段。\n")
    assert stored(library, file) == "updated"
    assert [path.read_bytes() for path in copies(library)] == [file.read_bytes()]
    library.remove(file.name)
    assert copies(library) == [] and library.file(file.name) is None


def test_two_documents_of_one_content_share_a_copy(library, tmp_path):
    first, second = written(tmp_path), written(tmp_path, "另一个名字2031年部门预算.txt")
    assert [stored(library, first), stored(library, second)] == ["added", "added"]
    assert len(copies(library)) == 1
    library.remove(first.name)
    assert library.file(second.name) is not None and library.file(first.name) is None


def test_a_document_stored_without_its_file_works_and_gets_it_later(library, tmp_path):
    file = written(tmp_path)
    stored(library, file)
    for copy in copies(library):
        copy.unlink()
    assert library.file(file.name) is None
    assert stored(library, file) == "unchanged"
    assert library.file(file.name) is not None


def test_nothing_is_left_of_a_file_whose_document_was_not_stored(library, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(library._catalogue, "replace", full)
    with pytest.raises(OSError, match="disk full"):
        stored(library, written(tmp_path))
    assert copies(library) == []


# ---------------------------------------------------------------- pages


@pytest.fixture
def pdf(tmp_path):
    file = tmp_path / "页.pdf"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(file), pagesize=A4)
    for text in ("公务接待费4.00万元", "第二页没有数"):
        canvas.setFont("STSong-Light", 14)
        canvas.drawString(72, A4[1] - 100, text)
        canvas.showPage()
    canvas.save()
    return file


def test_a_page_is_a_picture_with_its_place_marked(pdf):
    assert page_count(pdf) == 2
    (box,) = find_words(pdf, 1, "接待费 4.00\n万元")
    assert 72 < box[0] < box[2] < 250 and 80 < box[1] < box[3] < 110
    plain = Image.open(io.BytesIO(page_picture(pdf, 1, scale=1)))
    marked = Image.open(io.BytesIO(page_picture(pdf, 1, [Mark(box)], scale=1)))
    middle = int(box[0]) + 1, int(box[1])
    assert plain.size == marked.size == (596, 842)
    assert plain.getpixel(middle)[2] > marked.getpixel(middle)[2] + 40
    assert plain.getpixel((20, 700)) == marked.getpixel((20, 700))


def test_words_that_are_not_there_and_pages_beyond_the_end(pdf):
    assert (
        find_words(pdf, 2, "接待费") == find_words(pdf, 9, "接待费") == find_words(pdf, 1, "") == []
    )
    with pytest.raises(IndexError):
        page_image(pdf, 3)


# ---------------------------------------------------------------- sheets


def test_a_sheet_is_shown_as_laid_out(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "支出表"
    for row in (["支出预算表"], ["单位：万元"], ["科目", "金额"], ["办公费", 4.5], ["差旅费", 3]):
        sheet.append(row)
    file = tmp_path / "云杉区水文站2031年部门预算.xlsx"
    book.save(file)
    found = sheet_of(file, "支出表")
    assert found.cells[place_of("B4")].text == "4.5" and found.cells[place_of("A1")].text
    assert found.size == (5, 2)
    assert sheet_of(file, "没有的表") is None
    assert sheet_of(written(tmp_path), "支出表") is None


# ---------------------------------------------------------------- feedback


def test_feedback_becomes_question_rows(tmp_path):
    kept = Feedback(tmp_path / "feedback.jsonl")
    record = {"status": "answered", "value": "4.00", "unit": "万元", "items": [], "citations": []}
    kept.add(record, "公务接待费是多少", True)
    kept.add(record, "培训费是多少", False, "  拿错了年份 ")
    kept.add({**record, "status": "not_found", "value": None}, "局长的工资", True)
    with (tmp_path / "feedback.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"cut')
    right, wrong, refused = kept.question_rows()
    assert (right["value"], right["unit"]) == ("4.00", "万元")
    assert "value" not in wrong and "拿错了年份" in wrong["note"]
    assert refused["refuse"] is True
    for row in (right, wrong, refused):
        assert parse_question(json.dumps(row, ensure_ascii=False)).question
