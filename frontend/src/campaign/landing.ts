// Where a step that is dragged would land: in a path, after a step, at an end nothing follows, or nowhere.
import { landingAfter } from "./editing";
import { HEIGHT, START, stepOf, WIDTH } from "./graph";
import { ordered, portOf, shownBranches, startPlace } from "./layout";
import type { Graph, Landing, Path } from "./types";

interface Point {
  x: number;
  y: number;
}

// As far from a path, or from an end, as somebody still means it.
const NEAR_PATH = 60;
const NEAR_END = 110;
// An end is where the next step would begin.
const BELOW = 36;

/** What is meant by a point of the drawing; null: a place of its own, joined to nothing. */
export function landingAt(graph: Graph, at: Point): Landing | null {
  const place = (id: string): Point => (id === START ? startPlace(graph) : stepOf(graph, id)?.position) ?? { x: 0, y: 0 };
  if (!graph.nodes.length) {
    return { after: START };
  }
  const steps = ordered(graph).filter((id) => id === START || stepOf(graph, id));
  const onto = steps.find((id) => {
    const { x, y } = place(id);
    return at.x > x && at.x < x + WIDTH && at.y > y && at.y < y + HEIGHT;
  });
  if (onto) {
    return landingAfter(onto);
  }
  const paths = graph.edges.map((path) => ({
    landing: { after: path.from, branch: path.branch, before: path.to }, far: fromPath(graph, path, place, at) / NEAR_PATH,
  }));
  const ends = steps.flatMap((id) => open(graph, id).map((branch) => {
    const { x, y } = place(id);
    const end = { x: x + WIDTH * portOf(graph, id, branch), y: y + HEIGHT + BELOW };
    return { landing: { after: id, branch }, far: Math.hypot(at.x - end.x, at.y - end.y) / NEAR_END };
  }));
  const [nearest] = [...paths, ...ends].sort((a, b) => a.far - b.far);
  return nearest && nearest.far <= 1 ? nearest.landing : null;
}

/** Branches that nothing follows yet. */
function open(graph: Graph, id: string): string[] {
  const taken = new Set(graph.edges.filter((path) => path.from === id).map((path) => path.branch));
  return shownBranches(graph, id).filter((branch) => !taken.has(branch));
}

/** A path goes down, across half-way, and down. */
function fromPath(graph: Graph, path: Path, place: (id: string) => Point, at: Point): number {
  const [source, target] = [place(path.from), place(path.to)];
  const from = { x: source.x + WIDTH * portOf(graph, path.from, path.branch), y: source.y + HEIGHT };
  const to = { x: target.x + WIDTH / 2, y: target.y };
  const middle = (from.y + to.y) / 2;
  const corners = [from, { x: from.x, y: middle }, { x: to.x, y: middle }, to];
  return Math.min(...corners.slice(1).map((corner, place) => fromLine(corners[place], corner, at)));
}

/** How far a point is from a line that goes straight across or straight down. */
function fromLine(a: Point, b: Point, at: Point): number {
  const across = Math.max(Math.min(a.x, b.x) - at.x, 0, at.x - Math.max(a.x, b.x));
  const down = Math.max(Math.min(a.y, b.y) - at.y, 0, at.y - Math.max(a.y, b.y));
  return Math.hypot(across, down);
}
