"""One thing that an intruder can do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tests.attacks.cloud.account import Account
from tests.attacks.cloud.asking import asked

if TYPE_CHECKING:
    from tests.attacks.view import Call, View


@dataclass(frozen=True)
class Primitive:
    """A name for people, and the calls that it takes, all of them, at a given moment.

    No calls: there is nothing to do it with yet.
    """

    name: str
    calls: "Callable[[View], Iterable[Call]]"

    def may(self, account: Account, role: str, calls: "Iterable[Call]") -> bool:
        """Return whether IAM lets the role do all of it."""
        layouts = account.services.dynamodb.layouts
        asking = [call for call in calls if call.service != "clock"]
        return all(account.allows(role, asked(*call, layouts)) for call in asking)

    def do(self, account: Account, calls: "Iterable[Call]") -> None:
        """Make the calls, up to one that AWS refuses for another reason than IAM."""
        for service, operation, request in calls:
            try:
                account.services.perform(service, operation, request)
            except ClientError:
                return
