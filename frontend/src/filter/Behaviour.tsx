// The rest of a condition on behaviour: of what, how often, in which time.
import { useState } from "preact/hooks";
import type { Asked, Subject } from "./catalogue";
import { Choose } from "./Choose";
import { asList, operatorsOf, written } from "./conditions";
import { useTools } from "./context";
import type { Json } from "./tree";
import { Duration } from "./Values";

interface Properties {
  subject: Subject;
  node: Json;
  onChange: (node: Json, series?: string) => void;
}

function without(node: Json, name: string): Json {
  const { [name]: _gone, ...rest } = node;
  return rest;
}

function Where({ asked, node, onChange }: { asked: Asked } & Omit<Properties, "subject">) {
  const where = (node.where ?? {}) as Json;
  const value = where[asked.name];
  const about = asked.about && where[asked.about] !== undefined ? `${asked.about}:${asList(where[asked.about])[0]}` : "";
  const put = (values: string[]) => {
    const next = values.map((one) => asList(value).find((old) => String(old) === one) ?? written(asked.choices, one));
    const rest = without(where, asked.name);
    const all = next.length ? { ...where, [asked.name]: next.length === 1 ? next[0] : next } : rest;
    onChange(Object.keys(all).length ? { ...node, where: all } : without(node, "where"));
  };
  return <Choose label={asked.label} values={asList(value)} of={asked.choices} about={about}
    free={!asked.choices} placeholder={asked.label} onChange={put} />;
}

export function Behaviour({ subject, node, onChange }: Properties) {
  const { catalogue, word } = useTools();
  const [shown, setShown] = useState<string[]>([]);
  const where = (node.where ?? {}) as Json;
  const count = (node.count ?? { op: "gte", value: 1 }) as { op: string; value: number };
  const operators = operatorsOf(catalogue, subject);
  const never = count.op === "eq" && count.value === 0;
  const operator = operators.find((one) => one.op === count.op);
  // The object itself is always asked for; the rest once somebody wants it.
  const first = subject.where[0]?.name;
  const given = (name: string) => name in where || shown.includes(name) || (name === first && subject.where[0].choices);
  const free = subject.free ? Object.keys(where).map((name) => ({ name, label: name, choices: "", about: "" })) : [];
  const left = subject.where.filter((asked) => !given(asked.name));
  const names = [...subject.where.filter((asked) => given(asked.name)), ...free,
    ...shown.filter((name) => subject.free && !(name in where)).map((name) => ({ name, label: name, choices: "", about: "" }))];
  const setCount = (op: string) =>
    onChange({ ...node, count: op === "never" ? { op: "eq", value: 0 } : { op, value: never ? 1 : count.value } });
  return (
    <>
      {names.map((asked) => (
        <span class="fb-where" key={asked.name}>
          {asked.name !== first && <span class="fb-and">{asked.label}</span>}
          <Where asked={asked.name === first ? { ...asked, label: word("any_of", { name: asked.label }) } : asked} node={node} onChange={onChange} />
        </span>
      ))}
      <select class="fb-select" aria-label={word("how_often")} value={never ? "never" : count.op}
        onChange={(event) => setCount(event.currentTarget.value)}>
        {operators.map((one) => <option key={one.op} value={one.op}>{one.before}</option>)}
        <option value="never">{word("never")}</option>
      </select>
      {!never && (
        <>
          <input class="fb-text num" inputMode="numeric" size={3} aria-label={word("times")} value={count.value}
            onInput={(event) => onChange({ ...node, count: { ...count,
              value: Number(event.currentTarget.value.replace(/\D/g, "").slice(0, 9)) } }, "count")} />
          <span class="fb-and">{operator?.after}</span>
        </>
      )}
      <select class="fb-select" aria-label={word("in_which_time")} value={node.within ? "within" : "ever"}
        onChange={(event) => onChange(event.currentTarget.value === "ever" ? without(node, "within") : { ...node, within: "30d" })}>
        <option value="within">{word("in_the_last")}</option>
        <option value="ever">{word("ever")}</option>
      </select>
      {typeof node.within === "string" && (
        <Duration label={word("in_the_last")} value={node.within} units="mhdw"
          onChange={(within) => onChange({ ...node, within }, "within")} />
      )}
      {left.length > 0 && (
        <select class="fb-select bare" aria-label={word("where")} value=""
          onChange={(event) => setShown([...shown, event.currentTarget.value])}>
          <option value="">{word("where")}</option>
          {left.map((asked) => <option key={asked.name} value={asked.name}>{asked.label}</option>)}
        </select>
      )}
      {subject.free && <Key label={word("where_key")} onAdd={(name) => setShown([...shown, name])} />}
    </>
  );
}

/** The name of a key of the event's data. */
function Key({ label, onAdd }: { label: string; onAdd: (name: string) => void }) {
  const [text, setText] = useState("");
  const add = () => {
    if (text.trim()) {
      onAdd(text.trim());
      setText("");
    }
  };
  return (
    <input class="fb-text bare" aria-label={label} placeholder={label} size={12} maxLength={100} value={text}
      onInput={(event) => setText(event.currentTarget.value)} onBlur={add}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          event.preventDefault();
          add();
        }
      }} />
  );
}
