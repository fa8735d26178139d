// The branches of a split with their weights; names may be changed, paths stay with them.
import { Icon } from "../../page/Icon";
import type { Config, Graph, Step } from "../types";
import { say } from "../words";
import { Field, useProblems } from "./Field";
import { FilterInput } from "./FilterInput";

type Weights = Record<string, number>;
interface Branch {
  label: string;
  filter?: unknown;
}

/** Rename a branch and the paths that leave by it. */
export function renameBranch(graph: Graph, id: string, from: string, to: string, config: Config): Graph {
  return {
    nodes: graph.nodes.map((step) => (step.id === id ? { ...step, config } : step)),
    edges: graph.edges.map((path) => (path.from === id && path.branch === from ? { ...path, branch: to } : path)),
  };
}

interface Props {
  step: Step;
  onChange: (config: Config) => void;
  onRename: (from: string, to: string, config: Config) => void;
}

export function SplitForm({ step, onChange, onRename }: Props) {
  const filters = "branches" in step.config;
  return (
    <>
      <Field id={`${step.id}-way`} label={say("split_way")}>
        <select id={`${step.id}-way`} class="form-select" value={filters ? "branches" : "weights"} onChange={(event) =>
          onChange(event.currentTarget.value === "weights" ? { weights: { A: 50, B: 50 } } : { branches: [{ label: "A", filter: { all: [] } }, { label: "B" }] })}>
          <option value="weights">{say("by_chance")}</option>
          <option value="branches">{say("by_filter")}</option>
        </select>
      </Field>
      {filters ? <ByFilter step={step} onChange={onChange} onRename={onRename} /> : <ByWeight step={step} onChange={onChange} onRename={onRename} />}
    </>
  );
}

function ByWeight({ step, onChange, onRename }: Props) {
  const weights = Object.entries((step.config.weights as Weights) ?? {});
  const wrong = useProblems(step.id, "weights");
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  const written = (rows: [string, number][]) => ({ weights: Object.fromEntries(rows) });
  return (
    <Field id={`${step.id}-weights`} label={say("branches")} help={say("weights_help")} wrong={wrong} group>
      {weights.map(([label, weight], place) => (
        <div class="line pair" key={place}>
          <Label value={label} others={weights.map(([other]) => other)} onChange={(next) =>
            onRename(label, next, written(weights.map(([other, share], at) => [at === place ? next : other, share])))} />
          <input
            class="form-control short" type="number" min="0" aria-label={say("weight_of", { name: label })} value={weight}
            onInput={(event) => onChange(written(weights.map(([other, share], at) => [other, at === place ? Math.max(0, Math.round(Number(event.currentTarget.value))) : share])))}
          />
          <span class="small quiet num share">{total ? `${Math.round((weight / total) * 100)} %` : ""}</span>
          <button type="button" class="bare-btn small-btn" disabled={weights.length <= 2} aria-label={say("take_out", { name: label })} onClick={() => onChange(written(weights.filter((_, at) => at !== place)))}><Icon name="x" /></button>
        </div>
      ))}
      <button type="button" class="linkish" onClick={() => onChange(written([...weights, [freeName(weights.map(([label]) => label)), 50]]))}>{say("add_branch")}</button>
    </Field>
  );
}

function ByFilter({ step, onChange, onRename }: Props) {
  const branches = (step.config.branches as Branch[]) ?? [];
  const wrong = useProblems(step.id, "branches");
  const put = (place: number, next: Branch) => branches.map((branch, at) => (at === place ? next : branch));
  return (
    <Field id={`${step.id}-branches`} label={say("branches")} help={say("branches_help")} wrong={wrong} group>
      {branches.map((branch, place) => (
        <div class="stack boxed" key={place}>
          <div class="line">
            <Label value={branch.label} others={branches.map((other) => other.label)} onChange={(label) => onRename(branch.label, label, { branches: put(place, { ...branch, label }) })} />
            <button type="button" class="bare-btn small-btn" disabled={branches.length <= 1} aria-label={say("take_out", { name: branch.label })} onClick={() => onChange({ branches: branches.filter((_, at) => at !== place) })}><Icon name="x" /></button>
          </div>
          {branch.filter === undefined ? <p class="small quiet">{say("takes_the_rest")}</p> : (
            <FilterInput step={step.id} place={`branches.${place}.filter`} value={branch.filter} onChange={(filter) => onChange({ branches: put(place, { ...branch, filter }) })} />
          )}
        </div>
      ))}
      <button type="button" class="linkish" onClick={() => {
        const added = { label: freeName(branches.map((branch) => branch.label)), filter: { all: [] } };
        const rest = branches.at(-1)?.filter === undefined ? 1 : 0;
        onChange({ branches: [...branches.slice(0, branches.length - rest), added, ...branches.slice(branches.length - rest)] });
      }}>{say("add_branch")}</button>
    </Field>
  );
}

function Label({ value, others, onChange }: { value: string; others: string[]; onChange: (value: string) => void }) {
  return (
    <input class="form-control" maxLength={64} aria-label={say("branch_name")} value={value} onChange={(event) => {
      const next = event.currentTarget.value.trim();
      // A branch without a name of its own leads nowhere.
      if (next && (next === value || !others.includes(next))) {
        onChange(next);
      } else {
        event.currentTarget.value = value;
      }
    }} />
  );
}

function freeName(taken: string[]): string {
  for (let code = 65; code < 91; code += 1) {
    if (!taken.includes(String.fromCharCode(code))) {
      return String.fromCharCode(code);
    }
  }
  return `${taken.length + 1}`;
}
