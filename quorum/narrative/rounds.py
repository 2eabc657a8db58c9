"""Rounds in words: what was tried before, and when the next look is."""

from collections.abc import Iterator
from datetime import timedelta

from quorum.domain.events import DecisionMade
from quorum.domain.incident import Incident, Round
from quorum.narrative.formatting import Actions, action, instant
from quorum.narrative.safe_text import Words, outsider


def tried(incident: Incident, known: Actions) -> list[Words]:
    """Return one line for each action before the newest decision: what it was and what it did."""
    return [line for one in incident.earlier for line in _tried(one, known)]


def _tried(one: Round, known: Actions) -> Iterator[Words]:
    if one.taken is None:
        return
    result = _result(one)
    yield (
        f"Round {one.decision.round}: ",
        *action(one.taken.action, known),
        f": {result}",
        *_why(one),
    )


def _result(one: Round) -> str:
    if one.undone is not None:
        return "undone"
    if one.checked is not None and one.checked.verdict == "partial":
        return "kept, as it helped in part"
    return "in force"


def _why(one: Round) -> Words:
    return ("; ", outsider(one.checked.reason), ".") if one.checked else (".",)


def next_look(decision: DecisionMade) -> list[Words]:
    """Return when the evidence is collected again if no person answers first; else nothing."""
    if not decision.look_again_seconds:
        return []
    at = decision.occurred_at + timedelta(seconds=decision.look_again_seconds)
    return [
        (
            f"The evidence is young: the seats vote again on newer evidence at {instant(at)}."
            " An answer before the next decision counts.",
        )
    ]
