"""Releases of `service/order.py`: working code in `tidied.py`, a mistake in each of the others."""

from pathlib import Path

HERE = Path(__file__).parent
INNOCENT = HERE / "tidied.py"
BAD = tuple(sorted(set(HERE.glob("*.py")) - {INNOCENT, Path(__file__)}))
