// The words of the builder, and what the page says of the form.
import { filled, pageData, type Words } from "../page/words";
import type { Field, Kind, Page } from "./types";

const words = pageData<Words | null>("form-words") ?? {};
export const page = pageData<Page>("form-page");
const kinds = new Map(page.kinds.map((kind) => [kind.key, kind]));

export function say(key: string, values: Record<string, string | number> = {}): string {
  return filled(words[key] ?? key, values);
}

export function kindOf(field: Field): Kind {
  return kinds.get(field.kind)!;
}

/** What a field is called here: what it asks, else the beginning of its text, else its kind. */
export function called(field: Field): string {
  return field.label || (field.text ?? "").replace(/<[^>]*>/g, " ").trim().slice(0, 60) || kindOf(field).label;
}
