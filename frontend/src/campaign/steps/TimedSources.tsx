// What time alone leads in by: a date of the contact, or that it does nothing for days.
import { useStore } from "../store";
import type { Config, Source } from "../types";
import { Icon } from "../../page/Icon";
import { say } from "../words";
import { put } from "./ActionForm";
import { Duration } from "./Duration";
import { Field } from "./Field";

type Kind = "date" | "inactive";
const NAMES: Record<Kind, string> = { date: "source_date", inactive: "source_inactive" };

interface Part {
  id: string;
  config: Config;
  onChange: (config: Config) => void;
}

export function kindOf(source: Source): Kind | null {
  return "date" in source ? "date" : "inactive" in source ? "inactive" : null;
}

/** The fields of a contact whose day may come. */
function useDates() {
  return useStore((state) => state.offers.fields).filter((field) => ["date", "datetime"].includes(field.type) && field.alias !== "last_active_at");
}

/** All of one campaign, each in a box, and what adds one. */
export function TimedSources({ sources, onChange }: { sources: Source[]; onChange: (sources: Source[], mark?: string) => void }) {
  const dates = useDates();
  return (
    <>
      {sources.map((source, place) => (
        <Boxed
          key={place} id={`c-timed-${place}`} source={source}
          onChange={(next) => onChange(sources.map((other, at) => (at === place ? next : other)), `timed-${place}`)}
          onRemove={() => onChange(sources.filter((_, at) => at !== place))}
        />
      ))}
      {dates.length > 0 && (
        <div class="field"><button type="button" class="linkish" onClick={() => onChange([...sources, { date: { field: dates.find((field) => field.writable)?.alias ?? dates[0].alias, every: "year", at: "09:00" } }])}>{say("add_date_source")}</button></div>
      )}
      <div class="field"><button type="button" class="linkish" onClick={() => onChange([...sources, { inactive: { days: 30 } }])}>{say("add_inactive_source")}</button></div>
    </>
  );
}

function Boxed({ id, source, onChange, onRemove }: { id: string; source: Source; onChange: (source: Source) => void; onRemove: () => void }) {
  const kind = kindOf(source) as Kind;
  const name = say(NAMES[kind]);
  const Form = kind === "date" ? OfDate : OfInactive;
  return (
    <div class="boxed">
      <div class="line apart">
        <span class="small strong">{name}</span>
        <button type="button" class="bare-btn small-btn" aria-label={say("take_out", { name })} onClick={onRemove}><Icon name="x" /></button>
      </div>
      <Form id={id} config={source[kind] as Config} onChange={(config) => onChange({ [kind]: config })} />
    </div>
  );
}

function OfDate({ id, config, onChange }: Part) {
  const dates = useDates();
  const reentry = useStore((state) => state.doc.reentry);
  const offset = String(config.offset ?? "");
  const before = offset.startsWith("-");
  const span = offset.replace("-", "");
  const give = (text: string, early: boolean) => onChange(put(config, "offset", text ? `${early ? "-" : ""}${text}` : ""));
  const yearly = (config.every ?? "year") === "year";
  return (
    <>
      <Field id={`${id}-field`} label={say("date_field")}>
        <select id={`${id}-field`} class="form-select" value={String(config.field ?? "")} onChange={(event) => onChange({ ...config, field: event.currentTarget.value })}>
          {dates.map((field) => <option key={field.alias} value={field.alias}>{field.label}</option>)}
        </select>
      </Field>
      <Field id={`${id}-every`} label={say("date_every")}>
        <select id={`${id}-every`} class="form-select" value={yearly ? "year" : "once"} onChange={(event) => onChange({ ...config, every: event.currentTarget.value })}>
          <option value="year">{say("date_yearly")}</option>
          <option value="once">{say("date_once")}</option>
        </select>
      </Field>
      <Field id={`${id}-offset`} label={say("offset")} help={say("offset_help")}>
        <Duration id={`${id}-offset`} label={say("offset")} units={["d", "w"]} value={span} onChange={(value) => give(value, before)} />
        <select class="form-select beneath" aria-label={say("before_or_after")} value={before ? "before" : "after"} onChange={(event) => give(span || "1d", event.currentTarget.value === "before")}>
          <option value="before">{say("before")}</option>
          <option value="after">{say("after")}</option>
        </select>
      </Field>
      <Field id={`${id}-at`} label={say("date_at")} help={say("date_at_help")}>
        <input id={`${id}-at`} class="form-control" type="time" required value={String(config.at ?? "09:00")} onInput={(event) => event.currentTarget.value && onChange({ ...config, at: event.currentTarget.value })} />
      </Field>
      {yearly && reentry === "once" && <div class="note amber"><Icon name="alert-triangle" /><span>{say("date_only_once")}</span></div>}
    </>
  );
}

function OfInactive({ id, config, onChange }: Part) {
  const events = useStore((state) => state.offers.events).filter((event) => event.active);
  const own = useStore((state) => state.offers.own_events);
  const kinds = config.kinds as string[] | undefined;
  // Those of clients have no name but their key; one that is chosen stays in sight.
  const theirs = [...new Set([...own, ...(kinds ?? []).filter((key) => !events.some((event) => event.key === key))])];
  const activities = [...events, ...theirs.map((key) => ({ key, label: key }))];
  // None chosen is refused: it would not mean all of them.
  const choose = (chosen: string[] | undefined) => onChange(chosen ? { ...config, kinds: chosen } : put(config, "kinds", ""));
  return (
    <>
      <Field id={`${id}-days`} label={say("inactive_days")} help={say("inactive_help")}>
        <input
          id={`${id}-days`} class="form-control short" type="number" min={1} max={3660} inputMode="numeric" value={String(config.days ?? "")}
          onInput={(event) => event.currentTarget.value && onChange({ ...config, days: Math.round(Number(event.currentTarget.value)) })}
        />
      </Field>
      <Field id={`${id}-what`} label={say("inactive_what")}>
        <select id={`${id}-what`} class="form-select" value={kinds ? "some" : "all"} onChange={(event) => choose(event.currentTarget.value === "some" ? events.map((one) => one.key) : undefined)}>
          <option value="all">{say("inactive_all")}</option>
          <option value="some">{say("inactive_some")}</option>
        </select>
        {kinds && activities.map((one) => (
          <label class="form-check" key={one.key}>
            <input type="checkbox" class="form-check-input" checked={kinds.includes(one.key)} onChange={(event) => {
              const on = event.currentTarget.checked;
              choose(activities.map((other) => other.key).filter((key) => (key === one.key ? on : kinds.includes(key))));
            }} />
            <span class="form-check-label">{one.label}</span>
          </label>
        ))}
      </Field>
    </>
  );
}
