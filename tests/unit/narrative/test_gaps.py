"""Gaps name each missing source, seat and check, and nothing else."""

from typing import Any

import pytest

from quorum.domain.evidence import Source, Vanished
from quorum.narrative import gaps, plain, sentence
from tests.builders.alarms import alarm
from tests.builders.incident_logs import Log, dismissed, resolved, undone, vote, votes


def lines(log: Log) -> list[str]:
    return [plain(words) for words in gaps(log.incident)]


def frozen(**bundle: Any) -> Log:
    return Log().open().freeze(**bundle)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            Source(name="logs", status="failed", detail="access denied"),
            "Source logs could not be read: “access denied”.",
        ),
        (Source(name="metrics", status="failed"), "Source metrics could not be read."),
        (
            Source(name="metrics", status="stale", age_seconds=150),
            "Source metrics is stale (2 min 30 s old).",
        ),
        (Source(name="changes", status="stale"), "Source changes is stale."),
        (
            Source(name="changes", status="ok", detail="authors of changes: throttled"),
            "Source changes was read, but not: “authors of changes: throttled”.",
        ),
        (
            Source(name="traces", status="absent"),
            "Not configured, so not checked: traces.",
        ),
    ],
)
def test_gaps_name_each_missing_source(source: Source, words: str) -> None:
    assert words in lines(frozen(sources=(source,)))


@pytest.mark.parametrize(
    ("last_seen", "words"),
    [
        (1_795_435_200, "does not exist any more (last seen at 2026-11-23 12:00:00 UTC)."),
        (None, "is in the service map and does not exist."),
    ],
)
def test_vanished_resource_is_in_the_gaps_and_in_the_timeline(
    last_seen: int | None, words: str
) -> None:
    log = frozen(vanished=(Vanished(resource="ssm:/shop/limit", last_seen=last_seen),))

    assert f"ssm:/shop/limit {words}" in lines(log)
    assert f" ssm:/shop/limit {words}" in plain(sentence(log.events[-1], {}))


def test_gap_of_vanished_resources_alone_is_listed_once() -> None:
    gone = Vanished(resource="ssm:/shop/limit", last_seen=1_795_435_200)
    denied = f"{gone.gap()}; ssm:/shop/other: denied"
    said, more = (
        lines(
            frozen(
                vanished=(gone,), sources=(Source(name="state", status="failed", detail=detail),)
            )
        )
        for detail in (gone.gap(), denied)
    )

    assert not any("Source state" in line for line in said)
    assert any("Source state is incomplete" in line for line in more)
    assert sum("does not exist any more (last seen" in line for line in said) == 1


def test_partly_read_settings_are_incomplete() -> None:
    state = Source(name="state", status="failed", detail="ssm:/x: does not exist any more")

    assert lines(frozen(sources=(state,)))[0].startswith("Source state is incomplete: “ssm:/x")


def test_gaps_leave_out_a_source_that_was_read() -> None:
    assert not any("Source" in line for line in lines(frozen().decide(silent=())))


def test_gaps_name_a_missing_vote_an_abstention_and_a_fallback() -> None:
    cast = (
        vote("diagnosis-change", None, 0),
        vote("diagnosis-model", None, 0, tier="log-templates", skipped=("model-diagnosis: gone",)),
    )

    found = lines(frozen().decide(votes=cast))

    assert "No vote from diagnosis-history: “no past incident”." in found
    assert "2 seats abstained: diagnosis-change, diagnosis-model." in found
    [fallback] = [line for line in found if "log-templates" in line]
    assert fallback.endswith("preferred method failed: “model-diagnosis: gone”")


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (Log().open(), "No evidence was collected, so no vote was held."),
        (frozen(), "No decision was recorded."),
        (frozen(candidates=()), "No action of the catalogue applies here."),
        (frozen().decide().act(), "The action ran; recovery was not checked."),
        (
            frozen().decide().act().check("unverified"),
            "Recovery is not verified: “the alarm's own window is over”.",
        ),
        (
            resolved(),
            "The timing suggests that the action caused the recovery; this is not proven.",
        ),
    ],
)
def test_gaps_name_each_missing_step(log: Log, words: str) -> None:
    assert words in lines(log)


@pytest.mark.parametrize("log", [dismissed(), undone(), frozen().decide(votes=votes())])
def test_gaps_doubt_no_recovery_without_an_action_or_after_its_undo(log: Log) -> None:
    assert not any("caused the recovery" in line for line in lines(log))


def test_gaps_name_an_alarm_without_a_resource() -> None:
    log = Log().open()
    bare = alarm().model_copy(update={"resources": ()})
    event = log.incident.opened.model_copy(update={"alarm": bare})
    other = Log()
    other.store.append(event)

    gap = "No alarm names a resource that Quorum can read."
    assert gap in lines(other)
    assert gap not in lines(log)
