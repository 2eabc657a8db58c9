"""Traffic of each version of a function, side by side."""

from typing import Any

from functions.evidence.collected import MOST_VERSIONS
from quorum.domain.conventions import metrics_of, metrics_of_version
from quorum.domain.evidence import Alarm, Bundle
from quorum.domain.topology import ServiceMap
from tests.builders.shop import Shop, query_of
from tests.builders.topology import FAULT, FRONT, alarm
from tests.fakes import InMemorySnapshotStore


def series(bundle: Bundle, id_: str) -> dict[int, float]:
    (found,) = [s for s in bundle.series if s.id == id_]
    return dict(found.points)


def test_old_and_new_version_have_their_own_series() -> None:
    shop = Shop()
    shop.release("front", "4")
    bundle = shop.bundle()
    assert max(series(bundle, f"{FRONT}/Requests@3")) == FAULT - 1
    assert min(series(bundle, f"{FRONT}/Requests@4")) == FAULT
    assert set(series(bundle, f"{FRONT}/Errors@3").values()) == {0.0}
    assert set(series(bundle, f"{FRONT}/Errors@4").values()) == {1.0}


def test_canary_version_and_the_main_version_have_their_own_series() -> None:
    shop = Shop()
    shop.states.settings[FRONT] |= {"alias_weighted": True, "alias_weights": "4=0.5"}
    shop.serve("front", "4", since=FAULT, failing=1.0)
    bundle = shop.bundle()
    assert set(series(bundle, f"{FRONT}/Errors@4").values()) == {1.0}
    assert set(series(bundle, f"{FRONT}/Errors@3").values()) == {0.0}
    assert [(c.setting, c.after) for c in bundle.changes] == [("live weights", "4=0.5")]


def test_canary_without_a_recorded_change_is_measured() -> None:
    shop = Shop()
    shop.states.settings[FRONT] |= {"alias_weighted": True, "alias_weights": "4=0.5"}
    shop.book = InMemorySnapshotStore()
    shop.looked()
    shop.serve("front", "4", since=FAULT, failing=1.0)
    bundle = shop.bundle()
    assert bundle.changes == ()
    assert set(series(bundle, f"{FRONT}/Errors@4").values()) == {1.0}


def test_newest_of_many_versions_are_measured() -> None:
    shop = Shop()
    for version in range(4, 12):
        shop.release("front", str(version))
        shop.looked(before=50 - version)
    found = {s.version for s in shop.bundle().series if s.resource == FRONT} - {None}
    assert len(found) == MOST_VERSIONS
    assert {"11", "10"} < found


def without_a_map(**fields: Any) -> Shop:
    """Return a released shop without a service map, with AWS/Lambda's own series of `front`."""
    shop = Shop()
    shop.topology.map = ServiceMap()
    shop.release("front", "4")
    shop.states.settings[FRONT] |= fields
    for version in (None, "3", "4"):
        of = metrics_of(FRONT, None)
        for metric in of if version is None else metrics_of_version(FRONT, None, "live", version):
            query = query_of(metric, 60)
            minute = FAULT // 60 * 60
            shop.metrics.add(query, tuple((at, 2.0) for at in range(minute - 600, minute, 60)))
    return shop


def by_name(**fields: Any) -> Alarm:
    """Return an alarm that names the function and no alias."""
    return alarm(namespace="AWS/Lambda", period_seconds=60, **fields)


def versions(bundle: Bundle) -> set[str]:
    return {s.version for s in bundle.series if s.version is not None}


def test_an_alarm_by_function_name_takes_the_alias_from_the_settings() -> None:
    bundle = without_a_map().bundle(by_name())
    assert versions(bundle) == {"3", "4"}
    assert len(bundle.series) == 10, "four of the function, and three of each version"


def test_without_a_known_alias_there_are_no_series_per_version() -> None:
    bundle = without_a_map(alias=None).bundle(by_name())
    assert versions(bundle) == set()
    assert bundle.series


def test_the_alarms_alias_comes_before_the_one_in_the_settings() -> None:
    dimensions = (("FunctionName", "front"), ("Resource", "front:beta"))
    bundle = without_a_map().bundle(by_name(dimensions=dimensions))
    assert versions(bundle) == set(), "nothing was served through beta"
