// The panel at the right: the selected step's settings and people, else the campaign's own.
import { useEffect } from "react";
import { BRANCH, StepFigures } from "./Chart";
import { annotate, copy, duplicate, mayEdit, removeSelected } from "./editing";
import { START } from "./graph";
import { command } from "../page/commands";
import { Icon, Tile } from "../page/Icon";
import { iconOf, kindWord, titleBelow } from "./kinds";
import { countsOf } from "./Node";
import { People } from "./People";
import { CampaignForm } from "./steps/CampaignForm";
import { Field } from "./steps/Field";
import { StepForm } from "./steps/StepForm";
import * as store from "./store";
import { selectedStep, useStore } from "./store";
import type { Counted, Figures, Step } from "./types";
import { number, say } from "./words";

const FIRST = "first";

export function Panel() {
  const step = useStore(selectedStep);
  const several = useStore((state) => state.selected.length);
  const open = useStore((state) => state.panel);
  const close = () => {
    const { selected } = store.get();
    store.set({ panel: false, selected: [], figure: null, focus: selected[0] ?? START });
  };
  return (
    <aside class={`panel right settings-panel ${open ? "open" : ""}`} id="panel" aria-label={say(step ? "step_settings" : "campaign_settings")}>
      {step ? <OfStep key={step.id} step={step} close={close} /> : several > 1 ? <Several count={several} /> : (
        <>
          <header>
            <Tile kind="source" name="route" />
            <div class="words"><span class="kind">{say("campaign")}</span><b>{say("campaign_settings")}</b></div>
            <button type="button" class="bare-btn small-btn only-overlay" aria-label={say("close")} onClick={close}><Icon name="x" /></button>
          </header>
          <div class="inside"><Locked><CampaignForm /></Locked></div>
        </>
      )}
    </aside>
  );
}

/** Who may not edit reads the same settings, and changes none. */
function Locked({ children }: { children: preact.ComponentChildren }) {
  return mayEdit() ? <>{children}</> : <fieldset disabled>{children}</fieldset>;
}

function Several({ count }: { count: number }) {
  return (
    <div class="inside stack">
      <h2>{say("several", { count })}</h2>
      {mayEdit() && (
        <div class="line">
          <button type="button" class="btn" onClick={copy}><Icon name="clipboard" />{say("copy")}</button>
          <button type="button" class="btn" onClick={duplicate}><Icon name="copy" />{say("duplicate")}</button>
          <button type="button" class="btn danger" onClick={removeSelected}><Icon name="trash" />{say("remove")}</button>
        </div>
      )}
    </div>
  );
}

function OfStep({ step, close }: { step: Step; close: () => void }) {
  const offers = useStore((state) => state.offers);
  const titles = useStore((state) => state.draft.titles);
  const figures = useStore((state) => state.figures?.nodes[step.id]);
  const figure = useStore((state) => state.figure);
  const people = (figures?.waiting ?? 0) + (figures?.done ?? 0) + (figures?.failed ?? 0);
  const title = titleBelow(step, titles, offers);
  return (
    <>
      <header>
        <Tile kind={step.kind} name={iconOf(step, offers)} />
        <div class="words"><span class="kind clip">{kindWord(step, offers)}</span><b class="clip" title={title}>{title}</b></div>
        {mayEdit() && (
          <>
            <button type="button" class="bare-btn small-btn" aria-label={say("copy")} title={`${say("copy")} (${command("C")})`} onClick={copy}><Icon name="clipboard" /></button>
            <button type="button" class="bare-btn small-btn" aria-label={say("duplicate")} title={say("duplicate")} onClick={duplicate}><Icon name="copy" /></button>
            <button type="button" class="bare-btn small-btn" aria-label={say("remove")} title={say("remove")} onClick={removeSelected}><Icon name="trash" /></button>
          </>
        )}
        <button type="button" class="bare-btn small-btn" aria-label={say("close")} title={say("close")} onClick={close}><Icon name="x" /></button>
      </header>
      <div class="tabs" role="tablist" aria-label={title}>
        <Tab on={!figure} label={say("settings")} act={() => store.set({ figure: null })} />
        <Tab on={figure === "all"} label={say("figures")} act={() => store.set({ figure: "all" })} />
        <Tab on={figure !== null && figure !== "all"} label={say("people")} count={people} act={() => store.set({ figure: FIRST })} />
      </div>
      <div class="inside" role="tabpanel" tabIndex={-1}>
        {figure === "all" ? <StepFigures step={step} /> : figure === FIRST ? <Choosing step={step} /> : figure ? <Behind step={step} figure={figure} figures={figures} /> : <Locked><StepForm step={step} /><Note step={step} /></Locked>}
      </div>
    </>
  );
}

/** What colleagues should know about the step; it changes nothing for anybody on the way. */
function Note({ step }: { step: Step }) {
  const id = `${step.id}-note`;
  return (
    <Field id={id} label={say("note")} help={say("note_help")}>
      <textarea id={id} class="form-control" rows={2} maxLength={500} value={step.note ?? ""} onInput={(event) => annotate(step.id, event.currentTarget.value)} />
    </Field>
  );
}

/** Choose whom to show first, as soon as the figures are there to tell. */
function Choosing({ step }: { step: Step }) {
  const statistics = useStore((state) => state.figures);
  useEffect(() => {
    if (statistics) {
      store.set({ figure: countsOf(step, statistics.nodes[step.id])[0]?.figure ?? "done" });
    }
  }, [statistics, step]);
  return null;
}

function Tab({ on, label, count, act }: { on: boolean; label: string; count?: number; act: () => void }) {
  return (
    <button type="button" role="tab" aria-selected={on} onClick={act}>
      {label}
      {count !== undefined && <span class="count">{number(count)}</span>}
    </button>
  );
}

function Behind({ step, figure, figures }: { step: Step; figure: string; figures: Figures | undefined }) {
  const names: Counted[] = ["waiting", "done", "yes", "no", "not_measurable", "skipped", "failed"];
  const branches = Object.entries(figures?.branches ?? {}).filter(([branch, count]) => count > 0 || figure === `${BRANCH}${branch}`);
  const branch = figure.startsWith(BRANCH) ? figure.slice(BRANCH.length) : undefined;
  const shown = names.filter((name) => name === figure || (figures?.[name] ?? 0) > 0);
  return (
    <div class="stack">
      <label class="form-label" for="figure">{say("who")}</label>
      <select id="figure" class="form-select" value={figure} onChange={(event) => {
        store.set({ figure: event.currentTarget.value });
      }}>
        {shown.map((name) => <option key={name} value={name}>{say(`figure_${name}`)} · {number(figures?.[name] ?? 0)}</option>)}
        {branches.map(([name, count]) => <option key={name} value={`${BRANCH}${name}`}>{say("branch_of", { name })} · {number(count)}</option>)}
      </select>
      <People step={step.id} figure={branch === undefined ? figure : "done"} branch={branch} />
    </div>
  );
}
