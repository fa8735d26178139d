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

/** Show fields only with the answers of another that they belong to: data-with="type:select multiselect". */
function depend(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>("[data-with]")) {
    const [name, answers = ""] = (field.dataset.with ?? "").split(":");
    const other = field.form?.elements.namedItem(name);
    const part = field.closest<HTMLElement>(".mb-3");
    if (part && other instanceof HTMLSelectElement) {
      part.hidden = !answers.split(" ").includes(other.value);
    }
  }
}

/** What was chosen stands beside the button, which says nothing of it itself. */
function nameFile(event: Event): void {
  const field = event.target as HTMLInputElement;
  const name = field.matches("[data-file]") && field.parentElement?.querySelector("[data-file-name]");
  if (name) {
    name.textContent = field.files?.[0]?.name ?? "";
  }
}

/** What was left empty is not asked: addresses of lists hold no more than what narrows them. */
function leaveOutEmpty(event: FormDataEvent): void {
  const form = event.target as HTMLFormElement;
  if (form.getAttribute("method")?.toLowerCase() !== "get") {
    return;
  }
  for (const name of new Set(event.formData.keys())) {
    const filled = event.formData.getAll(name).filter((value) => value !== "");
    event.formData.delete(name);
    filled.forEach((value) => event.formData.append(name, value));
  }
}

export function start(): void {
  let leaving = false;
  depend();
  document.addEventListener("change", depend);
  document.addEventListener("formdata", leaveOutEmpty);
  document.addEventListener("change", nameFile);
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
  document.querySelector<HTMLElement>("form .is-invalid, form [aria-invalid='true']")?.focus();
}
