"""The rules of file safety (F) and structure (S): one table, and how a problem gets its words (规则目录).

Texts may name ``{sheet}``, ``{column}``, ``{value}`` and the problem's own params; the place (file, sheet, row,
column) is put in front of every message.
"""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from common.exchange import Severity
from ingestion.contract import load_contract
from ingestion.findings import Finding
from ingestion.parsing.problems import Problem

MOST_SHOWN = 200
ERROR, WARNING = Severity.ERROR, Severity.WARNING


class FileRule(NamedTuple):
    """One rule of this stage; ``text`` is the message template, ``remedy`` says how to mend."""

    rule_id: str
    severity: Severity
    text: str
    remedy: str


_TEMPLATE = "请下载最新模板，用“粘贴为数值”把数据复制进去后重新报送"
_TEXT_FORMAT = "请先把单元格设为文本格式，再重新录入完整号码"
_SAVE_AS = "请用 Excel 或 WPS 打开原文件，另存为“Excel 工作簿 (*.xlsx)”后重新报送"

rules: list[FileRule] = [
    FileRule("F-01", ERROR, "文件是空的（0 字节）", "请确认导出成功后重新报送"),
    FileRule("F-02", ERROR, "文件大小 {size} 超过上限 {limit}", "请删除无关内容，或改用 CSV 压缩包报送"),
    FileRule("F-03", ERROR, "不支持的文件类型：实际内容是{kind}", "只接受 .xlsx 工作簿、CSV 文件或 CSV 的 .zip 压缩包"),
    FileRule("F-04", ERROR, "扩展名“{extension}”与内容不符：实际内容是{kind}", _SAVE_AS),
    FileRule("F-05", ERROR, "这是旧版 Excel 97-2003 文件 (.xls)", _SAVE_AS),
    FileRule("F-06", ERROR, "文件已加密或设有密码，无法读取", "请取消打开密码后重新报送"),
    FileRule("F-07", ERROR, "文件损坏或传输不完整，无法解压", "请重新导出并确认本机能打开，再重新报送"),
    FileRule("F-08", ERROR, "解压后的内容超过上限 {limit}", _TEMPLATE),
    FileRule("F-09", ERROR, "压缩比异常（{member} 解压后是压缩数据的 {ratio} 倍，上限 {limit} 倍）", _TEMPLATE),
    FileRule("F-10", ERROR, "压缩包内有 {count} 个成员，超过上限 {limit} 个", _TEMPLATE),
    FileRule("F-11", ERROR, "压缩包内有重名成员：{member}", _TEMPLATE),
    FileRule("F-12", ERROR, "压缩包内有不安全的路径：{member}", "请把文件直接放在压缩包根目录下重新压缩"),
    FileRule("F-13", ERROR, "压缩包内有链接文件：{member}", "请放入文件本身而不是快捷方式或链接"),
    FileRule("F-14", ERROR, "压缩包内不是 CSV 文件：{member}", "压缩包内只放 CSV 文件；工作簿请直接报送，不要压缩"),
    FileRule("F-15", ERROR, "工作簿含有宏（{member}）", _TEMPLATE),
    FileRule("F-16", ERROR, "工作簿含有外部链接或数据连接（{member}）", "请断开链接，" + _TEMPLATE),
    FileRule("F-17", ERROR, "工作簿含有嵌入对象或控件（{member}）", "请删除嵌入对象，" + _TEMPLATE),
    FileRule("F-18", ERROR, "文件内部含有实体定义（{part}），不是正常的工作簿", _SAVE_AS),
    FileRule("F-19", ERROR, "工作簿有 {count} 个工作表，超过上限 {limit} 个", _TEMPLATE),
    FileRule("F-20", ERROR, "读取文件所需内存超过上限，已停止读取", _TEMPLATE),
    FileRule("F-21", ERROR, "读取文件超过时间上限，已停止读取", _TEMPLATE),
    FileRule("F-22", ERROR, "单元格 {place} 位于极端位置", "请删除数据区以外的内容，" + _TEMPLATE),
    FileRule("F-23", ERROR, "工作表声明的数据范围到 {place}，与实际内容不符", _TEMPLATE),
    FileRule("F-24", ERROR, "工作簿中有超过 32767 个字符的文字", "请缩短文字后重新报送"),
    FileRule(
        "F-25", ERROR, "工作簿使用 1904 日期系统，日期会相差四年",
        "请在 Excel 选项→高级中取消“使用 1904 日期系统”，核对日期后重新报送",
    ),
    FileRule("F-26", ERROR, "工作簿内部结构无法读取（{part}）", _SAVE_AS),
    FileRule("F-27", ERROR, "文件打不开或不存在", "请确认文件存在且没有被其他程序占用"),
    FileRule("F-28", ERROR, "压缩包使用了不支持的压缩方式（{member}）", "请用系统自带的压缩功能重新压缩为 .zip"),
    FileRule("F-29", ERROR, "一次报送 {count} 个文件，超过上限 {limit} 个", "每个记录只需一个文件，请删除多余文件"),
    FileRule("S-01", ERROR, "文件名“{sheet}”不是约定的记录名称", "文件名请用记录的中文名称或英文名，例如 借据.csv"),
    FileRule("S-02", WARNING, "不是约定的记录，其内容没有读取", "请改为约定的工作表名称，或删除该工作表"),
    FileRule("S-03", ERROR, "同一记录出现多次，已经在“{first}”中报送", "每个记录只保留一个工作表或文件"),
    FileRule("S-04", ERROR, "缺少必报记录“{title}”", "请按模板补上该工作表或文件；没有数据也要保留表头"),
    FileRule("S-05", ERROR, "没有可识别的表头", "请按模板在第 1 行填写列名"),
    FileRule("S-06", ERROR, "缺少必填列“{title}”", "请按模板在第 1 行补上该列"),
    FileRule("S-07", ERROR, "列名“{value}”重复", "每个列名只能出现一次，请删除多余的列"),
    FileRule("S-08", WARNING, "列名“{value}”不在约定中，该列没有读取", "请改为模板中的列名，或删除该列"),
    FileRule("S-09", ERROR, "分隔符是{delimiter}，不是半角逗号", "请另存为“CSV UTF-8（逗号分隔）”"),
    FileRule("S-10", ERROR, "双引号不配对，从本行起无法分列", "请检查本行的双引号；文字中的双引号要写成两个"),
    FileRule("S-11", ERROR, "本行有 {found} 列，表头有 {expected} 列", "请检查本行的逗号；含逗号的文字要加双引号"),
    FileRule("S-12", ERROR, "含有空字符 (NUL) 等不可见控制字符", "请删除该字符后重新导出"),
    FileRule("S-13", ERROR, "文字编码无法识别（第 {position} 字节起）", "请另存为“CSV UTF-8（逗号分隔）”"),
    FileRule("S-15", ERROR, "单元格是公式", "请复制后“粘贴为数值”，报送文件中不得有公式"),
    FileRule("S-16", ERROR, "单元格是错误值（如 #N/A、#REF!）", "请填写正确的数值或清空该单元格"),
    FileRule("S-17", ERROR, "有合并单元格", "请取消合并，每个单元格各填各的内容"),
    FileRule("S-18", ERROR, "工作表被隐藏", "请取消隐藏并核对内容后重新报送"),
    FileRule("S-19", ERROR, "“{value}”超过 15 位，已被 Excel 截断或改动", _TEXT_FORMAT),
    FileRule("S-20", ERROR, "“{value}”是科学计数法，原号码已丢失", _TEXT_FORMAT),
    FileRule("S-21", ERROR, "“{value}”被 Excel 当成了日期或时间", "请先把单元格设为文本或常规格式，再重新录入"),
    FileRule("S-22", ERROR, "日期写成了数字 {value}", "请把单元格格式设为日期 YYYY-MM-DD 并核对日期"),
    FileRule("S-23", ERROR, "利率、比例单元格用了百分比格式", "请设为常规格式并按百分数填写，例如 15 表示 15%"),
    FileRule("S-24", ERROR, "表头不在第 1 行", "请删除表头上方的标题行和空行，让列名位于第 1 行"),
    FileRule("S-25", ERROR, "列名“{value}”的单位不是元", "全部金额以元为单位填写，请换算后删除列名中的单位"),
    FileRule("S-26", ERROR, "数据超过 {limit} 行", "请删除数据区以外的内容；数据确实很多的请改用 CSV 文件报送"),
    FileRule("S-27", ERROR, "没有数据行", "该记录至少要有一行数据"),
    FileRule("S-28", ERROR, "有数据但第 1 行没有列名", "请按模板补上列名，或删除该列的内容"),
    FileRule("S-29", ERROR, "单个字段超过 {limit} 个字符", "请检查双引号是否配对，或缩短文字"),
    FileRule("S-30", ERROR, "内容无法按 CSV 读取", "请另存为“CSV UTF-8（逗号分隔）”后重新报送"),
]  # fmt: skip

_by_id = {rule.rule_id: rule for rule in rules}


def to_finding(problem: Problem, file_number: int | None, file_name: str | None) -> Finding:
    """Give a problem its words and its place."""
    rule = _by_id[problem.rule_id]
    value = problem.value
    if value and len(value) > MOST_SHOWN:
        value = f"{value[:MOST_SHOWN]}…"
    words = defaultdict(str, {**problem.params, "sheet": problem.sheet or "", "value": value or ""})
    message = f"{_place(problem, file_name)}{rule.text.format_map(words)}"
    if "more" in problem.params:
        message += f"（另有 {problem.params['more']} 处同类问题未逐条列出）"
    return Finding(
        problem.rule_id,
        rule.severity,
        problem.record,
        file_number,
        problem.row,
        problem.column,
        value,
        message,
        rule.remedy,
    )


def _place(problem: Problem, file_name: str | None) -> str:
    """Say where: file, sheet, row, column."""
    words = f"文件“{file_name}”" if file_name else ""
    if problem.sheet and problem.sheet != file_name:
        words += f"工作表“{problem.sheet}”"
    if problem.row is not None:
        words += f"第 {problem.row} 行"
    if problem.column is not None:
        words += f"“{_column_title(problem)}”列"
    return words + "：" if words else ""


def _column_title(problem: Problem) -> str:
    if problem.record and problem.column:
        for column in load_contract().record(problem.record).columns:
            if column.name == problem.column:
                return column.title
    return problem.column or ""
