"""The routes of the HTTP API: what anybody may fetch, and what needs somebody whom we know."""

from typing import Final

PUBLIC: Final = (
    "/",
    "/impact",
    "/controls",
    "/incidents/{incident_id}",
    "/session",
    "/static/{name}",
)
"""The console's shell, which holds no data, and how to sign in. Read only."""
READ: Final = ("/view/{proxy+}",)
"""The console's pages."""
READ_AND_WRITE: Final = ("/v1/{proxy+}",)
"""The API."""
