"""The report of the coverage in memory."""

from quorum.domain.coverage import CoverageReport
from quorum.domain.errors import StoreUnavailableError


class InMemoryCoverageStore:
    """A `CoverageStore`, which fails while `down`."""

    def __init__(self) -> None:
        self.down = False
        self._report: CoverageReport | None = None

    def put(self, report: CoverageReport) -> None:
        """Store the report in place of the former one."""
        if self.down:
            raise StoreUnavailableError("the store is down")
        self._report = report

    def newest(self) -> CoverageReport | None:
        """Return the report, or None without one."""
        if self.down:
            raise StoreUnavailableError("the store is down")
        return self._report
