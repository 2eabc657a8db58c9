"""The benchmark of alarms that teams have: its counts follow the product and the alarms alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.coverage import main, measure


def alarm(namespace: str, dimensions: dict[str, str], **more: Any) -> dict[str, Any]:
    metric = {"namespace": namespace, "name": "Errors", "dimensions": dimensions}
    fields = {"form": "metric", "statistic": "Sum", "metrics": [metric], "expressions": []}
    return {**fields, **more}


FUNCTION = alarm("AWS/Lambda", {"FunctionName": "f"})
ACCOUNT_WIDE = alarm("AWS/Lambda", {})
BILL = alarm("AWS/Billing", {"Currency": "USD"})
OWN = alarm("Team", {"Order": "x"}, statistic="tm99.9")
SHARE = alarm("AWS/SQS", {"QueueName": "q"}, form="math", expressions=["100 * failed"])
UNKNOWN = alarm("AWS/Nothing", {"ThingId": "t"})
COMPOSITE = alarm("", {}, form="composite", metrics=[], expressions=["composite"])


@pytest.mark.parametrize(
    ("given", "names", "resolved", "own_series", "verbs"),
    [
        (FUNCTION, True, True, True, True),
        (ACCOUNT_WIDE, False, False, True, False),
        (BILL, False, False, True, False),
        (OWN, False, False, True, False),
        (SHARE, True, True, True, True),
        (UNKNOWN, True, False, True, False),
        (COMPOSITE, False, False, False, False),
    ],
)
def test_an_alarm_is_counted_by_its_metrics_and_by_the_product(
    given: dict[str, Any], *, names: bool, resolved: bool, own_series: bool, verbs: bool
) -> None:
    found = measure(given)
    assert found.parsed
    assert (found.names_a_resource, found.resolved) == (names, resolved)
    assert (found.own_series, found.verbs) == (own_series, verbs)
    assert (found.publishes_signals, found.signals) == (names, resolved)


def test_counts_are_written_in_total_and_by_service(tmp_path: Path) -> None:
    source, out = tmp_path / "alarms.json", tmp_path / "out.json"
    source.write_text(json.dumps([FUNCTION, ACCOUNT_WIDE, UNKNOWN, COMPOSITE]))

    assert main(["--alarms", str(source), "--json", str(out)]) == 0

    found = json.loads(out.read_text())
    assert list(found) == ["total", "by_service"]
    assert found["total"] == {
        "tried": 4,
        "parsed": 4,
        "names_a_resource": 2,
        "resolved": 1,
        "own_series": 3,
        "publishes_signals": 2,
        "signals": 1,
        "verbs": 1,
    }
    assert found["by_service"]["Lambda"]["tried"] == 2
