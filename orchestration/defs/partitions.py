"""The month partitions (报告期) and what every asset of a run asks its context: which months, which companies.

Companies are rows inside a run, never a partition of their own.
"""

from collections.abc import Mapping
from datetime import date

import dagster as dg

from common.month import label, parse_month

REPORTING_MONTH = dg.MonthlyPartitionsDefinition(
    start_date="2008-01",  # the first companies of the province were licensed in 2008
    fmt="%Y-%m",
    timezone="Asia/Shanghai",
    end_offset=1,  # a company that closes on the 20th hands in before the calendar month is over
)
ONE_RUN = dg.BackfillPolicy.single_run()
ANEW_TAG = "lendwatch/anew"
COMPANIES_TAG = "lendwatch/companies"
RANGE_START_TAG = "dagster/asset_partition_range_start"
RANGE_END_TAG = "dagster/asset_partition_range_end"


def months_of(context: dg.AssetExecutionContext) -> tuple[date, date]:
    """Return the first and last month of the run."""
    keys = context.partition_key_range
    return parse_month(keys.start), parse_month(keys.end)


def companies_of(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return the companies a run is limited to; none means all."""
    return tuple(code for code in tags.get(COMPANIES_TAG, "").split(",") if code)


def range_tags(first: date, last: date, companies: tuple[str, ...] = (), *, anew: bool = False) -> dict[str, str]:
    """Return the tags of a run over the months ``first`` to ``last``; ``anew`` drops the tables first."""
    tags = {RANGE_START_TAG: label(first), RANGE_END_TAG: label(last)}
    limits = {COMPANIES_TAG: ",".join(companies)} if companies else {}
    return tags | limits | ({ANEW_TAG: "true"} if anew else {})
