"""A diagnosis seat as a function; SEAT says which."""

from typing import Final

from functions.diagnosis.methods import METHODS
from functions.shared.adapters.dynamodb_memory import DynamoDBMemory
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.runtime import AWS_CONFIG
from functions.shared.seat_wiring import (
    ModelSeatSettings,
    configured_model,
    seat_handler,
    seated,
)
from functions.shared.seating import Deps


class DiagnosisSettings(ModelSeatSettings):
    """What the stacks set."""

    MEMORY_TABLE: str


settings: Final = DiagnosisSettings.from_env()
table: Final = tables(AWS_CONFIG)
memory: Final = DynamoDBMemory(table(settings.MEMORY_TABLE))
seating: Final = seated(
    settings, table, METHODS, Deps(model=configured_model(settings, table), memory=memory)
)
lambda_handler: Final = seat_handler(seating)
