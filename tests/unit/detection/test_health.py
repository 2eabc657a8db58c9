"""Health is shown by what CloudWatch delivered."""

from functions.detection.health import can_show_health
from quorum.domain.evidence import Bundle
from tests.simulation.scenarios import healthy


def logged(bundle: Bundle, since: int) -> Bundle:
    """Return the bundle with all points from then on from log lines."""
    series = [one.model_copy(update={"logged_since": since}) for one in bundle.series]
    return bundle.model_copy(update={"series": tuple(series)})


def test_points_from_log_lines_show_no_health() -> None:
    """The function could have written those lines itself."""
    bundle = next(b for b in (healthy(seed).bundle() for seed in range(20)) if can_show_health(b))

    assert not can_show_health(logged(bundle, bundle.onset))
    assert can_show_health(logged(bundle, int(bundle.taken_at.timestamp())))
