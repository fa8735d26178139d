// The state of the builder: the draft with its history, what is selected, how it is saved.
import { useSyncExternalStore } from "react";
import { call, Refusal, reasons } from "../page/requests";
import type { Content, Field, Kind, Problem } from "./types";
import { called, page, say } from "./words";

type Saving = "saved" | "changed" | "saving" | "offline" | "refused" | "conflict";

interface State {
  content: Content;
  selected: string | null;
  /** The language whose texts are written now. */
  language: string;
  saving: Saving;
  refusal: string;
  lacks: Problem[];
  version: number;
  /** Whether what visitors get differs from the draft. */
  ahead: boolean;
  past: Content[];
  future: Content[];
  said: string;
  preview: "" | "desktop" | "phone";
  /** Where a dragged field would land. */
  landing: number | null;
}

const KEPT = 100;
const TOGETHER = 900;
const PAUSE = 900;
let kept = JSON.stringify(page.content);
let mark = "";
let markedAt = 0;
let timer = 0;
let wait = 2_000;
let running: Promise<void> | null = null;
const listeners = new Set<() => void>();
let state: State = {
  content: page.content, selected: null, language: page.language, saving: "saved", refusal: "", lacks: page.lacks, version: page.version,
  ahead: page.changed || !page.published, past: [], future: [], said: "", preview: "", landing: null,
};

export const get = (): State => state;

export function set(change: Partial<State>): void {
  state = { ...state, ...change };
  listeners.forEach((listener) => listener());
}

export function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useStore<T>(pick: (state: State) => T): T {
  return useSyncExternalStore(listen, () => pick(state));
}

/** Change the draft; changes of the same place in quick succession are one step back. */
export function change(content: Content, place = ""): void {
  if (!page.may.edit) {
    return;
  }
  const joined = place !== "" && place === mark && Date.now() - markedAt < TOGETHER && state.past.length > 0;
  mark = place;
  markedAt = Date.now();
  set({ content, past: joined ? state.past : [...state.past, state.content].slice(-KEPT), future: [] });
  touched();
}

export function undo(): void {
  const before = state.past.at(-1);
  if (before) {
    step({ content: before, past: state.past.slice(0, -1), future: [state.content, ...state.future] });
  }
}

export function redo(): void {
  const [after, ...future] = state.future;
  if (after) {
    step({ content: after, past: [...state.past, state.content], future });
  }
}

function step(to: Partial<State>): void {
  mark = "";
  set(to);
  if (!state.content.fields.some((field) => field.id === state.selected)) {
    set({ selected: null });
  }
  touched();
}

export function announce(said: string): void {
  set({ said: said === state.said ? `${said}\u00a0` : said });
}

// Fields.

export function selectedField(now: State): Field | undefined {
  return now.content.fields.find((field) => field.id === now.selected);
}

export function setField(id: string, values: Partial<Field>, place = ""): void {
  const fields = state.content.fields.map((field) => (field.id === id ? clean({ ...field, ...values }) : field));
  change({ ...state.content, fields }, place && `${id}.${place}`);
}

/** What is empty is left out, as the server keeps it. */
function clean<T extends object>(thing: T): T {
  const kept_ = Object.entries(thing).filter(([, value]) => value !== "" && value !== undefined && value !== false && value !== null);
  return Object.fromEntries(kept_) as T;
}

/** Write a text of a thing in the language chosen; the main one stands by itself. */
export function written<T extends Record<string, unknown>>(thing: T, name: string, text: string): T {
  if (state.language === page.language) {
    return { ...thing, [name]: text };
  }
  const others = clean({ ...((thing[`${name}s`] as object) ?? {}), [state.language]: text });
  return { ...thing, [`${name}s`]: Object.keys(others).length ? others : undefined };
}

export function textOf(thing: Record<string, unknown>, name: string, language: string): string {
  const own = language === page.language ? thing[name] : ((thing[`${name}s`] as Record<string, string>) ?? {})[language];
  return (own as string | undefined) ?? "";
}

/** What visitors read: in the language chosen, as far as it is written in it. */
export function shown(thing: Record<string, unknown>, name: string, language: string): string {
  return textOf(thing, name, language) || ((thing[name] as string | undefined) ?? "");
}

export function add(kind: Kind, at?: number): void {
  const { fields } = state.content;
  const after = fields.findIndex((field) => field.id === state.selected);
  const place = at ?? (after < 0 ? fields.length : after + 1);
  const field = clean(fresh(kind));
  change({ ...state.content, fields: [...fields.slice(0, place), field, ...fields.slice(place)] });
  set({ selected: field.id });
  announce(say("added", { name: kind.label }));
}

function fresh(kind: Kind): Field {
  const taken = new Set(state.content.fields.flatMap((field) => [field.id, field.name ?? ""]));
  const id = free("f", taken);
  const field: Field = { id, kind: kind.key };
  if (kind.asks) {
    const same = page.fields.find((one) => one.alias === kind.key && kind.fits.includes(one.type));
    const mapped = state.content.fields.some((one) => one.map === same?.alias);
    field.map = same && !mapped ? same.alias : "";
    field.name = free(kind.key, taken, true);
    field.label = kind.key === "hidden" ? "" : kind.group === "agree" ? "" : kind.label;
  }
  if (kind.options) {
    field.options = [1, 2].map((number) => ({ value: `${say("option").toLowerCase()}-${number}`, label: `${say("option")} ${number}` }));
  }
  if (kind.key === "consent") {
    field.purpose = "email_marketing";
  }
  if (kind.key === "topics") {
    field.topics = page.topics.map((topic) => topic.value);
    field.label = kind.label;
  }
  if (kind.key === "heading" || kind.key === "paragraph") {
    field.text = kind.label;
  }
  return field;
}

function free(stem: string, taken: Set<string>, bare = false): string {
  for (let number = bare ? 0 : 1; ; number += 1) {
    const name = number ? `${stem}${bare ? "_" : ""}${bare ? number + 1 : number}` : stem;
    if (!taken.has(name)) {
      return name;
    }
  }
}

export function duplicate(id: string): void {
  const { fields } = state.content;
  const at = fields.findIndex((field) => field.id === id);
  const taken = new Set(fields.flatMap((field) => [field.id, field.name ?? ""]));
  const copy = { ...fields[at], id: free("f", taken), ...(fields[at].name ? { name: free(fields[at].name, taken, true), map: undefined } : {}) };
  change({ ...state.content, fields: [...fields.slice(0, at + 1), clean(copy), ...fields.slice(at + 1)] });
  set({ selected: copy.id });
}

export function remove(id: string): void {
  const { fields } = state.content;
  const at = fields.findIndex((field) => field.id === id);
  const left = fields.filter((field) => field.id !== id);
  change({ ...state.content, fields: left });
  set({ selected: left[Math.min(at, left.length - 1)]?.id ?? null });
  announce(say("removed", { name: called(fields[at]) }));
}

/** Put a field before the one that is now at `to`. */
export function move(id: string, to: number): void {
  const { fields } = state.content;
  const from = fields.findIndex((field) => field.id === id);
  const place = to > from ? to - 1 : to;
  if (place === from || place < 0 || place >= fields.length) {
    return;
  }
  const left = fields.filter((field) => field.id !== id);
  change({ ...state.content, fields: [...left.slice(0, place), fields[from], ...left.slice(place)] });
  announce(say("moved", { name: called(fields[from]), place: place + 1, count: fields.length }));
}

// Saving.

function touched(): void {
  if (state.saving !== "conflict") {
    set({ saving: "changed" });
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void save(), PAUSE);
  }
}

export function unsaved(): boolean {
  return JSON.stringify(state.content) !== kept;
}

/** Save now; true when everything is on the server. */
export async function flush(): Promise<boolean> {
  await running;
  if (unsaved()) {
    await save();
  }
  return state.saving === "saved";
}

function save(): Promise<void> {
  window.clearTimeout(timer);
  running ??= send().finally(() => {
    running = null;
    if (state.saving === "changed") {
      touched();
    }
  });
  return running;
}

async function send(): Promise<void> {
  const text = JSON.stringify(state.content);
  if (text === kept) {
    set({ saving: "saved" });
    return;
  }
  set({ saving: "saving" });
  try {
    const told = await call<{ version: number; changed: boolean; published: boolean }>("PATCH", `forms/${page.id}`, {
      content: state.content, version: state.version,
    });
    kept = text;
    wait = 2_000;
    set({ version: told.version, ahead: told.changed || !told.published });
    const { problems } = await call<{ problems: Problem[] }>("GET", `forms/${page.id}/lacks`);
    set({ lacks: problems, refusal: "", saving: JSON.stringify(state.content) === text ? "saved" : "changed" });
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) {
      set({ saving: "conflict" });
    } else if (error instanceof Refusal && error.status < 500 && error.status !== 401) {
      set({ saving: "refused", refusal: reasons(error).join(" ") });
    } else {
      set({ saving: "offline" });
      timer = window.setTimeout(() => void save(), wait);
      wait = Math.min(wait * 2, 30_000);
    }
  }
}

export function start(): void {
  window.addEventListener("online", () => state.saving === "offline" && void save());
  window.addEventListener("beforeunload", (event) => {
    if (unsaved()) {
      event.preventDefault();
    }
  });
}

export function problemsOf(now: State, id: string): Problem[] {
  return now.lacks.filter((problem) => problem.field === id);
}

