"""Readers of synthesised templates: resources, texts and IAM grants."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

Template = dict[str, Any]
Resource = dict[str, Any]


class Grant(NamedTuple):
    """An action that a role is allowed on one resource, with its leading keys if limited."""

    action: str
    resource: str
    keys: tuple[str, ...] = ()


def resources(template: Template, kind: str) -> dict[str, Resource]:
    """Return the resources of a type, by logical id."""
    return {i: r for i, r in template["Resources"].items() if r["Type"] == kind}


def properties(template: Template, kind: str) -> list[dict[str, Any]]:
    return [resource["Properties"] for resource in resources(template, kind).values()]


def text(value: Any, template: Template | None = None) -> str:
    """Return a template value as text, with joins resolved and references as `<name>`."""
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(text(part, template) for part in parts)
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::ImportValue": name}:
            return f"<{name}>"
    raise ValueError(f"no text: {json.dumps(value)}")


def statements(role: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the statements of a role's inline policies."""
    for policy in role.get("Policies", ()):
        yield from policy["PolicyDocument"]["Statement"]


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def grants(role: dict[str, Any]) -> set[Grant]:
    """Return the grants of the role's inline policies."""
    return {
        Grant(action, text(resource), _keys(statement))
        for statement in statements(role)
        if statement["Effect"] == "Allow"
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def _keys(statement: dict[str, Any]) -> tuple[str, ...]:
    condition = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
    return tuple(as_list(condition.get("dynamodb:LeadingKeys", [])))
