"""The catalogue of checks (检查规则目录): every rule of the gate on one page, made from the definitions.

``python -m ingestion.catalogue`` writes ``docs/rules.md``; a test keeps the page current.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.exchange import Severity
from common.settings import PROJECT_ROOT
from ingestion.contract import Contract, load_contract
from ingestion.reading import rules as file_rules
from ingestion.rules import STAGE_NAMES, Rule, Stage, load_rules

PAGE = PROJECT_ROOT / "docs" / "rules.md"
SEVERITY_NAMES = {Severity.ERROR: "错误", Severity.WARNING: "预警"}
NEEDS_NAMES = {"history": "往期数据", "register": "公司名册", None: ""}
HEAD = """# 检查规则目录

<!-- 由 python -m ingestion.catalogue 生成，请勿手工修改 -->

月度报送按下列规则逐级检查。**错误**一律退回；**预警**须在同一次报送的“情况说明”中按规则编号说明，否则退回。
前一级的错误会误导后一级时，后一级不再检查。共 {count} 条规则。
"""


@dataclass(frozen=True)
class CatalogueEntry:
    """One line of the catalogue, of whichever stage."""

    rule_id: str
    title: str
    text: str
    severity: Severity
    stage: str
    place: str
    remedy: str
    basis: str
    period: str


def rules() -> list[CatalogueEntry]:
    """Return all rules a submission is checked against: files and structure first, then the gate's."""
    contract = load_contract()
    return [*_file_entries(), *(_entry(contract, rule) for rule in load_rules())]


def render() -> str:
    """Return the page."""
    entries = rules()
    parts = [HEAD.format(count=len(entries))]
    for stage in ("文件安全", "文件结构", *STAGE_NAMES.values()):
        parts.append(f"\n## {stage}\n")
        parts.append("| 编号 | 级别 | 规则 | 检查对象 | 如何改正 | 依据 | 适用期 |\n|---|---|---|---|---|---|---|")
        parts += [_line(entry) for entry in entries if entry.stage == stage]
    return "\n".join(parts) + "\n"


def write_page() -> None:
    """Write ``docs/rules.md``."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(render(), encoding="utf-8")


def _file_entries() -> list[CatalogueEntry]:
    entries = []
    for rule in file_rules:
        stage = "文件安全" if rule.rule_id.startswith("F-") else "文件结构"
        text = rule.text.replace("{", "〈").replace("}", "〉")
        remedy = rule.remedy.replace("{", "〈").replace("}", "〉")
        entries.append(CatalogueEntry(rule.rule_id, "", text, rule.severity, stage, "", remedy, "文件报送要求", ""))
    return entries


def _entry(contract: Contract, rule: Rule) -> CatalogueEntry:
    return CatalogueEntry(
        rule_id=rule.rule_id,
        title=rule.title,
        text=rule.text,
        severity=rule.severity,
        stage=STAGE_NAMES[Stage(rule.stage)],
        place=_place(contract, rule),
        remedy=rule.remedy.replace("{", "〈").replace("}", "〉"),
        basis=rule.basis,
        period=_period(rule),
    )


def _place(contract: Contract, rule: Rule) -> str:
    records = [contract.record(name) for name in rule.records]
    titles: Sequence[str] = [record.title for record in records] or ["全部记录"]
    columns = [column.title for column in records[0].columns if column.name in rule.fields] if records else []
    needs = NEEDS_NAMES[rule.needs]
    return "、".join(titles) + (f"：{'、'.join(columns)}" if columns else "") + (f"（对照{needs}）" if needs else "")


def _period(rule: Rule) -> str:
    start = f"{rule.valid_from} 起" if rule.valid_from.year > 2000 else ""
    end = f"至 {rule.valid_to}" if rule.valid_to else ""
    return f"{start}{end}"


def _line(entry: CatalogueEntry) -> str:
    text = f"**{entry.title}** {entry.text}" if entry.title else entry.text
    cells = (entry.rule_id, SEVERITY_NAMES[entry.severity], text, entry.place, entry.remedy, entry.basis, entry.period)
    return "| " + " | ".join(cell.replace("|", "／").replace("\n", " ") for cell in cells) + " |"


if __name__ == "__main__":
    write_page()
