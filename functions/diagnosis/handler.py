"""Lambda handler of a diagnosis seat, selected by SEAT."""

from typing import Final

from functions.diagnosis.methods import METHODS
from quorum.adapters.dynamodb.table import tables
from quorum.runtime.lambda_runtime import AWS_CONFIG
from quorum.seats.seat import Deps
from quorum.seats.wiring import (
    ModelSeatSettings,
    build_seat,
    configured_model,
    seat_handler,
)

settings: Final = ModelSeatSettings.from_env()
table: Final = tables(AWS_CONFIG)
seating: Final = build_seat(settings, table, METHODS, Deps(model=configured_model(settings, table)))
lambda_handler: Final = seat_handler(seating)
