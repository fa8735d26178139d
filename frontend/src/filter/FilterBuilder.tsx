// The builder of filters: segments, lists and campaign conditions use it. Its state is the JSON.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { say, type Catalogue } from "./catalogue";
import { Context, type Problem, type Tools } from "./context";
import "./filter.css";
import { KindSelect, Parts } from "./Group";
import { startDragging } from "./dragging";
import { useHistory } from "./history";
import { Icon } from "../page/Icon";
import { AsText } from "./AsText";
import { at, copy, holdsMask, insert, keyOf, kindOf, moveTo, partsOf, pathOf, placeOf, remove, replace, rooted, step, type Json, type Path } from "./tree";

export interface Properties {
  value: Json | null;
  onChange: (value: Json | null) => void;
  catalogue: Catalogue;
  /** How many contacts each part means alone, by its place (`filter.all.0`). */
  counts?: Record<string, number>;
  /** What the server refused, by place. */
  problems?: Problem[];
}

const WRITES = /^(TEXTAREA|SELECT|INPUT)$/;

export function FilterBuilder({ value, onChange, catalogue, counts = {}, problems = [] }: Properties) {
  const box = useRef<HTMLDivElement>(null);
  const [asText, setAsText] = useState(false);
  const [said, setSaid] = useState("");
  const focus = useRef<{ key: number; part: string } | null>(null);
  const root = useMemo(() => rooted(value), [value]);
  const wrapped = value !== null && root !== value && Object.keys(value).length > 0;
  const history = useHistory(value, onChange);
  const word = (key: string, values?: Record<string, string | number>) => say(catalogue, key, values);

  const change = (next: Json, series = "") => history.push(next, series);
  const nextTo = (path: Path) => {
    const parent = at(root, path.slice(0, -1))!;
    const index = path[path.length - 1];
    const near = partsOf(parent)[index + 1] ?? partsOf(parent)[index - 1];
    return near ? { key: keyOf(near), part: "grip" } : { key: keyOf(parent), part: "add" };
  };
  const tools: Tools = {
    catalogue,
    word,
    problems,
    counts,
    placeOf: (path) => placeOf(root, path, wrapped),
    put: (path, next, series) => change(replace(root, path, () => next), series),
    add: (group, node) => {
      focus.current = { key: keyOf(node), part: kindOf(node) ? "add" : "value" };
      change(insert(root, group, partsOf(at(root, group)!).length, node));
    },
    remove: (path) => {
      focus.current = nextTo(path);
      setSaid(word("removed"));
      change(remove(root, path));
    },
    duplicate: (path) => {
      const twin = copy(at(root, path)!);
      focus.current = { key: keyOf(twin), part: "grip" };
      change(insert(root, path.slice(0, -1), path[path.length - 1] + 1, twin));
    },
    step: (path, by) => {
      const key = keyOf(at(root, path)!);
      const next = step(root, path, by);
      focus.current = { key, part: "grip" };
      const place = pathOf(next, key);
      setSaid(word("moved", { place: place ? place.map((index) => index + 1).join(".") : "" }));
      change(next);
    },
    drop: (key, group, index) => {
      focus.current = { key, part: "grip" };
      change(moveTo(root, key, group, index));
    },
  };

  // Where the focus goes after a change: never to the body, and before the next key is typed.
  useLayoutEffect(() => {
    const wanted = focus.current;
    focus.current = null;
    const place = wanted && (box.current?.querySelector(`[data-key="${wanted.key}"]`) ?? box.current);
    if (wanted && place) {
      const own = wanted.part === "value"
        ? place.querySelector<HTMLElement>(".fb-words :is(input:not([type=checkbox]), select.value)")
        : place.querySelector<HTMLElement>(`[data-part="${wanted.part}"]`);
      (own ?? place.querySelector<HTMLElement>("[data-part]"))?.focus();
    }
  }, [value]);

  // What the server says of the whole, and not of a part that is shown.
  const elsewhere = asText ? [] : problems.filter(({ field }) => !field || /^filter(\.(all|any|none))?$/.test(field));
  const dropping = useRef(tools.drop);
  dropping.current = tools.drop;
  useEffect(() => startDragging(box.current!, (key, group, index) => dropping.current(key, group, index)), [asText]);

  const onKey = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const writing = WRITES.test(target.tagName);
    // Enter and Escape end the writing of a value; the form around is saved by its own button.
    if (writing && !event.defaultPrevented && (event.key === "Enter" || event.key === "Escape") && target.tagName === "INPUT") {
      event.preventDefault();
      event.stopPropagation();
      target.closest("[data-key]")?.querySelector<HTMLElement>("[data-part='grip']")?.focus();
      return;
    }
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "z" && !writing) {
      event.preventDefault();
      event.shiftKey ? history.redo() : history.undo();
    } else if (!writing && !event.metaKey && !event.ctrlKey && !event.altKey && document.body.dataset.singleKeys !== "off") {
      const part = { a: "add", g: "group" }[event.key];
      const group = (event.target as HTMLElement).closest(".fb-parts") ?? box.current;
      const buttons = part ? [...(group?.querySelectorAll<HTMLElement>(`[data-part="${part}"]`) ?? [])] : [];
      if (buttons.length) {
        // G begins a jump to another page elsewhere: here it does not.
        event.stopPropagation();
        event.preventDefault();
        buttons[buttons.length - 1].click();
      }
    }
  };

  // The choice stands where the sentence of the language has it.
  const [before, after] = word("people_who_match", { kind: "|" }).split("|").map((part) => part.trim());
  // What the reader may not see stays as it is, and so does all that stands around it.
  const fixed = holdsMask(root);
  return (
    <Context.Provider value={tools}>
      {fixed && <p class="note" role="note"><Icon name="lock" /><span>{word("hidden_filter")}</span></p>}
      <div class={`fb${fixed ? " fixed" : ""}`} ref={box} inert={fixed} onKeyDown={onKey}>
        <div class="fb-head">
          {before && <span>{before}</span>}
          <KindSelect node={root} path={[]} />
          {after && <span>{after}</span>}
          <span class="fb-tools">
            <button type="button" class="bare-btn small-btn" aria-label={word("undo")} disabled={!history.canUndo} onClick={history.undo}>
              <Icon name="arrow-back-up" />
            </button>
            <button type="button" class="bare-btn small-btn" aria-label={word("redo")} disabled={!history.canRedo} onClick={history.redo}>
              <Icon name="arrow-forward-up" />
            </button>
            <button type="button" class="btn btn-sm ghost" aria-pressed={asText} onClick={() => setAsText(!asText)}>
              <Icon name={asText ? "list-details" : "code"} />{word(asText ? "as_sentences" : "as_text")}
            </button>
          </span>
        </div>
        {asText ? (
          <AsText value={value} problems={problems} onChange={(next) => history.push(next, "text")} />
        ) : (
          <Parts node={root} path={[]} />
        )}
        {elsewhere.map((problem) => (
          <p class="fb-problem" role="alert" key={problem.field}><Icon name="alert-circle" />{problem.message}</p>
        ))}
        {!asText && (
          <p class="fb-keys only-wide">
            {([["A", "key_add"], ["G", "key_group"], ["Alt ↑↓", "key_move"], ["⌫", "key_remove"]] as const).map(([key, said]) => (
              <span key={key}><span class="kbd">{key}</span> {word(said)}</span>
            ))}
          </p>
        )}
        <span class="visually-hidden" role="status">{said}</span>
      </div>
    </Context.Provider>
  );
}
