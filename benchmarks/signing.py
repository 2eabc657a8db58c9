"""Signing: what signed votes add to the time from an incident's opening to its decision.

The product is deployed to an emulator. Its ten seats and consensus are there twice, as two versions
behind the aliases that the state machine calls: the product's own, and one in which nothing is
signed or verified, made here by replacing the two adapters that do so. Aliases point to one and
the other in turns, all are warm, and a round is an incident of either; medians. In the deployed
product no setting leaves signatures out.

KMS is the emulator's, one process that all others ask, too: on AWS a signature takes a round trip
to KMS, and the ten seats take it side by side.
"""

import io
import sys
import zipfile
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Final

from benchmarks.executions import TOTAL, until_decided, wait_for_end
from benchmarks.incident import run_incident, warm
from benchmarks.result import Measured, Table, main
from local.quorum import PREFIX
from local.stage import Stage, healthy, wait_until
from stacks.functions_table import ROWS
from stacks.packaging import function_package
from stacks.rows.row import Row
from stacks.stages import STAGES

SEED: Final = 7
ROUNDS: Final = 9
UNCOUNTED: Final = 3
ADAPTERS: Final = "functions/shared/adapters/"
UNSIGNED: Final = {
    "kms_signer": """
class KmsSigner:
    def __init__(self, client, key): pass
    def sign(self, message): return b"nobody"
""",
    "kms_verifier": """
class KmsVerifier:
    def __init__(self, client, keys): pass
    def objection(self, signer, message, signature): return None
""",
}
SIGNERS: Final = [row for row in ROWS if row.name.startswith("seat-") or row.name == "consensus"]
Versions = Mapping[str, str]
"""By function."""


def measure() -> Measured:
    """Alternate between signed and unsigned."""
    with Stage(SEED) as stage:
        wait_until(lambda: healthy(stage.load), seconds=600, what="a healthy shop")
        signed = dict(_live(stage))
        unsigned = {row.name: _published(stage, row) for row in SIGNERS}
        for versions in (unsigned, signed):
            _point(stage, versions)
            warm(stage)
        rounds = [_round(stage, (signed, unsigned), n) for n in range(UNCOUNTED + ROUNDS)]
    counted = rounds[UNCOUNTED:]
    with_, without = (median(side) for side in zip(*counted, strict=True))
    return Measured(
        benchmark="signing",
        about=__doc__ or "",
        goals=[],
        tables=[
            Table(
                title=f"Open to decision, median of {ROUNDS}",
                rows=[
                    {
                        "signed ms": round(with_),
                        "unsigned ms": round(without),
                        "times unsigned": round(with_ / without, 3),
                        "signatures": sum(row.name.startswith("seat-") for row in SIGNERS),
                    }
                ],
            ),
            Table(
                title="Rounds",
                rows=[
                    {"": f"round {n}", "signed ms": round(one), "unsigned ms": round(other)}
                    for n, (one, other) in enumerate(counted, 1)
                ],
            ),
        ],
    )


def _round(stage: Stage, sides: tuple[Versions, Versions], number: int) -> tuple[float, float]:
    members = stage.plan.members
    one, other = (_decided(stage, side, number % len(members)) for side in sides)
    return one, other


def _decided(stage: Stage, versions: Versions, member: int) -> float:
    """Return the milliseconds from the incident's opening to its decision."""
    _point(stage, versions)
    opened = run_incident(stage, stage.plan.members[member])
    execution, states = stage.quorum.execution(opened)["executionArn"], stage.emulator.client
    wait_for_end(states("stepfunctions"), execution)
    return until_decided(states("stepfunctions"), execution, opened.occurred_at)[TOTAL]


def _live(stage: Stage) -> Iterator[tuple[str, str]]:
    functions = stage.emulator.client("lambda")
    for row in SIGNERS:
        alias = functions.get_alias(FunctionName=f"{PREFIX}{row.name}", Name="live")
        yield row.name, alias["FunctionVersion"]


def _published(stage: Stage, row: Row) -> str:
    """Publish the function without signatures; return the version."""
    functions = stage.emulator.client("lambda")
    code = _without_signatures(row.package)
    made = functions.update_function_code(
        FunctionName=f"{PREFIX}{row.name}", ZipFile=code, Publish=True
    )
    return str(made["Version"])


def _without_signatures(folder: str) -> bytes:
    """Return the function's zip with both adapters replaced, and without their bytecode."""
    package, buffer = function_package(folder, STAGES["local"].python), io.BytesIO()
    with zipfile.ZipFile(package.path) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            if not _is_replaced(entry.filename):
                new.writestr(entry, old.read(entry))
        for module, source in UNSIGNED.items():
            new.writestr(f"{ADAPTERS}{module}.py", source)
    return buffer.getvalue()


def _is_replaced(name: str) -> bool:
    folder, _, file = name.rpartition("/")
    ours = folder.removesuffix("/__pycache__") == ADAPTERS.rstrip("/")
    return ours and file.partition(".")[0] in UNSIGNED


def _point(stage: Stage, versions: Versions) -> None:
    functions = stage.emulator.client("lambda")
    for name, version in versions.items():
        functions.update_alias(FunctionName=f"{PREFIX}{name}", Name="live", FunctionVersion=version)


if __name__ == "__main__":
    sys.exit(main("signing", measure))
