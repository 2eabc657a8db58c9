"""Routes of the HTTP API: public ones, and those that require an authenticated caller."""

from typing import Final

PUBLIC: Final = (
    "/",
    "/impact",
    "/controls",
    "/coverage",
    "/incidents/{incident_id}",
    "/session",
    "/static/{name}",
)
"""The console's shell, which holds no data, and the sign-in configuration. Read only."""
READ: Final = ("/view/{proxy+}",)
"""The console's pages."""
READ_AND_WRITE: Final = ("/v1/{proxy+}",)
"""The API."""
