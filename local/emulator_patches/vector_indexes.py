"""CloudFormation makes the vector indexes of a DynamoDB table; MiniStack drops them silently."""

from typing import Any, Final

from local.emulator_patches.patching import Wrapper, service

TABLE: Final = "AWS::DynamoDB::Table"


def apply() -> None:
    """Patch the creation of tables."""
    handlers = vars(service("services.cloudformation.provisioners"))["_RESOURCE_HANDLERS"]
    handlers[TABLE]["create"] = _with_indexes(handlers[TABLE]["create"])


def _with_indexes(create: Wrapper) -> Wrapper:
    dynamodb = vars(service("services.dynamodb"))

    def corrected(logical_id: str, props: dict[str, Any], stack_name: str) -> Any:
        name, attributes = create(logical_id, props, stack_name)
        indexes = [_typed(one) for one in props.get("VectorIndexes", ())]
        if indexes:
            record = dynamodb["_vector_index_record"]
            made = [record(name, one, online=False) for one in indexes]
            dynamodb["_tables"][name]["VectorIndexes"] = made
        return name, attributes

    return corrected


def _typed(index: dict[str, Any]) -> dict[str, Any]:
    """Return the index with a number, which a template may hold as text."""
    return {**index, "Dimensions": int(index["Dimensions"])}
