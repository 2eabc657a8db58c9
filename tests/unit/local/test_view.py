"""The terminal's view of stored incidents, at 80 columns."""

from base64 import b64decode
from collections.abc import Sequence

import pytest
from rich.cells import cell_len

from local.view import View, incident_line, seat_table, show, status
from quorum.adapters.signing import p256
from quorum.domain.base import OutsiderText
from quorum.domain.events import INCIDENT_EVENT, DecisionMade, IncidentEvent
from quorum.domain.seats import SEATS
from quorum.domain.suspensions import Suspension
from tests.builders import incident_logs
from tests.builders.candidates import PARAMETERS, ROLLBACK, candidate
from tests.builders.incident_logs import Log, vote, votes
from tests.builders.votes import ballot
from tests.builders.votes import vote as signed_vote
from tests.former import ANNEX, SHOP, items, sample
from tests.unit.local.terminal import WIDTH, lines, words

Events = Sequence[IncidentEvent]
LONGEST_NAME = "checkout-" + "x" * 55
"""As long as the name of a Lambda function may be."""
LONG_ROLLBACK = candidate(
    resource=f"lambda:{LONGEST_NAME}",
    parameters={**PARAMETERS, "function": LONGEST_NAME},
)


def stored(state: str, incident: str) -> Events:
    """Return the log of an incident in the tables of a former installation."""
    texts = [i["event"]["S"] for i in items(state, "events") if i["incident_id"]["S"] == incident]
    return sorted(map(INCIDENT_EVENT.validate_json, texts), key=lambda event: event.version)


def objection(signer: str, message: bytes, signature: bytes) -> str | None:
    """Verify by the keys of that installation."""
    key = b64decode(sample("keys")[f"seat-{signer}"])
    return p256.objection(p256.public_key(key), message, signature)


def long_names() -> Log:
    """Return an incident whose alarm, function and reasons are as long as they may be."""
    log = Log().open(name=f"{LONGEST_NAME}-errors", reason="Threshold crossed " * 20)
    log.freeze(candidates=(LONG_ROLLBACK, ROLLBACK))
    return log.decide(
        action=LONG_ROLLBACK.id,
        ranking=((LONG_ROLLBACK.id, 8100),),
        votes=votes(LONG_ROLLBACK.id, 8113),
    )


def not_ascii() -> Log:
    """Return an incident with wide, combining and control characters in outsiders' text."""
    text = "注文サービスの エラー率が 超えました 😀 Zu\u0308rich naïve \x1b[31m [red]:bomb:[/] " * 5
    log = Log().open(name="店-エラー", reason=text).freeze()
    reason = OutsiderText.of(text)
    return log.decide(votes=(vote("diagnosis-change", ROLLBACK.id, 10_000, reason=reason),))


LOGS: dict[str, Events] = {
    "shop": stored("ended", SHOP),
    "annex": stored("ended", ANNEX),
    "waiting": stored("waiting", SHOP),
    "resolved": incident_logs.resolved().events,
    "undone": incident_logs.undone().events,
    "escalated": incident_logs.escalated().events,
    "dismissed": incident_logs.dismissed().events,
    "long names": long_names().events,
    "not ASCII": not_ascii().events,
}
every_log = pytest.mark.parametrize("name", LOGS)


def shown(events: Events, width: int = WIDTH, *, verbose: bool = False) -> list[str]:
    return lines(lambda console: show(console, events, objection, verbose=verbose), width)


@every_log
@pytest.mark.parametrize("verbose", [False, True])
def test_show_fits_80_columns(name: str, verbose: bool) -> None:  # noqa: FBT001
    assert max(map(cell_len, shown(LOGS[name], verbose=verbose))) <= WIDTH


@every_log
@pytest.mark.parametrize("verbose", [False, True])
def test_show_breaks_no_word(name: str, verbose: bool) -> None:  # noqa: FBT001
    events = LOGS[name]

    assert words(shown(events, verbose=verbose)) == words(shown(events, 10_000, verbose=verbose))


@every_log
def test_show_has_one_line_per_seat(name: str) -> None:
    table = [line.split() for line in shown(LOGS[name])]
    (decision,) = (event for event in LOGS[name] if isinstance(event, DecisionMade))
    cast = {vote.seat for vote in decision.votes if vote.action}

    for seat in [*(v.seat for v in decision.votes), *(s.seat for s in decision.silent)]:
        (line,) = (line for line in table if line and line[0] == seat)
        assert any(set(word) <= {"█", "░"} for word in line) == (seat in cast)


def test_votes_refer_to_the_numbered_actions() -> None:
    text = shown(LOGS["resolved"])

    assert any(
        line.split()[:1] == ["#1"] and "checkout:live from version 4 to 3" in line for line in text
    )
    assert sum(line.split()[:2] == ["diagnosis-topology", "#1"] for line in text) == 1


def test_reasons_are_shown_with_verbose_alone() -> None:
    events = LOGS["shop"]
    (decision,) = (event for event in events if isinstance(event, DecisionMade))
    reasons = {" ".join(vote.reason.outsider.split()) for vote in decision.votes}
    brief, verbose = (" ".join(words(shown(events, verbose=v))) for v in (False, True))

    assert all(reason in verbose for reason in reasons)
    assert not any(reason in brief for reason in reasons)


def test_a_name_longer_than_a_line_is_cut_and_whole_with_verbose() -> None:
    name = "shop-" + "y" * 200
    events = Log().open(name=name).events

    assert max(map(cell_len, shown(events))) <= WIDTH
    assert name not in "".join(words(shown(events)))
    assert name in "".join(words(shown(events, verbose=True)))


def test_text_from_outside_is_shown_as_text() -> None:
    text = "\n".join(shown(LOGS["not ASCII"], verbose=True))

    assert "\x1b" not in text
    assert "[red]:bomb:[/]" in text


def test_signatures_are_verified_with_the_seats_keys() -> None:
    text = shown(LOGS["shop"])

    assert sum(line.endswith("verified") for line in map(str.rstrip, text)) == 9
    assert "9 of 9 signatures verified" in " ".join(words(text))


def test_a_signature_that_does_not_verify_is_refused_with_its_reason() -> None:
    def forged(seat: str, message: bytes, signature: bytes) -> str | None:
        return "forged" if seat == "diagnosis-model" else objection(seat, message, signature)

    text = lines(lambda console: show(console, LOGS["shop"], forged))

    assert [line.split()[0] for line in text if "REFUSED" in line.split()] == [
        "diagnosis-model",
    ]
    assert any("Signature of diagnosis-model REFUSED: forged" in line for line in text)
    assert "8 of 9 signatures verified" in " ".join(words(text))


def test_a_logged_vote_that_its_seat_did_not_sign_is_a_mismatch() -> None:
    *before, decision = LOGS["shop"][:5]
    assert isinstance(decision, DecisionMade)
    first, *rest = decision.votes
    altered = first.model_copy(update={"conf_bp": first.conf_bp - 1})
    text = shown([*before, decision.model_copy(update={"votes": (altered, *rest)})])

    assert [line.split()[0] for line in text if "MISMATCH" in line] == [first.seat]


@pytest.mark.parametrize("verbose", [False, True])
def test_a_ballot_is_one_line_and_its_method_is_verbose(verbose: bool) -> None:  # noqa: FBT001
    events = LOGS["long names"]
    cast = signed_vote(
        "detection-statistical", LONG_ROLLBACK.id, 8113, incident=events[0].incident_id
    )
    view = View(events, events[0].occurred_at, verbose)

    (line,) = lines(lambda console: console.print(view.ballot(ballot(cast))))
    assert line.split()[1:4] == ["detection-statistical", "#1", "0.8113"]
    assert ("robust-z" in line) is verbose


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (LOGS["shop"], "resolved"),
        (LOGS["waiting"], "needs approval"),
        (LOGS["shop"][:10], "open"),
        (LOGS["shop"][:3], "open"),
    ],
)
def test_the_status_is_the_outcome_or_what_is_needed(events: Events, expected: str) -> None:
    assert status(events) == expected
    (line,) = lines(lambda console: console.print(incident_line(events)))
    assert {events[0].incident_id[:8], *expected.split()} <= set(line.split())


def test_a_long_alarm_name_is_shown_whole_in_the_list_of_incidents() -> None:
    text = lines(lambda console: console.print(incident_line(LOGS["long names"])))

    assert max(map(cell_len, text)) <= WIDTH
    assert f"{LONGEST_NAME}-errors" in words(text)


def test_the_seats_fit_80_columns_with_the_reason_of_a_suspension() -> None:
    held = Suspension(seat="diagnosis-model", since=1_800_000_000, reason="two votes " * 20)
    text = lines(lambda console: console.print(seat_table({held.seat: held})))

    assert max(map(cell_len, text)) <= WIDTH
    assert [line.split()[-1] for line in text[1 : len(SEATS) + 1]].count("suspended") == 1
    assert "two votes " * 19 in " ".join(words(text))
