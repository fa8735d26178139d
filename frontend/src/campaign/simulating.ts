// A simulated way: asked of the server, kept beside the drawing, drawn on it.
import { call, Refusal } from "../page/requests";
import type { Person } from "../page/people";
import { leaving, START } from "./graph";
import * as saving from "./saving";
import * as store from "./store";
import type { Config, Doc, Graph } from "./types";
import { page, say } from "./words";

export interface Answer {
  way: string;
  after?: string;
}

export interface Moment {
  step: string;
  number: number;
  arrived_at: string;
  at: string | null;
  outcome: string;
  branch: string;
  to: string[];
  reason: string;
  hindrance: { code: string; words: string; until: string | null } | null;
}

export interface Told {
  name: string;
  zone: string;
  kept_out: { code: string; words: string } | null;
  // When a date of theirs leads them in.
  enters_at: string | null;
  moments: Moment[];
  ended: string;
  ended_at: string | null;
  titles: Record<string, string>;
}

/** What is asked, and the latest answer to it. */
export interface Simulation {
  version: "draft" | "published";
  person: Person | null;
  values: Config;
  tags: string[];
  start: string | null;
  answers: Record<string, Answer>;
  told: Told | null;
  // What was drawn when it was asked.
  of: Doc | null;
  wrong: string[];
  asking: boolean;
}

export const EMPTY: Simulation = {
  version: "draft", person: null, values: {}, tags: [], start: null, answers: {}, told: null, of: null, wrong: [], asking: false,
};

let turn = 0;

/** Change the question or its answer; what was closed meanwhile stays closed. */
export function put(change: Partial<Simulation>): void {
  const { simulation } = store.get();
  if (simulation) {
    store.set({ simulation: { ...simulation, ...change } });
  }
}

export function open(): void {
  store.set({ mode: "build", simulation: store.get().simulation ?? EMPTY, panel: true, figure: null });
}

const overlaid = window.matchMedia("(max-width: 1199px)");

/** What the button in the bar does: where the panel lies over the drawing, it may only be hidden. */
export function toggle(): void {
  const { simulation, mode, panel } = store.get();
  if (!simulation || mode !== "build" || (overlaid.matches && !panel)) {
    open();
  } else {
    close();
  }
}

export function close(): void {
  store.set({ simulation: null, focus: store.get().selected[0] ?? START });
}

/** Answer what happens at a step; nothing takes the answer back. */
export function answer(step: string, given: Answer | null): void {
  const { [step]: _old, ...rest } = store.get().simulation?.answers ?? {};
  put({ answers: given ? { ...rest, [step]: given } : rest });
  if (store.get().simulation?.told) {
    void run();
  }
}

/** Ask the server: of the draft what was kept, so it is kept first. */
export async function run(): Promise<void> {
  const mine = ++turn;
  put({ asking: true, wrong: [] });
  if (page.may.edit && !(await saving.flush())) {
    put({ asking: false, wrong: [say("not_kept")] });
    return;
  }
  const { simulation, doc } = store.get();
  if (!simulation) {
    return;
  }
  const { version, person, values, tags, start, answers } = simulation;
  const who = person ? { contact: person.id } : { person: values, tags };
  try {
    const told = await call<Told>("POST", `campaigns/${page.id}/simulate`, { version, ...who, ...(start ? { start } : {}), answers });
    if (mine === turn) {
      put({ told, of: doc, asking: false });
      store.announce(say("simulated", { count: told.moments.length }));
    }
  } catch (error) {
    if (mine === turn) {
      const told = error instanceof Refusal ? (error.body.errors ?? []).map((one) => one.message) : [];
      put({ asking: false, told: null, wrong: told.length ? told : [error instanceof Error ? error.message : String(error)] });
    }
  }
}

let known: { graph: Graph; told: Told; paths: Set<string> } | null = null;

/** The paths a simulated way takes, by their keys. */
export function walked(graph: Graph, told: Told): Set<string> {
  if (known?.graph !== graph || known.told !== told) {
    known = { graph, told, paths: pathsOf(graph, told) };
  }
  return known.paths;
}

function pathsOf(graph: Graph, told: Told): Set<string> {
  const later = new Set(told.moments.flatMap((moment) => moment.to));
  const first = leaving(graph, START).filter((path) => told.moments.some((moment) => moment.step === path.to) && !later.has(path.to));
  return new Set([
    ...first.map((path) => `${START}|${path.branch}|${path.to}`),
    ...told.moments.flatMap((moment) => moment.to.map((to) => `${moment.step}|${moment.branch || "next"}|${to}`)),
  ]);
}
