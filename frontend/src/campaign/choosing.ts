// Which figures are shown: of the ways that began in a version, and of a time in days of the workspace.
import * as store from "./store";
import { page } from "./words";

export type Period = "all" | "7" | "30" | "90" | "month" | "own";
export const PERIODS: Period[] = ["all", "7", "30", "90", "month", "own"];

export interface Choice {
  /** The number of a version; "" means all of them. */
  version: string;
  period: Period;
  since: string;
  until: string;
}

export const EVERYTHING: Choice = { version: "", period: "all", since: "", until: "" };

/** Today as the workspace counts its days: 2026-11-22. */
export function today(): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone: page.zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date());
}

/** The day so many days before or after one. */
export function shifted(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10);
}

/** First and last day; "" where there is none. */
export function span({ period, since, until }: Choice): { since: string; until: string } {
  if (period === "all") {
    return { since: "", until: "" };
  }
  if (period === "own") {
    return since && until && until < since ? { since: until, until: since } : { since, until };
  }
  return { since: period === "month" ? `${today().slice(0, 8)}01` : shifted(today(), 1 - Number(period)), until: today() };
}

/** What is asked of the server, for the end of an address: "" or "version=2&since=…". */
export function asked(choice: Choice = store.get().choice, more: Record<string, string> = {}): string {
  const all = { version: choice.version, ...span(choice), ...more };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value)).toString();
}
