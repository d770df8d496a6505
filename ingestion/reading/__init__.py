"""Submitted files → records as CSV bytes, and findings. Files are hostile until proven good.

Workbooks are parsed in a guarded child process (``ingestion.parsing``); clean CSV bytes are checked and passed on
unparsed. Flow: paths → :func:`read_files` → COPY by the gate; what COPY refuses → :func:`diagnose`.
"""

from ingestion.reading.catalogue import FileRule, rules
from ingestion.reading.diagnosis import diagnose
from ingestion.reading.files import read_files
from ingestion.reading.guard import Guard
from ingestion.reading.records import SubmittedFiles, SubmittedRecord

__all__ = ["FileRule", "Guard", "SubmittedFiles", "SubmittedRecord", "diagnose", "read_files", "rules"]
