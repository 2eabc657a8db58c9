"""AWS clients, one set per environment, without retries: each failure counts."""

import boto3
from botocore.config import Config

_ONCE = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=8)

CLOUDWATCH = boto3.client("cloudwatch", config=_ONCE)
DYNAMODB = boto3.client("dynamodb", config=_ONCE)
LAMBDA = boto3.client("lambda", config=_ONCE)
SQS = boto3.client("sqs", config=_ONCE)
SSM = boto3.client("ssm", config=_ONCE)
