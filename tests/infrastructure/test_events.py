"""Triggers: the alarm rule, queues, streams, schedules and own alarms."""

import json
from typing import Any

from quorum.domain.events import BaseEvent
from stacks.functions_table import CONSUMERS, ROWS
from stacks.own_alarms import OWN_ALARMS
from stacks.settings import packaged
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


def _matches(rule: dict[str, Any], source: str, alarm: str) -> bool:
    pattern = rule["EventPattern"]
    names = pattern["detail"]["alarmName"]
    return source in pattern["source"] and any(_name_matches(name, alarm) for name in names)


def _name_matches(one: Any, alarm: str) -> bool:
    match one:
        case {"prefix": str(prefix)}:
            return alarm.startswith(prefix)
        case {"anything-but": {"prefix": str(prefix)}}:
            return not alarm.startswith(prefix)
        case _:
            return bool(one == alarm)


def test_the_alarm_rule_matches_opted_in_alarms_only(local: Synth, dev: Synth) -> None:
    assert _matches(_alarm_rule(local), "aws.cloudwatch", "shop-errors")
    assert not _matches(_alarm_rule(local), "aws.cloudwatch", "billing-errors")
    assert not _matches(_alarm_rule(local), "aws.cloudwatch", "TargetTracking-table/shop")
    assert _alarm_rule(local)["State"] == "ENABLED"
    assert _alarm_rule(dev)["State"] == "DISABLED"


def test_with_alarm_tags_intake_gets_every_alarm_and_may_read_its_tags(
    prod: Synth, local: Synth
) -> None:
    assert _matches(_alarm_rule(prod), "aws.cloudwatch", "billing-errors")
    tags = {"quorum": "on"}
    assert prod.config.alarm_tags == tags
    for name in ("intake", "inventory"):
        row = next(row for row in ROWS if row.name == name)
        assert json.loads(packaged(row, prod.config)["ALARM_TAGS"]) == tags
    asking = "cloudwatch:ListTagsForResource"
    assert asking in json.dumps(prod.role("intake"))
    assert asking not in json.dumps([local.role("intake"), prod.role("evidence")])


def test_no_event_pattern_has_an_empty_list_which_eventbridge_rejects(synth: Synth) -> None:
    for rule in synth.all("AWS::Events::Rule"):
        assert "[]" not in json.dumps(rule.get("EventPattern", {}))


def test_the_alarm_rules_source_is_cloudwatch_in_every_stage(synth: Synth) -> None:
    assert _alarm_rule(synth)["EventPattern"]["source"] == ["aws.cloudwatch"]


def test_the_alarm_rule_does_not_match_own_alarms(synth: Synth) -> None:
    own = [
        alarm["AlarmName"] for alarm in synth.all("AWS::CloudWatch::Alarm") if "AlarmName" in alarm
    ]
    assert set(own) == {synth.named(row.name) for row in OWN_ALARMS}
    assert not any(_matches(_alarm_rule(synth), "aws.cloudwatch", name) for name in own)


def test_own_alarms_are_sent_to_the_topic_of_people(synth: Synth) -> None:
    for alarm in synth.all("AWS::CloudWatch::Alarm"):
        if "AlarmName" in alarm:
            (action,) = alarm["AlarmActions"]
            assert text(action).startswith("<SelfPeople")
    assert synth.config.stage == "local" or len(synth.all("AWS::SNS::Subscription")) == len(
        synth.config.mail_to
    )


def test_own_alarms_of_this_account_and_stage_may_publish_to_the_topic(synth: Synth) -> None:
    """A topic policy replaces the default one, which lets CloudWatch publish."""
    (policy,) = synth.all("AWS::SNS::TopicPolicy")
    (allowed,) = [s for s in policy["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert allowed["Action"] == "sns:Publish"
    assert text(allowed["Resource"]).startswith("<SelfPeople")
    assert allowed["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    source = text(allowed["Condition"]["ArnLike"]["aws:SourceArn"])
    assert source.endswith(f"<AWS::AccountId>:alarm:{synth.named('*')}")


def test_alarm_events_are_queued_with_dead_letters(synth: Synth) -> None:
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


def test_event_source_mappings_report_failures_per_item(synth: Synth) -> None:
    for mapping in synth.all("AWS::Lambda::EventSourceMapping"):
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert "Live" in json.dumps(mapping["FunctionName"])


def test_a_failing_stream_record_is_isolated_and_becomes_a_dead_letter(synth: Synth) -> None:
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


def test_stream_filters_list_existing_event_types_and_one_reader_has_no_filter(
    synth: Synth,
) -> None:
    types = {event.model_fields["type"].default for event in BaseEvent.__subclasses__()}
    mappings = synth.all("AWS::Lambda::EventSourceMapping")
    readers = {name: one for name, one in CONSUMERS.items() if one.stream == "stream:events"}
    patterns = {name: _patterns(mappings, name) for name in readers}

    assert [] in patterns.values()
    for name, subscription in readers.items():
        wanted = [*subscription.event_types]
        assert types.issuperset(wanted)
        assert patterns[name] == ([{"data": {"type": wanted}}] if wanted else [])


def _patterns(mappings: list[dict[str, Any]], reader: str) -> list[Any]:
    (mapping,) = [m for m in mappings if f"Functions{reader}Live" in json.dumps(m["FunctionName"])]
    criteria = mapping.get("FilterCriteria", {"Filters": []})
    return [json.loads(one["Pattern"]) for one in criteria["Filters"]]


def test_a_failed_execution_invokes_the_watchdog(synth: Synth) -> None:
    (rule,) = [
        rule
        for rule in synth.all("AWS::Events::Rule")
        if rule.get("EventPattern", {}).get("source") == ["aws.states"]
    ]
    detail = rule["EventPattern"]["detail"]
    assert detail["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    (machine,) = detail["stateMachineArn"]
    assert text(machine).endswith(f":stateMachine:{synth.named('incident')}")


def test_schedules_have_the_stages_intervals(synth: Synth) -> None:
    rates = [
        r["ScheduleExpression"] for r in synth.all("AWS::Events::Rule") if "ScheduleExpression" in r
    ]
    stage = STAGES[synth.config.stage]
    minutes = (stage.inventory_minutes, 1, stage.warm_minutes)
    wanted = [f"rate({m} minute{'s' if m > 1 else ''})" for m in minutes]
    assert sorted(rates) == sorted(wanted)


def test_the_state_machine_logs_everything_except_execution_data(synth: Synth) -> None:
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


def test_only_the_alarm_rule_may_send_to_the_alarm_queue(
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
