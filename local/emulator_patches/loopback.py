"""TLS: what never leaves this machine counts as encrypted on its way.

Bucket and queue policies refuse requests without TLS, here as on AWS. The emulator listens on the
loopback interface alone and has no certificate that an SDK would believe.
"""

from typing import Any

from local.emulator_patches.patching import Wrapper, service, wrap


def apply() -> None:
    """Patch the condition key that those policies look at."""
    wrap(service("core.iam_evaluator"), "_resolve_condition_key", _secure)


def _secure(resolve: Wrapper) -> Wrapper:
    def corrected(key: str, context: Any) -> Any:
        return "true" if key.lower() == "aws:securetransport" else resolve(key, context)

    return corrected
