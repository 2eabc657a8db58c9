"""Verification of a certificate: ten signed votes, admitted and counted as in the executor.

Public keys are in memory, as in a warm environment; reading the seats' tables is not included. Each
of 300 certificates is verified once.
"""

import sys
import time
from statistics import median, quantiles
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from benchmarks.result import Measured, ResultTable, main
from quorum.adapters.signing import p256
from quorum.domain.ballot_validation import Admitted, RoundContext, admit
from quorum.domain.seats import SEATS
from quorum.domain.signed import Objection, signed_text
from quorum.domain.votes import Vote, tally

ACTION: Final = "lambda.rollback_alias:00000000000000000000000000000001"
TIMES: Final = 300
EVIDENCE: Final = "e" * 64
Keys = dict[str, ec.EllipticCurvePrivateKey]


def measure() -> Measured:
    """Sign certificates of different rounds and verify each."""
    keys = {seat.name: ec.generate_private_key(ec.SECP256R1()) for seat in SEATS}
    public = {name: key.public_key() for name, key in keys.items()}

    def objection(signer: str, message: bytes, signature: bytes) -> str | None:
        return p256.objection(public[signer], message, signature)

    took = sorted(_verify(_certificate(keys, n), n, objection) for n in range(1, TIMES + 1))
    middle, slow = round(median(took), 2), round(quantiles(took, n=100)[98], 2)
    return Measured(
        benchmark="certificate",
        about=__doc__ or "",
        goals=[],
        tables=[
            ResultTable(
                title="A certificate of ten votes",
                rows=[{"certificates": TIMES, "median ms": middle, "99th percentile ms": slow}],
            )
        ],
    )


def _certificate(keys: Keys, round_: int) -> list[str]:
    texts = []
    for seat in SEATS:
        vote = Vote(
            incident="a" * 32,
            round=round_,
            evidence=EVIDENCE,
            seat=seat.name,
            action=ACTION,
            conf_bp=8_000,
            exp=900,
        )
        signature = keys[seat.name].sign(vote.message(), ec.ECDSA(hashes.SHA256()))
        texts.append(signed_text(vote, p256.low_s(signature)))
    return texts


def _verify(texts: list[str], round_: int, objection: Objection) -> float:
    """Return the milliseconds taken. Raises ValueError if the action is not authorised."""
    question = RoundContext("a" * 32, round_, EVIDENCE, frozenset({ACTION}), SEATS, 1.0)
    began = time.perf_counter()
    found = [admit(text, question, objection) for text in texts]
    result = tally([one.vote for one in found if isinstance(one, Admitted)], SEATS)
    took = 1000 * (time.perf_counter() - began)
    if result.action != ACTION:
        raise ValueError(f"the certificate does not hold: {result.reason}")
    return took


if __name__ == "__main__":
    sys.exit(main("certificate", measure))
