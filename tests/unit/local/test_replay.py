"""An exported incident is decided again with the same result; whatever was changed is found."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from local import archive, replay
from quorum.adapters.signing import p256
from quorum.domain.canonical import canonical_json
from quorum.domain.constants import BASIS_POINTS, VOTE_LIFETIME_SECONDS
from quorum.domain.errors import InvalidHistoryError, InvalidInputError
from quorum.domain.events import EvidenceFrozen, IncidentEvent, VoteCast
from quorum.domain.evidence import Bundle
from quorum.domain.seats import SEATS
from quorum.domain.signed import signed_text
from quorum.domain.votes import Ballot, Vote, tally
from quorum.seats.seat import Deps
from tests.builders.incident_logs import Log, vote
from tests.seat_table import seat_opinion
from tests.simulation.scenarios import bad_release

SEAT: Final = "detection-statistical"


class Deployment:
    """A decided incident, with its ballots and keys."""

    def __init__(self, **decision: Any) -> None:
        self.log = Log()
        self.bundle = (
            bad_release(7).bundle().model_copy(update={"incident_id": self.log.incident_id})
        )
        self.log.write_opening(self.bundle.alarms[0])
        self.log.write_evidence(self.bundle)
        (self.frozen,) = self.log.facts(EvidenceFrozen)
        self.private = {seat.name: ec.generate_private_key(ec.SECP256R1()) for seat in SEATS}
        self.cast = [ballot for seat in SEATS if (ballot := self._ballot(seat.name))]
        votes = [ballot.vote for ballot in self.cast]
        counted = tally(votes, SEATS)
        fields = {
            "action": counted.action,
            "ranking": tuple((s.action, int(s.share * BASIS_POINTS)) for s in counted.ranking),
            "certificate": tuple(self._signed(v) for v in votes),
            "votes": tuple(self._logged(ballot) for ballot in self.cast),
            "silent": (),
        }
        self.log.decide(**{**fields, **decision})

    def events(self, incident_id: str) -> Sequence[IncidentEvent]:
        return self.log.events if incident_id == self.log.incident_id else ()

    def evidence(self, frozen: EvidenceFrozen) -> bytes:
        assert frozen == self.frozen
        return canonical_json(self.bundle)

    def ballots(self, incident_id: str, round_: int = 1) -> list[Ballot]:
        return self.cast if (incident_id, round_) == (self.log.incident_id, 1) else []

    def public_keys(self) -> Mapping[str, bytes]:
        form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return {name: key.public_key().public_bytes(*form) for name, key in self.private.items()}

    def _ballot(self, name: str) -> Ballot | None:
        seat = next(seat for seat in SEATS if seat.name == name)
        tier, opinion, choice = seat_opinion(seat, self.bundle, Deps())
        if opinion is None:
            return None
        at = self.log.clock.now.timestamp()
        return Ballot(
            vote=Vote(
                incident=self.log.incident_id,
                round=1,
                evidence=self.frozen.evidence,
                seat=name,
                action=choice.action,
                conf_bp=choice.conf_bp,
                exp=int(at) + VOTE_LIFETIME_SECONDS,
            ),
            tier=tier,
            opinion=opinion,
            started_at=at - 1,
            answered_at=at,
        )

    def _logged(self, ballot: Ballot) -> VoteCast:
        cast = ballot.vote
        return vote(cast.seat, cast.action, cast.conf_bp, tier=ballot.tier)

    def _signed(self, cast: Vote) -> str:
        private = self.private[cast.seat]
        signature = private.sign(cast.message(), ec.ECDSA(hashes.SHA256()))
        return signed_text(cast, p256.low_s(signature))


def exported(deployment: Deployment, file: Path) -> archive.Archive:
    archive.write(deployment, deployment.log.incident_id, file)
    return archive.read(file)


def test_an_exported_incident_is_decided_again_with_the_same_votes(tmp_path: Path) -> None:
    (again,) = replay.rounds(exported(Deployment(), tmp_path / "i.zip"))

    assert again.agrees
    assert again.flaws == ()
    results = {vote.seat: vote.result for vote in again.votes}
    assert set(results.values()) == {"same"}
    assert set(results) == {seat.name for seat in SEATS} - {"diagnosis-history"}


def test_a_language_models_vote_is_verified_and_not_repeated(tmp_path: Path) -> None:
    deployment = Deployment()
    at = next(n for n, b in enumerate(deployment.cast) if b.vote.seat == "diagnosis-model")
    by_model = {"tier": "model-diagnosis"}
    deployment.cast[at] = deployment.cast[at].model_copy(update=by_model)

    (again,) = replay.rounds(exported(deployment, tmp_path / "i.zip"))

    assert again.agrees
    repeated = [vote.seat for vote in again.votes if vote.result == "not repeated"]
    assert repeated == ["diagnosis-model"]


def test_exporting_twice_writes_the_same_file(tmp_path: Path) -> None:
    deployment = Deployment()
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    exported(deployment, one)
    exported(deployment, two)

    assert one.read_bytes() == two.read_bytes()


def test_a_vote_that_the_method_would_not_give_is_found(tmp_path: Path) -> None:
    deployment = Deployment()
    at = next(n for n, ballot in enumerate(deployment.cast) if ballot.vote.seat == SEAT)
    ballot = deployment.cast[at]
    turned = ballot.vote.model_copy(update={"conf_bp": ballot.vote.conf_bp - 1})
    deployment.cast[at] = ballot.model_copy(update={"vote": turned})

    (again,) = replay.rounds(exported(deployment, tmp_path / "i.zip"))

    assert [vote.seat for vote in again.votes if vote.result == "different"] == [SEAT]
    assert again.flaws == ("a signed vote is not the ballot that its seat claimed",)
    assert not again.agrees


def test_a_ranking_that_the_votes_do_not_give_is_found(tmp_path: Path) -> None:
    (again,) = replay.rounds(exported(Deployment(ranking=()), tmp_path / "i.zip"))

    assert again.flaws == ("the count of the signed votes is not the recorded ranking",)


def test_an_action_that_the_votes_do_not_authorise_is_found(tmp_path: Path) -> None:
    other = bad_release(7).bundle().candidates[0].id
    (again,) = replay.rounds(exported(Deployment(action=other), tmp_path / "i.zip"))

    assert again.flaws == ("the signed votes do not authorise the executed action",)


def test_a_foreign_key_is_found(tmp_path: Path) -> None:
    deployment = Deployment()
    deployment.private[SEAT] = ec.generate_private_key(ec.SECP256R1())
    (again,) = replay.rounds(exported(deployment, tmp_path / "i.zip"))

    assert any("signature" in flaw for flaw in again.flaws)


@pytest.mark.parametrize("part", [archive.EVENTS, "evidence"])
def test_changed_content_is_refused(part: str, tmp_path: Path) -> None:
    file = tmp_path / "i.zip"
    exported(Deployment(), file)
    _rewrite(file, part, lambda content: content.replace(b"lambda:basket", b"lambda:casket", 1))

    with pytest.raises((InvalidInputError, InvalidHistoryError)):
        archive.read(file)


@pytest.mark.parametrize("content", [b"", b"PK", b"{}"])
def test_a_file_that_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "i.zip"
    file.write_bytes(content)
    with pytest.raises(InvalidInputError, match="not an archive"):
        archive.read(file)
    with pytest.raises(InvalidInputError, match="not an archive"):
        archive.read(tmp_path / "none.zip")


def test_a_missing_or_malformed_part_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "i.zip"
    exported(Deployment(), file)
    _rewrite(file, archive.KEYS, lambda _: b"[1]")
    with pytest.raises(InvalidInputError):
        archive.read(file)
    with ZipFile(file, "w") as empty:
        empty.writestr("other", b"")
    with pytest.raises(InvalidInputError, match=r"events\.jsonl"):
        archive.read(file)


def test_a_part_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "i.zip"
    exported(Deployment(), file)
    monkeypatch.setattr(archive, "LARGEST", 100)
    with pytest.raises(InvalidInputError, match="larger than 100 bytes"):
        archive.read(file)


def test_an_unknown_incident_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        archive.write(Deployment(), "f" * 32, tmp_path / "i.zip")
    assert not (tmp_path / "i.zip").exists()


def test_the_archive_holds_public_keys_alone(tmp_path: Path) -> None:
    found = exported(Deployment(), tmp_path / "i.zip")
    assert set(found.keys) == {seat.name for seat in SEATS}
    for der in found.keys.values():
        p256.public_key(der)  # raises for anything else


def test_the_bundle_is_the_one_that_was_voted_on(tmp_path: Path) -> None:
    deployment = Deployment()
    found = exported(deployment, tmp_path / "i.zip")
    assert found.bundles == {deployment.frozen.evidence: Bundle.model_validate(deployment.bundle)}


def _rewrite(file: Path, part: str, change: Any) -> None:
    with ZipFile(file) as before:
        parts = {name: before.read(name) for name in before.namelist()}
    (name,) = [name for name in parts if name.startswith(part)]
    changed = change(parts[name])
    assert changed != parts[name]
    with ZipFile(file, "w") as after:
        for other, content in {**parts, name: changed}.items():
            after.writestr(other, content)
