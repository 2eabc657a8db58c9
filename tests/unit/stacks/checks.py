"""All rules for a state machine generated from a seat table; each rule asserts."""

from collections.abc import Callable

from quorum.domain.seats import Seat
from tests.unit.stacks import flow_rules, seat_rules, state_rules
from tests.unit.stacks.machines import Machine

Check = Callable[[Machine, tuple[Seat, ...]], None]

CHECKS: tuple[Check, ...] = (
    seat_rules.every_seat_is_reached_in_level_order,
    seat_rules.every_chain_falls_back_in_order_and_ends_in_abstention,
    seat_rules.consensus_hears_every_seat,
    seat_rules.tiers_are_tried_as_often_as_the_table_says,
    seat_rules.a_seat_takes_no_longer_than_its_row_says,
    flow_rules.transient_errors_and_interruptions_are_retried_by_name,
    flow_rules.everything_that_may_fail_is_caught,
    flow_rules.no_transition_dangles_and_no_state_is_idle,
    flow_rules.every_path_ends,
    flow_rules.nothing_goes_round_without_waiting,
    flow_rules.a_message_never_changes_the_way,
    flow_rules.no_message_is_awaited_before_an_effect,
    flow_rules.messages_are_handed_over_at_the_start_and_before_the_wait,
    flow_rules.every_task_is_bounded_and_so_is_the_run,
    state_rules.what_is_read_was_written_on_every_way_there,
)
