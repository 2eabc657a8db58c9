"""Traffic of each version of a function, side by side."""

from functions.evidence.collected import MOST_VERSIONS
from quorum.domain.evidence import Bundle
from tests.builders.shop import Shop
from tests.builders.topology import FAULT, FRONT
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
