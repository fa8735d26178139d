// The keyboard of the design: outside of fields, and inside the frame.
import * as clipboard from "./clipboard";
import * as editing from "./editing";
import * as picturing from "./picturing";
import * as store from "./store";
import * as writing from "./writing";

/** Edit what is selected: its text in the frame, its image, else its first field. */
export function edit(): void {
  if (!writing.begin() && !picturing.ask(store.get().selected)) {
    store.set({ sheet: "right" });
    window.requestAnimationFrame(() => {
      document.querySelector<HTMLElement>("#email-design .properties :is(input, textarea, select):not([type='hidden'])")?.focus();
    });
  }
}

export function start(isShown: () => boolean): void {
  document.addEventListener("keydown", (event) => {
    if (isShown() && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
      act(event, event.target as HTMLElement);
    }
  });
  clipboard.hear(document, (event) => isShown() && isOurs(event.target as HTMLElement) && !document.querySelector("dialog[open]"));
}

/** What is pressed inside the frame; while a text is written there, that keeps its keys. */
export function inFrame(event: KeyboardEvent, inText: boolean): void {
  const chord = event.metaKey || event.ctrlKey;
  if (chord && !event.shiftKey && !event.altKey && "sek".includes(event.key.toLowerCase())) {
    event.preventDefault();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: event.key, ctrlKey: true, bubbles: true, cancelable: true }));
  } else if (inText && event.key === "Escape") {
    event.preventDefault();
    writing.end();
    // Back to where one came from by key; in the frame its page hears the keys.
    const row = document.querySelector<HTMLElement>("#email-design .outline [tabindex='0']");
    const isSeen = row?.checkVisibility({ visibilityProperty: true });
    (isSeen ? row : document.querySelector<HTMLElement>("#email-design .stage"))?.focus();
  } else if (!inText) {
    act(event, event.target as HTMLElement);
  }
}

function act(event: KeyboardEvent, target: HTMLElement): void {
  if (isField(target) || (!isHere(target) && !event.metaKey && !event.ctrlKey)) {
    return;
  }
  const done = event.metaKey || event.ctrlKey ? chords(event) : single(event, target);
  if (done) {
    event.preventDefault();
    done();
  }
}

function chords(event: KeyboardEvent): (() => void) | undefined {
  const key = `${event.shiftKey ? "shift+" : ""}${event.key.toLowerCase()}`;
  return { z: editing.takeBack, "shift+z": editing.again, y: editing.again, d: store.get().selected ? editing.duplicate : undefined }[key];
}

function single(event: KeyboardEvent, target: HTMLElement): (() => void) | undefined {
  const { selected } = store.get();
  const { key } = event;
  // A button is pressed by Enter, a menu closed by Escape.
  const isControl = target.closest?.("button, a, summary, [role='menu'], .dropdown-menu, .panel-field");
  if (event.altKey && (key === "ArrowUp" || key === "ArrowDown") && selected) {
    return () => editing.move(key === "ArrowUp" ? -1 : 1);
  }
  if (event.altKey || !selected && !target.closest?.("[role='tree']")) {
    return undefined;
  }
  // Where a field is gone the page has the focus: who typed in it goes on typing.
  if (isControl || ((key === "Delete" || key === "Backspace") && target === document.body)) {
    return undefined;
  }
  if (key === "Delete" || key === "Backspace") {
    return editing.remove;
  }
  const moves: Record<string, () => void> = {
    ArrowDown: () => editing.go("next"), ArrowUp: () => editing.go("previous"), ArrowLeft: () => editing.go("out"),
    ArrowRight: () => editing.go("in"), Enter: edit, Escape: () => editing.go("out"),
  };
  return moves[key];
}

function isHere(target: HTMLElement): boolean {
  return target === document.body || target.ownerDocument !== document || Boolean(target.closest?.("#email-design"));
}

/** Whether a key there is for a block, not for a field or a text. */
export function isOurs(target: HTMLElement): boolean {
  return isHere(target) && !isField(target);
}

function isField(element: HTMLElement): boolean {
  return Boolean(element.isContentEditable) || /^(TEXTAREA|SELECT|INPUT)$/.test(element.tagName ?? "");
}
