"""Memory of an ended incident: once, however often and in whatever order its events arrive."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.learning.learn import learn
from quorum.domain.base import OutsiderText
from quorum.domain.errors import (
    InvalidHistoryError,
    InvalidInputError,
    StoreUnavailableError,
)
from quorum.domain.events import IncidentForgotten, MessageSent, PostMortemWritten
from quorum.domain.fingerprint import fingerprint
from quorum.domain.memories import Remembered
from quorum.domain.votes import HEALTHY
from tests.builders.candidates import RAISE, ROLLBACK
from tests.builders.incident_logs import Log, dismissed, escalated, resolved, vote
from tests.builders.streams import published
from tests.fakes.event_store import StaleReads
from tests.fakes.evidence_store import InMemoryEvidenceStore
from tests.fakes.memory import InMemoryMemory


class Notebook(InMemoryMemory):
    """A memory that shows what it holds."""

    @property
    def held(self) -> dict[str, Remembered]:
        return self._remembered


def remembered(log: Log) -> Remembered:
    memory = Notebook()
    assert learn(published(log.events)[-1], log.store, log.evidence, memory)
    return memory.held[log.incident_id]


def rights(log: Log) -> dict[str, bool | None]:
    return {one.seat: one.right for one in remembered(log).seats}


def mixed() -> Log:
    """Votes for the action that is taken, for another one, for nothing, and for health."""
    votes = (
        vote("diagnosis-change", ROLLBACK.id, 9000),
        vote("diagnosis-topology", RAISE.id, 4000),
        vote("diagnosis-model", None, 0),
        vote("detection-statistical", HEALTHY, 6000),
    )
    return Log().open().freeze().decide(votes=votes)


def test_helpful_action_is_stored_with_the_incidents_fingerprint() -> None:
    log = resolved()

    one = remembered(log)

    assert (one.verb, one.worked) == ("lambda.rollback_alias", True)
    assert one.closed_at == log.events[-1].occurred_at.timestamp()
    assert one.fingerprint == fingerprint(log.evidence.get_bundle(_bundle(log)[1]))
    assert one.fingerprint["changed-alias"] == 1.0


def _bundle(log: Log) -> tuple[str, str]:
    frozen = log.incident.evidence
    assert frozen is not None
    return frozen.key, frozen.evidence


def test_votes_for_the_verified_action_are_right_and_others_unknown() -> None:
    assert rights(mixed().act().check().close()) == {
        "diagnosis-change": True,
        "diagnosis-topology": None,
        "diagnosis-model": None,
        "detection-statistical": None,
    }


def test_votes_for_the_undone_action_are_wrong_and_others_unknown() -> None:
    log = mixed().act().check("failed", "ALARM").undo().close("undone", "no_recovery")

    assert rights(log)["diagnosis-change"] is False
    assert rights(log)["diagnosis-topology"] is None
    assert remembered(log).worked is False


def test_votes_for_a_failed_action_without_undo_are_wrong() -> None:
    log = mixed().act().check("failed", "ALARM").close("escalated", "undo_refused")

    assert rights(log)["diagnosis-change"] is False


def test_undone_action_did_not_help_whatever_the_verdict() -> None:
    log = mixed().act().check("unverified").undo().close("undone", "no_recovery")

    assert rights(log)["diagnosis-change"] is False


def test_votes_are_unknown_without_a_verified_outcome() -> None:
    log = mixed().act().check("unverified").close("unverified", "silence")

    assert set(rights(log).values()) == {None}
    assert (remembered(log).verb, remembered(log).worked) == ("lambda.rollback_alias", None)


def test_votes_for_an_unverified_action_are_unknown() -> None:
    log = mixed().act().close("escalated", "pipeline")

    assert set(rights(log).values()) == {None}


def test_healthy_votes_are_right_when_the_incident_is_dismissed() -> None:
    assert rights(dismissed()) == {
        "detection-statistical": True,
        "detection-signature": True,
        "diagnosis-change": None,
    }
    assert (remembered(dismissed()).verb, remembered(dismissed()).worked) == (None, None)


def test_votes_are_unknown_after_an_escalation() -> None:
    one = remembered(escalated())

    assert (one.verb, one.worked) == (None, None)
    assert {outcome.right for outcome in one.seats} == {None}


def test_votes_are_kept_with_their_tier_and_confidence() -> None:
    [first, *_] = remembered(resolved()).seats

    assert (first.seat, first.tier, first.action, first.conf_bp) == (
        "detection-statistical",
        "robust-z",
        ROLLBACK.id,
        9000,
    )


def test_a_forgotten_incident_is_remembered_no_more_whatever_comes_first() -> None:
    log, memory = resolved(), Notebook()
    learn(published(log.events)[-1], log.store, log.evidence, memory)
    why = OutsiderText.of("a drill")
    log.add(IncidentForgotten, by=OutsiderText.of("sam"), via="cli", reason=why)
    for data in published(log.events)[-2:]:
        assert learn(data, log.store, log.evidence, memory) is None
    [left] = memory.held.values()
    assert (left.fingerprint, left.seats, left.verb) == ({}, (), None)


def test_incident_without_evidence_is_stored_without_a_fingerprint() -> None:
    one = remembered(Log().open().close("escalated", "pipeline"))

    assert (one.fingerprint, one.seats) == ({}, ())


def ended() -> Log:
    log = resolved()
    log.add(MessageSent, message="resolved", channel="email", reference="m")
    log.add(PostMortemWritten, key="k", content="0" * 64, cost_microdollars=1)
    return log


@settings(deadline=None)
@given(st.lists(st.integers(0, 8), min_size=1, max_size=20))
def test_any_record_of_an_ended_incident_suffices_and_repeats_change_nothing(
    order: list[int],
) -> None:
    log, memory = ended(), Notebook()
    datas = published(log.events)

    assert all(learn(datas[at], log.store, log.evidence, memory) for at in order)

    assert list(memory.held.values()) == [remembered(log)]


def test_an_open_incident_is_not_remembered() -> None:
    log, memory = Log().open().freeze().decide().act().check(), Notebook()

    assert not learn(published(log.events)[-1], log.store, log.evidence, memory)
    assert memory.held == {}


def test_evidence_that_cannot_be_read_now_is_read_later() -> None:
    log, memory = resolved(), Notebook()

    with pytest.raises(StoreUnavailableError):
        learn(published(log.events)[-1], log.store, InMemoryEvidenceStore(), memory)

    assert memory.held == {}


def test_tampered_evidence_is_never_learnt_from() -> None:
    log, memory = resolved(), Notebook()
    key, _ = _bundle(log)
    log.evidence.objects[key] = b"{}"

    with pytest.raises(InvalidHistoryError):
        learn(published(log.events)[-1], log.store, log.evidence, memory)

    assert memory.held == {}


def test_a_log_that_is_behind_is_read_again_later() -> None:
    log = resolved()

    with pytest.raises(StoreUnavailableError):
        learn(published(log.events)[-1], StaleReads(log.store), log.evidence, Notebook())


def test_record_that_is_no_event_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        learn(b"poison", Log().store, InMemoryEvidenceStore(), Notebook())
