// Saving without leaving: the server decides; who was quicker is never overwritten unseen, and a
// server that is away is asked again until it has what was typed.
import { forget } from "../page/keeping";
import { csrf, hindrance, insist } from "../page/requests";
import { pageData, word } from "../page/words";
import type { Faults } from "./faults";
import { type Fault, byId, say } from "./words";

interface Saved {
  url: string;
  page: string;
  version: number;
  read: string;
  name: string;
  // Drawn by the server.
  state: string;
  saved: string;
}

const AGAIN = 3_000;
const AWAY = [502, 503, 504];

export function startSaving(form: HTMLFormElement, faults: Faults): void {
  const status = byId<HTMLElement>("email-status");
  const stale = byId<HTMLElement>("email-stale");
  const away = byId<HTMLElement>("email-away");
  const signedOut = byId<HTMLElement>("email-signed-out");
  const version = form.elements.namedItem("version") as HTMLInputElement;
  const read = form.elements.namedItem("read") as HTMLInputElement;
  let busy = false;
  let changed = 0;
  let timer = 0;

  const kept = (answer: Saved, seen: number) => {
    version.value = String(answer.version);
    read.value = answer.read;
    stale.hidden = true;
    byId("email-state").innerHTML = answer.state;
    byId("email-name").textContent = answer.name;
    document.querySelector<HTMLAnchorElement>(".editor .bar a")?.setAttribute("href", answer.page);
    form.action = answer.url;
    // What was kept of the page of a new one is that of this one from now on.
    forget();
    history.replaceState(null, "", answer.url);
    faults.refused([]);
    if (seen !== changed) {
      // What was typed meanwhile is kept under the new address.
      form.dispatchEvent(new Event("change"));
    } else {
      status.textContent = answer.saved;
      form.dispatchEvent(new Event("relais:saved", { bubbles: true }));
    }
  };

  const refused = (code: number, answer: { errors?: Fault[]; version?: number; read?: string; differ?: string }) => {
    if (code === 409 && answer.version) {
      version.value = String(answer.version);
      read.value = answer.read ?? "";
      byId("email-differ").innerHTML = answer.differ ?? "";
      stale.hidden = false;
      status.textContent = say("stale");
      stale.querySelector<HTMLElement>("a")?.focus();
      return;
    }
    faults.refused(answer.errors ?? []);
    status.textContent = answer.errors?.length ? say("faults", { count: answer.errors.length }) : say("failed");
    lead(answer.errors?.[0]);
  };

  const lost = () => {
    away.hidden = false;
    status.textContent = say("away");
    timer = window.setTimeout(save, AGAIN);
  };

  // Answers nothing while the server is away, or what came was cut off on its way.
  const ask = async (): Promise<{ answer: Response; told: object } | null> => {
    try {
      const answer = await insist(() => fetch(form.action || location.href, {
        method: "POST",
        body: new FormData(form),
        headers: { Accept: "application/json", "X-CSRFToken": csrf() },
      }));
      const ours = answer.headers.get("Content-Type")?.startsWith("application/json");
      return AWAY.includes(answer.status) ? null : { answer, told: ours ? await answer.json() : {} };
    } catch {
      return null;
    }
  };

  // Asked again, the server knows by the form's sitting whether it has this already.
  const save = async () => {
    if (busy) {
      return;
    }
    busy = true;
    window.clearTimeout(timer);
    const seen = changed;
    status.textContent = say("saving");
    const heard = await ask();
    busy = false;
    if (!heard) {
      lost();
      return;
    }
    const { answer, told } = heard;
    away.hidden = true;
    const refusedAs = answer.status === 403 ? await hindrance() : "";
    signedOut.hidden = !answer.redirected && refusedAs !== "signed_out";
    if (refusedAs === "somebody_else") {
      status.textContent = word(refusedAs);
    } else if (!signedOut.hidden) {
      status.textContent = say("signed_out");
    } else if (answer.ok) {
      kept(told as Saved, seen);
    } else {
      refused(answer.status, told);
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
    faults.refused(before);
  }
}

/** Bring the first fault of a setting into view. */
function lead(fault?: Fault): void {
  const field = fault?.field ? document.getElementById(`id_${fault.field}`) : null;
  const parts = field?.closest<HTMLElement>("[data-shows]")?.dataset.shows?.split(" ") ?? [];
  const shown = byId<HTMLElement>("email-editor").dataset.shown ?? "";
  if (field && parts.length) {
    // The design tells of the body what the code does; a field of both is where one is.
    if (!parts.includes(shown) && !(shown === "design" && field.id === "id_mjml")) {
      const buttons = parts.map((part) => document.querySelector<HTMLElement>(`[data-part="${part}"]`));
      buttons.find((button) => button && !button.hidden)?.click();
    }
    if (!field.hidden) {
      field.focus();
    }
  }
}
