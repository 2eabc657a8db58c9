"""Checks of the people who answer approval requests, and of their accounts in the user pool."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from quorum.domain.catalogue import verb
from quorum.domain.constants import ESCALATION_LEVEL
from quorum.domain.grants import PEOPLE_FOR_HIGH_RISK
from quorum.domain.people import Person
from stacks.config import Config
from stacks.doctor.check import Check, error, ok, warning
from stacks.doctor.subject import Subject


class Account(NamedTuple):
    """A user of the pool."""

    subject: str
    email: str
    enabled: bool


def people(subject: Subject) -> Iterator[Check]:
    """Yield the checks of the configured people."""
    yield from judge_people(subject.config)


def judge_people(config: Config) -> Iterator[Check]:
    """Yield the findings about people, by the verbs that a rule lets act."""
    rules = [rule for rule in config.autonomy if rule.mode != "shadow"]
    risky = [rule.verb for rule in rules if verb(rule.verb).risk == "high"]
    needed = PEOPLE_FOR_HIGH_RISK if risky else min(1, len(rules))
    listed = list(config.people)
    mute = [one for one in listed if not _ways(one, config)]
    able = [one for one in listed if one.has(ESCALATION_LEVEL) and one not in mute]
    for one in mute:
        yield error(
            "people",
            f"{one.id} has no identity on a channel that is in use",
            "Give them an email or subject for the console, or a slack member id",
        )
    if len(able) < needed:
        verbs = ", ".join(dict.fromkeys(risky or [rule.verb for rule in rules]))
        yield error(
            "people",
            f"{len(able)} can approve, and {verbs} need{'' if ',' in verbs else 's'} {needed}",
            f"List {needed} people with the role {ESCALATION_LEVEL} in 'people'",
        )
    elif not mute:
        yield ok("people", f"{len(able)} can approve, {needed} needed")


def _ways(person: Person, config: Config) -> list[str]:
    """Return the identities by which the person can answer."""
    slack = person.slack if "slack" in config.channel_secrets else ""
    return [way for way in (person.email, person.subject, slack) if way]


def accounts(subject: Subject) -> Iterator[Check]:
    """Yield the checks of people's accounts in the user pool of the console."""
    cognito = subject.client("cognito-idp")
    pages = cognito.get_paginator("list_user_pools").paginate(MaxResults=60)
    name = subject.name("people")
    pools = [one["Id"] for page in pages for one in page["UserPools"] if one["Name"] == name]
    if not pools:
        yield error("accounts", f"user pool {name} does not exist", "Deploy the stacks again")
        return
    users = cognito.get_paginator("list_users").paginate(UserPoolId=pools[0])
    found = [_account(one) for page in users for one in page["Users"]]
    yield from judge_accounts(subject.config.people, found, pools[0])


def _account(user: Any) -> Account:
    attributes = {one["Name"]: one["Value"] for one in user.get("Attributes", ())}
    return Account(
        attributes.get("sub", ""), attributes.get("email", "").lower(), bool(user["Enabled"])
    )


def judge_accounts(
    listed: Iterable[Person], found: Collection[Account], pool: str
) -> Iterator[Check]:
    """Yield the findings about people who are to sign in and cannot."""
    enabled = {way for one in found if one.enabled for way in (one.subject, one.email) if way}
    wanted = [one for one in listed if one.email or one.subject]
    missing = [one for one in wanted if enabled.isdisjoint({one.email.lower(), one.subject})]
    for one in missing:
        invite = f"aws cognito-idp admin-create-user --user-pool-id {pool} --username {one.email}"
        yield warning(
            "accounts",
            f"{one.id} has no enabled account, and cannot sign in to the console",
            f"Run {invite}" if one.email else "Correct their 'subject', or give them an 'email'",
        )
    if not missing:
        yield ok("accounts", f"{len(wanted)} can sign in to the console")
