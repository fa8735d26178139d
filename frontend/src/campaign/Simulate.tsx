// The simulation: who goes, what happens on the way, and what becomes of them, step by step.
import { Icon, Tile } from "../page/Icon";
import { Face, nameOf } from "../page/people";
import { PersonSearch } from "../page/PersonSearch";
import { Journey } from "./Journey";
import * as simulating from "./simulating";
import { EMPTY, type Simulation } from "./simulating";
import { Field } from "./steps/Field";
import { ObjectPicker } from "./steps/ObjectPicker";
import { inFull, instant, localTime } from "./steps/WaitForm";
import { Values } from "./steps/Values";
import * as store from "./store";
import { useStore } from "./store";
import { say } from "./words";

export function Simulate() {
  const simulation = useStore((state) => state.simulation) ?? EMPTY;
  const published = useStore((state) => state.draft.campaign.published_version);
  const stale = useStore((state) => simulation.version === "draft" && simulation.of !== null && simulation.of.graph !== state.doc.graph);
  const { told, wrong, asking } = simulation;
  const open = useStore((state) => state.panel);
  return (
    <aside class={`panel right settings-panel simulation ${open ? "open" : ""}`} id="panel" aria-label={say("simulation")}>
      <header>
        <Tile kind="source" name="flask" />
        <div class="words"><span class="kind">{say("nothing_is_sent")}</span><b>{say("simulation")}</b></div>
        <button type="button" class="bare-btn small-btn" aria-label={say("close")} title={say("close")} onClick={simulating.close}><Icon name="x" /></button>
      </header>
      <div class="inside">
        <form onSubmit={(event) => {
          event.preventDefault();
          void simulating.run();
        }}>
          <Who simulation={simulation} />
          <Field id="s-start" label={say("from_when")} help={inFull(simulation.start, say("empty_now"))}>
            <input id="s-start" class="form-control" type="datetime-local" value={localTime(simulation.start ?? "")} onInput={(event) => simulating.put({ start: instant(event.currentTarget.value) })} />
          </Field>
          {published !== null && (
            <Field id="s-version" label={say("which_version")}>
              <select id="s-version" class="form-select" value={simulation.version} onChange={(event) => simulating.put({ version: event.currentTarget.value as Simulation["version"], told: null })}>
                <option value="draft">{say("the_draft")}</option>
                <option value="published">{say("what_runs", { version: published })}</option>
              </select>
            </Field>
          )}
          <button type="submit" class={`btn ${told && !stale ? "" : "btn-primary"} wide`} aria-disabled={asking}>
            <Icon name={told ? "refresh" : "player-play"} />{say(told ? "simulate_again" : "simulate")}
          </button>
        </form>
        {wrong.map((message) => <div class="note red" role="alert" key={message}><Icon name="alert-circle" /><span>{message}</span></div>)}
        {stale && <div class="note amber"><Icon name="alert-triangle" /><span>{say("drawn_since")}</span></div>}
        {told && (
          <button type="button" class="btn wide only-overlay" onClick={() => store.set({ panel: false })}><Icon name="route" />{say("see_it_drawn")}</button>
        )}
        {told && <Journey told={told} dim={asking || stale} />}
      </div>
    </aside>
  );
}

function Who({ simulation }: { simulation: Simulation }) {
  const { person, values, tags } = simulation;
  if (person) {
    return (
      <div class="field">
        <div class="form-label">{say("who")}</div>
        <div class="fb-person">
          <Face person={person} />
          <span class="grow clip">{nameOf(person)}</span>
          <button type="button" class="bare-btn small-btn" aria-label={say("somebody_else")} title={say("somebody_else")} onClick={() => simulating.put({ person: null, told: null })}><Icon name="x" /></button>
        </div>
      </div>
    );
  }
  return (
    <div class="field">
      <div class="form-label">{say("who")}</div>
      <PersonSearch label={say("search_person")} onPick={(chosen) => simulating.put({ person: chosen, told: null })} />
      <details class="made-up" open={Object.keys(values).length > 0 || tags.length > 0}>
        <summary>{say("made_up")}</summary>
        <p class="form-text">{say("made_up_help")}</p>
        <Values step={{ id: "person", kind: "action", config: {} }} label={say("their_data")} value={values} onChange={(next) => simulating.put({ values: next ?? {} })} />
        <Field id="s-tags" label={say("their_tags")}>
          <ObjectPicker id="s-tags" kind="tag" many value={tags} onChange={(next) => simulating.put({ tags: next })} />
        </Field>
      </details>
    </div>
  );
}
