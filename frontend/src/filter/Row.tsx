// One condition as a sentence: subject, operator, value; its count, and what to do with it.
import { useEffect, useState } from "preact/hooks";
import { call } from "../page/requests";
import { Behaviour } from "./Behaviour";
import { Choose } from "./Choose";
import { editable, fresh, operatorsOf, opOf, subjectOf, withOperator, written } from "./conditions";
import type { Subject } from "./catalogue";
import { useTools } from "./context";
import { Icon } from "../page/Icon";
import { Measure } from "./Measure";
import { Period } from "./Period";
import { number } from "../page/words";
import { SubjectPicker } from "./SubjectPicker";
import { changed, isMask, keyOf, type Json, type Path } from "./tree";
import { asList } from "./shapes";
import { Values } from "./Values";

// What became of a delivery for a reason.
const REASONED = ["skipped", "failed"];

interface Properties {
  node: Json;
  path: Path;
}

/** A condition that can only be written as text: said, and kept as it is. */
function Kept({ node }: { node: Json }) {
  const { word } = useTools();
  const [said, setSaid] = useState("");
  const text = JSON.stringify(node);
  const masked = isMask(node);
  useEffect(() => {
    if (masked) {
      return;
    }
    call<{ sentence: string }>("POST", "filters/describe", { filter: node })
      .then((answer) => setSaid(answer.sentence))
      .catch(() => setSaid(""));
  }, [text]);
  if (masked) {
    return <span class="fb-kept"><Icon name="lock" /> <b>{word("hidden_condition")}</b></span>;
  }
  return (
    <span class="fb-kept">
      {said ? <b>{said}</b> : <code>{text}</code>}
      <span class="fb-and">{word("as_text_only")}</span>
    </span>
  );
}

/** How often a delivery happened is asked as of an event. */
function counted(subject: Subject): Subject {
  return { ...subject, operators: "event", where: [], free: false, dated: false };
}

function Sentence({ subject, node, path }: Properties & { subject: Subject }) {
  const { catalogue, word, put } = useTools();
  const operators = operatorsOf(catalogue, subject);
  const op = opOf(subject, node);
  const operator = operators.find((one) => one.op === op)!;
  const change = (next: Json, series?: string) => put(path, changed(node, next), series && `${keyOf(node)} ${series}`);
  const objects = subject.kind === "delivery" ? (node.delivery as Json)[subject.key] : node[subject.kind];
  const putObjects = (values: string[]) => {
    const next = values.map((one) => asList(objects).find((old) => String(old) === one) ?? written(subject.choices, one));
    change({ ...node, [subject.kind]: subject.kind === "delivery" ? { [subject.key]: next } : next });
  };
  if (subject.kind === "event") {
    return <Behaviour subject={subject} node={node} onChange={change} />;
  }
  return (
    <>
      <select class="fb-select" aria-label={word("operator_of", { subject: subject.label })} value={op}
        onChange={(event) => change(withOperator(catalogue, subject, node, event.currentTarget.value))}>
        {operators.map((one) => (
          <option key={one.op} value={one.op}>{one.after ? `${one.before} … ${one.after}` : one.before}</option>
        ))}
      </select>
      {subject.kind === "field" ? (
        <Values subject={subject} operator={operator} value={node.value}
          onChange={(value, series) => {
            const { value: _old, ...rest } = node;
            change(value === undefined ? rest : { ...node, value }, series);
          }} />
      ) : (
        <Choose label={subject.label} values={asList(objects)} of={subject.choices} onChange={putObjects} />
      )}
      {subject.kind === "delivery" && (node.reason !== undefined || REASONED.includes(op)) && (
        <span class="fb-where">
          <span class="fb-and">{word("reason")}</span>
          <Choose label={word("reason")} single free values={asList(node.reason)} of={subject.where[0]?.choices ?? ""} placeholder={word("any_reason")}
            onChange={([reason]) => {
              const { reason: _old, ...rest } = node;
              change(reason === undefined ? rest : { ...node, reason });
            }} />
        </span>
      )}
      {subject.kind === "delivery" && <Measure subject={counted(subject)} node={node} onChange={change} />}
      {subject.kind === "delivery" && <Period subject={subject} node={node} onChange={change} />}
      {operator.negative && subject.kind === "field" && (
        <label class="fb-tick">
          <input type="checkbox" checked={node.with_value === true}
            onChange={(event) => change({ ...node, with_value: event.currentTarget.checked })} />
          {word("with_value")}
        </label>
      )}
    </>
  );
}

export function Row({ node, path }: Properties) {
  const { catalogue, word, put, remove, duplicate, step, placeOf, problems, counts } = useTools();
  const [picking, setPicking] = useState(false);
  const subject = subjectOf(catalogue, node);
  const known = subject && editable(catalogue, node) ? subject : undefined;
  const place = placeOf(path);
  const wrong = problems.filter(({ field }) => field === place || field?.startsWith(`${place}.`));
  const label = known?.label ?? word("condition");
  const count = counts[place];

  const onKey = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      step(path, event.key === "ArrowUp" ? -1 : 1);
    } else if ((event.key === "Backspace" || event.key === "Delete") && target.tagName === "BUTTON") {
      event.preventDefault();
      remove(path);
    }
  };
  const pick = (next: Subject) => {
    setPicking(false);
    put(path, changed(node, fresh(catalogue, next)));
  };

  return (
    <li class={`fb-row${wrong.length ? " wrong" : ""}`} data-key={keyOf(node)} data-place={place} onKeyDown={onKey}>
      <div class="fb-line">
        <button type="button" class="fb-grip" draggable data-part="grip" aria-label={word("move_of", { subject: label })}>
          <Icon name="grip-vertical" />
        </button>
        <div class="fb-words">
          {known ? (
            <>
              <span class="fb-anchor">
                <button type="button" class="fb-subject" data-part="subject" aria-expanded={picking}
                  aria-label={word("change_subject", { subject: label })} onClick={() => setPicking(!picking)}>
                  <Icon name={known.icon} />{label}
                </button>
                {picking && <SubjectPicker onPick={pick} onClose={() => setPicking(false)} />}
              </span>
              <Sentence subject={known} node={node} path={path} />
            </>
          ) : (
            <Kept node={node} />
          )}
        </div>
        {count !== undefined && <span class="fb-count num" title={word("alone")}>{number(count)}</span>}
        <Menu label={word("more_of", { subject: label })} acts={[
          ["arrow-up", word("move_up"), () => step(path, -1)],
          ["arrow-down", word("move_down"), () => step(path, 1)],
          ["copy", word("duplicate"), () => duplicate(path)],
          ["trash", word("remove"), () => remove(path)],
        ]} />
      </div>
      {wrong.map((problem) => (
        <p class="fb-problem" role="alert" key={problem.field}><Icon name="alert-circle" />{problem.message}</p>
      ))}
    </li>
  );
}

export function Menu({ label, acts }: { label: string; acts: [string, string, () => void][] }) {
  return (
    <div class="dropdown">
      <button type="button" class="bare-btn small-btn" data-part="menu" data-bs-toggle="dropdown" aria-expanded="false" aria-label={label}>
        <Icon name="dots" />
      </button>
      <div class="dropdown-menu dropdown-menu-end">
        {acts.map(([icon, text, act]) => (
          <button type="button" class={`dropdown-item${icon === "trash" ? " danger" : ""}`} key={icon} onClick={act}>
            <Icon name={icon} />{text}
          </button>
        ))}
      </div>
    </div>
  );
}
