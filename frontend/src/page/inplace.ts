// What is edited in place: Enter saves it, and so does going elsewhere; Escape leaves it as it was. Nothing typed is lost.
const FORM = "form[data-inplace]";
const before = new WeakMap<HTMLFormElement, string>();
const kept = new WeakSet<HTMLFormElement>();
const saving = new Set<HTMLFormElement>();
// What was pressed while something was being saved: it goes on once that is kept.
let onward: HTMLElement | null = null;
let focused = false;

interface Request {
  xhr: XMLHttpRequest;
  requestConfig: { elt: Element; target?: Element };
}

function written(form: HTMLFormElement): string {
  return JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
}

/** Whether it says what the server does not know; what was refused is still to be mended. */
function unsaved(form: HTMLFormElement): boolean {
  return !kept.has(form) && (before.get(form) !== written(form) || form.querySelector("[role='alert']") !== null);
}

function open(): HTMLFormElement[] {
  return [...document.querySelectorAll<HTMLFormElement>(FORM)];
}

function leave(form: HTMLFormElement): void {
  if (saving.has(form)) {
    return;
  }
  if (before.get(form) !== written(form)) {
    form.requestSubmit();
  } else if (!unsaved(form)) {
    form.querySelector<HTMLElement>("[data-cancels]")?.click();
  }
}

function answered(request: Request): void {
  const { elt, target } = request.requestConfig;
  saving.delete(elt as HTMLFormElement);
  if (focused && target?.id && document.activeElement === document.body) {
    document.querySelector<HTMLElement>(`#${CSS.escape(target.id)} .edits`)?.focus();
  }
  const next = onward;
  onward = null;
  if (request.xhr.status >= 200 && request.xhr.status < 300 && next?.isConnected) {
    next.click();
  }
}

export function start(): void {
  document.addEventListener("htmx:load", (event) => {
    (event.target as Element).querySelectorAll<HTMLFormElement>(FORM).forEach((form) => before.set(form, written(form)));
  });
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Escape" ? (event.target as Element).closest?.(FORM) : null;
    form?.querySelector<HTMLElement>("[data-cancels]")?.click();
  });
  document.addEventListener("pointerdown", (event) => {
    open().filter((form) => !form.contains(event.target as Node)).forEach(leave);
  }, true);
  document.addEventListener("focusout", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>(FORM);
    const to = event.relatedTarget as Node | null;
    // To nowhere: another window, or a press, which is heard above.
    if (form && to && !form.contains(to)) {
      leave(form);
    }
  });
  document.addEventListener("click", (event) => {
    const pressed = (event.target as Element).closest<HTMLElement>("a[href], button");
    if (saving.size && pressed && !pressed.closest(FORM)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      onward = pressed;
    }
  }, true);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if ((event.target as Element).matches?.(FORM)) {
      saving.add(event.target as HTMLFormElement);
    }
  });
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const form = (event.target as Element).closest?.<HTMLFormElement>(FORM);
    if (form) {
      focused = form.contains(document.activeElement);
      if ((event as CustomEvent<Request>).detail.xhr.status < 300) {
        kept.add(form);
      }
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const request = (event as CustomEvent<Request>).detail;
    if (request.requestConfig.elt.closest(FORM)) {
      answered(request);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (open().some(unsaved)) {
      event.preventDefault();
    }
  });
}
