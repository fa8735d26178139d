// What people do to the canvas: add, remove, copy, connect, tidy up. Each says what it did.
import * as clipboard from "./clipboard";
import * as graphs from "./graph";
import { START } from "./graph";
import type { Offer } from "./kinds";
import { branchWord, titleOf } from "./kinds";
import { startPlace, tidied } from "./layout";
import * as store from "./store";
import type { Landing, Step } from "./types";
import { page, say } from "./words";

// Small screens are for reading and pausing.
const narrow = window.matchMedia("(max-width: 767px)");

export function mayEdit(): boolean {
  return page.may.edit && !narrow.matches;
}

function named(id: string): string {
  const { doc, draft, offers } = store.get();
  return titleOf(graphs.stepOf(doc.graph, id), id, draft.titles, offers);
}

export function select(ids: string[], focus = true): void {
  store.set({ selected: ids, path: null, landing: null, figure: null, panel: true, focus: focus ? (ids[0] ?? null) : store.get().focus });
}

/** Add a step where the landing says, else after the selected one. */
export function add(offer: Offer, landing: Landing | null, place?: { x: number; y: number }): void {
  const { doc, selected } = store.get();
  const target = landing ?? (place ? null : landingAfter(selected[0] ?? lastStep()));
  const step: Step = {
    id: graphs.newId(doc.graph, offer.kind),
    kind: offer.kind,
    ...(offer.key ? { key: offer.key } : {}),
    config: { ...structuredClone(offer.config), ...about(offer, target) },
    ...(place ? { position: place } : {}),
  };
  let graph = graphs.insert(doc.graph, step, target);
  if (!place) {
    graph = tidied(graph);
  }
  store.redraw(graph);
  select([step.id], !place);
  store.set({ fresh: step.id });
  store.announce(say("added", { step: offer.label }));
}

const MESSAGES = new Set(["email", "sms"]);

/** What is waited for after a message is most likely about that message. */
function about(offer: Offer, landing: Landing | null): Record<string, unknown> {
  const { doc, offers } = store.get();
  const event = offers.events.find((other) => other.key === offer.key);
  const kind = event?.subject ?? "";
  if (offer.kind !== "decision" || !MESSAGES.has(kind)) {
    return {};
  }
  for (let id: string | undefined = landing?.after; id; id = graphs.arriving(doc.graph, id)[0]?.from) {
    const message = graphs.stepOf(doc.graph, id)?.config[kind];
    if (message !== undefined) {
      return { [kind]: message };
    }
  }
  return {};
}

function lastStep(): string {
  const { graph } = store.get().doc;
  let id = START;
  for (let next = graphs.leaving(graph, id)[0]; next; next = graphs.leaving(graph, id)[0]) {
    id = next.to;
  }
  return id;
}

/** After a step that ends a way nothing can come: then after nothing. */
export function landingAfter(id: string): Landing | null {
  const { graph } = store.get().doc;
  const step = graphs.stepOf(graph, id);
  return step && !graphs.branchesOf(step).length ? null : { after: id };
}

/** Ask for a step to come after the selection: the palette has the focus now. */
export function ask(landing: Landing | null): void {
  if (!mayEdit()) {
    return;
  }
  const { selected } = store.get();
  store.set({ landing: landing ?? landingAfter(selected[0] ?? lastStep()) });
  document.querySelector<HTMLInputElement>("#find-step")?.focus();
}

export function removeSelected(): void {
  const { doc, selected, path } = store.get();
  if (path) {
    store.redraw(graphs.disconnect(doc.graph, path));
    store.set({ path: null, focus: path.split("|")[0] });
    store.announce(say("path_removed"));
    return;
  }
  const ids = selected.filter((id) => id !== START);
  if (ids.length) {
    const next = graphs.leaving(doc.graph, ids[0])[0]?.to;
    const before = graphs.arriving(doc.graph, ids[0])[0]?.from;
    const beside = [next, before, START].find((id) => id !== undefined && !ids.includes(id)) ?? START;
    const said = ids.length === 1 ? say("removed", { step: named(ids[0]) }) : say("removed_many", { count: ids.length });
    store.redraw(graphs.remove(doc.graph, ids));
    select([beside]);
    store.announce(said);
  }
}

/** Write a note on a step, or take it off. */
export function annotate(id: string, text: string): void {
  const { graph } = store.get().doc;
  const nodes = graph.nodes.map((step) => (step.id === id ? { ...step, note: text || undefined } : step));
  store.redraw({ ...graph, nodes }, `note ${id}`);
}

/** Copy what is selected: one step with all it leads to, or exactly the chosen ones. */
export function copy(): void {
  const { doc, selected } = store.get();
  const ids = selected.length > 1 ? selected : selected.flatMap((id) => graphs.below(doc.graph, id));
  const copied = graphs.copyOf(doc.graph, ids);
  if (copied.nodes.length) {
    clipboard.put(copied);
    store.announce(say("copied", { count: copied.nodes.length }));
  }
}

export function paste(): void {
  const { doc, copied, selected } = store.get();
  if (copied) {
    const after = selected[0];
    const branch = after ? graphs.freeBranch(doc.graph, after) : undefined;
    place(copied.from === page.id ? copied : graphs.closed(copied), after && branch ? { id: after, branch } : null);
  }
}

/** A second copy beside: on a free branch of what leads here, else on its own. */
export function duplicate(): void {
  const { doc, selected } = store.get();
  const ids = selected.length > 1 ? selected : selected.flatMap((id) => graphs.below(doc.graph, id));
  const copied = graphs.copyOf(doc.graph, ids);
  if (copied.nodes.length) {
    const parent = graphs.arriving(doc.graph, selected[0])[0]?.from;
    const branch = parent ? graphs.freeBranch(doc.graph, parent) : undefined;
    place(copied, parent && branch ? { id: parent, branch } : null);
  }
}

function place(copied: graphs.Copy, from: { id: string; branch: string } | null): void {
  const { graph, first } = graphs.paste(store.get().doc.graph, copied, from);
  store.redraw(from ? tidied(graph) : graph);
  select([first]);
  store.announce(say(from ? "pasted" : "pasted_alone", { count: copied.nodes.length }));
}

/** First press: from here. Second press: to there. */
export function connect(): void {
  const { connecting, selected } = store.get();
  const here = selected[0];
  if (!here) {
    return;
  }
  if (!connecting) {
    store.set({ connecting: here });
    store.announce(say("connect_from", { step: named(here) }));
    return;
  }
  store.set({ connecting: null });
  lead(connecting, here);
}

/** Draw a path, on a branch that is free. */
export function lead(from: string, to: string, wanted?: string): void {
  const { graph } = store.get().doc;
  const branch = wanted ?? graphs.freeBranch(graph, from) ?? graphs.leaving(graph, from)[0]?.branch;
  if (branch === undefined || to === START) {
    store.announce(say("no_way_out", { step: named(from) }));
  } else if (graphs.circles(graph, from, to)) {
    store.announce(say("circle"));
  } else {
    store.redraw(graphs.connect(graph, { from, to, branch }));
    const word = branchWord(branch, graphs.stepOf(graph, from));
    store.announce(say("connected", { from: `${named(from)} ${word}`.trim(), to: named(to) }));
  }
}

/** Choose where a branch leads; nothing takes the path away. */
export function route(from: string, branch: string, to: string): void {
  const { graph } = store.get().doc;
  const rest = { ...graph, edges: graph.edges.filter((path) => path.from !== from || path.branch !== branch) };
  if (to && graphs.circles(rest, from, to)) {
    store.announce(say("circle"));
    return;
  }
  store.redraw(to ? graphs.connect(rest, { from, to, branch }) : rest);
}

export function tidyUp(): void {
  if (mayEdit()) {
    store.redraw(tidied(store.get().doc.graph));
    store.announce(say("tidied"));
  }
}

export function takeBack(): void {
  store.announce(say(store.undo() ? "undone" : "nothing_to_undo"));
}

export function again(): void {
  store.announce(say(store.redo() ? "redone" : "nothing_to_redo"));
}

/** Go to the next step in a direction: along the paths, sideways by where steps are drawn. */
export function go(key: string): void {
  const { doc, selected } = store.get();
  const { graph } = doc;
  const here = selected[0] ?? START;
  if (!selected.length) {
    select([START]);
    return;
  }
  const next =
    key === "ArrowDown" ? graphs.leaving(graph, here)[0]?.to
    : key === "ArrowUp" ? graphs.arriving(graph, here)[0]?.from
    : beside(here, key === "ArrowLeft" ? -1 : 1);
  if (next) {
    select([next]);
  }
}

function beside(id: string, side: number): string | undefined {
  const { graph } = store.get().doc;
  const place = (other: string) => (other === START ? startPlace(graph) : graphs.stepOf(graph, other)?.position) ?? { x: 0, y: 0 };
  const here = place(id);
  return [START, ...graph.nodes.map((step) => step.id)]
    .map((other) => ({ other, across: (place(other).x - here.x) * side, down: Math.abs(place(other).y - here.y) }))
    .filter(({ across }) => across > 20)
    .sort((a, b) => a.across + 3 * a.down - (b.across + 3 * b.down))[0]?.other;
}
