// Why is this person in, or not in: each condition with what was found.
import { useEffect, useState } from "preact/hooks";
import { call, Refusal } from "../page/requests";
import { Icon } from "../page/Icon";
import { PersonSearch } from "../page/PersonSearch";
import { Face, nameOf, type Person } from "../page/people";
import type { Json } from "./tree";

interface Properties {
  tree: Json | null;
  ready: boolean;
  word: (key: string, values?: Record<string, string | number>) => string;
}

interface Told {
  matches: boolean;
  kept_out: string;
  tree: Json;
}

interface Line {
  met: boolean;
  text: string;
  actual: string;
  depth: number;
}

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
  const [person, setPerson] = useState<Person | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const [wrong, setWrong] = useState("");
  const asked = JSON.stringify(tree);

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
        <PersonSearch label={word("search_person")} onPick={pick} />
      )}
      {wrong && <p class="meta wrong">{wrong}</p>}
      {person && told && (
        <div aria-live="polite">
          <p class={`note ${told.matches ? "green" : "amber"}`}>
            <Icon name={told.matches ? "user-check" : "user-x"} />
            <span><b>{word(told.matches ? "in" : "not_in")}</b> {told.matches ? "" : told.kept_out ? word("kept_out", { why: told.kept_out }) : word("of_conditions", { failed, count: conditions.length })}</span>
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
