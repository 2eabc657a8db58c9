"""Ownership of capacity by Application Auto Scaling, whose values Quorum does not change."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from quorum.adapters.resource_state.readers import (
    Answer,
    ManyReader,
    Settings,
    Targets,
    attempt,
)
from quorum.domain.evidence import Scalar

MOST_IDS: Final = 50
"""Resources that one request may name."""


class ScalingClient(Protocol):
    """The methods used of the Application Auto Scaling client."""

    def get_paginator(self, operation_name: str, /) -> Any:
        """Return a paginator."""
        ...


class Unresolved(str):
    """A resource's id as a scalable target, in place of whether it is one, see `resolved`."""

    __slots__ = ()


class Autoscaling:
    """Scalable targets; without a client there are none.

    With `later` the settings have ids that `resolved` replaces, with one request for all of them.
    """

    def __init__(self, client: ScalingClient | None, *, later: bool = False) -> None:
        self._client, self._later = client, later and client is not None

    def owns(self, namespace: str, resource_id: str) -> Scalar:
        """Return whether the resource is registered as a scalable target, or its id for later."""
        if self._later:
            return Unresolved(resource_id)
        return resource_id in self._owned(namespace, [resource_id])

    def resolved(self, namespace: str, answers: Mapping[str, Answer]) -> dict[str, Answer]:
        """Return the answers with each id replaced by whether it is a scalable target.

        Where the requests for all of them fail, each answer has its own, as one may be the cause.
        """
        found = attempt(lambda: dict.fromkeys(self._owned(namespace, _ids(answers.values())), True))
        if isinstance(found, dict):
            return {name: _replaced(answer, found) for name, answer in answers.items()}
        return {name: self._alone(namespace, answer) for name, answer in answers.items()}

    def _alone(self, namespace: str, answer: Answer) -> Answer:
        ids = _ids([answer])
        if not ids:
            return answer
        found = attempt(lambda: dict.fromkeys(self._owned(namespace, ids), True))
        return _replaced(answer, found) if isinstance(found, dict) else found

    def _owned(self, namespace: str, resource_ids: Sequence[str]) -> set[str]:
        """Return those of the resources that are registered as scalable targets."""
        if self._client is None or not resource_ids:
            return set()
        paginator = self._client.get_paginator("describe_scalable_targets")
        return {
            found["ResourceId"]
            for start in range(0, len(resource_ids), MOST_IDS)
            for page in paginator.paginate(
                ServiceNamespace=namespace,
                ResourceIds=[*resource_ids[start : start + MOST_IDS]],
            )
            for found in page["ScalableTargets"]
        }


class ScaledReader(ManyReader):
    """Reads settings whose autoscaling is looked up afterwards, for all resources at once."""

    def __init__(self, namespace: str, autoscaling: Autoscaling, reader: ManyReader) -> None:
        self._namespace, self._autoscaling, self._reader = namespace, autoscaling, reader

    def read(self, targets: Targets) -> Mapping[str, Answer]:
        """Return an answer for each of the names."""
        return self._autoscaling.resolved(self._namespace, self._reader.read(targets))


def _ids(answers: Iterable[Answer]) -> list[str]:
    read = (answer.values() for answer in answers if isinstance(answer, dict))
    return [str(value) for values in read for value in values if isinstance(value, Unresolved)]


def _replaced(answer: Answer, owned: Settings) -> Answer:
    if not isinstance(answer, dict):
        return answer
    return {
        key: value in owned if isinstance(value, Unresolved) else value
        for key, value in answer.items()
    }
