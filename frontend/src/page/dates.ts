// Native fields of dates follow the language of the browser, not that of the person: 03/04 may be a day of April.
// Below each stands what it holds, written as dates are on all pages.
import { inWords } from "./moments";

const FIELDS = "input.form-control:is([type='date'], [type='datetime-local']):not([data-told])";

function tell(field: HTMLInputElement): void {
  const told = document.createElement("p");
  told.className = "form-text day-told";
  told.id = `told-${field.id || field.name}`;
  field.after(told);
  field.dataset.told = "";
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), told.id].filter(Boolean).join(" "));
  const say = (): void => { told.textContent = inWords(field.value); };
  field.addEventListener("input", say);
  say();
}

function look(within: ParentNode): void {
  for (const field of within.querySelectorAll<HTMLInputElement>(FIELDS)) {
    tell(field);
  }
}

export function start(): void {
  look(document);
  document.addEventListener("htmx:load", (event) => look(event.target as HTMLElement));
}
