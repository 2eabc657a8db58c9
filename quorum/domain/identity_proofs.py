"""What proves who says something: a token of theirs, or a press as Slack signed it.

Whoever only calls a function is nobody. A proof is passed on as it came, and the function that
signs what people grant looks at it itself.
"""

from typing import Annotated, Literal

from pydantic import Field

from quorum.domain.base import Record
from quorum.domain.slack_signature import SignedBody

LONGEST_TOKEN = 8_192
Token = Annotated[str, Field(min_length=1, max_length=LONGEST_TOKEN, repr=False)]


class TokenProof(Record):
    """Whoever holds a person's live token is that person: what they say is not in it."""

    kind: Literal["token"] = "token"
    token: Token


class PressProof(Record):
    """A press names the question and the button: it says what it is about."""

    kind: Literal["press"] = "press"
    sent: SignedBody


Proof = Annotated[TokenProof | PressProof, Field(discriminator="kind")]
