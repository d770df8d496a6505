"""The Chinese words of the template's explanation sheet (填报说明) and of the data dictionary."""

from __future__ import annotations

from ingestion.contract import ContractColumn
from ingestion.parsing.scan import place_name

RECORD_NOTES = {
    "company_month": "一行。报告期、结账日、金额单位、控制数和填报人员，必须先填",
    "customers": "每个客户一行：本期有借据、担保或授信的全部客户",
    "related_parties": "每个股东或关联方一行",
    "staff": "每名员工一行，名下有借据的必须填“是客户经理”",
    "contracts": "每份借款合同一行：本期有借据的全部合同",
    "notes": "每张借据一行：期初有余额或本期有发生额的全部借据（全量报送）",
    "planned_instalments": "每期一行：本期到期或仍未还清的还款计划",
    "loan_events": "每笔记账一行：发放、收回、核销、转让、核销后收回；冲正填负数",
    "note_states": "每张借据一行，与“借据”表一一对应：余额、逾期、五级分类",
    "guarantees": "每个保证人和合同一行",
    "collaterals": "每件抵质押物和合同一行",
    "off_balance_items": "每笔对外担保一行（表外业务）",
    "discounted_bills": "每张贴现票据一行；借据本身仍在“借据”表中，产品填票据贴现",
    "credit_lines": "每个有效或仍有余额的授信额度一行",
    "fundings": "每笔对外融资一行",
    "trial_balance": "每个会计科目一行；损益类科目填年终结转前数，借贷必须平衡",
    "cost_entries": "每个费用池一行，用于费用分摊",
    "blacklist_entries": "每条不良客户登记一行",
    "foreclosed_assets": "每项抵债资产一行",
    "opening_cumulatives": "每个累计项目一行，仅首次报送时填写",
    "manual_items": "每个手工填报的报表项目一行",
    "explanations": "每条预警规则一行：退回的预警在此说明后重新报送",
}

TYPE_NAMES = {
    "text": "文本",
    "code": "代码",
    "date": "日期 YYYY-MM-DD",
    "month": "月份 YYYY-MM",
    "money": "金额（元，两位小数）",
    "rate": "百分数（例如 15 表示 15%）",
    "integer": "整数",
    "boolean": "是/否",
}

RULES_OF_FILLING = (
    "一个工作表对应一类记录，第 1 行是列名，数据从第 2 行开始；列的顺序可以调整，不要改列名，不要合并单元格。",
    "列名带 * 的为必填列（深色表头）；其余列没有内容时留空。不用的选报工作表可以删除或留空。",
    "全部金额以“元”为单位，保留两位小数；利率和比例按百分数填写（15 表示 15%），不要设成百分比格式。",
    "日期写成 YYYY-MM-DD，报告期写成 YYYY-MM；是否类列填“是”或“否”；带下拉的列请从下拉中选择，填代码亦可。",
    "证件号码、借据号、合同编号、电话等按文本填写（本模板已设为文本格式），超过 15 位的号码不得按数字录入。",
    "从其他文件复制时请用“粘贴为数值”；文件中不得有公式、宏、外部链接和隐藏的记录工作表。",
    "期间口径：发生额的期间为上期结账日（不含）至本期结账日（含）；12 月的结账日必须为 12 月 31 日。",
    "每月报送全量：借据表包含期初有余额或本期有发生额的全部借据，月末借据状态与借据一一对应。",
    "期末余额 = 期初余额 + 发放 − 收回 − 核销 − 转让；核销后收回不影响余额；冲正用负数记账。",
    "科目余额表：损益类科目填结转前本年累计数；期初、本期、期末三栏的借方合计等于贷方合计。",
    "更正已报送的月份时，请重新报送该月全部记录；受理前仍以原版本为准。",
    "检查结果中的“预警”须在“情况说明”表中按规则编号逐条说明后重新报送。",
)


def describe_range(column: ContractColumn) -> str | None:
    """Say in Chinese what values are allowed, ``None`` if there is nothing to say."""
    words = []
    if column.minimum is not None:
        words.append(f"不小于 {column.minimum:,.10g}")
    if column.maximum is not None:
        words.append(f"不大于 {column.maximum:,.10g}")
    if column.max_length is not None:
        words.append(f"不超过 {column.max_length} 个字符")
    if column.pattern_hint:
        words.append(column.pattern_hint)
    return "，".join(words) or None


def letters_of(position: int) -> str:
    """Return the letters of a column of a sheet, counted from 1."""
    return place_name((0, position))
