"""A detection seat as a function; SEAT says which."""

from typing import Final

from functions.detection.methods import METHODS
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.runtime import AWS_CONFIG
from functions.shared.seat_wiring import SeatSettings, seat_handler, seated
from functions.shared.seating import Deps

seating: Final = seated(SeatSettings.from_env(), tables(AWS_CONFIG), METHODS, Deps())
lambda_handler: Final = seat_handler(seating)
