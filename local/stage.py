"""The laptop stage: an emulator, Quorum's stacks, the shop and a load generator."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Final, NamedTuple, Self

from local.clients import REGION
from local.console import PEOPLE, WebConsole
from local.emulator import Emulator
from local.emulator_install import ROOT, STATE
from local.fake_services import FakePagerDuty, FakeSlack, FakeTokenIssuer
from local.quorum import Quorum
from local.shop.assembly import shop_app
from local.shop.faults import Faults
from local.shop.load import Load
from local.shop.plan import Plan, draw
from local.toolchain import CdkApp, deploy
from quorum.runtime.lambda_runtime import WARMING
from stacks.config import LAPTOPS_ISSUER

ORDERS = 8.0
"""Orders per second of the load generator."""
RESERVED = 20
"""Reserved concurrency of each function: several times what the load needs."""
INVENTORY_ATTEMPTS = 5
"""Attempts to run the inventory before the stage fails; each may take a minute."""
DEPLOY_LOG = STATE / "deploy.log"
MAIL_FROM = "quorum@example.com"
MAIL_TO = "on-call@example.com"
ROUTES = {"channels": ["slack", "email"], "pages": ["pagerduty", "email"]}
SECRETS = {"slack": "quorum/local/slack", "pagerduty": "quorum/local/pagerduty"}
AUTONOMY = [
    {"verb": "lambda.rollback_alias", "resources": ["lambda:shop-*"], "mode": "autonomous"},
    {
        "verb": "lambda.raise_reserved_concurrency",
        "resources": ["lambda:shop-*"],
        "mode": "autonomous",
    },
    {"verb": "ssm.restore_parameter", "resources": ["ssm:shop-*"], "mode": "autonomous"},
    {"verb": "sqs.redrive", "resources": ["sqs:shop-*"], "mode": "approve"},
]
WATCH = ["lambda:*", "dynamodb:*", "sqs:*", "ecs:*", "ssm:shop-*"]
PRODUCT_SOURCES = ("app.py", "cdk.json", "stacks", "functions", "quorum")
Say = Callable[[str], None]


class Model(NamedTuple):
    """A language model: its Bedrock id, and the URL of its chat completions API."""

    id: str
    url: str


class MemoryServers(NamedTuple):
    """The memory's servers; the defaults are the emulator's table and hashed words."""

    search_url: str = ""
    """An OpenSearch."""
    embedding_url: str = ""
    """An embedding model in Titan's request and response."""


IN_THE_EMULATOR: Final = MemoryServers()


def product_app(model_id: str = "", issuer: str = "", search_url: str = "") -> CdkApp:
    """Return Quorum's CDK app for stage `local`; the defaults are no model and the usual issuer.

    With `search_url`, the memory is in the OpenSearch there.
    """
    searched = {"memory": "opensearch-domain", "memory_endpoint": search_url} if search_url else {}
    model = {"model_id": model_id, "model_region": REGION} if model_id else {}
    return CdkApp(
        name="-".join(["quorum", *(["model"] if model else []), *(["search"] if searched else [])]),
        command="python app.py",
        sources=tuple(ROOT / name for name in PRODUCT_SOURCES),
        context={
            "stage": "local",
            "mail_from": MAIL_FROM,
            "mail_to": f'["{MAIL_TO}"]',
            "channels": json.dumps(ROUTES["channels"]),
            "pages": json.dumps(ROUTES["pages"]),
            "channel_secrets": json.dumps(SECRETS),
            "alarm_prefixes": '["shop-"]',
            "autonomy": json.dumps(AUTONOMY),
            "watch": json.dumps(WATCH),
            "recovery_windows": "3",
            "people": json.dumps(PEOPLE),
            **({"token_issuer": issuer} if issuer else {}),
            **model,
            **searched,
        },
    )


class LocalStage:
    """Everything that a run needs, running for as long as the `with` block lasts."""

    def __init__(  # noqa: PLR0913 - a stage's parts, by name
        self,
        seed: int,
        say: Say = lambda _: None,
        port: int | None = None,
        model: Model | None = None,
        orders: float = ORDERS,
        *,
        memory: MemoryServers = IN_THE_EMULATOR,
    ) -> None:
        self.seed, self.plan, self._model, self._orders = seed, draw(seed), model, orders
        self._memory = memory
        self.emulator = Emulator(port, model.url if model else "", memory.embedding_url)
        self.slack, self.pagerduty = FakeSlack(), FakePagerDuty()
        self.issuer = FakeTokenIssuer()
        self.load: Load
        self.open_since: float
        """Start of the load, in seconds of the monotonic clock."""
        self.quorum: Quorum
        self.console: WebConsole
        self.deployed_since: float
        """End of the first inventory, in seconds of the monotonic clock."""
        self._say, self._exit = say, ExitStack()

    def __enter__(self) -> Self:
        try:
            for part in (self.slack, self.pagerduty, self.issuer, self.emulator):
                self._exit.enter_context(part)
            self._deploy()
        except BaseException:
            self._exit.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exit.close()

    def _deploy(self) -> None:
        """Deploy the shop, start the load, deploy Quorum, and run the inventory once."""
        began = time.monotonic()
        self._say(f"Local AWS emulator at {self.emulator.endpoint}, IAM enforced")
        self._open_channels()
        deploy(shop_app(self.seed), self.emulator, log=DEPLOY_LOG)
        faults = Faults(self.plan, self.emulator.client)
        for member in self.plan.members:
            faults.reserve(member, RESERVED)
        self._say(f"Shop deployed: {_chain(self.plan)}")
        self.load = self._exit.enter_context(
            Load(self.plan, self.emulator.client, rate=self._orders)
        )
        self.open_since = time.monotonic()
        model = self._model.id if self._model else ""
        product = product_app(model, self._other_issuer(), self._memory.search_url)
        deploy(product, self.emulator, log=DEPLOY_LOG)
        self.quorum = Quorum(self.emulator.endpoint)
        self.quorum.start("warmer")  # at once: its schedule would start it within a minute
        self._run_inventory()
        self.quorum.start("postmortem", WARMING)  # the warmer leaves it out
        self.deployed_since = time.monotonic()
        endpoint, api_id = self.emulator.endpoint, self.quorum.output("ApiId")
        self.console = self._exit.enter_context(WebConsole(self.issuer, endpoint, api_id))
        self._say(f"Quorum deployed ({time.monotonic() - began:.0f} s)")

    def _other_issuer(self) -> str:
        """Return the token issuer's URL, or an empty string if it is the default of the stacks."""
        return "" if self.issuer.url == LAPTOPS_ISSUER else self.issuer.url

    def _run_inventory(self) -> None:
        """Run the inventory once, as its schedule does; a busy laptop may need several attempts."""
        for attempt in range(1, INVENTORY_ATTEMPTS + 1):
            try:
                self.quorum.invoke("inventory", {})
            except RuntimeError:
                if attempt == INVENTORY_ATTEMPTS:
                    raise
            else:
                return

    def _open_channels(self) -> None:
        """Verify the mail sender, and store the secrets that point the clients at the fakes."""
        self.emulator.client("ses").verify_email_identity(EmailAddress=MAIL_FROM)
        secrets = self.emulator.client("secretsmanager")
        for channel, service in (("slack", self.slack), ("pagerduty", self.pagerduty)):
            secrets.create_secret(Name=SECRETS[channel], SecretString=service.secret)


def _chain(plan: Plan) -> str:
    return " → ".join(member.name for member in plan.members)


def healthy(load: Load) -> bool:
    """Return whether there were orders in the last ten seconds and at most 2 % of them failed."""
    served, failed = load.counts(seconds=10)
    return served > 0 and failed <= served * 0.02


def wait_until(
    condition: Callable[[], bool], *, seconds: float, every: float = 0.5, what: str = ""
) -> None:
    """Poll until the condition holds. Raises TimeoutError, naming `what`, after the seconds."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"timed out after {seconds:.0f} s waiting for {what}")
        pause.wait(every)
