// Conditions on behaviour: which can be edited by hand, and how their parts are compared.
import type { Asked, Catalogue, Operator, Subject } from "./catalogue";
import type { Json } from "./tree";
import { asList, blank, DURATION, isMoment, isObject, only, scalar } from "./shapes";

const PLAIN: Record<string, string> = { text: "is", number: "eq", any: "is" };
const PRESENCE = ["is_empty", "is_not_empty"];
export const EXTREMES = ["first", "last"];

/** A key of a client's own event, which may hold a text or a number. */
export function ownKey(name: string): Asked {
  return { name, label: name, choices: "", about: "", input: "any" };
}

/** How values under a key can be compared. */
export function comparisons(catalogue: Catalogue, asked: Asked): Operator[] {
  const of = (name: string) => catalogue.operators[name] ?? [];
  if (asked.input !== "any") {
    return of(asked.input === "number" ? "event_number" : "event_text");
  }
  const texts = of("event_text");
  return [...texts, ...of("event_number").filter((one) => one.op !== "eq" && one.op !== "ne" && !PRESENCE.includes(one.op))];
}

/** How sums can be compared. */
export function sums(catalogue: Catalogue): Operator[] {
  return (catalogue.operators.event_number ?? []).filter((one) => !PRESENCE.includes(one.op));
}

/** The operator of a condition on a key; a plain value stands for equality. */
export function comparisonOf(asked: Asked, held: unknown): { op: string; value: unknown } {
  return isObject(held) ? { op: String(held.op), value: held.value } : { op: PLAIN[asked.input], value: held };
}

/** A condition on a key as the server takes it; undefined while equality has no value. */
export function compared(op: string, value: unknown): unknown {
  if (op === "is") {
    const values = asList(value);
    return values.length > 1 ? values : values[0];
  }
  return PRESENCE.includes(op) ? { op } : { op, value };
}

/** What an operator begins with: the value so far where it suits. */
export function begun(form: string, value: unknown): unknown {
  const [first] = asList(value);
  switch (form) {
    case "many":
      return first === undefined || first === "" ? [] : asList(value).map(String);
    case "two":
      return Array.isArray(value) && value.length === 2 ? value : ["", ""];
    default:
      return first ?? "";
  }
}

function suitsComparison(catalogue: Catalogue, asked: Asked, held: unknown): boolean {
  if (!isObject(held)) {
    return asList(held).every(scalar) && (asked.input !== "number" || !Array.isArray(held));
  }
  const { op, value } = comparisonOf(asked, held);
  const form = op === "is" ? undefined : comparisons(catalogue, asked).find((one) => one.op === op)?.form;
  if (!form || !only(held, "op", "value")) {
    return false;
  }
  const isList = form === "many" || form === "two";
  return form === "none" || (isList === Array.isArray(value) && asList(value).every(scalar));
}

/** Whether the period can be edited here. */
export function suitsTime(node: Json): boolean {
  const moments = [node.after, node.before].filter((one) => one !== undefined);
  if (node.within !== undefined) {
    return typeof node.within === "string" && DURATION.test(node.within) && !moments.length;
  }
  return moments.every(isMoment);
}

function suitsMeasure(catalogue: Catalogue, node: Json): boolean {
  const { count = { op: "gte", value: 1 }, total, which } = node;
  if (which !== undefined) {
    return EXTREMES.includes(String(which)) && !("where" in node || "count" in node || "total" in node);
  }
  if (total !== undefined) {
    return isObject(total) && only(total, "of", "op", "value") && !("count" in node) &&
      sums(catalogue).some((one) => one.op === total.op && (one.form === "two") === Array.isArray(total.value));
  }
  return suitsCount({ count });
}

/** Whether a number of times, if there is any, can be edited here. */
export function suitsCount({ count }: Json): boolean {
  return count === undefined || (isObject(count) && only(count, "op", "value") && Number.isInteger(count.value));
}

/** Whether the builder has a place for everything the condition says. */
export function suitsEvent(catalogue: Catalogue, subject: Subject, node: Json): boolean {
  const where = node.where ?? {};
  const asked = (name: string) => subject.where.find((one) => one.name === name) ?? (subject.free ? ownKey(name) : undefined);
  return (
    only(node, "event", "where", "count", "total", "which", "within", "after", "before") &&
    isObject(where) &&
    Object.entries(where).every(([name, held]) => {
      const known = asked(name);
      return known !== undefined && suitsComparison(catalogue, known, held);
    }) &&
    suitsMeasure(catalogue, node) && suitsTime(node)
  );
}

/** How a condition on behaviour begins. */
export function freshEvent(subject: Subject): Json {
  return { event: subject.key, count: { op: "gte", value: 1 }, within: "30d" };
}

/** Whether everything is filled in. */
export function completeEvent(node: Json): boolean {
  const asked = Object.values((node.where as Json) ?? {});
  const total = node.total as Json | undefined;
  const empty = asked.some((held) => (isObject(held) ? !PRESENCE.includes(String(held.op)) && blank(held.value) : blank(held)));
  return !empty && !(total && (blank(total.of) || blank(total.value))) && completeTime(node);
}

/** Whether the days of a period are chosen. */
export function completeTime(node: Json): boolean {
  return node.after !== "" && node.before !== "";
}
