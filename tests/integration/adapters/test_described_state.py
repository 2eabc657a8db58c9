"""Settings and dependencies that the services' rows read, on the services in memory."""

import json
import sys
from types import ModuleType
from typing import Any, Final

import boto3
import pytest
from botocore.config import Config

from quorum.adapters.resource_state.aws_state import aws_state
from quorum.domain.changes import derive_changes
from quorum.domain.evidence import ResourceState, Scalar
from quorum.services.rows import KINDS

ACCOUNT = "123456789012"
ARN = f"arn:aws:{{}}:us-east-1:{ACCOUNT}:{{}}".format
FUNCTION = ARN("lambda", "function:checkout")
SECRET: Final = "hunter2-AKIAIOSFODNN7EXAMPLE"  # noqa: S105 - nowhere valid
ALL = [f"{kind.name}:*" for kind in KINDS.values() if kind.describes]

Settings = dict[str, Scalar]


def read(*resources: str) -> dict[str, Settings | None]:
    """Return the settings of the resources, read together."""
    answers = aws_state(Config(), autoscaling=True, watch=ALL).states(dict.fromkeys(resources))
    assert not [answer for answer in answers.values() if isinstance(answer, Exception)]
    return {
        resource: answer.settings if isinstance(answer, ResourceState) else None
        for resource, answer in answers.items()
    }


def balancer() -> tuple[str, str]:
    """Create a load balancer with a target group; return their ids."""
    ec2, elb = boto3.client("ec2"), boto3.client("elbv2")
    network = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    subnets = [s["SubnetId"] for s in ec2.describe_subnets()["Subnets"][:2]]
    made = elb.create_load_balancer(Name="shop", Subnets=subnets)["LoadBalancers"][0]
    group = elb.create_target_group(
        Name="web", Protocol="HTTP", Port=8080, VpcId=network, HealthCheckPath="/health"
    )["TargetGroups"][0]
    elb.create_listener(
        LoadBalancerArn=made["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
    )
    image = ec2.describe_images()["Images"][0]["ImageId"]
    host = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    elb.register_targets(TargetGroupArn=group["TargetGroupArn"], Targets=[{"Id": host}])
    return (
        "alb:" + made["LoadBalancerArn"].partition("loadbalancer/")[2],
        "targetgroup:" + group["TargetGroupArn"].partition("targetgroup/")[2],
    )


def test_load_balancer_names_its_groups_and_a_group_its_hosts() -> None:
    alb, group = balancer()
    found = read(alb, group, "alb:app/none/1", "targetgroup:none/1")
    assert (found["alb:app/none/1"], found["targetgroup:none/1"]) == (None, None)
    settings, of_group = found[alb], found[group]
    assert settings
    assert of_group
    assert settings["calls"] == group
    assert str(settings["listener/80/action"]).startswith("sha256:")
    assert (of_group["port"], of_group["health_path"]) == (8080, "/health")
    assert of_group["called_by"] == alb
    assert str(of_group["calls"]).startswith("ec2:i-")


def test_changed_health_check_and_listener_are_changes() -> None:
    alb, group = balancer()
    before = read(alb, group)
    elb = boto3.client("elbv2")
    elb.modify_target_group(
        TargetGroupArn=ARN("elasticloadbalancing", group.replace(":", "/")), HealthCheckPath="/up"
    )
    (listener,) = elb.describe_listeners(
        LoadBalancerArn=ARN("elasticloadbalancing", "loadbalancer/" + alb.partition(":")[2])
    )["Listeners"]
    elb.modify_listener(
        ListenerArn=listener["ListenerArn"],
        DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}],
    )
    after = read(alb, group)
    changed = {
        (change.resource, change.setting, change.kind)
        for resource in (alb, group)
        for change in derive_changes(
            resource, before[resource] or {}, after[resource] or {}, seen=0, now=60
        )
    }
    assert changed == {
        (group, "health_path", "configuration"),
        (alb, "listener/80/action", "configuration"),
    }


def test_auto_scaling_group_has_its_bounds_and_template() -> None:
    client, ec2 = boto3.client("autoscaling"), boto3.client("ec2")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.create_launch_template(LaunchTemplateName="web", LaunchTemplateData={"ImageId": image})
    client.create_auto_scaling_group(
        AutoScalingGroupName="web",
        MinSize=1,
        MaxSize=3,
        LaunchTemplate={"LaunchTemplateName": "web", "Version": "1"},
        AvailabilityZones=["us-east-1a"],
    )
    found = read("autoscaling:web", "autoscaling:none")
    assert found["autoscaling:none"] is None
    settings = found["autoscaling:web"] or {}
    assert {k: settings[k] for k in ("min", "max", "template", "template_version")} == {
        "min": 1,
        "max": 3,
        "template": "web",
        "template_version": "1",
    }


def test_databases_have_their_versions_and_a_cluster_its_members() -> None:
    client = boto3.client("rds")
    client.create_db_cluster(
        DBClusterIdentifier="shop",
        Engine="aurora-mysql",
        MasterUsername="root",
        MasterUserPassword=SECRET,
    )
    client.create_db_instance(
        DBInstanceIdentifier="shop-1",
        DBInstanceClass="db.r6g.large",
        Engine="aurora-mysql",
        DBClusterIdentifier="shop",
    )
    found = read("rds:shop-1", "rds:none", "rdscluster:shop", "rdscluster:none")
    assert (found["rds:none"], found["rdscluster:none"]) == (None, None)
    assert (found["rds:shop-1"] or {})["instance_class"] == "db.r6g.large"
    assert (found["rdscluster:shop"] or {})["calls"] == "rds:shop-1"
    assert SECRET not in json.dumps(found)


def test_caches_and_search_domains_have_their_versions_and_sizes() -> None:
    cache = boto3.client("elasticache")
    cache.create_cache_cluster(
        CacheClusterId="baskets", Engine="redis", CacheNodeType="cache.t4g.small", NumCacheNodes=1
    )
    cache.create_replication_group(
        ReplicationGroupId="sessions",
        ReplicationGroupDescription="sessions",
        AutomaticFailoverEnabled=False,
    )
    domains = boto3.client("opensearch")
    domains.create_domain(DomainName="products", EngineVersion="OpenSearch_2.11")
    group, domain = "replicationgroup:sessions", "es:products"
    found = read("elasticache:baskets", "elasticache:none", group, domain)
    assert found["elasticache:none"] is None
    assert (found["elasticache:baskets"] or {})["node_type"] == "cache.t4g.small"
    assert (found[group] or {})["failover"] == "disabled"
    assert (found[domain] or {})["engine_version"] == "OpenSearch_2.11"


def test_topic_names_its_subscribers_and_none_of_their_addresses() -> None:
    client = boto3.client("sns")
    topic = client.create_topic(Name="orders")["TopicArn"]
    client.create_topic(Name="lonely")
    client.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=ARN("sqs", "parcels"))
    client.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=FUNCTION)
    client.subscribe(TopicArn=topic, Protocol="https", Endpoint=f"https://x.example/?key={SECRET}")
    assert read("sns:orders", "sns:lonely", "sns:none") == {
        "sns:orders": {"calls": "lambda:checkout,sqs:parcels"},
        "sns:lonely": {},
        "sns:none": None,
    }


def test_file_system_has_its_throughput() -> None:
    client = boto3.client("efs")
    made = client.create_file_system(CreationToken="x", ThroughputMode="bursting")["FileSystemId"]
    found = read(f"efs:{made}", "efs:fs-0123456789abcdef0")
    assert found["efs:fs-0123456789abcdef0"] is None
    assert (found[f"efs:{made}"] or {})["throughput_mode"] == "bursting"


def test_stream_has_its_shards_and_retention() -> None:
    boto3.client("kinesis").create_stream(StreamName="clicks", ShardCount=2)
    found = read("kinesis:clicks", "kinesis:none")
    assert found["kinesis:none"] is None
    settings = found["kinesis:clicks"] or {}
    assert (settings["shards"], settings["retention_hours"]) == (2, 24)


def test_state_machine_names_what_its_definition_calls_and_not_its_text() -> None:
    client = boto3.client("stepfunctions")
    role = f"arn:aws:iam::{ACCOUNT}:role/machine"
    flow: Any = {
        "StartAt": "Pay",
        "States": {
            "Pay": {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {"FunctionName": f"{FUNCTION}:live", "Payload": {"key": SECRET}},
                "Next": "Ship",
            },
            "Ship": {"Type": "Task", "Resource": ARN("lambda", "function:ship"), "End": True},
        },
    }
    client.create_state_machine(name="orders", definition=json.dumps(flow), roleArn=role)
    before = read("states:orders", "states:none")
    assert before["states:none"] is None
    settings = before["states:orders"] or {}
    assert settings["calls"] == "lambda:checkout,lambda:ship"
    assert str(settings["definition"]).startswith("sha256:")
    assert SECRET not in json.dumps(before)

    flow["States"]["Pay"]["Parameters"]["Payload"] = {}
    client.update_state_machine(
        stateMachineArn=ARN("states", "stateMachine:orders"), definition=json.dumps(flow)
    )
    after = read("states:orders")["states:orders"] or {}
    changes = derive_changes("states:orders", settings, after, seen=0, now=60)
    assert [change.setting for change in changes] == ["definition"]


def test_rule_names_its_targets_and_whether_it_is_disabled() -> None:
    client = boto3.client("events")
    client.put_rule(Name="hourly", ScheduleExpression="rate(1 hour)")
    client.create_event_bus(Name="shop")
    client.put_rule(Name="paid", EventBusName="shop", EventPattern='{"source": ["shop"]}')
    client.put_targets(
        Rule="hourly",
        Targets=[{"Id": "1", "Arn": FUNCTION, "DeadLetterConfig": {"Arn": ARN("sqs", "dead")}}],
    )
    before = read("events:hourly", "events:shop/paid", "events:none")
    assert before["events:none"] is None
    assert (before["events:shop/paid"] or {})["state"] == "ENABLED"
    hourly = before["events:hourly"] or {}
    assert (hourly["state"], hourly["calls"]) == ("ENABLED", "lambda:checkout")
    assert hourly["called_by"] == "sqs:dead"
    client.disable_rule(Name="hourly")
    after = read("events:hourly")["events:hourly"] or {}
    (change,) = derive_changes("events:hourly", hourly, after, seen=0, now=60)
    assert (change.setting, change.before, change.after) == ("state", "ENABLED", "DISABLED")


@pytest.fixture
def rest_apis(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have moto's REST APIs without the package that validates imported specifications."""
    package, errors = ModuleType("openapi_spec_validator"), ModuleType("exceptions")
    package.__dict__["validate"] = None
    errors.__dict__["OpenAPIValidationError"] = ValueError
    monkeypatch.setitem(sys.modules, package.__name__, package)
    monkeypatch.setitem(sys.modules, f"{package.__name__}.validation", package)
    monkeypatch.setitem(sys.modules, f"{package.__name__}.validation.exceptions", errors)


@pytest.mark.usefixtures("rest_apis")
def test_apis_have_the_deployments_of_their_stages_and_what_they_call() -> None:
    rest, http = boto3.client("apigateway"), boto3.client("apigatewayv2")
    api = rest.create_rest_api(name="shop")["id"]
    root = rest.get_resources(restApiId=api)["items"][0]["id"]
    rest.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    rest.put_integration(
        restApiId=api,
        resourceId=root,
        httpMethod="GET",
        type="AWS_PROXY",
        integrationHttpMethod="POST",
        uri=ARN("apigateway", "x").replace(f"{ACCOUNT}:x", "")
        + f"lambda:path/2015-03-31/functions/{FUNCTION}/invocations",
    )
    rest.create_deployment(restApiId=api, stageName="prod", variables={"password": SECRET})
    web = http.create_api(Name="web", ProtocolType="HTTP")["ApiId"]
    http.create_integration(
        ApiId=web,
        IntegrationType="AWS_PROXY",
        IntegrationUri=FUNCTION,
        PayloadFormatVersion="2.0",
    )
    http.create_stage(ApiId=web, StageName="live")
    found = read("restapi:shop", "restapi:none", f"httpapi:{web}", "httpapi:none")
    assert (found["restapi:none"], found["httpapi:none"]) == (None, None)
    shop = found["restapi:shop"] or {}
    assert shop["calls"] == "lambda:checkout"
    assert shop["stage/prod/deployment"]
    assert (found[f"httpapi:{web}"] or {})["calls"] == "lambda:checkout"
    assert SECRET not in json.dumps(found)
    second = rest.create_deployment(restApiId=api, stageName="prod")["id"]
    after = read("restapi:shop")["restapi:shop"] or {}
    (change,) = derive_changes("restapi:shop", shop, after, seen=0, now=60)
    assert (change.setting, change.after) == ("stage/prod/deployment", second)


@pytest.mark.usefixtures("rest_apis")
def test_two_apis_of_one_name_are_odd_and_not_one_of_them() -> None:
    client = boto3.client("apigateway")
    for name in ("shop", "shop", "web"):
        client.create_rest_api(name=name)
    answers = aws_state(Config(), autoscaling=True, watch=ALL).states(
        {"restapi:shop": None, "restapi:web": None}
    )
    assert "2 resources are called shop" in str(answers["restapi:shop"])
    assert isinstance(answers["restapi:web"], ResourceState)


@pytest.mark.parametrize("watch", [[], ["kinesis:other-*"], ["sns:*"]])
def test_unwatched_resources_are_not_requested(watch: list[str]) -> None:
    def no_client(name: str) -> Any:
        raise AssertionError(name)

    states = aws_state(Config(), autoscaling=True, watch=watch)
    states._clients = no_client
    assert states.state("kinesis:clicks") is None
    assert not states.reads("kinesis:clicks")
