"""The installation can be prepared any number of times."""

from common.database import connect
from common.settings import Settings
from orchestration.prepare import prepare


def test_preparing_twice_keeps_one_set_of_seeds(installation: Settings) -> None:
    prepare(installation)
    with connect(installation) as connection:
        loaded = connection.execute("select count(*) from exchange.loaded_seeds").fetchone()
        regions = connection.execute("select count(*) from reference.ref_regions where level = 'city'").fetchone()
    assert loaded == (1,)
    assert regions == (13,)
