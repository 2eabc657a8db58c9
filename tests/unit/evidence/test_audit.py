"""Actors of changes, where an audit trail is configured."""

from functions.evidence.collection import MOST_AUDITED
from tests.builders.incidents import execution
from tests.builders.topology import FAULT, FRONT
from tests.unit.evidence.breaking import Audit, released


def test_audit_trail_gives_actor_and_time_as_outsiders_text() -> None:
    shop = released()
    shop.audit = Audit()
    (change,) = shop.bundle().changes
    assert change.actor is not None
    assert change.actor.outsider == f"arn:aws:iam::1:role/deploys-{FRONT}"
    assert change.not_before == change.at == FAULT - 5


def test_audit_entry_outside_the_changes_window_does_not_date_it() -> None:
    shop = released()
    shop.audit = Audit(at=FAULT - 5000)
    (change,) = shop.bundle().changes
    assert change.actor is not None
    assert (change.not_before, change.at) == (FAULT - 60, FAULT + 30)


def test_audit_trail_is_read_for_the_newest_changes_by_others() -> None:
    shop, audit = released(), Audit()
    for version in range(4, 20):
        shop.looked(before=50 - version)
        shop.states.settings[FRONT]["alias_version"] = str(version + 1)
    ours = execution(
        incident_id="f" * 32,
        resource=FRONT,
        started_at=float(FAULT),
        written={"alias_version": "20"},
    )
    shop.ledger.fence(ours)
    shop.audit = audit
    bundle = shop.bundle()
    assert [c.after for c in bundle.changes if c.ours] == ["20"]
    assert len(audit.asked) == MOST_AUDITED
    assert {c.after for c in audit.asked} == {str(n) for n in range(19, 19 - MOST_AUDITED, -1)}


def test_audit_trail_without_an_entry_changes_nothing() -> None:
    without, with_trail = released().bundle(), released()
    with_trail.audit = Audit(knows=False)
    assert with_trail.bundle().changes == without.changes
