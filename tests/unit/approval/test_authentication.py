"""Authentication of people, by each channel: calling the function proves nothing."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from quorum.domain.errors import InvalidInputError, QuorumError, RefusedError
from quorum.domain.slack_interactions import SlackApp
from quorum.domain.slack_signature import sign
from tests.builders.approvals import APP, OTHER, RISKY, TEAM, ApprovalCase, token
from tests.builders.events import INCIDENT
from tests.builders.slack import SECRET, payload
from tests.fakes.tokens import OURS

UNPROVEN = {"by": "ann", "via": "console"}


def refused(case: ApprovalCase, operation: str, **fields: Any) -> str:
    """Return why it is refused; nothing of it is signed, recorded or answered."""
    events, signed = len(case.store.load(INCIDENT)), case.signer.signed
    with pytest.raises((RefusedError, InvalidInputError)) as caught:
        case.call(operation, **fields)
    assert (len(case.store.load(INCIDENT)), case.signer.signed) == (events, signed)
    assert case.tokens.outputs == {}
    assert case.approvals.taken_over(INCIDENT) is None
    assert case.approvals.undo_order(INCIDENT) is None
    return str(caught.value)


def requests(asked: str, proof: object) -> list[tuple[str, dict[str, Any]]]:
    """Return every command of a person, with this proof."""
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
        (token("unknown"), "not genuine"),
        (token("a stranger's"), "its user is not in"),
        (token("vic"), "vic does not have the role senior_sre"),
        (token(""), "proof.token.token"),
        (None, "proof"),
        ({"kind": "token"}, "proof.token.token"),
        ({"kind": "iam", "token": "ann"}, "proof"),
    ],
)
def test_request_without_proof_of_identity_is_refused(
    case: ApprovalCase, proof: object, why: str
) -> None:
    asked = case.open()
    case.executed("act")
    for operation, fields in requests(asked, proof):
        assert why in refused(case, operation, **fields)


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
        ({"sub": "s-eve"}, "its user is not in"),
        ({"sub": ""}, "its user is not in"),
    ],
)
def test_genuine_token_for_another_audience_or_time_is_refused(
    case: ApprovalCase, claims: dict[str, Any], why: str
) -> None:
    asked = case.open()
    case.signed_in.genuine["changed"] = case.signed_in.claims("s-ann", **claims)
    for operation, fields in requests(asked, token("changed")):
        assert why in refused(case, operation, **fields)


def test_token_is_valid_up_to_its_last_second(case: ApprovalCase) -> None:
    asked = case.open()
    until = case.clock.now.timestamp() + 60
    case.signed_in.genuine["short"] = case.signed_in.claims("s-ann", exp=until)

    case.clock.advance(60)
    assert "expired" in refused(
        case, "answer", approval_id=asked, answer="denied", proof=token("short")
    )
    case.clock.advance(-1)
    assert case.answer(asked, "denied", "short") == {"answer": "denied"}


def test_token_names_a_person_by_verified_address_only(
    case: ApprovalCase,
) -> None:
    asked = case.open()
    for verified in (False, "false", None, 1):
        claims = case.signed_in.claims("", email="ann@example.com", email_verified=verified)
        case.signed_in.genuine["mail"] = claims
        assert "its user is not in" in refused(
            case, "answer", approval_id=asked, answer="denied", proof=token("mail")
        )
    claims = case.signed_in.claims("", email="Ann@example.com", email_verified=True)
    case.signed_in.genuine["mail"] = claims
    assert case.answer(asked, "denied", "mail") == {"answer": "denied"}


def test_caller_is_the_proofs_person_whatever_the_request_names(case: ApprovalCase) -> None:
    asked = case.open()
    assert "by" in refused(
        case, "answer", approval_id=asked, answer="granted", proof=token("ann"), **UNPROVEN
    )
    case.answer(asked, by="bob")
    (event,) = case.answers()
    assert event.by is not None
    assert (event.by.outsider, event.via) == ("bob", "console")


def test_token_that_cannot_be_verified_grants_nothing(
    case: ApprovalCase,
) -> None:
    asked = case.open()
    error: QuorumError = RefusedError("the issuer's keys cannot be read")
    case.signed_in.error = error
    for operation, fields in requests(asked, token("ann")):
        assert "cannot be read" in refused(case, operation, **fields)
    assert case.answer(asked, proof=case.pressed(asked)) == {"answer": "granted"}


def test_press_answers_in_its_members_name(case: ApprovalCase) -> None:
    asked = case.open()
    done = case.answer(asked, proof=case.pressed(asked, member="U0BOB"), reason="not in the press")
    assert done == {"answer": "granted"}
    (event,) = case.answers()
    assert event.by is not None
    assert (event.by.outsider, event.via, event.reason) == ("bob", "slack", None)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"secret": "f" * 32}, "not signed by Slack"),
        ({"ago": 301}, "more than five minutes old"),
        ({"ago": -301}, "more than five minutes old"),
        ({"member": "U0EVE"}, "your Slack user is not in Quorum's `people` list"),
        ({"member": "U0VIC"}, "vic does not have the role"),
        ({"team": {"id": "T0OTHER"}}, "another workspace"),
        ({"team": None}, "another workspace"),
        ({"api_app_id": "A0OTHER"}, "another app"),
        ({"user": {"id": "U0ANN", "team_id": "T0OTHER"}}, "belongs to another workspace"),
        ({"button": "deny"}, "does not match the request"),
        ({"button": "take_over"}, "does not match the request"),
        ({"incident": "b" * 32}, "does not exist for this incident"),
        ({"type": "view_submission"}, "not a press"),
    ],
)
def test_press_of_another_app_time_or_request_is_refused(
    case: ApprovalCase, changes: dict[str, Any], why: str
) -> None:
    asked = case.open()
    proof = case.pressed(asked, **changes)
    assert why in refused(case, "answer", approval_id=asked, answer="granted", proof=proof)


@pytest.mark.parametrize("age", [300, -300])
def test_press_is_valid_for_five_minutes(case: ApprovalCase, age: int) -> None:
    asked = case.open()
    assert case.answer(asked, proof=case.pressed(asked, ago=age)) == {"answer": "granted"}


def test_press_for_another_approval_request_is_refused(case: ApprovalCase) -> None:
    asked = case.open()
    case.decided(RISKY.id, round_=2)
    newer = case.open(round_=2)
    press = case.pressed(asked)
    assert "does not match the request" in refused(
        case, "answer", approval_id=newer, answer="granted", proof=press
    )
    assert "does not match the request" in refused(
        case, "answer", approval_id=asked, answer="denied", proof=press
    )


def test_press_cannot_choose_another_action_or_undo(case: ApprovalCase) -> None:
    asked, fields = case.open(), {"answer": "granted", "action": OTHER.id}
    case.executed("act")
    press = case.pressed(asked)
    assert "does not match the request" in refused(
        case, "answer", approval_id=asked, proof=press, **fields
    )
    for button in ("approve", "deny", "take_over"):
        proof = case.pressed(asked, button)
        wanted = {"incident_id": INCIDENT, "reason": "why", "proof": proof}
        assert "does not match the request" in refused(case, "undo", **wanted)


def test_press_takes_over_its_own_incident_only(case: ApprovalCase) -> None:
    asked = case.open()
    elsewhere = case.pressed(asked, "take_over", incident="b" * 32)
    for proof in (elsewhere, case.pressed(asked, "approve")):
        said = {"incident_id": INCIDENT, "reason": "why", "proof": proof}
        assert "does not match the request" in refused(case, "take_over", **said)
    proof = case.pressed(asked, "take_over")
    said = {"incident_id": INCIDENT, "reason": "words of the caller", "proof": proof}
    assert case.call("take_over", **said) == {"taken_over": "ann"}
    taken = case.approvals.taken_over(INCIDENT)
    assert taken is not None
    assert (taken.by, taken.via, taken.reason) == (
        "ann",
        "slack",
        "taken over by a button in Slack",
    )


def test_press_of_a_guest_is_refused_without_a_configured_workspace(
    case: ApprovalCase,
) -> None:
    case.slack, asked = SlackApp(SECRET), case.open()
    guest = case.pressed(asked, user={"id": "U0ANN", "team_id": "T0OTHER"})
    assert "belongs to another workspace" in refused(
        case, "answer", approval_id=asked, answer="granted", proof=guest
    )
    moved = case.pressed(
        asked, team={"id": "T0NEW"}, user={"id": "U0ANN", "team_id": "T0NEW"}, api_app_id="A0NEW"
    )
    assert case.answer(asked, proof=moved) == {"answer": "granted"}


def test_press_from_a_workspace_of_the_configured_organisation_is_accepted(
    case: ApprovalCase,
) -> None:
    case.slack, asked = SlackApp(SECRET, "E0GRID", APP), case.open()
    assert "another workspace" in refused(
        case, "answer", approval_id=asked, answer="granted", proof=case.pressed(asked)
    )
    inside = case.pressed(asked, enterprise={"id": "E0GRID"})
    assert case.answer(asked, proof=inside) == {"answer": "granted"}


def test_press_without_a_slack_channel_is_refused(case: ApprovalCase) -> None:
    case.slack, asked = None, case.open()
    assert "not configured" in refused(
        case, "answer", approval_id=asked, answer="granted", proof=case.pressed(asked)
    )


def test_press_with_a_changed_body_is_refused(case: ApprovalCase) -> None:
    asked = case.open()
    proof = case.pressed(asked, member="U0VIC")
    other = urlencode({"payload": json.dumps(payload("approve", "U0ANN", asked))})
    forged = {**proof["sent"], "body": other}
    late = {**proof["sent"], "timestamp": "9" * 10}
    signed_so = {**forged, "signature": sign("f" * 32, proof["sent"]["timestamp"], other.encode())}
    for sent in (forged, late, signed_so):
        wanted = {"approval_id": asked, "answer": "granted"}
        proof = {"kind": "press", "sent": sent}
        assert "not signed by Slack" in refused(case, "answer", proof=proof, **wanted)


def test_errors_contain_no_token_and_no_body(case: ApprovalCase) -> None:
    secret = "s3cret"  # noqa: S105
    for proof in (
        {"kind": "token", "token": secret, "more": 1},
        {"kind": "press", "sent": {"body": secret + " ", "timestamp": "", "signature": ""}},
    ):
        with pytest.raises(InvalidInputError) as caught:
            case.answer(case.open(), proof=proof)
        assert secret not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
    assert TEAM not in str(caught.value)
