"""Where MiniStack answers differently from AWS, and this project depends on the answer, AWS's.

They run inside the emulator, patched in before it serves. Each function states what AWS does. A
place that a newer MiniStack no longer has fails the start: no correction outlives its reason.
"""

from local.emulator_patches import (
    alarm_events,
    alarms,
    functions,
    gateway,
    loopback,
    permissions,
    queues,
    workflows,
)


def apply() -> None:
    """Put every correction in place; call it once, before the emulator serves."""
    functions.apply()
    workflows.apply()
    permissions.apply()
    loopback.apply()
    alarm_events.apply()
    alarms.apply()
    queues.apply()
    gateway.apply()
