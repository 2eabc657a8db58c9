"""AWS Systems Manager: parameters, which have no metrics."""

from quorum.services.row import Kind, Service

ROW = Service(
    "Parameter Store",
    (
        Kind(
            "ssm",
            "",
            (),
            arn="ssm:{region}:{account}:parameter/{name}",
            slash=True,
            page="systems-manager/parameters/{name}/description?region={region}",
            encoding="twice",
            reads=("ssm:GetParameterHistory", "ssm:ListTagsForResource"),
        ),
    ),
    verbs="ssm.",
)
