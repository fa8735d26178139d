// What becomes of the code: rendered by the server, shown in a frame that has no rights.
import { csrf, insist } from "../page/requests";
import type { Faults } from "./faults";
import { type Fault, addresses, byId, emailOf, icon, say } from "./words";

// Without a body only what is wrong comes.
interface Shown {
  subject: string;
  from: string;
  html?: string;
  text: string;
  size: number;
  hints: string[];
  errors: Fault[];
}

export interface Preview {
  contact: string;
  /** Show it as somebody. */
  as(person: { id: string; name: string }): void;
  asNobody(): void;
  render(): void;
  /** Render after so many milliseconds, unless asked for again before. */
  soon(wait: number): void;
}

const WAIT = 350;
// Enough was asked for this minute.
const BUSY = 5_000;

export function startPreview(form: HTMLFormElement, faults: Faults): Preview {
  const frame = byId<HTMLIFrameElement>("canvas");
  const paper = frame.parentElement as HTMLElement;
  const text = byId<HTMLElement>("seen-text");
  let timer = 0;
  let running: AbortController | null = null;
  let page = "";
  const post = () => frame.contentWindow?.postMessage(page || "<!doctype html><title></title>", "*");
  window.addEventListener("message", (event) => {
    if (event.source === frame.contentWindow && event.data === "ready") {
      post();
    }
  });

  const show = (shown: Shown) => {
    faults.found(shown.errors);
    form.dispatchEvent(new CustomEvent("relais:shown", { detail: shown }));
    const drawn = shown.html !== undefined;
    paper.classList.toggle("old", !drawn);
    if (!drawn) {
      return;
    }
    page = shown.html || `<!doctype html><title></title><pre></pre>`;
    post();
    text.textContent = shown.text || say("no_text");
    byId("seen-subject").textContent = shown.subject;
    byId("seen-from").textContent = shown.from;
    byId("email-size").textContent = say("size", { size: shown.size });
    byId("email-hints").replaceChildren(...shown.hints.map((hint) => line("info-circle", hint)));
  };

  // What is shown is older than what is written, until the server answers again.
  const stuck = (why: string) => {
    paper.classList.add("old");
    form.dispatchEvent(new CustomEvent("relais:stuck", { detail: why }));
    preview.soon(BUSY);
  };

  const preview: Preview = {
    contact: "",
    as: ({ id, name }) => {
      preview.contact = id;
      document.querySelectorAll("[data-as-whom]").forEach((shown) => (shown.textContent = name));
      form.dispatchEvent(new CustomEvent("relais:whom", { detail: id ? name : "" }));
      preview.render();
    },
    asNobody: () => preview.as({ id: "", name: say("anybody") }),
    soon: (wait) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(preview.render, wait);
    },
    render: async () => {
      running?.abort();
      running = new AbortController();
      const { signal } = running;
      const body = new FormData(form);
      body.set("contact", preview.contact);
      body.set("email", emailOf(form));
      body.delete("csrfmiddlewaretoken");
      // Who shows it in a way of its own adds what that takes.
      form.dispatchEvent(new CustomEvent("relais:asks", { detail: body }));
      try {
        const answer = await insist(() => fetch(addresses.preview, {
          method: "POST",
          body,
          signal,
          headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
        }));
        if (answer.ok) {
          show((await answer.json()) as Shown);
        } else {
          stuck(answer.status === 429 ? "draft_busy" : "draft_failed");
        }
      } catch {
        // Superseded by the next change, or offline: what is shown stays.
        if (!signal.aborted) {
          stuck("draft_failed");
        }
      }
    },
  };
  form.addEventListener("input", () => preview.soon(WAIT));
  startLooks(paper, text, frame);
  preview.render();
  return preview;
}

function startLooks(paper: HTMLElement, text: HTMLElement, frame: HTMLIFrameElement): void {
  const buttons = [...document.querySelectorAll<HTMLElement>("button[data-look]")];
  buttons.forEach((button) =>
    button.addEventListener("click", () => {
      const look = button.dataset.look ?? "wide";
      buttons.forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
      paper.dataset.look = look;
      text.hidden = look !== "text";
      frame.hidden = look === "text";
    }),
  );
  const images = byId<HTMLElement>("email-images");
  images.title = say("images_off");
  images.addEventListener("click", () => {
    const on = images.getAttribute("aria-pressed") !== "true";
    images.setAttribute("aria-pressed", String(on));
    frame.src = addresses.canvas + (on ? "?images" : "");
  });
}

function line(picture: string, words: string): HTMLElement {
  const item = document.createElement("li");
  const span = document.createElement("span");
  span.textContent = words;
  item.append(icon(picture), span);
  return item;
}
