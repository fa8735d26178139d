// A time span as a number and a unit: `3d`. Empty where that means something.
import { say } from "../words";

const UNITS = ["m", "h", "d", "w", "s"] as const;
// With those of the calendar, which not every span may be given in.
export const ALL_UNITS = ["m", "h", "d", "w", "mo", "y", "s"] as const;
const NAMES = { s: "seconds", m: "minutes", h: "hours", d: "days", w: "weeks", mo: "months", y: "years" };

interface Props {
  id: string;
  value: string;
  onChange: (value: string) => void;
  label: string;
  units?: readonly (typeof ALL_UNITS)[number][];
}

export function Duration({ id, value, onChange, label, units = UNITS }: Props) {
  const [, count = "", unit = "d"] = /^(.*?)(mo|[a-z])$/.exec(value) ?? [];
  return (
    <div class="line">
      <input
        id={id} class="form-control short" type="number" min="0" inputMode="numeric" aria-label={label} value={count}
        onInput={(event) => onChange(event.currentTarget.value ? `${event.currentTarget.value}${unit}` : "")}
      />
      <select class="form-select" aria-label={`${label}: ${say("unit")}`} value={unit} onChange={(event) => onChange(`${count || "1"}${event.currentTarget.value}`)}>
        {units.map((name) => <option key={name} value={name}>{say(NAMES[name], { count: Number(count || 1) })}</option>)}
      </select>
    </div>
  );
}
