"""Methods of the detection seats, by their names in the seat table."""

from collections.abc import Mapping
from typing import Final

from functions.detection.error_ratio import error_ratio
from functions.detection.robust_z import robust_z
from functions.detection.signature import signature
from functions.detection.threshold import threshold
from quorum.seats.seat import Method

METHODS: Final[Mapping[str, Method]] = {
    "robust-z": robust_z,
    "threshold": threshold,
    "signature": signature,
    "error-ratio": error_ratio,
}
