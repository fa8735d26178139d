// What the server offers to builders of filters, and the names of values, looked up once a page.
import { useEffect, useState } from "preact/hooks";
import { call } from "../page/requests";
import { filled, type Words } from "../page/words";

export type Form = "none" | "one" | "two" | "many" | "text" | "regex" | "duration" | "anniversary";

export interface Operator {
  op: string;
  before: string;
  after: string;
  form: Form;
  negative: boolean;
}

export interface Choice {
  value: string;
  label: string;
  beside?: string;
}

export interface Asked {
  name: string;
  label: string;
  choices: string;
  about: string;
  input: string;
}

export interface Subject {
  kind: string;
  key: string;
  label: string;
  group: string;
  icon: string;
  hint: string;
  operators: string;
  input: string;
  choices: string;
  options: Choice[];
  where: Asked[];
  free: boolean;
  dated: boolean;
}

export interface Catalogue {
  groups: { key: string; label: string }[];
  subjects: Subject[];
  operators: Record<string, Operator[]>;
  words: Words;
}

let loading: Promise<Catalogue> | null = null;

/** Ask for the catalogue, once a page. */
export function loadCatalogue(): Promise<Catalogue> {
  loading ??= call<Catalogue>("GET", "filters/catalogue").catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** A word of the catalogue with its `%(names)s` filled in. */
export function say(catalogue: Catalogue, key: string, values: Record<string, string | number> = {}): string {
  return filled(catalogue.words[key] ?? key, values);
}

/** Find values of a kind whose names contain a text. */
export async function findChoices(of: string, text: string, about: string, signal: AbortSignal): Promise<Choice[]> {
  const query = new URLSearchParams({ of, text, ...(about ? { about } : {}) });
  return (await call<{ results: Choice[] }>("GET", `filters/choices?${query}`, undefined, signal)).results;
}

const names = new Map<string, Map<string, string>>();
const asked = new Map<string, Set<string>>();
const listeners = new Set<() => void>();
const LONGEST_QUESTION = 100;

function known(of: string, about: string): Map<string, string> {
  const key = `${of} ${about}`;
  return names.get(key) ?? names.set(key, new Map()).get(key)!;
}

/** Remember what values are called, when somebody has just chosen them. */
export function remember(of: string, about: string, choices: Choice[]): void {
  choices.forEach((choice) => known(of, about).set(choice.value, choice.label));
}

function ask(of: string, about: string, values: string[]): void {
  const key = `${of} ${about}`;
  const waiting = asked.get(key);
  if (waiting) {
    values.forEach((value) => waiting.add(value));
    return;
  }
  asked.set(key, new Set(values));
  window.setTimeout(async () => {
    const wanted = [...(asked.get(key) ?? [])].slice(0, LONGEST_QUESTION);
    asked.delete(key);
    wanted.forEach((value) => known(of, about).set(value, ""));
    const query = new URLSearchParams({ of, values: wanted.join(","), ...(about ? { about } : {}) });
    try {
      remember(of, about, (await call<{ results: Choice[] }>("GET", `filters/choices?${query}`)).results);
    } catch {
      // What cannot be named is shown as it is kept.
    }
    listeners.forEach((listener) => listener());
  }, 0);
}

/** Name values of a kind; what is not known (yet) is shown as it is kept. */
export function useNames(of: string, about: string, values: unknown[], options: Choice[]): (value: unknown) => string {
  const [, again] = useState({});
  const missing = of ? values.map(String).filter((value) => !known(of, about).has(value)) : [];
  useEffect(() => {
    const listener = () => again({});
    listeners.add(listener);
    if (missing.length) {
      ask(of, about, missing);
    }
    return () => void listeners.delete(listener);
  }, [of, about, missing.join()]);
  return (value) => {
    const option = options.find((one) => one.value === String(value));
    return option?.label ?? ((of && known(of, about).get(String(value))) || String(value));
  };
}
