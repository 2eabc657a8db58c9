"""Telemetry of an invocation: one log line, and metrics with a resolution of one second."""

import json
import os
import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from . import aws

NAME = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
VERSION = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION", "")
UNITS = {"LatencyMs": "Milliseconds"}


@contextmanager
def observed(request_id: str) -> Iterator[dict[str, float]]:
    """Count, time and log the block, which may change the counts. Re-raises its error."""
    counts: dict[str, float] = {"Requests": 1, "Errors": 0}
    started = time.monotonic()
    try:
        yield counts
    except Exception as error:
        counts["Errors"] = counts["Requests"]
        trace = traceback.format_exc(limit=-3)
        log("ERROR", request_id, f"{type(error).__name__}: {error}", exception=trace)
        raise
    else:
        log("INFO", request_id, "served", ms=round((time.monotonic() - started) * 1000))
    finally:
        counts["LatencyMs"] = (time.monotonic() - started) * 1000
        function = {"FunctionName": NAME}
        publish(f"Shop/{NAME}", function, counts)
        publish(f"Shop/{NAME}/{VERSION}", {**function, "ExecutedVersion": VERSION}, counts)


def publish(namespace: str, dimensions: Mapping[str, str], values: Mapping[str, float]) -> None:
    """Publish the metrics now; a failure is logged and not raised."""
    named = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    data: list[Any] = [
        {
            "MetricName": name,
            "Value": value,
            "Unit": UNITS.get(name, "Count"),
            "Dimensions": named,
            "StorageResolution": 1,
        }
        for name, value in values.items()
    ]
    try:
        aws.CLOUDWATCH.put_metric_data(Namespace=namespace, MetricData=data)
    except (BotoCoreError, ClientError) as error:
        log("WARNING", "", f"metrics of {namespace} were not published: {error}")


def log(level: str, request_id: str, message: str, **more: Any) -> None:
    """Print one JSON line, which Lambda sends to the function's log group."""
    line = {"level": level, "function": NAME, "version": VERSION, "request_id": request_id}
    print(json.dumps({**line, "message": message, **more}), flush=True)
