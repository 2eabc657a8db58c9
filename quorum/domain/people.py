"""The people whom the operator knows: who they are on each way in, and what they may answer.

A signature, or a token, only says who somebody is. Whether they may do anything is said here, in
the configuration: who deploys decides it, and nobody else can.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, Field, RootModel, StringConstraints, model_validator

from quorum.domain.base import Record
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.grants import same_person

VIEWER: Final = "viewer"
"""May read, and change nothing."""
ROLES: Final = (ESCALATION_LEVEL, VIEWER)
MAX_BYTES: Final = 2_000
"""Of the whole list as compact JSON: it is one environment variable of several, and Lambda takes
4 KB of them together."""


def _known(role: str) -> str:
    if role not in ROLES:
        raise ValueError(f"role {role!r} is unknown; the roles are {', '.join(ROLES)}")
    return role


PersonId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Role = Annotated[str, AfterValidator(_known)]


class Person(Record):
    """Somebody, by the names that each way in knows them under. A way without a name is closed."""

    id: PersonId
    """What the log says of who answered."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[A-Za-z0-9.-]{1,255}$")] = ""
    slack: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,30}$")] = ""
    """The member id in Slack, such as U024BE7LH: names there can be changed by their owners."""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=255)] = ""
    """The `sub` claim of their token."""
    roles: tuple[Role, ...] = Field(min_length=1)

    def has(self, role: str) -> bool:
        """Return whether the person has the role."""
        return role in self.roles


class People(RootModel[tuple[Person, ...]]):
    """Everybody, each name at most once. JSON: a list of people."""

    root: tuple[Person, ...] = ()

    @model_validator(mode="after")
    def _each_name_once(self) -> "People":
        for way, name_of in _WAYS.items():
            spelt = {same_person(name): name for name in map(name_of, self) if name}
            shared = [
                one
                for one, n in Counter(map(same_person, map(name_of, self))).items()
                if one and n > 1
            ]
            if shared:
                raise ValueError(f"{way} {spelt[shared[0]]!r} is two people's")
        taken = len(self.compact().encode())
        if taken > MAX_BYTES:
            raise ValueError(
                f"the list takes {taken} bytes, and {MAX_BYTES} fit: name those who answer, and "
                "not everybody who reads"
            )
        return self

    def __iter__(self) -> Iterator[Person]:  # type: ignore[override] # a list, as its JSON is
        """Yield everybody, in the configuration's order."""
        return iter(self.root)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.root)

    def compact(self) -> str:
        """Return the list as JSON without what is not set."""
        return self.model_dump_json(exclude_defaults=True)

    def by_slack(self, member: str) -> Person | None:
        """Return the person with this member id in Slack, or None."""
        return self._one(lambda person: person.slack, member)

    def by_email(self, address: str) -> Person | None:
        """Return the person with this address, in whatever case, or None."""
        return self._one(lambda person: person.email.lower(), address.lower())

    def by_subject(self, subject: str) -> Person | None:
        """Return the person whose token has this subject, or None."""
        return self._one(lambda person: person.subject, subject)

    def _one(self, name_of: Callable[[Person], str], wanted: str) -> Person | None:
        return next((p for p in self if wanted and name_of(p) == wanted), None)


def _answering(person: Person) -> str:
    """Return the name of somebody who may answer: listed twice they would count as two."""
    return person.name if person.has(ESCALATION_LEVEL) else ""


_WAYS: Final[dict[str, Callable[[Person], str]]] = {
    "id": lambda person: person.id,
    "email": lambda person: person.email.lower(),
    "slack": lambda person: person.slack,
    "subject": lambda person: person.subject,
    "name": _answering,
}
