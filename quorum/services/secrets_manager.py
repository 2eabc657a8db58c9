"""AWS Secrets Manager, and the functions' own metrics of rotation age."""

from quorum.services.row import Kind, Service, Signal, named

ROW = Service(
    "Secrets Manager",
    (
        Kind(
            "secretsmanager",
            "SecretsManager",
            named("SecretName"),
            (Signal("DaysSinceLastRotation", "age", "Maximum", "Count"),),
            page="secretsmanager/secret?name={name}&region={region}",
            period=86_400,
        ),
    ),
    unnamed=("AWS/SecretsManager",),
)
