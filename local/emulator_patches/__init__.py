"""Patches for MiniStack, where its behaviour differs from AWS and this project depends on it.

They are applied inside the emulator before it serves. Each docstring states the behaviour of AWS. A
patch whose target no longer exists in a newer MiniStack fails the start.
"""

from local.emulator_patches import (
    alarm_events,
    alarms,
    embeddings,
    functions,
    gateway,
    late_metrics,
    loopback,
    permissions,
    queues,
    vector_indexes,
    workflows,
)


def apply() -> None:
    """Apply every patch; call it once, before the emulator serves."""
    functions.apply()
    workflows.apply()
    permissions.apply()
    loopback.apply()
    alarm_events.apply()
    alarms.apply()
    queues.apply()
    gateway.apply()
    late_metrics.apply()
    embeddings.apply()
    vector_indexes.apply()
