// Picks one or several objects of a kind from what the server finds by a text.
import { useEffect, useRef, useState } from "react";
import { Combobox } from "../../page/Combobox";
import { call } from "../../page/requests";
import { Icon } from "../../page/Icon";
import { useStore } from "../store";
import { say } from "../words";

interface Found {
  id: string;
  name: string;
}

const LISTS: Record<string, { path: string; text: string }> = {
  email: { path: "emails", text: "name" },
  sms: { path: "sms", text: "name" },
  segment: { path: "segments", text: "name" },
  campaign: { path: "campaigns", text: "name" },
  stage: { path: "stages", text: "name" },
  connection: { path: "connections", text: "name" },
  point_group: { path: "point-groups", text: "name" },
  company: { path: "companies", text: "contains" },
  tag: { path: "tags", text: "contains" },
};
const learned = new Map<string, string>();

interface Props {
  id: string;
  kind: string;
  value: string[];
  many: boolean;
  query?: Record<string, string>;
  wrong?: boolean;
  onChange: (value: string[]) => void;
}

export function ObjectPicker({ id, kind, value, many, query = {}, wrong, onChange }: Props) {
  const names = useStore((state) => state.draft.names[kind]);
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [found, setFound] = useState<Found[]>([]);
  const box = useRef<HTMLDivElement>(null);
  // Tags are named, not numbered.
  const nameOf = (key: string) => (kind === "tag" ? key : names?.[key] ?? learned.get(`${kind}:${key}`) ?? `#${key}`);
  useEffect(() => {
    if (!open) {
      return undefined;
    }
    const stop = new AbortController();
    const timer = window.setTimeout(() => void search(kind, text, query, stop.signal).then(setFound, () => undefined), text ? 180 : 0);
    return () => {
      window.clearTimeout(timer);
      stop.abort();
    };
  }, [open, text, kind]);
  const options = found.filter((one) => !value.includes(one.id));
  if (kind === "tag" && text.trim() && !found.some((one) => one.name.toLowerCase() === text.trim().toLowerCase())) {
    options.push({ id: text.trim(), name: text.trim() });
  }
  const choose = (one: Found) => {
    learned.set(`${kind}:${one.id}`, one.name);
    onChange(many ? [...value, one.id] : [one.id]);
    setText("");
    setOpen(many);
  };
  const typed = (event: KeyboardEvent) => {
    const takes = event.key === "Backspace" && !text && many && value.length > 0;
    if (takes) {
      onChange(value.slice(0, -1));
    }
    return takes;
  };
  const single = !many && value.length > 0 && !open;
  return (
    <div class="picker" ref={box} onFocusOut={(event) => {
      if (!box.current?.contains(event.relatedTarget as Node | null)) {
        setOpen(false);
        setText("");
      }
    }}>
      {many && value.length > 0 && (
        <ul class="plain chips">
          {value.map((key) => (
            <li class="chip" key={key} title={nameOf(key)}>
              <span class="clip">{nameOf(key)}</span>
              <button type="button" aria-label={say("take_out", { name: nameOf(key) })} onClick={() => onChange(value.filter((other) => other !== key))}>
                <Icon name="x" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <Combobox
        id={id} label={say(`pick_${kind}`)} placeholder={say(`pick_${kind}`)} text={text} shown={single ? nameOf(value[0]) : undefined}
        lines={options} keyOf={(one) => one.id} open={open} onOpen={setOpen} onText={setText} onTake={choose} onKey={typed} wrong={wrong}
        none={text ? say("nothing_found") : undefined} classes={{ field: `form-control ${wrong ? "is-invalid" : ""}`, list: "plain options" }}
      >
        {(one) => <>{one.name}{!found.includes(one) && <span class="quiet small"> {say("new_tag")}</span>}</>}
      </Combobox>
    </div>
  );
}

async function search(kind: string, text: string, query: Record<string, string>, signal: AbortSignal): Promise<Found[]> {
  const list = LISTS[kind];
  const words = new URLSearchParams({ ...query, limit: "20", sort: "name", ...(text.trim() ? { [list.text]: text.trim() } : {}) });
  const answer = await call<{ results: { id: string; name: string }[] }>("GET", `${list.path}?${words}`, undefined, signal);
  return answer.results.map((row) => ({ id: kind === "tag" ? row.name : row.id, name: row.name }));
}
