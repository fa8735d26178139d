// The graph as values: every change returns a new one.
import type { Graph, Kind, Landing, Path, Step } from "./types";

export const START = "start";
export const WIDTH = 240;
export const HEIGHT = 84;

// Keys of actions that nothing can follow: filled once, from what the server offers.
export const final = new Set<string>();

/** The branches that may leave a step, in the order they are drawn. */
export function branchesOf(step: Step | undefined): string[] {
  if (!step) {
    return ["next"];
  }
  switch (step.kind) {
    case "condition":
      return ["yes", "no"];
    case "decision":
      return ["yes", "no", "not_measurable"];
    case "goal":
      return ["next", "no"];
    case "split":
      return splitLabels(step);
    case "jump":
    case "exit":
      return [];
    default:
      return step.kind === "action" && final.has(step.key ?? "") ? [] : ["next"];
  }
}

export function splitLabels(step: Step): string[] {
  const branches = step.config.branches as { label: string }[] | undefined;
  return branches ? branches.map((branch) => branch.label) : Object.keys((step.config.weights as object) ?? {});
}

interface Index {
  steps: Map<string, Step>;
  from: Map<string, Path[]>;
  to: Map<string, Path[]>;
}

// Graphs are values, so that what was looked up once stays true.
const indexes = new WeakMap<Graph, Index>();

function indexOf(graph: Graph): Index {
  let index = indexes.get(graph);
  if (!index) {
    index = { steps: new Map(graph.nodes.map((step) => [step.id, step])), from: new Map(), to: new Map() };
    for (const path of graph.edges) {
      index.from.set(path.from, [...(index.from.get(path.from) ?? []), path]);
      index.to.set(path.to, [...(index.to.get(path.to) ?? []), path]);
    }
    indexes.set(graph, index);
  }
  return index;
}

export function stepOf(graph: Graph, id: string): Step | undefined {
  return indexOf(graph).steps.get(id);
}

export function pathKey(path: Path): string {
  return `${path.from}|${path.branch}|${path.to}`;
}

export function leaving(graph: Graph, id: string): Path[] {
  const order = branchesOf(stepOf(graph, id));
  return [...(indexOf(graph).from.get(id) ?? [])].sort((a, b) => order.indexOf(a.branch) - order.indexOf(b.branch));
}

export function arriving(graph: Graph, id: string): Path[] {
  return indexOf(graph).to.get(id) ?? [];
}

/** The first branch of a step that leads nowhere yet. */
export function freeBranch(graph: Graph, id: string): string | undefined {
  const taken = new Set(leaving(graph, id).map((path) => path.branch));
  return branchesOf(stepOf(graph, id)).find((branch) => !taken.has(branch) && branch !== "not_measurable");
}

export function newId(graph: Graph, kind: Kind): string {
  const taken = new Set(graph.nodes.map((step) => step.id));
  for (let number = 1; ; number += 1) {
    if (!taken.has(`${kind}-${number}`)) {
      return `${kind}-${number}`;
    }
  }
}

/** Put a step where the landing says; what came after it comes after the new one. */
export function insert(graph: Graph, step: Step, landing: Landing | null): Graph {
  if (!landing) {
    return { ...graph, nodes: [...graph.nodes, step] };
  }
  const branch = landing.branch ?? freeBranch(graph, landing.after) ?? leaving(graph, landing.after)[0]?.branch;
  if (branch === undefined) {
    return { ...graph, nodes: [...graph.nodes, step] };
  }
  const cut = graph.edges.filter(
    (path) =>
      path.from === landing.after && path.branch === branch && (landing.before === undefined || path.to === landing.before),
  );
  const out = branchesOf(step)[0];
  const onward = out === undefined ? [] : cut.map((path) => ({ from: step.id, to: path.to, branch: out }));
  return {
    nodes: [...graph.nodes, step],
    edges: [
      ...graph.edges.filter((path) => !cut.includes(path)),
      { from: landing.after, to: step.id, branch },
      ...onward,
    ],
  };
}

/** Take steps out; who led to one leads to what came after it. */
export function remove(graph: Graph, ids: string[]): Graph {
  return ids.filter((id) => id !== START).reduce(removeOne, graph);
}

function removeOne(graph: Graph, id: string): Graph {
  const next = leaving(graph, id)[0];
  const healed = next
    ? arriving(graph, id)
        .map((path) => ({ ...path, to: next.to }))
        .filter((path) => path.from !== path.to)
    : [];
  const rest = graph.edges.filter((path) => path.from !== id && path.to !== id);
  const known = new Set(rest.map(pathKey));
  return {
    nodes: graph.nodes.filter((step) => step.id !== id),
    edges: [...rest, ...healed.filter((path) => !known.has(pathKey(path)))],
  };
}

/** A step and everything it leads to. */
export function below(graph: Graph, id: string): string[] {
  const found = new Set<string>(id === START ? [] : [id]);
  const ahead = [id];
  while (ahead.length) {
    for (const path of leaving(graph, ahead.pop() ?? "")) {
      if (!found.has(path.to)) {
        found.add(path.to);
        ahead.push(path.to);
      }
    }
  }
  return [...found];
}

export interface Copy {
  nodes: Step[];
  edges: Path[];
}

export function copyOf(graph: Graph, ids: string[]): Copy {
  const chosen = new Set(ids);
  return {
    nodes: graph.nodes.filter((step) => chosen.has(step.id)),
    edges: graph.edges.filter((path) => chosen.has(path.from) && chosen.has(path.to)),
  };
}

/** A copy whose jumps lead to its own steps alone: elsewhere, others may bear the ids of those it left. */
export function closed(copy: Copy): Copy {
  const own = new Set(copy.nodes.map((step) => step.id));
  const nodes = copy.nodes.map((step) => (step.kind === "jump" && !own.has(String(step.config.to)) ? { ...step, config: {} } : step));
  return { ...copy, nodes };
}

/** Add a copy under new ids; its first step is led to by `from`, if anything. */
export function paste(graph: Graph, copy: Copy, from: { id: string; branch: string } | null): { graph: Graph; first: string } {
  const renamed = new Map<string, string>();
  let nodes = graph.nodes;
  const lowest = Math.max(0, ...graph.nodes.map((step) => (step.position?.x ?? 0) + WIDTH + 40));
  const left = Math.min(...copy.nodes.map((step) => step.position?.x ?? 0));
  for (const step of copy.nodes) {
    const id = newId({ nodes, edges: [] }, step.kind);
    renamed.set(step.id, id);
    const { x, y } = step.position ?? { x: 0, y: 0 };
    nodes = [...nodes, { ...structuredClone(step), id, position: { x: x - left + lowest, y } }];
  }
  // Jumps inside the copy stay inside it.
  nodes = nodes.map((step) => {
    const to = renamed.get(String(step.config.to));
    const mine = [...renamed.values()].includes(step.id);
    return mine && step.kind === "jump" && to ? { ...step, config: { ...step.config, to } } : step;
  });
  const inside = copy.edges.map((path) => ({
    ...path,
    from: renamed.get(path.from) ?? "",
    to: renamed.get(path.to) ?? "",
  }));
  const led = new Set(copy.edges.map((path) => path.to));
  const root = copy.nodes.find((step) => !led.has(step.id)) ?? copy.nodes[0];
  const first = renamed.get(root.id) ?? "";
  const lead = from ? [{ from: from.id, branch: from.branch, to: first }] : [];
  return { graph: { nodes, edges: [...graph.edges, ...inside, ...lead] }, first };
}

/** Whether a path between two steps would lead back to where it came from. */
export function circles(graph: Graph, from: string, to: string): boolean {
  return from === to || below(graph, to).includes(from);
}

export function connect(graph: Graph, path: Path): Graph {
  const same = graph.edges.some((other) => pathKey(other) === pathKey(path));
  return same ? graph : { ...graph, edges: [...graph.edges, path] };
}

export function disconnect(graph: Graph, key: string): Graph {
  return { ...graph, edges: graph.edges.filter((path) => pathKey(path) !== key) };
}

/** Change the settings of a step; branches that are gone lead nowhere any more. */
export function settle(graph: Graph, id: string, change: Partial<Step>): Graph {
  const nodes = graph.nodes.map((step) => (step.id === id ? { ...step, ...change } : step));
  const changed = nodes.find((step) => step.id === id);
  const allowed = new Set(branchesOf(changed));
  return { nodes, edges: graph.edges.filter((path) => path.from !== id || allowed.has(path.branch)) };
}
