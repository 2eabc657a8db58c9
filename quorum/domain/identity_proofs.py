"""Proofs of a person's identity: a live token, or a button press signed by Slack.

The caller of a function counts as unauthenticated. A proof is forwarded unchanged, and the function
that signs grants verifies it itself.
"""

from typing import Annotated, Literal

from pydantic import Field

from quorum.domain.base import Record
from quorum.domain.slack_signature import SignedBody

LONGEST_TOKEN = 8_192
Token = Annotated[str, Field(min_length=1, max_length=LONGEST_TOKEN, repr=False)]


class TokenProof(Record):
    """A person's live token. It identifies the person; their answer is not part of it."""

    kind: Literal["token"] = "token"
    token: Token


class PressProof(Record):
    """A signed button press in Slack. It holds the approval request and the answer."""

    kind: Literal["press"] = "press"
    sent: SignedBody


Proof = Annotated[TokenProof | PressProof, Field(discriminator="kind")]
