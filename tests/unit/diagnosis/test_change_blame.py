"""Change blame: by time, reach, effect, and words shared with the new lines."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.diagnosis.change_blame import blame
from functions.diagnosis.diff_effect import DiffEffect, summarize_diff
from functions.diagnosis.first_signs import departure, signs
from functions.diagnosis.identifiers import word_stems
from functions.diagnosis.new_templates import LEAST, is_new
from quorum.domain.base import OutsiderText
from quorum.domain.evidence import Bundle, Change, LogTemplate
from tests.builders.bundles import shop_bundle
from tests.builders.evidence import AFTER, BEFORE, ONSET, A, B, C, deployed, line, service, template

GUARD = "-    if order.discount is None:\n-        return price\n     return price"
COUNTERS = "+    self.hits += 1\n+    self.metrics.emit(self.hits)"
NEW_LINE = template(B, "TypeError: discount is None")


def did(
    at: int, diff: str, resource: str = B, files: tuple[str, ...] = ("shop/price.py",), **more: Any
) -> Change:
    touched = tuple(OutsiderText.of(f) for f in files)
    return deployed(resource, at, touched=touched, diff=OutsiderText.of(diff), **more)


def evidence(*changes: Change, templates: tuple[LogTemplate, ...] = (NEW_LINE,)) -> Bundle:
    series = (service(A, 5, alarmed=True), service(B, 5), service(C, 0))
    return shop_bundle(*series, changes=changes, templates=templates)


@pytest.mark.parametrize(
    ("diff", "effect"),
    [
        ("", "unseen"),
        ("-a = 1\n+a  =  1", "same"),
        (COUNTERS, "added"),
        (GUARD, "lost"),
        ("-limit: 50\n+limit: 10", "lowered"),
        ("-limit: 10\n+limit: 50", "raised"),
        ("-ttl: 15m\n+ttl: 15s", "lowered"),
        ("-ttl = 100ms\n+ttl = 2s", "raised"),
        ('-  "title": text,\n+  "name": text,', "swapped"),
        ("-check(x, 1, 9)\n-check(y, 2, 8)\n+both(x, y, 1, 9, 2, 8)", "kept"),
        ("-// how it was\n+// how it is", "same"),
    ],
)
def test_diff_is_classified_by_its_form(diff: str, effect: DiffEffect) -> None:
    assert summarize_diff(did(-5, diff)).effect == effect


@pytest.mark.parametrize(
    ("files", "effect"),
    [
        (("docs/guide.md", "tests/test_price.py"), "inert"),
        (("go.mod", "go.sum"), "version"),
        (("docs/guide.md", "shop/price.py"), "lost"),
    ],
)
def test_files_that_do_not_run_get_no_blame(files: tuple[str, ...], effect: DiffEffect) -> None:
    assert summarize_diff(did(-5, GUARD, files=files)).effect == effect


def test_removed_guard_gets_the_blame_and_added_counters_do_not() -> None:
    guilty, decoy = did(-20, GUARD), did(-2, COUNTERS)
    found = blame(evidence(guilty, decoy))
    assert found[0].change == guilty.id
    assert {"discou"} <= set(found[0].shared)
    assert found[0].parts.words > 0 > found[-1].parts.effect


def test_inert_changes_get_no_blame() -> None:
    found = blame(evidence(did(-2, GUARD, files=("README.md",)), did(-3, COUNTERS, C)))
    assert found[0].change == ""


def test_change_after_the_first_signs_gets_no_blame() -> None:
    late = did(5, GUARD)
    assert [b.change for b in blame(evidence(late))] == [""]


def test_change_of_an_unrelated_resource_gets_little_blame() -> None:
    below, above = did(-5, GUARD, C), did(-5, GUARD, A)
    templates = (template(C, "boom"), NEW_LINE)
    found = {b.change: b for b in blame(evidence(below, above, templates=templates))}
    assert found[below.id].probability > found[above.id].probability


def test_own_change_gets_no_blame() -> None:
    assert [b.change for b in blame(evidence(did(-5, GUARD, ours=True)))] == [""]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), st.integers(0, 500))
def test_blame_does_not_grow_with_the_delay(delay: int, more: int) -> None:
    def probability(at: int) -> float:
        found = {b.change: b.probability for b in blame(evidence(did(at, GUARD)))}
        return max(p for change, p in found.items() if change)

    assert probability(-delay - more) <= probability(-delay)


texts = st.text(st.characters(codec="utf-8"), max_size=60)
diffs = st.lists(st.tuples(st.sampled_from("+- "), texts), max_size=5).map(
    lambda lines: "\n".join(sign + text for sign, text in lines)
)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(-99, 99), diffs), max_size=5), texts, st.randoms())
def test_blame_is_a_distribution_for_any_input_in_any_order(
    given_: list[tuple[int, str]], said: str, rng: random.Random
) -> None:
    changes = [
        did(at, diff).model_copy(update={"id": str(n)}) for n, (at, diff) in enumerate(given_)
    ]
    templates = (template(B, said), template(C, said[::-1]))
    found = blame(evidence(*changes, templates=templates))
    assert sum(b.probability for b in found) == pytest.approx(1)
    rng.shuffle(changes)
    again = blame(evidence(*changes, templates=templates[::-1]))
    assert [(b.change, b.effect, b.shared) for b in found] == [
        (b.change, b.effect, b.shared) for b in again
    ]


def test_names_match_in_any_word_style() -> None:
    assert word_stems("MaxConnections") & word_stems("max_connections") == {"max", "connec"}
    assert "user_favorites" in word_stems('relation "user_favorites" is missing') & word_stems(
        "SELECT 1 FROM user_favorites"
    )
    assert not word_stems("the error failed 12 x")


def test_template_is_new_when_it_starts_late_or_grows_much() -> None:
    seen = evidence()
    assert is_new(seen, NEW_LINE)
    old = NEW_LINE.model_copy(update={"first_seen": ONSET - BEFORE, "before": 20, "after": 10})
    assert not is_new(seen, old)
    assert is_new(seen, old.model_copy(update={"before": 2, "after": 20}))
    few = NEW_LINE.model_copy(update={"before": 1, "after": LEAST - 1})
    assert is_new(seen, few)
    assert not is_new(seen, few.model_copy(update={"after": LEAST - 2}))


def test_first_signs_are_from_logs_or_the_alarmed_series() -> None:
    early = NEW_LINE.model_copy(update={"first_seen": ONSET - 10})
    assert signs(evidence(templates=(early,))).first == ONSET - 10
    assert signs(evidence(templates=())).first == ONSET
    assert signs(shop_bundle(edges=())).first == ONSET


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.floats(), st.just(3.0)), max_size=60))
def test_departure_never_raises(values: list[float]) -> None:
    one = line(A, "errors", 1.0, 1.0).model_copy(
        update={"points": tuple((ONSET - BEFORE + n, v) for n, v in enumerate(values))}
    )
    found = departure(one, ONSET)
    assert found is None or ONSET - BEFORE <= found < ONSET + AFTER + 60


def test_blame_without_an_alarmed_resource_uses_the_other_evidence() -> None:
    given_ = evidence(did(-5, GUARD), templates=())
    nameless = given_.alarms[0].model_copy(update={"resources": ()})
    found = blame(given_.model_copy(update={"alarms": (nameless,), "series": ()}))
    assert sum(b.probability for b in found) == pytest.approx(1)
