// The period of a condition on behaviour: rolling, or between days.
import type { Subject } from "./catalogue";
import { useTools } from "./context";
import type { Json } from "./tree";
import { Duration, Moment } from "./Values";

interface Properties {
  subject: Subject;
  node: Json;
  onChange: (node: Json, series?: string) => void;
}

const START: Record<string, Json> = {
  ever: {},
  within: { within: "30d" },
  after: { after: { days: -30 } },
  before: { before: { days: -30 } },
  range: { after: { days: -30 }, before: "today" },
};

function modeOf(node: Json): string {
  if (node.within !== undefined) {
    return "within";
  }
  return node.after === undefined ? (node.before === undefined ? "ever" : "before") : node.before === undefined ? "after" : "range";
}

export function Period({ subject, node, onChange }: Properties) {
  const { word } = useTools();
  const { within, after, before, ...rest } = node;
  const mode = modeOf(node);
  const pick = (next: string) => {
    const kept = { ...(after !== undefined ? { after } : {}), ...(before !== undefined ? { before } : {}) };
    const wanted = START[next];
    onChange({ ...rest, ...wanted, ...Object.fromEntries(Object.entries(kept).filter(([name]) => name in wanted)) });
  };
  const end = (name: "after" | "before", label: string, value: unknown) => (
    <Moment subject={{ ...subject, input: "datetime" }} label={label} value={value}
      onChange={(next, series) => onChange({ ...node, [name]: next ?? "" }, series && `${series} ${name}`)} />
  );
  return (
    <>
      <select class="fb-select" aria-label={word("in_which_time")} value={mode} onChange={(event) => pick(event.currentTarget.value)}>
        <option value="within">{word("in_the_last")}</option>
        <option value="after">{word("after")}</option>
        <option value="before">{word("before")}</option>
        <option value="range">{word("between_days")}</option>
        {node.which === undefined && <option value="ever">{word("ever")}</option>}
      </select>
      {typeof within === "string" && (
        <Duration label={word("in_the_last")} value={within} units="mhdw"
          onChange={(next) => onChange({ ...node, within: next }, "within")} />
      )}
      {after !== undefined && end("after", word("after"), after)}
      {mode === "range" && <span class="fb-and">{word("and_before")}</span>}
      {before !== undefined && end("before", word("before"), before)}
    </>
  );
}
