"""Signing: the time that signed votes add from an incident's opening to its decision.

The product is deployed to an emulator. Its ten seats and consensus are there twice, as two versions
behind the aliases that the state machine calls: the product's own, and one in which nothing is
signed or verified, made here by replacing the two adapters that do so. Aliases point to one and
the other in turns, all are warm, and a round is an incident of either; medians. Which of them voted
is seen from the votes. In the deployed product no setting leaves signatures out. *Voting and
counting* are the steps in which seats sign and consensus verifies.

KMS is the emulator's, one process that all others ask, too: on AWS a signature takes a round trip
to KMS, and the ten seats take it side by side.
"""

import io
import sys
import zipfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from benchmarks.executions import DECIDED, TOTAL, Stretches, until_decided, wait_for_end
from benchmarks.incident import run_incident, warm
from benchmarks.result import Cell, Measured, Table, main
from local.quorum import PREFIX
from local.stage import Stage, healthy, wait_until
from quorum.domain.events import DecisionMade
from stacks.functions_table import ROWS
from stacks.packages import function_package
from stacks.rows.row import Row
from stacks.stages import STAGES

SEED: Final = 7
ROUNDS: Final = 9
UNCOUNTED: Final = 3
ADAPTERS: Final = "quorum/adapters/"
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
NOBODYS: Final = b64encode(b"nobody").decode()
CONSENSUS: Final = "consensus"
FIRST: Final = "1"
"""The version that was deployed."""
SIGNERS: Final = [row for row in ROWS if row.name.startswith("seat-") or row.name == CONSENSUS]
STEPS: Final = ("Detection", "DiagnosisAndPrediction", "Resolution", DECIDED)
VOTING: Final = "voting and counting"
Versions = Mapping[str, str]
"""By function."""
Sides = tuple[Stretches, Stretches]


def measure() -> Measured:
    """Alternate between signed and unsigned."""
    with Stage(SEED) as stage:
        wait_until(lambda: healthy(stage.load), seconds=600, what="a healthy shop")
        signed = {row.name: FIRST for row in SIGNERS}
        unsigned = {row.name: _published(stage, row) for row in SIGNERS}
        for versions in (unsigned, signed):
            _point(stage, versions)
            warm(stage)
        rounds = [_round(stage, signed, unsigned, n) for n in range(UNCOUNTED + ROUNDS)]
    counted = rounds[UNCOUNTED:]
    return Measured(
        benchmark="signing",
        about=__doc__ or "",
        goals=[],
        tables=[
            Table(
                title=f"Median of {ROUNDS}",
                rows=[_row(what, counted) for what in (VOTING, TOTAL)],
            ),
            Table(title="Rounds", rows=[_totals(n, sides) for n, sides in enumerate(counted, 1)]),
        ],
    )


def _row(what: str, rounds: Sequence[Sides]) -> dict[str, Cell]:
    one, other = (median(side[what] for side in sides) for sides in zip(*rounds, strict=True))
    ratio = round(one / other, 2)
    return {"": what, "signed ms": round(one), "unsigned ms": round(other), "times unsigned": ratio}


def _totals(number: int, sides: Sides) -> dict[str, Cell]:
    one, other = (round(side[VOTING]) for side in sides)
    return {"": f"round {number}, {VOTING}", "signed ms": one, "unsigned ms": other}


def _round(stage: Stage, signed: Versions, unsigned: Versions, number: int) -> Sides:
    member = number % len(stage.plan.members)
    return _decided(stage, signed, member), _decided(stage, unsigned, member)


def _decided(stage: Stage, versions: Versions, member: int) -> Stretches:
    """Return the milliseconds of the steps. Raises ValueError when the votes are of the others."""
    _point(stage, versions)
    opened = run_incident(stage, stage.plan.members[member])
    facts = stage.quorum.events(opened.incident_id)
    texts = [text for f in facts if isinstance(f, DecisionMade) for text in f.certificate]
    if not texts or {NOBODYS in text for text in texts} != {versions[CONSENSUS] != FIRST}:
        raise ValueError("these votes were not signed as they should be")
    execution, states = stage.quorum.execution(opened)["executionArn"], stage.emulator.client
    wait_for_end(states("stepfunctions"), execution)
    found = until_decided(states("stepfunctions"), execution, opened.occurred_at)
    return {**found, VOTING: sum(found[step] for step in STEPS)}


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
