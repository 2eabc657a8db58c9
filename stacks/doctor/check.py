"""The result of a check: a status, what was found, and the remedy."""

from typing import Final, Literal, NamedTuple

Status = Literal["ok", "warning", "error", "unknown"]

NOT_DEPLOYED: Final = "not deployed yet"


class Check(NamedTuple):
    """One line of the report. `unknown` means that the caller may not read what decides it."""

    name: str
    status: Status
    detail: str
    remedy: str = ""

    @property
    def line(self) -> str:
        """Return the check as one line of text."""
        found = f"{self.status:8} {self.name}: {self.detail}"
        return " ".join(f"{found}. {self.remedy}".split("\n")) if self.remedy else found


def ok(name: str, detail: str) -> Check:
    """Return a check without a finding."""
    return Check(name, "ok", detail)


def warning(name: str, detail: str, remedy: str) -> Check:
    """Return a finding that does not prevent a deployment or an incident's end."""
    return Check(name, "warning", detail, remedy)


def error(name: str, detail: str, remedy: str) -> Check:
    """Return a finding with which a deployment, a message or an action fails."""
    return Check(name, "error", detail, remedy)


def unknown(name: str, detail: str, remedy: str) -> Check:
    """Return a check whose input could not be read."""
    return Check(name, "unknown", detail, remedy)
