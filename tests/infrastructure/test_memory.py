"""The memory's stores by choice: encryption, readers and writers, and refusals at synth."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stacks.config import Config, ConfigError
from stacks.idle_cost import Idle, memory_line, total
from tests.infrastructure.conftest import Synth, synthesise
from tests.infrastructure.templates import grants, text

CHOICES = ("dynamodb", "opensearch-domain", "opensearch-serverless", "off")
USERS = {"evidence", "learning"}
OF_MEMORY = ("aoss:", "-dev-knowledge", "es:ESHttp")


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Synth]:
    """Return the templates of a choice, checked by cdk-nag."""

    @cache
    def of(choice: str) -> Synth:
        config = Config.from_context({"stage": "dev", "memory": choice})
        return synthesise(config, tmp_path_factory.mktemp(choice))

    return of


def using(synth: Synth) -> set[str]:
    """Return the functions with a permission on a store of texts."""
    return {
        row["RoleName"].removeprefix("quorum-dev-")
        for row in synth.all("AWS::IAM::Role")
        if any(action in json.dumps(row.get("Policies")) for action in OF_MEMORY)
    }


def test_the_default_searches_a_table_that_costs_nothing_idle(
    chosen: Callable[[str], Synth],
) -> None:
    synth = chosen("dynamodb")
    [table] = [t for t in synth.all("AWS::DynamoDB::Table") if "VectorIndexes" in t]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert {index["Dimensions"] for index in table["VectorIndexes"]} == {256, 512, 1024, 1536}
    defined = {one["AttributeName"] for one in table["AttributeDefinitions"]}
    for index in table["VectorIndexes"]:
        assert {one["AttributeName"] for one in index["SearchSchema"]} <= defined
    assert total(list(Idle(synth.both).memory())) == 0
    assert memory_line("dynamodb", synth.both).startswith("memory: dynamodb, $0.00 a month")


@pytest.mark.parametrize("choice", CHOICES)
def test_two_functions_use_the_chosen_store_and_no_other(
    choice: str, chosen: Callable[[str], Synth]
) -> None:
    synth = chosen(choice)
    assert using(synth) == (set() if choice == "off" else USERS)
    policies = json.dumps([r.get("Policies") for r in synth.all("AWS::IAM::Role")])
    assert ("SearchVectors" in policies) == (choice == "dynamodb")
    assert ("es:ESHttp" in policies) == (choice == "opensearch-domain")
    assert ("aoss:APIAccessAll" in policies) == (choice == "opensearch-serverless")
    assert ("titan-embed" in policies) == (choice != "off")


def test_evidence_writes_nothing_in_any_store(chosen: Callable[[str], Synth]) -> None:
    for choice in CHOICES:
        granted = grants(chosen(choice).role("evidence"))
        assert "es:ESHttpPut" not in {one.action for one in granted}
        on_table = {one.action for one in granted if "-knowledge" in one.resource}
        assert not on_table & {"dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem"}
    [access] = chosen("opensearch-serverless").all("AWS::OpenSearchServerless::AccessPolicy")
    rules = json.loads(_resolved(access["Policy"]))
    by_user = {rule["Principal"][0].rpartition("-")[2]: rule["Rules"][0] for rule in rules}
    assert set(by_user) == USERS
    assert set(by_user["evidence"]["Permission"]) == {"aoss:DescribeIndex", "aoss:ReadDocument"}


def _resolved(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "".join(p if isinstance(p, str) else p["Ref"] for p in value["Fn::Join"][1])


def test_a_domain_is_encrypted_and_admits_two_roles(chosen: Callable[[str], Synth]) -> None:
    synth = chosen("opensearch-domain")
    [domain] = synth.all("AWS::OpenSearchService::Domain")
    assert domain["EncryptionAtRestOptions"] == {"Enabled": True}
    assert domain["NodeToNodeEncryptionOptions"] == {"Enabled": True}
    assert domain["DomainEndpointOptions"]["EnforceHTTPS"] is True
    [statement] = domain["AccessPolicies"]["Statement"]
    admitted = statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert {text(one).rpartition("-")[2] for one in admitted} == USERS
    assert total(list(Idle(synth.both).memory())) > 20


def test_a_collection_is_encrypted_and_scales_to_zero(chosen: Callable[[str], Synth]) -> None:
    synth = chosen("opensearch-serverless")
    [group] = synth.all("AWS::OpenSearchServerless::CollectionGroup")
    limits = group["CapacityLimits"]
    assert (group["Generation"], limits["MinSearchCapacityInOcu"]) == ("NEXTGEN", 0)
    policies = synth.all("AWS::OpenSearchServerless::SecurityPolicy")
    assert {policy["Type"] for policy in policies} == {"encryption", "network"}
    assert total(list(Idle(synth.both).memory())) == 0


def test_opensearchs_client_ships_only_where_it_is_used(chosen: Callable[[str], Synth]) -> None:
    for choice in CHOICES:
        synth = chosen(choice)
        layers = {
            f["FunctionName"].removeprefix("quorum-dev-"): len(f["Layers"])
            for f in synth.all("AWS::Lambda::Function")
        }
        two = {name for name, count in layers.items() if count > 1}
        assert two == (USERS if choice.startswith("opensearch") else set())
    lock = Path("functions/search.lock").read_text()
    assert "opensearch-py==" in lock
    assert not {"grpcio", "protobuf", "boto3", "urllib3"} & {
        line.partition("==")[0] for line in lock.splitlines()
    }


@pytest.mark.parametrize(
    ("context", "named"),
    [
        ({"memory": "s3"}, "memory"),
        ({"embedding_dimensions": 300}, "embedding_dimensions"),
        ({"embedding_model": "amazon.titan-embed-text-v1", "embedding_dimensions": 512}, "1536"),
        ({"embedding_model": "cohere.embed"}, "embedding_model"),
        ({"memory_endpoint": "http://127.0.0.1:9200"}, "memory_endpoint"),
        ({"stage": "local", "memory": "opensearch-domain"}, "memory_endpoint"),
    ],
)
def test_combinations_that_cannot_work_are_refused(context: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        Config.from_context(context)


def test_an_engine_that_takes_no_vectors_of_this_length_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("quorum.domain.vector_engines.MOST_DIMENSIONS", {"lucene": 1024})
    fits = {"memory": "opensearch-domain"}
    assert Config.from_context(fits).memory == "opensearch-domain"
    with pytest.raises(ConfigError, match="lucene takes 1024"):
        Config.from_context({**fits, "embedding_model": "amazon.titan-embed-text-v1"})
