// The words of the canvas, and numbers and times as the reader's language writes them.
import * as moments from "../page/moments";
import { filled, pageData, type Words } from "../page/words";
import type { Page } from "./types";

export { number } from "../page/words";
export { dayOfYear as day, hour as time } from "../page/moments";

const words = pageData<Words | null>("campaign-words") ?? {};
export const page = pageData<Page>("campaign-page");
const language = document.documentElement.lang || "en";
const shares = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

export function share(value: number): string {
  return shares.format(value);
}

/** An instant in the time zone of somebody else. */
export function hour(value: string, zone: string): string {
  return moments.moment(new Date(value), zone, { weekday: "short" });
}

export function say(key: string, values: Record<string, string | number> = {}): string {
  return filled(words[key] ?? key, values);
}

/** Words that begin like a sentence, inside another one. */
export function inside(words: string): string {
  return /^\p{Lu}\p{Lu}/u.test(words) ? words : words.charAt(0).toLocaleLowerCase(language) + words.slice(1);
}

export function when(value: string | undefined): string {
  return value ? moments.moment(new Date(value)) : "";
}
