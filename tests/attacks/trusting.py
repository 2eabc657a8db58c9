"""Trusted principals of each table: derived from IAM and the domain's table of trust."""

from collections.abc import Iterator
from typing import Final

from quorum.domain.catalogue import VERBS
from quorum.domain.grants import APPROVER
from quorum.domain.trust import INPUTS, STORES
from tests.attacks.cloud.deployed import ACCOUNT, PARTITION, REGION, Deployed
from tests.attacks.cloud.policies import Identity, Request
from tests.attacks.cloud.roles import iam
from tests.attacks.cloud.writers import OBJECT_WRITES, able, writers

ALLOWED: Final = {
    "function": "stock",
    "name": "/shop/settings",
    "table": "items",
    "cluster": "shop",
    "service": "shop",
    "queue": "parcels",
    "dead_letter_queue": "parcels",
}
"""One resource for each verb."""
BUNDLES: Final = "objects:bundles"


def trusted(deployed: Deployed) -> frozenset[str]:
    """Return the roles that could choose an effect if they were compromised."""
    return effect(deployed) | signs_grants(deployed) | misleads(deployed)


def effect(deployed: Deployed) -> frozenset[str]:
    """Return the roles that hold a verb's permissions, or may become one that does."""
    return frozenset(name for name in iam(deployed).identities if any(_verbs(deployed, name)))


def _verbs(deployed: Deployed, role: str) -> Iterator[bool]:
    found = iam(deployed)
    place = {"partition": PARTITION, "region": REGION, "account": ACCOUNT}
    for verb in VERBS:
        arn = verb.arn.format(**place, **ALLOWED)
        name = deployed.synth.named(f"verb-{verb.name.replace('.', '-').replace('_', '-')}")
        assumed = Request("sts:AssumeRole", f"arn:{PARTITION}:iam::{ACCOUNT}:role/{name}")
        yield found.allows(role, assumed)
        yield all(found.allows(role, Request(action, arn)) for action in verb.permissions)


def signs_grants(deployed: Deployed) -> frozenset[str]:
    """Return the roles that sign in people's names."""
    found = iam(deployed)
    alias = f"alias/{deployed.synth.named(APPROVER)}"
    aliases = deployed.of("AWS::KMS::Alias")
    key = next(str(a["TargetKeyId"]) for _, a in aliases if a["AliasName"] == alias)
    return frozenset(n for n in found.identities if found.allows(n, Request("kms:Sign", key)))


def misleads(deployed: Deployed) -> frozenset[str]:
    """Return the roles that write what seats see."""
    return able(deployed, OBJECT_WRITES, _bundles(deployed))


def reads_for_evidence(deployed: Deployed) -> frozenset[str]:
    """Return the roles that write what evidence takes for how things were: the inventory."""
    return writers(deployed, "inventory")


def keepers(deployed: Deployed) -> dict[str, set[str]]:
    """Return the roles that write a store that the executor or consensus decides by, with it."""
    read = {one.store for one in INPUTS if one.reader in {"executor", "consensus"}}
    found: dict[str, set[str]] = {}
    for store in STORES:
        kind, _, name = store.key.partition(":")
        if store.key in read and kind == "table":
            for role in writers(deployed, name):
                found.setdefault(role, set()).add(name)
    return found


def _bundles(deployed: Deployed) -> str:
    functions = deployed.of("AWS::Lambda::Function")
    bucket = next(
        f["Environment"]["Variables"]["EVIDENCE_BUCKET"]
        for _, f in functions
        if f.get("FunctionName") == deployed.synth.named("evidence")
    )
    return f"arn:aws:s3:::{bucket}/bundles/{'e' * 64}.json"


def identity(deployed: Deployed, role: str) -> Identity:
    """Return the role."""
    return iam(deployed).identities[role]
