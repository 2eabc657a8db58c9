"""What a team might release in place of `service/order.py`: real code, each with its mistake."""

from pathlib import Path

HERE = Path(__file__).parent
INNOCENT = HERE / "tidied.py"
BAD = tuple(sorted(set(HERE.glob("*.py")) - {INNOCENT, Path(__file__)}))
