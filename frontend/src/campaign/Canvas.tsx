// The drawing surface: steps and paths by React Flow, our own keyboard.
import {
  Background, BackgroundVariant, MarkerType, MiniMap, ReactFlow, applyNodeChanges, useReactFlow, useStore as useFlow,
  useViewport,
  type Connection, type Edge, type Node, type NodeChange,
} from "@xyflow/react";
import { useEffect, useMemo, useRef, useState } from "react";
import { Choosing } from "./Choosing";
import * as editing from "./editing";
import { FirstSteps } from "./FirstSteps";
import { HEIGHT, START, WIDTH, circles, pathKey, stepOf } from "./graph";
import { Icon } from "../page/Icon";
import * as keys from "./keys";
import { branchWord, palette, titleOf } from "./kinds";
import { landingAt } from "./landing";
import { loose, ordered, portOf, shownBranches, startPlace } from "./layout";
import { StepNode, type NodeData } from "./Node";
import { PathEdge } from "./Edge";
import * as store from "./store";
import { useStore } from "./store";
import type { Graph, Landing, Offers } from "./types";
import { say } from "./words";

/** What React Flow says to screen readers, in the reader's language and of our own keys. */
const spoken = () => ({
  "node.a11yDescription.default": say("spoken_step"),
  "node.a11yDescription.keyboardDisabled": say("spoken_step"),
  "edge.a11yDescription.default": say("spoken_path"),
  "minimap.ariaLabel": say("minimap"),
  "handle.ariaLabel": say("spoken_handle"),
});
const nodeTypes = { step: StepNode };
const edgeTypes = { path: PathEdge };
// Room for what floats at the bottom.
const fitting = () => ({ padding: { top: `${top() - 8}px` as const, bottom: "60px", left: "24px", right: "24px" }, maxZoom: 1, duration: 120 }) as const;
// Where the drawing begins: below the choice of figures, where there are any.
const top = () => (store.get().draft.campaign.published_version ? 68 : 32);
const TOUCHES = ["pointerdown", "keydown", "wheel"];
const UNDESCRIBED = { "aria-roledescription": undefined };
// Smaller than this no step can be read.
const READABLE = 0.6;
const COLOURS: Record<string, string> = {
  source: "var(--cyan)", action: "var(--c1)", condition: "var(--amber)", decision: "var(--violet)", wait: "var(--slate)",
  split: "var(--pink)", goal: "var(--green)", jump: "var(--text-3)", exit: "var(--text-3)",
};

export function Canvas({ dark }: { dark: boolean }) {
  const graph = useStore((state) => state.doc.graph);
  const selected = useStore((state) => state.selected);
  const path = useStore((state) => state.path);
  const focus = useStore((state) => state.focus);
  const flow = useReactFlow();
  const [nodes, setNodes] = useState<Node[]>(() => nodesOf(graph, [], []));
  useEffect(() => setNodes((before) => nodesOf(graph, selected, before)), [graph, selected]);
  const titles = useStore((state) => state.draft.titles);
  const offers = useStore((state) => state.offers);
  const edges = useMemo(() => edgesOf(graph, path, titles, offers), [graph, path, titles, offers]);
  const said = useMemo(spoken, []);
  useFraming(flow);
  const view = useMemo(
    () => ({
      fit: () => void flow.fitView(fitting()),
      whole: () => void flow.zoomTo(1, { duration: 120 }),
    }),
    [flow],
  );
  useEffect(() => keys.start(view), [view]);
  useEffect(() => {
    if (focus) {
      show(focus, graph, flow);
    }
  }, [focus]);
  const onNodesChange = (changes: NodeChange[]) => {
    setNodes((before) => applyNodeChanges(changes, before));
    const chosen = changes.filter((change) => change.type === "select");
    if (chosen.length) {
      const now = new Set(store.get().selected);
      chosen.forEach((change) => (change.selected ? now.add(change.id) : now.delete(change.id)));
      const ids = [...now];
      if (ids.join() !== store.get().selected.join()) {
        store.set({ selected: ids, path: ids.length ? null : store.get().path, figure: null, panel: true });
      }
    }
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    const name = event.dataTransfer?.getData("application/relais-step");
    const offer = palette(store.get().offers).find((other) => other.name === name);
    if (offer) {
      drop(offer, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }));
    }
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    hover(landingAt(store.get().doc.graph, flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })));
  };
  return (
    <section class="board" aria-label={say("canvas")} onDrop={dropped} onDragOver={over} onDragLeave={() => hover(null)}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onNodeDragStop={(_event: unknown, _node: Node, moved: Node[]) => moveTo(moved)}
        onConnect={(made: Connection) => editing.lead(made.source, made.target, made.sourceHandle ?? undefined)}
        connectionRadius={60}
        isValidConnection={(made) => !circles(store.get().doc.graph, made.source, made.target)}
        onEdgeClick={(_event: unknown, edge: Edge) => store.set({ path: edge.id, selected: [], landing: null })}
        onPaneClick={() => store.set({ selected: [], path: null, landing: null, figure: null })}
        colorMode={dark ? "dark" : "light"}
        onlyRenderVisibleElements={graph.nodes.length > 60}
        nodesDraggable={editing.mayEdit()}
        nodesConnectable={editing.mayEdit()}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        ariaLabelConfig={said}
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Meta", "Control", "Shift"]}
        zoomOnDoubleClick={false}
        onInit={() => frame(flow)}
        minZoom={0.1}
        maxZoom={1.5}
        proOptions={{ hideAttribution: false }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.5} />
        <Overview />
      </ReactFlow>
      <FirstSteps />
      <Choosing floating />
      <Zoom fit={view.fit} />
    </section>
  );
}

/** Frame the drawing anew while its room is still being measured, until somebody does something. */
function useFraming(flow: ReturnType<typeof useReactFlow>): void {
  const width = useFlow((state) => state.width);
  const height = useFlow((state) => state.height);
  const untouched = useRef(true);
  useEffect(() => {
    const stop = new AbortController();
    const touch = () => {
      untouched.current = false;
    };
    TOUCHES.forEach((name) => window.addEventListener(name, touch, { capture: true, signal: stop.signal }));
    return () => stop.abort();
  }, []);
  useEffect(() => {
    if (untouched.current && width && height) {
      frame(flow);
    }
  }, [width, height]);
}

/** The small map, only where steps are out of sight: else it would cover those in its corner. */
function Overview() {
  const { x, y, zoom } = useViewport();
  const flow = useReactFlow();
  const width = useFlow((state) => state.width);
  const height = useFlow((state) => state.height);
  const all = flow.getNodesBounds(flow.getNodes());
  const [left, top] = [all.x * zoom + x, all.y * zoom + y];
  if (left >= 0 && top >= 0 && left + all.width * zoom <= width && top + all.height * zoom <= height) {
    return null;
  }
  return (
    <MiniMap
      style={{ width: 144, height: 108 }} pannable zoomable nodeBorderRadius={14} maskStrokeColor="var(--accent)" maskStrokeWidth={2}
      nodeColor={(node: Node) => COLOURS[(node.data as NodeData).step?.kind ?? "source"]} ariaLabel={say("minimap")}
    />
  );
}

function Zoom({ fit }: { fit: () => void }) {
  const { zoom } = useViewport();
  const flow = useReactFlow();
  const button = (label: string, icon: string, act: () => void) => (
    <button type="button" class="bare-btn small-btn" aria-label={label} title={label} onClick={act}>
      <Icon name={icon} />
    </button>
  );
  return (
    <div class="zoom" role="group" aria-label={say("view")}>
      {button(say("zoom_out"), "minus", () => void flow.zoomOut())}
      <span class="num">{Math.round(zoom * 100)} %</span>
      {button(say("zoom_in"), "plus", () => void flow.zoomIn())}
      <span class="rule" />
      {button(say("fit"), "arrows-maximize", fit)}
      {editing.mayEdit() && button(say("tidy_up"), "layout-distribute-vertical", () => {
        editing.tidyUp();
        window.setTimeout(fit, 50);
      })}
      {button(say("keys"), "keyboard", () => document.querySelector<HTMLDialogElement>("#canvas-keys")?.showModal())}
    </div>
  );
}

function nodesOf(graph: Graph, selected: string[], before: Node[]): Node[] {
  const known = new Map(before.map((node) => [node.id, node]));
  return ordered(graph).flatMap((id) => {
    const step = stepOf(graph, id);
    if (!step && id !== START) {
      return [];
    }
    const ends = loose(graph, id);
    const ports = shownBranches(graph, id).map((branch) => ({ branch, at: portOf(graph, id, branch), loose: ends.includes(branch) }));
    const old = known.get(id);
    const data = { step, ports };
    const same = old && JSON.stringify(old.data.ports) === JSON.stringify(ports) && old.data.step === step;
    const position = id === START ? startPlace(graph) : step?.position ?? { x: 0, y: 0 };
    const chosen = selected.includes(id);
    // What has not changed stays the very same: of hundreds of steps only the others are drawn anew.
    if (same && old.selected === chosen && old.position.x === position.x && old.position.y === position.y) {
      return [old];
    }
    return [{
      ...old, id, type: "step", width: WIDTH, height: HEIGHT, data: same ? old.data : data, position,
      selected: chosen, draggable: id === START ? false : undefined, domAttributes: UNDESCRIBED,
    }];
  });
}

function edgesOf(graph: Graph, path: string | null, titles: Record<string, string>, offers: Offers): Edge[] {
  const named = (id: string) => titleOf(stepOf(graph, id), id, titles, offers);
  return graph.edges.map((edge) => ({
    id: pathKey(edge), source: edge.from, target: edge.to, sourceHandle: edge.branch, type: "path",
    data: { branch: edge.branch }, selected: path === pathKey(edge),
    markerEnd: { type: MarkerType.ArrowClosed, width: 14, height: 14, color: "var(--line-input)" },
    // React Flow would name the ids of both ends, and call it an edge, in English.
    ariaLabel: [named(edge.from), branchWord(edge.branch, stepOf(graph, edge.from)), named(edge.to)].filter(Boolean).join(" → "),
    domAttributes: UNDESCRIBED,
  }));
}

function moveTo(moved: Node[]): void {
  const { graph } = store.get().doc;
  const places = new Map(moved.map((node) => [node.id, { x: Math.round(node.position.x), y: Math.round(node.position.y) }]));
  store.redraw({ ...graph, nodes: graph.nodes.map((step) => (places.has(step.id) ? { ...step, position: places.get(step.id) } : step)) });
}

/** A step dropped near a path or an end is joined there, one dropped on a step comes after it. */
function drop(offer: Parameters<typeof editing.add>[0], at: { x: number; y: number }): void {
  const landing = landingAt(store.get().doc.graph, at);
  const alone = { x: Math.round(at.x - WIDTH / 2), y: Math.round(at.y - HEIGHT / 2) };
  editing.add(offer, landing, landing ? undefined : alone);
}

/** Show where a step that is being dragged would land. */
function hover(landing: Landing | null): void {
  if (JSON.stringify(landing) !== JSON.stringify(store.get().landing)) {
    store.set({ landing });
  }
}

/** Move the view just as far as it takes to see a step. */
function show(id: string, graph: Graph, flow: ReturnType<typeof useReactFlow>): void {
  const place = id === START ? startPlace(graph) : stepOf(graph, id)?.position;
  const board = document.querySelector(".board")?.getBoundingClientRect();
  if (!place || !board) {
    return;
  }
  const { x, y, zoom } = flow.getViewport();
  const [left, top] = [place.x * zoom + x, place.y * zoom + y];
  const across = inward(left, WIDTH * zoom, board.width, 24);
  const down = inward(top, HEIGHT * zoom, board.height, 72);
  if (across || down) {
    void flow.setViewport({ x: x + across, y: y + down, zoom }, { duration: 120 });
  }
}

function inward(start: number, length: number, room: number, margin: number): number {
  if (start < margin) {
    return margin - start;
  }
  return Math.min(0, room - margin - (start + length));
}

/** Small drawings begin at the top in full size; others are shown whole while that can be read. */
function frame(flow: ReturnType<typeof useReactFlow>): void {
  const board = document.querySelector(".board")?.getBoundingClientRect();
  const { x, y, width, height } = flow.getNodesBounds(flow.getNodes());
  if (board && width + 48 <= board.width && height + top() + 48 <= board.height) {
    void flow.setViewport({ x: board.width / 2 - x - width / 2, y: top() - y, zoom: 1 });
  } else if (board && Math.min(board.width / width, board.height / height) < READABLE) {
    // Too much to be read as a whole: begin at the beginning.
    const start = flow.getNode(START)?.position ?? { x, y };
    void flow.setViewport({ x: board.width / 2 - (start.x + WIDTH / 2) * 0.75, y: top() - start.y * 0.75, zoom: 0.75 });
  } else {
    void flow.fitView({ ...fitting(), duration: 0 });
  }
}
