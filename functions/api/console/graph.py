"""The dependency graph as SVG: callers left of what they call; alarmed and target marked."""

from collections.abc import Collection
from typing import Final, NamedTuple

from markupsafe import Markup, escape

from quorum.domain.evidence import Bundle, Edge

COLUMN: Final = 220
ROW: Final = 52
BOX: Final = (186, 36)
LETTERS: Final = 25


class Node(NamedTuple):
    """A resource and its place in the grid."""

    resource: str
    column: int
    row: int

    @property
    def corner(self) -> tuple[int, int]:
        """Return the top left corner of its box, in pixels."""
        return 6 + self.column * COLUMN, 6 + self.row * ROW


class Graph(NamedTuple):
    """A drawing, its alternative text, and the edges."""

    svg: Markup
    about: str
    edges: tuple[Edge, ...]


def graph(bundle: Bundle, target: str | None) -> Graph | None:
    """Return the drawing, or None without known dependencies.

    `target` is the resource that the decided action changes.
    """
    edges = [(edge.caller, edge.callee) for edge in bundle.edges]
    alarmed = {resource for alarm in bundle.alarms for resource in alarm.resources}
    names = sorted({name for edge in edges for name in edge} | alarmed)
    if not edges:
        return None
    nodes = {node.resource: node for node in _placed(names, edges)}
    size = (
        max(node.corner[0] for node in nodes.values()) + BOX[0] + 6,
        max(node.corner[1] for node in nodes.values()) + BOX[1] + 6,
    )
    lines = "".join(_line(nodes[caller], nodes[callee]) for caller, callee in edges)
    boxes = "".join(_box(node, alarmed, target) for node in nodes.values())
    box = f'viewBox="0 0 {size[0]} {size[1]}" width="{size[0]}" height="{size[1]}"'
    drawing = f'<svg class="graph" {box} aria-hidden="true">{lines}{boxes}</svg>'
    about = f"Dependency graph: {len(nodes)} resources, {len(edges)} dependencies."
    return Graph(Markup(drawing), about, bundle.edges)  # noqa: S704 - names are escaped in `_box`


def _placed(names: list[str], edges: list[tuple[str, str]]) -> list[Node]:
    """Place each resource one column right of its furthest caller; a cycle ends after one round."""
    column = dict.fromkeys(names, 0)
    for _ in names:
        for caller, callee in edges:
            if caller != callee:
                column[callee] = min(len(names), max(column[callee], column[caller] + 1))
    used = {old: new for new, old in enumerate(sorted(set(column.values())))}
    rows: dict[int, int] = {}
    placed = []
    for name in names:
        place = used[column[name]]
        placed.append(Node(name, place, rows.get(place, 0)))
        rows[place] = rows.get(place, 0) + 1
    return placed


def _line(caller: Node, callee: Node) -> str:
    (x1, y1), (x2, y2) = caller.corner, callee.corner
    x1, y1, y2 = x1 + BOX[0], y1 + BOX[1] // 2, y2 + BOX[1] // 2
    bend = (x1 + x2) // 2
    return f'<path class="edge" d="M{x1} {y1} C{bend} {y1} {bend} {y2} {x2} {y2}"/>'


def _box(node: Node, alarmed: Collection[str], target: str | None) -> str:
    x, y = node.corner
    marks = [
        *(["alarmed"] if node.resource in alarmed else []),
        *(["target"] if node.resource == target else []),
    ]
    name = node.resource if len(node.resource) <= LETTERS else f"…{node.resource[1 - LETTERS :]}"
    return (
        f'<g class="node {" ".join(marks)}"><title>{escape(node.resource)}</title>'
        f'<rect x="{x}" y="{y}" width="{BOX[0]}" height="{BOX[1]}" rx="4"/>'
        f'<text x="{x + 10}" y="{y + 23}">{escape(name)}</text></g>'
    )
