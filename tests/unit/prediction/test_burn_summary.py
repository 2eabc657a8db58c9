"""The burn-rate seat's texts for people."""

from itertools import pairwise

from functions.prediction.burn_rate import burn_rate
from functions.prediction.burn_summary import blast_radius_text, burn_text
from quorum.seats.seat import Deps
from tests.builders.bundles import shop_bundle
from tests.builders.evidence import A, B, C, service


def test_burn_summary_has_windows_and_remaining_budget() -> None:
    evidence = shop_bundle(service(A, 5, alarmed=True))
    text = burn_text(evidence, A, 50)
    assert text.startswith(f"{A}: error budget burn rate 50x")
    assert "17x over 5 min, 17x over a partial 1 h" in text
    assert text.endswith("would last 14 h")


def test_burn_summary_has_affected_and_next_resources() -> None:
    evidence = shop_bundle(service(A, 0, alarmed=True), service(B, 5), service(C, 5))
    text = blast_radius_text(evidence)
    assert text.startswith(f"; affected so far, in order: {C}, {B}; next: {A} in ")
    assert blast_radius_text(shop_bundle(service(A, 0))) == ""


def test_burn_summary_with_long_names_fits_into_a_reason() -> None:
    names = [f"lambda:{letter * 250}" for letter in "abcdefghij"]
    edges = list(pairwise(names))
    evidence = shop_bundle(*(service(n, 5 * (n > "lambda:e")) for n in names), edges=edges)
    assert len(burn_rate(evidence, Deps()).reason) <= 2000
