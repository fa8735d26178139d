// The settings of one step, by its kind, and where its branches lead.
import { route } from "../editing";
import { branchesOf, leaving, settle, START, stepOf } from "../graph";
import { branchWord, titleOf } from "../kinds";
import { ordered } from "../layout";
import * as store from "../store";
import { useStore } from "../store";
import type { Config, Step } from "../types";
import { say } from "../words";
import { ActionForm } from "./ActionForm";
import { EventForm } from "./EventForm";
import { Field, useProblems } from "./Field";
import { FilterInput } from "./FilterInput";
import { renameBranch, SplitForm } from "./SplitForm";
import { WaitForm } from "./WaitForm";

export function StepForm({ step }: { step: Step }) {
  const change = (next: Partial<Step>) => store.redraw(settle(store.get().doc.graph, step.id, next), step.id);
  const config = (next: Config) => change({ config: next });
  return (
    <>
      <Whole step={step} />
      <Settings step={step} change={change} config={config} />
      <Leads step={step} />
    </>
  );
}

function Settings({ step, change, config }: { step: Step; change: (next: Partial<Step>) => void; config: (next: Config) => void }) {
  switch (step.kind) {
    case "action":
      return <ActionForm step={step} onChange={config} />;
    case "condition":
      return <Condition step={step} onChange={config} />;
    case "decision":
      return <EventForm step={step} onChange={change} />;
    case "goal":
      return <Goal step={step} change={change} config={config} />;
    case "wait":
      return <WaitForm step={step} onChange={config} />;
    case "split":
      return (
        <SplitForm step={step} onChange={config} onRename={(from, to, next) =>
          store.redraw(renameBranch(store.get().doc.graph, step.id, from, to, next), step.id)} />
      );
    case "jump":
      return <Jump step={step} onChange={config} />;
    default:
      return <p class="meta">{say("exit_help")}</p>;
  }
}

/** What is wrong with the step as a whole, such as that nothing leads to it. */
function Whole({ step }: { step: Step }) {
  const problems = useStore(store.problemsOf).filter((one) => one.step === step.id && !one.field.includes(".config") && !one.field.endsWith(".key"));
  return <>{problems.map((one) => <p class="note red" key={one.message}>{one.message}</p>)}</>;
}

function Condition({ step, onChange }: { step: Step; onChange: (config: Config) => void }) {
  return (
    <Field id={`${step.id}-filter`} label={say("condition_filter")} group>
      <FilterInput step={step.id} place="filter" value={step.config.filter} onChange={(filter) => onChange(filter === undefined ? {} : { filter })} />
    </Field>
  );
}

function Goal({ step, change, config }: { step: Step; change: (next: Partial<Step>) => void; config: (next: Config) => void }) {
  const byFilter = !step.key && "filter" in step.config;
  return (
    <>
      <Field id={`${step.id}-way`} label={say("goal_way")} help={say("goal_help")}>
        <select id={`${step.id}-way`} class="form-select" value={byFilter ? "filter" : "event"} onChange={(event) =>
          change(event.currentTarget.value === "filter" ? { key: undefined, config: { filter: { all: [] } } } : { key: "orders.placed", config: {} })}>
          <option value="event">{say("goal_event")}</option>
          <option value="filter">{say("goal_filter")}</option>
        </select>
      </Field>
      {byFilter ? <Condition step={step} onChange={config} /> : <EventForm step={step} onChange={change} />}
    </>
  );
}

function Jump({ step, onChange }: { step: Step; onChange: (config: Config) => void }) {
  const wrong = useProblems(step.id, "to");
  return (
    <Field id={`${step.id}-to`} label={say("jump_to")} help={say("jump_help")} wrong={wrong}>
      <Targets id={`${step.id}-to`} not={step.id} value={String(step.config.to ?? "")} empty={say("choose")} onChange={(to) => onChange(to ? { to } : {})} />
    </Field>
  );
}

function Leads({ step }: { step: Step }) {
  const graph = useStore((state) => state.doc.graph);
  const paths = leaving(graph, step.id);
  const branches = branchesOf(step);
  if (!branches.length) {
    return null;
  }
  return (
    <details class="leads">
      <summary>{say("leads_to")}</summary>
      {branches.map((branch) => {
        const mine = paths.filter((path) => path.branch === branch);
        const id = `${step.id}-leads-${branch}`;
        return (
          <Field key={branch} id={id} label={branchWord(branch, step) || say("then")} help={mine.length > 1 ? say("leads_several", { count: mine.length }) : ""}>
            <Targets id={id} not={step.id} value={mine[0]?.to ?? ""} empty={say("nowhere")} onChange={(to) => route(step.id, branch, to)} />
          </Field>
        );
      })}
    </details>
  );
}

function Targets({ id, not, value, empty, onChange }: { id: string; not: string; value: string; empty: string; onChange: (id: string) => void }) {
  const graph = useStore((state) => state.doc.graph);
  const titles = useStore((state) => state.draft.titles);
  const offers = useStore((state) => state.offers);
  return (
    <select id={id} class="form-select" value={value} onChange={(event) => onChange(event.currentTarget.value)}>
      <option value="">{empty}</option>
      {ordered(graph).filter((other) => other !== START && other !== not).map((other) => (
        <option key={other} value={other}>{titleOf(stepOf(graph, other), other, titles, offers)}</option>
      ))}
    </select>
  );
}
