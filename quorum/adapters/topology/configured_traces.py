"""The source of traced dependencies that the configuration names, if it names one."""

import boto3
from botocore.config import Config

from quorum.adapters.topology.application_signals_topology import ApplicationSignalsTopology
from quorum.adapters.topology.xray_topology import XRayTopology
from quorum.domain.errors import InvalidInputError
from quorum.ports.clock import Clock
from quorum.ports.telemetry import TopologySource


def configured_traces(name: str, config: Config, now: Clock) -> TopologySource | None:
    """Return the source called `xray` or `application-signals`; None for an empty name.

    Raises InvalidInputError for any other name.
    """
    match name:
        case "":
            return None
        case "xray":
            return XRayTopology(boto3.client("xray", config=config), now)
        case "application-signals":
            client = boto3.client("application-signals", config=config)
            return ApplicationSignalsTopology(client, now)
        case _:
            raise InvalidInputError(f"TRACES: {name!r} is neither xray nor application-signals")
