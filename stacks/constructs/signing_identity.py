"""Who signs: a role, and the key that this role alone may sign with."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.service_role import ServiceRole
from stacks.needs import SIGNING
from stacks.resource_arns import ResourceArns
from stacks.rows.row import Row

_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)
"""All that keeps a key in order. Neither Sign nor CreateGrant: nobody signs in another's name.

But whom the account lets change the key's policy can make a signer of themselves. That is not
taken away: KMS refuses a key that nobody could keep, and no deployment could mend its policy. It is
an act of its own, in CloudTrail by that name.
"""


class SigningIdentity(Construct):
    """The key's policy is an allow-list: no identity policy alone can add a signer to it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, row: Row, arns: ResourceArns
    ) -> None:
        super().__init__(scope, construct_id)
        retained = arns.config.machinery.retained
        self.role = ServiceRole(self, "Runs", row=row, arns=arns).role
        self.key = kms.Key(
            self,
            "Key",
            alias=f"alias/{arns.names.of(row.name)}",
            description=f"Quorum: signs for {row.name}",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            policy=_policy(self.role),
            removal_policy=RemovalPolicy.RETAIN if retained else RemovalPolicy.DESTROY,
        )


def _policy(role: iam.IRole) -> iam.PolicyDocument:
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                sid="TheOwnerSigns",
                principals=[iam.ArnPrincipal(role.role_arn)],
                actions=list(SIGNING),
                resources=["*"],
            ),
            iam.PolicyStatement(
                sid="TheAccountAdministers",
                principals=[iam.AccountRootPrincipal()],
                actions=list(_ADMINISTER),
                resources=["*"],
            ),
        ]
    )
