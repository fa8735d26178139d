// The settings of an action, drawn from the description of its form.
import * as store from "../store";
import { useStore } from "../store";
import type { Config, SettingField, Step } from "../types";
import { say } from "../words";
import { Duration } from "./Duration";
import { Field, invalid, useProblems } from "./Field";
import { ObjectPicker } from "./ObjectPicker";
import { type Pair, PairsInput } from "./PairsInput";
import { Values } from "./Values";

export function ActionForm({ step, onChange }: { step: Step; onChange: (config: Config) => void }) {
  const action = useStore((state) => state.offers.actions.find((offer) => offer.key === step.key));
  const whole = useStore(store.problemsOf)
    .filter((one) => one.step === step.id && !action?.fields.some((field) => one.place.split(".")[0] === field.name))
    .map((one) => one.message);
  if (!action) {
    return <p class="wrong">{say("gone")}</p>;
  }
  return (
    <>
      {action.warning && <p class="note amber field" role="note">{action.warning}</p>}
      {action.fields.map((field) => (
        <Setting key={field.name} step={step} field={field} onChange={(value) => onChange(put(step.config, field.name, value))} />
      ))}
      {!action.fields.length && <p class="meta">{say("no_settings")}</p>}
      {whole.map((message) => <p class="invalid-feedback" key={message}>{message}</p>)}
    </>
  );
}

/** Settings that say nothing are left out. */
export function put(config: Config, name: string, value: unknown): Config {
  const { [name]: _old, ...rest } = config;
  const empty = value === "" || value === undefined || value === null || (Array.isArray(value) && !value.length);
  return empty ? rest : { ...rest, [name]: value };
}

function Setting({ step, field, onChange }: { step: Step; field: SettingField; onChange: (value: unknown) => void }) {
  const id = `${step.id}-${field.name}`;
  const wrong = useProblems(step.id, field.name);
  const value = step.config[field.name];
  const certain = field.required || field.assumed !== null || field.type === "truth" || field.picks;
  const label = certain ? field.label : `${field.label} (${say("optional")})`;
  if (field.picks?.kind === "values" || field.picks?.kind === "company_values") {
    const of = field.picks.kind === "values" ? "fields" : "company_fields";
    return <Values step={step} of={of} owned label={field.label} value={(value as Record<string, unknown>) ?? {}} onChange={onChange} />;
  }
  if (field.type === "truth") {
    return (
      <div class="field">
        <label class="form-check">
          <input type="checkbox" class="form-check-input" checked={Boolean(value)} aria-describedby={field.help ? `${id}-help` : undefined} onChange={(event) => onChange(event.currentTarget.checked)} />
          <span class="form-check-label">{label}</span>
        </label>
        {field.help && <div class="form-text" id={`${id}-help`}>{field.help}</div>}
      </div>
    );
  }
  if (field.type === "pairs" || field.type === "secret_pairs") {
    const pairs = Array.isArray(value) ? (value as Pair[]).filter((pair) => typeof pair.name === "string" && typeof pair.value === "string") : [];
    return <PairsInput id={id} label={label} help={field.help} secret={field.type === "secret_pairs"} value={pairs} wrong={wrong} onChange={onChange} />;
  }
  if (field.type === "choices" && !field.picks) {
    return <Boxes id={id} label={field.label} field={field} value={value} wrong={wrong} onChange={onChange} />;
  }
  return (
    <Field id={id} label={label} help={field.help} wrong={wrong}>
      <Input id={id} field={field} value={value} wrong={wrong} onChange={onChange} />
    </Field>
  );
}

/** Any of a few choices. */
function Boxes({ id, label, field, value, wrong, onChange }: { id: string; label: string; field: SettingField; value: unknown; wrong: string[]; onChange: (value: unknown) => void }) {
  const ticked = new Set((Array.isArray(value) ? value : []).map(String));
  const tick = (choice: string, on: boolean) => {
    const next = (field.choices ?? []).map((one) => one.value).filter((one) => (one === choice ? on : ticked.has(one)));
    onChange(next);
  };
  return (
    <fieldset class="field" aria-describedby={field.help ? `${id}-help` : undefined}>
      <legend class="form-label">{label}</legend>
      {field.choices?.map((choice) => (
        <label class="form-check" key={choice.value}>
          <input type="checkbox" class={`form-check-input ${invalid(wrong)}`} checked={ticked.has(choice.value)} onChange={(event) => tick(choice.value, event.currentTarget.checked)} />
          <span class="form-check-label">{choice.label}</span>
        </label>
      ))}
      {field.help && <p class="form-text" id={`${id}-help`}>{field.help}</p>}
      {wrong.map((message) => <p class="invalid-feedback" key={message}>{message}</p>)}
    </fieldset>
  );
}

function Input({ id, field, value, wrong, onChange }: { id: string; field: SettingField; value: unknown; wrong: string[]; onChange: (value: unknown) => void }) {
  const common = { id, class: `form-control ${invalid(wrong)}`, "aria-invalid": wrong.length ? ("true" as const) : undefined };
  if (field.picks) {
    const { kind, many, query } = field.picks;
    const list = value === undefined || value === "" ? [] : (Array.isArray(value) ? value : [value]).map(String);
    return <ObjectPicker id={id} kind={kind} many={many} query={query} value={list} wrong={wrong.length > 0} onChange={(next) => onChange(many ? next : next[0])} />;
  }
  if (field.type === "choice") {
    return (
      <select id={id} class={`form-select ${invalid(wrong)}`} value={String(value ?? field.assumed ?? "")} onChange={(event) => onChange(event.currentTarget.value)}>
        {!value && field.assumed === null && <option value="">{say("choose")}</option>}
        {field.choices?.map((choice) => <option key={choice.value} value={choice.value}>{choice.label}</option>)}
      </select>
    );
  }
  if (field.type === "duration") {
    return <Duration id={id} label={field.label} value={String(value ?? "")} onChange={onChange} />;
  }
  if (field.type === "number") {
    return (
      <input
        {...common} type="number" min={field.min_value} max={field.max_value} placeholder={field.assumed === null ? undefined : String(field.assumed)} value={value === undefined ? "" : String(value)}
        onInput={(event) => onChange(event.currentTarget.value === "" ? undefined : Number(event.currentTarget.value))}
      />
    );
  }
  if (field.type === "long_text") {
    return <textarea {...common} rows={4} maxLength={field.max_length} value={String(value ?? "")} onInput={(event) => onChange(event.currentTarget.value)} />;
  }
  if (field.type === "secret") {
    const sealed = String(value ?? "").startsWith("sealed:");
    return (
      <input
        {...common} type="password" autocomplete="off" maxLength={field.max_length} value={sealed ? "" : String(value ?? "")}
        placeholder={sealed ? say("kept_secret") : ""} onInput={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  const type = { date: "date", moment: "datetime-local" }[field.type as string] ?? "text";
  return <input {...common} type={type} maxLength={field.max_length} value={String(value ?? "")} onInput={(event) => onChange(event.currentTarget.value)} />;
}
