// What the server put into the page for the editor.
import { filled, pageData, type Words } from "../page/words";

export interface Fault {
  field: string;
  label?: string;
  message: string;
  line: number | null;
  column: number | null;
}

export const addresses = pageData<Record<string, string>>("email-addresses");
const texts = pageData<Words | null>("email-words") ?? {};

/** The text of a key in the user's language, with its `%(names)s` filled in. */
export function say(key: string, values: Record<string, string | number> = {}): string {
  return filled(texts[key] ?? key, values);
}

/** The number of what is edited; "" until it was saved. */
export function emailOf(form: HTMLFormElement): string {
  return /\/(?:emails|sms)\/(\d+)\/edit/.exec(form.action || location.pathname)?.[1] ?? addresses.email;
}

export function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** Draw an icon of the sprite. */
export function icon(name: string): SVGElement {
  const sprite = document.querySelector<HTMLElement>("[data-sprite]")?.dataset.sprite ?? "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
