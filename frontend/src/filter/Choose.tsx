// Values as chips with a field that finds more: from options, from the server, or as they are typed.
import { useEffect, useRef, useState } from "preact/hooks";
import { findChoices, remember, useNames, type Choice } from "./catalogue";
import { isItself, useTools } from "./context";
import { Combobox } from "../page/Combobox";
import { Icon } from "../page/Icon";
import { fold, ranked } from "../page/ranking";

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
  /** Told when it is left with a text that names nothing, and when that is gone. */
  onStuck?: (stuck: boolean) => void;
}

const DELAY = 150;
const SHOWN = 30;

export function Choose({ label, values, onChange, of, about = "", options = [], single, free, placeholder, onStuck }: Properties) {
  const { word } = useTools();
  const [text, setText] = useState("");
  const [found, setFound] = useState<Choice[]>([]);
  const [open, setOpen] = useState(false);
  const [stuck, setStuck] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const name = useNames(of, about, values, options);
  const chosen = values.map(String);

  useEffect(() => {
    if (!open) {
      return;
    }
    if (!of) {
      const wanted = fold(text.trim());
      setFound(ranked(options.filter((option) => fold(option.label).includes(wanted)), text, (option) => option.label).slice(0, SHOWN));
      return;
    }
    const asking = new AbortController();
    const timer = window.setTimeout(async () => {
      try {
        setFound(ranked(await findChoices(of, text, about, asking.signal), text, (choice) => choice.label));
      } catch {
        // Another question took its place, or there is no answer: nothing is offered.
      }
    }, DELAY);
    return () => {
      window.clearTimeout(timer);
      asking.abort();
    };
  }, [text, open, of, about]);

  const offered = found.filter((choice) => (single || !chosen.includes(choice.value)) && !isItself(of, choice.value));
  const same = offered.some((choice) => choice.label.toLocaleLowerCase() === text.trim().toLocaleLowerCase());
  const own: Choice[] = free && text.trim() && !same ? [{ value: text.trim(), label: text.trim() }] : [];
  // What is typed comes last where names are known, so that Enter takes the known one.
  const lines = of ? [...offered, ...own] : own.concat(offered);

  const told = (is: boolean) => {
    setStuck(is);
    if (is !== stuck) {
      onStuck?.(is);
    }
  };
  const choose = (choice: Choice, leaving = false) => {
    setStuck(false);
    remember(of, about, of ? [choice] : []);
    onChange(single ? [choice.value] : [...new Set([...chosen, choice.value])]);
    setText("");
    setOpen(false);
    if (!leaving) {
      field.current?.focus();
    }
  };
  const drop = (value: string) => {
    onChange(chosen.filter((other) => other !== value));
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent, marked: Choice | undefined) => {
    if (event.key === "Enter" || (event.key === "," && free)) {
      event.preventDefault();
      if (marked) {
        choose(marked);
      }
      return true;
    }
    if (event.key === "Backspace" && !text && chosen.length) {
      event.stopPropagation();
      drop(chosen[chosen.length - 1]);
      return true;
    }
    return false;
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
    const typed = text.trim();
    if (free && typed) {
      onChange(single ? [typed] : [...new Set([...chosen, typed])]);
      setText("");
      return;
    }
    // What is written and meant, but not taken, must not be passed over in silence.
    const meant = typed && offered.find((choice) => choice.label.toLocaleLowerCase() === typed.toLocaleLowerCase());
    if (meant) {
      choose(meant, true);
    } else {
      told(Boolean(typed));
    }
  };
  const type = (next: string) => {
    setText(next);
    if (!next.trim()) {
      told(false);
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
      <Combobox
        field={field} label={label} placeholder={chosen.length ? (single ? "" : word("more")) : placeholder ?? word("choose")} text={text}
        lines={lines} keyOf={(choice) => choice.value} open={open} onOpen={setOpen} onText={type} onTake={(choice) => choose(choice)} onKey={onKey}
        onFocus={() => setOpen(!chosen.length)} onBlur={leave} onPaste={onPaste} wrong={stuck}
        classes={{ field: `fb-find${chosen.length ? " more" : ""}`, list: "fb-offers" }}
      >
        {(choice) => (
          <>
            <span>{own.includes(choice) ? word("this_text", { text: choice.label }) : choice.label}</span>
            {choice.beside && choice.beside !== choice.label && <span class="fb-hint clip">{choice.beside}</span>}
          </>
        )}
      </Combobox>
      {stuck && <span class="fb-stuck" role="alert">{word("nothing_found")}</span>}
    </span>
  );
}
