// Values as JSON has them: which shapes there are, and when one is still to be filled in.
import type { Json } from "./tree";

export const DURATION = /^(\d{1,6})([smhdw])$/;
export const WORDS = ["today", "yesterday", "tomorrow", ...["last", "this", "next"].flatMap((which) =>
  ["week", "month", "year"].map((span) => `${which}_${span}`))];
export const SHIFTS = ["days", "weeks", "months", "years", "hours", "minutes"];
export function asList(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

export const scalar = (value: unknown) => typeof value === "string" || typeof value === "number";
export const only = (node: Json, ...names: string[]) => Object.keys(node).every((name) => names.includes(name));
export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value);

export function isMoment(value: unknown): boolean {
  if (!isObject(value)) {
    return typeof value === "string";
  }
  const [unit, ...others] = Object.keys(value);
  return !others.length && SHIFTS.includes(unit) && Number.isInteger(value[unit]);
}

/** Whether something is still to be filled in. */
export const blank = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && (!value.length || value.some(blank)));
