"""Requests of the inventory take at most a tenth of each service's quota."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.application.pacing import SHARE, UNKNOWN_QUOTA, Pacing
from quorum.domain.errors import SourceUnavailableError
from quorum.services.rows import QUOTAS


class Clock:
    """Seconds that pass while something sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds


@given(
    requests=st.lists(st.tuples(st.sampled_from(["lambda", "rds", "other"]), st.floats(0, 2))),
    quotas=st.dictionaries(st.sampled_from(["lambda", "rds"]), st.floats(0.5, 100)),
)
def test_no_window_holds_more_than_a_tenth_of_a_services_quota(
    requests: list[tuple[str, float]], quotas: dict[str, float]
) -> None:
    clock = Clock()
    pacing = Pacing(quotas, clock=clock, sleep=clock.sleep)
    pacing.begin(1e6)
    sent: dict[str, list[float]] = {}
    for service, pause in requests:
        clock.now += pause
        pacing.wait(service)
        sent.setdefault(service, []).append(clock.now)
    for service, times in sent.items():
        rate = SHARE * quotas.get(service, UNKNOWN_QUOTA)
        for first in range(len(times)):
            for last in range(first, len(times)):
                assert last - first <= rate * (times[last] - times[first]) + 1e-6


def test_services_do_not_wait_for_each_other() -> None:
    clock = Clock()
    pacing = Pacing({"slow": 0.1}, clock=clock, sleep=clock.sleep)
    pacing.begin(60)
    pacing.wait("slow")
    pacing.wait("fast")
    assert clock.now == 100


def test_a_turn_after_the_end_of_the_run_is_an_error_and_takes_nothing() -> None:
    clock = Clock()
    pacing = Pacing({"slow": 1.0}, clock=clock, sleep=clock.sleep)
    pacing.begin(15)
    for _ in range(2):
        pacing.wait("slow")
    for _ in range(3):
        with pytest.raises(SourceUnavailableError, match="slow"):
            pacing.wait("slow")
    pacing.begin(60)
    pacing.wait("slow")
    assert clock.now == 120


def test_quotas_are_known_by_boto3s_names() -> None:
    assert QUOTAS["lambda"] == 15
    assert QUOTAS["stepfunctions"] == 5
    assert QUOTAS["apigateway"] == QUOTAS["apigatewayv2"] == 2.5
