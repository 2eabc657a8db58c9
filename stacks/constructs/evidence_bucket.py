"""The bucket of evidence bundles and post-mortems: private, encrypted, versioned, TLS only."""

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.constructs.retention import removal_policy
from stacks.naming import Names
from stacks.stages import STAGES, Stage, StageName

ACCESS_LOG_DAYS = 90
SUPERSEDED_DAYS = 30


class EvidenceBucket(Construct):
    """The bucket, and a second one with its access log.

    Where the stage deletes its data, a custom resource empties both first: S3 deletes no bucket
    that has objects. The emulator ends with its data and needs none.
    """

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageName) -> None:
        super().__init__(scope, construct_id)
        machinery = STAGES[stage]
        accesses = _bucket(
            self,
            "Accesses",
            stage=machinery,
            rule=s3.LifecycleRule(expiration=Duration.days(ACCESS_LOG_DAYS)),
        )
        self.bucket = _bucket(
            self,
            "Bucket",
            stage=machinery,
            bucket_name=Names(stage).bucket,
            versioned=True,
            server_access_logs_bucket=accesses,
            rule=s3.LifecycleRule(
                noncurrent_version_expiration=Duration.days(SUPERSEDED_DAYS),
                abort_incomplete_multipart_upload_after=Duration.days(1),
            ),
        )


def _bucket(  # noqa: PLR0913 - a construct's properties, by name
    scope: Construct,
    construct_id: str,
    *,
    stage: Stage,
    rule: s3.LifecycleRule,
    bucket_name: str | None = None,
    versioned: bool = False,
    server_access_logs_bucket: s3.IBucket | None = None,
) -> s3.Bucket:
    return s3.Bucket(
        scope,
        construct_id,
        bucket_name=bucket_name,
        versioned=versioned,
        server_access_logs_bucket=server_access_logs_bucket,
        lifecycle_rules=[rule],
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        enforce_ssl=True,
        encryption=s3.BucketEncryption.S3_MANAGED,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        removal_policy=removal_policy(stage),
        auto_delete_objects=stage.on_aws and not stage.retained,
    )
