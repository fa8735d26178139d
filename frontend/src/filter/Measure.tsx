// How often something happened, what a number of it adds up to, or that it is the first or the last.
import { begun, EXTREMES, sums } from "./behaving";
import { without } from "./Behaviour";
import type { Subject } from "./catalogue";
import { operatorsOf } from "./conditions";
import { useTools } from "./context";
import type { Json } from "./tree";
import { Values } from "./Values";

interface Properties {
  subject: Subject;
  node: Json;
  onChange: (node: Json, series?: string) => void;
}

const TOTAL = "total";
const NEVER = "never";

export function Measure({ subject, node, onChange }: Properties) {
  const { catalogue, word } = useTools();
  const count = (node.count ?? { op: "gte", value: 1 }) as { op: string; value: number };
  const total = node.total as Json | undefined;
  const never = count.op === "eq" && count.value === 0;
  const operators = operatorsOf(catalogue, subject);
  const numbers = subject.where.filter((asked) => asked.input === "number");
  const mode = node.which !== undefined ? String(node.which) : total ? TOTAL : never ? NEVER : count.op;
  const pick = (next: string) => {
    const rest = without(node, "count", TOTAL, "which");
    if (EXTREMES.includes(next)) {
      const dated = ["within", "after", "before"].some((name) => name in node);
      onChange({ ...without(rest, "where"), which: next, ...(dated ? {} : { within: "30d" }) });
    } else if (next === TOTAL) {
      onChange({ ...rest, total: { of: numbers[0]?.name ?? "", op: "gte", value: "" } });
    } else {
      onChange({ ...rest, count: next === NEVER ? { op: "eq", value: 0 } : { op: next, value: never || !node.count ? 1 : count.value } });
    }
  };
  return (
    <>
      <select class="fb-select" aria-label={word("how_often")} value={mode} onChange={(event) => pick(event.currentTarget.value)}>
        {operators.map((one) => <option key={one.op} value={one.op}>{one.before}</option>)}
        <option value={NEVER}>{word("never")}</option>
        {(numbers.length > 0 || subject.free) && <option value={TOTAL}>{word("in_total")}</option>}
        {subject.dated && EXTREMES.map((which) => <option key={which} value={which}>{word(`${which}_time`)}</option>)}
      </select>
      {total && <Sum subject={subject} total={total} onChange={(next, series) => onChange({ ...node, total: next }, series)} />}
      {operators.some((one) => one.op === mode) && (
        <>
          <input class="fb-text num" inputMode="numeric" size={3} aria-label={word("times")} value={count.value}
            onInput={(event) => onChange({ ...node, count: { ...count,
              value: Number(event.currentTarget.value.replace(/\D/g, "").slice(0, 9)) } }, "count")} />
          <span class="fb-and">{word("times_said", { count: count.value })}</span>
        </>
      )}
    </>
  );
}

/** Which number is added up, and what with. */
function Sum({ subject, total, onChange }: { subject: Subject; total: Json; onChange: (total: Json, series?: string) => void }) {
  const { catalogue, word } = useTools();
  const numbers = subject.where.filter((asked) => asked.input === "number");
  const operators = sums(catalogue);
  const operator = operators.find((one) => one.op === total.op) ?? operators[0];
  const label = numbers.find((asked) => asked.name === total.of)?.label ?? String(total.of);
  return (
    <>
      {subject.free ? (
        <input class="fb-text" aria-label={word("number_of")} placeholder={word("number_of")} size={10} maxLength={100} value={String(total.of)}
          onInput={(event) => onChange({ ...total, of: event.currentTarget.value }, "of")} />
      ) : numbers.length > 1 ? (
        <select class="fb-select" aria-label={word("number_of")} value={String(total.of)}
          onChange={(event) => onChange({ ...total, of: event.currentTarget.value })}>
          {numbers.map((asked) => <option key={asked.name} value={asked.name}>{asked.label}</option>)}
        </select>
      ) : <span class="fb-and">{label}</span>}
      <select class="fb-select" aria-label={word("operator_of", { subject: label })} value={operator.op}
        onChange={(event) => {
          const next = operators.find((one) => one.op === event.currentTarget.value)!;
          onChange({ ...total, op: next.op, value: begun(next.form, total.value) });
        }}>
        {operators.map((one) => <option key={one.op} value={one.op}>{one.before}</option>)}
      </select>
      <Values subject={{ ...subject, label, choices: "", options: [], input: "number" }} operator={operator} value={total.value}
        onChange={(value, series) => onChange({ ...total, value: value ?? "" }, series)} />
    </>
  );
}
