"""Signed votes: whatever is not exactly one of this round, by its seat, in time, is not admitted.

100,000 mutated texts, 100,000 replayed and expired votes, and 5,000 forged and edited ones, whose
signatures are all verified, drawn from one seed: each is the same in every run.
"""

import json
from base64 import b64decode, b64encode
from random import Random
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quorum.adapters.signing import p256
from quorum.domain.ballot_validation import (
    Admitted,
    RoundContext,
    admit,
    contradiction,
    contradictions,
    mismatch,
)
from quorum.domain.canonical import canonical_json
from quorum.domain.events import EvidenceFrozen
from quorum.domain.seats import SEATS
from quorum.domain.signed import MAX_BYTES, Rejected, signed_text
from quorum.domain.votes import HEALTHY, Vote
from tests.builders.candidates import candidate
from tests.fakes.signing import InMemoryVerifier, sealed

ROLLBACK: Final = "lambda.rollback_alias:000000000001"
QUESTION: Final = RoundContext(
    incident="a" * 32,
    round=2,
    evidence="e" * 64,
    candidates=frozenset({ROLLBACK, "ssm.restore_parameter:000000000002"}),
    seats=SEATS,
    at=1_000_000.0,
)
VOTE: Final = Vote(
    incident="a" * 32,
    round=2,
    evidence="e" * 64,
    seat="diagnosis-change",
    action=ROLLBACK,
    conf_bp=8_100,
    exp=1_000_900,
)
TEXT: Final = sealed(VOTE, VOTE.seat)
KEYS: Final = InMemoryVerifier()
MANY: Final = 100_000
VERIFIED: Final = 5_000


def believing(_signer: str, _message: bytes, _signature: bytes) -> str | None:
    """Take every signature for genuine: what is refused then is refused for its form."""
    return None


def why(raw: object) -> str:
    found = admit(raw, QUESTION, KEYS.objection)
    return "" if isinstance(found, Admitted) else found.reason


def test_signed_vote_is_admitted() -> None:
    assert admit(TEXT, QUESTION, KEYS.objection) == Admitted(VOTE, TEXT)
    assert len(TEXT) < MAX_BYTES / 8


def test_signed_bytes_begin_with_the_domain_separator() -> None:
    assert VOTE.message() == b"quorum/vote/v1\n" + canonical_json(VOTE)


def test_round_context_is_taken_from_the_evidence_event() -> None:
    event = EvidenceFrozen.model_construct(  # type: ignore[call-arg] # the rest is not read
        incident_id="a" * 32, round=2, evidence="e" * 64, candidates=(candidate(),)
    )

    assert RoundContext.from_event(event, SEATS, 7.0) == RoundContext(
        "a" * 32, 2, "e" * 64, frozenset({candidate().id}), SEATS, 7.0
    )


def edited(**changes: Any) -> str:
    """The signed vote with fields that no vote model would let through."""
    content = json.loads(TEXT)
    return canonical(content["says"] | changes, content["sig"])


def canonical(says: Any, sig: Any) -> str:
    return json.dumps({"says": says, "sig": sig}, sort_keys=True, separators=(",", ":"))


@pytest.mark.parametrize(
    "changes",
    [
        *({"conf_bp": c} for c in (True, False, 0.9, "0.9", "8100", 8100.0, -1, 10_001, None)),
        *({"conf_bp": c} for c in (float("nan"), float("inf"), 10**30)),
        *({"v": v} for v in (True, 1.0, "1", 0, 2, None)),
        *({"round": r} for r in (True, 2.0, "2", 0, -2, None)),
        *({"exp": e} for e in (True, 1_000_900.0, "1000900", -1, None)),
        *({"seat": s} for s in ("", "unknown", "Diagnosis-change", "diagnosis-change\n", None, 1)),
        *({"incident": i} for i in ("A" * 32, "a" * 31, "a" * 32 + "\n", None)),
        *({"evidence": e} for e in ("e" * 63, "g" * 64, None)),
        *({"action": a} for a in ("", "rm -rf /", "everything.delete:000000000001", 1)),
        {"more": 1},
    ],
    ids=str,
)
def test_vote_field_of_another_type_or_value_is_refused(changes: dict[str, Any]) -> None:
    assert isinstance(admit(edited(**changes), QUESTION, believing), Rejected)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        {},
        TEXT.encode(),
        json.loads(TEXT),
        "",
        "null",
        "[" * MAX_BYTES,
        "9" * MAX_BYTES,
        '{"a":' * 800,
        "\ud800",
        "\x00",
        TEXT + " ",
        " " + TEXT,
        TEXT + "\n",
        TEXT[:-1] + ',"sig":"AA=="}',
        '{"sig":"AA==",' + TEXT[1:],
        TEXT.replace("diagnosis", "\\u0064iagnosis"),
        TEXT.replace('"round":2', '"round":2e0'),
        TEXT.replace('"round":2', '"round":2,"round":2'),
        json.dumps(json.loads(TEXT)),
        "x" * (MAX_BYTES + 1),
        canonical(json.loads(TEXT)["says"], json.loads(TEXT)["sig"].rstrip("=")),
        canonical(json.loads(TEXT)["says"], 7),
        canonical(json.loads(TEXT)["says"], ""),
    ],
    ids=lambda raw: repr(raw)[:30],
)
def test_vote_has_one_canonical_text_and_others_are_refused(raw: object) -> None:
    assert isinstance(admit(raw, QUESTION, believing), Rejected)


def mutated(draw: Random) -> str:
    """The text with some characters changed, cut, repeated or moved."""
    text = TEXT
    for _ in range(draw.randint(1, 3)):
        at, to = sorted((draw.randrange(len(text) + 1), draw.randrange(len(text) + 1)))
        odd = draw.choice('0123456789eE+-.{}[]",:\\ntfu aA=/\x00\xe9\ud800')
        text = draw.choice(
            (
                text[:at] + odd + text[at + 1 :],
                text[:at] + odd + text[at:],
                text[:at] + text[min(to, at + 9) :],
                text[:to] + text[at:],
            )
        )
    return text


def test_mutated_vote_text_never_raises_and_is_never_misread() -> None:
    draw = Random(7)  # noqa: S311 - to repeat, not to hide
    for _ in range(MANY):
        text = mutated(draw)
        found = admit(text, QUESTION, believing)
        if isinstance(found, Admitted):
            says = json.loads(text)["says"]
            assert canonical_json(found.vote) == canonical_json(says)
            assert all(type(says[name]) is int for name in ("v", "round", "conf_bp", "exp"))


FORGERS: Final = ("consensus", "approval", "detection-signature", "executor")


def elsewhere(draw: Random) -> RoundContext:
    """A question that the vote is no answer to: of another place, other evidence, another time."""
    late = draw.choice((900 + draw.random() * 1e6, -6 - draw.random() * 1e5))
    changes: tuple[dict[str, Any], ...] = (
        {"round": draw.randint(3, 99)},
        {"incident": f"{draw.getrandbits(128):032x}"},
        {"evidence": f"{draw.getrandbits(256):064x}"},
        {"at": QUESTION.at + late},
    )
    return _moved(**draw.choice(changes))


def forged(draw: Random) -> tuple[str, RoundContext]:
    """A vote that must not count: another's signature, an edit, a replay."""
    kind = draw.randrange(4)
    if kind == 0:
        return _signed[draw.choice(FORGERS)], QUESTION
    if kind == 1:
        return TEXT, elsewhere(draw)
    if kind == 2:
        return edited(**_edit(draw)), QUESTION
    signature = bytearray(b64decode(json.loads(TEXT)["sig"]))
    signature[draw.randrange(len(signature))] ^= 1 << draw.randrange(8)
    return signed_text(VOTE, bytes(signature)), QUESTION


def _edit(draw: Random) -> dict[str, Any]:
    return draw.choice(
        (
            {"conf_bp": (VOTE.conf_bp + draw.randint(1, 1_900)) % 10_001},
            {"exp": VOTE.exp - draw.randint(1, 800)},
            {"seat": draw.choice([s.name for s in SEATS if s.name != VOTE.seat])},
            {"action": draw.choice([None, "ssm.restore_parameter:000000000002"])},
        )
    )


def _moved(**changes: Any) -> RoundContext:
    fields = {name: getattr(QUESTION, name) for name in RoundContext.__slots__}
    return RoundContext(**{**fields, **changes})


_signed: Final = {name: sealed(VOTE, name) for name in FORGERS}


def test_vote_of_another_incident_round_or_evidence_is_refused() -> None:
    draw = Random(11)  # noqa: S311
    for _ in range(MANY):
        question = elsewhere(draw)
        assert mismatch(VOTE, question), question


def test_forged_replayed_edited_or_expired_vote_is_refused() -> None:
    draw = Random(11)  # noqa: S311
    for _ in range(VERIFIED):
        text, question = forged(draw)
        assert isinstance(admit(text, question, KEYS.objection), Rejected), (text, question)


def test_another_encoding_of_the_same_signature_is_refused() -> None:
    der = b64decode(json.loads(TEXT)["sig"])
    r, s = decode_dss_signature(der)
    high = encode_dss_signature(r, p256.ORDER - s)
    assert why(signed_text(VOTE, high)) == "its signature is out of range"
    assert p256.low_s(high) == der
    padded = bytes([der[0], der[1] + 1, 2, der[3] + 1, 0]) + der[4:]
    assert why(signed_text(VOTE, padded)) in {
        "its signature is not DER",
        "its signature is not in canonical encoding",
    }
    for wrong in (b"\x30\x00", der + b"\x00", encode_dss_signature(0, s), b"x" * 72):
        assert why(signed_text(VOTE, wrong))
    spare = b64encode(der).decode()
    assert why(canonical(json.loads(TEXT)["says"], spare + "====")) == "it is malformed"


def test_a_signature_over_another_kind_of_statement_is_no_vote() -> None:
    class Other(Vote):
        DOMAIN = b"quorum/approval/v1\n"

    other = Other.model_validate(VOTE.model_dump())
    assert why(sealed(other, VOTE.seat)) == "its signature does not match the signer's key"


def test_healthy_vote_outside_detection_is_refused() -> None:
    for seat in SEATS:
        vote = VOTE.model_copy(update={"seat": seat.name, "action": HEALTHY})
        assert bool(why(sealed(vote, seat.name))) == (seat.role != "detection")


def test_vote_counts_from_its_issue_to_its_expiry() -> None:
    for at, counts in (
        (1_000_000, True),
        (1_000_899.9, True),
        (1_000_900, False),
        (999_995, True),
        (999_994, False),
    ):
        found = admit(TEXT, _moved(at=float(at)), KEYS.objection)
        assert isinstance(found, Admitted) == counts


def test_two_votes_of_one_round_prove_equivocation() -> None:
    other = VOTE.model_copy(update={"evidence": "f" * 64})
    texts = [TEXT, sealed(other, VOTE.seat)]

    (proof,) = contradictions({VOTE.seat: texts}, QUESTION, KEYS.objection)

    assert proof.seat == VOTE.seat
    assert set(proof.proof) == set(texts)
    assert contradictions({VOTE.seat: proof.proof}, QUESTION, KEYS.objection) == (proof,)


@given(
    st.lists(
        st.sampled_from(
            [
                TEXT,
                sealed(VOTE, "detection-signature"),
                sealed(VOTE.model_copy(update={"round": 1}), VOTE.seat),
                sealed(VOTE.model_copy(update={"incident": "b" * 32}), VOTE.seat),
                sealed(VOTE.model_copy(update={"conf_bp": 1}), "consensus"),
                sealed(VOTE.model_copy(update={"seat": "diagnosis-history"}), "diagnosis-history"),
                "junk",
            ]
        )
    )
)
def test_honest_seat_cannot_be_proven_equivocating_by_others(texts: list[str]) -> None:
    assert contradictions({VOTE.seat: texts}, QUESTION, KEYS.objection) == ()


@given(st.permutations([8_100, 8_100, 1, 2, 3]))
def test_equivocation_proof_does_not_depend_on_the_order(confidences: list[int]) -> None:
    votes = [VOTE.model_copy(update={"conf_bp": c}) for c in confidences]
    found = contradiction([Admitted(v, str(v.conf_bp)) for v in votes], "a" * 32, 2)
    ordered = [Admitted(v, str(v.conf_bp)) for v in sorted(votes, key=lambda v: v.conf_bp)]
    assert found == contradiction(ordered, "a" * 32, 2)
    assert found is not None


@pytest.mark.parametrize("field", ["round", "exp", "conf_bp"])
@pytest.mark.parametrize("kind", [str, float])
def test_vote_number_must_be_an_integer(field: str, kind: type[str | float]) -> None:
    fields = VOTE.model_dump()
    assert Vote.model_validate(fields) == VOTE
    with pytest.raises(ValidationError, match=field):
        Vote.model_validate({**fields, field: kind(fields[field])})
    with pytest.raises(ValidationError, match=field):
        Vote.model_validate({**fields, field: -1})
