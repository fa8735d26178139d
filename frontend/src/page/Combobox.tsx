// A field that offers lines to take: arrow keys, Enter, Escape, the mouse. What is offered, and when, its users say.
import { useId, useState } from "preact/hooks";
import type { ComponentChildren, RefObject } from "preact";

interface Properties<T> {
  label: string;
  id?: string;
  placeholder?: string;
  text: string;
  /** What stands in the field while nothing is typed. */
  shown?: string;
  lines: T[];
  keyOf: (line: T) => string;
  children: (line: T) => ComponentChildren;
  open: boolean;
  onOpen: (open: boolean) => void;
  onText: (text: string) => void;
  onTake: (line: T) => void;
  /** Keys before ours; true where that is all. */
  onKey?: (event: KeyboardEvent, marked: T | undefined) => boolean;
  onFocus?: () => void;
  onBlur?: () => void;
  onPaste?: (event: ClipboardEvent) => void;
  field?: RefObject<HTMLInputElement>;
  classes: { field: string; list: string };
  wrong?: boolean;
  /** Said where nothing is found. */
  none?: string;
}

export function Combobox<T>(properties: Properties<T>) {
  const { label, id, placeholder, text, shown, lines, keyOf, children, open, onOpen, onText, onTake, onKey, classes, wrong, none } = properties;
  const [marked, setMarked] = useState(0);
  const list = useId();
  const at = Math.min(marked, Math.max(0, lines.length - 1));
  const typed = (event: KeyboardEvent) => {
    if (onKey?.(event, open ? lines[at] : undefined)) {
      return;
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !event.altKey) {
      event.preventDefault();
      const way = event.key === "ArrowDown" ? (open ? 1 : 0) : -1;
      setMarked((at + way + lines.length) % Math.max(1, lines.length));
      onOpen(true);
    } else if (event.key === "Enter" && open && lines[at]) {
      event.preventDefault();
      setMarked(0);
      onTake(lines[at]);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      event.stopPropagation();
      onOpen(false);
    }
  };
  const offers = open && (lines.length > 0 || Boolean(none));
  return (
    <>
      <input
        ref={properties.field} id={id} class={classes.field} type="text" role="combobox" autocomplete="off" aria-label={id ? undefined : label}
        aria-expanded={offers} aria-controls={list} aria-autocomplete="list" aria-invalid={wrong ? "true" : undefined}
        aria-activedescendant={open && lines[at] ? `${list}-${at}` : undefined}
        placeholder={placeholder} value={shown && !text ? shown : text}
        onInput={(event) => {
          onText(event.currentTarget.value);
          setMarked(0);
          onOpen(true);
        }}
        onFocus={properties.onFocus} onClick={() => onOpen(true)} onBlur={properties.onBlur} onKeyDown={typed} onPaste={properties.onPaste}
      />
      <ul class={classes.list} role="listbox" id={list} aria-label={label} hidden={!offers}>
        {lines.map((line, place) => (
          <li
            key={keyOf(line)} id={`${list}-${place}`} role="option" aria-selected={place === at}
            onMouseDown={(event) => {
              event.preventDefault();
              setMarked(0);
              onTake(line);
            }}
          >
            {children(line)}
          </li>
        ))}
        {!lines.length && none && <li class="none" role="option" aria-disabled="true" aria-selected="false">{none}</li>}
      </ul>
    </>
  );
}
