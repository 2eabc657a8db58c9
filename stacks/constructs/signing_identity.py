"""A signing identity: a role, and the KMS key with which only this role may sign."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from stacks.constructs.retention import removal_policy
from stacks.constructs.service_role import ServiceRole
from stacks.permissions import SIGNING
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
"""Key administration without `kms:Sign` and `kms:CreateGrant`, so that it cannot sign.

A principal that the account lets call `kms:PutKeyPolicy` can still add itself as a signer. This
stays possible: KMS rejects keys that cannot be administered, and no deployment could correct such a
policy. The call is recorded in CloudTrail.
"""


class SigningIdentity(Construct):
    """The role and the key, whose policy is an allow-list: IAM policies cannot add a signer."""

    def __init__(
        self, scope: Construct, construct_id: str, *, row: Row, arns: ResourceArns
    ) -> None:
        super().__init__(scope, construct_id)
        self.role = ServiceRole(self, "Runs", row=row, arns=arns).role
        self.key = kms.Key(
            self,
            "Key",
            alias=f"alias/{arns.names.of(row.name)}",
            description=f"Quorum: signs for {row.name}",
            key_spec=kms.KeySpec.ECC_NIST_P256,
            key_usage=kms.KeyUsage.SIGN_VERIFY,
            policy=_policy(self.role),
            removal_policy=removal_policy(arns.config.machinery),
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
