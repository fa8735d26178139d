// Values to write into fields of a contact, or of its company, one row a field.
import { isMask } from "../../filter/tree";
import { Icon } from "../../page/Icon";
import { useStore } from "../store";
import type { FieldOffer, Step } from "../types";
import { say } from "../words";
import { Field, useProblems } from "./Field";

type Written = Record<string, unknown>;

export function Values({ step, of = "fields", owned, label, value, onChange }: { step: Step; of?: "fields" | "company_fields"; owned?: boolean; label: string; value: Written; onChange: (value: Written | undefined) => void }) {
  const offers = useStore((state) => state.offers);
  const fields = [...offers[of], ...(owned ? [offers.owner] : [])].filter((field) => field.writable);
  const wrong = useProblems(step.id, "values");
  const free = fields.filter((field) => !(field.alias in value));
  if (isMask(value)) {
    // They stay as they are; whoever may see them can change them.
    return <Field id={`${step.id}-values`} label={label} wrong={wrong} group><p class="note" role="note"><Icon name="lock" /><span>{say("hidden_values")}</span></p></Field>;
  }
  const change = (next: Written) => onChange(Object.keys(next).length ? next : undefined);
  return (
    <Field id={`${step.id}-values`} label={label} wrong={wrong} group>
      {Object.entries(value).map(([alias, written]) => {
        const field = fields.find((other) => other.alias === alias);
        return (
          <div class="pair" key={alias}>
            <span class="small strong">{field?.label ?? alias}</span>
            <div class="line">
              <Value field={field} label={field?.label ?? alias} value={written} onChange={(next) => change({ ...value, [alias]: next })} />
              <button type="button" class="bare-btn small-btn" aria-label={say("take_out", { name: field?.label ?? alias })} onClick={() => {
                const { [alias]: _gone, ...rest } = value;
                change(rest);
              }}>
                <Icon name="x" />
              </button>
            </div>
          </div>
        );
      })}
      <select id={`${step.id}-values`} class="form-select" aria-label={say("add_field")} value="" onChange={(event) => change({ ...value, [event.currentTarget.value]: "" })}>
        <option value="">{say("add_field")}</option>
        {free.map((field) => <option key={field.alias} value={field.alias}>{field.label}</option>)}
      </select>
    </Field>
  );
}

// Nobody is a choice of its own: who has not chosen yet takes the owner from nobody.
const NOBODY = "null";

function Owner({ field, label, value, onChange }: { field: FieldOffer; label: string; value: unknown; onChange: (value: unknown) => void }) {
  const chosen = String(value);
  const known = chosen === "" || chosen === NOBODY || field.options.some((option) => option.value === chosen);
  return (
    <select class="form-select" aria-label={label} value={chosen} onChange={(event) => onChange(event.currentTarget.value === NOBODY ? null : event.currentTarget.value)}>
      <option value="">{say("choose")}</option>
      <option value={NOBODY}>{say("owned_by_nobody")}</option>
      {known ? null : <option value={chosen}>#{chosen}</option>}
      {field.options.map((option) => <option key={option.value} value={option.value}>{option.label || option.value}</option>)}
    </select>
  );
}

function Value({ field, label, value, onChange }: { field: FieldOffer | undefined; label: string; value: unknown; onChange: (value: unknown) => void }) {
  if (field?.alias === "owner") return <Owner field={field} label={label} value={value} onChange={onChange} />;
  if (field?.options.length) {
    return (
      <select class="form-select" aria-label={label} value={String(value)} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{say("choose")}</option>
        {field.options.map((option) => <option key={option.value} value={option.value}>{option.label || option.value}</option>)}
      </select>
    );
  }
  if (field?.type === "boolean") {
    return (
      <select class="form-select" aria-label={label} value={String(value)} onChange={(event) => onChange(event.currentTarget.value === "true")}>
        <option value="">{say("choose")}</option>
        <option value="true">{say("yes")}</option>
        <option value="false">{say("no")}</option>
      </select>
    );
  }
  const type = { number: "number", date: "date", email: "email", url: "url" }[field?.type ?? ""] ?? "text";
  return <input class="form-control" type={type} step="any" aria-label={label} value={String(value ?? "")} onInput={(event) => onChange(event.currentTarget.value)} />;
}
