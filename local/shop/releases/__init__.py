"""Releases of `service/order.py`: working code in `tidied.py`, slow code in `paced_orders.py`.

There is a mistake in each of the others.
"""

from pathlib import Path

HERE = Path(__file__).parent
INNOCENT = HERE / "tidied.py"
SLOW = HERE / "paced_orders.py"
"""For the function with the table alone."""
BAD = tuple(sorted(set(HERE.glob("*.py")) - {INNOCENT, SLOW, Path(__file__)}))
