"""Daily budgets in memory."""

from collections import Counter
from datetime import datetime


class InMemoryTokenBudget:
    """A `TokenBudget`; `spent` is by spender and day."""

    def __init__(self) -> None:
        self.spent: Counter[tuple[str, str]] = Counter()

    def take(self, spender: str, tokens: int, most: int, now: datetime) -> bool:
        """Return whether so many more tokens fit the spender's day, and count them if so."""
        day = (spender, now.date().isoformat())
        if tokens > 0 and self.spent[day] + tokens > most:
            return False
        self.spent[day] = max(0, self.spent[day] + tokens)
        return True
