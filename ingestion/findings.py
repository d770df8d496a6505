"""A finding (检查发现): one thing wrong with, or worth a word about, a submitted file.

Every stage of the gate speaks in findings; the submitter gets them as a list and painted into its own workbook.
"""

from __future__ import annotations

from dataclasses import dataclass

from common.exchange import Severity


@dataclass(frozen=True)
class Finding:
    """One finding, in the words of the person who must mend it.

    ``record`` is the contract name of the record, ``file_number`` counts the submitted files from 1, ``row_number``
    is the row of the sheet or the line of the CSV file as the submitter sees it (header = 1), ``column_name`` the
    contract name of the column. What is not known is ``None``. ``message`` and ``remedy`` are Chinese.
    """

    rule_id: str
    severity: Severity
    record: str | None
    file_number: int | None
    row_number: int | None
    column_name: str | None
    value: str | None
    message: str
    remedy: str
