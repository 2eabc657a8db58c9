"""An undo whose outcome is unknown, that died, or that another attempt makes as well."""

from functions.executor.outcome import EFFECT_SECONDS, START_DEADLINE_SECONDS
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.events import ActionUndone
from quorum.domain.executions import Execution
from tests.builders.actuators import put
from tests.builders.executor import Case
from tests.fakes import START
from tests.unit.executor.dying import run_and_die
from tests.unit.executor.steps import acted


def test_undo_with_a_lost_response_is_detected_by_reading() -> None:
    case = acted()
    case.actuator.error, case.actuator.lose_response = SourceUnavailableError("lost"), True

    assert case.run("undo") == "undone"
    assert len(case.actuator.writes) == 2


def test_undo_with_an_unknown_outcome_is_never_repeated() -> None:
    case = acted()
    case.actuator.error = SourceUnavailableError("timeout")

    assert case.run("undo") == "refused"
    assert case.run("undo") == "refused"
    assert case.actuator.calls.count("undo") == 1


def test_stop_after_a_crashed_undo_does_not_hide_its_effect() -> None:
    case = acted()
    at = next(n for n in range(1, 50) if _undid(acted(), n))
    run_and_die(case, "undo", at, after=True)
    case.stop.throw("drill", "ann", START)
    case.clock.advance(EFFECT_SECONDS)

    assert case.run("undo") == "undone"


def test_undo_past_its_start_deadline_has_no_effect() -> None:
    case = acted()
    fence = case.ledger.fence

    def slow(execution: Execution) -> Execution | None:
        found = fence(execution)
        case.clock.advance(START_DEADLINE_SECONDS + 1)
        return found

    put(case.ledger, "fence", slow)

    assert case.run("undo") == "refused"
    assert len(case.actuator.writes) == 1


def test_undo_repeated_after_later_changes_returns_undone() -> None:
    case = acted()
    case.run("undo")
    case.actuator.world.update(alias_version="9", revision=17)

    assert case.run("undo") == "undone"


def test_refused_undo_stays_refused_when_another_caller_makes_the_change() -> None:
    case = acted()
    case.actuator.error = SourceUnavailableError("timeout")
    assert case.run("undo") == "refused"
    case.actuator.world["alias_version"] = "4"

    assert case.run("undo") == "refused"
    assert case.facts(ActionUndone) == []


def test_second_of_two_concurrent_undos_finds_the_firsts_fence() -> None:
    case = acted()
    fence = case.ledger.fence
    results: list[str] = []

    def slower(execution: Execution) -> Execution | None:
        if not results:
            results.append("")
            results[0] = case.run("undo")
        return fence(execution)

    put(case.ledger, "fence", slower)

    assert case.run("undo") == "undone"
    assert results == ["undone"]
    assert len(case.actuator.writes) == 2
    assert len(case.facts(ActionUndone)) == 1


def test_undo_that_crashed_after_its_effect_is_recorded_as_undone() -> None:
    case = acted()
    at = next(n for n in range(1, 50) if _undid(acted(), n))
    run_and_die(case, "undo", at, after=True)
    assert case.facts(ActionUndone) == []
    case.clock.advance(EFFECT_SECONDS)

    assert case.run("undo") == "undone"
    assert len(case.actuator.writes) == 2


def _undid(case: Case, at: int) -> bool:
    run_and_die(case, "undo", at, after=True)
    return len(case.actuator.writes) == 2
