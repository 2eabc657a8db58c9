"""Plots and the graph: drawn from numbers, well-formed, and inert whatever things are called."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.api.console.graph import graph
from functions.api.console.plots import HEIGHT, MOST, WIDTH, plots
from quorum.domain.evidence import Bundle, Edge, Series
from tests.builders import SCENARIOS
from tests.unit.narrative.stories import Log

ONSET = 1_000
BUNDLE = Log().bundle()
POINTS = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=30)


def series(values: list[float | None], **more: object) -> Series:
    points = tuple((ONSET + 10 * n, v) for n, v in enumerate(values) if v is not None)
    fields = {"id": "s", "resource": "lambda:f", "measure": "errors", "period_seconds": 10}
    return Series.model_validate({**fields, "points": points, "alarmed": True, **more})


def bundle(*found: Series, **more: object) -> Bundle:
    return BUNDLE.model_copy(update={"series": found, "onset": ONSET + 25, **more})


def well_formed(svg: str) -> None:
    ElementTree.fromstring(svg)  # noqa: S314 - our own drawing


def edges(*pairs: tuple[str, str]) -> tuple[Edge, ...]:
    return tuple(Edge(caller=f"lambda:{a}", callee=f"lambda:{b}") for a, b in pairs)


@given(POINTS)
def test_every_point_is_inside_the_drawing(values: list[float]) -> None:
    (plot,) = plots(bundle(series([*values])), ())
    drawn = re.findall(r'points="([^"]+)"', plot.svg)
    for x, y in (pair.split(",") for line in drawn for pair in line.split()):
        assert 0 <= float(x) <= WIDTH
        assert 0 <= float(y) <= HEIGHT
    well_formed(plot.svg)


def test_a_missing_point_breaks_the_line_and_is_no_zero() -> None:
    (whole,) = plots(bundle(series([1, 2, 3, 4, 5, 6])), ())
    (broken,) = plots(bundle(series([1, 2, 3, None, 5, 6])), ())

    assert whole.svg.count("<polyline") == 1
    assert broken.svg.count("<polyline") == 2
    assert "Mean 2 before the onset, 5.5 since, at most 6." in broken.about


def test_the_alarms_own_series_comes_first_and_no_more_than_fit() -> None:
    others = [series([1, 2], id=f"o{n}", alarmed=False) for n in range(20)]
    found = plots(bundle(*others, series([1, 2])), [one.id for one in others])

    assert found[0].alarmed
    assert len(found) == MOST
    assert plots(bundle(*others), ()) == ()


def test_callers_stand_left_of_what_they_call() -> None:
    found = graph(bundle(edges=edges(("a", "b"), ("b", "c"), ("a", "c"))), "lambda:c")
    assert found is not None
    texts = re.findall(r'<text x="(\d+)" y="\d+">lambda:(\w)<', found.svg)
    places = {name: int(x) for x, name in texts}
    assert places["a"] < places["b"] < places["c"]
    assert 'class="node blamed"' in found.svg
    assert "The decision is about lambda:c." in found.about


def test_a_circle_of_calls_is_drawn_too() -> None:
    found = graph(bundle(edges=edges(("a", "b"), ("b", "a"), ("b", "b"))), None)

    assert found is not None
    well_formed(found.svg)


def test_without_edges_there_is_no_graph() -> None:
    assert graph(bundle(edges=()), None) is None


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_the_evidence_of_every_scenario_is_drawn(name: str) -> None:
    found = SCENARIOS[name](3).bundle()
    cited = [one.id for one in found.series]

    drawn = [plot.svg for plot in plots(found, cited)]
    picture = graph(found, found.candidates[0].resource if found.candidates else None)
    assert drawn
    assert picture is not None
    for svg in (*drawn, picture.svg):
        well_formed(svg)
