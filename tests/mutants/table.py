"""What must not be deleted: each promise as a small change that breaks it, and who notices."""

from typing import Final, NamedTuple

from functions.executor.guards import GUARDS, Guard

EXECUTOR: Final = "functions/executor"
ADAPTERS: Final = "functions/shared/adapters"
UNIT: Final = "tests/unit/executor"
CONTRACTS: Final = "tests/integration/adapters"


class Mutant(NamedTuple):
    """One change: `old`, found exactly once in the file, becomes `new`."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


def _guard(guard: Guard) -> Mutant:
    """Return the mutant in which the guard never finds anything."""
    row = f'Guard("{guard.name}", person_may={guard.person_may}, check='
    check = getattr(guard.check, "__name__", "")
    return Mutant(
        f"guard {guard.name}",
        f"{EXECUTOR}/guards.py",
        f"{row}checks.{check})",
        f"{row}lambda _moment: None)",
        (f"{UNIT}/test_guards.py", f"{UNIT}/test_guards_closed.py"),
    )


MUTANTS: Final[tuple[Mutant, ...]] = (
    Mutant(
        "the log's conditional put",
        f"{ADAPTERS}/dynamodb_event_store.py",
        'Attr("version").not_exists()',
        'Attr("version").not_exists() | Attr("version").exists()',
        (f"{CONTRACTS}/test_event_store.py",),
    ),
    Mutant(
        "the fence's condition",
        f"{ADAPTERS}/dynamodb_execution_ledger.py",
        '_item(execution), Attr("id").not_exists()',
        '_item(execution), Attr("id").not_exists() | Attr("id").exists()',
        (f"{CONTRACTS}/test_execution_ledger.py",),
    ),
    Mutant(
        "the fence itself",
        f"{EXECUTOR}/act.py",
        "return mine if tools.ledger.fence(mine) in (None, mine) else None",
        "return mine",
        (f"{UNIT}/test_act.py", f"{UNIT}/test_attempts.py", f"{UNIT}/test_crashes.py"),
    ),
    Mutant(
        "the lease's condition",
        f"{ADAPTERS}/dynamodb_execution_ledger.py",
        'free | Attr("holder").eq(incident_id)',
        'free | Attr("holder").exists()',
        (f"{CONTRACTS}/test_execution_ledger.py",),
    ),
    *map(_guard, GUARDS),
    Mutant(
        "the captured inverse",
        f"{EXECUTOR}/act.py",
        "    tools.recorder.record(incident.incident_id, build)\n",
        '    build({"incident_id": incident.incident_id, "version": 1, "event_id": "0" * 32,'
        ' "occurred_at": tools.now(), "previous": None}, ())  # type: ignore[typeddict-item]\n',
        (f"{UNIT}/test_act.py", f"{UNIT}/test_undo.py", f"{UNIT}/test_crashes.py"),
    ),
    Mutant(
        "the retry names",
        "stacks/asl.py",
        "[*transient_error_names(), *LAMBDA_ERRORS, *errors]",
        "[*LAMBDA_ERRORS, *errors]",
        ("tests/unit/stacks/test_state_machine.py",),
    ),
    Mutant(
        "a role's grant, between table and policy",
        "stacks/policies.py",
        "        *row.needs,\n",
        "        *row.needs[1:],\n",
        ("tests/infrastructure/test_grants_suffice.py",),
    ),
    Mutant(
        "a role's grant, in the table",
        "stacks/rows/background.py",
        'needs=(Need(("lambda:InvokeFunction",), "warm-aliases"),)',
        "needs=()",
        ("tests/infrastructure/test_grants_suffice.py",),
    ),
    Mutant(
        "the signature's check",
        "functions/shared/domain/envelopes.py",
        "    why = objection(vote.seat, vote.message(), sealed.signature)\n",
        "    why = None\n",
        ("tests/unit/domain/test_envelopes.py", f"{UNIT}/test_certificate.py"),
    ),
    Mutant(
        "the claim's slot",
        f"{ADAPTERS}/dynamodb_ballot_box.py",
        'item, Attr("entry").not_exists())\n        return ballot if',
        'item, Attr("entry").not_exists() | Attr("entry").exists())\n        return ballot if',
        (f"{CONTRACTS}/test_books.py", f"{CONTRACTS}/test_conditional_puts.py"),
    ),
    Mutant(
        "the strike for equivocation",
        f"{EXECUTOR}/certificate.py",
        "return {*struck, *striking.out()}",
        "return set(striking.out()) - set(struck)",
        (f"{UNIT}/test_certificate.py",),
    ),
    Mutant(
        "a vote's expiry",
        "functions/shared/domain/envelopes.py",
        '        (vote.exp > question.at, "it has expired"),\n',
        "",
        ("tests/unit/domain/test_envelopes.py", f"{UNIT}/test_certificate.py"),
    ),
    Mutant(
        "Q2",
        "functions/shared/domain/votes.py",
        "    if pivotal:\n",
        "    if False and pivotal:\n",
        ("tests/unit/domain/test_tally.py", "tests/unit/domain/test_quorum.py"),
    ),
)
