"""The laptop stage: an emulator, Quorum's own stacks, the shop, and customers who use it."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import NamedTuple, Self

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
"""Customers' orders a second."""
RESERVED = 20
"""Executions at once of each function: several times what customers need."""
LOOKS = 5
"""How often the inventory is called before the stage gives up; each call has a minute."""
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
    """A language model by its id on Bedrock, and where its chat completions are answered."""

    id: str
    url: str


def product_app(model_id: str = "", issuer: str = "") -> CdkApp:
    """Return Quorum's own CDK app, as `cdk deploy` runs it, in stage `local`."""
    model = {"model_id": model_id, "model_region": REGION} if model_id else {}
    return CdkApp(
        name="quorum-model" if model else "quorum",
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
        },
    )


class Stage:
    """Everything that a run needs, up; and down again with the `with` block."""

    def __init__(
        self,
        seed: int,
        say: Say = lambda _: None,
        port: int | None = None,
        model: Model | None = None,
        orders: float = ORDERS,
    ) -> None:
        self.seed, self.plan, self._model, self._orders = seed, draw(seed), model, orders
        self.emulator = Emulator(port, model.url if model else "")
        self.slack, self.pagerduty = FakeSlack(), FakePagerDuty()
        self.issuer = FakeTokenIssuer()
        self.load: Load
        self.open_since: float
        """When customers were first let in, by the monotonic clock."""
        self.quorum: Quorum
        self.console: WebConsole
        self.deployed_since: float
        """When Quorum had looked at everything once."""
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
        """Deploy the shop, let customers in, and deploy Quorum meanwhile; then take stock once."""
        began = time.monotonic()
        self._say(f"An AWS of our own at {self.emulator.endpoint}, with IAM enforced")
        self._open_channels()
        deploy(shop_app(self.seed), self.emulator, log=DEPLOY_LOG)
        faults = Faults(self.plan, self.emulator.client)
        for member in self.plan.members:
            faults.reserve(member, RESERVED)
        self._say(f"The shop is open: {_chain(self.plan)}")
        self.load = self._exit.enter_context(
            Load(self.plan, self.emulator.client, rate=self._orders)
        )
        self.open_since = time.monotonic()
        model = self._model.id if self._model else ""
        deploy(product_app(model, self._elsewhere()), self.emulator, log=DEPLOY_LOG)
        self.quorum = Quorum(self.emulator.endpoint)
        self.quorum.start("warmer")  # neither it nor the first look need wait for a minute
        self._look()
        self.quorum.start("postmortem", WARMING)  # the warmer leaves out what nobody waits for
        self.deployed_since = time.monotonic()
        endpoint, api_id = self.emulator.endpoint, self.quorum.output("ApiId")
        self.console = self._exit.enter_context(WebConsole(self.issuer, endpoint, api_id))
        self._say(f"Quorum is deployed ({time.monotonic() - began:.0f} s)")
        self._say(f"Its console: {self.console.address}")

    def _elsewhere(self) -> str:
        """Return where people are signed in, if that is not where the stacks expect it."""
        return "" if self.issuer.url == LAPTOPS_ISSUER else self.issuer.url

    def _look(self) -> None:
        """Let the inventory take stock, as its schedule would: a busy laptop may need several."""
        for look in range(LOOKS):
            try:
                self.quorum.invoke("inventory", {})
            except RuntimeError:
                if look == LOOKS - 1:
                    raise
            else:
                return

    def _open_channels(self) -> None:
        """Have mail sent, and let the secrets point the channels' clients at the stand-ins."""
        self.emulator.client("ses").verify_email_identity(EmailAddress=MAIL_FROM)
        secrets = self.emulator.client("secretsmanager")
        for channel, content in (("slack", self.slack), ("pagerduty", self.pagerduty)):
            secrets.create_secret(Name=SECRETS[channel], SecretString=content.secret)


def _chain(plan: Plan) -> str:
    return " → ".join(member.name for member in plan.members)


def healthy(load: Load) -> bool:
    """Return whether customers came in the last ten seconds and hardly any was turned away."""
    served, failed = load.counts(seconds=10)
    return served > 0 and failed <= served * 0.02


def wait_until(
    condition: Callable[[], bool], *, seconds: float, every: float = 0.5, what: str = ""
) -> None:
    """Return once the condition holds. Raises TimeoutError, naming `what`, when it does not."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        pause.wait(every)
