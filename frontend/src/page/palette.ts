// Find or do: what was looked at last, then what the server finds.
// The browser keeps addresses alone, each user's apart: what is there is said anew by the server,
// so that nobody reads names of what they may not see, or of who was forgotten.
const KEPT = 8;
const KEY = "recent";

export function start(): void {
  dropOthers();
  remember();
  const dialog = document.getElementById("palette") as HTMLDialogElement | null;
  const field = dialog?.querySelector<HTMLInputElement>("input[type='search']");
  const found = dialog?.querySelector<HTMLElement>(".found");
  if (!dialog || !field || !found) {
    return;
  }
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-finds]")) {
      event.preventDefault();
      dialog.showModal();
      field.select();
      window.htmx.trigger(field, "search", {});
    }
  });
  field.addEventListener("htmx:configRequest", (event) => {
    if (!field.value.trim()) {
      const { parameters } = (event as CustomEvent<{ parameters: Record<string, unknown> }>).detail;
      parameters.recent = recent().filter((address) => address !== location.pathname);
    }
  });
  found.addEventListener("htmx:afterSettle", () => mark(found, 0));
  field.addEventListener("keydown", (event) => {
    const links = [...found.querySelectorAll<HTMLAnchorElement>("a")];
    const at = links.findIndex((link) => link.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      mark(found, (at + (event.key === "ArrowDown" ? 1 : -1) + links.length) % links.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      links[Math.max(0, at)]?.click();
    }
  });
  document.addEventListener("submit", (event) => {
    if ((event.target as HTMLFormElement).matches("[data-signs-out]")) {
      localStorage.removeItem(mine());
    }
  });
}

function mark(found: HTMLElement, index: number): void {
  const field = document.querySelector("#palette input[type='search']");
  found.querySelectorAll<HTMLAnchorElement>("a").forEach((link, place) => {
    link.id ||= `found-${place}`;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", String(place === index));
    if (place === index) {
      link.scrollIntoView({ block: "nearest" });
      field?.setAttribute("aria-activedescendant", link.id);
    }
  });
}

function mine(): string {
  return `${KEY}.${document.body.dataset.user ?? ""}`;
}

/** Forget what other users of this browser looked at. */
function dropOthers(): void {
  for (const key of Object.keys(localStorage)) {
    if ((key === KEY || key.startsWith(`${KEY}.`)) && key !== mine()) {
      localStorage.removeItem(key);
    }
  }
}

function recent(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(mine()) ?? "[]");
    return Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

/** Keep where this page is, if it is about something. */
function remember(): void {
  if (document.querySelector("[data-remembered]")) {
    const others = recent().filter((address) => address !== location.pathname);
    localStorage.setItem(mine(), JSON.stringify([location.pathname, ...others].slice(0, KEPT + 1)));
  }
}
