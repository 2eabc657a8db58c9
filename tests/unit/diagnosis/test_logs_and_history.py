"""The seats that read new error lines, and remember similar incidents."""

from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from functions.diagnosis.error_attribution import ErrorAttribution, attribute_errors
from functions.diagnosis.log_templates import log_templates
from functions.diagnosis.new_templates import LEAST, is_new, new_lines
from functions.diagnosis.similar_incidents import similar_incidents
from functions.evidence.stack_frames import Location
from quorum.domain.errors import NotApplicableError
from quorum.domain.evidence import Bundle, LogTemplate, PastCase
from quorum.domain.memory_entries import Outcome
from quorum.domain.votes import Opinion, choose
from quorum.seats.seat import Deps
from tests.builders.bundles import on, shop_bundle
from tests.builders.evidence import PARAMETER, A, B, C, change, deployed, service, state, template

STATES = (state(A), state(B), state(C, reserved_concurrency=5), state(PARAMETER, version=2))
CHANGES = (
    deployed(A, -1),
    deployed(C, -1),
    change(PARAMETER, "parameter", -1, values=(1, 2)),
    change(C, "concurrency", -1, values=(10, 5)),
)
OWN = template(C, "TypeError: unsupported operand <*>")
PASSED = (template(B, "back failed: TypeError"), template(A, "middle failed: back failed"))


def evidence(*templates: LogTemplate) -> Bundle:
    series = (service(A, 5, alarmed=True), service(B, 5), service(C, 5))
    return shop_bundle(*series, changes=CHANGES, states=STATES, templates=templates)


def ask(*templates: LogTemplate) -> tuple[Bundle, Opinion]:
    given = evidence(*templates)
    return given, log_templates(given, Deps())


def test_resource_that_logs_its_own_errors_is_at_fault_and_its_caller_is_not() -> None:
    given, opinion = ask(OWN, *PASSED)
    assert choose(opinion, 0).action == on(given, C, "rollback").id


def test_error_naming_a_callee_is_no_own_error() -> None:
    given = shop_bundle(
        changes=(deployed(B, -1), deployed(C, -1)), states=STATES, templates=PASSED[:1]
    )
    found = log_templates(given, Deps()).probabilities
    assert found[on(given, C, "rollback").id] > 2 * found[on(given, B).id]


def test_throttling_logged_by_a_caller_supports_more_capacity() -> None:
    given, opinion = ask(template(B, "DownstreamThrottledError: back throttled the call"))
    assert choose(opinion, 0).action == on(given, C, "concurrency").id


def test_line_that_names_a_setting_supports_restoring_it() -> None:
    line = template(B, "ValueError: /limit must be a number")
    changes = (deployed(B, -1), change(PARAMETER, "parameter", -1, values=(1, 2)))
    given = shop_bundle(changes=changes, states=STATES, templates=(line,))
    assert choose(log_templates(given, Deps()), 0).action == on(given, PARAMETER).id


def test_error_from_before_the_onset_supports_no_candidate() -> None:
    old = template(C, "timed out", before=30, after=15)
    assert not is_new(evidence(), old)
    assert is_new(evidence(), OWN)
    with pytest.raises(NotApplicableError):
        ask(old)


def test_all_new_errors_of_a_resource_have_one_attribution() -> None:
    lines = (
        template(B, "DownstreamError: back failed: TypeError at client.py:31 in call"),
        template(B, "order failed", after=2 * LEAST),
        template(C, "TypeError: unsupported operand at back.py:9 in total"),
    )
    given, opinion = ask(*lines)
    assert attribute_errors(given) == {
        B: ErrorAttribution(frozenset({C}), throttled=False),
        C: ErrorAttribution(frozenset(), throttled=False),
    }
    assert opinion.probabilities[on(given, C, "rollback").id] > 0.5
    assert opinion.reason == f"{C} logs its own errors; none name a dependency"


def test_few_lines_about_a_callee_do_not_change_the_attribution() -> None:
    lines = (template(B, "ValueError: no"), template(B, "back failed: retried", after=4))
    assert attribute_errors(evidence(*lines))[B].dependencies == frozenset()


@pytest.mark.parametrize("file", ["back.py", "back.mjs", "back.Orders.cs"])
@pytest.mark.parametrize("function", [" in back", " in Object.back", ""])
def test_names_of_files_and_functions_are_no_resources(file: str, function: str) -> None:
    line = template(B, f"ValueError: no {Location(file, 12, function[4:])}")
    assert attribute_errors(evidence(line))[B].dependencies == {C}, "in the message it is one"
    for place in (Location(file, 12, function[4:]), Location("", None, "shop.back")):
        line = template(B, f"ValueError: no at {place}")
        assert attribute_errors(evidence(line))[B].dependencies == frozenset()


def test_errors_before_a_late_alarm_count_in_full() -> None:
    given = evidence()
    early = template(B, "back failed: TypeError", before=40, after=1)
    early = early.model_copy(update={"first_seen": given.onset - 5})
    assert new_lines(given, early) == 41
    own = template(B, "ValueError: no", after=30)
    assert attribute_errors(evidence(early, own))[B].dependencies == {C}


def test_caller_with_its_own_errors_is_not_explained_by_its_callee() -> None:
    passed_on, own = (
        ask(OWN, template(B, text))[1].probabilities
        for text in ("back failed: TypeError", "ValueError: of my own")
    )
    culprit = on(evidence(), C, "rollback").id
    assert own[culprit] < 0.6 * passed_on[culprit]


def test_later_of_two_explaining_changes_is_more_likely() -> None:
    own = template(B, "ValueError: invalid literal")
    chances = []
    for ago in (-1, -25):
        changes = (deployed(B, ago), change(PARAMETER, "parameter", -1, values=(1, 2)))
        given = shop_bundle(changes=changes, states=STATES, templates=(own,))
        chances.append(log_templates(given, Deps()).probabilities[on(given, B).id])
    assert chances[1] < chances[0] / 3


def test_resource_without_log_lines_is_unlikely_at_fault() -> None:
    given, opinion = ask(template(A, "ValueError: invalid literal"))
    assert opinion.probabilities[on(given, C, "rollback").id] < 0.1


def past(n: int, verb: str | None, outcome: Outcome = "worked", **more: Any) -> PastCase:
    """Return a past case of its own source and day."""
    fields = {"closed_at": n * 86_400, "source": f"1/lambda:{n}", "similarity": 1.0}
    return PastCase.model_validate(
        {"incident_id": f"{n:032x}", "verb": verb, "outcome": outcome, **fields, **more}
    )


def history(*cases: PastCase) -> Bundle:
    """Return the evidence with these past cases."""
    return evidence().model_copy(update={"past": cases})


def test_action_that_helped_in_similar_incidents_is_likely() -> None:
    given = history(*(past(n, "ssm.restore_parameter") for n in range(5)))
    opinion = similar_incidents(given, Deps())
    assert choose(opinion, 0).action == on(given, PARAMETER).id
    assert 0.7 < opinion.probabilities[on(given, PARAMETER).id] < 1


def test_the_third_time_the_seat_votes_with_doubt() -> None:
    given = history(*(past(n, "ssm.restore_parameter") for n in range(2)))
    found = similar_incidents(given, Deps()).probabilities[on(given, PARAMETER).id]
    assert found == pytest.approx(2 / 3)


def test_candidates_of_the_verb_that_helped_share_the_probability() -> None:
    given = history(*(past(n, "lambda.rollback_alias") for n in range(5)))
    opinion = similar_incidents(given, Deps())
    assert choose(opinion, 0).action is None
    assert sum(opinion.probabilities.values()) == pytest.approx(5 / 6)


def test_the_candidate_on_the_resource_that_was_acted_on_is_chosen() -> None:
    rolled = (past(n, "lambda.rollback_alias", resource=C) for n in range(2))
    given = history(*rolled)
    opinion = similar_incidents(given, Deps())
    assert choose(opinion, 0).action == on(given, C, "rollback").id
    assert opinion.probabilities == {on(given, C, "rollback").id: pytest.approx(2 / 3)}


@hypothesis.given(
    st.lists(
        st.tuples(
            st.sampled_from(["lambda.rollback_alias", "ssm.restore_parameter", None]),
            st.sampled_from([A, C, PARAMETER, "lambda:other", ""]),
            st.sampled_from(["worked", "failed", "unverified"]),
        ),
        max_size=30,
    )
)
def test_any_history_is_a_distribution(tries: list[tuple[str | None, str, Outcome]]) -> None:
    cases = (past(n, verb, how, resource=on) for n, (verb, on, how) in enumerate(tries))
    given_ = history(*cases)
    try:
        opinion = similar_incidents(given_, Deps())
    except NotApplicableError:
        return
    assert sum(opinion.probabilities.values()) + opinion.none <= 1 + 1e-9
    assert all(share > 0 for share in opinion.probabilities.values())


def test_action_that_failed_in_similar_incidents_is_not_recommended() -> None:
    tries = (past(n, "ssm.restore_parameter", "failed") for n in range(5))
    assert similar_incidents(history(*tries), Deps()).probabilities == {}


def test_a_failed_or_undone_action_and_one_without_action_count_against_the_verb() -> None:
    good = [past(n, "ssm.restore_parameter") for n in range(3)]
    restore = on(evidence(), PARAMETER).id
    alone = similar_incidents(history(*good), Deps()).probabilities[restore]
    for other in (past(9, "ssm.restore_parameter", "failed"), past(9, None, "unverified")):
        less = similar_incidents(history(*good, other), Deps()).probabilities[restore]
        assert less < alone


def test_an_outcome_that_is_not_verified_moves_nothing() -> None:
    good = [past(n, "ssm.restore_parameter") for n in range(3)]
    unverified = [past(n, "ssm.restore_parameter", "unverified") for n in range(5, 50)]
    assert similar_incidents(history(*good, *unverified), Deps()) == similar_incidents(
        history(*good), Deps()
    )


def test_similar_incidents_without_enough_history_is_not_applicable() -> None:
    for given in (history(), history(past(1, "ssm.restore_parameter"))):
        with pytest.raises(NotApplicableError):
            similar_incidents(given, Deps())
