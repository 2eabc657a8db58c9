"""What is not known is said, and nothing is said that is known."""

from typing import Any

import pytest

from quorum.domain.evidence import Source
from quorum.narrative import gaps, plain
from tests.unit.narrative.stories import Log, alarm, dismissed, resolved, undone, vote, votes


def told(log: Log) -> list[str]:
    return [plain(words) for words in gaps(log.incident)]


def frozen(**bundle: Any) -> Log:
    return Log().open().freeze(**bundle)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            Source(name="logs", status="failed", detail="access denied"),
            "The source logs could not be read: “access denied”.",
        ),
        (Source(name="metrics", status="failed"), "The source metrics could not be read."),
        (
            Source(name="metrics", status="stale", age_seconds=150),
            "The source metrics is stale (2 min 30 s old).",
        ),
        (Source(name="changes", status="stale"), "The source changes is stale."),
        (
            Source(name="traces", status="absent"),
            "Not configured here, and so not looked at: traces.",
        ),
    ],
)
def test_each_troubled_source_is_named(source: Source, words: str) -> None:
    assert words in told(frozen(sources=(source,)))


def test_a_source_that_is_well_is_no_gap() -> None:
    assert not any("source" in line for line in told(frozen().decide(silent=())))


def test_a_silent_seat_an_abstention_and_a_fallback_are_named() -> None:
    cast = (
        vote("diagnosis-change", None, 0),
        vote("diagnosis-model", None, 0, tier="log-templates", skipped=("model-diagnosis: gone",)),
    )

    lines = told(frozen().decide(votes=cast))

    assert "The seat diagnosis-history is missing: “no past incident”." in lines
    assert "2 seats could not tell: diagnosis-change, diagnosis-model." in lines
    assert "The seat diagnosis-model used log-templates after: “model-diagnosis: gone”" in lines


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (Log().open(), "No evidence was frozen, so nothing was voted on."),
        (frozen(), "No decision was recorded."),
        (frozen(candidates=()), "The catalogue has no action that could be done here."),
        (frozen().decide().act(), "The action was done; whether it helped was not checked."),
        (
            frozen().decide().act().check("unverified"),
            "Whether the fault is gone: “the alarm's own window is over”.",
        ),
        (
            resolved(),
            "That the action caused the recovery is likely from the timing, and not proven.",
        ),
    ],
)
def test_what_did_not_happen_is_said(log: Log, words: str) -> None:
    assert words in told(log)


@pytest.mark.parametrize("log", [dismissed(), undone(), frozen().decide(votes=votes())])
def test_a_recovery_is_not_doubted_where_nothing_was_done_or_it_was_undone(log: Log) -> None:
    assert not any("caused the recovery" in line for line in told(log))


def test_an_alarm_without_a_resource_is_a_gap() -> None:
    log = Log().open()
    bare = alarm().model_copy(update={"resources": ()})
    event = log.incident.opened.model_copy(update={"alarm": bare})
    other = Log()
    other.store.append(event)

    assert "No alarm names a resource that can be looked at." in told(other)
    assert "No alarm names a resource that can be looked at." not in told(log)
