"""A browser for tests that records errors and requests to other hosts."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from local import browser as system

DESKTOP, PHONE = (1280, 900), (390, 844)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Yield a browser; skip the test where no Chromium is installed."""
    try:
        made = system.chromium()
        found = made.__enter__()
    except LookupError as error:
        pytest.skip(str(error))
    try:
        yield found
    finally:
        made.__exit__(None, None, None)


class Visit:
    """A signed-in page, its errors (`troubles`) and its requests to other hosts (`elsewhere`)."""

    def __init__(self, browser: Browser, address: str, size: tuple[int, int] = DESKTOP) -> None:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark"
        )
        self.page: Page = context.new_page()
        self.troubles: list[str] = []
        self.elsewhere: list[str] = []
        self._origin = "/".join(address.split("/")[:3])
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", lambda message: self._console(message.type, message.text))
        self.page.on("dialog", lambda dialog: self._dialog(dialog.message))
        self.page.on("request", lambda request: self._request(request.url))
        self.page.goto(address)
        self.page.wait_for_selector("main h1")

    def _console(self, kind: str, text: str) -> None:
        if kind == "error":
            self.troubles.append(text)

    def _dialog(self, text: str) -> None:
        self.troubles.append(f"dialog: {text}")

    def _request(self, url: str) -> None:
        if not url.startswith(self._origin):
            self.elsewhere.append(url)
