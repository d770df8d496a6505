import pytest
from openpyxl.utils import get_column_letter

from exports.layout import Grid, header_rows, lay_out
from tests.unit.exports.factories import COMPANY, PROVINCE, table

FLOW = {
    "A4:A5": "指标分类",
    "B4:B5": "指标名称",
    "C4:D4": "本月",
    "E4:F4": "比上月增减数",
    "C5": "发生额",
    "D5": "笔数",
    "E5": "金额",
    "F5": "笔数",
}
BANDS = {
    "A4": "利率浮动区间",
    "B4": "公司客户",
    "C4": "占比",
    "D4": "小企业主",
    "E4": "占比",
    "F4": "城镇居民",
    "G4": "占比",
    "H4": "农户",
    "I4": "占比",
    "J4": "合计金额",
    "K4": "合计占比",
}
TRIPLES = {"E": "正常", "H": "关注", "K": "小计", "N": "次级", "Q": "可疑", "T": "损失", "W": "小计"}
HEADERS = {
    1: {
        "A4:B5": "指标分类",
        "C4:C5": "指标名称",
        "D4:E4": "本月",
        "F4:G4": "比上月增减数",
        "H4:I4": "比年初增减数",
        "D5": "余额",
        "E5": "笔数",
        "F5": "金额",
        "G5": "笔数",
        "H5": "金额",
        "I5": "笔数",
    },
    2: {
        "A4:A5": "指标分类",
        "B4:B5": "指标名称",
        "C4:C5": "本月余额",
        "D4:E4": "比上月增减数",
        "F4:G4": "比年初增减数",
        "D5": "今年",
        "E5": "去年",
        "F5": "今年",
        "G5": "去年",
    },
    3: FLOW,
    4: FLOW,
    5: {
        "A4:A5": "分类",
        "B4:B5": "项目",
        "C4:D4": "本月",
        "E4:F4": "本年累计",
        "G4:H4": "累计",
        "C5": "发放",
        "D5": "收回",
        "E5": "发放",
        "F5": "收回",
        "G5": "发放",
        "H5": "收回",
    },
    6: BANDS,
    7: BANDS,
    8: {
        "A4:A6": "序号",
        "B4:B6": "客户明细",
        "C4:C6": "户数",
        "D4:D6": "占比",
        "E4:G4": "正常",
        "H4:J4": "关注",
        "K4:M4": "小计",
        "N4:Y4": "不良贷款",
        "N5:P5": "次级",
        "Q5:S5": "可疑",
        "T5:V5": "损失",
        "W5:Y5": "小计",
        "Z4:AA4": "合计",
        "AB4:AC4": "表内（借款人）",
        "AD4:AE4": "表外（申请人）",
    },
    9: {
        "A4:A5": "序号",
        "B4:B5": "客户明细",
        "C4:C5": "当前余额",
        "D4:D5": "本期增加",
        "E4:E5": "本期减少",
        "F4:J4": "其中",
        "F5": "正常",
        "G5": "关注",
        "H5": "次级",
        "I5": "可疑",
        "J5": "损失",
    },
}


def header_cells(grid: Grid) -> dict[str, str]:
    """Texts of the header by area, as Excel would name it."""
    first, last = header_rows(grid.definition)
    ends = {(m.first_row, m.first_column): (m.last_row, m.last_column) for m in grid.merges}
    found = {}
    for row in range(first, last + 1):
        for column, (text, _) in enumerate(grid.rows[row - 1], 1):
            if text is not None:
                bottom, right = ends.get((row, column), (row, column))
                start, end = f"{get_column_letter(column)}{row}", f"{get_column_letter(right)}{bottom}"
                found[start if start == end else f"{start}:{end}"] = str(text)
    return found


@pytest.mark.parametrize("table_no", [1, 2, 3, 4, 5, 6, 7, 9])
def test_header_has_the_mandated_cells(table_no: int) -> None:
    assert header_cells(lay_out(table(table_no), "万元")) == HEADERS[table_no]


def test_risk_table_has_thirty_one_columns() -> None:
    grid = lay_out(table(8), "万元")
    found = header_cells(grid)
    assert len(grid.widths) == 31
    assert HEADERS[8].items() <= found.items()
    assert [found.get(f"{letter}6") or found.get(f"{letter}5:{letter}6") for letter in TRIPLES] == ["余额"] * 7
    assert found["Z5:Z6"] == "小计"
    assert [found[f"{letter}5:{letter}6"] for letter in ("AA", "AC", "AE")] == ["其中：损失"] * 3


def test_classification_groups_merge_over_their_lines() -> None:
    grid = lay_out(table(1), "万元")
    body = {tuple(merge): grid.rows[merge[0] - 1][merge[1] - 1][0] for merge in grid.merges if merge[0] in grid.body}
    assert body == {
        (6, 1, 12, 2): "总量指标",
        (13, 1, 33, 1): "贷款分类指标",
        (13, 2, 17, 2): "贷款方式",
        (18, 2, 25, 2): "贷款投向",
        (26, 2, 29, 2): "贷款额度",
        (30, 2, 33, 2): "贷款期限",
        (34, 1, 38, 2): "资产风险指标",
    }


@pytest.mark.parametrize("table_no", range(1, 10))
def test_every_row_fills_every_column(table_no: int) -> None:
    grid = lay_out(table(table_no, PROVINCE), "万元")
    assert {len(row) for row in grid.rows} == {len(grid.widths)}


def test_title_names_company_month_and_unit() -> None:
    grid = lay_out(table(1), "亿元")
    texts = [value for row in grid.rows[:3] for value, _ in row if value]
    assert texts == [
        "表一　江苏省农村小额贷款公司业务状况月报表",
        f"填报单位：{COMPANY.org_name}",
        "2024年6月",
        "单位：亿元",
        "统计期间：2024-06-01 至 2024-06-30",
    ]


def test_roll_up_title_tells_the_coverage() -> None:
    grid = lay_out(table(3, PROVINCE), "万元")
    assert grid.rows[2][0][0] == "报送 58 家 / 应报 62 家"


def test_count_table_keeps_its_own_unit() -> None:
    assert lay_out(table(5), "亿元").rows[1][-2:][0][0] == "单位：户"


def test_signatures_stand_under_the_table() -> None:
    last = [value for value, _ in lay_out(table(1), "万元").rows[-1] if value]
    assert last == ["单位负责人：王建国", "复核：李秀英", "填报人：张小明", "电话：0512-65100001"]


def test_difference_is_printed_under_reconciliation() -> None:
    grid = lay_out(table(9), "万元")
    assert "核对差额：" in str(grid.rows[-2][0][0])


def test_exceptional_band_is_hidden_while_empty() -> None:
    assert "低于0.9倍" not in [row.label for row in table(6).rows]


def test_members_are_numbered_through_the_groups() -> None:
    rows = table(8, members=2).rows
    assert [row.sequence for row in rows] == [1, 2, None, 3, 4, None, 5, 6, None, 7, 8, None, None]
    assert [row.label for row in rows if row.sequence is None] == [
        "公司客户小计",
        "中小企业（小企业主）小计",
        "城镇居民小计",
        "农户小计",
        "合计",
    ]
