"""Runs alone, in a fresh interpreter: imports what it is told to, and prints what that cost.

import_probe.py libraries            boto3, Powertools and pydantic, nothing done with them
import_probe.py bare SERVICE…        the same, what every handler makes of them, those clients
import_probe.py handler MODULE       a handler; `clients` are those that it makes
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
    """Import the libraries; a name that a library loads when it is asked for is asked for."""
    return {
        name: getattr(import_module(module), name) for module, names in LIBRARIES for name in names
    }


def bare(services: list[str]) -> list[str]:
    """Make what each handler makes: logger, tracer, metrics, a model, and the clients."""
    found = libraries()
    found["Logger"](), found["Tracer"](), found["Metrics"](namespace="Bare")
    type("Settings", (found["BaseModel"],), {"__annotations__": {"TABLE": str}})
    for service in services:
        kind, _, name = service.partition(":")
        found[kind](name)
    return services


def handler(module: str) -> list[str]:
    """Import a handler; return the clients that it made, as `client:sqs`."""
    boto3, made = import_module("boto3"), list[str]()
    for kind in ("client", "resource"):
        setattr(boto3, kind, _noting(made, kind, getattr(boto3, kind)))
    import_module(module)
    return made


def _noting(made: list[str], kind: str, make: Callable[..., Any]) -> Callable[..., Any]:
    def noted(service: str, **options: Any) -> Any:
        made.append(f"{kind}:{service}")
        return make(service, **options)

    return noted


def resident_megabytes() -> float | None:
    """Return the most memory this process has held so far, where the system tells."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    peak = [int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
    return peak[0] / 1024 if peak else None


def main(what: str, *names: str) -> None:
    """Do one of the three and print the costs: seconds and MiB."""
    wall, processor = time.perf_counter(), time.process_time()
    made: list[str] = []
    if what == "libraries":
        libraries()
    else:
        made = bare(list(names)) if what == "bare" else handler(*names)
    costs = {"processor": time.process_time() - processor, "wall": time.perf_counter() - wall}
    print(json.dumps({**costs, "resident": resident_megabytes(), "clients": made}))


if __name__ == "__main__":
    main(*sys.argv[1:])
