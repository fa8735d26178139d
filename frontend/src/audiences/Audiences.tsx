// Whom an email tells apart: a name, a filter, how many that means, and whether the email asks for it.
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useSyncExternalStore } from "react";
import { Aside } from "../filter/Aside";
import type { Catalogue } from "../filter/catalogue";
import type { Problem } from "../filter/context";
import { FilterBuilder } from "../filter/FilterBuilder";
import { holdsMask, partsOf, rooted, type Json } from "../filter/tree";
import { Icon } from "../page/Icon";
import { say } from "../design/words";
import { add, list, MOST, put, whenChanged, type Audience } from "./list";

interface Properties {
  catalogue: Catalogue;
  /** Whether the email asks for it. */
  isAsked: (key: string) => boolean;
  /** Show the mail as somebody of it. */
  look: (key: string) => void;
}

export function Audiences({ catalogue, isAsked, look }: Properties) {
  const audiences = useSyncExternalStore(whenChanged, list);
  const [open, setOpen] = useState("");
  const change = (key: string, values: Partial<Audience>) => put(list().map((each) => (each.key === key ? { ...each, ...values } : each)));
  const rename = (event: JSX.TargetedInputEvent<HTMLInputElement>, key: string) => {
    // The field that holds all audiences tells of it.
    event.stopPropagation();
    change(key, { name: event.currentTarget.value });
  };
  const make = () => setOpen(add((number) => say("audience_new", { number })).key);
  return (
    <>
      <p class="meta">{say("audiences_hint")}</p>
      {audiences.map((one) => (
        <section class="audience" key={one.key} aria-label={one.name}>
          <header>
            <Icon name="users" />
            <label class="visually-hidden" for={`audience-${one.key}`}>{say("audience_name")}</label>
            <input class="form-control grow" id={`audience-${one.key}`} value={one.name} maxLength={100} onInput={(event) => rename(event, one.key)} />
            <button type="button" class="btn btn-sm ghost" title={say("audience_look")} aria-label={`${say("audience_look")}: ${one.name}`} onClick={() => look(one.key)}><Icon name="eye" /></button>
            <button type="button" class="btn btn-sm" aria-expanded={open === one.key} onClick={() => setOpen(open === one.key ? "" : one.key)}>{say("audience_filter")}</button>
            <button
              type="button" class="bare-btn small-btn" aria-label={`${say("remove")}: ${one.name}`} disabled={isAsked(one.key)}
              title={isAsked(one.key) ? say("audience_asked") : say("remove")} onClick={() => put(list().filter((each) => each.key !== one.key))}
            ><Icon name="trash" /></button>
          </header>
          <p class="meta"><code>{`{% if audience.${one.key} %}`}</code>{one.filter ? "" : ` · ${say("audience_nobody")}`}</p>
          {open === one.key && <Filter one={one} catalogue={catalogue} change={(filter) => change(one.key, { filter })} />}
        </section>
      ))}
      <button type="button" class="btn" disabled={audiences.length >= MOST} onClick={make}><Icon name="plus" />{say("audience_add")}</button>
    </>
  );
}

function Filter({ one, catalogue, change }: { one: Audience; catalogue: Catalogue; change: (filter: Json | null) => void }) {
  const [tree, setTree] = useState<Json | null>(one.filter);
  const [counts, setCounts] = useState<Record<string, number>>({});
  const [problems, setProblems] = useState<Problem[]>([]);
  const empty = useMemo(() => tree === null || !partsOf(rooted(tree)).length, [tree]);
  useEffect(() => {
    if (JSON.stringify(empty ? null : tree) !== JSON.stringify(one.filter)) {
      change(empty ? null : tree);
    }
  }, [tree]);
  const put = (next: Json | null) => {
    setTree(next);
    setCounts({});
    setProblems([]);
  };
  return (
    // What is typed here is told by the field that holds all audiences.
    <div class="fb-main" onInput={(event) => event.stopPropagation()}>
      <FilterBuilder value={tree} onChange={put} catalogue={catalogue} counts={counts} problems={problems} />
      {!empty && !holdsMask(rooted(tree)) && (
        <div class="audience-count"><Aside tree={tree} catalogue={catalogue} members={null} onCounts={setCounts} onProblems={setProblems} /></div>
      )}
    </div>
  );
}
