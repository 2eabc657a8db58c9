"""An undo whose outcome is unknown, that died, or that another attempt makes as well."""

from functions.executor.outcome import EFFECT_SECONDS, START_DEADLINE_SECONDS
from quorum.domain.errors import SourceUnavailableError
from quorum.domain.events import ActionUndone
from quorum.domain.executions import Execution
from tests.fakes import START
from tests.unit.executor.cases import Case
from tests.unit.executor.dying import run_and_die
from tests.unit.executor.steps import acted
from tests.unit.executor.world import put


def test_a_lost_answer_of_an_undo_that_happened_is_found_out() -> None:
    case = acted()
    case.actuator.error, case.actuator.lose_response = SourceUnavailableError("lost"), True

    assert case.run("undo") == "undone"
    assert len(case.actuator.writes) == 2


def test_an_undo_whose_outcome_is_unknown_is_never_repeated() -> None:
    case = acted()
    case.actuator.error = SourceUnavailableError("timeout")

    assert case.run("undo") == "refused"
    assert case.run("undo") == "refused"
    assert case.actuator.calls.count("undo") == 1


def test_a_stop_after_an_undo_that_died_does_not_hide_that_it_happened() -> None:
    case = acted()
    at = next(n for n in range(1, 50) if _undid(acted(), n))
    run_and_die(case, "undo", at, after=True)
    case.stop.throw("drill", "ann", START)
    case.clock.advance(EFFECT_SECONDS)

    assert case.run("undo") == "undone"


def test_an_undo_that_is_late_to_begin_does_nothing() -> None:
    case = acted()
    fence = case.ledger.fence

    def slow(execution: Execution) -> Execution | None:
        found = fence(execution)
        case.clock.advance(START_DEADLINE_SECONDS + 1)
        return found

    put(case.ledger, "fence", slow)

    assert case.run("undo") == "refused"
    assert len(case.actuator.writes) == 1


def test_an_undo_stays_undone_whatever_is_changed_afterwards() -> None:
    case = acted()
    case.run("undo")
    case.actuator.world.update(alias_version="9", revision=17)

    assert case.run("undo") == "undone"


def test_an_undo_refused_for_good_stays_refused_when_somebody_else_does_the_same() -> None:
    case = acted()
    case.actuator.error = SourceUnavailableError("timeout")
    assert case.run("undo") == "refused"
    case.actuator.world["alias_version"] = "4"

    assert case.run("undo") == "refused"
    assert case.facts(ActionUndone) == []


def test_of_two_undos_at_once_the_second_finds_the_firsts_fence() -> None:
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


def test_an_undo_that_died_after_its_effect_is_told_as_undone() -> None:
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
