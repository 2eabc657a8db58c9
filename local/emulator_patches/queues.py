"""SQS metrics: the number of messages in each queue, which MiniStack does not publish."""

import threading
import time
from typing import Any

from local.emulator_patches.patching import service

EVERY_SECONDS = 10.0  # AWS: a minute, too long for a demo
METRICS = {
    "ApproximateNumberOfMessages": "ApproximateNumberOfMessagesVisible",
    "ApproximateNumberOfMessagesNotVisible": "ApproximateNumberOfMessagesNotVisible",
}


def apply() -> None:
    """Start the thread that publishes."""
    queues, cloudwatch = service("services.sqs"), service("services.cloudwatch")
    threading.Thread(target=_tick, args=(queues, cloudwatch), daemon=True).start()


def _tick(queues: Any, cloudwatch: Any) -> None:
    while True:
        time.sleep(EVERY_SECONDS)
        for queue in list(queues._queues.values()):  # noqa: SLF001
            _publish(queues, cloudwatch, queue)


def _publish(queues: Any, cloudwatch: Any, queue: dict[str, Any]) -> None:
    with queues._queues_lock:  # noqa: SLF001
        queues._refresh_counts(queue)  # noqa: SLF001
    dimensions = {"QueueName": queue["attributes"]["QueueArn"].rsplit(":", 1)[-1]}
    for attribute, metric in METRICS.items():
        value = float(queue["attributes"].get(attribute, 0))
        cloudwatch.record_metric("AWS/SQS", metric, value, "Count", dimensions)
