"""Resource patterns: `service:name` with * and ?, in the syntax that people and IAM use.

IAM's ARN of a parameter is the same whether its name begins with a slash or not. Therefore both
spellings are the same pattern here: `ssm:shop/*` matches `ssm:/shop/prices`.
"""

from fnmatch import fnmatchcase
from typing import Annotated, Final

from pydantic import StringConstraints

Pattern = Annotated[
    str, StringConstraints(pattern=r"^(lambda|dynamodb|sqs|ssm|ecs):[A-Za-z0-9_./*?-]{1,200}$")
]
_PARAMETER: Final = "ssm:"
_WILD: Final = frozenset("*?/")


def matches(pattern: str, resource: str) -> bool:
    """Return whether the pattern matches the resource, in either spelling of a parameter."""
    return fnmatchcase(resource, pattern) or fnmatchcase(plain(resource), plain(pattern))


def plain(text: str) -> str:
    """Return the resource or pattern without a parameter's leading slash."""
    return _PARAMETER + text[len(_PARAMETER) :].removeprefix("/") if is_parameter(text) else text


def canonical(pattern: str) -> str:
    """Return the stored spelling: a parameter's name has a leading slash unless it is wild."""
    name = pattern[len(_PARAMETER) :]
    if not is_parameter(pattern) or name[:1] in _WILD:
        return pattern
    return f"{_PARAMETER}/{name}"


def is_parameter(pattern: str) -> bool:
    """Return whether the pattern is for SSM parameters."""
    return pattern.startswith(_PARAMETER)


def is_everything(pattern: str) -> bool:
    """Return whether it matches every resource of its service: `ssm:*`, `ssm:/*`."""
    name = pattern.partition(":")[2]
    return "*" in name and _WILD.issuperset(name)


def missing_prefix(verb: str, pattern: str) -> str | None:
    """Return the prefix that the verb's patterns need if this pattern lacks it, else None."""
    service = verb.partition(".")[0]
    return None if pattern.startswith(f"{service}:") else f"{service}:"


def overlap(first: str, second: str) -> bool:
    """Return whether a resource exists that matches both patterns."""
    first, second = plain(first), plain(second)
    row = [not second[j:].strip("*") for j in range(len(second) + 1)]
    for i in reversed(range(len(first))):
        after, row = row, [not first[i:].strip("*")]
        for j in reversed(range(len(second))):
            row.append(_meet((first[i], second[j]), after[j], row[-1], after[j + 1]))
        row.reverse()
    return row[0]


def _meet(pair: tuple[str, str], first: bool, second: bool, both: bool) -> bool:  # noqa: FBT001
    """Return whether two patterns overlap, given the results for shorter patterns.

    These are without the first character of the first pattern, of the second, and of both. A star
    may match the other pattern's first character, or match nothing more.
    """
    if "*" in pair:
        return first or second
    return both and ("?" in pair or pair[0] == pair[1])
