// The keyboard of the canvas: single keys outside of fields, and the usual chords.
import * as editing from "./editing";
import * as saving from "./saving";
import * as simulating from "./simulating";
import * as store from "./store";

export interface View {
  fit: () => void;
  whole: () => void;
}

export function start(view: View): () => void {
  const listener = (event: KeyboardEvent) => {
    const { mode } = store.get();
    if (mode !== "build" || event.defaultPrevented || document.querySelector("dialog[open]")) {
      return;
    }
    // Selected text is copied as everywhere.
    const text = chord(event) === "c" && String(window.getSelection() ?? "");
    const acts = event.metaKey || event.ctrlKey ? !text && chords[chord(event)] : single(event, view);
    if (acts && !(writing(event.target) && event.key !== "Escape" && chord(event) !== "s")) {
      event.preventDefault();
      acts();
    }
  };
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}

function chord(event: KeyboardEvent): string {
  return event.metaKey || event.ctrlKey ? `${event.shiftKey ? "shift+" : ""}${event.key.toLowerCase()}` : "";
}

function edits(act: () => void): () => void {
  return () => {
    if (editing.mayEdit()) {
      act();
    }
  };
}

const chords: Record<string, () => void> = {
  z: edits(editing.takeBack),
  "shift+z": edits(editing.again),
  y: edits(editing.again),
  c: editing.copy,
  v: edits(editing.paste),
  d: edits(editing.duplicate),
  s: () => void saving.flush(),
};

function single(event: KeyboardEvent, view: View): (() => void) | undefined {
  const { key } = event;
  if (key === "Escape") {
    return escape;
  }
  const target = event.target as Element;
  if (event.altKey || writing(target) || target.closest(".panel, .bar")) {
    return undefined;
  }
  if (key.startsWith("Arrow")) {
    return () => editing.go(key);
  }
  if (key === "Delete" || key === "Backspace") {
    return edits(editing.removeSelected);
  }
  if (document.body.dataset.singleKeys === "off") {
    return undefined;
  }
  const keys: Record<string, () => void> = {
    n: () => editing.ask(null),
    "/": () => editing.ask(null),
    c: edits(editing.connect),
    l: editing.tidyUp,
    "0": view.fit,
    "1": view.whole,
    "?": () => document.querySelector<HTMLDialogElement>("#canvas-keys")?.showModal(),
  };
  return keys[key.toLowerCase()];
}

function escape(): void {
  const { connecting, landing, selected, simulation } = store.get();
  if (connecting || landing) {
    store.set({ connecting: null, landing: null, focus: selected[0] ?? "start" });
  } else if (simulation) {
    simulating.close();
  } else {
    store.set({ selected: [], path: null, figure: null, panel: false, focus: selected[0] ?? "start" });
  }
}

function writing(target: EventTarget | null): boolean {
  const element = target as HTMLElement;
  return Boolean(element.isContentEditable) || /^(TEXTAREA|SELECT)$/.test(element.tagName ?? "") ||
    (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test((element as HTMLInputElement).type));
}
