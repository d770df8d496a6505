"""Assets of what is handed out: ``exports/<report>`` and the workbooks made from all of them in one step."""

from collections.abc import Iterator
from datetime import date
from functools import partial

import dagster as dg

from common.database import connect
from common.month import label, month_range
from common.settings import Settings
from orchestration.build_log import record_export
from orchestration.defs.failures import RETRIES, retry_only_transient
from orchestration.defs.partitions import ONE_RUN, REPORTING_MONTH, companies_of, months_of
from orchestration.progress import EXPORT, Progress, silent

GROUP = "exports"
SCHEMA = "exports"
ORGS_OF_COMPANIES = """
with recursive chain as (
    select org_level, org_code, parent_code
    from marts.dim_org
    where org_level = 'company' and org_code = any (%(companies)s)
    union
    select parent.org_level, parent.org_code, parent.parent_code
    from marts.dim_org as parent
    join chain on parent.org_code = chain.parent_code
)
select distinct org_code from chain order by org_code
"""


def report_assets(settings: Settings, reports: list[str], progress: Progress = silent) -> dg.AssetsDefinition:
    """Return the assets of ``reports`` (names of the mandated tables' models) and of the workbooks."""
    keys = [dg.AssetKey([SCHEMA, name]) for name in reports]

    @dg.multi_asset(
        name="write_workbooks",
        specs=[
            dg.AssetSpec(key, deps=[dg.AssetKey(["marts", key.path[-1]])], group_name=GROUP, kinds={"excel"})
            for key in keys
        ]
        + [dg.AssetSpec([SCHEMA, "workbooks"], deps=keys, group_name=GROUP, description="工作簿", kinds={"excel"})],
        partitions_def=REPORTING_MONTH,
        backfill_policy=ONE_RUN,
        retry_policy=RETRIES,
    )
    def write_workbooks(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        from exports.province import export_month

        first, last = months_of(context)
        with retry_only_transient():
            orgs = affected_orgs(settings, companies_of(context.run.tags))
            written = [
                path
                for month in month_range(first, last)
                for path in export_month(
                    settings, month, orgs=orgs, progress=partial(progress, f"{EXPORT} {label(month)}")
                )
            ]
        with connect(settings) as connection:
            counts = {name: _row_count(connection, name, first, last) for name in reports}
            record_export(connection, first, last)
        for key in keys:
            yield dg.MaterializeResult(asset_key=key, metadata={"dagster/row_count": counts[key.path[-1]]})
        yield dg.MaterializeResult(
            asset_key=[SCHEMA, "workbooks"],
            metadata={"files": len(written), "folder": dg.MetadataValue.path(settings.reports)},
        )

    return write_workbooks


def affected_orgs(settings: Settings, companies: tuple[str, ...]) -> list[str] | None:
    """Return the companies with their county, city, zone and province; ``None`` means everybody."""
    if not companies:
        return None
    with connect(settings) as connection:
        return [code for (code,) in connection.execute(ORGS_OF_COMPANIES, {"companies": list(companies)})]


def _row_count(connection: object, name: str, first: date, last: date) -> int:
    row = connection.execute(  # type: ignore[attr-defined]  # a psycopg connection
        f"select count(*) from marts.{name} where reporting_month between %s and %s", [first, last]
    ).fetchone()
    return int(row[0])
