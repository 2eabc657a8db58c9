"""Constants of the model of AWS, each with its public source; seconds unless named otherwise."""

from typing import Final

DOCS: Final = "https://docs.aws.amazon.com"

EXTRA_PERIODS: Final = 4
"""Periods beyond the alarm's own that CloudWatch retrieves. The documented example retrieves 5 for
3 ({DOCS}/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html, "How alarm state is evaluated
when data is missing"). An alarm of one period takes 5 to 9 minutes to return to OK on a metric that
is published only when nonzero (https://stackoverflow.com/questions/64045238), hence 4."""
EVALUATED_EVERY: Final = 60
"""Alarms of whole minutes are evaluated once a minute (same page, "Alarm evaluation")."""
DUE_MARGIN: Final = 5
"""Seconds from the delivery of a period to its evaluation: the least data an alarm can fire on."""
LAGS: Final = (30, 60, 90, 120, 180, 240)
"""Delivery of a period after its end. AWS promises none; re:Post and the knowledge centre report
delays of minutes (https://repost.aws/knowledge-center/cloudwatch-trigger-metric)."""
LOG_DELIVERY: Final = 8.0
"""Log events are available "within a few seconds" ({DOCS}/AmazonCloudWatch/latest/logs/
WhatIsCloudWatchLogs.html); 8 as in the earlier simulation."""
AUDIT_DELIVERY: Final = (120, 900)
"""CloudTrail "typically delivers events within about 5 minutes on average", event history within 15
({DOCS}/awscloudtrail/latest/userguide/how-cloudtrail-works.html)."""
FILTER_LOG_EVENTS_PER_SECOND: Final = 25
THROTTLED_FILTER_LOG_EVENTS: Final = 5
"""FilterLogEvents: 25 in the large regions, 5 in the smallest
({DOCS}/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html)."""
PAGE_EVENTS: Final = 10_000
"""Of one page ({DOCS}/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html)."""
LOOKUP_EVENTS_PER_SECOND: Final = 2
"""({DOCS}/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html)."""
GET_METRIC_DATA_PER_SECOND: Final = 50
"""({DOCS}/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html)."""
CALL_SECONDS: Final = 0.12
"""Duration of one call of an API; assumed."""
CALL_ATTEMPTS: Final = 4
"""Of botocore's standard mode as the functions configure it: one call and three retries."""
BACKOFF_CAP: Final = 20.0
"""Of botocore's standard mode (https://docs.aws.amazon.com/boto3/latest/guide/retries.html)."""
STALE_SECONDS: Final = 3.0
"""GetAlias and GetParameter are eventually consistent; AWS states no bound, 3 is assumed."""
PROPAGATION_SECONDS: Final = 5.0
"""Until an alias's new version serves all requests; AWS states no bound, 5 is assumed."""
EVENT_SECONDS: Final = 3.0
"""From an alarm's change to intake: EventBridge, SQS and one poll; assumed."""
LOG_NAMESPACE: Final = "Shop/Log"
"""A metric filter with dimensions has no default value: no datapoint without a matching line
({DOCS}/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html)."""
