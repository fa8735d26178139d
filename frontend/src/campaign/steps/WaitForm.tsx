// How long to wait: for a while, until a moment, a date of the contact, or a time of the week.
import { useStore } from "../store";
import type { Config, Step } from "../types";
import { inWords } from "../../page/moments";
import { say } from "../words";
import { put } from "./ActionForm";
import { ALL_UNITS, Duration } from "./Duration";
import { Field, invalid, useProblems } from "./Field";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
type Way = "for" | "date" | "field" | "window";
const BEGIN: Record<Way, (fields: string[]) => Config> = {
  for: () => ({ for: "1d" }),
  date: () => ({ until: { date: new Date(Date.now() + 86_400_000).toISOString().slice(0, 16).concat(":00Z") } }),
  field: (fields) => ({ until: { field: fields[0] ?? "" } }),
  window: () => ({ until: { weekdays: DAYS.slice(0, 5), from: "09:00", to: "17:00", zone: "contact" } }),
};

function wayOf(config: Config): Way {
  const until = config.until as Config | undefined;
  return !until ? "for" : "date" in until ? "date" : "field" in until ? "field" : "window";
}

export function WaitForm({ step, onChange }: { step: Step; onChange: (config: Config) => void }) {
  const fields = useStore((state) => state.offers.fields).filter((field) => field.type === "date" || field.type === "datetime");
  const way = wayOf(step.config);
  const until = (step.config.until as Config) ?? {};
  const wrong = useProblems(step.id, way === "for" ? "for" : "until");
  const id = step.id;
  return (
    <>
      <Field id={`${id}-way`} label={say("wait_way")}>
        <select id={`${id}-way`} class="form-select" value={way} onChange={(event) => onChange(BEGIN[event.currentTarget.value as Way](fields.map((field) => field.alias)))}>
          {(["for", "date", "field", "window"] as Way[]).map((name) => <option key={name} value={name}>{say(`wait_${name}`)}</option>)}
        </select>
      </Field>
      {way === "for" && (
        <Field id={`${id}-for`} label={say("how_long")} wrong={wrong}>
          <Duration id={`${id}-for`} label={say("how_long")} units={ALL_UNITS} value={String(step.config.for ?? "")} onChange={(value) => onChange({ for: value })} />
        </Field>
      )}
      {way === "date" && (
        <Field id={`${id}-date`} label={say("until_moment")} help={inFull(String(until.date ?? ""), say("your_time"))} wrong={wrong}>
          <input
            id={`${id}-date`} class={`form-control ${invalid(wrong)}`} type="datetime-local" value={localTime(String(until.date ?? ""))}
            onInput={(event) => onChange({ until: { date: instant(event.currentTarget.value) } })}
          />
        </Field>
      )}
      {way === "field" && <OfField id={id} until={until} fields={fields} wrong={wrong} onChange={onChange} />}
      {way === "window" && <Window id={id} until={until} wrong={wrong} onChange={onChange} />}
    </>
  );
}

interface Part {
  id: string;
  until: Config;
  wrong: string[];
  onChange: (config: Config) => void;
}

function OfField({ id, until, fields, wrong, onChange }: Part & { fields: { alias: string; label: string }[] }) {
  const offset = String(until.offset ?? "");
  const before = offset.startsWith("-");
  const span = offset.replace("-", "");
  const give = (text: string, early: boolean) => onChange({ until: put(until, "offset", text ? `${early ? "-" : ""}${text}` : "") });
  return (
    <>
      <Field id={`${id}-field`} label={say("date_field")} wrong={wrong}>
        <select id={`${id}-field`} class={`form-select ${invalid(wrong)}`} value={String(until.field ?? "")} onChange={(event) => onChange({ until: { ...until, field: event.currentTarget.value } })}>
          {fields.map((field) => <option key={field.alias} value={field.alias}>{field.label}</option>)}
        </select>
      </Field>
      <Field id={`${id}-offset`} label={say("offset")} help={say("offset_help")}>
        <Duration id={`${id}-offset`} label={say("offset")} value={span} onChange={(value) => give(value, before)} />
        <select class="form-select beneath" aria-label={say("before_or_after")} value={before ? "before" : "after"} onChange={(event) => give(span || "1d", event.currentTarget.value === "before")}>
          <option value="before">{say("before")}</option>
          <option value="after">{say("after")}</option>
        </select>
      </Field>
    </>
  );
}

function Window({ id, until, wrong, onChange }: Part) {
  const days = (until.weekdays as (string | number)[] | undefined)?.map((day) => (typeof day === "number" ? DAYS[day - 1] : day)) ?? DAYS;
  const give = (name: string, value: unknown) => onChange({ until: put(until, name, value) });
  return (
    <>
      <Field id={`${id}-days`} label={say("weekdays")} wrong={wrong} group>
        <div class="days">
          {DAYS.map((day) => (
            <label key={day}>
              <input type="checkbox" checked={days.includes(day)} onChange={(event) => {
                const chosen = event.currentTarget.checked ? [...days, day] : days.filter((other) => other !== day);
                give("weekdays", DAYS.filter((other) => chosen.includes(other)));
              }} />
              <span>{say(`day_${day}`)}</span>
            </label>
          ))}
        </div>
      </Field>
      <div class="halves">
        {(["from", "to"] as const).map((end) => (
          <Field key={end} id={`${id}-${end}`} label={say(`hour_${end}`)}>
            <input id={`${id}-${end}`} class="form-control" type="time" value={String(until[end] ?? "").slice(0, 5)} onInput={(event) => give(end, event.currentTarget.value)} />
          </Field>
        ))}
      </div>
      <Field id={`${id}-zone`} label={say("zone")} help={say("zone_help")}>
        <select id={`${id}-zone`} class="form-select" value={String(until.zone ?? "workspace")} onChange={(event) => give("zone", event.currentTarget.value)}>
          <option value="contact">{say("zone_contact")}</option>
          <option value="workspace">{say("zone_workspace")}</option>
        </select>
      </Field>
    </>
  );
}

/** What a field of a moment holds as dates are written, before what helps to fill it. */
export function inFull(text: string | null | undefined, help = ""): string {
  return [inWords(localTime(text ?? "")), help].filter(Boolean).join(" · ");
}

/** An instant as the browser's own clock shows it. */
export function localTime(text: string): string {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) {
    return "";
  }
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function instant(text: string): string | null {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace(/\.\d+/, "");
}
