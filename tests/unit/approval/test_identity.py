"""Whoever merely calls the function is nobody: who says something is proved, each way in."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from quorum.domain.errors import InvalidInputError, QuorumError, RefusedError
from quorum.domain.slack_interactions import SlackApp
from quorum.domain.slack_signature import sign
from tests.fakes.tokens import OURS
from tests.unit.approval.questions import APP, INCIDENT, OTHER, RISKY, TEAM, Desk, token
from tests.unit.slack.presses import SECRET, payload

NOBODY = {"by": "ann", "via": "console"}


def refused(desk: Desk, operation: str, **fields: Any) -> str:
    """Return why it is refused; nothing of it is signed, recorded or answered."""
    facts, signed = len(desk.store.load(INCIDENT)), desk.signer.signed
    with pytest.raises((RefusedError, InvalidInputError)) as caught:
        desk.call(operation, **fields)
    assert (len(desk.store.load(INCIDENT)), desk.signer.signed) == (facts, signed)
    assert desk.tokens.outputs == {}
    assert desk.book.taken_over(INCIDENT) is None
    assert desk.book.undo_order(INCIDENT) is None
    return str(caught.value)


def requests(asked: str, proof: object) -> list[tuple[str, dict[str, Any]]]:
    """Return everything that a person may say, with this proof."""
    step = {"incident_id": INCIDENT, "proof": proof, "reason": "because"}
    answer = {"approval_id": asked, "proof": proof}
    return [
        ("answer", {**answer, "answer": "granted"}),
        ("answer", {**answer, "answer": "granted", "action": OTHER.id}),
        ("answer", {**answer, "answer": "denied"}),
        ("take_over", step),
        ("undo", step),
    ]


@pytest.mark.parametrize(
    ("proof", "why"),
    [
        (token("nobody's"), "not genuine"),
        (token("a stranger's"), "names nobody"),
        (token("vic"), "vic has no role senior_sre"),
        (token(""), "proof.token.token"),
        (None, "proof"),
        ({"kind": "token"}, "proof.token.token"),
        ({"kind": "iam", "token": "ann"}, "proof"),
    ],
)
def test_nothing_is_taken_from_whoever_proves_nothing(desk: Desk, proof: object, why: str) -> None:
    asked = desk.open()
    desk.executed("act")
    for operation, fields in requests(asked, proof):
        assert why in refused(desk, operation, **fields)


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"iss": "https://issuer.test/other"}, "from another issuer"),
        ({"iss": None}, "from another issuer"),
        ({"aud": "another"}, "for another client"),
        ({"aud": [OURS.client]}, "for another client"),
        ({"token_use": "access"}, "not an identity token"),
        ({"token_use": None}, "not an identity token"),
        ({"exp": 1_795_000_000 - 10**9}, "expired"),
        ({"exp": None}, "no validity period"),
        ({"exp": True}, "no validity period"),
        ({"exp": float("nan")}, "no validity period"),
        ({"iat": 10**11}, "not valid yet"),
        ({"nbf": 10**11}, "not valid yet"),
        ({"iat": None}, "no validity period"),
        ({"nbf": "soon"}, "no validity period"),
        ({"sub": "s-eve"}, "names nobody"),
        ({"sub": ""}, "names nobody"),
    ],
)
def test_a_genuine_token_that_is_not_for_here_and_now_counts_for_nothing(
    desk: Desk, claims: dict[str, Any], why: str
) -> None:
    asked = desk.open()
    desk.signed_in.genuine["changed"] = desk.signed_in.claims("s-ann", **claims)
    for operation, fields in requests(asked, token("changed")):
        assert why in refused(desk, operation, **fields)


def test_a_token_holds_until_its_last_second_and_no_longer(desk: Desk) -> None:
    asked = desk.open()
    until = desk.clock.now.timestamp() + 60
    desk.signed_in.genuine["short"] = desk.signed_in.claims("s-ann", exp=until)

    desk.clock.advance(60)
    assert "expired" in refused(
        desk, "answer", approval_id=asked, answer="denied", proof=token("short")
    )
    desk.clock.advance(-1)
    assert desk.answer(asked, "denied", "short") == {"answer": "denied"}


def test_a_verified_address_names_a_person_and_an_unverified_one_does_not(desk: Desk) -> None:
    asked = desk.open()
    for verified in (False, "false", None, 1):
        claims = desk.signed_in.claims("", email="ann@example.com", email_verified=verified)
        desk.signed_in.genuine["mail"] = claims
        assert "names nobody" in refused(
            desk, "answer", approval_id=asked, answer="denied", proof=token("mail")
        )
    claims = desk.signed_in.claims("", email="Ann@example.com", email_verified=True)
    desk.signed_in.genuine["mail"] = claims
    assert desk.answer(asked, "denied", "mail") == {"answer": "denied"}


def test_who_says_it_is_the_proofs_person_whatever_stands_beside_it(desk: Desk) -> None:
    asked = desk.open()
    assert "by" in refused(
        desk, "answer", approval_id=asked, answer="granted", proof=token("ann"), **NOBODY
    )
    desk.answer(asked, by="bob")
    (fact,) = desk.answers()
    assert fact.by is not None
    assert (fact.by.outsider, fact.via) == ("bob", "console")


def test_when_nobody_can_tell_whether_a_token_is_genuine_nothing_is_granted(desk: Desk) -> None:
    asked = desk.open()
    error: QuorumError = RefusedError("the issuer's keys cannot be read")
    desk.signed_in.error = error
    for operation, fields in requests(asked, token("ann")):
        assert "cannot be read" in refused(desk, operation, **fields)
    assert desk.answer(asked, proof=desk.pressed(asked)) == {"answer": "granted"}


def test_a_press_answers_in_its_members_name(desk: Desk) -> None:
    asked = desk.open()
    done = desk.answer(asked, proof=desk.pressed(asked, member="U0BOB"), reason="not in the press")
    assert done == {"answer": "granted"}
    (fact,) = desk.answers()
    assert fact.by is not None
    assert (fact.by.outsider, fact.via, fact.reason) == ("bob", "slack", None)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"secret": "f" * 32}, "not signed by Slack"),
        ({"ago": 301}, "more than five minutes old"),
        ({"ago": -301}, "more than five minutes old"),
        ({"member": "U0EVE"}, "Slack knows you, Quorum does not"),
        ({"member": "U0VIC"}, "vic has no role"),
        ({"team": {"id": "T0OTHER"}}, "another workspace"),
        ({"team": None}, "another workspace"),
        ({"api_app_id": "A0OTHER"}, "another app"),
        ({"user": {"id": "U0ANN", "team_id": "T0OTHER"}}, "belongs to another workspace"),
        ({"button": "deny"}, "says something else"),
        ({"button": "take_over"}, "says something else"),
        ({"incident": "b" * 32}, "or elsewhere"),
        ({"type": "view_submission"}, "not a press"),
    ],
)
def test_a_press_that_is_not_ours_of_now_and_of_this_answers_nothing(
    desk: Desk, changes: dict[str, Any], why: str
) -> None:
    asked = desk.open()
    proof = desk.pressed(asked, **changes)
    assert why in refused(desk, "answer", approval_id=asked, answer="granted", proof=proof)


@pytest.mark.parametrize("age", [300, -300])
def test_a_press_counts_for_five_minutes(desk: Desk, age: int) -> None:
    asked = desk.open()
    assert desk.answer(asked, proof=desk.pressed(asked, ago=age)) == {"answer": "granted"}


def test_a_press_of_another_question_answers_not_this_one(desk: Desk) -> None:
    asked = desk.open()
    desk.decided(RISKY.id, round_=2)
    newer = desk.open(round_=2)
    press = desk.pressed(asked)
    assert "something else" in refused(
        desk, "answer", approval_id=newer, answer="granted", proof=press
    )
    assert "something else" in refused(
        desk, "answer", approval_id=asked, answer="denied", proof=press
    )


def test_a_button_chooses_no_other_action_and_undoes_nothing(desk: Desk) -> None:
    asked, fields = desk.open(), {"answer": "granted", "action": OTHER.id}
    desk.executed("act")
    press = desk.pressed(asked)
    assert "something else" in refused(desk, "answer", approval_id=asked, proof=press, **fields)
    for button in ("approve", "deny", "take_over"):
        proof = desk.pressed(asked, button)
        wanted = {"incident_id": INCIDENT, "reason": "why", "proof": proof}
        assert "something else" in refused(desk, "undo", **wanted)


def test_a_press_takes_over_the_incident_that_it_is_about_and_no_other(desk: Desk) -> None:
    asked = desk.open()
    elsewhere = desk.pressed(asked, "take_over", incident="b" * 32)
    for proof in (elsewhere, desk.pressed(asked, "approve")):
        said = {"incident_id": INCIDENT, "reason": "why", "proof": proof}
        assert "something else" in refused(desk, "take_over", **said)
    proof = desk.pressed(asked, "take_over")
    said = {"incident_id": INCIDENT, "reason": "words of whoever brought it", "proof": proof}
    assert desk.call("take_over", **said) == {"taken_over": "ann"}
    taken = desk.book.taken_over(INCIDENT)
    assert taken is not None
    assert (taken.by, taken.via, taken.reason) == (
        "ann",
        "slack",
        "taken over by a button in Slack",
    )


def test_without_a_word_on_which_workspace_is_ours_only_its_guests_are_refused(desk: Desk) -> None:
    desk.slack, asked = SlackApp(SECRET), desk.open()
    guest = desk.pressed(asked, user={"id": "U0ANN", "team_id": "T0OTHER"})
    assert "belongs to another workspace" in refused(
        desk, "answer", approval_id=asked, answer="granted", proof=guest
    )
    moved = desk.pressed(
        asked, team={"id": "T0NEW"}, user={"id": "U0ANN", "team_id": "T0NEW"}, api_app_id="A0NEW"
    )
    assert desk.answer(asked, proof=moved) == {"answer": "granted"}


def test_an_organisation_stands_for_its_workspaces(desk: Desk) -> None:
    desk.slack, asked = SlackApp(SECRET, "E0GRID", APP), desk.open()
    assert "another workspace" in refused(
        desk, "answer", approval_id=asked, answer="granted", proof=desk.pressed(asked)
    )
    inside = desk.pressed(asked, enterprise={"id": "E0GRID"})
    assert desk.answer(asked, proof=inside) == {"answer": "granted"}


def test_where_slack_is_no_channel_no_press_counts(desk: Desk) -> None:
    desk.slack, asked = None, desk.open()
    assert "no channel" in refused(
        desk, "answer", approval_id=asked, answer="granted", proof=desk.pressed(asked)
    )


def test_a_changed_body_is_not_the_one_that_was_signed(desk: Desk) -> None:
    asked = desk.open()
    proof = desk.pressed(asked, member="U0VIC")
    other = urlencode({"payload": json.dumps(payload("approve", "U0ANN", asked))})
    forged = {**proof["sent"], "body": other}
    late = {**proof["sent"], "timestamp": "9" * 10}
    signed_so = {**forged, "signature": sign("f" * 32, proof["sent"]["timestamp"], other.encode())}
    for sent in (forged, late, signed_so):
        wanted = {"approval_id": asked, "answer": "granted"}
        proof = {"kind": "press", "sent": sent}
        assert "not signed by Slack" in refused(desk, "answer", proof=proof, **wanted)


def test_no_error_shows_a_token_or_a_body(desk: Desk) -> None:
    secret = "s3cret"  # noqa: S105
    for proof in (
        {"kind": "token", "token": secret, "more": 1},
        {"kind": "press", "sent": {"body": secret + " ", "timestamp": "", "signature": ""}},
    ):
        with pytest.raises(InvalidInputError) as caught:
            desk.answer(desk.open(), proof=proof)
        assert secret not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
    assert TEAM not in str(caught.value)
