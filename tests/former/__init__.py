"""Stored data of commit f9435e6: written by its own code, most of it on the emulator.

No file is ever edited: they are the data of an installation of that commit at its upgrade.

waiting.json        the tables while two incidents wait for approval and the stop is thrown
ended.json          the tables after both, the stop lifted
rare.json           items that these two incidents had no need of
bundles/            their evidence, under its digest
keys.json           the public keys that its votes and grants were signed with, in DER and base64
outbox.json         messages as they wait in the outbox's queue
tasks.json          what each state of the state machine calls, and with what
templates.json      what CloudFormation fixes of each resource, per stage
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
SHOP: Final = "ff5366c810a496322a578054272daf69"
"""An incident of the shop: a parameter is to be restored, and was, after a person's approval."""
ANNEX: Final = "2ba3b7243ae7e60d0f7f9eca2d336eef"
"""An incident of a function without callers; its approved action was refused by the stop switch."""
Item = dict[str, Any]


@cache
def sample(name: str) -> Any:
    """Return what the file of this name holds."""
    return json.loads((HERE / f"{name}.json").read_text())


def items(state: str, table: str) -> list[Item]:
    """Return the items of a table, as DynamoDB's API gives them."""
    return list(sample(state)[table])


def bundle(digest: str) -> bytes:
    """Return the evidence of that digest, as it is stored."""
    return (HERE / "bundles" / f"{digest}.json").read_bytes()
