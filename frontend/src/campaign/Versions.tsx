// The mode *Versions*: their history, what differs between two, drawn and in words, an older one as draft.
import { useEffect, useState } from "react";
import { call } from "../page/requests";
import { Icon } from "../page/Icon";
import { toast } from "../page/toasts";
import { Comparison, type Compared } from "./Comparison";
import { mayEdit } from "./editing";
import * as saving from "./saving";
import { useStore } from "./store";
import type { Draft, Version } from "./types";
import { page, say, when } from "./words";

const DRAFT = "draft";

export function Versions() {
  const newest = useStore((state) => state.draft.campaign.published_version);
  const draftVersion = useStore((state) => state.draft.campaign.version);
  const [rows, setRows] = useState<Version[] | null>(null);
  const [next, setNext] = useState<string | null>(null);
  const [before, setBefore] = useState(String(newest ?? DRAFT));
  const [after, setAfter] = useState(DRAFT);
  const [told, setTold] = useState<Compared | null>(null);
  const [wrong, setWrong] = useState("");
  const read = (cursor: string | null) =>
    call<{ results: Version[]; next: string | null }>("GET", `campaigns/${page.id}/versions?${new URLSearchParams({ limit: "50", ...(cursor ? { cursor } : {}) })}`).then(
      (answer) => {
        setRows((before) => [...(cursor ? before ?? [] : []), ...answer.results]);
        setNext(answer.next);
      },
      (error) => setWrong(String(error.message)),
    );
  useEffect(() => void read(null), [newest]);
  useEffect(() => {
    const asking = new AbortController();
    const compare = async () => {
      await saving.flush();
      const query = new URLSearchParams({ before, after });
      setTold(await call<Compared>("GET", `campaigns/${page.id}/compare?${query}`, undefined, asking.signal));
      setWrong("");
    };
    compare().catch((error) => asking.signal.aborted || setWrong(error instanceof Error ? error.message : String(error)));
    return () => asking.abort();
  }, [before, after, draftVersion]);
  const name = (version: string) => (version === DRAFT ? say("the_draft") : `v${version}`);
  const choose = (label: string, value: string, act: (value: string) => void) => (
    <select class="form-select" aria-label={label} value={value} onChange={(event) => act(event.currentTarget.value)}>
      <option value={DRAFT}>{name(DRAFT)}</option>
      {rows?.map((row) => <option key={row.number} value={String(row.number)}>{name(String(row.number))}</option>)}
    </select>
  );
  return (
    <section class="mode-page versions" aria-label={say("versions")}>
      {wrong && <div class="note red" role="alert"><Icon name="alert-circle" /><span>{wrong}</span></div>}
      <div class="line wraps between">
        {choose(say("compare_before"), before, setBefore)}
        <Icon name="arrow-right" />
        {choose(say("compare_after"), after, setAfter)}
      </div>
      {told ? <Comparison told={told} /> : !wrong && <p class="meta">{say("reading")}</p>}
      <h2>{say("versions")}</h2>
      {rows?.length === 0 && <p class="meta">{say("never_published")}</p>}
      <ul class="plain version-list">
        {rows?.map((row) => <Line key={row.number} row={row} compare={() => {
          setBefore(String(row.number));
          setAfter(DRAFT);
        }} />)}
      </ul>
      {next && <button type="button" class="btn" onClick={() => void read(next)}>{say("more_versions")}</button>}
    </section>
  );
}

function Line({ row, compare }: { row: Version; compare: () => void }) {
  const runs = row.state !== "over";
  return (
    <li>
      <b class="num">v{row.number}</b>
      <span class={`pill ${row.state === "newest" ? "green" : ""}`}><Icon name={runs ? "circle-check" : "check"} />{say(`version_${row.state}`)}</span>
      <span class="grow">
        {row.note && <span>{row.note}</span>}
        <span class="small quiet">{row.published_by ? say("published_by", { when: when(row.published_at), name: row.published_by }) : when(row.published_at)}</span>
      </span>
      <button type="button" class="btn btn-sm" onClick={compare}>{say("compare_draft")}</button>
      {mayEdit() && <button type="button" class="btn btn-sm" onClick={() => void takeBack(row.number)}>{say("take_back")}</button>}
    </li>
  );
}

/** Put an older version in the place of the draft; undo leads back to what was drawn. */
async function takeBack(number: number): Promise<void> {
  try {
    if (await saving.flush()) {
      saving.adopt(await call<Draft>("POST", `campaigns/${page.id}/versions/${number}/draft`, { version: saving.seen() }));
      toast(say("taken_back", { version: number }));
    }
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error));
  }
}
