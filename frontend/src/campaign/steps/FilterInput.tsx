// A filter in its JSON language, checked by the server.
import { useState } from "react";
import { say } from "../words";

export function FilterInput({ id, value, onChange }: { id: string; value: unknown; onChange: (value: unknown) => void }) {
  const [text, setText] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const [wrong, setWrong] = useState("");
  return (
    <>
      <textarea
        id={id} class={`form-control mono ${wrong ? "is-invalid" : ""}`} rows={8} spellcheck={false} value={text}
        placeholder='{"all": [{"field": "country", "op": "is", "value": "FR"}]}'
        onInput={(event) => {
          const next = event.currentTarget.value;
          setText(next);
          try {
            const tree = next.trim() ? (JSON.parse(next) as unknown) : undefined;
            setWrong("");
            onChange(tree);
          } catch {
            setWrong(say("no_json"));
          }
        }}
      />
      {wrong && <div class="invalid-feedback">{wrong}</div>}
    </>
  );
}
