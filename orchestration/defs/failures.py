"""Which failures are worth another attempt: a lost connection is, a wrong figure is not."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import psycopg

RETRIES = dg.RetryPolicy(max_retries=2, delay=5, backoff=dg.Backoff.EXPONENTIAL)
TRANSIENT = (psycopg.OperationalError, ConnectionError)


@contextmanager
def retry_only_transient() -> Iterator[None]:
    """Let Dagster try again after a lost connection; any other error would only come again and fails at once."""
    try:
        yield
    except (*TRANSIENT, dg.Failure):
        raise
    except Exception as error:
        raise dg.Failure(description=f"{type(error).__name__}：{error}", allow_retries=False) from error
