"""SQS: metrics of each queue, the sources of a dead-letter queue, and moves back to them.

MiniStack has neither. AWS moves asynchronously and sends a message without a source nowhere; a move
here is complete at once and leaves such a message where it is.
"""

import json
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
    """Add the operations and start the thread that publishes."""
    queues, cloudwatch = service("services.sqs"), service("services.cloudwatch")
    moves = Moves(queues)
    queues._HANDLERS.update(  # noqa: SLF001
        {
            "ListDeadLetterSourceQueues": moves.sources,
            "ListMessageMoveTasks": moves.listed,
            "StartMessageMoveTask": moves.start,
        }
    )
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


class Moves:
    """Message move tasks: each message goes back to the queue that it came from."""

    def __init__(self, queues: Any) -> None:
        self._queues = queues
        self._tasks: dict[str, list[dict[str, Any]]] = {}

    def sources(self, data: dict[str, Any], url: str) -> dict[str, Any]:
        """Return the queues whose redrive policy names this one."""
        dead = self._queues._get_q(data.get("QueueUrl", url))["attributes"]["QueueArn"]  # noqa: SLF001
        return {
            "queueUrls": [
                queue["url"]
                for queue in self._queues._queues.values()  # noqa: SLF001
                if _dead_letter_arn(queue) == dead
            ]
        }

    def listed(self, data: dict[str, Any], _url: str) -> dict[str, Any]:
        """Return the newest tasks of the dead-letter queue."""
        return {"Results": self._tasks.get(data["SourceArn"], [])[: int(data.get("MaxResults", 1))]}

    def start(self, data: dict[str, Any], _url: str) -> dict[str, Any]:
        """Move every message back to its source."""
        source, now = data["SourceArn"], time.time()
        with self._queues._queues_lock:  # noqa: SLF001
            moved = self._move(self._queues._queue_by_arn(source), now)  # noqa: SLF001
        started = int(now * 1000)
        task = {"TaskHandle": f"task-{started}", "SourceArn": source, "StartedTimestamp": started}
        done = {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": moved}
        self._tasks.setdefault(source, []).insert(0, {**task, **done})
        return {"TaskHandle": task["TaskHandle"]}

    def _move(self, dead: dict[str, Any], now: float) -> int:
        kept, moved = [], 0
        for message in dead["messages"]:
            origin = message["sys"].get("DeadLetterQueueSourceArn", "")
            queue = self._queues._queue_by_arn(origin) if origin else None  # noqa: SLF001
            if queue is None:
                kept.append(message)
                continue
            again = {"receipt_handle": None, "visible_at": now, "receive_count": 0}
            queue["messages"].append({**message, **again})
            moved += 1
        dead["messages"] = kept
        self._queues.esm_wake.set()
        return moved


def _dead_letter_arn(queue: dict[str, Any]) -> str | None:
    policy = json.loads(queue["attributes"].get("RedrivePolicy") or "{}")
    found: str | None = policy.get("deadLetterTargetArn")
    return found
