"""Check a graph from outside: shape, connections, and the settings of each step."""

from typing import Any

from campaigns.graph import schema
from campaigns.graph.problems import Problems
from campaigns.graph.settings import clean_settings
from campaigns.graph.shape import check_shape


def check(graph: object, *, user: Any = None, publishing: bool = False) -> dict[str, Any]:
    """Return the graph ready for storage, or raise `ConfigProblem` with every problem's place.

    `user` narrows what may be named: what one may see to draw it, what one may use to publish it.
    """
    problems = Problems("graph", user=user, publishing=publishing)
    nodes, edges = schema.read(graph, problems)
    cleaned = []
    for number, node in enumerate(nodes):
        here = problems.at("nodes", number)
        cleaned.append({**node, "config": clean_settings(node, here)})
    problems.finish()
    check_shape(cleaned, edges, problems)
    return {"nodes": cleaned, "edges": edges}
