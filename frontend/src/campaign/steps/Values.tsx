// Values to write into fields of a contact, or of its company, one row a field.
import { isMask } from "../../filter/tree";
import { Icon } from "../../page/Icon";
import { useStore } from "../store";
import type { Step } from "../types";
import { say } from "../words";
import { Field, useProblems } from "./Field";
import { Value, isFilled } from "./Value";

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
        const fills = of === "fields" && alias !== "owner";
        return (
          <div class="pair" key={alias}>
            <span class="small strong">{field?.label ?? alias}</span>
            <div class="line top">
              <Value field={field} label={field?.label ?? alias} value={written} onChange={(next) => change({ ...value, [alias]: next })} />
              {fills && (
                <button type="button" class="bare-btn small-btn" aria-pressed={isFilled(written)} title={say("personal_value")} aria-label={say("personal_value_of", { name: field?.label ?? alias })} onClick={() => change({ ...value, [alias]: isFilled(written) ? "" : `{{ contact.${alias} }}` })}>
                  <Icon name="braces" />
                </button>
              )}
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
      {of === "fields" && Object.values(value).some(isFilled) && <p class="form-text">{say("personal_value_help")}</p>}
      <select id={`${step.id}-values`} class="form-select" aria-label={say("add_field")} value="" onChange={(event) => change({ ...value, [event.currentTarget.value]: "" })}>
        <option value="">{say("add_field")}</option>
        {free.map((field) => <option key={field.alias} value={field.alias}>{field.label}</option>)}
      </select>
    </Field>
  );
}
