// The dialog of a list in which the builder stands: how many would be shown, and in which words.
import { csrf, insist } from "../page/requests";
import type { Problem } from "./context";

interface Answer {
  shown?: string;
  sentence?: string;
  errors?: Problem[];
}

interface Words {
  unfinished: string;
  wrong: string;
  lost: string;
}

const DELAY = 300;

/** Take along what stands in the search box by now; the page knows what stood there when it came. */
function takeText(form: HTMLFormElement): void {
  const typed = document.querySelector<HTMLInputElement>("[data-searches]")?.value.trim() ?? "";
  const field = form.querySelector<HTMLInputElement>("input[name='q']") ?? document.createElement("input");
  Object.assign(field, { type: "hidden", name: "q", value: typed, disabled: !typed });
  form.prepend(field);
}

/** Count whenever the filter or a quick one changes; returns what to call with a new filter. */
export function counting(form: HTMLFormElement, words: Words, onProblems: (found: Problem[]) => void): (ready: boolean) => void {
  const button = form.querySelector<HTMLButtonElement>("button[type='submit'].btn-primary")!;
  const says = form.querySelector<HTMLElement>("[data-says]")!;
  const plain = button.textContent ?? "";
  let asking: AbortController | null = null;
  let timer = 0;
  let complete = true;

  const ask = async () => {
    asking = new AbortController();
    const signal = asking.signal;
    takeText(form);
    const body = new URLSearchParams([...new FormData(form)].map(([key, value]) => [key, String(value)]));
    body.delete("csrfmiddlewaretoken");
    try {
      const response = await insist(() => fetch(form.dataset.narrows!, {
        method: "POST", body, signal, credentials: "same-origin", headers: { "X-CSRFToken": csrf(), Accept: "application/json" },
      }));
      const answer = (await response.json()) as Answer;
      onProblems(answer.errors ?? []);
      button.textContent = answer.shown ?? plain;
      says.textContent = answer.errors ? words.wrong : (answer.sentence ?? "");
    } catch {
      if (!signal.aborted) {
        button.textContent = plain;
        says.textContent = words.lost;
      }
    }
  };
  const count = (ready: boolean) => {
    complete = ready;
    asking?.abort();
    window.clearTimeout(timer);
    form.querySelectorAll<HTMLButtonElement>("button[type='submit']").forEach((each) => (each.disabled = !ready));
    if (ready) {
      timer = window.setTimeout(() => void ask(), DELAY);
    } else {
      button.textContent = plain;
      says.textContent = words.unfinished;
    }
  };
  form.querySelector(".quick")?.addEventListener("change", () => count(complete));
  form.addEventListener("submit", () => takeText(form));
  return count;
}

/** Call once the dialog around an element is open. */
export function whenOpen(box: HTMLElement, then: () => void): void {
  const dialog = box.closest("dialog");
  if (!dialog || dialog.open) {
    then();
    return;
  }
  const observer = new MutationObserver(() => {
    observer.disconnect();
    then();
  });
  observer.observe(dialog, { attributeFilter: ["open"] });
}
