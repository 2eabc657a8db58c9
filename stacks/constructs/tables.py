"""The DynamoDB tables, billed per request and encrypted with AWS-owned keys."""

from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from quorum.domain.vector_engines import (
    COLLECTION,
    INLINE_FILTERS,
    index_name,
    vector_attribute,
)
from stacks.acknowledgements import NO_RECOVERY, acknowledge, acknowledge_vector_attributes
from stacks.constructs.retention import removal_policy
from stacks.naming import Names
from stacks.stages import STAGES, Stage, StageName
from stacks.tables import TABLES, Attribute, Table

_KINDS = {"S": dynamodb.AttributeType.STRING, "N": dynamodb.AttributeType.NUMBER}


class Tables(Construct):
    """All tables by short name; in a retained stage with deletion protection and recovery."""

    def __init__(self, scope: Construct, construct_id: str, *, stage: StageName) -> None:
        super().__init__(scope, construct_id)
        names, machinery = Names(stage), STAGES[stage]
        self.by_name = {t.name: self._table(t, names.of(t.name), machinery) for t in TABLES}

    def _table(self, table: Table, name: str, stage: Stage) -> dynamodb.Table:
        made = dynamodb.Table(
            self,
            table.name,
            table_name=name,
            partition_key=_attribute(table.partition),
            sort_key=_attribute(table.sort) if table.sort else None,
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            time_to_live_attribute=table.expires,
            stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES if table.streamed else None,
            deletion_protection=stage.retained,
            point_in_time_recovery_specification=_recovery(stage),
            removal_policy=removal_policy(stage),
        )
        if not stage.retained:
            acknowledge(made, "DDB3", NO_RECOVERY)
        if table.vectors:
            _add_vector_indexes(made, table)
        if table.by:
            made.add_global_secondary_index(
                index_name=table.by.name,
                partition_key=_attribute(table.by.partition),
                sort_key=_attribute(table.by.sort),
            )
        return made


def _add_vector_indexes(made: dynamodb.Table, table: Table) -> None:
    """Add an index per length of vectors; the CDK's `Table` has no property for them yet."""
    resource = made.node.default_child
    assert isinstance(resource, dynamodb.CfnTable)  # noqa: S101 - of every `Table`
    keys = (a.name for a in (table.partition, table.sort) if a)
    resource.attribute_definitions = [
        dynamodb.CfnTable.AttributeDefinitionProperty(attribute_name=name, attribute_type="S")
        for name in (*keys, COLLECTION, *INLINE_FILTERS)
    ]
    acknowledge_vector_attributes(made)
    resource.vector_indexes = [_vector_index(size) for size in table.vectors]


def _vector_index(size: int) -> dynamodb.CfnTable.VectorIndexProperty:
    schema = [(COLLECTION, "HASH"), *((name, "INLINE_FILTER") for name in INLINE_FILTERS)]
    return dynamodb.CfnTable.VectorIndexProperty(
        index_name=index_name(size),
        dimensions=size,
        distance_function="COSINE",
        vector_attribute=dynamodb.CfnTable.VectorAttributeProperty(
            attribute_name=vector_attribute(size)
        ),
        projection=dynamodb.CfnTable.ProjectionProperty(
            projection_type="INCLUDE", non_key_attributes=["content"]
        ),
        search_schema=[
            dynamodb.CfnTable.SearchSchemaElementProperty(
                attribute_name=name, search_schema_element_type=kind
            )
            for name, kind in schema
        ],
    )


def _recovery(stage: Stage) -> dynamodb.PointInTimeRecoverySpecification:
    return dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=stage.retained)


def _attribute(attribute: Attribute) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=attribute.name, type=_KINDS[attribute.kind])
