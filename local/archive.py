"""One incident as a file: log, evidence, ballots and the seats' public keys, in a ZIP archive.

Everything in it is verified when it is read: the log by its hash chain, evidence by its digest. A
reader needs no account, no key and no network.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from pydantic import TypeAdapter, ValidationError

from quorum.application.requests import invalid_fields
from quorum.domain.canonical import canonical_json
from quorum.domain.errors import InvalidInputError
from quorum.domain.events import EvidenceFrozen, IncidentEvent
from quorum.domain.evidence import Bundle
from quorum.domain.incident import replay
from quorum.domain.votes import Ballot

EVENTS: Final = "events.jsonl"
BALLOTS: Final = "ballots.jsonl"
KEYS: Final = "keys.json"
EVIDENCE: Final = "evidence/{}.json"
LARGEST: Final = 64 * 1024 * 1024
"""Maximum bytes of one unpacked part: a file from elsewhere may unpack to more than it shows."""
_EVENT: Final[TypeAdapter[IncidentEvent]] = TypeAdapter(IncidentEvent)
_KEYS: Final = TypeAdapter(dict[str, str])


class Archive(NamedTuple):
    """An incident's records."""

    events: tuple[IncidentEvent, ...]
    bundles: Mapping[str, Bundle]
    """By digest."""
    ballots: tuple[Ballot, ...]
    keys: Mapping[str, bytes]
    """The public key of each seat, as SubjectPublicKeyInfo in DER."""


class Source(Protocol):
    """The deployment that an archive is read from."""

    def events(self, incident_id: str) -> Sequence[IncidentEvent]:
        """Return the incident's events, oldest first."""
        ...

    def evidence(self, frozen: EvidenceFrozen) -> bytes:
        """Return the evidence bundle as stored."""
        ...

    def ballots(self, incident_id: str, round_: int = 1) -> list[Ballot]:
        """Return the seats' ballots of a round."""
        ...

    def public_keys(self) -> Mapping[str, bytes]:
        """Return the public key of each seat."""
        ...


def write(source: Source, incident_id: str, file: Path) -> int:
    """Write the incident's archive; return the number of its events.

    Raises LookupError for an incident without events.
    """
    events = source.events(incident_id)
    if not events:
        raise LookupError(f"incident {incident_id} has no events")
    frozen = [event for event in events if isinstance(event, EvidenceFrozen)]
    ballots = [b for round_ in frozen for b in source.ballots(incident_id, round_.round)]
    keys = {seat: b64encode(key).decode() for seat, key in source.public_keys().items()}
    parts = {
        EVENTS: b"".join(canonical_json(event) + b"\n" for event in events),
        BALLOTS: b"".join(canonical_json(ballot) + b"\n" for ballot in ballots),
        KEYS: canonical_json(keys),
        **{EVIDENCE.format(one.evidence): source.evidence(one) for one in frozen},
    }
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return len(events)


def read(file: Path) -> Archive:
    """Return the archive's records.

    Raises InvalidInputError for a file that is none, InvalidHistoryError for a log or evidence that
    was changed.
    """
    try:
        with ZipFile(file) as archive:
            events = tuple(_EVENT.validate_python(line) for line in _lines(archive, EVENTS))
            ballots = tuple(map(Ballot.model_validate, _lines(archive, BALLOTS)))
            keys = _KEYS.validate_json(_part(archive, KEYS))
            replay(events)
            bundles = {
                event.evidence: _bundle(archive, event.evidence)
                for event in events
                if isinstance(event, EvidenceFrozen)
            }
            return Archive(events, bundles, ballots, {s: b64decode(k) for s, k in keys.items()})
    except (BadZipFile, OSError) as error:
        raise InvalidInputError(f"{file}: not an archive: {error}") from error
    except ValidationError as error:
        raise InvalidInputError(f"{file}: {invalid_fields(error)}") from error
    except (KeyError, ValueError) as error:
        raise InvalidInputError(f"{file}: {error}") from error


def _bundle(archive: ZipFile, digest: str) -> Bundle:
    content = _part(archive, EVIDENCE.format(digest))
    if sha256(content).hexdigest() != digest:
        raise InvalidInputError(f"evidence {digest[:12]}: the content has another digest")
    return Bundle.model_validate_json(content)


def _lines(archive: ZipFile, name: str) -> list[Any]:
    return [json.loads(line) for line in _part(archive, name).splitlines()]


def _part(archive: ZipFile, name: str) -> bytes:
    """Return a part. Raises KeyError without it, InvalidInputError when it is too large."""
    if archive.getinfo(name).file_size > LARGEST:
        raise InvalidInputError(f"{name}: larger than {LARGEST} bytes")
    with archive.open(name) as part:
        content = part.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise InvalidInputError(f"{name}: larger than {LARGEST} bytes")
    return content
