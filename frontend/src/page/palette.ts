// Find or do: recent things of this browser first, then what the server finds.
import { word } from "./words";

interface Recent {
  url: string;
  name: string;
  icon: string;
  kind: string;
}
const KEPT = 8;

export function start(): void {
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
  found.addEventListener("htmx:afterSettle", () => {
    if (!field.value.trim()) {
      showRecent(found);
    }
    mark(found, 0);
  });
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
      localStorage.removeItem("recent");
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

function recent(): Recent[] {
  try {
    return JSON.parse(localStorage.getItem("recent") ?? "[]") as Recent[];
  } catch {
    return [];
  }
}

/** Keep what this page is about, where it says so. */
function remember(): void {
  const place = document.querySelector<HTMLElement>("[data-remembered]");
  if (!place) {
    return;
  }
  const entry: Recent = {
    url: location.pathname,
    name: place.dataset.remembered ?? "",
    icon: place.dataset.icon ?? "point",
    kind: place.dataset.kind ?? "",
  };
  const others = recent().filter((other) => other.url !== entry.url);
  localStorage.setItem("recent", JSON.stringify([entry, ...others].slice(0, KEPT)));
}

function showRecent(found: HTMLElement): void {
  const entries = recent().filter((entry) => entry.url !== location.pathname && entry.url.startsWith("/"));
  if (!entries.length) {
    return;
  }
  const title = document.createElement("h3");
  title.textContent = word("recent");
  const sprite = document.querySelector<HTMLElement>("[data-sprite]")?.dataset.sprite ?? "";
  const links = entries.map((entry) => {
    const link = document.createElement("a");
    link.href = entry.url;
    const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    icon.setAttribute("class", "icon");
    icon.setAttribute("aria-hidden", "true");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    use.setAttribute("href", `${sprite}#${entry.icon}`);
    icon.append(use);
    const name = document.createElement("span");
    name.textContent = entry.name;
    const kind = document.createElement("span");
    kind.className = "quiet";
    kind.textContent = entry.kind;
    link.append(icon, name, kind);
    return link;
  });
  found.prepend(title, ...links);
}
