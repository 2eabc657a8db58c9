"""The names and the topology of a shop, drawn from a seed."""

import json
import random
from dataclasses import dataclass
from typing import Any

FRONTS = ("storefront", "kiosk", "basket", "catalogue", "webshop", "boutique", "counter")
MIDDLES = ("checkout", "pricing", "cashier", "billing", "ordering", "quoting", "invoicing")
DEEPS = ("stock", "warehouse", "inventory", "depot", "pantry", "larder", "dispatch")
TABLES = ("holdings", "levels", "reserves", "goods", "articles", "supplies")
QUEUES = ("parcels", "receipts", "pickings", "shipments", "deliveries", "notices")
ALIAS = "live"
SERVICE_MAP = "/quorum/service-map"

GOOD_VALUES = {
    "limit": "12",
    "prices": json.dumps({"default": 499, "tea": 350, "coffee": 720, "kettle": 4150}),
    "shelves": "8",
}
BAD_VALUES = {"limit": "a dozen", "prices": "{default: 499, tea: 350}", "shelves": "0"}


@dataclass(frozen=True)
class Member:
    """A function of the chain, and the setting that it reads on every call."""

    name: str
    setting: str
    depends_on: tuple[str, ...]

    @property
    def parameter(self) -> str:
        """Return the name of the setting's SSM parameter."""
        return f"{self.name}-{self.setting}"

    @property
    def namespace(self) -> str:
        """Return the namespace of the function's metrics."""
        return f"Shop/{self.name}"


@dataclass(frozen=True)
class Plan:
    """Three functions in a row, a table under the last, a queue beside one of the others."""

    members: tuple[Member, Member, Member]
    feeder: str
    table: str
    queue: str

    @property
    def front(self) -> Member:
        """Return the function that customers call."""
        return self.members[0]

    @property
    def deepest(self) -> Member:
        """Return the function that owns the table and receives from the queue."""
        return self.members[2]

    @property
    def dead_letters(self) -> str:
        """Return the name of the dead-letter queue."""
        return f"{self.queue}-dlq"

    def callee(self, member: Member) -> Member | None:
        """Return the next function of the chain, or None."""
        place = self.members.index(member) + 1
        return self.members[place] if place < len(self.members) else None


def draw(seed: int) -> Plan:
    """Return the shop of this seed, the same on every machine."""
    dice = random.Random(seed)  # noqa: S311 (a name is no secret)
    front, middle, deep, table, queue = (
        f"shop-{dice.choice(words)}" for words in (FRONTS, MIDDLES, DEEPS, TABLES, QUEUES)
    )
    settings = dice.sample(sorted(GOOD_VALUES), 3)
    feeder = dice.choice((front, middle))
    beside = {feeder: (f"sqs:{queue}",)}
    needs = (
        (f"lambda:{middle}", *beside.get(front, ())),
        (f"lambda:{deep}", *beside.get(middle, ())),
        (f"dynamodb:{table}", f"sqs:{queue}"),
    )
    first, second, third = (
        Member(name, setting, (*need, f"ssm:{name}-{setting}"))
        for name, setting, need in zip((front, middle, deep), settings, needs, strict=True)
    )
    return Plan((first, second, third), feeder, table, queue)


def service_map(plan: Plan) -> dict[str, Any]:
    """Return the service map that an operator configures: dependencies, metrics and log groups."""
    return {"v": 1, "services": [_service(member) for member in plan.members]}


def _service(member: Member) -> dict[str, Any]:
    return {
        "resource": f"lambda:{member.name}",
        "alias": ALIAS,
        "depends_on": list(member.depends_on),
        "metrics": {
            "namespace": member.namespace,
            "version_namespace": f"{member.namespace}/{{version}}",
            "requests": "Requests",
            "errors": "Errors",
            "latency": "LatencyMs",
            "throttles": "Throttles",
        },
        "log_group": f"/aws/lambda/{member.name}",
        "success_objective": 0.99,
    }
