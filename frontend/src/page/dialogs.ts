// Questions and sheets: [data-opens="id"] opens a dialog of the page, [data-closes] closes it.
// Content from the server lands in #dialog (hx-target="#dialog .content") and opens by itself.
// The keyboard stays inside while one is open, and goes back to what opened it.

const openers = new WeakMap<HTMLDialogElement, HTMLElement>();
const STOPS = "a[href], button:not([disabled]), input:not([disabled], [type='hidden']), select:not([disabled]), " +
  "textarea:not([disabled]), summary, [contenteditable='true'], [tabindex]:not([tabindex='-1'])";

// Nobody has to get capitals and spaces right.
function bare(text: string): string {
  return text.replace(/\s/g, "").toLowerCase();
}

function open(dialog: HTMLDialogElement | null, opener: HTMLElement | null): void {
  if (dialog && !dialog.open) {
    if (opener) {
      openers.set(dialog, opener);
    }
    dialog.showModal();
  }
}

/** Where the keyboard goes on: at the opener, or at the menu it stood in, which is closed by now. */
function goBack(dialog: HTMLDialogElement): void {
  const opener = openers.get(dialog);
  if (!opener || (document.activeElement !== document.body && document.activeElement?.checkVisibility())) {
    return;
  }
  const menu = opener.closest(".dropdown")?.querySelector<HTMLElement>("[data-bs-toggle]");
  [opener, menu].find((each) => each?.isConnected && each.checkVisibility())?.focus();
}

/** Of radio buttons only the chosen one is a stop; without one all of them are. */
function isStop(field: Element): boolean {
  if (!(field instanceof HTMLInputElement) || field.type !== "radio" || field.checked) {
    return field.checkVisibility();
  }
  const group = field.form?.querySelector(`input[type="radio"][name="${CSS.escape(field.name)}"]:checked`);
  return !group && field.checkVisibility();
}

/** Keep the Tab key inside. */
function stayInside(event: KeyboardEvent, dialog: HTMLDialogElement): void {
  const stops = [...dialog.querySelectorAll<HTMLElement>(STOPS)].filter(isStop);
  const [first, last] = event.shiftKey ? [stops.at(-1), stops[0]] : [stops[0], stops.at(-1)];
  if (first && (document.activeElement === last || !dialog.contains(document.activeElement))) {
    event.preventDefault();
    first.focus();
  }
}

export function start(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-opens]");
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.opens ?? "") as HTMLDialogElement | null, opener);
      return;
    }
    if (target.closest("[data-closes]")) {
      event.preventDefault();
      target.closest("dialog")?.close();
    }
    // A press on the backdrop is a press on the dialog itself.
    if (target instanceof HTMLDialogElement && target.matches("dialog")) {
      target.close();
    }
  });
  document.addEventListener("keydown", (event) => {
    const dialog = event.key === "Tab" ? (event.target as Element).closest?.("dialog[open]") : null;
    if (dialog instanceof HTMLDialogElement) {
      stayInside(event, dialog);
    }
  });
  // Neither bubbles nor comes before the browser has tried to put the focus back itself.
  document.addEventListener("close", (event) => {
    if (event.target instanceof HTMLDialogElement) {
      goBack(event.target);
    }
  }, true);
  document.addEventListener("htmx:afterSwap", (event) => {
    const dialog = (event.target as Element).closest?.("dialog");
    if (dialog instanceof HTMLDialogElement) {
      const { elt } = (event as CustomEvent<{ requestConfig: { elt: HTMLElement } }>).detail.requestConfig;
      // What a closed dialog asks for by itself is not asked by anybody.
      open(dialog.contains(elt) ? null : dialog, elt);
    }
    dialog?.querySelector<HTMLElement>("[autofocus], [aria-invalid='true']")?.focus();
  });
  // A word or number typed (one of those in the lines of data-unlocks) to confirm unlocks the button.
  document.addEventListener("input", (event) => {
    const field = event.target as HTMLInputElement;
    const expected = field.dataset?.unlocks;
    if (expected !== undefined) {
      const button = field.form?.querySelector<HTMLButtonElement>("button[type='submit']");
      const words = expected.split("\n").map(bare).filter(Boolean);
      button?.toggleAttribute("disabled", !words.includes(bare(field.value)));
    }
  });
}
