"""What starts what: opted-in alarms alone, nothing of Quorum's own, nothing lost on the way."""

import json
from typing import Any

from quorum.domain.events import BaseEvent
from stacks.functions_table import CONSUMERS
from stacks.own_alarms import OWN_ALARMS
from stacks.stages import STAGES
from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import resources, text


def _alarm_rule(synth: Synth) -> dict[str, Any]:
    (found,) = [
        rule
        for rule in synth.all("AWS::Events::Rule")
        if "CloudWatch Alarm State Change" in rule.get("EventPattern", {}).get("detail-type", [])
    ]
    return found


def _fits(rule: dict[str, Any], source: str, alarm: str) -> bool:
    pattern = rule["EventPattern"]
    names = pattern["detail"]["alarmName"]
    return source in pattern["source"] and any(_named(name, alarm) for name in names)


def _named(one: Any, alarm: str) -> bool:
    match one:
        case {"prefix": str(prefix)}:
            return alarm.startswith(prefix)
        case {"anything-but": {"prefix": str(prefix)}}:
            return not alarm.startswith(prefix)
        case _:
            return bool(one == alarm)


def test_only_alarms_that_were_opted_in_enter(local: Synth, dev: Synth) -> None:
    assert _fits(_alarm_rule(local), "aws.cloudwatch", "shop-errors")
    assert not _fits(_alarm_rule(local), "aws.cloudwatch", "billing-errors")
    assert not _fits(_alarm_rule(local), "aws.cloudwatch", "TargetTracking-table/shop")
    assert _alarm_rule(local)["State"] == "ENABLED"
    assert _alarm_rule(dev)["State"] == "DISABLED"


def test_where_tags_decide_intake_sees_every_alarm_and_may_ask_for_its_tags(
    prod: Synth, local: Synth
) -> None:
    assert _fits(_alarm_rule(prod), "aws.cloudwatch", "billing-errors")
    tags = {"quorum": "on"}
    assert json.loads(prod.function("intake")["Environment"]["Variables"]["ALARM_TAGS"]) == tags
    asking = "cloudwatch:ListTagsForResource"
    assert asking in json.dumps(prod.role("intake"))
    assert asking not in json.dumps([local.role("intake"), prod.role("evidence")])


def test_no_pattern_has_an_empty_list_which_eventbridge_refuses(synth: Synth) -> None:
    for rule in synth.all("AWS::Events::Rule"):
        assert "[]" not in json.dumps(rule.get("EventPattern", {}))


def test_every_stage_hears_cloudwatch_and_nobody_who_says_to_be_it(synth: Synth) -> None:
    assert _alarm_rule(synth)["EventPattern"]["source"] == ["aws.cloudwatch"]


def test_quorums_own_alarms_do_not_feed_it(synth: Synth) -> None:
    own = [
        alarm["AlarmName"] for alarm in synth.all("AWS::CloudWatch::Alarm") if "AlarmName" in alarm
    ]
    assert set(own) == {synth.named(row.name) for row in OWN_ALARMS}
    assert not any(_fits(_alarm_rule(synth), "aws.cloudwatch", name) for name in own)


def test_quorums_own_alarms_go_to_people_past_the_state_machine(synth: Synth) -> None:
    for alarm in synth.all("AWS::CloudWatch::Alarm"):
        if "AlarmName" in alarm:
            (action,) = alarm["AlarmActions"]
            assert text(action).startswith("<SelfPeople")
    assert synth.config.stage == "local" or len(synth.all("AWS::SNS::Subscription")) == len(
        synth.config.mail_to
    )


def test_an_alarm_waits_in_a_queue_and_is_never_lost(synth: Synth) -> None:
    (target,) = _alarm_rule(synth)["Targets"]
    assert text(target["Arn"]).startswith("<QueuesAlarms")
    assert "DeadLetters" in text(target["DeadLetterConfig"]["Arn"])
    alarms = next(
        q for q in synth.all("AWS::SQS::Queue") if q["QueueName"] == synth.named("alarms")
    )
    assert alarms["RedrivePolicy"]["maxReceiveCount"] == 5
    timeout = synth.function("intake")["Timeout"]
    assert alarms["VisibilityTimeout"] >= 6 * timeout
    for queue in synth.all("AWS::SQS::Queue"):
        assert queue["SqsManagedSseEnabled"] is True


def test_each_message_of_a_batch_fails_alone(synth: Synth) -> None:
    for mapping in synth.all("AWS::Lambda::EventSourceMapping"):
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert "Live" in json.dumps(mapping["FunctionName"])


def test_a_poison_record_is_cut_out_and_kept(synth: Synth) -> None:
    streams = [
        mapping
        for mapping in synth.all("AWS::Lambda::EventSourceMapping")
        if "Queues" not in text(mapping["EventSourceArn"])
    ]
    assert len(streams) == 3
    for mapping in streams:
        assert mapping["BisectBatchOnFunctionError"] is True
        assert mapping["MaximumRetryAttempts"] > 0
        assert "DeadLetters" in text(mapping["DestinationConfig"]["OnFailure"]["Destination"])
        assert mapping["StartingPosition"] == "TRIM_HORIZON"


def test_a_reader_that_is_woken_by_some_facts_names_real_ones_beside_one_that_takes_all(
    synth: Synth,
) -> None:
    facts = {fact.model_fields["type"].default for fact in BaseEvent.__subclasses__()}
    mappings = synth.all("AWS::Lambda::EventSourceMapping")
    readers = {name: reads for name, reads in CONSUMERS.items() if reads.stream == "stream:events"}
    patterns = {name: _patterns(mappings, name) for name in readers}

    assert [] in patterns.values()
    for name, reads in readers.items():
        assert facts.issuperset(reads.event_types)
        assert patterns[name] == (
            [{"data": {"type": [*reads.event_types]}}] if reads.event_types else []
        )


def _patterns(mappings: list[dict[str, Any]], reader: str) -> list[Any]:
    (mapping,) = [m for m in mappings if f"Functions{reader}Live" in json.dumps(m["FunctionName"])]
    criteria = mapping.get("FilterCriteria", {"Filters": []})
    return [json.loads(one["Pattern"]) for one in criteria["Filters"]]


def test_a_run_that_dies_wakes_the_watchdog(synth: Synth) -> None:
    (rule,) = [
        rule
        for rule in synth.all("AWS::Events::Rule")
        if rule.get("EventPattern", {}).get("source") == ["aws.states"]
    ]
    detail = rule["EventPattern"]["detail"]
    assert detail["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    (machine,) = detail["stateMachineArn"]
    assert text(machine).endswith(f":stateMachine:{synth.named('incident')}")


def test_the_clocks_are_the_stages(synth: Synth) -> None:
    rates = [
        r["ScheduleExpression"] for r in synth.all("AWS::Events::Rule") if "ScheduleExpression" in r
    ]
    stage = STAGES[synth.config.stage]
    minutes = (stage.inventory_minutes, 1, stage.warm_minutes)
    wanted = [f"rate({m} minute{'s' if m > 1 else ''})" for m in minutes]
    assert sorted(rates) == sorted(wanted)


def test_the_state_machine_logs_everything_but_the_data(synth: Synth) -> None:
    (machine,) = synth.all("AWS::StepFunctions::StateMachine")
    assert machine["StateMachineName"] == synth.named("incident")
    assert machine["LoggingConfiguration"]["Level"] == "ALL"
    assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
    assert machine["TracingConfiguration"]["Enabled"] is True


def test_every_placeholder_of_the_definition_is_substituted(synth: Synth) -> None:
    (machine,) = synth.all("AWS::StepFunctions::StateMachine")
    definition = text(machine["DefinitionString"])
    for name in machine["DefinitionSubstitutions"]:
        definition = definition.replace(f"${{{name}}}", "")
    assert "${" not in definition


def test_nobody_but_the_rule_of_opted_in_alarms_may_put_a_message_into_the_alarm_queue(
    synth: Synth,
) -> None:
    policies = [
        policy
        for policy in synth.all("AWS::SQS::QueuePolicy")
        if any("Alarms" in text(queue) for queue in policy["Queues"])
    ]
    (policy,) = policies
    sends = [s for s in policy["PolicyDocument"]["Statement"] if "sqs:SendMessage" in s["Action"]]
    denies = [s for s in sends if s["Effect"] == "Deny"]
    (rule,) = [
        name
        for template in synth.both
        for name, one in resources(template, "AWS::Events::Rule").items()
        if one["Properties"] == _alarm_rule(synth)
    ]
    (deny,) = denies
    assert deny["Principal"] == {"AWS": "*"}
    assert (deny["Action"], deny["Resource"]) == (
        "sqs:SendMessage",
        {"Fn::GetAtt": [policy["Queues"][0]["Ref"], "Arn"]},
    )
    assert deny["Condition"] == {
        "ArnNotEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}},
    }
    (allow,) = [s for s in sends if s["Effect"] == "Allow"]
    assert allow["Principal"] == {"Service": "events.amazonaws.com"}
    assert allow["Condition"] == {
        "ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}},
    }
