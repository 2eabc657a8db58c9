"""Lambda handler of a detection seat, selected by SEAT."""

from typing import Final

from functions.detection.methods import METHODS
from quorum.adapters.dynamodb.table import tables
from quorum.runtime.lambda_runtime import AWS_CONFIG
from quorum.seats.seat import Deps
from quorum.seats.wiring import SeatSettings, build_seat, seat_handler

seating: Final = build_seat(SeatSettings.from_env(), tables(AWS_CONFIG), METHODS, Deps())
lambda_handler: Final = seat_handler(seating)
