"""The memory in OpenSearch, where the configuration chooses it: a domain or a collection.

Both are encrypted, and only two functions may use them: `learning` writes, `evidence` searches.
The default, a table of DynamoDB, is with the other tables.
"""

import json
from typing import Any, Final

from aws_cdk import Aws
from aws_cdk import aws_logs as logs
from aws_cdk import aws_opensearchserverless as serverless
from aws_cdk import aws_opensearchservice as service
from constructs import Construct

from stacks.acknowledgements import ONE_NODE, PUBLIC_ENDPOINT, acknowledge
from stacks.config import Config
from stacks.constructs.lambda_platform import log_group
from stacks.constructs.retention import removal_policy
from stacks.naming import Names, arn, role_arn
from stacks.resource_arns import MemoryPlace

VERSION: Final = "OpenSearch_2.19"
INSTANCE: Final = "t3.small.search"
GIGABYTES: Final = 10
MOST_OCU: Final = 2
"""The ceiling of a collection's capacity, for searches and for writes each."""
ALIAS: Final = "quorum-memory"
"""The beginning of the names of all indexes of the memory."""
LOGS: Final = ("SEARCH_SLOW_LOGS", "INDEX_SLOW_LOGS", "ES_APPLICATION_LOGS")
READS: Final = ("aoss:DescribeIndex", "aoss:ReadDocument")
WRITES: Final = (*READS, "aoss:CreateIndex", "aoss:UpdateIndex", "aoss:WriteDocument")
READS_ALIASES: Final = ("aoss:DescribeCollectionItems",)
WRITES_ALIASES: Final = (
    *READS_ALIASES,
    "aoss:CreateCollectionItems",
    "aoss:UpdateCollectionItems",
)
"""Aliases are items of the collection, not of an index."""


class MemoryStore(Construct):
    """Nothing, a domain or a collection; `place` is its address."""

    def __init__(self, scope: Construct, construct_id: str, *, config: Config) -> None:
        super().__init__(scope, construct_id)
        self._config, self._names = config, Names(config.stage)
        self.place = self._made()

    def _made(self) -> MemoryPlace:
        if self._config.memory_endpoint:
            return MemoryPlace(self._config.memory_endpoint)
        if self._config.memory == "opensearch-domain":
            return MemoryPlace(f"https://{self._domain().attr_domain_endpoint}")
        if self._config.memory == "opensearch-serverless":
            made = self._collection()
            return MemoryPlace(made.attr_collection_endpoint, made.attr_arn)
        return MemoryPlace()

    def _domain(self) -> service.CfnDomain:
        retained, name = self._config.machinery.retained, self._names.of("memory")
        group = log_group(self, f"/aws/opensearch/{name}", self._config.machinery)
        allowed = logs.CfnResourcePolicy(
            self,
            "MayLog",
            policy_name=name,
            policy_document=json.dumps(_may_log(name)),
        )
        written = service.CfnDomain.LogPublishingOptionProperty(
            cloud_watch_logs_log_group_arn=group.log_group_arn, enabled=True
        )
        made = service.CfnDomain(
            self,
            "Domain",
            domain_name=name,
            engine_version=VERSION,
            cluster_config=service.CfnDomain.ClusterConfigProperty(
                instance_type=INSTANCE,
                instance_count=2 if retained else 1,
                zone_awareness_enabled=retained,
                zone_awareness_config=service.CfnDomain.ZoneAwarenessConfigProperty(
                    availability_zone_count=2
                )
                if retained
                else None,
            ),
            ebs_options=service.CfnDomain.EBSOptionsProperty(
                ebs_enabled=True, volume_type="gp3", volume_size=GIGABYTES
            ),
            encryption_at_rest_options=service.CfnDomain.EncryptionAtRestOptionsProperty(
                enabled=True
            ),
            node_to_node_encryption_options=service.CfnDomain.NodeToNodeEncryptionOptionsProperty(
                enabled=True
            ),
            domain_endpoint_options=service.CfnDomain.DomainEndpointOptionsProperty(
                enforce_https=True, tls_security_policy="Policy-Min-TLS-1-2-PFS-2023-10"
            ),
            access_policies=self._access(name),
            log_publishing_options=dict.fromkeys(LOGS, written),
        )
        made.node.add_dependency(allowed)
        made.apply_removal_policy(removal_policy(self._config.machinery))
        acknowledge(made, "OS1", PUBLIC_ENDPOINT)
        acknowledge(made, "OS3", PUBLIC_ENDPOINT)
        acknowledge(made, "OS4", ONE_NODE)
        if not retained:
            acknowledge(made, "OS7", ONE_NODE)
        return made

    def _access(self, name: str) -> dict[str, Any]:
        """Return the domain's policy: its two users, whose own policies say what each may do.

        They are in a condition, as a policy may not name a principal that does not exist yet.
        """
        users = [role_arn(self._names.of(one)) for one in ("evidence", "learning")]
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:{Aws.PARTITION}:iam::{Aws.ACCOUNT_ID}:root"},
                    "Action": ["es:ESHttpGet", "es:ESHttpPost", "es:ESHttpPut"],
                    "Resource": f"{arn('es', f'domain/{name}')}/*",
                    "Condition": {"ArnEquals": {"aws:PrincipalArn": users}},
                }
            ],
        }

    def _collection(self) -> serverless.CfnCollection:
        name = self._names.of("memory")
        rule = {"ResourceType": "collection", "Resource": [f"collection/{name}"]}
        policies = [
            serverless.CfnSecurityPolicy(
                self,
                "Encryption",
                name=name,
                type="encryption",
                policy=json.dumps({"Rules": [rule], "AWSOwnedKey": True}),
            ),
            serverless.CfnSecurityPolicy(
                self,
                "Network",
                name=name,
                type="network",
                policy=json.dumps([{"Rules": [rule], "AllowFromPublic": True}]),
            ),
            self._data_access(name),
        ]
        group = serverless.CfnCollectionGroup(
            self,
            "Group",
            name=name,
            generation="NEXTGEN",
            standby_replicas="ENABLED" if self._config.machinery.retained else "DISABLED",
            capacity_limits=serverless.CfnCollectionGroup.CapacityLimitsProperty(
                min_indexing_capacity_in_ocu=0,
                min_search_capacity_in_ocu=0,
                max_indexing_capacity_in_ocu=MOST_OCU,
                max_search_capacity_in_ocu=MOST_OCU,
            ),
        )
        made = serverless.CfnCollection(
            self,
            "Collection",
            name=name,
            type="VECTORSEARCH",
            collection_group_name=group.name,
            standby_replicas=group.standby_replicas,
        )
        made.node.add_dependency(group, *policies)
        made.apply_removal_policy(removal_policy(self._config.machinery))
        return made

    def _data_access(self, name: str) -> serverless.CfnAccessPolicy:
        users = {
            "evidence": (READS, READS_ALIASES),
            "learning": (WRITES, WRITES_ALIASES),
        }
        policy = [
            {
                "Rules": [
                    {
                        "ResourceType": "index",
                        "Resource": [f"index/{name}/{ALIAS}*"],
                        "Permission": list(allowed),
                    },
                    {
                        "ResourceType": "collection",
                        "Resource": [f"collection/{name}"],
                        "Permission": list(aliases),
                    },
                ],
                "Principal": [role_arn(self._names.of(user))],
            }
            for user, (allowed, aliases) in users.items()
        ]
        return serverless.CfnAccessPolicy(
            self, "DataAccess", name=name, type="data", policy=json.dumps(policy)
        )


def _may_log(name: str) -> dict[str, Any]:
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "es.amazonaws.com"},
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": arn("logs", f"log-group:/aws/opensearch/{name}:*"),
                "Condition": {"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            }
        ],
    }
