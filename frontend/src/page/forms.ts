// Forms of the back office: unsaved changes are shown and kept, the first mistake has the focus.
import { word } from "./words";

const changed = new WeakSet<HTMLFormElement>();

function mark(form: HTMLFormElement): void {
  changed.add(form);
  const state = form.querySelector<HTMLElement>(".savebar .state") ??
    document.querySelector<HTMLElement>(`[data-unsaved="${form.id}"]`);
  if (state) {
    state.textContent = word("unsaved");
  }
}

export function start(): void {
  let leaving = false;
  document.addEventListener("input", (event) => {
    const form = (event.target as HTMLElement).closest<HTMLFormElement>("form[data-guarded]");
    if (form) {
      mark(form);
    }
  });
  document.addEventListener("submit", (event) => {
    leaving = true;
    const form = event.target as HTMLFormElement;
    changed.delete(form);
    // Twice pressed is once sent.
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
      window.setTimeout(() => button?.setAttribute("disabled", ""), 0);
    }
  });
  // An editor that saves by itself says so.
  document.addEventListener("relais:saved", (event) => {
    changed.delete(event.target as HTMLFormElement);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      document.querySelectorAll("button[type='submit'][disabled]").forEach((button) => button.removeAttribute("disabled"));
    }
  });
  window.addEventListener("beforeunload", (event) => {
    const open = [...document.querySelectorAll<HTMLFormElement>("form[data-guarded]")].some((form) => changed.has(form));
    if (open && !leaving) {
      event.preventDefault();
    }
  });
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-discards]")) {
      leaving = true;
    }
  });
  // What is edited in place is left by Escape.
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Escape" ? (event.target as Element).closest("form[data-inplace]") : null;
    form?.querySelector<HTMLElement>("[data-cancels]")?.click();
  });
  document.querySelector<HTMLElement>("form .is-invalid, form [aria-invalid='true']")?.focus();
}
