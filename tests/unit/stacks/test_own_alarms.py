"""Quorum's own alarms watch metrics that its functions emit, and describe themselves."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stacks.own_alarms import OWN_ALARMS, OwnAlarm

EMITTED = [alarm for alarm in OWN_ALARMS if alarm.namespace == "Quorum"]


@pytest.mark.parametrize("alarm", EMITTED, ids=lambda alarm: alarm.name)
def test_the_watched_function_emits_the_metric(alarm: OwnAlarm) -> None:
    source = Path("functions", alarm.of, "handler.py").read_text()
    assert any(re.fullmatch(pattern, alarm.metric) for pattern in _texts(source))


def _texts(source: str) -> Iterator[str]:
    """Yield a pattern for each string in the source; an f-string's values match any word."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)):
                yield re.escape(text)
            case ast.JoinedStr(values=parts) if isinstance(parts[0], ast.Constant):
                yield "".join(
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                    for part in parts
                )


def test_each_alarm_has_its_own_name_and_a_description_of_one_sentence() -> None:
    assert len({alarm.name for alarm in OWN_ALARMS}) == len(OWN_ALARMS)
    for alarm in OWN_ALARMS:
        assert re.fullmatch(r"[^.]+\.", alarm.description), alarm.name
