"""The Cognito user pool: invited people only, each with a second factor."""

from aws_cdk import Aws, CfnCondition, Fn
from aws_cdk import aws_cognito as cognito
from constructs import Construct

from stacks.acknowledgements import NO_THREAT_PLAN, acknowledge
from stacks.constructs.retention import removal_policy
from stacks.naming import Names
from stacks.stages import STAGES, StageName

SECRET_LENGTH = 14
GOV = "aws-us-gov"


class SignIn(Construct):
    """The pool and its hosted sign-in page. Self sign-up is off."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageName) -> None:
        super().__init__(scope, construct_id)
        names, machinery = Names(stage), STAGES[stage]
        self.pool = cognito.UserPool(
            self,
            "Pool",
            user_pool_name=names.of("people"),
            self_sign_up_enabled=False,
            sign_in_aliases=cognito.SignInAliases(email=True),
            mfa=cognito.Mfa.REQUIRED,
            mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
            account_recovery=cognito.AccountRecovery.NONE,
            password_policy=cognito.PasswordPolicy(
                min_length=SECRET_LENGTH,
                require_digits=True,
                require_lowercase=True,
                require_uppercase=True,
                require_symbols=True,
            ),
            deletion_protection=machinery.retained,
            removal_policy=removal_policy(machinery),
        )
        for rule in ("COG3", "COG8"):
            acknowledge(self.pool, rule, NO_THREAT_PLAN)
        self.pool.add_domain(
            "Page", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=_prefix(names))
        )


def login_url(scope: Construct, names: Names) -> str:
    """Return the URL of the sign-in page, whose host has another label in AWS GovCloud (US)."""
    gov = CfnCondition(scope, "InGovCloud", expression=Fn.condition_equals(Aws.PARTITION, GOV))
    label = Fn.condition_if(gov.logical_id, "auth-fips", "auth").to_string()
    return f"https://{_prefix(names)}.{label}.{Aws.REGION}.amazoncognito.com"


def _prefix(names: Names) -> str:
    """Return the first label of the sign-in page's domain, which is unique in the region."""
    return names.of(f"people-{Aws.ACCOUNT_ID}")
