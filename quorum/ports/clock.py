"""The clock and the source of ids, passed as arguments so that tests control them."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Return the current time in UTC."""


NewId = Callable[[], str]
"""Return a unique id."""
