"""Cold start: import time of the handlers, and size of the packages.

Each handler is imported in a fresh interpreter that has only its own package and the layer, both
unpacked from the zips that are deployed, byte-compiled, with the environment variables of stage
`dev` (tracing on). Interleaved with it, also in fresh interpreters: *libraries*, which imports
boto3, Powertools and pydantic and nothing else, and *bare*, which also creates the minimum of a
handler: a logger, a tracer, metrics, one pydantic model, and the same clients as the handler.
Medians; times are processor times, because the machine is shared. Instructions are counted by
valgrind if it is installed; they do not depend on the load of the machine.

Clients are created at import on purpose. Lambda gives a full processor to the import and a fraction
of one to the first request, so creating them later would only improve the first ratio. For the
same reason the validators that every request uses are built at import: all event types as one
union, and the evidence. Validators that a function may not use are built on first use. The time
beyond *bare* is the handler's own code, most of it pydantic building the models of events and
evidence.
"""

import sys
from collections.abc import Iterable
from statistics import median
from typing import Any, Final

from benchmarks.lambda_sandbox import Sandbox, handlers, sandbox, sizes
from benchmarks.result import Goal, Measured, ResultTable, main
from stacks.packages import function_package
from stacks.rows.row import Row
from stacks.stages import STAGES
from stacks.wheels import layer_package

ROUNDS: Final = 9
LIMIT: Final = 1.3
Costs = list[dict[str, Any]]


def measure() -> Measured:
    """Import all handlers in turns, and measure the packages."""
    rows = handlers()
    with sandbox() as place:
        clients = {
            folder: place.probe("handler", f"functions.{folder}.handler", row=row)["clients"]
            for folder, row in rows.items()
        }
        libraries, costs = _rounds(place, clients)
        counted = _instructions(place, rows)
    base = _median(libraries, "processor")
    table = [_line(folder, base, *costs[folder]) | counted[folder] for folder in sorted(rows)]
    slowest, furthest = (
        max(float(row[c] or 0) for row in table) for c in ("times libraries", "times bare")
    )
    return Measured(
        benchmark="coldstart",
        about=__doc__ or "",
        goals=[
            _goal("slowest import of a handler, times libraries alone", slowest),
            _goal("slowest import of a handler, times the same libraries and clients", furthest),
        ],
        tables=[
            ResultTable(
                title=f"Import, median of {ROUNDS}; libraries: {base * 1000:.0f} ms", rows=table
            ),
            ResultTable(title="Packages as stage dev deploys them", rows=_packages(rows)),
        ],
    )


def _instructions(place: Sandbox, rows: dict[str, Row]) -> dict[str, dict[str, Any]]:
    """Return a column by handler: instructions relative to the libraries, None if uncounted."""
    base = place.instructions("libraries")
    found: dict[str, dict[str, Any]] = {}
    for folder, row in rows.items():
        taken = base and place.instructions("handler", f"functions.{folder}.handler", row=row)
        times = round(taken / base, 2) if base and taken else None
        found[folder] = {"instructions, times libraries": times}
    return found


def _rounds(
    place: Sandbox, clients: dict[str, list[str]]
) -> tuple[Costs, dict[str, tuple[Costs, Costs]]]:
    libraries: Costs = []
    costs: dict[str, tuple[Costs, Costs]] = {folder: ([], []) for folder in clients}
    rows = handlers()
    for _ in range(ROUNDS):
        libraries.append(place.probe("libraries"))
        for folder, (whole, bare) in costs.items():
            whole.append(place.probe("handler", f"functions.{folder}.handler", row=rows[folder]))
            bare.append(place.probe("bare", *clients[folder]))
    return libraries, costs


def _line(folder: str, base: float, whole: Costs, bare: Costs) -> dict[str, Any]:
    taken, least = _median(whole, "processor"), _median(bare, "processor")
    return {
        "handler": folder,
        "import ms": round(taken * 1000),
        "bare ms": round(least * 1000),
        "wall ms": round(_median(whole, "wall") * 1000),
        "times libraries": round(taken / base, 2),
        "times bare": round(taken / least, 2),
        "resident MiB": round(_median(whole, "resident")),
        "clients": len(whole[0]["clients"]),
    }


def _packages(folders: Iterable[str]) -> list[dict[str, Any]]:
    stage = STAGES["dev"]
    named = {folder: function_package(folder, stage.python) for folder in sorted(folders)}
    named["(the layer)"] = layer_package(stage)
    found = {name: sizes(package) for name, package in named.items()}
    return [
        {"package": name, "zip KiB": round(zipped / 1024), "unpacked KiB": round(size / 1024)}
        for name, (zipped, size) in found.items()
    ]


def _goal(what: str, ratio: float) -> Goal:
    return Goal(what=what, rule="at most", limit=LIMIT, measured=ratio)


def _median(costs: Costs, what: str) -> float:
    return median(cost[what] or 0 for cost in costs)


if __name__ == "__main__":
    sys.exit(main("coldstart", measure))
