"""The HTTP API: all routes go to one function; on AWS an authorizer checks tokens first."""

from collections.abc import Iterable
from functools import partial
from typing import cast

from aws_cdk import Aws, CfnOutput, Duration
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_apigatewayv2_authorizers as authorizers
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks import web_routes
from stacks.acknowledgements import PUBLIC_ROUTE, WITHOUT_A_POOL, acknowledge
from stacks.config import LAPTOPS_CLIENT, LAPTOPS_ISSUER, Config
from stacks.constructs.lambda_platform import log_group
from stacks.constructs.sign_in import login_url
from stacks.naming import Names
from stacks.resource_arns import TokenIssuer

REQUESTS_PER_SECOND = 50
BURST = 100
SESSION_HOURS = 2
"""A token is valid for this long, even if its owner is removed from the pool meanwhile."""
LOGGED = (
    '{"id":"$context.requestId","at":"$context.requestTime","from":"$context.identity.sourceIp",'
    '"who":"$context.authorizer.claims.sub","route":"$context.routeKey",'
    '"status":"$context.status","error":"$context.error.message"}'
)


class Web(Construct):
    """The API. The function always verifies tokens; without a pool, it alone does."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: Config,
        pool: cognito.IUserPool | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._config, names = config, Names(config.stage)
        self.api = gateway.HttpApi(
            self, "Api", api_name=names.of("api"), create_default_stage=False
        )
        self._pool, self._client = pool, self._console(pool) if pool else None
        self.sign_in = _sign_in(config, pool, self._client)
        default = self.api.api_endpoint if config.machinery.on_aws else ""
        self.console_url = config.console_url or default
        """For links in messages: what the operator says, else the API's own address."""
        CfnOutput(self, "Id", value=self.api.api_id).override_logical_id("ApiId")
        CfnOutput(self, "Url", value=self.api.api_endpoint).override_logical_id("Console")

    def serve(self, function: lambda_.IFunction) -> None:
        """Add the routes to the function, which itself needs the API's client beforehand."""
        pool, client = self._pool, self._client
        authorizer = _authorizer(pool, client) if pool and client else None
        integration = integrations.HttpLambdaIntegration(
            "Function", function, scope_permission_to_route=False
        )
        get, any_method = [gateway.HttpMethod.GET], [gateway.HttpMethod.ANY]
        add = partial(self._add, integration)
        add(web_routes.PUBLIC, get, None, PUBLIC_ROUTE)
        add(web_routes.READ, get, authorizer, WITHOUT_A_POOL)
        add(web_routes.READ_AND_WRITE, any_method, authorizer, WITHOUT_A_POOL)
        self._stage(self._config, Names(self._config.stage), client)

    def _console(self, pool: cognito.IUserPool) -> cognito.UserPoolClient:
        """Return the console's client of the pool: authorization code with PKCE, no secret."""
        return cognito.UserPoolClient(
            self,
            "Console",
            user_pool=pool,
            generate_secret=False,
            auth_flows=cognito.AuthFlow(user_srp=False),  # only the hosted page and refresh tokens
            prevent_user_existence_errors=True,
            enable_token_revocation=True,
            id_token_validity=Duration.hours(SESSION_HOURS),
            access_token_validity=Duration.hours(1),
            refresh_token_validity=Duration.hours(SESSION_HOURS),
            supported_identity_providers=[cognito.UserPoolClientIdentityProvider.COGNITO],
            o_auth=cognito.OAuthSettings(
                flows=cognito.OAuthFlows(authorization_code_grant=True),
                scopes=[cognito.OAuthScope.OPENID, cognito.OAuthScope.EMAIL],
                callback_urls=[f"{self.api.api_endpoint}/"],
            ),
        )

    def _add(
        self,
        integration: gateway.HttpRouteIntegration,
        paths: Iterable[str],
        methods: list[gateway.HttpMethod],
        authorizer: gateway.IHttpRouteAuthorizer | None,
        without: str,
    ) -> None:
        for path in paths:
            for route in self.api.add_routes(
                path=path, methods=methods, integration=integration, authorizer=authorizer
            ):
                if authorizer is None:
                    acknowledge(route, "APIG4", without)

    def _stage(self, config: Config, names: Names, client: cognito.UserPoolClient | None) -> None:
        logs = log_group(self, f"/aws/apigateway/{names.of('api')}", config.machinery)
        stage = gateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            throttle=gateway.ThrottleSettings(rate_limit=REQUESTS_PER_SECOND, burst_limit=BURST),
            stage_variables=self._variables(client, names) if client else None,
        )
        raw = cast("gateway.CfnStage", stage.node.default_child)
        raw.access_log_settings = gateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=logs.log_group_arn, format=LOGGED
        )

    def _variables(self, client: cognito.UserPoolClient, names: Names) -> dict[str, str]:
        """Return the console's sign-in parameters, none of which is secret."""
        return {"client": client.user_pool_client_id, "login": login_url(self, names)}


def _sign_in(
    config: Config, pool: cognito.IUserPool | None, client: cognito.UserPoolClient | None
) -> TokenIssuer:
    """Return issuer and client of valid tokens: the pool's, or on a laptop its own issuer's."""
    if pool is None or client is None:
        return TokenIssuer(config.token_issuer or LAPTOPS_ISSUER, LAPTOPS_CLIENT)
    issuer = f"https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX}/{pool.user_pool_id}"
    return TokenIssuer(issuer, client.user_pool_client_id)


def _authorizer(
    pool: cognito.IUserPool, client: cognito.UserPoolClient
) -> gateway.IHttpRouteAuthorizer:
    """Return the authorizer, which checks a token's signature, expiry and audience."""
    return authorizers.HttpUserPoolAuthorizer("People", pool, user_pool_clients=[client])
