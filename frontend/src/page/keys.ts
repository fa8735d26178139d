// The keyboard: single keys outside fields (they can be turned off), chords after G.
import { choose, chooseAll, move, open } from "./lists";

const SINGLE: Record<string, (event: KeyboardEvent) => void> = {
  j: () => (onList() ? move(1) : press("[data-next]")),
  k: () => (onList() ? move(-1) : press("[data-previous]")),
  x: (event) => choose(event.shiftKey),
  Enter: () => open(),
  "/": () => focus("[data-searches]"),
  f: () => press("[data-filters]"),
  c: () => press("[data-creates]"),
  e: () => press("[data-edits]"),
  "?": () => press("[data-opens='keys']"),
};
const GOES: Record<string, string> = {
  d: "/", c: "/contacts", s: "/segments", m: "/campaigns", e: "/emails", i: "/imports", t: "/settings",
};
let chord = 0;

export function start(): void {
  document.addEventListener("keydown", (event) => {
    if ((event.metaKey || event.ctrlKey) && !event.altKey) {
      withCommand(event);
    } else if (!event.altKey && !writing(event.target) && !document.querySelector("dialog[open]")) {
      alone(event);
    }
  });
}

function withCommand(event: KeyboardEvent): void {
  const key = event.key.toLowerCase();
  if (key === "k") {
    event.preventDefault();
    press("[data-finds]");
  } else if (key === "s" && document.querySelector("form[data-guarded]")) {
    event.preventDefault();
    document.querySelector<HTMLFormElement>("form[data-guarded]")?.requestSubmit();
  } else if (key === "enter") {
    const form = (event.target as Element).closest("form") ?? document.querySelector("form[data-guarded]");
    form?.querySelector<HTMLButtonElement>(".btn-primary")?.click();
  } else if (key === "a" && !writing(event.target) && document.querySelector("[data-list]")) {
    event.preventDefault();
    chooseAll(true);
  }
}

function alone(event: KeyboardEvent): void {
  if (document.body.dataset.singleKeys === "off" || document.querySelector(".editor")) {
    return;
  }
  if (Date.now() - chord < 1_000 && GOES[event.key]) {
    chord = 0;
    location.href = GOES[event.key];
  } else if (event.key === "g") {
    chord = Date.now();
  } else if (!(event.key === "Enter" && (event.target as Element).closest("a, button, summary"))) {
    const act = SINGLE[event.key === "X" ? "x" : event.key];
    if (act) {
      act(event);
      if (event.key === "/" || event.key === "c") {
        event.preventDefault();
      }
    }
  }
}

function writing(target: EventTarget | null): boolean {
  const element = target as HTMLElement;
  return element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName ?? "") ||
    (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test((element as HTMLInputElement).type));
}

function onList(): boolean {
  return document.querySelector("[data-list]") !== null;
}

function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}

function press(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.click();
}
