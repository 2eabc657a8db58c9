"""The synthesised templates as deployed: values resolved, resources named."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from tests.infrastructure.conftest import Synth
from tests.infrastructure.templates import Resource

ACCOUNT: Final = "000000000000"
REGION: Final = "eu-central-1"
PARTITION: Final = "aws"
PSEUDO: Final = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": PARTITION,
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "quorum",
}
NAMED: Final = {
    "AWS::DynamoDB::Table": ("TableName", "dynamodb", "table/{}"),
    "AWS::IAM::Role": ("RoleName", "iam", "role/{}"),
    "AWS::IAM::ManagedPolicy": ("ManagedPolicyName", "iam", "policy/{}"),
    "AWS::Lambda::Function": ("FunctionName", "lambda", "function:{}"),
    "AWS::SQS::Queue": ("QueueName", "sqs", "{}"),
    "AWS::S3::Bucket": ("BucketName", "s3", "{}"),
    "AWS::Kinesis::Stream": ("Name", "kinesis", "stream/{}"),
    "AWS::KMS::Key": ("", "kms", "key/{}"),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", "states", "stateMachine:{}"),
    "AWS::SNS::Topic": ("TopicName", "sns", "{}"),
    "AWS::Events::Rule": ("Name", "events", "rule/{}"),
}
"""Per type: the property that names it, the service, and its ARN's last part."""
_SUB: Final = re.compile(r"\$\{([^}!]+)\}")


@dataclass(frozen=True, eq=False)
class Deployed:
    """Both stacks. Whatever is asked for and not known raises KeyError."""

    synth: Synth

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Every resource by its logical id, which no two of the stacks share."""
        return {i: r for template in self.synth.both for i, r in template["Resources"].items()}

    def of(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Yield logical id and resolved properties of every resource of the type."""
        for logical, resource in self.resources.items():
            if resource["Type"] == kind:
                yield logical, self.value(resource["Properties"])

    def name(self, logical: str) -> str:
        """Return what the resource is called; its logical id where it has no name of its own."""
        resource = self.resources[logical]
        named = NAMED[resource["Type"]][0] if resource["Type"] in NAMED else ""
        return str(self.value(resource.get("Properties", {}).get(named, logical)))

    def arn(self, logical: str) -> str:
        """Return the resource's ARN; a unique one for types without a name."""
        kind = self.resources[logical]["Type"]
        if kind == "AWS::Lambda::Alias":
            properties = self.resources[logical]["Properties"]
            return f"{self.arn(properties['FunctionName']['Ref'])}:{properties['Name']}"
        _, service, form = NAMED.get(kind, ("", "other", "{}"))
        region = "" if service in {"iam", "s3"} else REGION
        account = "" if service == "s3" else ACCOUNT
        return f"arn:aws:{service}:{region}:{account}:{form.format(self.name(logical))}"

    def value(self, given: Any) -> Any:
        """Return the template's value with every intrinsic function resolved."""
        if isinstance(given, list):
            return [self.value(value) for value in given]
        if not isinstance(given, dict):
            return given
        if len(given) == 1:
            ((name, argument),) = given.items()
            if name in self._intrinsics:
                return self._intrinsics[name](argument)
        assert not [name for name in given if name.startswith("Fn::")], given
        return {name: self.value(value) for name, value in given.items()}

    @cached_property
    def _intrinsics(self) -> Mapping[str, Callable[[Any], Any]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": lambda of: self._attribute(*of),
            "Fn::Join": lambda of: of[0].join(str(self.value(part)) for part in of[1]),
            "Fn::Sub": lambda text: _SUB.sub(lambda found: str(self._ref(found[1])), text),
            "Fn::ImportValue": lambda name: self.value(self._exports[name]),
            "Fn::Select": lambda of: self.value(of[1])[int(of[0])],
            "Fn::Split": lambda of: str(self.value(of[1])).split(of[0]),
        }

    @cached_property
    def _exports(self) -> Mapping[str, Any]:
        found = (o for t in self.synth.both for o in t.get("Outputs", {}).values())
        return {self.value(o["Export"]["Name"]): o["Value"] for o in found if "Export" in o}

    def _ref(self, name: str) -> str:
        if name in PSEUDO:
            return PSEUDO[name]
        kind = self.resources[name]["Type"]
        if kind == "AWS::SQS::Queue":
            return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{self.name(name)}"
        by_arn = {"AWS::StepFunctions::StateMachine", "AWS::SNS::Topic", "AWS::Lambda::Alias"}
        by_arn |= {"AWS::IAM::ManagedPolicy"}
        return self.arn(name) if kind in by_arn else self.name(name)

    def _attribute(self, logical: str, attribute: str) -> str:
        if attribute == "Arn":
            return self.arn(logical)
        if attribute == "StreamArn":
            return f"{self.arn(logical)}/stream/first"
        return self.name(logical) if attribute.endswith("Name") else f"<{logical}.{attribute}>"

    def definition(self) -> Mapping[str, Any]:
        """Return the state machine, its placeholders resolved."""
        (_, machine), *_ = self.of("AWS::StepFunctions::StateMachine")
        places = machine.get("DefinitionSubstitutions", {})
        text = _SUB.sub(
            lambda found: str(places.get(found[1], found[0])), machine["DefinitionString"]
        )
        found: Mapping[str, Any] = json.loads(text)
        return found
