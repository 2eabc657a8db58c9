"""AWS Lambda: functions, also by alias or version, and Lambda Insights."""

from quorum.services.row import (
    SCALING,
    Describe,
    Dimension,
    Kind,
    Naming,
    Service,
    errors,
    latency,
    requests,
    throttles,
)

_ARN = r"(?:arn:[^:]*:lambda:[^:]*:\d*:function:)?([A-Za-z0-9_-]{1,64})(?::.*)?"

ROW = Service(
    "Lambda",
    (
        Kind(
            "lambda",
            "AWS/Lambda",
            (Dimension("FunctionName", pattern=_ARN),),
            (
                requests("Invocations"),
                errors("Errors"),
                latency("Duration"),
                throttles("Throttles"),
            ),
            arn="lambda:{region}:{account}:function:{name}",
            under=":*",
            page="lambda/home?region={region}#/functions/{name}?tab=monitoring",
            log_group="/aws/lambda/{name}",
            logs_requests=True,
            anywhere=True,
            reads=(
                "lambda:GetAlias",
                "lambda:GetFunctionConcurrency",
                "lambda:GetFunctionConfiguration",
                "lambda:GetProvisionedConcurrencyConfig",
                "lambda:ListTags",
            ),
            lists=("lambda:GetAccountSettings", SCALING),
            links=(
                Describe(
                    "lambda:ListEventSourceMappings",
                    on="*",
                    items="EventSourceMappings[?State != 'Disabled']",
                    name="FunctionArn",
                    called_by=("EventSourceArn",),
                ),
            ),
        ),
    ),
    also=(
        Naming("LambdaInsights", (Dimension("function_name", pattern=_ARN),), "lambda"),
        Naming("AWS/States", (Dimension("LambdaFunctionArn", pattern=_ARN),), "lambda"),
        Naming(
            "AWS/Logs",
            (Dimension("LogGroupName", "/aws/lambda/{}"),),
            "lambda",
        ),
    ),
    verbs="lambda.",
    quota=15,
)
