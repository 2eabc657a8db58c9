"""Recognition of questions: the topics people ask about, in their own words."""

import pytest

from quorum.answers.questions import EXAMPLES, recognise

SHOP = ("lambda:shop-prices", "lambda:shop-basket", "dynamodb:shop-items", "sqs:shop-parcels")


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        *((question, topic) for topic, question in EXAMPLES.items()),
        ("what changed?", "changes"),
        ("any deploys in the last hour", "changes"),
        ("Why did you roll it back?", "cause"),
        ("root cause pls", "cause"),
        ("what's wrong with checkout", "cause"),
        ("why not the database?", "alternatives"),
        ("could it be the network", "alternatives"),
        ("what did you rule out", "alternatives"),
        ("who is affected?", "affected"),
        ("how many customers see this", "affected"),
        ("what happens if we wait?", "waiting"),
        ("what if we do nothing", "waiting"),
        ("is it getting worse", "waiting"),
        ("have we seen this?", "seen"),
        ("did this happen last time too", "seen"),
        ("what would undo it?", "undo"),
        ("is this reversible", "undo"),
        ("summarise for my director", "summary"),
        ("TL;DR", "summary"),
        ("what\u2019s going on", "summary"),
        ("how confident are you", "confidence"),
        ("why was this not automatic?", "confidence"),
        ("who voted for it", "confidence"),
        ("what don't you know", "unknowns"),
        ("is it fixed", "status"),
        ("what are you waiting for", "status"),
    ],
)
def test_a_question_has_its_topic(question: str, topic: str) -> None:
    assert recognise(question, SHOP).topic == topic


@pytest.mark.parametrize("question", ["", "hello", "42", "what is the meaning of life", "🙂"])
def test_other_text_has_none(question: str) -> None:
    assert recognise(question, SHOP).topic is None


@pytest.mark.parametrize(
    ("question", "resources"),
    [
        ("why not lambda:shop-prices?", ("lambda:shop-prices",)),
        ("why not shop-prices?", ("lambda:shop-prices",)),
        ("why not prices?", ("lambda:shop-prices",)),
        ("why not the table", ("dynamodb:shop-items",)),
        ("why not the queue or the basket", ("lambda:shop-basket", "sqs:shop-parcels")),
        ("why not the lambdas", ("lambda:shop-prices", "lambda:shop-basket")),
        ("why not the pricelist", ()),
        ("why not the shop", ()),
    ],
)
def test_a_question_names_resources_of_the_evidence(
    question: str, resources: tuple[str, ...]
) -> None:
    assert recognise(question, SHOP).resources == resources


def test_a_kind_that_the_evidence_lacks_is_absent() -> None:
    assert recognise("why not the cache or the load balancer?", SHOP).absent == (
        "cache",
        "load balancer",
    )
    assert recognise("why not the queue?", SHOP).absent == ()
