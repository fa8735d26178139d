// Short news at the bottom: gone after six seconds, ten where they can be taken back. What must be acted on stays.
import { word } from "./words";

function box(): HTMLElement | null {
  return document.getElementById("toasts");
}

function lineOf(text: string): HTMLElement {
  const line = document.createElement("div");
  line.className = "toast-line";
  const said = document.createElement("span");
  said.textContent = text;
  line.append(said);
  return line;
}

/** Say something in passing. */
export function toast(text: string): void {
  const line = lineOf(text);
  box()?.append(line);
  watch(line);
}

/** Say what stays until it is dismissed, with a link that opens beside this page; returns what takes it away. */
export function stay(text: string, link: { href: string; label: string }): () => void {
  const line = lineOf(text);
  line.dataset.stays = "yes";
  const leads = document.createElement("a");
  Object.assign(leads, { href: link.href, textContent: link.label, target: "_blank", rel: "noopener" });
  const away = document.createElement("button");
  Object.assign(away, { type: "button", textContent: "×" });
  away.setAttribute("aria-label", word("close"));
  away.addEventListener("click", () => line.remove());
  line.append(leads, away);
  box()?.querySelectorAll("[data-stays]").forEach((other) => other.remove());
  box()?.append(line);
  watch(line);
  return () => line.remove();
}

function watch(line: HTMLElement): void {
  if (line.dataset.watched) {
    return;
  }
  line.dataset.watched = "yes";
  const older = [...(box()?.children ?? [])].filter((other) => other !== line && !(other as HTMLElement).dataset.stays);
  older.forEach((other) => other.remove());
  if (line.dataset.stays) {
    return;
  }
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
