// What to wait for: which event, about which object, with which values, and how long.
import { Icon } from "../../page/Icon";
import { useStore } from "../store";
import type { Config, Step } from "../types";
import { say } from "../words";
import { put } from "./ActionForm";
import { Condition } from "./Condition";
import { Duration } from "./Duration";
import { Field, invalid, useProblems } from "./Field";
import { ObjectPicker } from "./ObjectPicker";

const OWN = "own";

export function EventForm({ step, onChange }: { step: Step; onChange: (change: Partial<Step>) => void }) {
  const config = (next: Config) => onChange({ config: next });
  const decision = step.kind === "decision";
  const wrong = useProblems(step.id, "within");
  return (
    <>
      <EventChoice
        id={step.id} eventKey={step.key ?? ""} where={step.config} flat problemsOf={step.id}
        onKey={(key) => onChange({ key, config: put({}, "within", step.config.within) })}
        onWhere={(where) => config(where)}
      />
      {decision && (
        <>
          <Field id={`${step.id}-within`} label={say("no_path_after")} help={say("empty_for_ever")} wrong={wrong}>
            <Duration id={`${step.id}-within`} label={say("no_path_after")} value={String(step.config.within ?? "")} onChange={(value) => config(put(step.config, "within", value))} />
          </Field>
          <Field id={`${step.id}-since`} label={say("counts_from")}>
            <select id={`${step.id}-since`} class="form-select" value={String(step.config.since ?? "step")} onChange={(event) => config(put(step.config, "since", event.currentTarget.value === "visit" ? "visit" : ""))}>
              <option value="step">{say("since_step")}</option>
              <option value="visit">{say("since_visit")}</option>
            </select>
          </Field>
        </>
      )}
    </>
  );
}

interface Choice {
  id: string;
  eventKey: string;
  where: Config;
  // Conditions stand beside the other settings, not under "where".
  flat?: boolean;
  problemsOf: string;
  onKey: (key: string) => void;
  onWhere: (where: Config) => void;
}

export function EventChoice({ id, eventKey, where, flat, problemsOf, onKey, onWhere }: Choice) {
  const events = useStore((state) => state.offers.events);
  const event = events.find((offer) => offer.key === eventKey);
  const wrongKey = useProblems(problemsOf, "key");
  const wrong = useProblems(problemsOf, event?.subject || "-");
  const subject = event?.subject ? where[event.subject] : undefined;
  const chosen = subject === undefined ? [] : (Array.isArray(subject) ? subject : [subject]).map(String);
  return (
    <>
      <Field id={`${id}-event`} label={say("event")} wrong={wrongKey}>
        <select id={`${id}-event`} class={`form-select ${invalid(wrongKey)}`} value={event ? eventKey : OWN} onChange={(change) => onKey(change.currentTarget.value === OWN ? "" : change.currentTarget.value)}>
          {events.map((offer) => <option key={offer.key} value={offer.key}>{offer.label}</option>)}
          <option value={OWN}>{say("own_event")}</option>
        </select>
      </Field>
      {!event && (
        <Field id={`${id}-key`} label={say("own_event_key")} help={say("own_event_help")}>
          <input id={`${id}-key`} class="form-control mono" value={eventKey} onInput={(change) => onKey(change.currentTarget.value.trim())} />
        </Field>
      )}
      {event?.subject && event.subject !== "tag" && (
        <Field id={`${id}-subject`} label={say(`which_${event.subject}`)} help={say("empty_any")} wrong={wrong}>
          <ObjectPicker
            id={`${id}-subject`} kind={event.subject} many value={chosen} wrong={wrong.length > 0}
            onChange={(value) => onWhere(put(where, event.subject, value.length === 1 ? value[0] : value))}
          />
        </Field>
      )}
      {event && [...event.conditions, ...event.numbers].map((name) => (
        <Condition key={name} id={id} problemsOf={problemsOf} name={name} numeric={event.numbers.includes(name)} held={where[name]} onChange={(held) => onWhere(put(where, name, held))} />
      ))}
      {event?.measured && <p class="form-text field">{say("machines_never_count")}</p>}
      {event?.needs_consent && <p class="form-text field">{say("only_who_agreed")}</p>}
      {!event && <Pairs where={(flat ? (where.where as Config) : where) ?? {}} onChange={(next) => onWhere(flat ? put(where, "where", Object.keys(next).length ? next : undefined) : next)} />}
    </>
  );
}

/** Conditions on a client's own event: any key of its data. */
function Pairs({ where, onChange }: { where: Config; onChange: (where: Config) => void }) {
  const rows = Object.entries(where);
  const rename = (place: number, name: string) => onChange(Object.fromEntries(rows.map(([key, value], at) => [at === place ? name : key, value])));
  return (
    <fieldset class="field">
      <legend>{say("own_event_where")}</legend>
      {rows.map(([key, value], place) => (
        <div class="line pair" key={place}>
          <input class="form-control" aria-label={say("data_key")} value={key} onInput={(event) => rename(place, event.currentTarget.value)} />
          <input class="form-control" aria-label={say("data_value")} readOnly={typeof value === "object"} value={typeof value === "object" ? JSON.stringify(value) : String(value)} onInput={(event) => onChange({ ...where, [key]: event.currentTarget.value })} />
          <button type="button" class="bare-btn small-btn" aria-label={say("take_out", { name: key })} onClick={() => onChange(put(where, key, ""))}><Icon name="x" /></button>
        </div>
      ))}
      <button type="button" class="linkish" onClick={() => onChange({ ...where, [`key${rows.length + 1}`]: "" })}>{say("add_condition")}</button>
    </fieldset>
  );
}
