// Images dropped anywhere on the page, or chosen, go to the library one after the other; each has a line that says how far it is.
import { hasFiles, pictures, say, upload } from "./uploading";

let place: HTMLElement;
let waiting: Promise<void> = Promise.resolve();
let left = 0;
let refused = 0;

function line(file: File): { told: (share: number) => void; end: (words: string, good: boolean) => void } {
  const row = document.createElement("li");
  const name = document.createElement("span");
  const bar = document.createElement("progress");
  const state = document.createElement("span");
  name.className = "clip name";
  name.textContent = file.name;
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  state.className = "meta";
  state.textContent = say("waits");
  row.append(name, bar, state);
  place.querySelector("ul")?.append(row);
  return {
    told: (share) => {
      bar.value = share;
      state.textContent = share < 1 ? `${Math.floor(share * 100)} %` : say("reads");
    },
    end: (words, good) => {
      bar.hidden = true;
      state.textContent = words;
      row.classList.toggle("refused", !good);
    },
  };
}

async function bring(file: File, row: ReturnType<typeof line>): Promise<void> {
  try {
    await upload(file, row.told);
    row.end(say("done"), true);
  } catch (error) {
    refused += 1;
    row.end((error as Error).message, false);
  }
  left -= 1;
  if (!left) {
    settle();
  }
}

/** Show what came in; who was refused something stays to read why. */
function settle(): void {
  const { leads = "" } = place.dataset;
  if (!refused) {
    window.location.assign(leads);
  } else if (document.getElementById("list")) {
    void window.htmx.ajax("get", window.location.href, { target: "#list" });
  }
}

function take(files: File[]): void {
  if (!files.length) {
    return;
  }
  if (!left) {
    refused = 0;
    place.querySelector("ul")?.replaceChildren();
  }
  place.hidden = false;
  for (const file of files) {
    left += 1;
    const row = line(file);
    waiting = waiting.then(() => bring(file, row));
  }
}

export function startArriving(): void {
  const found = document.getElementById("arriving");
  const field = document.getElementById("arriving-files") as HTMLInputElement | null;
  if (!found || !field) {
    return;
  }
  place = found;
  const over = (event: DragEvent, on: boolean) => {
    if (hasFiles(event)) {
      event.preventDefault();
      document.body.classList.toggle("brings", on);
    }
  };
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => event.relatedTarget || over(event, false));
  document.addEventListener("drop", (event) => {
    over(event, false);
    take(pictures(event.dataTransfer?.files));
  });
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-brings]")) {
      event.preventDefault();
      field.click();
    }
  });
  document.addEventListener("change", (event) => {
    const chosen = event.target as HTMLInputElement;
    if (chosen === field || chosen.matches(".bring input[type='file']")) {
      take(pictures(chosen.files));
      chosen.value = "";
    }
  });
  // What is on its way would be lost.
  window.addEventListener("beforeunload", (event) => left && event.preventDefault());
}
