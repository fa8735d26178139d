// The people behind a count, of one step or of all, and what can be done with parked ones.
import { useEffect, useState } from "react";
import { call } from "../page/requests";
import { toast } from "../page/toasts";
import { Icon } from "../page/Icon";
import { asked } from "./choosing";
import { Choosing } from "./Choosing";
import { stepOf } from "./graph";
import { titleOf } from "./kinds";
import * as store from "./store";
import { useStore } from "./store";
import { page, say, when } from "./words";

interface Person {
  contact: string;
  name: string;
  node: string;
  pass: number;
  arrived_at?: string;
  due_at?: string;
  at?: string;
  error?: string;
  reason?: string;
}

interface Answer {
  results: Person[];
  next: string | null;
}

export function People({ step, figure, branch }: { step: string | null; figure: string; branch?: string }) {
  const choice = useStore((state) => state.choice);
  const [rows, setRows] = useState<Person[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [wrong, setWrong] = useState("");
  const total = useStore((state) => (step ? state.figures?.nodes[step]?.[figure as "waiting"] : undefined));
  const path = step ? `campaigns/${page.id}/nodes/${step}/contacts` : `campaigns/${page.id}/people`;
  const read = async (cursor: string | null, signal?: AbortSignal) => {
    try {
      const query = asked(choice, { figure, ...(branch ? { branch } : {}), limit: "50", ...(cursor ? { cursor } : {}) });
      const answer = await call<Answer>("GET", `${path}?${query}`, undefined, signal);
      setRows((before) => (cursor && before ? [...before, ...answer.results] : answer.results));
      setNext(answer.next);
      setWrong("");
    } catch (error) {
      if (signal?.aborted) {
        return;
      }
      setRows([]);
      setWrong((error as { status?: number }).status === 404 ? "" : error instanceof Error ? error.message : String(error));
    }
  };
  useEffect(() => {
    // Whom somebody asked for before must not come in the place of those asked for now.
    const stop = new AbortController();
    setRows(null);
    void read(null, stop.signal);
    return () => stop.abort();
  }, [path, figure, branch, total, choice]);
  return (
    <div class="stack">
      {wrong && <div class="note red" role="alert"><Icon name="alert-circle" /><span>{wrong}</span></div>}
      {figure === "failed" && page.may.edit && rows && rows.length > 0 && (
        // A list as of now is no answer to a time: nobody is acted on whom one did not mean.
        choice.period === "all" ? <Parked step={step} version={choice.version} again={() => void read(null)} /> : <p class="meta">{say("act_any_time")}</p>
      )}
      {rows?.length === 0 && !wrong && <p class="meta">{say("nobody")}</p>}
      <ul class="plain people">
        {rows?.map((person) => <Line key={`${person.contact}-${person.node}-${person.pass}-${person.at ?? person.arrived_at}`} person={person} named={!step} />)}
      </ul>
      {next && <button type="button" class="btn" onClick={() => void read(next)}>{say("more_people")}</button>}
    </div>
  );
}

function Line({ person, named }: { person: Person; named: boolean }) {
  const title = useStore((state) => titleOf(stepOf(state.doc.graph, person.node), person.node, state.draft.titles, state.offers));
  const moment = person.at ? when(person.at)
    : person.due_at ? say("goes_on", { when: when(person.due_at) })
    : say("since", { when: when(person.arrived_at) });
  return (
    <li>
      <a href={`/contacts/${person.contact}`}>{person.name}</a>
      {named && <span class="clip quiet">{title}</span>}
      <span class="small quiet">{moment}</span>
      {(person.error || person.reason) && <span class="small wrong why">{person.error || person.reason}</span>}
    </li>
  );
}

function Parked({ step, version, again }: { step: string | null; version: string; again: () => void }) {
  const whom = { ...(step ? { node: step } : {}), ...(version ? { version: Number(version) } : {}) };
  const act = (verb: "retry" | "skip" | "end") => async () => {
    try {
      const answer = await call<Record<string, number>>("POST", `campaigns/${page.id}/${verb}`, whom);
      toast(say(`done_${verb}`, { count: Object.values(answer)[0] ?? 0 }));
    } catch (error) {
      toast(error instanceof Error ? error.message : String(error));
    }
    again();
  };
  return (
    <div class="line wraps">
      <button type="button" class="btn btn-sm" onClick={() => void act("retry")()}><Icon name="refresh" />{say("retry")}</button>
      <button type="button" class="btn btn-sm" onClick={() => void act("skip")()}>{say("skip")}</button>
      <button type="button" class="btn btn-sm danger" onClick={() => void act("end")()}>{say("end")}</button>
    </div>
  );
}

/** The mode *People*: who is on the way, who is parked. */
export function PeopleMode() {
  const figure = useStore((state) => state.figure) ?? "waiting";
  return (
    <section class="mode-page" aria-label={say("people")}>
      <div class="modes">
        {["waiting", "failed"].map((name) => (
          <button key={name} type="button" aria-pressed={figure === name} onClick={() => store.set({ figure: name })}>{say(`figure_${name}`)}</button>
        ))}
      </div>
      <Choosing />
      <People step={null} figure={figure} />
    </section>
  );
}
