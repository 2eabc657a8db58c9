"""The operator's autonomy rules: a mode per verb and resource, shadow by default."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from quorum.domain.base import Record
from quorum.domain.catalogue import verb as verb_of
from quorum.domain.resource_patterns import matches

Mode = Literal["shadow", "approve", "autonomous"]


def _checked_verb(name: str) -> str:
    return verb_of(name).name


VerbName = Annotated[str, AfterValidator(_checked_verb)]


class Rule(Record):
    """One opt-in: the verb, on resources that match one of the patterns."""

    verb: VerbName
    resources: tuple[str, ...] = Field(min_length=1)
    """Shell patterns of resource ids: `lambda:checkout-*`."""
    mode: Mode


def mode(rules: Iterable[Rule], verb: str, resource: str) -> Mode:
    """Return the mode of the first matching rule (list narrow rules first), or `shadow`."""
    for rule in rules:
        if rule.verb == verb and any(matches(p, resource) for p in rule.resources):
            return rule.mode
    return "shadow"
