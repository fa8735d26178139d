// The state of the design: the source with its history, what is selected, what the server made of it.
import { useSyncExternalStore } from "react";
import { type Fault } from "../code/words";
import { mapped } from "./mapping";
import { type Block, type Tree, read } from "./reading";

export interface Drop {
  parent: string;
  index: number;
  /** There after so many of the statements before that child. */
  slot: number;
  /** What makes the place conditional. */
  only: string;
  /** The new element goes into a section of its own. */
  wrap: boolean;
  line: { left: number; top: number; width: number; height: number };
}

export interface State {
  tree: Tree;
  selected: string;
  hovered: string;
  past: Step[];
  future: Step[];
  tab: "blocks" | "structure";
  /** The sheet that is open where there is no room for all. */
  sheet: "" | "left" | "right";
  /** Rendered, and the tree it was rendered from. */
  canvas: string;
  shownOf: Tree | null;
  old: boolean;
  /** Why nothing newer is drawn, beside faults: the name of a word. */
  stuck: string;
  /** As whom the mail is drawn; nobody in particular without a name. */
  whom: string;
  /** Counts what was filled into the frame, and its changes of size. */
  drawn: number;
  faults: Fault[];
  hints: string[];
  size: number;
  drop: Drop | null;
  /** The text that is being written in the frame. */
  writing: string;
  /** The text that cannot be written there, and the name of the word that says why. */
  plain: string;
  plainly: string;
  /** What is half typed and not in the email: by path and name of the field. */
  waits: Map<string, Waiting>;
  /** Counts what the writer did. */
  acts: number;
  look: "wide" | "slim";
  images: boolean;
  said: string;
  /** Who acted by key in the outline goes on there. */
  focus: number;
  /** The block and field an image is being chosen for. */
  choosing: { path: string; name: string } | null;
}

export interface Waiting {
  text: string;
  /** What the email says instead. */
  of: string;
}

interface Step {
  source: string;
  selected: string;
}

const KEPT = 200;
const TOGETHER = 900;
const listeners = new Set<() => void>();
let lastMark = "";
let lastAt = 0;
let state: State = {
  tree: read(""), selected: "", hovered: "", past: [], future: [], tab: "blocks", sheet: "", canvas: "", shownOf: null, old: false,
  stuck: "", whom: "", drawn: 0, faults: [], hints: [], size: 0, drop: null, writing: "", plain: "", plainly: "too_rich", waits: new Map(), acts: 0, look: "wide", images: false, said: "", focus: 0, choosing: null,
};

/** Called with each new source, and whether it can wait until typing pauses. */
let told: (source: string, typed: boolean) => void = () => undefined;

export function whenChanged(tell: typeof told): void {
  told = tell;
}

/** Called before a change that does not come from the text that is written: its place may be gone. */
let leave: () => void = () => undefined;

export function whenOthersChange(act: typeof leave): void {
  leave = act;
}

/** The mark of what the writer of a text changes. */
export function writtenMark(path: string): string {
  return `${path} written`;
}

export function get(): State {
  return state;
}

export function set(change: Partial<State>): void {
  state = { ...state, ...change };
  listeners.forEach((listener) => listener());
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useStore<T>(pick: (state: State) => T): T {
  return useSyncExternalStore(listen, () => pick(state));
}

/** Take over what was written elsewhere: one step back leads to what was here. */
export function take(source: string): void {
  if (source !== state.tree.source) {
    leave();
    lastMark = "";
    const past = state.tree.source ? [...state.past, step()].slice(-KEPT) : [];
    const tree = read(source);
    set({ ...carried(tree), past, future: [], selected: tree.blocks.has(state.selected) ? state.selected : "" });
  }
}

/** The next tree, and what goes along: a text that was too rich may be plain by now, what waits does so under the path its block has then. */
function carried(tree: Tree): Pick<State, "tree" | "plain" | "waits"> {
  const paths = state.waits.size ? mapped(state.tree, tree) : null;
  const waits = [...state.waits].flatMap(([key, waiting]): [string, Waiting][] => {
    const [path, ...field] = key.split(" ");
    const now = paths?.get(path);
    return now === undefined ? [] : [[[now, ...field].join(" "), waiting]];
  });
  return { tree, plain: "", waits: new Map(waits) };
}

/** Keep what is half typed in a field, or forget it. */
export function wait(key: string, waiting: Waiting | null): void {
  if (waiting || state.waits.has(key)) {
    const waits = new Map(state.waits);
    if (waiting) {
      waits.set(key, waiting);
    } else {
      waits.delete(key);
    }
    set({ waits });
  }
}

function step(): Step {
  return { source: state.tree.source, selected: state.selected };
}

/** Change the source. Changes of the same mark in quick succession are one step back. */
export function change(source: string, selected = state.selected, mark = ""): void {
  if (source === state.tree.source) {
    return;
  }
  if (!state.writing || mark !== writtenMark(state.writing)) {
    leave();
  }
  const now = Date.now();
  const joined = mark !== "" && mark === lastMark && now - lastAt < TOGETHER && state.past.length > 0;
  lastMark = mark;
  lastAt = now;
  const tree = read(source);
  const past = joined ? state.past : [...state.past, step()].slice(-KEPT);
  const plain = mark === `${state.plain} content` ? state.plain : "";
  set({ ...carried(tree), plain, past, future: [], selected: tree.blocks.has(selected) ? selected : "" });
  told(source, mark !== "");
}

function walk(from: Step[], back: boolean): boolean {
  const to = back ? from.at(-1) : from[0];
  if (!to) {
    return false;
  }
  leave();
  lastMark = "";
  const here = step();
  const tree = read(to.source);
  const past = back ? state.past.slice(0, -1) : [...state.past, here];
  const future = back ? [here, ...state.future] : state.future.slice(1);
  set({ ...carried(tree), past, future, selected: tree.blocks.has(to.selected) ? to.selected : "" });
  told(to.source, false);
  return true;
}

export function undo(): boolean {
  return walk(state.past, true);
}

export function redo(): boolean {
  return walk(state.future, false);
}

export function announce(said: string): void {
  // The same words twice are said twice.
  set({ said: said === state.said ? `${said}\u00a0` : said });
}

export function selectedBlock(of: State = state): Block | undefined {
  return of.tree.blocks.get(of.selected);
}
