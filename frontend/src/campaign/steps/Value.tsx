// The value one field gets: written, chosen, filled in by tokens, or choices put in and taken out.
import { useState } from "react";
import { Icon } from "../../page/Icon";
import type { FieldOffer } from "../types";
import { say } from "../words";

interface Props {
  field: FieldOffer | undefined;
  label: string;
  value: unknown;
  onChange: (value: unknown) => void;
}

// Nobody is a choice of its own: who has not chosen yet takes the owner from nobody.
const NOBODY = "null";
const TYPES: Record<string, string> = { number: "number", date: "date", email: "email", url: "url" };

export const isFilled = (value: unknown): boolean => typeof value === "string" && value.includes("{{");

export function Value({ field, label, value, onChange }: Props) {
  if (field?.alias === "owner") return <Owner field={field} label={label} value={value} onChange={onChange} />;
  if (isFilled(value)) return <input class="form-control mono" aria-label={label} value={String(value)} onInput={(event) => onChange(event.currentTarget.value)} />;
  if (field?.type === "multiselect") return <Several field={field} label={label} value={value} onChange={onChange} />;
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
  return <input class="form-control" type={TYPES[field?.type ?? ""] ?? "text"} step="any" aria-label={label} value={String(value ?? "")} onInput={(event) => onChange(event.currentTarget.value)} />;
}

function Owner({ field, label, value, onChange }: Props) {
  const chosen = String(value), options = field?.options ?? [];
  const known = chosen === "" || chosen === NOBODY || options.some((option) => option.value === chosen);
  return (
    <select class="form-select" aria-label={label} value={chosen} onChange={(event) => onChange(event.currentTarget.value === NOBODY ? null : event.currentTarget.value)}>
      <option value="">{say("choose")}</option>
      <option value={NOBODY}>{say("owned_by_nobody")}</option>
      {known ? null : <option value={chosen}>#{chosen}</option>}
      {options.map((option) => <option key={option.value} value={option.value}>{option.label || option.value}</option>)}
    </select>
  );
}

type Acts = { add?: string[]; remove?: string[] };
const listed = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : value ? [String(value)] : []);

/** Several choices: the whole list, or some of it beside what stands there. */
function Several({ field, label, value, onChange }: Props) {
  // An empty list is written as the whole; which of both was meant is kept while the panel is open.
  const [beside, setBeside] = useState(!value || (typeof value === "object" && !Array.isArray(value)));
  const acts = (beside ? value || {} : {}) as Acts;
  const change = (act: keyof Acts, next: string[]) => {
    const { [act]: _gone, ...rest } = acts;
    onChange(next.length ? { ...rest, [act]: next } : rest);
  };
  return (
    <div class="stack grow">
      <select class="form-select" aria-label={say("how_changed", { name: label })} value={beside ? "beside" : "whole"} onChange={(event) => {
        setBeside(event.currentTarget.value === "beside");
        onChange(event.currentTarget.value === "beside" ? {} : []);
      }}>
        <option value="beside">{say("add_and_remove")}</option>
        <option value="whole">{say("replace_by")}</option>
      </select>
      {beside ? (
        <>
          <Chips field={field} label={say("choices_to_add")} value={listed(acts.add)} without={listed(acts.remove)} onChange={(next) => change("add", next)} />
          <Chips field={field} label={say("choices_to_remove")} value={listed(acts.remove)} without={listed(acts.add)} onChange={(next) => change("remove", next)} />
        </>
      ) : <Chips field={field} label={say("choices_to_hold")} value={listed(value)} without={[]} onChange={onChange} />}
    </div>
  );
}

function Chips({ field, label, value, without, onChange }: { field: FieldOffer | undefined; label: string; value: string[]; without: string[]; onChange: (value: string[]) => void }) {
  const options = field?.options ?? [];
  const nameOf = (key: string) => options.find((option) => option.value === key)?.label || key;
  const free = options.filter((option) => !value.includes(option.value) && !without.includes(option.value));
  return (
    <div class="picker">
      {value.length > 0 && (
        <ul class="plain chips">
          {value.map((key) => (
            <li class="chip" key={key} title={nameOf(key)}>
              <span class="clip">{nameOf(key)}</span>
              <button type="button" aria-label={say("take_out", { name: nameOf(key) })} onClick={() => onChange(value.filter((other) => other !== key))}><Icon name="x" /></button>
            </li>
          ))}
        </ul>
      )}
      <select class="form-select" aria-label={label} value="" onChange={(event) => onChange([...value, event.currentTarget.value])}>
        <option value="">{label}</option>
        {free.map((option) => <option key={option.value} value={option.value}>{option.label || option.value}</option>)}
      </select>
    </div>
  );
}
