// What holds for the whole campaign: its name, what leads in, how often, until when.
import * as store from "../store";
import { useStore } from "../store";
import type { Source } from "../types";
import { Icon } from "../../page/Icon";
import { say } from "../words";
import { Duration } from "./Duration";
import { EventChoice } from "./EventForm";
import { Field, invalid } from "./Field";
import { ObjectPicker } from "./ObjectPicker";
import { kindOf, TimedSources } from "./TimedSources";
import { inFull, instant, localTime } from "./WaitForm";

function useRefused(field: string): string[] {
  const refusals = useStore((state) => state.refusals);
  return refusals.filter((one) => one.field === field || String(one.field).startsWith(`${field}.`)).map((one) => one.message);
}

export function CampaignForm() {
  const doc = useStore((state) => state.doc);
  const wrong = { name: useRefused("name"), sources: useRefused("sources"), holdout: useRefused("holdout"), start: useRefused("start_at"), end: useRefused("end_at") };
  return (
    <>
      <Field id="c-name" label={say("name")} wrong={wrong.name}>
        <input id="c-name" class={`form-control ${invalid(wrong.name)}`} maxLength={200} value={doc.name} onInput={(event) => store.change({ name: event.currentTarget.value }, "name")} />
      </Field>
      <Sources wrong={wrong.sources} />
      <Field id="c-reentry" label={say("reentry")}>
        <select id="c-reentry" class="form-select" value={doc.reentry} onChange={(event) => store.change({ reentry: event.currentTarget.value })}>
          {["once", "after_leaving", "always"].map((name) => <option key={name} value={name}>{say(`reentry_${name}`)}</option>)}
        </select>
      </Field>
      {doc.reentry !== "once" && (
        <Field id="c-cooldown" label={`${say("cooldown")} (${say("optional")})`} help={say("cooldown_help")}>
          <Duration id="c-cooldown" label={say("cooldown")} value={doc.cooldown ?? ""} onChange={(value) => store.change({ cooldown: value || null }, "cooldown")} />
        </Field>
      )}
      {doc.sources.some((source) => "segment" in source) && (
        <Field id="c-leave" label={say("on_leave")}>
          <select id="c-leave" class="form-select" value={doc.on_leave} onChange={(event) => store.change({ on_leave: event.currentTarget.value })}>
            <option value="exit">{say("on_leave_exit")}</option>
            <option value="continue">{say("on_leave_continue")}</option>
          </select>
        </Field>
      )}
      <Field id="c-holdout" label={`${say("holdout")} (${say("optional")})`} help={say("holdout_help")} wrong={wrong.holdout}>
        <span class="line">
          <input
            id="c-holdout" class={`form-control span-number ${invalid(wrong.holdout)}`} type="number" min={0} max={50} value={String(doc.holdout || "")}
            onInput={(event) => store.change({ holdout: Math.min(50, Math.max(0, Math.round(Number(event.currentTarget.value) || 0))) }, "holdout")}
          />
          <span class="quiet">%</span>
        </span>
      </Field>
      <Field id="c-start" label={`${say("start_at")} (${say("optional")})`} help={inFull(doc.start_at)} wrong={wrong.start}>
        <input id="c-start" class={`form-control ${invalid(wrong.start)}`} type="datetime-local" value={localTime(doc.start_at ?? "")} onInput={(event) => store.change({ start_at: instant(event.currentTarget.value) }, "start")} />
      </Field>
      <Field id="c-end" label={`${say("end_at")} (${say("optional")})`} help={inFull(doc.end_at, say("end_help"))} wrong={wrong.end}>
        <input id="c-end" class={`form-control ${invalid(wrong.end)}`} type="datetime-local" value={localTime(doc.end_at ?? "")} onInput={(event) => store.change({ end_at: instant(event.currentTarget.value) }, "end")} />
      </Field>
      {doc.end_at && (
        <Field id="c-on-end" label={say("on_end")}>
          <select id="c-on-end" class="form-select" value={doc.on_end} onChange={(event) => store.change({ on_end: event.currentTarget.value })}>
            <option value="finish">{say("on_end_finish")}</option>
            <option value="stop">{say("on_end_stop")}</option>
          </select>
        </Field>
      )}
      <Field id="c-objective" label={`${say("objective")} (${say("optional")})`}>
        <textarea id="c-objective" class="form-control" rows={3} value={doc.objective} onInput={(event) => store.change({ objective: event.currentTarget.value }, "objective")} />
      </Field>
    </>
  );
}

function Sources({ wrong }: { wrong: string[] }) {
  const sources = useStore((state) => state.doc.sources);
  const mistakes = useStore((state) => state.draft.problems).filter((one) => one.field.startsWith("sources")).map((one) => one.message);
  const put = (next: Source[], mark = "") => store.change({ sources: next }, mark);
  const segments = sources.flatMap((source) => ("segment" in source ? [String(source.segment)] : []));
  const campaigns = sources.flatMap((source) => ("campaign" in source ? [String(source.campaign)] : []));
  const events = sources.filter((source) => "event" in source);
  const timed = sources.filter(kindOf);
  const manual = sources.some((source) => "manual" in source);
  const compose = (given: { segments?: string[]; campaigns?: string[]; events?: Source[]; timed?: Source[]; manual?: boolean }) => [
    ...(given.segments ?? segments).map((segment) => ({ segment })),
    ...(given.events ?? events),
    ...(given.timed ?? timed),
    ...(given.campaigns ?? campaigns).map((campaign) => ({ campaign })),
    ...((given.manual ?? manual) ? [{ manual: true }] : []),
  ];
  const event = (place: number, change: Source) =>
    put(compose({ events: events.map((source, at) => (at === place ? change : source)) }), `event-${place}`);
  return (
    <fieldset class="field sources">
      <legend>{say("sources")}</legend>
      <div class="form-text">{say("sources_help")}</div>
      {[...wrong, ...mistakes].map((message) => <div class="invalid-feedback" key={message}>{message}</div>)}
      <Field id="c-segments" label={say("source_segments")}>
        <ObjectPicker id="c-segments" kind="segment" many value={segments} onChange={(value) => put(compose({ segments: value }))} />
      </Field>
      {events.map((source, place) => (
        <div class="boxed" key={place}>
          <div class="line apart">
            <span class="small strong">{say("source_event")}</span>
            <button type="button" class="bare-btn small-btn" aria-label={say("take_out", { name: say("source_event") })} onClick={() => put(compose({ events: events.filter((_, at) => at !== place) }))}><Icon name="x" /></button>
          </div>
          <EventChoice
            id={`c-event-${place}`} problemsOf="start" eventKey={String(source.event)} where={(source.where as Source) ?? {}}
            onKey={(key) => event(place, { event: key })}
            onWhere={(where) => event(place, Object.keys(where).length ? { event: source.event, where } : { event: source.event })}
          />
        </div>
      ))}
      <div class="field"><button type="button" class="linkish" onClick={() => put(compose({ events: [...events, { event: "contacts.created" }] }))}>{say("add_event_source")}</button></div>
      <TimedSources sources={timed} onChange={(next, mark) => put(compose({ timed: next }), mark)} />
      <Field id="c-campaigns" label={say("source_campaigns")}>
        <ObjectPicker id="c-campaigns" kind="campaign" many value={campaigns} onChange={(value) => put(compose({ campaigns: value }))} />
      </Field>
      <label class="form-check">
        <input type="checkbox" class="form-check-input" checked={manual} onChange={(change) => put(compose({ manual: change.currentTarget.checked }))} />
        <span class="form-check-label">{say("source_manual")}</span>
      </label>
    </fieldset>
  );
}
