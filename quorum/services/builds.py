"""AWS CodeBuild projects and AWS Glue jobs."""

from quorum.services.row import Kind, Service, errors, latency, named, requests

_ALL = (("JobRunId", "ALL"), ("Type", "count"))

ROW = Service(
    "CodeBuild and Glue",
    (
        Kind(
            "codebuild",
            "AWS/CodeBuild",
            named("ProjectName"),
            (requests("Builds"), errors("FailedBuilds"), latency("Duration", "Seconds")),
            arn="codebuild:{region}:{account}:project/{name}",
            page="codesuite/codebuild/projects/{name}/metrics?region={region}",
            log_group="/aws/codebuild/{name}",
            ended=("SucceededBuilds",),
        ),
        Kind(
            "glue",
            "Glue",
            named("JobName"),
            (
                requests("glue.driver.aggregate.numCompletedTasks"),
                errors("glue.driver.aggregate.numFailedTasks"),
            ),
            constant=_ALL,
            arn="glue:{region}:{account}:job/{name}",
            page="gluestudio/home?region={region}#/editor/job/{name}/runs",
            log_group="/aws-glue/jobs/error",
        ),
    ),
)
