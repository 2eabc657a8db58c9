"""The live view of a run: new votes and events are printed once, in order."""

from collections.abc import Sequence
from typing import cast

from rich.console import Console

from local.run import Run
from local.scenarios import load
from local.stage import LocalStage
from quorum.domain.events import ApprovalRequested, DecisionMade, EvidenceFrozen, IncidentEvent
from quorum.domain.votes import Ballot
from tests.builders.votes import ballot, vote
from tests.unit.local.terminal import WIDTH
from tests.unit.local.test_view import LOGS


class FakeConsole:
    """The tokens of the console's people."""

    def __init__(self) -> None:
        self.tokens = {"demo": "token"}


class FakeStage:
    """A stage whose incident's log grows by one event with each reading."""

    def __init__(self, log: Sequence[IncidentEvent], ballots: Sequence[Ballot]) -> None:
        self.quorum, self.console = self, FakeConsole()
        self._log, self._ballots, self._length = log, ballots, 0
        self.answers: list[tuple[str, str]] = []

    def incidents(self) -> list[str]:
        return [self._log[0].incident_id]

    def events(self, _incident: str) -> Sequence[IncidentEvent]:
        self._length += 1
        return self._log[: self._length]

    def ballots(self, _incident: str, _round: int) -> Sequence[Ballot]:
        frozen = any(isinstance(e, EvidenceFrozen) for e in self._log[: self._length + 1])
        return self._ballots if frozen else ()  # also when its evidence is not read yet

    def answer(self, _incident: str, answer: str, token: str, *, action: str | None) -> None:
        assert action is None
        self.answers.append((answer, token))


def ballots(log: Sequence[IncidentEvent]) -> list[Ballot]:
    """Return the ballots of the log's decision, the newest first."""
    (decision,) = (event for event in log if isinstance(event, DecisionMade))
    at = decision.occurred_at.timestamp()
    header = {"incident": decision.incident_id, "evidence": decision.evidence}
    return [
        ballot(
            vote(cast.seat, cast.action, cast.conf_bp, **header),
            tier=cast.tier,
            answered_at=at - place / 1000,
        )
        for place, cast in enumerate(decision.votes)
    ]


def table(text: Sequence[str]) -> str:
    """Return the head of the decision's table, which is printed once."""
    (head,) = (line for line in text if line.split()[:2] == ["seat", "vote"])
    return head


def follow(log: Sequence[IncidentEvent]) -> tuple[FakeStage, list[str]]:
    """Follow the incident to its post-mortem; return the stage and the printed lines."""
    console = Console(width=WIDTH, highlight=False, markup=False, emoji=False)
    stage = FakeStage(log, ballots(log))
    began = log[0].occurred_at
    run = Run(cast("LocalStage", stage), load("bad-parameter"), console, began=began)
    with console.capture() as captured:
        while not run._step():
            pass
    return stage, captured.get().splitlines()


def test_each_vote_is_printed_once_before_the_decision_in_the_order_of_the_answers() -> None:
    log = LOGS["shop"]
    _, text = follow(log)
    seats = [ballot.vote.seat for ballot in ballots(log)]
    live = [line.split() for line in text[: text.index(table(text))]]
    votes = [words for words in live if len(words) > 2 and words[1] in seats]

    assert [words[1] for words in votes] == list(reversed(seats))
    assert {words[2] for words in votes} == {"#5"}


def test_an_approval_request_is_answered_once_as_the_scenario_answers() -> None:
    log = LOGS["shop"]
    assert sum(isinstance(event, ApprovalRequested) for event in log) == 1

    stage, _ = follow(log)

    assert stage.answers == [("granted", "token")]
