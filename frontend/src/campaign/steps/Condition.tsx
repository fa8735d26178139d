// One condition on what an event holds: how it is compared, and with what.
import { say } from "../words";
import { Field, invalid, useProblems } from "./Field";

export const TEXTS = ["is", "contains", "not_contains", "starts_with", "not_starts_with", "ends_with", "not_ends_with", "is_empty", "is_not_empty"];
export const NUMBERS = ["eq", "ne", "gt", "gte", "lt", "lte", "is_empty", "is_not_empty"];
const EMPTY = ["is_empty", "is_not_empty"];

type Comparison = { op: string; value?: unknown };
const isComparison = (held: unknown): held is Comparison => typeof held === "object" && held !== null && !Array.isArray(held);

interface Properties {
  id: string;
  problemsOf: string;
  name: string;
  numeric?: boolean;
  held: unknown;
  /** An empty text takes the condition away. */
  onChange: (held: unknown) => void;
}

export function Condition({ id, problemsOf, name, numeric, held, onChange }: Properties) {
  const own = useProblems(problemsOf, name);
  const ofValue = useProblems(problemsOf, `${name}.value`);
  const wrong = [...own, ...ofValue];
  const operators = numeric ? NUMBERS : TEXTS;
  const plain = operators[0];
  const op = isComparison(held) ? held.op : plain;
  const value = isComparison(held) ? held.value : held;
  const label = `${say(`condition_${name}`)} (${say("optional")})`;
  // What is written by the API otherwise, several values for example, is shown and kept.
  const kept = !operators.includes(op) || (typeof value === "object" && value !== null);
  const put = (nextOp: string, next: unknown) => {
    if (EMPTY.includes(nextOp)) {
      onChange({ op: nextOp });
    } else {
      onChange(next === "" || next === undefined ? (nextOp === plain ? "" : { op: nextOp, value: "" }) : nextOp === plain ? next : { op: nextOp, value: next });
    }
  };
  if (kept) {
    return (
      <Field id={`${id}-${name}`} label={label} wrong={wrong}>
        <input id={`${id}-${name}`} class={`form-control mono ${invalid(wrong)}`} readOnly value={JSON.stringify(held)} />
      </Field>
    );
  }
  return (
    <Field id={`${id}-${name}`} label={label} wrong={wrong}>
      <div class="line pair">
        <select class="form-select" aria-label={`${say(`condition_${name}`)}: ${say("how_compared")}`} value={op} onChange={(event) => put(event.currentTarget.value, value ?? "")}>
          {operators.map((one) => <option key={one} value={one}>{say(`compare_${numeric ? "number" : "text"}_${one}`)}</option>)}
        </select>
        {!EMPTY.includes(op) && (
          <input id={`${id}-${name}`} class={`form-control ${invalid(wrong)}`} inputMode={numeric ? "decimal" : undefined} value={String(value ?? "")} onInput={(event) => put(op, event.currentTarget.value)} />
        )}
      </div>
    </Field>
  );
}
