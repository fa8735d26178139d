// Choosing a version and a time; the figures of the page, and the people behind them, follow.
import { useEffect, useState } from "react";
import { inWords } from "../page/moments";
import { call } from "../page/requests";
import { PERIODS, type Period } from "./choosing";
import * as store from "./store";
import { useStore } from "./store";
import { page, say } from "./words";
import type { Version } from "./types";

export function Choosing({ floating = false }: { floating?: boolean }) {
  const choice = useStore((state) => state.choice);
  const newest = useStore((state) => state.draft.campaign.published_version);
  const unread = useStore((state) => state.unread);
  const [versions, setVersions] = useState<Version[]>([]);
  useEffect(() => {
    let here = true;
    const read = async (cursor: string | null, before: Version[]): Promise<void> => {
      const query = new URLSearchParams({ limit: "100", ...(cursor ? { cursor } : {}) });
      const answer = await call<{ results: Version[]; next: string | null }>("GET", `campaigns/${page.id}/versions?${query}`);
      if (here) {
        setVersions([...before, ...answer.results]);
        await (answer.next && read(answer.next, [...before, ...answer.results]));
      }
    };
    if (newest) {
      read(null, []).catch(() => undefined);
    }
    return () => {
      here = false;
    };
  }, [newest]);
  if (!newest) {
    return null;
  }
  const change = (next: Partial<typeof choice>) => store.set({ choice: { ...choice, ...next } });
  const day = (name: "since" | "until") => (
    <span class="day">
      <input type="date" class="form-control" aria-label={say(`days_${name}`)} title={say(`days_${name}`)} value={choice[name]} onChange={(event) => change({ [name]: event.currentTarget.value })} />
      <span class="small quiet">{inWords(choice[name])}</span>
    </span>
  );
  return (
    <div class={`choosing line wraps ${floating ? "floats" : ""}`} role="group" aria-label={say("choosing")}>
      <select class="form-select" aria-label={say("of_version")} value={choice.version} onChange={(event) => change({ version: event.currentTarget.value })}>
        <option value="">{say("all_versions")}</option>
        {versions.map((one) => (
          <option key={one.number} value={String(one.number)}>{`v${one.number}${one.state === "over" ? "" : ` · ${say(`version_${one.state}`)}`}`}</option>
        ))}
      </select>
      <select class="form-select" aria-label={say("of_time")} value={choice.period} onChange={(event) => change({ period: event.currentTarget.value as Period })}>
        {PERIODS.map((name) => <option key={name} value={name}>{say(`period_${name}`)}</option>)}
      </select>
      {choice.period === "own" && <>{day("since")}{day("until")}</>}
      {unread && <span class="small wrong" role="status">{unread}</span>}
      {floating && choice.period !== "all" && <span class="small quiet">{say("now_short")}</span>}
    </div>
  );
}
