// Lists: ticking rows, the bar of bulk actions, moving with J and K.
import { word } from "./words";

function list(): HTMLElement | null {
  return document.querySelector<HTMLElement>("[data-list]");
}

function ticks(): HTMLInputElement[] {
  return [...(list()?.querySelectorAll<HTMLInputElement>("tbody .tick input") ?? [])];
}

let last: HTMLInputElement | null = null;
let whole = false;
// Where the row leads that J and K marked: rows are exchanged while one works, the mark stays.
let marked = "";

function refresh(): void {
  const rows = ticks();
  const chosen = rows.filter((tick) => tick.checked);
  rows.forEach((tick) => tick.closest("tr")?.setAttribute("aria-selected", String(tick.checked)));
  if (chosen.length < rows.length) {
    whole = false;
  }
  const head = list()?.querySelector<HTMLInputElement>("thead .tick input");
  if (head) {
    head.checked = chosen.length > 0 && chosen.length === rows.length;
    head.indeterminate = chosen.length > 0 && chosen.length < rows.length;
  }
  const bar = document.getElementById("bulk");
  if (!bar) {
    return;
  }
  bar.hidden = chosen.length === 0;
  const total = Number(bar.dataset.total ?? "0");
  const count = whole ? (bar.dataset.shownTotal ?? String(total)) : String(chosen.length);
  bar.querySelector("[data-count]")!.textContent = word("selected", { count });
  const all = bar.querySelector<HTMLElement>("[data-all]");
  if (all) {
    all.hidden = whole || total <= chosen.length;
  }
  bar.querySelectorAll<HTMLInputElement>("input[name='ids']").forEach((field) => {
    field.value = whole ? "" : chosen.map((tick) => tick.value).join(",");
  });
  bar.querySelectorAll<HTMLInputElement>("input[name='whole']").forEach((field) => {
    field.value = whole ? "yes" : "";
  });
}

function tick(box: HTMLInputElement, extend: boolean): void {
  const rows = ticks();
  if (extend && last) {
    const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((a, b) => a - b);
    rows.slice(from, to + 1).forEach((row) => (row.checked = box.checked));
  }
  last = box;
  refresh();
}

/** Move the marked row by so many, and show it. */
export function move(by: number): void {
  const rows = [...(list()?.querySelectorAll<HTMLTableRowElement>("tbody tr") ?? [])];
  if (!rows.length) {
    return;
  }
  const at = rows.findIndex((row) => row.classList.contains("at"));
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
  rows.forEach((row) => row.classList.toggle("at", row === next));
  marked = address(next);
  next.scrollIntoView({ block: "nearest" });
}

function address(row: Element): string {
  return row.querySelector<HTMLAnchorElement>(".first a")?.pathname ?? "";
}

/** Mark the row again that was marked before its table came anew. */
function remark(): void {
  if (marked && !list()?.querySelector("tr.at")) {
    const rows = [...(list()?.querySelectorAll("tbody tr") ?? [])];
    rows.find((row) => address(row) === marked)?.classList.add("at");
  }
}

/** On small screens: rows are ticked instead of opened, until one is done. */
function select(button: HTMLElement, on: boolean): void {
  button.setAttribute("aria-pressed", String(on));
  document.getElementById("list")?.classList.toggle("selecting", on);
  if (!on) {
    whole = false;
    chooseAll(false);
  }
}

/** Tick the marked row. */
export function choose(extend: boolean): void {
  const box = list()?.querySelector<HTMLInputElement>("tr.at .tick input");
  if (box) {
    box.checked = !box.checked;
    tick(box, extend);
  }
}

/** Open the marked row. */
export function open(): void {
  list()?.querySelector<HTMLAnchorElement>("tr.at .first a")?.click();
}

/** Tick everything on the page. */
export function chooseAll(on: boolean): void {
  ticks().forEach((row) => (row.checked = on));
  refresh();
}

export function start(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as HTMLElement;
    if (target.matches("[data-list] tbody .tick input")) {
      tick(target as HTMLInputElement, (event as MouseEvent).shiftKey);
    } else if (target.matches("[data-list] thead .tick input")) {
      chooseAll((target as HTMLInputElement).checked);
    } else if (target.closest("[data-all]")) {
      whole = true;
      chooseAll(true);
    } else if (target.closest("[data-none]")) {
      whole = false;
      chooseAll(false);
    } else if (target.closest("[data-selects]")) {
      const button = target.closest<HTMLElement>("[data-selects]")!;
      select(button, button.getAttribute("aria-pressed") !== "true");
    } else {
      openRow(event as MouseEvent, target);
    }
  });
  document.addEventListener("htmx:oobAfterSwap", remark);
  document.addEventListener("htmx:afterSettle", (event) => {
    remark();
    // A dialog that opens leaves the choice as it is.
    if ((event as CustomEvent<{ target?: Element }>).detail.target?.id !== "list") {
      return;
    }
    whole = false;
    last = null;
    refresh();
  });
}

function openRow(event: MouseEvent, target: HTMLElement): void {
  const row = target.closest<HTMLTableRowElement>("[data-list] tbody tr");
  const box = target.closest(".selecting") && row?.querySelector<HTMLInputElement>(".tick input");
  if (box) {
    event.preventDefault();
    box.checked = !box.checked;
    tick(box, event.shiftKey);
    return;
  }
  const busy = target.closest("a, button, input, label, form, summary") || String(window.getSelection() ?? "");
  const link = row?.querySelector<HTMLAnchorElement>(".first a");
  if (link && !busy) {
    if (event.metaKey || event.ctrlKey) {
      window.open(link.href, "_blank", "noopener");
    } else {
      link.click();
    }
  }
}
