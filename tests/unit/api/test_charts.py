"""Charts and the dependency graph: drawn from numbers, well-formed, inert whatever names hold."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.console.graph import graph
from functions.api.console.plots import HEIGHT, MOST, WIDTH, Plot, compact, plots
from quorum.domain.evidence import Alarm, Bundle, Edge, Series
from tests.builders.incident_logs import Log
from tests.simulation.scenarios import SCENARIOS

ONSET = 1_000
BUNDLE = Log().bundle()
POINTS = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30)
MARKUP = '"><script>alert(1)</script>'


def series(values: list[float | None], **more: object) -> Series:
    points = tuple((ONSET + 10 * n, v) for n, v in enumerate(values) if v is not None)
    fields: dict[str, object] = {
        "id": "lambda:f/Errors",
        "resource": "lambda:f",
        "measure": "errors",
        "period_seconds": 10,
    }
    return Series.model_validate({**fields, "points": points, "alarmed": True, **more})


def bundle(*found: Series, **more: object) -> Bundle:
    return BUNDLE.model_copy(update={"series": found, "onset": ONSET + 25, **more})


def watching(**more: object) -> tuple[Alarm]:
    """Return an alarm on the errors of `lambda:f`."""
    fields: dict[str, object] = {
        "resources": ("lambda:f",),
        "metric": "Errors",
        "statistic": "Sum",
        "threshold": 5.0,
        "comparison": "GreaterThanOrEqualToThreshold",
        "period_seconds": 10,
    }
    return (BUNDLE.alarms[0].model_copy(update={**fields, **more}),)


def only(found: tuple[Plot, ...]) -> Plot:
    (plot,) = found
    return plot


def well_formed(svg: str) -> None:
    ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def labels(svg: str) -> list[str]:
    return re.findall(r">([^<>]+)</text>", svg)


def heights(svg: str, kind: str) -> list[float]:
    """Return the percentages at which lines of that class stand."""
    return [float(y) for y in re.findall(rf'class="{kind}" x1="0" x2="100%" y1="([\d.]+)%"', svg)]


def edges(*pairs: tuple[str, str]) -> tuple[Edge, ...]:
    return tuple(Edge(caller=f"lambda:{a}", callee=f"lambda:{b}") for a, b in pairs)


@given(POINTS)
def test_every_point_and_every_label_is_inside_the_chart(values: list[float]) -> None:
    plot = only(plots(bundle(series([*values]), alarms=watching()), ()))

    drawn = re.findall(r'points="([^"]+)"', plot.area)
    for x, y in (pair.split(",") for line in drawn for pair in line.split()):
        assert 0 <= float(x) <= WIDTH
        assert 0 <= float(y) <= HEIGHT
    assert 2 <= len(labels(plot.y_axis)) <= 6
    assert all(0 <= y <= 100 for y in heights(plot.area, "grid"))
    for svg in (plot.area, plot.y_axis):
        well_formed(svg)


def test_the_value_axis_ends_at_round_numbers_around_all_points_and_zero() -> None:
    plot = only(plots(bundle(series([3, 17, 12])), ()))

    assert labels(plot.y_axis) == ["0", "10", "20"]
    assert heights(plot.area, "grid") == [100, 50, 0]
    assert labels(only(plots(bundle(series([-3, 4])), ())).y_axis) == ["-5", "0", "5"]


@pytest.mark.parametrize(
    ("metric", "more", "unit"),
    [
        ("Errors", {}, "errors per 10 s"),
        ("Invocations", {"measure": "requests"}, "requests per 10 s"),
        ("Duration", {"measure": "latency", "statistic": "p95"}, "ms, p95 per 10 s"),
        ("ReadLatency", {"measure": "latency", "statistic": "Average"}, "s, Average per 10 s"),
        ("CPUUtilization", {"measure": "capacity", "statistic": "Average"}, "%, Average per 10 s"),
        ("Own", {"measure": "other", "statistic": "Maximum"}, "value, Maximum per 10 s"),
    ],
)
def test_the_value_axis_names_unit_statistic_and_period(
    metric: str, more: dict[str, object], unit: str
) -> None:
    plot = only(plots(bundle(series([1, 2], id=f"lambda:f/{metric}@7", **more)), ()))

    assert (plot.metric, plot.unit) == (metric, unit)


def test_the_alarm_threshold_is_a_labelled_line_at_its_value() -> None:
    plot = only(plots(bundle(series([0, 10]), alarms=watching()), ()))

    assert "alarm threshold ≥ 5" in labels(plot.area)
    assert heights(plot.area, "limit") == [50]


def test_a_threshold_above_all_points_is_still_inside_the_chart() -> None:
    plot = only(plots(bundle(series([0, 1]), alarms=watching(threshold=90)), ()))

    assert labels(plot.y_axis)[-1] == "100"
    assert heights(plot.area, "limit") == [10]


def test_a_threshold_per_minute_is_drawn_for_the_series_own_period() -> None:
    plot = only(plots(bundle(series([0, 10]), alarms=watching(period_seconds=20)), ()))

    assert "alarm threshold ≥ 5 per 20 s" in labels(plot.area)
    assert heights(plot.area, "limit") == [75]


@pytest.mark.parametrize(
    "more",
    [
        {"threshold": None},
        {"threshold": float("nan")},
        {"metric": "Throttles"},
        {"statistic": "Maximum"},
        {"resources": ("lambda:other",)},
    ],
)
def test_a_series_that_no_alarm_watches_has_no_threshold(more: dict[str, object]) -> None:
    plot = only(plots(bundle(series([0, 10]), alarms=watching(**more)), ()))

    assert heights(plot.area, "limit") == []


def test_chart_contains_no_markup_from_a_resource_name() -> None:
    odd = watching(comparison=MARKUP, name=MARKUP)
    plot = only(plots(bundle(series([0, 10], version=MARKUP), alarms=odd), ()))

    assert "script" not in plot.area + plot.y_axis
    assert "alarm threshold 5" in labels(plot.area)


def test_a_missing_point_breaks_the_line_instead_of_being_zero() -> None:
    whole = only(plots(bundle(series([1, 2, 3, 4, 5, 6])), ()))
    broken = only(plots(bundle(series([1, 2, 3, None, 5, 6])), ()))

    assert whole.area.count("<polyline") == 1
    assert broken.area.count("<polyline") == 2
    assert "Mean 2 before the onset, 5.5 since, maximum 6." in broken.about


def test_numbers_from_log_lines_are_said_to_be() -> None:
    logged = only(plots(bundle(series([1, 2, 3, 4, 5, 6], logged_since=ONSET + 40)), ()))
    assert "The last 2 values: from log lines." in logged.about
    assert "log" not in only(plots(bundle(series([1, 2])), ())).about


def test_alarmed_series_come_first_and_at_most_twelve_are_drawn() -> None:
    others = [series([1, 2], id=f"o{n}", alarmed=False) for n in range(20)]
    found = plots(bundle(*others, series([1, 2])), [one.id for one in others])

    assert found[0].alarmed
    assert len(found) == MOST
    assert plots(bundle(*others), ()) == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.025, "0.025"), (7, "7"), (12_500, "12.5k"), (-2e6, "-2M"), (3.14159e9, "3.14G")],
)
def test_axis_labels_are_compact(value: float, text: str) -> None:
    assert compact(value) == text


def test_callers_are_left_of_their_callees() -> None:
    found = graph(bundle(edges=edges(("a", "b"), ("b", "c"), ("a", "c"))), "lambda:c")
    assert found is not None
    texts = re.findall(r'<text x="(\d+)" y="\d+">lambda:(\w)<', found.svg)
    places = {name: int(x) for x, name in texts}
    assert places["a"] < places["b"] < places["c"]
    assert 'class="node target"' in found.svg
    assert len(found.edges) == 3


def test_a_cycle_of_calls_is_drawn() -> None:
    found = graph(bundle(edges=edges(("a", "b"), ("b", "a"), ("b", "b"))), None)

    assert found is not None
    well_formed(found.svg)


def test_without_dependencies_there_is_no_graph() -> None:
    assert graph(bundle(edges=()), None) is None


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_the_evidence_of_every_scenario_is_drawn(name: str) -> None:
    found = SCENARIOS[name](3).bundle()
    cited = [one.id for one in found.series]

    drawn = plots(found, cited)
    picture = graph(found, found.candidates[0].resource if found.candidates else None)
    assert drawn
    assert picture is not None
    assert any(heights(plot.area, "limit") for plot in drawn if plot.alarmed)
    for svg in (*(plot.area for plot in drawn), *(plot.y_axis for plot in drawn), picture.svg):
        well_formed(svg)
