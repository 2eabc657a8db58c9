"""Signing keys in moto, as the stacks make them."""

import json

import boto3

from quorum.adapters.signing.kms_signer import KmsSigner
from quorum.domain.seats import SEATS
from quorum.domain.signed import Statement, signed_text


def create_key() -> str:
    """Return the ARN of a new P-256 key."""
    made = boto3.client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return made["KeyMetadata"]["Arn"]


class SeatKeys:
    """A key per seat."""

    def __init__(self) -> None:
        self.arns = {seat.name: create_key() for seat in SEATS}

    def sealed(self, statement: Statement, signer: str) -> str:
        """Return the statement, signed with the signer's key."""
        key = KmsSigner(boto3.client("kms"), self.arns[signer])
        return signed_text(statement, key.sign(statement.message()))

    def setting(self) -> str:
        """Return what the stacks set as SEAT_KEYS."""
        return json.dumps(self.arns)
