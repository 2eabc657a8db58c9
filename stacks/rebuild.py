"""Build a projection of the event log anew, with the caller's credentials.

    python -m stacks.rebuild memory [--stage dev] [--region REGION] [--profile PROFILE]

`memory` reads every ended incident of the log and its evidence, and fills a new index with the
embedding model of the deployed stage beside the one in use; searches switch to it at the end. Run
it after a change of the model, or when records of learning are in the dead letters. It may be
repeated or interrupted, and runs while incidents end. The settings are those of the deployed
function `learning`. The caller needs its permissions, and to scan the table of events.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TextIO, get_args

import boto3
from botocore.config import Config as ClientConfig

from quorum.adapters.aws.s3_evidence_store import S3EvidenceStore
from quorum.adapters.configured_memory import (
    MemoryChoice,
    configured_embedder,
    configured_memory,
)
from quorum.adapters.dynamodb.event_store import DynamoDBEventStore
from quorum.adapters.dynamodb.items import scan
from quorum.adapters.dynamodb.occurrences import DynamoDBOccurrences
from quorum.adapters.dynamodb.table import DynamoDBTable, tables
from quorum.application.knowledge import KnowledgeUpdater, experience, rebuild
from quorum.domain.experiences import Experience
from quorum.ports.log import EvidenceStore
from stacks.naming import Names
from stacks.stages import StageName

SECONDS: Final = 60.0
CLIENT: Final = ClientConfig(
    connect_timeout=5, read_timeout=60, retries={"mode": "adaptive", "max_attempts": 10}
)


def ended(events: DynamoDBTable, evidence: EvidenceStore) -> Iterator[Experience]:
    """Yield what every ended incident of the log teaches, in no particular order.

    Raises InvalidHistoryError for inconsistent log or evidence, and StoreUnavailableError.
    """
    store = DynamoDBEventStore(events)
    names = {"ProjectionExpression": "incident_id", "ConsistentRead": True}
    for incident_id in sorted({item["incident_id"] for item in scan(events, **names)}):
        found = experience(store.load(incident_id), evidence)
        if found is not None:
            yield found


def rebuild_memory(settings: Mapping[str, str]) -> int | None:
    """Rebuild the memory of a deployment; return its incidents, or None where it has none.

    `settings` are the variables of the function `learning`.
    """
    chosen = MemoryChoice(
        settings["MEMORY"],
        settings["KNOWLEDGE_TABLE"],
        settings["MEMORY_ENDPOINT"],
        settings["EMBEDDING_MODEL"],
        int(settings["EMBEDDING_DIMENSIONS"]),
        settings["EMBEDDING_REGION"],
    )
    memory = configured_memory(chosen, CLIENT, lambda: datetime.now(UTC), SECONDS)
    if memory is None:
        return None
    table = tables(CLIENT)
    evidence = S3EvidenceStore(boto3.client("s3", config=CLIENT), settings["EVIDENCE_BUCKET"])
    updater = KnowledgeUpdater(
        memory,
        configured_embedder(chosen, CLIENT),
        DynamoDBOccurrences(table(settings["KNOWLEDGE_TABLE"])),
    )
    return rebuild(updater, lambda: ended(table(settings["EVENTS_TABLE"]), evidence))


def main(arguments: Sequence[str], out: TextIO) -> int:
    """Rebuild what is named; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m stacks.rebuild",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", choices=("memory",))
    parser.add_argument("--stage", choices=get_args(StageName), default="dev")
    parser.add_argument("--region", help="the region of the deployment")
    parser.add_argument("--profile", help="of the AWS configuration")
    given = parser.parse_args(arguments)
    boto3.setup_default_session(profile_name=given.profile, region_name=given.region)
    learning = Names(given.stage).of("learning")
    functions: Any = boto3.client("lambda", config=CLIENT)
    found = functions.get_function_configuration(FunctionName=learning)
    count = rebuild_memory(found["Environment"]["Variables"])
    if count is None:
        out.write("the memory of this stage is off: nothing to rebuild\n")
    else:
        out.write(f"the memory is rebuilt from {count} ended incidents\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
