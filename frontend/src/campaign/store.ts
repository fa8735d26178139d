// The state of the page: the draft with its history, what is selected, what the server said.
import { useSyncExternalStore } from "react";
import { EVERYTHING, type Choice } from "./choosing";
import type { Copied } from "./clipboard";
import type { Simulation } from "./simulating";
import type { Campaign, Doc, Draft, Graph, Landing, Offers, Problem, Statistics, Step } from "./types";

export type Saving = "saved" | "changed" | "saving" | "offline" | "refused" | "signed_out" | "conflict";
export type Mode = "build" | "people" | "results" | "versions";

export interface State {
  doc: Doc;
  draft: Draft;
  offers: Offers;
  figures: Statistics | null;
  /** Why they could not be read; "": they could. */
  unread: string;
  /** Of which version and time they are. */
  choice: Choice;
  selected: string[];
  path: string | null;
  landing: Landing | null;
  connecting: string | null;
  mode: Mode;
  figure: string | null;
  saving: Saving;
  savedAt: Date | null;
  refusals: Problem[];
  theirs: Draft | null;
  /** Ours with its history, while we go on from theirs: before the first step of that. */
  mine: { doc: Doc; past: Doc[] } | null;
  /** Added just now and not left yet: what is missing there is nobody's mistake. */
  fresh: string | null;
  said: string;
  focus: string | null;
  past: Doc[];
  future: Doc[];
  copied: Copied | null;
  panel: boolean;
  simulation: Simulation | null;
}

const KEPT = 100;
const TOGETHER = 900;
const listeners = new Set<() => void>();
let state: State;
let lastMark = "";
let lastAt = 0;

export function begin(draft: Draft, offers: Offers): void {
  state = {
    doc: docOf(draft.campaign), draft, offers, figures: null, unread: "", choice: EVERYTHING, selected: [], path: null, landing: null,
    connecting: null, mode: "build", figure: null, saving: "saved", savedAt: null, refusals: [],
    theirs: null, mine: null, fresh: null, said: "", focus: null, past: [], future: [], copied: null, panel: window.innerWidth >= 1200, simulation: null,
  };
}

export function docOf(campaign: Campaign): Doc {
  const { name, objective, sources, reentry, cooldown, holdout, on_leave, start_at, end_at, on_end, graph } = campaign;
  return { name, objective, sources, reentry, cooldown, holdout, on_leave, start_at, end_at, on_end, graph };
}

export function get(): State {
  return state;
}

export function set(change: Partial<State>): void {
  const { fresh } = state;
  state = { ...state, ...change };
  if (fresh && fresh === state.fresh && !state.selected.includes(fresh)) {
    state.fresh = null;
  }
  listeners.forEach((listener) => listener());
}

export function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useStore<T>(pick: (state: State) => T): T {
  return useSyncExternalStore(listen, () => pick(state));
}

/** Change the draft. Changes of the same mark in quick succession are one step back. */
export function change(next: Partial<Doc>, mark = ""): void {
  const now = Date.now();
  const joined = mark !== "" && mark === lastMark && now - lastAt < TOGETHER && state.past.length > 0;
  lastMark = mark;
  lastAt = now;
  set({
    doc: { ...state.doc, ...next },
    past: joined ? state.past : [...state.past, state.doc].slice(-KEPT),
    future: [],
    saving: moved(),
  });
}

export function redraw(graph: Graph, mark = ""): void {
  if (graph !== state.doc.graph) {
    change({ graph }, mark);
  }
}

export function undo(): boolean {
  const before = state.past.at(-1);
  if (!before) {
    return askAgain();
  }
  lastMark = "";
  set({ doc: before, past: state.past.slice(0, -1), future: [state.doc, ...state.future], saving: moved(), ...kept(before) });
  return true;
}

/** What others saved is never overwritten by a step back: ours returns with the question. */
function askAgain(): boolean {
  const { mine, draft, doc } = state;
  if (!mine) {
    return false;
  }
  lastMark = "";
  const theirs = { ...draft, campaign: { ...draft.campaign, ...doc } };
  set({ ...mine, mine: null, theirs, future: [], saving: "conflict", ...kept(mine.doc) });
  return true;
}

/** Until it is decided whose draft counts, nothing is on its way to the server. */
function moved(): Saving {
  return state.theirs ? "conflict" : "changed";
}

export function redo(): boolean {
  const [after, ...rest] = state.future;
  if (!after) {
    return false;
  }
  lastMark = "";
  set({ doc: after, past: [...state.past, state.doc], future: rest, saving: moved(), ...kept(after) });
  return true;
}

/** Keep selected only what is still there; the focus goes where there is something. */
function kept(doc: Doc): Partial<State> {
  const there = new Set(["start", ...doc.graph.nodes.map((step) => step.id)]);
  const selected = state.selected.filter((id) => there.has(id));
  return { selected, path: null, landing: null, focus: selected[0] ?? "start" };
}

export function announce(said: string): void {
  // The same words twice are said twice.
  set({ said: said === state.said ? `${said}\u00a0` : said });
}

let told: { of: Problem[]; fresh: string | null; shown: Problem[] } | null = null;

/** What is wrong, but for what nobody has had the time to fill in. */
export function problemsOf({ draft, fresh }: State): Problem[] {
  if (told?.of !== draft.problems || told.fresh !== fresh) {
    told = { of: draft.problems, fresh, shown: draft.problems.filter((one) => one.step !== fresh || one.code !== "required") };
  }
  return told.shown;
}

export function selectedStep(state: State): Step | undefined {
  return state.selected.length === 1 ? state.doc.graph.nodes.find((step) => step.id === state.selected[0]) : undefined;
}
