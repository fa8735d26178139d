// Short news at the bottom: gone after six seconds, ten where they can be taken back.

function box(): HTMLElement | null {
  return document.getElementById("toasts");
}

/** Say something in passing; a link in it leads somewhere. */
export function toast(text: string): void {
  const line = document.createElement("div");
  line.className = "toast-line";
  const said = document.createElement("span");
  said.textContent = text;
  line.append(said);
  box()?.append(line);
  watch(line);
}

function watch(line: HTMLElement): void {
  if (line.dataset.watched) {
    return;
  }
  line.dataset.watched = "yes";
  const older = [...(box()?.children ?? [])].filter((other) => other !== line);
  older.forEach((other) => other.remove());
  let timer = 0;
  const leave = () => {
    timer = window.setTimeout(() => line.remove(), line.querySelector("button") ? 10_000 : 6_000);
  };
  const stay = () => window.clearTimeout(timer);
  line.addEventListener("mouseenter", stay);
  line.addEventListener("focusin", stay);
  line.addEventListener("mouseleave", leave);
  line.addEventListener("focusout", leave);
  leave();
}

export function start(): void {
  const watchAll = () => document.querySelectorAll<HTMLElement>(".toast-line").forEach(watch);
  watchAll();
  document.addEventListener("htmx:afterSettle", watchAll);
  document.addEventListener("htmx:oobAfterSwap", watchAll);
}
