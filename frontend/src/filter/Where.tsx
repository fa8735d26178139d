// One question of a condition on behaviour about what the events hold: a key, how, and a value.
import { begun, compared, comparisonOf, comparisons } from "./behaving";
import type { Asked, Subject } from "./catalogue";
import { Choose } from "./Choose";
import { written } from "./conditions";
import { useTools } from "./context";
import type { Json } from "./tree";
import { asList } from "./shapes";
import { Values } from "./Values";

interface Properties {
  subject: Subject;
  asked: Asked;
  where: Json;
  /** Undefined takes the question away. */
  onChange: (held: unknown, series?: string) => void;
}

export function Where({ subject, asked, where, onChange }: Properties) {
  const { catalogue, word } = useTools();
  const held = where[asked.name];
  const { op, value } = comparisonOf(asked, held);
  const about = asked.about && where[asked.about] !== undefined ? `${asked.about}:${asList(where[asked.about])[0]}` : "";
  const values = asList(value);
  const operators = comparisons(catalogue, asked);
  const operator = operators.find((one) => one.op === op) ?? operators[0];
  // What is chosen from a list is asked for by its values, unless somebody wrote it otherwise.
  const compares = !asked.choices || op !== "is";
  const pseudo = { ...subject, label: asked.label, choices: "", options: [], input: asked.input === "number" ? "number" : "text" };
  const isNumeric = asked.input === "any" && ["gt", "gte", "lt", "lte", "between"].includes(op);
  const setOp = (next: string) => {
    const form = operators.find((one) => one.op === next)!.form;
    const start = begun(form, value);
    // Equality without a value yet is kept as an empty list, so that the choice is not lost.
    onChange(next === "is" && !asList(start).length ? [] : compared(next, start));
  };
  return (
    <>
      {compares && (
        <select class="fb-select" aria-label={word("operator_of", { subject: asked.label })} value={operator.op}
          onChange={(event) => setOp(event.currentTarget.value)}>
          {operators.map((one) => <option key={one.op} value={one.op}>{one.before}</option>)}
        </select>
      )}
      {op === "is" ? (
        <Choose label={asked.label} values={values} of={asked.choices} about={about}
          free={!asked.choices} placeholder={asked.label} onStuck={(stuck) => values.length || onChange(stuck ? [] : undefined)} onChange={(chosen) => onChange(compared("is", chosen.map((one) =>
            values.find((old) => String(old) === one) ?? written(asked.choices, one))))} />
      ) : (
        <Values subject={isNumeric ? { ...pseudo, input: "number" } : pseudo} operator={operator} value={value}
          onChange={(next, series) => onChange(compared(op, next ?? ""), series && `${series} ${asked.name}`)} />
      )}
    </>
  );
}
