"""Script for a fresh interpreter: import the given modules and print the cost as JSON.

import_probe.py libraries            boto3, Powertools and pydantic only
import_probe.py bare SERVICE…        also the objects that every handler creates, and these clients
import_probe.py handler MODULE       a handler; `clients` lists those that it creates
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

LIBRARIES = (
    ("boto3", ("client", "resource")),
    ("aws_lambda_powertools", ("Logger", "Metrics", "Tracer")),
    ("pydantic", ("BaseModel", "ConfigDict")),
)


def libraries() -> dict[str, Any]:
    """Import the libraries and access the listed names, some of which are loaded lazily."""
    return {
        name: getattr(import_module(module), name) for module, names in LIBRARIES for name in names
    }


def bare(services: list[str]) -> list[str]:
    """Create a logger, tracer, metrics, a pydantic model and the clients, as handlers do."""
    found = libraries()
    found["Logger"](), found["Tracer"](), found["Metrics"](namespace="Bare")
    type("Settings", (found["BaseModel"],), {"__annotations__": {"TABLE": str}})
    for service in services:
        kind, _, name = service.partition(":")
        found[kind](name)
    return services


def handler(module: str) -> list[str]:
    """Import a handler; return the clients that it created, such as `client:sqs`."""
    boto3, made = import_module("boto3"), list[str]()
    for kind in ("client", "resource"):
        setattr(boto3, kind, _recording(made, kind, getattr(boto3, kind)))
    import_module(module)
    return made


def _recording(made: list[str], kind: str, make: Callable[..., Any]) -> Callable[..., Any]:
    def recorded(service: str, **options: Any) -> Any:
        made.append(f"{kind}:{service}")
        return make(service, **options)

    return recorded


def resident_megabytes() -> float | None:
    """Return the process's peak resident memory in MiB; None where /proc is missing."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peak = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return peak[0] / 1024 if peak else None


def main(mode: str, *names: str) -> None:
    """Run one of the three modes and print its cost in seconds and MiB."""
    wall, processor = time.perf_counter(), time.process_time()
    made: list[str] = []
    if mode == "libraries":
        libraries()
    else:
        made = bare(list(names)) if mode == "bare" else handler(*names)
    costs = {"processor": time.process_time() - processor, "wall": time.perf_counter() - wall}
    print(json.dumps({**costs, "resident": resident_megabytes(), "clients": made}))


if __name__ == "__main__":
    main(*sys.argv[1:])
