"""The synthetic province (模拟省份): seeded companies that write the same files as real ones (domain sheet 9)."""

from ingestion.synthetic.province import ProvinceMonth, province_months
from ingestion.synthetic.writing import ProvinceManifest, SubmissionFiles, write_province

__all__ = ["ProvinceManifest", "ProvinceMonth", "SubmissionFiles", "province_months", "write_province"]
