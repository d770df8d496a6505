"""A province large enough to measure on: raw rows of many months, put in place by COPY past the gate.

Only the records that the warehouse reads are kept for the history; the month that is measured at the gate goes
through files like any other.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import psycopg

from common import postgres
from common.database import connect
from common.month import add_months
from common.settings import Settings, load_settings
from ingestion.contract import ContractColumn, load_contract
from ingestion.raw_tables import create_month_partitions, data_columns
from ingestion.register import import_companies
from ingestion.synthetic import ProvinceMonth, province_months
from ingestion.synthetic.writing import write_register
from orchestration.prepare import prepare

FIRST_MONTH = date(2022, 1, 1)
SEED = 20220101
HISTORY = (
    *("company_month", "customers", "staff", "notes", "loan_events", "note_states", "off_balance_items"),
    *("fundings", "trial_balance", "opening_cumulatives"),
)
SUBMISSIONS = """
insert into exchange.submissions (company_code, reporting_month, version, status, receipt_number, content_sha256,
    contract_version, accepted_at)
select code, %(month)s, 1, 'accepted', 'bench-' || to_char(%(month)s::date, 'YYYYMM') || code, 'bench', 'bench', now()
from unnest(%(codes)s::text[]) as code
"""


@dataclass(frozen=True)
class Scale:
    """How large a run is: companies, months of history, the history of the early close it is compared with."""

    companies: int
    months: int
    early: int


SCALES = {"small": Scale(60, 6, 2), "wide": Scale(600, 5, 2), "full": Scale(600, 36, 12)}


@contextmanager
def installation() -> Iterator[Settings]:
    """Yield a prepared installation with a server of its own in a temporary folder; all of it goes afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="lendwatch-bench-"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = replace(load_settings(), home=folder, postgres_url=None, postgres_port=port, database_prefix="")
    try:
        prepare(settings)
        yield settings
    finally:
        postgres.stop(settings)
        shutil.rmtree(folder, ignore_errors=True)


def grow(scale: Scale) -> Iterator[ProvinceMonth]:
    """Return the months of the province in order, one more than the history."""
    return province_months(scale.companies, FIRST_MONTH, scale.months + 1, SEED)


def last_month(scale: Scale) -> date:
    """Return the label of the last month of the history."""
    return add_months(FIRST_MONTH, scale.months - 1)


def load_month(settings: Settings, month: ProvinceMonth) -> None:
    """Put one month of all companies into the raw tables as accepted submissions."""
    contract = load_contract()
    codes = month.companies.code[month.reporting].tolist()
    with connect(settings) as connection:
        create_month_partitions(connection, contract, [month.month])
        connection.execute(SUBMISSIONS, {"month": month.month, "codes": codes})
        for record in HISTORY:
            if record in month:
                _load_record(connection, month, record)
    with connect(settings, autocommit=True) as connection:
        for record in HISTORY:
            connection.execute(f"vacuum (analyze) raw_submitted.{record}_{month.month:%Y%m}")


def _load_record(connection: psycopg.Connection, month: ProvinceMonth, record: str) -> None:
    table = month.tables[record]
    columns = load_contract().record(record).columns
    texts = ", ".join(f"{column.name} text" for column in columns)
    connection.execute(f"create temporary table stage (code text, line integer generated always as identity, {texts})")
    names = ", ".join(["code", *(column.name for column in columns)]).replace(
        "code, company_code", "code, company_code"
    )
    owners = month.companies.code[table.company].tolist()
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy stage ({names}) from stdin (format csv)") as copy,
    ):
        lines = [f"{owner},{line}\n" for owner, line in zip(owners, table.lines(), strict=True)]
        for start in range(0, len(lines), 10_000):
            copy.write("".join(lines[start : start + 10_000]))
    targets = data_columns(load_contract().record(record))
    values = ", ".join(_typed(column) for column in columns if column.name in targets)
    connection.execute(
        f"insert into raw_submitted.{record}_{month.month:%Y%m}"
        f" (submission_id, company_code, reporting_month, file_number, row_number, {', '.join(targets)})"
        f" select s.submission_id, stage.code, s.reporting_month, 1, line, {values} from stage"
        " join exchange.submissions s on s.company_code = stage.code and s.reporting_month = %s",
        [month.month],
    )
    connection.execute("drop table stage")


def _typed(column: ContractColumn) -> str:
    match column.type_name:
        case "boolean":
            return f"stage.{column.name} = '是'"
        case "text" | "code":
            return f"stage.{column.name}"
        case _:
            return f"stage.{column.name}::{column.physical_type}"


def register(settings: Settings, month: ProvinceMonth) -> None:
    """Import all companies of the province into the register."""
    folder = settings.home / "register"
    write_register(folder, month.companies)
    import_companies(settings, folder)
