"""One role per verb, which only the executor can assume, with the allow-list as its boundary."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from constructs import Construct

from quorum.domain.catalogue import VERBS
from stacks.acknowledgements import acknowledge_allowed
from stacks.config import Config
from stacks.naming import Names
from stacks.verb_permissions import allowed_arns, boundary_policy, verb_policy


class VerbRoles(Construct):
    """The verbs' roles. The executor's own role changes nothing: it assumes one for each action."""

    def __init__(
        self, scope: Construct, construct_id: str, *, config: Config, executor: iam.IRole
    ) -> None:
        super().__init__(scope, construct_id)
        names = Names(config.stage)
        boundary = iam.ManagedPolicy(
            self,
            "Boundary",
            managed_policy_name=names.of("verb-boundary"),
            description="Quorum: the most that any action can ever do",
            document=boundary_policy(config),
        )
        for verb in VERBS:
            role = iam.Role(
                self,
                verb.name,
                role_name=names.verb_role(verb),
                description=f"Quorum: {verb.name}",
                assumed_by=iam.ArnPrincipal(executor.role_arn),
                max_session_duration=Duration.hours(1),
                permissions_boundary=boundary,
                inline_policies={"allowed": verb_policy(verb, config)},
            )
            acknowledge_allowed(role, allowed_arns(verb, config.autonomy))
            acknowledge_allowed(boundary, allowed_arns(verb, config.autonomy))
