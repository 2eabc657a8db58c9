"""Verification of tokens, by the library with keys of an issuer that answers over HTTP."""

import base64
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from urllib3 import PoolManager

from local.fake_services import FakeTokenIssuer
from local.fake_services.service import Reply, Request
from quorum.adapters.signing.jwt_tokens import JwtTokens
from quorum.domain.errors import InvalidInputError, RefusedError
from quorum.domain.token_claims import Audience, claims_problem
from tests.fakes.clock import FakeClock

GENUINE = {"aud": "laptop", "token_use": "id", "sub": "s-ann"}


class Pool(FakeTokenIssuer):
    """An issuer that counts how often its keys are asked for, and may answer anything."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.keys: Mapping[str, Any] | str | None = None
        self.elsewhere = ""

    def reply(self, request: Request) -> Reply:
        self.asked += 1
        if self.elsewhere:
            return Reply(302, None, {"Location": self.elsewhere})
        return super().reply(request) if self.keys is None else Reply(200, self.keys)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool() as found:
        yield found


@pytest.fixture(autouse=True)
def _as_new(pool: Pool) -> None:
    pool.asked, pool.keys, pool.elsewhere, pool.down = 0, None, "", False


def reader(pool: Pool, clock: FakeClock | None = None) -> JwtTokens:
    """Return a fresh environment's."""
    return JwtTokens(pool.url, PoolManager(), clock or FakeClock())


def parts(token: str) -> list[str]:
    return token.split(".")


def encoded(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_genuine_token_returns_its_claims_and_keys_are_fetched_once(pool: Pool) -> None:
    tokens = reader(pool)
    for subject in ("s-ann", "s-bob"):
        found = tokens.read(pool.token(subject))
        assert found["sub"] == subject
        ours = Audience(pool.url, "laptop")
        assert claims_problem(found, ours, datetime.now(UTC)) is None
    assert pool.asked == 1


def test_expired_token_is_read_because_the_caller_checks_the_time(
    pool: Pool,
) -> None:
    old = reader(pool).read(pool.token("s-ann", exp=1))
    assert claims_problem(old, Audience(pool.url, "laptop"), datetime.now(UTC)) is not None


@pytest.mark.parametrize("name", ["laptop-1", "another"])
def test_token_signed_by_another_key_is_not_genuine(pool: Pool, name: str) -> None:
    own = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode({**GENUINE, "iss": pool.url}, own, "RS256", {"kid": name})
    with pytest.raises((InvalidInputError, RefusedError)):
        reader(pool).read(forged)


def test_only_the_configured_algorithms_are_accepted(pool: Pool) -> None:
    """Neither `none`, nor HMAC with the public key as its secret."""
    genuine = pool.token("s-ann")
    claims = parts(genuine)[1]
    public = pool._key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    none = f"{encoded({'alg': 'none', 'kid': 'laptop-1'})}.{claims}."
    for alg in ("HS256", "RS512", "PS256", "ES256"):
        header = encoded({"alg": alg, "kid": "laptop-1"})
        signed = f"{header}.{claims}"
        mac = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256"))
        for token in (f"{signed}.{mac.rstrip(b'=').decode()}", f"{signed}.{parts(genuine)[2]}"):
            with pytest.raises(InvalidInputError):
                reader(pool).read(token)
    with pytest.raises(InvalidInputError):
        reader(pool).read(none)


def test_symmetric_or_weak_key_is_refused(pool: Pool) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - it is what is refused
    small = {**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(weak.public_key())), "kid": "weak"}
    shared = {"kty": "oct", "k": encoded("k" * 32), "kid": "shared", "alg": "HS256"}
    pool.keys = {"keys": [small, shared, {"kty": "?"}, "no key", {}]}

    with pytest.raises(InvalidInputError), pytest.warns(UserWarning, match="below"):
        reader(pool).read(jwt.encode(GENUINE, weak, "RS256", {"kid": "weak"}))
    mac = jwt.encode(GENUINE, "k" * 32, "HS256", {"kid": "shared"})
    with pytest.raises(RefusedError, match="not one of the issuer's"):
        reader(pool).read(mac)


def test_p256_key_is_accepted_as_well_as_rsa(pool: Pool) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    pool.keys = {"keys": [{**public, "kid": "curve"}]}
    token = jwt.encode(GENUINE, key, "ES256", {"kid": "curve"})

    assert reader(pool).read(token)["sub"] == "s-ann"


def test_unknown_key_is_fetched_at_most_once_a_minute(pool: Pool) -> None:
    clock = FakeClock()
    tokens, genuine = reader(pool, clock), pool.token("s-ann")
    keys = pool.reply(Request("/.well-known/jwks.json", {}, b"")).content
    pool.asked, pool.keys = 0, {"keys": []}

    for _ in range(5):
        with pytest.raises(RefusedError, match="Break glass"):
            tokens.read(genuine)
    assert pool.asked == 1
    pool.keys = keys  # the issuer has changed its keys
    clock.advance(59)
    with pytest.raises(RefusedError):
        tokens.read(genuine)
    clock.advance(1)
    assert tokens.read(genuine)["sub"] == "s-ann"
    assert pool.asked == 2


def test_known_keys_are_used_while_the_issuer_is_down(pool: Pool) -> None:
    clock = FakeClock()
    tokens = reader(pool, clock)
    tokens.read(pool.token("s-ann"))
    pool.down = True
    clock.advance(10_000)

    assert tokens.read(pool.token("s-bob"))["sub"] == "s-bob"
    other = jwt.encode(GENUINE, "k" * 32, "HS256", {"kid": "new"})
    with pytest.raises(RefusedError, match="keys cannot be read"):
        tokens.read(other)
    assert tokens.read(pool.token("s-ann"))["sub"] == "s-ann"


@pytest.mark.parametrize(
    "answer",
    [{}, [], "text", {"keys": None}, {"keys": 1}, {"keys": "x" * 200_000}, 7],
)
def test_malformed_answer_of_the_issuer_authenticates_no_caller(pool: Pool, answer: Any) -> None:
    pool.keys = answer
    with pytest.raises(RefusedError, match=r"docs/console\.md"):
        reader(pool).read(pool.token("s-ann"))


def test_key_address_is_taken_from_no_redirect_and_no_token(pool: Pool) -> None:
    with Pool() as intruder:
        pool.elsewhere = f"{intruder.url}/.well-known/jwks.json"
        forged = intruder.token("s-ann", iss=intruder.url)
        pointing = jwt.encode(
            GENUINE,
            intruder._key,
            "RS256",
            {"kid": "laptop-1", "jku": intruder.url, "x5u": intruder.url},
        )
        for token in (forged, pointing):
            with pytest.raises(RefusedError):
                reader(pool).read(token)
        assert intruder.asked == 0


def test_unavailable_issuer_error_names_the_break_glass_page() -> None:
    tokens = JwtTokens("http://127.0.0.1:1", PoolManager(), FakeClock())
    with pytest.raises(RefusedError, match=r"answer in Slack.*docs/console\.md, 'Break glass'"):
        tokens.read(jwt.encode(GENUINE, "k" * 32, "HS256", {"kid": "x"}))


@pytest.mark.parametrize("issuer", ["http://cognito-idp.example", "ftp://x", "", "file:///etc"])
def test_keys_are_fetched_over_https_only(issuer: str) -> None:
    with pytest.raises(InvalidInputError, match="TOKEN_ISSUER"):
        JwtTokens(issuer, PoolManager(), FakeClock())


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 2), at=st.integers(0, 10_000), put=st.characters(codec="ascii"))
def test_token_changed_anywhere_is_refused(pool: Pool, where: int, at: int, put: str) -> None:
    tokens, genuine = reader(pool), pool.token("s-ann")
    found = parts(genuine)
    part = found[where]
    place = at % len(part)
    found[where] = part[:place] + put + part[place + 1 :]
    changed = ".".join(found)
    claims = tokens.read(genuine)
    try:
        assert tokens.read(changed) == claims  # spare bits of base64: the same bytes were signed
    except (InvalidInputError, RefusedError):
        assert changed != genuine


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300) | st.just("[" * 50_000) | st.just("." * 3000))
def test_no_text_escapes_as_another_error(pool: Pool, text: str) -> None:
    with pytest.raises((InvalidInputError, RefusedError)):
        reader(pool).read(text)
