// Pairs of name and value: fields that are sent, headers whose values are kept secret.
import { Icon } from "../../page/Icon";
import { say } from "../words";
import { Field, invalid } from "./Field";

export interface Pair {
  name: string;
  value: string;
}

interface Props {
  id: string;
  label: string;
  help: string;
  secret: boolean;
  value: Pair[];
  wrong: string[];
  onChange: (value: Pair[]) => void;
}

export function PairsInput({ id, label, help, secret, value, wrong, onChange }: Props) {
  const change = (place: number, part: Partial<Pair>) => onChange(value.map((pair, at) => (at === place ? { ...pair, ...part } : pair)));
  return (
    <Field id={id} label={label} help={help} wrong={wrong} group>
      {value.map((pair, place) => {
        const name = pair.name || String(place + 1);
        const sealed = secret && pair.value.startsWith("sealed:");
        return (
          <div class="pair line" key={place}>
            <input class={`form-control ${invalid(wrong)}`} aria-label={say("pair_name", { number: String(place + 1) })} placeholder={say("name")} value={pair.name} onInput={(event) => change(place, { name: event.currentTarget.value })} />
            <input
              class={`form-control ${invalid(wrong)}`} aria-label={say("pair_value", { name })} type={secret ? "password" : "text"} autocomplete="off"
              placeholder={sealed ? say("kept_value") : say("value")} value={sealed ? "" : pair.value} onInput={(event) => change(place, { value: event.currentTarget.value })}
            />
            <button type="button" class="bare-btn small-btn" aria-label={say("take_out", { name })} onClick={() => onChange(value.filter((_pair, at) => at !== place))}>
              <Icon name="x" />
            </button>
          </div>
        );
      })}
      <button type="button" class="linkish" onClick={() => onChange([...value, { name: "", value: "" }])}>{say("add_pair")}</button>
    </Field>
  );
}
