// Keeps the draft on the server: a second after the last change, again and again while offline.
import { call, Refusal } from "../page/requests";
import { tidied } from "./layout";
import * as store from "./store";
import { toast } from "../page/toasts";
import type { Draft, Problem } from "./types";
import { page, say } from "./words";

const PAUSE = 1_000;
const LONGEST = 30_000;
let kept = "";
let timer = 0;
let wait = 2_000;
let running: Promise<void> | null = null;

export function start(): void {
  kept = JSON.stringify(store.get().doc);
  let seen = store.get().doc;
  store.listen(() => {
    const { doc, saving } = store.get();
    if (doc !== seen && saving === "changed" && !running) {
      schedule(PAUSE);
    }
    seen = doc;
  });
  window.addEventListener("online", () => {
    if (store.get().saving === "offline") {
      void save();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (unsaved()) {
      event.preventDefault();
    }
  });
}

export function unsaved(): boolean {
  return JSON.stringify(store.get().doc) !== kept;
}

function schedule(pause: number): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void save(), pause);
}

/** Save now; true when everything is on the server. */
export async function flush(): Promise<boolean> {
  await running;
  if (unsaved()) {
    await save();
  }
  return store.get().saving === "saved";
}

export function save(): Promise<void> {
  window.clearTimeout(timer);
  running ??= send().finally(() => {
    running = null;
    if (store.get().saving === "changed") {
      schedule(PAUSE);
    }
  });
  return running;
}

async function send(): Promise<void> {
  const { doc, draft, theirs } = store.get();
  if (theirs) {
    return;
  }
  const text = JSON.stringify(doc);
  if (text === kept) {
    store.set({ saving: "saved" });
    return;
  }
  store.set({ saving: "saving" });
  let answer: Draft;
  try {
    answer = await put(page.id, { ...doc, version: draft.campaign.version });
  } catch (error) {
    failed(error);
    return;
  }
  kept = text;
  wait = 2_000;
  const now = store.get();
  if (now.theirs) {
    // Meanwhile one has gone back to the question whose draft counts.
    store.set({ draft: answer, theirs: { ...answer, campaign: { ...answer.campaign, ...store.docOf(now.theirs.campaign) } } });
    return;
  }
  store.set({ draft: answer, refusals: [], savedAt: new Date(), saving: now.doc === doc ? "saved" : "changed" });
}

/** Save a draft. The server knows the page: what it saved without our hearing of it is no conflict. */
function put(campaign: string, draft: object): Promise<Draft> {
  return call<Draft>("PUT", `campaigns/${campaign}/draft`, draft, undefined, { Sitting: page.sitting });
}

function failed(error: unknown): void {
  const status = error instanceof Refusal ? error.status : 0;
  if (status === 409 && error instanceof Refusal) {
    const theirs = (error.body.current as Draft) ?? null;
    kept = theirs ? JSON.stringify(store.docOf(theirs.campaign)) : kept;
    store.set({ saving: "conflict", theirs });
  } else if (status === 400 || status === 403 || status === 404 || status === 413) {
    store.set({ saving: "refused", refusals: ((error as Refusal).body.errors ?? []) as Problem[] });
  } else {
    store.set({ saving: status === 401 ? "signed_out" : "offline" });
    schedule(wait);
    wait = Math.min(wait * 2, LONGEST);
  }
}

/** Go on from what somebody else saved: a history of its own, and before it ours with the question. */
export function takeTheirs(): void {
  const { theirs, doc, past } = store.get();
  if (theirs) {
    const next = store.docOf(theirs.campaign);
    const saved = JSON.stringify(next) === kept;
    store.set({
      doc: next, draft: theirs, theirs: null, mine: { doc, past }, past: [], future: [], selected: [], path: null, landing: null,
      saving: saved ? "saved" : "changed", savedAt: new Date(),
    });
    toast(say("theirs_shown"));
  }
}

/** The version of the draft we have seen. */
export function seen(): number {
  return store.get().draft.campaign.version;
}

/** Go on from a draft the server made of ours; undo leads back. */
export function adopt(draft: Draft): void {
  const { doc, past } = store.get();
  const graph = draft.campaign.graph;
  const next = store.docOf({ ...draft.campaign, graph: graph.nodes.some((step) => !step.position) ? tidied(graph) : graph });
  kept = JSON.stringify(next);
  store.set({
    doc: { ...next, name: doc.name, objective: doc.objective }, draft, past: [...past, doc], future: [], selected: [], path: null,
    landing: null, saving: "saved", savedAt: new Date(),
  });
}

/** Put ours over what somebody else saved. */
export async function overwrite(): Promise<void> {
  const { theirs } = store.get();
  if (theirs) {
    store.set({ draft: { ...store.get().draft, campaign: theirs.campaign }, theirs: null, saving: "changed" });
    kept = "";
    await save();
  }
}

const copies = new Map<string, string>();

/** Keep ours as a campaign of its own, and go there. Asked for again under a name, it is the same one. */
export async function keepAsCopy(name: string): Promise<void> {
  const { doc } = store.get();
  copies.set(name, copies.get(name) ?? `copy-${copies.size}-${page.sitting}`);
  const once = { "Idempotency-Key": copies.get(name)! };
  const made = await call<{ id: string; version: number }>("POST", "campaigns", { name }, undefined, once);
  await put(made.id, { ...doc, name, version: made.version });
  kept = JSON.stringify(store.get().doc);
  window.location.href = `/campaigns/${made.id}`;
}
