// Finds a contact by the beginning of a name or address.
import { useEffect, useState } from "preact/hooks";
import { Combobox } from "./Combobox";
import { Icon } from "./Icon";
import { nameOf, type Person } from "./people";
import { call } from "./requests";

interface Properties {
  label: string;
  onPick: (person: Person) => void;
}

const DELAY = 200;
const SHOWN = 8;

function filterOf(wanted: string): object {
  const fields = wanted.includes("@") ? ["email"] : ["last_name", "first_name", "email"];
  const filter = { any: fields.map((field) => ({ field, op: "starts_with", value: wanted })) };
  const words = wanted.split(/\s+/);
  const both = { all: [{ field: "first_name", op: "starts_with", value: words[0] },
    { field: "last_name", op: "starts_with", value: words[words.length - 1] }] };
  return words.length > 1 ? { any: [filter, both] } : filter;
}

export function PersonSearch({ label, onPick }: Properties) {
  const [text, setText] = useState("");
  const [found, setFound] = useState<Person[]>([]);
  useEffect(() => {
    const wanted = text.trim();
    if (!wanted) {
      setFound([]);
      return undefined;
    }
    const asking = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        const answer = await call<{ results: Person[] }>("POST", "contacts/search", { filter: filterOf(wanted), limit: SHOWN }, asking.signal);
        setFound(answer.results);
      } catch {
        // Another question took its place.
      }
    }, DELAY);
    return () => {
      window.clearTimeout(timer);
      asking.abort();
    };
  }, [text]);
  const pick = (person: Person) => {
    setText("");
    setFound([]);
    onPick(person);
  };
  return (
    <div class="fb-choose wide">
      <div class="searchbox">
        <Icon name="user-search" />
        <Combobox
          label={label} placeholder={label} text={text} lines={found} keyOf={(one) => one.id} open={found.length > 0}
          onOpen={(open) => open || setText("")} onText={setText} onTake={pick}
          onKey={(event, marked) => {
            // Nothing found is no answer to the form around.
            const alone = event.key === "Enter" && !marked;
            if (alone) {
              event.preventDefault();
            }
            return alone;
          }}
          classes={{ field: "", list: "fb-offers" }}
        >
          {(one) => <><span>{nameOf(one)}</span><span class="fb-hint clip">{one.email ?? ""}</span></>}
        </Combobox>
      </div>
    </div>
  );
}
