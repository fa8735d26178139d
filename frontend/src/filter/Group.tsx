// A group: its word, a coloured line, what is in it, and buttons that add to it.
import { useState } from "preact/hooks";
import { fresh } from "./conditions";
import { useTools } from "./context";
import { Icon } from "../page/Icon";
import { number } from "../page/words";
import { SubjectPicker } from "./SubjectPicker";
import { Menu, Row } from "./Row";
import { changed, keyOf, kindOf, KINDS, partsOf, type Json, type Kind, type Path } from "./tree";

interface Properties {
  node: Json;
  path: Path;
}

export function KindSelect({ node, path }: Properties) {
  const { word, put } = useTools();
  const kind = kindOf(node) ?? "all";
  return (
    <select class={`fb-kind ${kind}`} aria-label={word("kind")} value={kind} data-part="kind"
      onChange={(event) => put(path, changed(node, { [event.currentTarget.value as Kind]: partsOf(node) }))}>
      {KINDS.map((one) => <option key={one} value={one}>{word(one)}</option>)}
    </select>
  );
}

export function Adding({ node, path }: Properties) {
  const { catalogue, word, add } = useTools();
  const [picking, setPicking] = useState(false);
  const segment = catalogue.subjects.find((subject) => subject.kind === "segment");
  return (
    <div class="fb-adding">
      <span class="fb-anchor">
        <button type="button" class={`btn btn-sm${path.length ? " ghost" : ""}`} data-part="add" aria-expanded={picking} onClick={() => setPicking(!picking)}>
          <Icon name="plus" />{word("add_condition")}
        </button>
        {picking && (
          <SubjectPicker onClose={() => setPicking(false)} onPick={(subject) => {
            setPicking(false);
            add(path, fresh(catalogue, subject));
          }} />
        )}
      </span>
      <button type="button" class="btn btn-sm ghost" data-part="group" onClick={() => add(path, { [kindOf(node) === "any" ? "all" : "any"]: [] })}>
        <Icon name="parentheses" />{word("add_group")}
      </button>
      {segment && !path.length && (
        <button type="button" class="btn btn-sm ghost" onClick={() => add(path, fresh(catalogue, segment))}>
          <Icon name="users-group" />{word("from_segment")}
        </button>
      )}
    </div>
  );
}

/** What is in a group, with its line. */
export function Parts({ node, path }: Properties) {
  const { word } = useTools();
  const parts = partsOf(node);
  return (
    <div class={`fb-parts ${kindOf(node) ?? "all"}`}>
      <ul class="plain" data-group={keyOf(node)}>
        {parts.map((part, index) => {
          const place = [...path, index];
          return kindOf(part) ? <Inner key={keyOf(part)} node={part} path={place} /> : <Row key={keyOf(part)} node={part} path={place} />;
        })}
      </ul>
      {!parts.length && <p class="fb-empty">{word(path.length ? "empty_group" : "empty_filter")}</p>}
      <Adding node={node} path={path} />
    </div>
  );
}

function Inner({ node, path }: Properties) {
  const { word, remove, duplicate, step, placeOf, problems, counts } = useTools();
  const place = placeOf(path);
  const kind = kindOf(node) ?? "all";
  const wrong = problems.filter(({ field }) => field === place || field === `${place}.${kind}`);
  const count = counts[place];
  const onKey = (event: KeyboardEvent) => {
    const own = (event.target as HTMLElement).closest("[data-key]") === event.currentTarget;
    if (own && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      event.stopPropagation();
      step(path, event.key === "ArrowUp" ? -1 : 1);
    } else if (own && ["Backspace", "Delete"].includes(event.key) && (event.target as HTMLElement).tagName === "BUTTON") {
      event.preventDefault();
      event.stopPropagation();
      remove(path);
    }
  };
  return (
    <li class="fb-group" data-key={keyOf(node)} data-place={place} onKeyDown={onKey}>
      <div class="fb-line head">
        <button type="button" class="fb-grip" draggable data-part="grip" aria-label={word("move_of", { subject: word(kind) })}>
          <Icon name="grip-vertical" />
        </button>
        <KindSelect node={node} path={path} />
        <span class="grow" />
        {count !== undefined && <span class="fb-count num" title={word("alone")}>{number(count)}</span>}
        <Menu label={word("more_of", { subject: word(kind) })} acts={[
          ["arrow-up", word("move_up"), () => step(path, -1)],
          ["arrow-down", word("move_down"), () => step(path, 1)],
          ["copy", word("duplicate"), () => duplicate(path)],
          ["trash", word("remove_group"), () => remove(path)],
        ]} />
      </div>
      {wrong.map((problem) => (
        <p class="fb-problem" role="alert" key={problem.field}><Icon name="alert-circle" />{problem.message}</p>
      ))}
      <Parts node={node} path={path} />
    </li>
  );
}
