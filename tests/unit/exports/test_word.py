import io
from dataclasses import replace

from docx import Document
from docx.enum.section import WD_ORIENT

from exports.display import display_tables, text_size
from exports.layout import lay_out
from exports.word import word_bytes
from tests.unit.exports.factories import ACCEPTED, table, tables


def test_word_repeats_every_figure_of_table() -> None:
    one = table(3)
    document = Document(io.BytesIO(word_bytes([lay_out(one, "万元")], "标题", ACCEPTED)))
    found = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert found[0] == ["指标分类", "指标名称", "本月", "本月", "比上月增减数", "比上月增减数"]
    assert [row[1].strip("　") for row in found[2:]] == [row.label for row in one.rows]
    expected = [cell[0] for cell in lay_out(one, "万元").rows[5][2:]]
    assert [text.replace(",", "") for text in found[2][2:]] == [str(value) for value in expected]


def test_word_gives_same_bytes_again() -> None:
    grids = [lay_out(one, "万元") for one in tables()]
    assert word_bytes(grids, "标题", ACCEPTED) == word_bytes(grids, "标题", ACCEPTED)


def test_word_turns_wide_tables_to_landscape() -> None:
    document = Document(io.BytesIO(word_bytes([lay_out(table(1), "元"), lay_out(table(9), "元")], "标题", ACCEPTED)))
    assert [section.orientation for section in document.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE]


def test_wide_table_is_continued_with_its_labels() -> None:
    first, second = display_tables(lay_out(table(8), "万元"))
    assert (len(first.widths), len(second.widths)) == (16, 17)
    header = [(cell.text, cell.x, cell.columns) for cell in second.header if cell.y == 0]
    assert header[:3] == [("序号", 0, 1), ("客户明细", 1, 1), ("不良贷款", 2, 9)]
    assert [cell.text for cell in second.body if cell.y == 0][:2] == ["1", "客户C000"]


def test_control_characters_are_left_out_of_word() -> None:
    one = table(9)
    odd = replace(one, rows=tuple(row._replace(label="a\x00_x0041_\x0b") for row in one.rows))
    document = Document(io.BytesIO(word_bytes([lay_out(odd, "万元")], "标题\x01", ACCEPTED)))
    assert document.tables[0].rows[2].cells[1].text == "a_x0041_"


def test_more_characters_make_smaller_text() -> None:
    (narrow,), (wide, _) = display_tables(lay_out(table(5), "元")), display_tables(lay_out(table(8), "元"))
    assert text_size(narrow, 515, 5, 9) == 9
    assert text_size(wide, 515, 5, 9) < 6
