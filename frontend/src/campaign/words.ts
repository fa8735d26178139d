// The words of the canvas, and numbers and times as the reader's language writes them.
import { pageData } from "../page/words";
import type { Page } from "./types";

const words = pageData<Record<string, string>>("campaign-words") ?? {};
export const page = pageData<Page>("campaign-page");
const language = document.documentElement.lang || "en";
const numbers = new Intl.NumberFormat(language);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const moment = new Intl.DateTimeFormat(language, {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

export function say(key: string, values: Record<string, string | number> = {}): string {
  return (words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}

export function number(value: number): string {
  return numbers.format(value);
}

export function time(value: Date): string {
  return clock.format(value);
}

export function when(value: string | undefined): string {
  return value ? moment.format(new Date(value)) : "";
}
