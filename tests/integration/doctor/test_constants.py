"""Figures of the checks that follow from the synthesised stacks."""

import json

from stacks.doctor.deployment import BOOTSTRAP, BOOTSTRAP_VERSION
from stacks.doctor.quotas import QUOTAS
from tests.attacks.cloud.deployed import Deployed

TYPES = {
    "EventBridge rules": "AWS::Events::Rule",
    "KMS keys": "AWS::KMS::Key",
    "state machines": "AWS::StepFunctions::StateMachine",
}


def test_quotas_count_what_the_stacks_add(deployed: Deployed) -> None:
    for quota in QUOTAS:
        assert quota.needed == len(list(deployed.of(TYPES[quota.name]))), quota.name


def test_the_bootstrap_version_is_the_one_that_the_stacks_need(deployed: Deployed) -> None:
    for template in deployed.synth.both:
        assert template["Parameters"]["BootstrapVersion"]["Default"] == BOOTSTRAP
        (rule,) = template["Rules"]["CheckBootstrapVersion"]["Assertions"]
        refused = json.dumps(rule["Assert"])
        assert f'"{BOOTSTRAP_VERSION - 1}"' in refused
        assert f'"{BOOTSTRAP_VERSION}"' not in refused
