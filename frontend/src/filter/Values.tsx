// The value of a condition on a field, asked for as its operator and type need it.
import type { Operator, Subject } from "./catalogue";
import { Choose } from "./Choose";
import { written } from "./conditions";
import { useTools } from "./context";
import type { Json } from "./tree";
import { asList, DURATION, SHIFTS, WORDS } from "./shapes";

interface Properties {
  subject: Subject;
  operator: Operator;
  value: unknown;
  onChange: (value: unknown, series?: string) => void;
}
interface OneProperties {
  subject: Subject;
  label: string;
  value: unknown;
  onChange: (value: unknown, series?: string) => void;
}

/** A number as people type it; what is not one (yet) stays a text, for the server to judge. */
export function asNumber(text: string): number | string {
  const plain = text.trim().replace(",", ".");
  const number = Number(plain);
  return plain !== "" && Number.isFinite(number) && String(number) === plain.replace(/^\+/, "") ? number : plain;
}

export function Duration({ label, value, units, onChange }: {
  label: string; value: string; units: string; onChange: (value: string) => void;
}) {
  const { word } = useTools();
  const [, number, unit] = DURATION.exec(value) ?? ["", "30", "d"];
  const offered = [...new Set([...units, unit])];
  return (
    <span class="fb-pair">
      <input class="fb-text num" inputMode="numeric" size={4} aria-label={label} value={number}
        onInput={(event) => {
          const digits = event.currentTarget.value.replace(/\D/g, "").slice(0, 6);
          if (digits) {
            onChange(`${Number(digits)}${unit}`);
          }
        }} />
      <select class="fb-select value" aria-label={word("unit")} value={unit}
        onChange={(event) => onChange(`${number}${event.currentTarget.value}`)}>
        {offered.map((one) => <option key={one} value={one}>{word(`unit_${one}`, { count: Number(number) })}</option>)}
      </select>
    </span>
  );
}

export function Moment({ subject, label, value, onChange }: OneProperties) {
  const { word } = useTools();
  const isShift = typeof value === "object" && value !== null;
  const mode = isShift ? "shift" : WORDS.includes(String(value)) ? String(value) : "day";
  const [unit, number] = isShift ? Object.entries(value as Json)[0] as [string, number] : ["days", -5];
  const pick = (next: string) =>
    onChange(next === "shift" ? { days: -5 } : next === "day" ? "" : next);
  const units = subject.input === "datetime" ? SHIFTS : SHIFTS.slice(0, 4);
  const written = String(value ?? "");
  return (
    <span class="fb-pair">
      <select class="fb-select value" aria-label={label} value={mode} onChange={(event) => pick(event.currentTarget.value)}>
        <option value="day">{word("a_day")}</option>
        <option value="shift">{word("a_shift")}</option>
        {WORDS.map((one) => <option key={one} value={one}>{word(one)}</option>)}
      </select>
      {mode === "day" && (
        <input class="fb-text" aria-label={word("a_day")} value={written}
          type={written === "" || /^\d{4}-\d\d-\d\d$/.test(written) ? "date" : "text"}
          onChange={(event) => onChange(event.currentTarget.value)} />
      )}
      {isShift && (
        <>
          <input class="fb-text num" inputMode="numeric" size={4} aria-label={word("number")} value={Math.abs(number)}
            onInput={(event) => {
              const digits = event.currentTarget.value.replace(/\D/g, "").slice(0, 5);
              onChange({ [unit]: (number < 0 ? -1 : 1) * Number(digits || 0) }, "number");
            }} />
          <select class="fb-select value" aria-label={word("unit")} value={unit}
            onChange={(event) => onChange({ [event.currentTarget.value]: number })}>
            {[...new Set([...units, unit])].map((one) => <option key={one} value={one}>{word(`shift_${one}`, { count: Math.abs(number) })}</option>)}
          </select>
          <select class="fb-select value" aria-label={word("direction")} value={number < 0 ? "ago" : "ahead"}
            onChange={(event) => onChange({ [unit]: Math.abs(number) * (event.currentTarget.value === "ago" ? -1 : 1) })}>
            <option value="ago">{word("ago")}</option>
            <option value="ahead">{word("ahead")}</option>
          </select>
        </>
      )}
    </span>
  );
}

function One({ subject, label, value, onChange }: OneProperties) {
  const { word } = useTools();
  if (subject.input === "boolean") {
    return (
      <select class="fb-select value" aria-label={label} value={String(value)}
        onChange={(event) => onChange(event.currentTarget.value === "true")}>
        <option value="true">{word("yes")}</option>
        <option value="false">{word("no")}</option>
      </select>
    );
  }
  if (subject.input.startsWith("date")) {
    return <Moment subject={subject} label={label} value={value} onChange={onChange} />;
  }
  if (subject.choices || subject.options.length) {
    return (
      <Choose label={label} single values={asList(value)} of={subject.choices} options={subject.options}
        onChange={(values) => onChange(values.length ? written(subject.choices, values[0]) : undefined)} />
    );
  }
  const isNumber = subject.input === "number";
  return (
    <input class={`fb-text${isNumber ? " num" : ""}`} aria-label={label} placeholder={word(isNumber ? "number" : "text")}
      type={subject.input === "time" ? "time" : "text"} inputMode={isNumber ? "decimal" : undefined}
      value={String(value ?? "")}
      onInput={(event) => onChange(isNumber ? asNumber(event.currentTarget.value) : event.currentTarget.value, "text")} />
  );
}

export function Values({ subject, operator, value, onChange }: Properties) {
  const { word } = useTools();
  const label = word("value_of", { subject: subject.label });
  const text = (placeholder: string) => (
    <input class="fb-text" aria-label={label} placeholder={word(placeholder)} maxLength={placeholder === "pattern" ? 200 : 1000}
      spellcheck={false} value={String(value ?? "")} onInput={(event) => onChange(event.currentTarget.value, "text")} />
  );
  switch (operator.form) {
    case "none":
      return null;
    case "many":
      return (
        <Choose label={label} values={asList(value)} of={subject.choices} options={subject.options}
          free={subject.choices === "tag_name" || !(subject.choices || subject.options.length)}
          placeholder={subject.choices || subject.options.length ? undefined : word("several")}
          onChange={(values) => onChange(values.map((one) =>
            asList(value).find((old) => String(old) === one) ?? written(subject.choices, one)))} />
      );
    case "two": {
      const [low, high] = Array.isArray(value) ? value : ["", ""];
      return (
        <>
          <One subject={subject} label={word("from_of", { subject: subject.label })} value={low}
            onChange={(next, series) => onChange([next ?? "", high], series && `${series} low`)} />
          <span class="fb-and">{word("and")}</span>
          <One subject={subject} label={word("to_of", { subject: subject.label })} value={high}
            onChange={(next, series) => onChange([low, next ?? ""], series && `${series} high`)} />
        </>
      );
    }
    case "duration":
      return <Duration label={label} value={String(value)} units={subject.input === "datetime" ? "mhdw" : "dw"}
        onChange={(next) => onChange(next, "text")} />;
    case "anniversary": {
      const near = (value ?? {}) as Record<string, number>;
      const ends = ["before", "after"].map((end) => (
        <span class="fb-pair" key={end}>
          <input class="fb-text num" inputMode="numeric" size={3} aria-label={word(`days_${end}`)} value={near[end] ?? 0}
            onInput={(event) =>
              onChange({ ...near, [end]: Number(event.currentTarget.value.replace(/\D/g, "").slice(0, 3)) }, `text ${end}`)} />
          <span class="fb-and">{word(`days_${end}`, { count: near[end] ?? 0 })}</span>
        </span>
      ));
      return <>{ends}</>;
    }
    case "text":
      return text("text");
    case "regex":
      return text("pattern");
    default:
      return <One subject={subject} label={label} value={value} onChange={onChange} />;
  }
}
