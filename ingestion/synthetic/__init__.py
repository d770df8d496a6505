"""The synthetic province (模拟省份): seeded companies that write the same files as real ones (domain sheet 9)."""

from ingestion.synthetic.province import ProvinceMonth, province_months

__all__ = ["ProvinceMonth", "province_months"]
