// The rest of a condition on behaviour: of what, how often or how much, in which time.
import { useState } from "preact/hooks";
import { EXTREMES, ownKey } from "./behaving";
import type { Asked, Subject } from "./catalogue";
import { useTools } from "./context";
import { Icon } from "../page/Icon";
import { Measure } from "./Measure";
import { Period } from "./Period";
import type { Json } from "./tree";
import { Where } from "./Where";

interface Properties {
  subject: Subject;
  node: Json;
  onChange: (node: Json, series?: string) => void;
}

export function without(node: Json, ...names: string[]): Json {
  return Object.fromEntries(Object.entries(node).filter(([name]) => !names.includes(name)));
}

/** The questions that are shown: the object itself always, the rest once somebody wants it. */
function questions(subject: Subject, where: Json, wanted: string[]): [Asked[], Asked[]] {
  const first = subject.where[0];
  const given = ({ name, choices }: Asked) => name in where || wanted.includes(name) || (name === first?.name && Boolean(choices));
  const known = (name: string) => subject.where.some((asked) => asked.name === name);
  const own = [...Object.keys(where), ...wanted.filter((name) => !(name in where))].filter((name) => !known(name));
  return [[...subject.where.filter(given), ...(subject.free ? own.map(ownKey) : [])], subject.where.filter((asked) => !given(asked))];
}

/** What a question without an answer holds. */
function open(subject: Subject, name: string): unknown {
  return subject.where.find((asked) => asked.name === name)?.input === "number" ? "" : [];
}

export function Behaviour({ subject, node, onChange }: Properties) {
  const { word } = useTools();
  const [wanted, setWanted] = useState<string[]>([]);
  const where = (node.where ?? {}) as Json;
  const first = subject.where[0]?.choices ? subject.where[0].name : undefined;
  const [shown, left] = EXTREMES.includes(String(node.which)) ? [[], []] : questions(subject, where, wanted);
  const putWhere = (name: string, held: unknown, series?: string) => {
    const rest = without(where, name);
    const all = held === undefined ? rest : { ...where, [name]: held };
    onChange(Object.keys(all).length ? { ...node, where: all } : without(node, "where"), series);
  };
  // A question that is asked waits for its answer: without one it would mean anything.
  const ask = (name: string) => {
    setWanted([...wanted, name]);
    putWhere(name, open(subject, name));
  };
  const drop = (name: string) => {
    setWanted(wanted.filter((other) => other !== name));
    putWhere(name, undefined);
  };
  return (
    <>
      {shown.map((asked) => (
        <span class="fb-where" key={asked.name}>
          {asked.name !== first && <span class="fb-and">{asked.label}</span>}
          <Where subject={subject} where={where} onChange={(held, series) => putWhere(asked.name, asked.name === first ? held : held ?? open(subject, asked.name), series)}
            asked={asked.name === first ? { ...asked, label: word("any_of", { name: asked.label }) } : asked} />
          {asked.name !== first && (
            <button type="button" class="bare-btn small-btn fb-drop" aria-label={word("without", { name: asked.label })} title={word("without", { name: asked.label })} onClick={() => drop(asked.name)}>
              <Icon name="x" />
            </button>
          )}
        </span>
      ))}
      <Measure subject={subject} node={node} onChange={onChange} />
      <Period subject={subject} node={node} onChange={onChange} />
      {left.length > 0 && (
        <select class="fb-select bare" aria-label={word("where")} value=""
          onChange={(event) => ask(event.currentTarget.value)}>
          <option value="">{word("where")}</option>
          {left.map((asked) => <option key={asked.name} value={asked.name}>{asked.label}</option>)}
        </select>
      )}
      {subject.free && <Key label={word("where_key")} onAdd={ask} />}
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
