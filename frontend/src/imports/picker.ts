// One searchable list of fields for all columns, so that a file of two thousand stays light.

let column = "";

function entries(dialog: HTMLElement): HTMLElement[] {
  return [...dialog.querySelectorAll<HTMLElement>(".entry")].filter((entry) => !entry.hidden);
}

function bare(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function mark(dialog: HTMLElement, wanted: HTMLElement | undefined): void {
  dialog.querySelectorAll<HTMLElement>(".entry").forEach((entry) => {
    entry.setAttribute("aria-selected", String(entry === wanted));
  });
  const field = dialog.querySelector("input");
  if (wanted) {
    wanted.scrollIntoView({ block: "nearest" });
    field?.setAttribute("aria-activedescendant", wanted.id);
  } else {
    field?.removeAttribute("aria-activedescendant");
  }
}

function filter(dialog: HTMLElement, text: string): void {
  const wanted = bare(text.trim());
  dialog.querySelectorAll<HTMLElement>(".entry").forEach((entry) => {
    entry.hidden = !bare(`${entry.textContent} ${entry.dataset.value}`).includes(wanted);
  });
  dialog.querySelectorAll<HTMLElement>("[data-group]").forEach((group) => {
    group.hidden = !group.querySelector(".entry:not([hidden])");
  });
  dialog.querySelector<HTMLElement>(".none")!.hidden = entries(dialog).length > 0;
  mark(dialog, entries(dialog)[0]);
}

function choose(dialog: HTMLDialogElement, entry: HTMLElement | undefined): void {
  if (!entry) {
    return;
  }
  dialog.close();
  const { shown = "", find = "" } = document.getElementById("wizard")?.dataset ?? {};
  void window.htmx.ajax("post", dialog.dataset.posts ?? "", {
    target: "#wizard",
    swap: "outerHTML",
    values: { column, to: entry.dataset.value ?? "", shown, find },
  });
}

export function startPicker(): void {
  const dialog = document.getElementById("picker") as HTMLDialogElement | null;
  const field = dialog?.querySelector("input");
  if (!dialog || !field) {
    return;
  }
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-picks]");
    if (opener) {
      column = opener.dataset.picks ?? "";
      field.value = "";
      dialog.showModal();
      filter(dialog, "");
      const to = opener.dataset.to;
      mark(dialog, entries(dialog).find((entry) => entry.dataset.value === to) ?? entries(dialog)[0]);
      field.focus();
    } else if (dialog.contains(target) && target.closest(".entry")) {
      choose(dialog, target.closest<HTMLElement>(".entry") ?? undefined);
    }
  });
  field.addEventListener("input", () => filter(dialog, field.value));
  field.addEventListener("keydown", (event) => {
    const offered = entries(dialog);
    const at = offered.findIndex((entry) => entry.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const by = event.key === "ArrowDown" ? 1 : -1;
      mark(dialog, offered[(at + by + offered.length) % offered.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      choose(dialog, offered[at]);
    }
  });
  // The chosen column keeps the focus, though its row is new.
  document.addEventListener("htmx:afterSettle", () => {
    if (column && document.activeElement === document.body) {
      document.getElementById(`to-${column}`)?.focus();
    }
  });
}
