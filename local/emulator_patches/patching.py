"""Helpers that replace a function of the emulator by a wrapper around the original."""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

Wrapper = Callable[..., Any]


def service(name: str) -> ModuleType:
    """Import a module of MiniStack; it exists only in the emulator's own environment."""
    return import_module(f"ministack.{name}")


def wrap(owner: Any, name: str, make: Callable[[Wrapper], Wrapper]) -> None:
    """Set `owner.name` to `make(original)`. Raises AttributeError without an original."""
    setattr(owner, name, make(getattr(owner, name)))


def replace_text(owner: Any, name: str, old: str, new: str) -> None:
    """Edit a script that the emulator keeps as text. Raises LookupError without the passage."""
    text: str = getattr(owner, name)
    if text.count(old) != 1:
        raise LookupError(f"{owner.__name__}.{name} has changed: review the patch")
    setattr(owner, name, text.replace(old, new))
