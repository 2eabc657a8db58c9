"""TLS: requests over the loopback interface count as encrypted.

Bucket and queue policies refuse requests without TLS, here as on AWS. The emulator listens on the
loopback interface alone and has no certificate that an SDK would trust.
"""

from typing import Any

from local.emulator_patches.patching import Wrapper, service, wrap


def apply() -> None:
    """Patch the condition key of those policies."""
    wrap(service("core.iam_evaluator"), "_resolve_condition_key", _secure)


def _secure(resolve: Wrapper) -> Wrapper:
    def corrected(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else resolve(key, context)

    return corrected
