"""Signing: time that signed votes add between an incident's opening and its decision.

Quorum is deployed to an emulator. Its ten seats and consensus exist in two versions behind the
aliases that the state machine calls: the original, and one without signing and verification, made
by replacing the two adapters that do so. The aliases point to one and the other in turns, all
functions are warm, and a round is one incident with each; medians. The votes show which version was
in use. In a deployed Quorum no setting turns signatures off. *Voting and counting* are the steps in
which seats sign and consensus verifies.

KMS is part of the emulator, a single process that all functions share. On AWS a signature takes a
round trip to KMS, and the ten seats sign in parallel.
"""

import io
import sys
import zipfile
from base64 import b64encode
from collections.abc import Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import Final

from benchmarks.execution_times import DECIDED, TOTAL, StepTimes, until_decided, wait_for_end
from benchmarks.incident_run import run_incident, warm
from benchmarks.result import Cell, Measured, ResultTable, main
from local.quorum import PREFIX
from local.stage import LocalStage, healthy, product_app, wait_until
from quorum.domain.events import DecisionMade
from stacks.config import Config
from stacks.functions_table import ROWS
from stacks.packages import function_package
from stacks.rows.row import Row
from stacks.settings import packaged
from stacks.stages import STAGES

SEED: Final = 7
ROUNDS: Final = 9
UNCOUNTED: Final = 3
ADAPTERS: Final = "quorum/adapters/signing"
UNSIGNED: Final = {
    "kms_signer": """
class KmsSigner:
    def __init__(self, client, key): pass
    def sign(self, message): return b"unsigned"
""",
    "kms_verifier": """
class KmsVerifier:
    def __init__(self, client, keys): pass
    def objection(self, signer, message, signature): return None
""",
}
NO_SIGNATURE: Final = b64encode(b"unsigned").decode()
CONSENSUS: Final = "consensus"
FIRST: Final = "1"
"""The deployed version."""
SIGNERS: Final = [row for row in ROWS if row.name.startswith("seat-") or row.name == CONSENSUS]
STEPS: Final = ("Detection", "DiagnosisAndPrediction", "Resolution", DECIDED)
VOTING: Final = "voting and counting"
Versions = Mapping[str, str]
"""By function."""
Sides = tuple[StepTimes, StepTimes]


def measure() -> Measured:
    """Alternate between signed and unsigned votes."""
    with LocalStage(SEED) as stage:
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
            ResultTable(
                title=f"Median of {ROUNDS}",
                rows=[_row(what, counted) for what in (VOTING, TOTAL)],
            ),
            ResultTable(
                title="Rounds", rows=[_totals(n, sides) for n, sides in enumerate(counted, 1)]
            ),
        ],
    )


def _row(what: str, rounds: Sequence[Sides]) -> dict[str, Cell]:
    one, other = (median(side[what] for side in sides) for sides in zip(*rounds, strict=True))
    ratio = round(one / other, 2)
    return {"": what, "signed ms": round(one), "unsigned ms": round(other), "times unsigned": ratio}


def _totals(number: int, sides: Sides) -> dict[str, Cell]:
    one, other = (round(side[VOTING]) for side in sides)
    return {"": f"round {number}, {VOTING}", "signed ms": one, "unsigned ms": other}


def _round(stage: LocalStage, signed: Versions, unsigned: Versions, number: int) -> Sides:
    member = number % len(stage.plan.members)
    return _decided(stage, signed, member), _decided(stage, unsigned, member)


def _decided(stage: LocalStage, versions: Versions, member: int) -> StepTimes:
    """Return the steps' milliseconds. Raises ValueError if the other version voted."""
    _point(stage, versions)
    opened = run_incident(stage, stage.plan.members[member])
    events = stage.quorum.events(opened.incident_id)
    texts = [text for e in events if isinstance(e, DecisionMade) for text in e.certificate]
    if not texts or {NO_SIGNATURE in text for text in texts} != {versions[CONSENSUS] != FIRST}:
        raise ValueError("the votes are not from the expected version")
    execution, states = stage.quorum.execution(opened)["executionArn"], stage.emulator.client
    wait_for_end(states("stepfunctions"), execution)
    found = until_decided(states("stepfunctions"), execution, opened.occurred_at)
    return {**found, VOTING: sum(found[step] for step in STEPS)}


def _published(stage: LocalStage, row: Row) -> str:
    """Publish a version of the function without signatures; return its number."""
    functions = stage.emulator.client("lambda")
    code = without_signatures(
        row.package, packaged(row, Config.from_context(product_app().context))
    )
    made = functions.update_function_code(
        FunctionName=f"{PREFIX}{row.name}", ZipFile=code, Publish=True
    )
    return str(made["Version"])


def without_signatures(folder: str, settings: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return the function's zip with its signing adapters replaced, without their bytecode.

    Raises ValueError if it has none.
    """
    package, buffer = function_package(folder, STAGES["local"].python, settings), io.BytesIO()
    with zipfile.ZipFile(package.path) as old, zipfile.ZipFile(buffer, "w") as new:
        replaced = {name for entry in old.namelist() if (name := _replaced_module(entry))}
        if not replaced:
            raise ValueError(f"{folder} ships none of the adapters to replace")
        for entry in old.infolist():
            if _replaced_module(entry.filename) is None:
                new.writestr(entry, old.read(entry))
        for module in sorted(replaced):
            new.writestr(f"{ADAPTERS}/{module}.py", UNSIGNED[module])
    return buffer.getvalue()


def _replaced_module(name: str) -> str | None:
    """Return the name of the replaced module whose source or bytecode the file is, or None."""
    folder, _, file = name.rpartition("/")
    module = file.partition(".")[0]
    replaced = folder.removesuffix("/__pycache__") == ADAPTERS and module in UNSIGNED
    return module if replaced else None


def _point(stage: LocalStage, versions: Versions) -> None:
    functions = stage.emulator.client("lambda")
    for name, version in versions.items():
        functions.update_alias(FunctionName=f"{PREFIX}{name}", Name="live", FunctionVersion=version)


if __name__ == "__main__":
    sys.exit(main("signing", measure))
