// The words of the canvas, and numbers and times as the reader's language writes them.
import { pageData } from "../page/words";
import type { Page } from "./types";

const words = pageData<Record<string, string>>("campaign-words") ?? {};
export const page = pageData<Page>("campaign-page");
const language = document.documentElement.lang || "en";
const numbers = new Intl.NumberFormat(language);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
// English as it is read in Europe: the day before the month, as the pages around write it.
const moment = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

const days = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
const shares = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 });

/** A day, as the server writes it: `2026-11-22`. */
export function day(value: string): string {
  return days.format(new Date(`${value}T00:00:00Z`));
}

export function share(value: number): string {
  return shares.format(value);
}

const hours = new Map<string, Intl.DateTimeFormat>();

/** An instant in the time zone of somebody else. */
export function hour(value: string, zone: string): string {
  if (!hours.has(zone)) {
    hours.set(zone, new Intl.DateTimeFormat(language, {
      weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone,
    }));
  }
  return hours.get(zone)!.format(new Date(value));
}

export function say(key: string, values: Record<string, string | number> = {}): string {
  return (words[key] ?? key).replace(/%\((\w+)\)s/g, (_, name) => String(values[name] ?? ""));
}

/** Words that begin like a sentence, inside another one. */
export function inside(words: string): string {
  return /^\p{Lu}\p{Lu}/u.test(words) ? words : words.charAt(0).toLocaleLowerCase(language) + words.slice(1);
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
