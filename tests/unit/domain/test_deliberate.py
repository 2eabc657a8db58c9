"""Deliberate states are not fought: what others rolled back, switched off or own stays so."""

from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorum.domain.catalogue import Situation, candidates
from quorum.domain.evidence import Change, ChangeKind, ResourceState, Scalar
from quorum.domain.rollback_pins import is_earlier
from tests.builders import evidence


class Release(NamedTuple):
    """A resource with versions: its settings at version N, and the kind of its changes."""

    kind: ChangeKind
    resource: str
    setting: str
    settings: dict[str, Scalar]
    version: str
    """The setting that has the version."""
    text: Any

    def candidates(self, *moves: tuple[int, int], ours: tuple[int, ...] = (), **more: Any) -> Any:
        """Return the candidates after these moves from a version to another, in order."""
        changes = tuple(self.change(n, *move, ours=n in ours) for n, move in enumerate(moves))
        settings = {**self.settings, self.version: self.text(moves[-1][1]), **more}
        return candidates(
            Situation((ResourceState(resource=self.resource, settings=settings),), changes)
        )

    def change(self, n: int, before: int, after: int, *, ours: bool) -> Change:
        """Return the n-th change."""
        return evidence.change(
            self.resource,
            self.kind,
            100 * n,
            id=f"change:{n}",
            setting=self.setting,
            values=(self.text(before), self.text(after)),
            ours=ours,
        )


ALIAS = Release(
    "alias",
    "lambda:checkout",
    "live",
    {"alias": "live", "alias_revision": "r"},
    "alias_version",
    str,
)
SERVICE = Release(
    "task_definition",
    "ecs:prod/checkout",
    "task_definition",
    {"desired": 2},
    "task_definition",
    lambda n: f"checkout:{n}",
)
PARAMETER = Release("parameter", "ssm:/p", "/p", {}, "version", int)
each = pytest.mark.parametrize("release", [ALIAS, SERVICE], ids=lambda r: r.kind)
any_release = pytest.mark.parametrize("release", [ALIAS, SERVICE, PARAMETER], ids=lambda r: r.kind)


@any_release
def test_release_is_rolled_back(release: Release) -> None:
    (found,) = release.candidates((7, 8))
    assert release.text(7) in found.parameters.values()


@each
@pytest.mark.parametrize("moves", [((7, 8), (8, 7)), ((8, 7),), ((6, 7), (7, 8), (8, 6))], ids=len)
def test_rollback_by_others_is_not_undone(release: Release, moves: Any) -> None:
    assert release.candidates(*moves) == ()


@each
def test_release_that_people_reinstated_after_quorums_rollback_stays(release: Release) -> None:
    assert release.candidates((7, 8), (8, 7), ours=(1,)) == ()
    assert release.candidates((7, 8), (8, 7), (7, 8), ours=(1,)) == ()


@each
def test_release_after_a_rollback_is_rolled_back(release: Release) -> None:
    (found,) = release.candidates((7, 8), (8, 7), (7, 9))
    assert release.text(7) in found.parameters.values()


@any_release
def test_resource_that_a_deployment_changes_is_left_alone(release: Release) -> None:
    assert release.candidates((7, 8), deploying=True) == ()
    assert len(release.candidates((7, 8), deploying=False)) == 1


@pytest.mark.parametrize(
    "more",
    [{"controller": "CODE_DEPLOY"}, {"controller": "EXTERNAL"}, {"desired": 0}],
    ids=str,
)
def test_service_that_others_deploy_or_scaled_to_zero_is_left_alone(more: Any) -> None:
    assert SERVICE.candidates((41, 42), **more) == ()


@pytest.mark.parametrize(
    ("more", "proposed"),
    [
        ({"labelled": True}, 0),
        ({"value_of": 3}, 0),
        ({"oldest_version": 8}, 0),
        ({"oldest_version": 7}, 1),
    ],
    ids=str,
)
def test_parameter_that_a_restoration_would_not_repair_is_left_alone(
    more: Any, proposed: int
) -> None:
    assert len(PARAMETER.candidates((7, 8), **more)) == proposed


def test_of_several_aliases_the_one_that_moved_goes_back() -> None:
    settings: dict[str, Scalar] = {
        f"of/{alias}/{name}": value
        for alias, version in (("live", "8"), ("beta", "9"))
        for name, value in (("alias", alias), ("alias_version", version), ("alias_revision", "r"))
    }
    state = ResourceState(resource="lambda:checkout", settings=settings)
    (found,) = candidates(Situation((state,), (ALIAS.change(1, 7, 8, ours=False),)))
    assert (found.parameters["alias"], found.parameters["to_version"]) == ("live", "7")
    assert found.observed == {
        name: value for name, value in settings.items() if name.startswith("of/live/")
    }


@pytest.mark.parametrize(
    ("settings", "proposed"),
    [
        ({"dlq": "dead", "dead_letters": 3}, {"queue": "q", "dead_letter_queue": "dead"}),
        (
            {"dlq": None, "source": "orders", "messages": 3},
            {"queue": "orders", "dead_letter_queue": "q"},
        ),
        ({"dlq": "dead", "dead_letters": 3, "shared_dlq": True}, None),
        ({"dlq": None, "source": "orders", "messages": 3, "shared_dlq": True}, None),
        ({"dlq": "dead", "dead_letters": 0}, None),
        ({"dlq": None, "source": "orders", "messages": 0}, None),
    ],
)
def test_dead_letters_go_back_to_the_one_queue_that_they_came_from(
    settings: dict[str, Scalar], proposed: dict[str, Scalar] | None
) -> None:
    found = candidates(Situation((ResourceState(resource="sqs:q", settings=settings),), ()))
    assert [c.parameters for c in found] == ([] if proposed is None else [proposed])
    for c in found:
        assert c.resource == f"sqs:{c.parameters['queue']}"
        assert c.observed == {"dlq": c.parameters["dead_letter_queue"]}


@given(st.integers(0, 99), st.integers(0, 99))
def test_versions_compare_within_one_family_alone(one: int, two: int) -> None:
    assert is_earlier(str(one), two) is (one < two)
    assert is_earlier(f"web:{one}", f"arn:aws:ecs:r:1:task-definition/web:{two}") is (one < two)
    assert not is_earlier(f"web:{one}", f"shop:{two}")
    assert not is_earlier(None, two)
