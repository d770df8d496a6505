"""The gate (检查关口): what a company hands in is read, typed, checked, and accepted or sent back as a whole."""

from ingestion.gate.checking import check_received
from ingestion.gate.offline import validate_files
from ingestion.gate.verdict import CheckOutcome

__all__ = ["CheckOutcome", "check_received", "validate_files"]
