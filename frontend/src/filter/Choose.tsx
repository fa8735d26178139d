// Values as chips with a field that finds more: from options, from the server, or as they are typed.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { findChoices, remember, useNames, type Choice } from "./catalogue";
import { useTools } from "./context";
import { Icon } from "./Icon";

interface Properties {
  label: string;
  values: unknown[];
  onChange: (values: string[]) => void;
  of: string;
  about?: string;
  options?: Choice[];
  /** One value at most. */
  single?: boolean;
  /** What is typed is a value, too. */
  free?: boolean;
  placeholder?: string;
}

const DELAY = 150;
const SHOWN = 30;

export function Choose({ label, values, onChange, of, about = "", options = [], single, free, placeholder }: Properties) {
  const { word } = useTools();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Choice[]>([]);
  const [open, setOpen] = useState(false);
  const [marked, setMarked] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const list = useId();
  const name = useNames(of, about, values, options);
  const chosen = values.map(String);

  useEffect(() => {
    if (!open) {
      return;
    }
    if (!of) {
      const wanted = text.toLocaleLowerCase();
      setFound(options.filter((option) => option.label.toLocaleLowerCase().includes(wanted)).slice(0, SHOWN));
      return;
    }
    const asking = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        setFound(await findChoices(of, text, about, asking.signal));
      } catch {
        // Another question took its place, or there is no answer: nothing is offered.
      }
    }, DELAY);
    return () => {
      window.clearTimeout(timer);
      asking.abort();
    };
  }, [text, open, of, about]);

  const offered = found.filter((choice) => single || !chosen.includes(choice.value));
  const same = offered.some((choice) => choice.label.toLocaleLowerCase() === text.trim().toLocaleLowerCase());
  const own: Choice[] = free && text.trim() && !same ? [{ value: text.trim(), label: text.trim() }] : [];
  // What is typed comes last where names are known, so that Enter takes the known one.
  const lines = of ? [...offered, ...own] : own.concat(offered);

  const choose = (choice: Choice) => {
    remember(of, about, of ? [choice] : []);
    onChange(single ? [choice.value] : [...new Set([...chosen, choice.value])]);
    setText("");
    setMarked(0);
    setOpen(false);
    field.current?.focus();
  };
  const drop = (value: string) => {
    onChange(chosen.filter((other) => other !== value));
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!event.altKey) {
        event.preventDefault();
        setOpen(true);
        setMarked((marked + (event.key === "ArrowDown" ? (open ? 1 : 0) : -1) + lines.length) % Math.max(1, lines.length));
      }
    } else if (event.key === "Enter" || (event.key === "," && free)) {
      event.preventDefault();
      if (open && lines[marked]) {
        choose(lines[marked]);
      }
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      setOpen(false);
    } else if (event.key === "Backspace" && !text && chosen.length) {
      event.stopPropagation();
      drop(chosen[chosen.length - 1]);
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const parts = (event.clipboardData?.getData("text") ?? "").split(/[\n\t;,]+/).map((part) => part.trim()).filter(Boolean);
    if (free && !single && parts.length > 1) {
      event.preventDefault();
      onChange([...new Set([...chosen, ...parts])]);
    }
  };
  const leave = () => {
    setOpen(false);
    if (free && text.trim()) {
      onChange(single ? [text.trim()] : [...new Set([...chosen, text.trim()])]);
      setText("");
    }
  };

  return (
    <span class="fb-choose">
      {chosen.map((value) => (
        <span class="fb-value" key={value}>
          {name(value)}
          <button type="button" aria-label={word("without", { name: name(value) })} onClick={() => drop(value)}>
            <Icon name="x" />
          </button>
        </span>
      ))}
      <input
        ref={field}
        class={`fb-find${chosen.length ? " more" : ""}`}
        role="combobox"
        autocomplete="off"
        aria-label={label}
        aria-expanded={open && lines.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={open && lines[marked] ? `${list}-${marked}` : undefined}
        placeholder={chosen.length ? (single ? "" : word("more")) : placeholder ?? word("choose")}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setMarked(0);
          setOpen(true);
        }}
        onFocus={() => setOpen(!chosen.length)}
        onClick={() => setOpen(true)}
        onBlur={leave}
        onKeyDown={onKey}
        onPaste={onPaste}
      />
      <ul class="fb-offers" role="listbox" id={list} aria-label={label} hidden={!open || !lines.length}>
        {lines.map((choice, place) => (
          <li
            key={choice.value}
            id={`${list}-${place}`}
            role="option"
            aria-selected={place === marked}
            onMouseDown={(event) => {
              event.preventDefault();
              choose(choice);
            }}
          >
            <span>{own.includes(choice) ? word("this_text", { text: choice.label }) : choice.label}</span>
            {choice.beside && choice.beside !== choice.label && <span class="fb-hint clip">{choice.beside}</span>}
          </li>
        ))}
      </ul>
    </span>
  );
}
