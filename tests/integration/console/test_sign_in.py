"""Return from sign-in: a code is redeemed once, only in the tab that requested it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

HERE: Final = Path(__file__).parent
SCRIPT: Final = Path("functions/api/console/static/console.js")
OWN: Final = {"token": "the person's own"}
ASKED: Final = {"state": "s1", "verifier": "v1", "back": "/controls"}


def come_back(search: str, kept: dict[str, str]) -> Any:
    """Return the requests to the server and the tab's storage afterwards."""
    node = [
        str(Path(sys.executable).parent / "node"),
        str(HERE / "sign_in.js"),
        str(SCRIPT),
        search,
        json.dumps(kept),
    ]
    done = subprocess.run(node, capture_output=True, check=True, text=True, timeout=60)  # noqa: S603
    return json.loads(done.stdout)


def redeemed(found: Any) -> list[str]:
    return [body for path, body in found["calls"] if path.endswith("/oauth2/token")]


@pytest.mark.parametrize(
    ("search", "kept"),
    [
        ("?code=CODE-OF-MALLORY", {}),
        ("?code=CODE-OF-MALLORY&state=", {}),
        ("?code=CODE-OF-MALLORY&state=null", {}),
        ("?code=CODE-OF-MALLORY&state=s2", ASKED),
        ("?code=CODE-OF-MALLORY", ASKED),
        ("?code=CODE-OF-MALLORY&state=s1", {"state": "s1"}),
        ("?code=CODE-OF-MALLORY&state=", {"state": "", "verifier": "v1"}),
    ],
)
def test_a_code_of_another_tab_is_not_redeemed(search: str, kept: dict[str, str]) -> None:
    found = come_back(search, {**OWN, **kept})

    assert redeemed(found) == []
    assert found["kept"] == OWN  # what was kept for signing in is used up


def test_a_code_of_this_tab_is_redeemed_with_its_verifier() -> None:
    found = come_back("?code=c&state=s1", ASKED)

    (body,) = redeemed(found)
    assert "code_verifier=v1" in body
    assert found["kept"] == {"token": "redeemed"}
