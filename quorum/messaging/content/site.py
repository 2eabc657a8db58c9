"""The addresses at which people look up and answer the incidents of one deployment."""

from typing import NamedTuple


class Site(NamedTuple):
    """The console's address, and whether the command line of the laptop is there as well."""

    console_url: str = ""
    """`https://…`, or empty without a console."""
    laptop: bool = False
    """Stage `local`: `python -m local` answers, and no AWS console shows the alarm."""

    def incident_url(self, incident_id: str) -> str:
        """Return the incident's page in the console, or nothing without a console."""
        return f"{self.console_url.rstrip('/')}/incidents/{incident_id}" if self.console_url else ""
