// Saving without leaving: the server decides; who was quicker is never overwritten unseen.
import { csrf } from "../page/requests";
import { pageData } from "../page/words";
import type { Preview } from "./preview";
import { type Fault, byId, say } from "./words";

interface Saved {
  url: string;
  page: string;
  version: number;
  name: string;
  // Drawn by the server.
  state: string;
  saved: string;
}

export function startSaving(form: HTMLFormElement, preview: Preview): void {
  const status = byId<HTMLElement>("email-status");
  const stale = byId<HTMLElement>("email-stale");
  const version = form.elements.namedItem("version") as HTMLInputElement;
  let busy = false;
  let changed = 0;

  const kept = (answer: Saved, seen: number) => {
    version.value = String(answer.version);
    stale.hidden = true;
    byId("email-state").innerHTML = answer.state;
    byId("email-name").textContent = answer.name;
    document.querySelector<HTMLAnchorElement>(".editor .bar a")?.setAttribute("href", answer.page);
    form.action = answer.url;
    history.replaceState(null, "", answer.url);
    preview.faults([]);
    if (seen === changed) {
      status.textContent = answer.saved;
      form.dispatchEvent(new Event("relais:saved", { bubbles: true }));
    }
  };

  const refused = (code: number, answer: { errors?: Fault[]; version?: number }) => {
    if (code === 409 && answer.version) {
      version.value = String(answer.version);
      stale.hidden = false;
      status.textContent = say("stale");
      stale.querySelector<HTMLElement>("a")?.focus();
      return;
    }
    preview.faults(answer.errors ?? []);
    status.textContent = answer.errors?.length ? say("faults", { count: answer.errors.length }) : say("failed");
    lead(answer.errors?.[0]);
  };

  const save = async () => {
    if (busy) {
      return;
    }
    busy = true;
    const seen = changed;
    status.textContent = say("saving");
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json", "X-CSRFToken": csrf() },
      });
      const told = await answer.json();
      if (answer.ok) {
        kept(told as Saved, seen);
      } else {
        refused(answer.status, told);
      }
    } catch {
      status.textContent = say("failed");
    } finally {
      busy = false;
    }
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    void save();
  });
  form.addEventListener("input", () => {
    changed += 1;
    status.textContent = say("unsaved");
  });
  const before = pageData<Fault[]>("email-errors") ?? [];
  if (before.length) {
    preview.faults(before);
  }
}

/** Bring the first fault of a setting into view. */
function lead(fault?: Fault): void {
  const field = fault?.field ? document.getElementById(`id_${fault.field}`) : null;
  const part = field?.closest<HTMLElement>("[data-shows]")?.dataset.shows;
  if (field && part) {
    document.querySelector<HTMLElement>(`[data-part="${part}"]`)?.click();
    if (!field.hidden) {
      field.setAttribute("aria-invalid", "true");
      field.focus();
    }
  }
}
