// Tidies a graph up, top to bottom: dagre ranks, and the order of branches stays (yes is left of no).
import dagre from "@dagrejs/dagre";
import { branchesOf, HEIGHT, leaving, START, stepOf, WIDTH } from "./graph";
import type { Graph } from "./types";

export type Places = Record<string, { x: number; y: number }>;

export function placed(graph: Graph): Places {
  const drawing = new dagre.graphlib.Graph();
  drawing.setGraph({ rankdir: "TB", ranksep: 56, nodesep: 40, marginx: 0, marginy: 0 });
  drawing.setDefaultEdgeLabel(() => ({}));
  const ids = ordered(graph);
  ids.forEach((id) => drawing.setNode(id, { width: WIDTH, height: HEIGHT }));
  ids.forEach((id) => leaving(graph, id).forEach((path) => drawing.setEdge(id, path.to)));
  // The heuristic against crossings mirrors siblings; ours come in the order of their branches.
  dagre.layout(drawing, { disableOptimalOrderHeuristic: true });
  return Object.fromEntries(
    ids.map((id) => {
      const { x, y } = drawing.node(id);
      return [id, { x: Math.round(x - WIDTH / 2), y: Math.round(y - HEIGHT / 2) }];
    }),
  );
}

/** Ids from above to below, left branches first; what nothing leads to comes last. */
export function ordered(graph: Graph): string[] {
  const seen = new Set<string>();
  const walk = (id: string) => {
    if (!seen.has(id)) {
      seen.add(id);
      leaving(graph, id).forEach((path) => walk(path.to));
    }
  };
  walk(START);
  graph.nodes.forEach((step) => walk(step.id));
  return [...seen];
}

/** The graph with a place for every step. */
export function tidied(graph: Graph): Graph {
  const places = placed(graph);
  const { x, y } = places[START] ?? { x: 0, y: 0 };
  return {
    ...graph,
    nodes: graph.nodes.map((step) => ({
      ...step,
      position: { x: places[step.id].x - x, y: places[step.id].y - y },
    })),
  };
}

/** Where the start is drawn: above what it leads to, else above everything. */
export function startPlace(graph: Graph): { x: number; y: number } {
  const first = leaving(graph, START).map((path) => stepOf(graph, path.to)?.position);
  const known = first.filter((place) => place !== undefined);
  if (!known.length) {
    return { x: 0, y: 0 };
  }
  const across = known.map((place) => place.x);
  const top = Math.min(...known.map((place) => place.y));
  return { x: (Math.min(...across) + Math.max(...across)) / 2, y: top - HEIGHT - 56 };
}

/** How far right of the left edge a branch leaves, as a share of the width. */
export function portOf(graph: Graph, id: string, branch: string): number {
  const shown = shownBranches(graph, id);
  const drawn = leaving(graph, id).map((path) => path.branch);
  // One way straight down, and beside it the end of the others.
  if (shown.length === 2 && new Set(drawn).size === 1) {
    return drawn[0] === branch ? 0.5 : shown.indexOf(branch) ? 0.85 : 0.15;
  }
  return (shown.indexOf(branch) + 1) / (shown.length + 1);
}

/** The answers of a step that lead nowhere: their people end there. */
export function loose(graph: Graph, id: string): string[] {
  const step = stepOf(graph, id);
  const drawn = new Set(leaving(graph, id).map((path) => path.branch));
  return step?.kind === "condition" || step?.kind === "decision" ? shownBranches(graph, id).filter((branch) => !drawn.has(branch)) : [];
}

/** Branches with a port: a path for those who cannot be measured only where it is drawn. */
export function shownBranches(graph: Graph, id: string): string[] {
  const drawn = new Set(leaving(graph, id).map((path) => path.branch));
  const all = id === START ? ["next"] : branchesOf(stepOf(graph, id));
  return all.filter((branch) => branch !== "not_measurable" || drawn.has(branch));
}
