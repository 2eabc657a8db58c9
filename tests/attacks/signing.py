"""Signatures that a role can make, and effects that it can have by itself."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from quorum.adapters.dynamodb.approval_store import DynamoDBApprovalStore
from quorum.adapters.dynamodb.ballot_box import DynamoDBBallotBox
from quorum.domain.approvals import Approval, approval_id
from quorum.domain.canonical import canonical_json, digest
from quorum.domain.catalogue import VERBS, Verb
from quorum.domain.constants import VOTE_LIFETIME_SECONDS
from quorum.domain.evidence import Bundle
from quorum.domain.grants import grant
from quorum.domain.seats import SEATS, Seat
from quorum.domain.signed import Statement
from quorum.domain.votes import Ballot, Opinion, Vote
from tests.attacks.calling import let_go
from tests.attacks.cloud.deployed import ACCOUNT, PARTITION, REGION
from tests.attacks.primitive import Primitive
from tests.attacks.view import Call, View
from tests.fakes.signing import sealed

NAMES: Final = {
    "function": "stock",
    "name": "/shop/settings",
    "table": "items",
    "cluster": "shop",
    "service": "shop",
    "queue": "parcels",
    "dead_letter_queue": "dead",
}
"""The mode of each verb in the attacked configuration, where it has one."""


def _signed(view: View, signer: str, statement: Statement) -> tuple[Call, str]:
    """Return the call that signs, and what comes of it."""
    key = view.world.key(signer)
    request = {
        "KeyId": key,
        "Message": statement.message(),
        "MessageType": "RAW",
        "SigningAlgorithm": "ECDSA_SHA_256",
    }
    return Call("kms", "sign", request), sealed(statement, key)


def _vote(seat: Seat) -> Callable[[View], list[Call]]:
    """Return the calls that put a seat's signed vote for the unwanted candidate in its table."""

    def calls(view: View) -> list[Call]:
        frozen, now = view.newest("EvidenceFrozen"), int(view.state.now.timestamp())
        if frozen is None:
            return []
        vote = Vote(
            incident=view.incident,
            round=1,
            evidence=frozen.evidence,
            seat=seat.name,
            action=view.other.id,
            conf_bp=10_000,
            exp=now + VOTE_LIFETIME_SECONDS,
        )
        signing, text = _signed(view, f"seat-{seat.name}", vote)
        opinion = Opinion(probabilities={}, reason="because I say so")
        ballot = Ballot(
            vote=vote,
            tier=seat.tiers[-1].method,
            opinion=opinion,
            started_at=now,
            answered_at=now,
        )
        box = DynamoDBBallotBox(lambda name: view.table(f"votes-{name}"))
        box.claim(ballot)
        box.cast(vote, text)
        return [signing, *view.pen.calls]

    return calls


def _grants(view: View) -> list[Call]:
    """Return the calls by which approval grants in the name of two people, and goes on."""
    decision = view.newest("DecisionMade")
    if decision is None or decision.action is None:
        return []
    expires = int(view.state.now.timestamp()) + 600
    signing, texts = [], []
    for person in ("eve", "mallory"):
        call, text = _signed(view, "approval", grant(decision, view.wanted, person, expires))
        signing.append(call)
        texts.append(text)
    asked = Approval(
        approval_id=approval_id(decision),
        incident_id=view.incident,
        action=view.wanted.id,
        task_token="t",  # noqa: S106 - no secret
        expires_at=expires,
        state="granted",
        chosen=view.wanted.id,
        people=("eve", "mallory"),
        grants=tuple(texts),
    )
    DynamoDBApprovalStore(view.table("approvals")).ask(asked)
    return [*signing, *view.pen.calls, *let_go(view)]


def _renamed(view: View) -> list[Call]:
    """Return the calls that make the old evidence this incident's: its bundle, and the event."""
    old: Bundle = view.world.old_bundle
    named = {"incident_id": view.incident, "round": 1, "alarms": view.truth.alarms}
    bundle = old.model_copy(update=named)
    frozen = view.newest("EvidenceFrozen", view.old)
    name, said = digest(bundle), frozen.model_dump(mode="json")
    fields: dict[str, Any] = {
        "round": 1,
        "evidence": name,
        "key": f"bundles/{name}.json",
        "sources": said["sources"],
        "candidates": [c.model_dump(mode="json") for c in bundle.candidates],
    }
    request = {
        "Bucket": view.world.bucket(),
        "Key": f"bundles/{name}.json",
        "Body": canonical_json(bundle),
    }
    return [Call("s3", "put_object", request), *view.appended("EvidenceFrozen", fields)]


def _directly(verb: Verb) -> Callable[[View], list[Call]]:
    """Return the verb's own calls, on what is allowed."""
    place = {"partition": PARTITION, "region": REGION, "account": ACCOUNT}
    arn = verb.arn.format(**place, **NAMES)
    return lambda _: [Call("direct", action, {"Resource": arn}) for action in verb.permissions]


def _assumed(verb: Verb) -> Callable[[View], list[Call]]:
    def calls(view: View) -> list[Call]:
        role = view.named(f"verb-{verb.name.replace('.', '-').replace('_', '-')}")
        arn = f"arn:{PARTITION}:iam::{ACCOUNT}:role/{role}"
        return [Call("direct", "sts:AssumeRole", {"Resource": arn})]

    return calls


def signed_and_direct() -> Iterator[Primitive]:
    """Yield what takes a key, the bucket, or a verb's role."""
    for seat in SEATS:
        yield Primitive(f"sign a vote of {seat.name} for another action", _vote(seat))
    yield Primitive("sign grants of two invented people", _grants)
    yield Primitive("evidence: the old incident's, as this one's", _renamed)
    for verb in VERBS:
        yield Primitive(f"directly: {verb.name}", _directly(verb))
        yield Primitive(f"assume the role of {verb.name}", _assumed(verb))


def late() -> Iterator[Primitive]:
    """Yield the primitive of every role: a delay."""
    an_hour = Call("clock", "pass", {"seconds": 3600.0})
    yield Primitive("an hour passes", lambda _: [an_hour])
