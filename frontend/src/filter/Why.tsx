// Why is this person in, or not in: each condition with what was found.
import { useEffect, useId, useState } from "preact/hooks";
import { call, Refusal } from "../page/requests";
import { Icon } from "./Icon";
import { Face, nameOf, type Person } from "./people";
import type { Json } from "./tree";

interface Properties {
  tree: Json | null;
  ready: boolean;
  word: (key: string, values?: Record<string, string | number>) => string;
}

interface Told {
  matches: boolean;
  tree: Json;
}

interface Line {
  met: boolean;
  text: string;
  actual: string;
  depth: number;
}

const DELAY = 200;

/** Conditions and groups in the order they are read; groups are said by their word. */
function linesOf(node: Json, word: Properties["word"], depth = 0): Line[] {
  const kind = (["all", "any", "none"] as const).find((one) => Array.isArray(node[one]));
  if (!kind) {
    return [{ met: node.matches === true, text: String(node.sentence), actual: String(node.actual ?? ""), depth }];
  }
  const inside = (node[kind] as Json[]).flatMap((part) => linesOf(part, word, depth + 1));
  return depth ? [{ met: node.matches === true, text: word(kind), actual: "", depth }, ...inside] : inside;
}

export function Why({ tree, ready, word }: Properties) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Person[]>([]);
  const [marked, setMarked] = useState(0);
  const [person, setPerson] = useState<Person | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const [wrong, setWrong] = useState("");
  const list = useId();
  const asked = JSON.stringify(tree);

  useEffect(() => {
    const wanted = text.trim();
    if (!wanted) {
      setFound([]);
      return;
    }
    const asking = new AbortController();
    const timer = window.setTimeout(async () => {
      const fields = wanted.includes("@") ? ["email"] : ["last_name", "first_name", "email"];
      const filter = { any: fields.map((field) => ({ field, op: "starts_with", value: wanted })) };
      const words = wanted.split(/\s+/);
      const both = { all: [{ field: "first_name", op: "starts_with", value: words[0] },
        { field: "last_name", op: "starts_with", value: words[words.length - 1] }] };
      try {
        const answer = await call<{ results: Person[] }>("POST", "contacts/search",
          { filter: words.length > 1 ? { any: [filter, both] } : filter, limit: 8 }, asking.signal);
        setFound(answer.results);
        setMarked(0);
      } catch {
        // Another question took its place.
      }
    }, DELAY);
    return () => {
      window.clearTimeout(timer);
      asking.abort();
    };
  }, [text]);

  useEffect(() => {
    if (!person || !ready) {
      return;
    }
    const asking = new AbortController();
    call<Told>("POST", "segments/explain", { filter: tree, contact: person.id }, asking.signal)
      .then((answer) => {
        setTold(answer);
        setWrong("");
      })
      .catch((error) => error instanceof Refusal && setWrong(error.message));
    return () => asking.abort();
  }, [person, asked, ready]);

  const pick = (next: Person) => {
    setPerson(next);
    setTold(null);
    setText("");
    setFound([]);
  };
  const lines = told ? linesOf(told.tree, word) : [];
  const conditions = lines.filter((line) => line.text);
  const failed = conditions.filter((line) => !line.met).length;
  return (
    <section>
      <h2>{word(told ? (told.matches ? "why_in" : "why_not") : "why")}</h2>
      {person ? (
        <div class="fb-person">
          <Face person={person} />
          <span class="grow clip">{nameOf(person)}</span>
          <button type="button" class="bare-btn small-btn" aria-label={word("another_person")} onClick={() => setPerson(null)}>
            <Icon name="x" />
          </button>
        </div>
      ) : (
        <div class="fb-choose wide">
          <div class="searchbox">
            <Icon name="user-search" />
            <input role="combobox" autocomplete="off" aria-label={word("search_person")} placeholder={word("search_person")}
              aria-expanded={found.length > 0} aria-controls={list} value={text}
              aria-activedescendant={found[marked] ? `${list}-${marked}` : undefined}
              onInput={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "ArrowDown" || event.key === "ArrowUp") {
                  event.preventDefault();
                  setMarked((marked + (event.key === "ArrowDown" ? 1 : -1) + found.length) % Math.max(1, found.length));
                } else if (event.key === "Enter") {
                  event.preventDefault();
                  if (found[marked]) {
                    pick(found[marked]);
                  }
                } else if (event.key === "Escape") {
                  setText("");
                }
              }} />
          </div>
          <ul class="fb-offers" role="listbox" id={list} aria-label={word("search_person")} hidden={!found.length}>
            {found.map((one, place) => (
              <li key={one.id} id={`${list}-${place}`} role="option" aria-selected={place === marked}
                onMouseDown={(event) => {
                  event.preventDefault();
                  pick(one);
                }}>
                <span>{nameOf(one)}</span><span class="fb-hint clip">{one.email ?? ""}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {wrong && <p class="meta wrong">{wrong}</p>}
      {person && told && (
        <div aria-live="polite">
          <p class={`note ${told.matches ? "green" : "amber"}`}>
            <Icon name={told.matches ? "user-check" : "user-x"} />
            <span><b>{word(told.matches ? "in" : "not_in")}</b> {told.matches ? "" : word("of_conditions", { failed, count: conditions.length })}</span>
          </p>
          <ul class="plain fb-why">
            {lines.map((line, place) => (
              <li key={place} class={`depth-${Math.min(4, line.depth)}${line.met ? "" : " bad"}`}>
                <span class={line.met ? "good" : "wrong"}><Icon name={line.met ? "check" : "x"} />
                  <span class="visually-hidden">{word(line.met ? "met" : "unmet")}</span></span>
                <span class="grow">{line.text}</span>
                <em>{line.actual}</em>
              </li>
            ))}
          </ul>
        </div>
      )}
    </section>
  );
}
