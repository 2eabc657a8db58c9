"""Load generator: orders at a steady rate through the front function's alias."""

import json
import random
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from local.shop.plan import ALIAS, Plan

ITEMS = ("tea", "coffee", "kettle", "cup", "honey", "biscuit")
AT_ONCE = 4  # concurrent orders; others are dropped: a laptop has no spare cores
GIFTS = 0.15


class Load:
    """Orders at random moments, `rate` per second on average.

    Concurrency starts at one and grows by one with each served order: four cold starts at once on
    two cores would all time out.
    """

    def __init__(
        self, plan: Plan, client: Callable[[str], Any], *, rate: float, seed: int = 0
    ) -> None:
        self._lambda, self._front, self.rate = client("lambda"), plan.front.name, rate
        self._dice = random.Random(seed)  # noqa: S311 (an order is no secret)
        self._stopped = threading.Event()
        self._pacer = threading.Thread(target=self._run, daemon=True)
        self._room, self._doors = threading.Semaphore(1), 1
        self._outcomes: deque[tuple[float, bool]] = deque(maxlen=10_000)
        self.errors: Counter[str] = Counter()

    def start(self) -> Self:
        """Start sending orders."""
        self._pacer.start()
        return self

    def stop(self) -> None:
        """Stop sending orders, and wait for those under way."""
        self._stopped.set()
        self._pacer.join()

    def counts(self, seconds: float = float("inf")) -> tuple[int, int]:
        """Return the numbers of orders served and failed within the last seconds."""
        since = time.monotonic() - seconds
        recent = [ok for at, ok in tuple(self._outcomes) if at >= since]
        return sum(recent), len(recent) - sum(recent)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="customer") as customers:
            while not self._stopped.wait(self._dice.expovariate(self.rate)):
                order = self._draw()
                if self._room.acquire(blocking=False):
                    customers.submit(self._order, order)

    def _draw(self) -> dict[str, Any]:
        return {
            "item": self._dice.choice(ITEMS),
            "quantity": self._dice.randint(1, 5),
            "gift": self._dice.random() < GIFTS,
        }

    def _order(self, order: dict[str, Any]) -> None:
        try:
            error = self._invoke(order)
        finally:
            self._room.release()
        self._outcomes.append((time.monotonic(), error is None))
        if error is not None:
            self.errors[error] += 1
        elif self._doors < AT_ONCE:
            self._doors += 1
            self._room.release()

    def _invoke(self, order: dict[str, Any]) -> str | None:
        """Send one order; return the error's type as the customer sees it, or None."""
        try:
            answer = self._lambda.invoke(
                FunctionName=self._front, Qualifier=ALIAS, Payload=json.dumps(order).encode()
            )
        except (BotoCoreError, ClientError) as error:
            return type(error).__name__
        body = json.loads(answer["Payload"].read())
        return str(body["errorType"]) if "FunctionError" in answer else None
