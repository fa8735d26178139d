// The audiences of an email: filters by key, in a hidden field of its form. Whoever changes them tells all others.
import type { Json } from "../filter/tree";

export interface Audience {
  key: string;
  name: string;
  filter: Json | null;
}

export const MOST = 20;
const CHANGED = "relais:audiences";

function field(): HTMLInputElement | null {
  return document.getElementById("id_audiences") as HTMLInputElement | null;
}

let read = "";
let known: Audience[] = [];

/** All audiences, the same list until one changes. */
export function list(): Audience[] {
  const text = field()?.value ?? "";
  if (text !== read) {
    read = text;
    known = text ? (JSON.parse(text) as Audience[]) : [];
  }
  return known;
}

export function put(audiences: Audience[]): void {
  const there = field();
  if (there) {
    there.value = JSON.stringify(audiences);
    document.dispatchEvent(new Event(CHANGED));
    there.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export function whenChanged(act: () => void): () => void {
  document.addEventListener(CHANGED, act);
  return () => document.removeEventListener(CHANGED, act);
}

/** Add an audience of nobody yet; its key is its own for good, its name may change. */
export function add(name: (number: number) => string): Audience {
  const audiences = list();
  let number = audiences.length + 1;
  while (audiences.some((each) => each.key === `audience_${number}`)) {
    number += 1;
  }
  const made = { key: `audience_${number}`, name: name(number), filter: null };
  put([...audiences, made]);
  return made;
}

export function nameOf(key: string): string {
  return list().find((each) => each.key === key)?.name ?? key;
}
