// A text while it is written: how it looks on a phone, in how many parts it goes, a test. The server fills it in
// and counts, so that personal values and short links are as long as they will be.
import "./texts.css";
import type { Code } from "../code/code";
import type { Preview } from "../code/preview";
import { startPeople } from "../code/people";
import { startTest } from "../code/testing";
import { startTokens } from "../code/tokens";
import { addresses, byId, icon, say } from "../code/words";
import { csrf, insist } from "../page/requests";

interface Shown {
  body?: string;
  encoding: string;
  units: number;
  parts: number;
  room: number;
  varies: boolean;
  foreign: string[];
  errors: { message: string }[];
}

const WAIT = 250;
const GSM = "GSM-7";

const field = document.getElementById("id_text") as HTMLTextAreaElement | null;

if (field?.form) {
  const preview = startPreview(field.form, field);
  const code = { insert: (text: string) => put(field, text) } as unknown as Code;
  startTokens(field.form, code);
  startPeople(preview);
  startTest(field.form, preview);
  startKinds(field.form);
}

function put(into: HTMLTextAreaElement, text: string): void {
  into.setRangeText(text, into.selectionStart, into.selectionEnd, "end");
  into.dispatchEvent(new Event("input", { bubbles: true }));
  into.focus();
}

/** Segments are asked for where a text goes to some. */
function startKinds(form: HTMLFormElement): void {
  const type = form.elements.namedItem("type") as HTMLSelectElement;
  const show = () => {
    form.querySelectorAll<HTMLElement>("[data-for-type]").forEach((each) => {
      each.hidden = each.dataset.forType !== type.value;
    });
  };
  type.addEventListener("change", show);
  show();
}

function startPreview(form: HTMLFormElement, text: HTMLTextAreaElement): Preview {
  const seen = byId<HTMLElement>("text-seen");
  const counted = byId<HTMLElement>("text-count");
  const hints = byId<HTMLElement>("text-hints");
  let timer = 0;
  let running: AbortController | null = null;

  const tell = (words: string[]) => {
    hints.replaceChildren(
      ...words.map((each) => {
        const line = document.createElement("li");
        const told = document.createElement("span");
        told.textContent = each;
        line.append(icon("alert-triangle"), told);
        return line;
      }),
    );
  };

  const show = (shown: Shown) => {
    if (shown.body === undefined) {
      tell(text.value.trim() ? shown.errors.map((error) => error.message) : []);
      counted.textContent = text.value.trim() ? "" : say("none");
      return;
    }
    seen.textContent = shown.body || "–";
    const all = shown.encoding === GSM ? 160 : 70;
    const values = { units: shown.units, parts: shown.parts, room: shown.room, all };
    counted.textContent = shown.parts > 1 ? say("several", values) : say("one", values);
    const foreign = shown.foreign.length ? [say("unicode", { signs: shown.foreign.join(" ") })] : [];
    tell([...foreign, ...(shown.varies ? [say("varies")] : [])]);
  };

  const ask = async () => {
    running?.abort();
    const mine = (running = new AbortController());
    const body = new FormData(form);
    body.delete("csrfmiddlewaretoken");
    body.set("contact", preview.contact);
    const headers = { "X-CSRFToken": csrf() };
    try {
      const answer = await insist(() => fetch(addresses.preview, { method: "POST", body, headers, signal: mine.signal }));
      if (!answer.ok) {
        counted.textContent = say("failed");
        return;
      }
      show((await answer.json()) as Shown);
    } catch (error) {
      if ((error as Error).name !== "AbortError") {
        counted.textContent = say("failed");
      }
    }
  };

  const preview: Preview = {
    contact: "",
    as: ({ id, name }) => {
      preview.contact = id;
      document.querySelectorAll("[data-as-whom]").forEach((shown) => (shown.textContent = name));
      preview.render();
    },
    asNobody: () => preview.as({ id: "", name: say("anybody") }),
    render: () => void ask(),
    soon: (wait) => {
      window.clearTimeout(timer);
      timer = window.setTimeout(preview.render, wait);
    },
  };
  text.addEventListener("input", () => preview.soon(WAIT));
  (form.elements.namedItem("language") as HTMLInputElement).addEventListener("change", () => void ask());
  void ask();
  return preview;
}
