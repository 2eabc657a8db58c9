"""Amazon Cognito: user pools."""

from quorum.services.row import Kind, Service, Signal, named, throttles

ROW = Service(
    "Cognito",
    (
        Kind(
            "cognito",
            "AWS/Cognito",
            named("UserPool"),
            (
                throttles("SignInThrottles"),
                throttles("TokenRefreshThrottles"),
                Signal("SignInSuccesses", "requests", "SampleCount"),
            ),
            given=("UserPoolClient",),
            arn="cognito-idp:{region}:{account}:userpool/{name}",
            page="cognito/v2/idp/user-pools/{name}/overview?region={region}",
        ),
    ),
)
