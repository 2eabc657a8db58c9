"""A prediction seat as a function; SEAT says which."""

from typing import Final

from functions.prediction.methods import METHODS
from functions.shared.adapters.dynamodb_table import tables
from functions.shared.runtime import AWS_CONFIG
from functions.shared.seat_wiring import ModelSeatSettings, configured_model, seat_handler, seated
from functions.shared.seating import Deps

settings: Final = ModelSeatSettings.from_env()
table: Final = tables(AWS_CONFIG)
seating: Final = seated(settings, table, METHODS, Deps(model=configured_model(settings, table)))
lambda_handler: Final = seat_handler(seating)
