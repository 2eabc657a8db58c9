"""The time and fresh ids, given as arguments so that tests choose them."""

from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Returns the time now, in UTC."""


NewId = Callable[[], str]
"""Returns an id nobody has used."""
