// Puts the design into the editor of emails: the form's MJML stays what is sent and saved.
import "./design.css";
import { render } from "preact";
import type { Preview } from "../code/preview";
import { addresses, byId, type Fault } from "../code/words";
import { Design } from "./Design";
import * as editing from "./editing";
import * as keys from "./keys";
import { marked } from "./patching";
import type { Tree } from "./reading";
import * as store from "./store";
import { say } from "./words";
import * as writing from "./writing";

// As soon as a change is whole; while one types, after a pause.
const SOON = 40;
const PAUSE = 220;

interface Shown {
  canvas?: string;
  html?: string;
  size: number;
  hints: string[];
  errors: Fault[];
}

export interface DesignMode {
  open(): void;
  leave(): void;
  undo(): void;
  redo(): void;
}

export function startDesign(form: HTMLFormElement, preview: Preview, toCode: (offset: number) => void): DesignMode {
  const area = form.elements.namedItem("mjml") as HTMLTextAreaElement;
  const place = byId<HTMLElement>("email-design");
  const isShown = () => place.checkVisibility();
  let asked: Tree | null = null;
  let drawn = false;

  store.whenChanged((source, typed) => {
    area.value = source;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    preview.soon(typed ? PAUSE : SOON);
  });
  form.addEventListener("relais:asks", (event) => {
    asked = isShown() ? store.get().tree : null;
    if (asked) {
      (event as CustomEvent<FormData>).detail.set("marked", marked(asked));
    }
  });
  form.addEventListener("relais:shown", (event) => {
    const { canvas, hints, size, errors } = (event as CustomEvent<Shown>).detail;
    const told = { faults: errors, hints: hints ?? store.get().hints, size: size ?? store.get().size, old: asked ? canvas === undefined : store.get().old };
    store.set({ stuck: "" });
    store.set(canvas === undefined ? told : { ...told, canvas, shownOf: asked });
  });
  form.addEventListener("relais:stuck", (event) => store.set({ stuck: (event as CustomEvent<string>).detail }));
  form.addEventListener("relais:whom", (event) => store.set({ whom: (event as CustomEvent<string>).detail }));
  // What is half typed is in no email: who saves hears of it, who leaves is asked.
  form.addEventListener("submit", () => store.get().waits.size && store.announce(say("half_typed")));
  window.addEventListener("beforeunload", (event) => store.get().waits.size && event.preventDefault());
  keys.start(isShown);
  return {
    open: () => {
      store.take(area.value);
      if (!drawn) {
        drawn = true;
        render(<Design address={addresses.design} toCode={toCode} toNobody={preview.asNobody} />, place);
      }
      preview.soon(SOON);
    },
    leave: writing.end,
    undo: editing.takeBack,
    redo: editing.again,
  };
}
