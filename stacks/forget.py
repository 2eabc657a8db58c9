"""Have an incident forgotten: appends one event to its log, with the caller's credentials.

    python -m stacks.forget INCIDENT --by NAME --why REASON [--stage dev] [--region R] [--profile P]

`learning` then deletes the incident's entries from the memory, counts it in no known problem and no
vote, and every later rebuild leaves it out. Prints what is kept: the event log, the frozen evidence
and the post-mortem, which the audit of a decision needs, for as long as their stores keep them. The
caller needs to read and append to the table of events.
"""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TextIO, get_args
from uuid import uuid4

import boto3
from botocore.config import Config as ClientConfig

from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.table import tables
from quorum.application.recorder import Recorder
from quorum.domain.base import OutsiderText
from quorum.domain.events import IncidentForgotten
from quorum.ports.log import EventStore
from stacks.naming import Names
from stacks.stages import StageName

CLIENT: Final = ClientConfig(connect_timeout=5, read_timeout=20)
KEPT: Final = (
    "deleted from the memory within seconds, and left out of every rebuild; kept: the event log, "
    "the evidence bundles and the post-mortem in the evidence bucket"
)


def forget(store: EventStore, incident_id: str, by: str, why: str) -> IncidentForgotten:
    """Append the event once. Raises LookupError for an unknown incident, StoreUnavailableError."""
    if not store.load(incident_id):
        raise LookupError(f"no incident {incident_id}")
    recorder = Recorder(store, now=lambda: datetime.now(UTC), new_id=lambda: str(uuid4()))
    return recorder.record_once(
        incident_id,
        IncidentForgotten,
        by=OutsiderText.redacted(by),
        via="cli",
        reason=OutsiderText.redacted(why),
    )


def main(arguments: Sequence[str], out: TextIO) -> int:
    """Forget the incident; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m stacks.forget",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("incident", metavar="INCIDENT", help="its id, 32 digits")
    parser.add_argument("--by", required=True, help="your name, for the record")
    parser.add_argument("--why", required=True, help="the reason, for the record")
    parser.add_argument("--stage", choices=get_args(StageName), default="dev")
    parser.add_argument("--region", help="the region of the deployment")
    parser.add_argument("--profile", help="of the AWS configuration")
    given = parser.parse_args(arguments)
    boto3.setup_default_session(profile_name=given.profile, region_name=given.region)
    store = DynamoDBEventStore(tables(CLIENT)(Names(given.stage).of("events")))
    try:
        event = forget(store, given.incident, given.by, given.why)
    except LookupError as error:
        out.write(f"{error}\n")
        return 1
    out.write(f"{event.incident_id}: {KEPT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
