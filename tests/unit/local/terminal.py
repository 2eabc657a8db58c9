"""A terminal of a given width, and the lines that are printed to it."""

from collections.abc import Callable

from rich.console import Console

WIDTH = 80


def lines(print_to: Callable[[Console], None], width: int = WIDTH) -> list[str]:
    """Return the lines, as the command line's own console prints them."""
    console = Console(width=width, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        print_to(console)
    return captured.get().splitlines()


def words(text: list[str]) -> list[str]:
    """Return the words of the lines, in order."""
    return [word for line in text for word in line.split()]
