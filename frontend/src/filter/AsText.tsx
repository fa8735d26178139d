// The filter as the text it is kept as: for what sentences cannot say, and to copy it.
import { useState } from "preact/hooks";
import { useTools, type Problem } from "./context";
import { Icon } from "../page/Icon";
import type { Json } from "./tree";

interface Properties {
  value: Json | null;
  problems: Problem[];
  onChange: (value: Json) => void;
}

export function AsText({ value, problems, onChange }: Properties) {
  const { word } = useTools();
  const [text, setText] = useState(() => JSON.stringify(value ?? { all: [] }, null, 2));
  const [wrong, setWrong] = useState("");
  const change = (next: string) => {
    setText(next);
    try {
      const tree: unknown = JSON.parse(next);
      if (typeof tree !== "object" || tree === null || Array.isArray(tree)) {
        throw new Error(word("no_filter"));
      }
      setWrong("");
      onChange(tree as Json);
    } catch (error) {
      setWrong(word("no_json", { reason: (error as Error).message }));
    }
  };
  const rows = Math.min(40, text.split("\n").length + 2);
  return (
    <div class="fb-astext">
      <textarea class="form-control mono" rows={rows} spellcheck={false} aria-label={word("as_text")}
        aria-invalid={wrong !== ""} value={text} onInput={(event) => change(event.currentTarget.value)} />
      {wrong && <p class="fb-problem" role="alert"><Icon name="alert-circle" />{wrong}</p>}
      {problems.map((problem) => (
        <p class="fb-problem" role="alert" key={problem.field}>
          <Icon name="alert-circle" /><code>{problem.field}</code> {problem.message}
        </p>
      ))}
    </div>
  );
}
