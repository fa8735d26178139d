// Beside the builder: how many, at what cost, why somebody is in or not, and some of them.
import { useEffect, useState } from "preact/hooks";
import { call, Refusal } from "../page/requests";
import { say, type Catalogue } from "./catalogue";
import { complete } from "./conditions";
import type { Problem } from "./context";
import { Icon } from "../page/Icon";
import { nameOf, Face, type Person } from "../page/people";
import { number } from "../page/words";
import { rooted, type Json } from "./tree";
import { Why } from "./Why";

interface Properties {
  tree: Json | null;
  catalogue: Catalogue;
  /** Members now, where the segment exists. */
  members: number | null;
  onCounts: (counts: Record<string, number>) => void;
  onProblems: (problems: Problem[]) => void;
}

interface Counted {
  count: number;
  exact: boolean;
  milliseconds: number;
  advice?: { place: string; field: string; message: string }[];
}

const DELAY = 300;
const CHEAP = 250;
const DEAR = 1_500;

export function Aside({ tree, catalogue, members, onCounts, onProblems }: Properties) {
  const word = (key: string, values?: Record<string, string | number>) => say(catalogue, key, values);
  const [counted, setCounted] = useState<Counted | null>(null);
  const [reachable, setReachable] = useState<number | null>(null);
  const [state, setState] = useState<"" | "asking" | "open" | "wrong" | "lost">("");
  const text = JSON.stringify(tree);
  const ready = tree !== null && complete(catalogue, rooted(tree));

  useEffect(() => {
    if (!ready) {
      setState("open");
      return;
    }
    const asking = new AbortController();
    const timer = window.setTimeout(async () => {
      setState("asking");
      try {
        setCounted(await call<Counted>("POST", "segments/count", { filter: tree }, asking.signal));
        onProblems([]);
        setState("");
        const answer = await call<{ parts: { place: string; count: number }[]; reachable: number | null }>(
          "POST", "segments/parts", { filter: tree }, asking.signal);
        setReachable(answer.reachable);
        onCounts(Object.fromEntries(answer.parts.map((part) => [part.place, part.count])));
      } catch (error) {
        if (error instanceof Refusal) {
          onProblems(error.body.errors ?? []);
          setState("wrong");
        } else if (!asking.signal.aborted) {
          setState("lost");
        }
      }
    }, DELAY);
    return () => {
      window.clearTimeout(timer);
      asking.abort();
    };
  }, [text, ready]);

  const change = counted && members !== null ? counted.count - members : null;
  const cost = counted && (counted.milliseconds < CHEAP ? "cheap" : counted.milliseconds < DEAR ? "moderate" : "dear");
  return (
    <>
      <section class={`fb-matching${state ? " dims" : ""}`}>
        <div class="line apart">
          <h2 class="meta">{word("matching_now")}</h2>
          {counted && cost && !state && (
            <span class={`pill ${cost === "cheap" ? "green" : cost === "dear" ? "amber" : ""}`}>
              <Icon name="bolt" />{word(cost, { time: Math.max(1, counted.milliseconds) })}
            </span>
          )}
        </div>
        <p class="fb-figure" aria-live="polite">
          <b class="num">{counted ? `${counted.exact ? "" : "~"}${number(counted.count)}` : "–"}</b>{" "}
          {change !== null && change !== 0 && !state && (
            <span class="meta">
              <span class={change < 0 ? "wrong num" : "good num"}>{change < 0 ? "−" : "+"}{number(Math.abs(change))}</span>
              {" "}{word("if_you_save")}
            </span>
          )}
        </p>
        {!state && counted?.advice?.map((one) => (
          <p class="note small" key={one.place}>
            <Icon name="bolt" /><span>{one.message} <a href={`/settings/fields/${one.field}/edit`}>{word("open_field")}</a></span>
          </p>
        ))}
        {state === "open" && <p class="meta">{word("finish_first")}</p>}
        {state === "lost" && <p class="meta wrong" role="status">{word("not_counted")}</p>}
        {state === "wrong" && <p class="meta wrong">{word("mend_first")}</p>}
        {reachable !== null && counted && counted.count > 0 && state !== "open" && (
          <>
            <progress max={counted.count} value={Math.min(reachable, counted.count)} aria-label={word("reachable_by_email")} />
            <p class="line wraps meta">
              <span class="key"><i class="k1" />{word("reachable", { count: reachable })}</span>
              <span class="key"><i class="none" />{word("not_reachable", { count: Math.max(0, counted.count - reachable) })}</span>
            </p>
          </>
        )}
      </section>
      <Why tree={tree} ready={ready} word={word} />
      <Sample tree={tree} ready={ready} word={word} />
    </>
  );
}

function Sample({ tree, ready, word }: { tree: Json | null; ready: boolean; word: (key: string) => string }) {
  const [people, setPeople] = useState<Person[] | null>(null);
  const [skip, setSkip] = useState(0);
  const text = JSON.stringify(tree);
  useEffect(() => setSkip(0), [text]);
  useEffect(() => {
    if (!ready) {
      return;
    }
    const asking = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        const answer = await call<{ contacts: Person[] }>("POST", "segments/sample", { filter: tree, skip }, asking.signal);
        if (!answer.contacts.length && skip) {
          setSkip(0);
        } else {
          setPeople(answer.contacts);
        }
      } catch {
        setPeople(null);
      }
    }, skip ? 0 : DELAY * 2);
    return () => {
      window.clearTimeout(timer);
      asking.abort();
    };
  }, [text, ready, skip]);
  return (
    <section>
      <header class="line apart">
        <h2>{word("sample")}</h2>
        <button type="button" class="btn btn-sm ghost" disabled={!people?.length} onClick={() => setSkip(skip + (people?.length ?? 0))}>
          <Icon name="refresh" />{word("another")}
        </button>
      </header>
      {people?.length === 0 && <p class="meta">{word("nobody")}</p>}
      <ul class="plain fb-people">
        {people?.map((person) => (
          <li key={person.id}>
            <a href={`/contacts/${person.id}`}>
              <Face person={person} />
              <span class="grow"><span class="clip">{nameOf(person)}</span><span class="clip small quiet">{person.email ?? person.city ?? ""}</span></span>
              <Icon name="chevron-right" />
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
