"""Lambda handler of a diagnosis seat, selected by SEAT."""

from typing import Final

from functions.diagnosis.methods import METHODS
from quorum.adapters.dynamodb.memory import DynamoDBMemory
from quorum.adapters.dynamodb.table import tables
from quorum.runtime.lambda_runtime import AWS_CONFIG
from quorum.seats.seat import Deps
from quorum.seats.wiring import (
    ModelSeatSettings,
    build_seat,
    configured_model,
    seat_handler,
)


class DiagnosisSettings(ModelSeatSettings):
    """Environment variables."""

    MEMORY_TABLE: str


settings: Final = DiagnosisSettings.from_env()
table: Final = tables(AWS_CONFIG)
memory: Final = DynamoDBMemory(table(settings.MEMORY_TABLE))
seating: Final = build_seat(
    settings, table, METHODS, Deps(model=configured_model(settings, table), memory=memory)
)
lambda_handler: Final = seat_handler(seating)
