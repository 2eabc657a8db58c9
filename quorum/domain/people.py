"""The people list: their identity on each channel, and their roles.

A signature or a token only identifies a person. The configuration alone authorises them, and only a
deployment changes it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, Field, RootModel, StringConstraints, model_validator

from quorum.domain.base import Record
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.grants import normalised_name

VIEWER: Final = "viewer"
"""May read and may change nothing."""
ROLES: Final = (ESCALATION_LEVEL, VIEWER)
MAX_BYTES: Final = 2_000
"""Maximum size of the whole list as compact JSON."""


def _checked_role(role: str) -> str:
    if role not in ROLES:
        raise ValueError(f"role {role!r} is unknown; the roles are {', '.join(ROLES)}")
    return role


PersonId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Role = Annotated[str, AfterValidator(_checked_role)]


class Person(Record):
    """A person and their identity on each channel; without one the channel is closed to them."""

    id: PersonId
    """The id that events record for the person."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    email: Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[A-Za-z0-9.-]{1,255}$")] = ""
    slack: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{2,30}$")] = ""
    """The member id in Slack, such as U024BE7LH: their owners can change names there."""
    subject: Annotated[str, StringConstraints(min_length=1, max_length=255)] = ""
    """The `sub` claim of the person's token."""
    roles: tuple[Role, ...] = Field(min_length=1)

    def has(self, role: str) -> bool:
        """Return whether the person has the role."""
        return role in self.roles


class People(RootModel[tuple[Person, ...]]):
    """All people, each identity at most once. JSON: a list of people."""

    root: tuple[Person, ...] = ()

    @model_validator(mode="after")
    def _check_unique(self) -> "People":
        for way, name_of in _IDENTITIES.items():
            spellings = {normalised_name(name): name for name in map(name_of, self) if name}
            shared = [
                spelling
                for spelling, n in Counter(map(normalised_name, map(name_of, self))).items()
                if spelling and n > 1
            ]
            if shared:
                raise ValueError(f"{way} {spellings[shared[0]]!r} belongs to two people")
        size = len(self.compact().encode())
        if size > MAX_BYTES:
            raise ValueError(
                f"the list takes {size} bytes, the maximum is {MAX_BYTES}: list those who answer, "
                "not every reader"
            )
        return self

    def __iter__(self) -> Iterator[Person]:  # type: ignore[override] # a list, as its JSON is
        """Yield all people, in the configuration's order."""
        return iter(self.root)

    def __len__(self) -> int:
        """Return the number of people."""
        return len(self.root)

    def compact(self) -> str:
        """Return the list as JSON without unset fields."""
        return self.model_dump_json(exclude_defaults=True)

    def by_slack(self, member: str) -> Person | None:
        """Return the person with this Slack member id, or None."""
        return self._find(lambda person: person.slack, member)

    def by_email(self, address: str) -> Person | None:
        """Return the person with this e-mail address, ignoring case, or None."""
        return self._find(lambda person: person.email.lower(), address.lower())

    def by_subject(self, subject: str) -> Person | None:
        """Return the person whose token has this subject, or None."""
        return self._find(lambda person: person.subject, subject)

    def _find(self, name_of: Callable[[Person], str], wanted: str) -> Person | None:
        return next((p for p in self if wanted and name_of(p) == wanted), None)


def _approver_name(person: Person) -> str:
    """Return the name of a person who may answer: two entries would count as two people."""
    return person.name if person.has(ESCALATION_LEVEL) else ""


_IDENTITIES: Final[dict[str, Callable[[Person], str]]] = {
    "id": lambda person: person.id,
    "email": lambda person: person.email.lower(),
    "slack": lambda person: person.slack,
    "subject": lambda person: person.subject,
    "name": _approver_name,
}
