// The bar: name, state, when it was saved; figures; modes; undo and redo; publishing.
import { useEffect } from "react";
import { createPortal } from "react-dom";
import { again, takeBack } from "./editing";
import { command } from "../page/commands";
import { Icon } from "../page/Icon";
import * as saving from "./saving";
import * as simulating from "./simulating";
import * as store from "./store";
import { useStore, type Mode, type State } from "./store";
import { number, page, say, share, time, when } from "./words";

export function Bar({ onPublish, onUnpublish }: { onPublish: () => void; onUnpublish: () => void }) {
  const mode = useStore((state) => state.mode);
  const campaign = useStore((state) => state.draft.campaign);
  const past = useStore((state) => state.past.length > 0 || state.mine !== null);
  const future = useStore((state) => state.future.length);
  const figures = useStore((state) => state.figures);
  const simulated = useStore((state) => state.simulation !== null && state.mode === "build");
  const busy = useStore((state) => state.saving === "conflict");
  const parked = Object.values(figures?.nodes ?? {}).reduce((sum, node) => sum + node.failed, 0);
  const goals = useStore((state) => state.doc.graph.nodes).filter((step) => step.kind === "goal");
  // Of several goals the one most people reached.
  const reached = Math.max(0, ...goals.map((goal) => figures?.nodes[goal.id]?.yes ?? 0));
  const changes = useStore((state) => state.draft.changes);
  const fresh = useStore((state) => state.saving !== "saved");
  const same = campaign.state === "published" && !fresh &&
    !changes.paths && ![changes.added, changes.removed, changes.edited, changes.settings].some((list) => list.length);
  const next = (campaign.published_version ?? 0) + 1;
  const look = (figure: "waiting" | "failed") => store.set({ mode: "people", figure });
  return (
    <>
      {figures && campaign.published_version !== null && (
        <div class="inflight only-wide">
          <button type="button" class="linkish" onClick={() => look("waiting")}>
            <span class="small quiet">{say("in_flight_short")}</span> <b class="num">{number(figures.active)}</b>
          </button>
          {goals.length > 0 && figures.contacts > 0 && (
            <span class="small"><span class="quiet">{say("goal_short")}</span> <b class="num good">{share(Math.min(1, reached / figures.contacts))}</b></span>
          )}
          {parked > 0 && (
            <button type="button" class="linkish wrong" onClick={() => look("failed")}>
              <Icon name="alert-triangle" /> {say("parked", { count: parked })}
            </button>
          )}
        </div>
      )}
      <nav class="modes" aria-label={say("modes")}>
        {(["build", "people", "results", "versions"] as Mode[]).map((name) => (
          <button key={name} type="button" aria-pressed={mode === name} onClick={() => store.set({ mode: name, figure: null })}>
            {say(name)}
          </button>
        ))}
      </nav>
      {page.may.edit && (
        <span class="line tight only-wide">
          <span class="rule" />
          <button type="button" class="bare-btn" aria-label={say("undo")} title={`${say("undo")} (${command("Z")})`} disabled={!past} onClick={takeBack}>
            <Icon name="arrow-back-up" />
          </button>
          <button type="button" class="bare-btn" aria-label={say("redo")} title={`${say("redo")} (${command("Z", true)})`} disabled={!future} onClick={again}>
            <Icon name="arrow-forward-up" />
          </button>
          <span class="rule" />
        </span>
      )}
      {page.may.publish && campaign.state === "published" && (
        <button type="button" class="btn" aria-label={say("unpublish")} title={say("unpublish")} onClick={onUnpublish}>
          <Icon name="player-pause" />
          <span class="only-wide">{say("unpublish")}</span>
        </button>
      )}
      <button type="button" class="btn" aria-label={say("simulate")} aria-pressed={simulated} onClick={simulating.toggle}>
        <Icon name="flask" /><span class={page.may.publish ? "only-wide" : ""}>{say("simulate")}</span>
      </button>
      {page.may.publish && (
        <button type="button" class="btn btn-primary" disabled={busy || same} title={same ? say("nothing_to_publish") : undefined} onClick={onPublish}>
          {say("publish", { version: next })}
        </button>
      )}
    </>
  );
}

/** Name, state and the autosave line live in the markup of the server. */
export function Titles() {
  const name = useStore((state) => state.doc.name);
  const campaign = useStore((state) => state.draft.campaign);
  const facts = useStore(factsOf);
  const heading = document.querySelector(".editor .titles h1");
  if (heading && heading.textContent !== name) {
    heading.textContent = name;
    document.title = `${name} · Relais`;
  }
  const [hue, icon] = { draft: ["", "circle-dashed"], unpublished: ["", "circle-dashed"], published: ["green", "circle-check"] }[campaign.state];
  // What is published is not deleted: the dialog says so instead of offering it.
  useEffect(() => {
    document.getElementById("ask-delete")?.toggleAttribute("data-kept", campaign.state === "published");
  }, [campaign.state]);
  return (
    <>
      {createPortal(
        <span class={`pill ${hue}`}>
          <Icon name={icon} />
          {say(`state_${campaign.state}`)}
        </span>,
        document.getElementById("campaign-state")!,
      )}
      {createPortal(<SaveLine text={facts} />, document.getElementById("campaign-facts")!)}
    </>
  );
}

function SaveLine({ text }: { text: string }) {
  const state = useStore((state) => state.saving);
  const wrong = ["offline", "refused", "signed_out", "conflict"].includes(state);
  return (
    <span class={wrong ? "wrong" : ""} data-saving={state}>
      {text}
      {state === "offline" && (
        <>
          {" "}
          <button type="button" class="linkish" onClick={() => void saving.save()}>{say("try_now")}</button>
        </>
      )}
    </span>
  );
}

function factsOf(state: State): string {
  const { campaign, changes } = state.draft;
  if (state.saving === "refused") {
    return `${say("refused")} ${state.refusals[0]?.message ?? ""}`;
  }
  if (!["saved"].includes(state.saving)) {
    return say(`saving_${state.saving}`);
  }
  const count = changes.added.length + changes.removed.length + changes.edited.length + changes.settings.length;
  const saved = state.savedAt ? say("saved_at", { time: time(state.savedAt) }) : say("saved_on", { when: when(campaign.updated_at) });
  if (campaign.published_version === null) {
    return saved;
  }
  const version = { version: campaign.published_version, when: when(campaign.published_at ?? undefined) };
  const runs = say(campaign.state === "published" ? "runs_since" : "ran_since", version);
  const differs = count || changes.paths ? say("changed", { count: Math.max(count, 1), version: version.version + 1 }) : "";
  return [runs, differs, state.savedAt ? saved : ""].filter(Boolean).join(" · ");
}
