// Conditions: what they are about, whether they can be edited here, and how they begin.
import { completeEvent, completeTime, freshEvent, suitsCount, suitsEvent, suitsTime } from "./behaving";
import type { Catalogue, Form, Operator, Subject } from "./catalogue";
import { kindOf, partsOf, type Json } from "./tree";
import { asList, blank, DURATION, isMoment, isObject, only, scalar } from "./shapes";

const BELONGING = ["segment", "campaign", "import"];
// Values of these kinds are ids.
const NUMBERED = new Set(["segment", "campaign", "import", "email", "sms", "user", "stage", "tag", "email_link", "sms_link"]);

export function subjectOf(catalogue: Catalogue, node: Json): Subject | undefined {
  const is = (kind: string, key: unknown) =>
    catalogue.subjects.find((subject) => subject.kind === kind && subject.key === key);
  if ("field" in node) {
    return is("field", node.field);
  }
  if ("event" in node) {
    return is("event", node.event);
  }
  if ("delivery" in node) {
    return is("delivery", Object.keys((node.delivery as Json) ?? {})[0]);
  }
  const kind = BELONGING.find((name) => name in node);
  return kind ? is(kind, "") : undefined;
}

export function operatorsOf(catalogue: Catalogue, subject: Subject): Operator[] {
  return catalogue.operators[subject.operators] ?? [];
}

export function opOf(subject: Subject, node: Json): string {
  return String(subject.kind === "delivery" ? node.state ?? "sent" : node.op ?? "");
}

/** A value as it is written for the server. */
export function written(choices: string, value: string): string | number {
  const number = Number(value);
  return NUMBERED.has(choices) && Number.isSafeInteger(number) ? number : value;
}

function suits(subject: Subject, form: Form, value: unknown): boolean {
  const one = (item: unknown) =>
    subject.input === "boolean" ? typeof item === "boolean"
      : subject.input.startsWith("date") ? isMoment(item)
        : scalar(item);
  switch (form) {
    case "none":
      return value === undefined || value === null;
    case "many":
      return value === undefined || (Array.isArray(value) && value.every(scalar));
    case "two":
      return value === undefined || (Array.isArray(value) && value.length === 2 && value.every(one));
    case "duration":
      return typeof value === "string" && DURATION.test(value);
    case "anniversary":
      return isObject(value) && only(value, "before", "after") && Object.values(value).every(Number.isInteger);
    case "text":
    case "regex":
      return value === undefined || typeof value === "string";
    default:
      return value === undefined || one(value);
  }
}

/** Whether it can be edited by hand here; what cannot is shown as a sentence and kept as it is. */
export function editable(catalogue: Catalogue, node: Json): boolean {
  const subject = subjectOf(catalogue, node);
  if (!subject) {
    return false;
  }
  if (subject.kind === "event") {
    return suitsEvent(catalogue, subject, node);
  }
  const operator = operatorsOf(catalogue, subject).find((one) => one.op === opOf(subject, node));
  if (!operator) {
    return false;
  }
  if (subject.kind === "field") {
    return only(node, "field", "op", "value", "with_value") && suits(subject, operator.form, node.value);
  }
  if (subject.kind === "delivery") {
    const reason = node.reason === undefined || typeof node.reason === "string";
    return only(node, "delivery", "state", "reason", "count", "within", "after", "before") && only(node.delivery as Json, subject.key) &&
      reason && suitsCount(node) && suitsTime(node);
  }
  return only(node, subject.kind, "op") && asList(node[subject.kind]).every(scalar);
}

/** How a condition about something begins. */
export function fresh(catalogue: Catalogue, subject: Subject): Json {
  if (subject.kind === "event") {
    return freshEvent(subject);
  }
  const operators = operatorsOf(catalogue, subject);
  if (subject.kind === "delivery") {
    return { delivery: { [subject.key]: [] }, state: "sent" };
  }
  if (subject.kind !== "field") {
    return { [subject.kind]: [], op: operators[0].op };
  }
  const chosen = subject.choices || subject.options.length;
  const wanted = ["has_any", ...(chosen ? ["in"] : []), "gte", "within_last"];
  const found = wanted.map((op) => operators.find((one) => one.op === op)).find(Boolean) ?? operators[0];
  return { field: subject.key, op: found.op, ...start(subject, found.form) };
}

function start(subject: Subject, form: Form): Json {
  switch (form) {
    case "duration":
      return { value: "30d" };
    case "anniversary":
      return { value: { before: 0, after: 0 } };
    case "many":
      return { value: [] };
    case "one":
      return subject.input === "boolean" ? { value: true } : subject.input.startsWith("date") ? { value: "today" } : {};
    case "two":
      return subject.input.startsWith("date") ? { value: [{ days: -30 }, "today"] } : { value: ["", ""] };
    default:
      return {};
  }
}

/** The condition with another operator; the value stays where it suits. */
export function withOperator(catalogue: Catalogue, subject: Subject, node: Json, op: string): Json {
  if (subject.kind !== "field") {
    return { ...node, [subject.kind === "delivery" ? "state" : "op"]: op };
  }
  const operators = operatorsOf(catalogue, subject);
  const form = operators.find((one) => one.op === node.op)?.form ?? "none";
  const next = operators.find((one) => one.op === op)!;
  const { value, with_value, ...rest } = node;
  const chosen = subject.choices || subject.options.length;
  const kept = withSame(subject, form, next.form, value);
  const asks = next.negative && (with_value ?? (chosen ? true : undefined)) !== undefined;
  return { ...rest, op, ...kept, ...(asks ? { with_value: with_value ?? true } : {}) };
}

function withSame(subject: Subject, before: Form, form: Form, value: unknown): Json {
  if (value !== undefined && (before === form || (form === "text" && before === "one"))) {
    return { value };
  }
  if (form === "many" && before === "one" && value !== undefined) {
    return { value: [value] };
  }
  if (form === "one" && before === "many" && asList(value).length) {
    return { value: asList(value)[0] };
  }
  return before === "text" && form === "one" && value !== undefined ? { value } : start(subject, form);
}

/** Whether everything is filled in, so that it is worth asking the server. */
export function complete(catalogue: Catalogue, node: Json): boolean {
  if (kindOf(node)) {
    return partsOf(node).length > 0 && partsOf(node).every((part) => complete(catalogue, part));
  }
  if (!editable(catalogue, node)) {
    return Object.keys(node).length > 0;
  }
  const subject = subjectOf(catalogue, node)!;
  if (subject.kind === "event") {
    return completeEvent(node);
  }
  if (subject.kind === "delivery") {
    return !blank((node.delivery as Json)[subject.key]) && completeTime(node);
  }
  if (subject.kind !== "field") {
    return !blank(node[subject.kind]);
  }
  const form = operatorsOf(catalogue, subject).find((one) => one.op === node.op)?.form;
  return form === "none" || !blank(node.value);
}
