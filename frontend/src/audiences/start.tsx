// Puts the audiences into the editor of emails, and says as which of them the mail is shown.
import "./audiences.css";
import { render } from "preact";
import type { Preview } from "../code/preview";
import { loadCatalogue } from "../filter/catalogue";
import { Audiences } from "./Audiences";
import { list, whenChanged } from "./list";

/** Show the mail as somebody who belongs to one audience alone; as whom it was shown without one. */
export let look: (key: string) => void = () => undefined;

export function startAudiences(form: HTMLFormElement, preview: Preview): void {
  const place = document.getElementById("email-audiences");
  const choice = document.getElementById("as-audience") as HTMLSelectElement | null;
  if (!place || !choice) {
    return;
  }
  const nobody = choice.options[0];
  const offer = () => {
    const chosen = choice.value;
    choice.replaceChildren(nobody, ...list().map((each) => new Option(each.name, each.key)));
    choice.value = list().some((each) => each.key === chosen) ? chosen : "";
    choice.hidden = !list().length;
  };
  look = (key) => {
    if (choice.value !== key) {
      choice.value = key;
      preview.render();
    }
  };
  choice.addEventListener("input", (event) => event.stopPropagation());
  choice.addEventListener("change", () => preview.render());
  ["relais:asks", "relais:tests"].forEach((name) =>
    form.addEventListener(name, (event) => (event as CustomEvent<FormData>).detail.set("audience", choice.value)));
  whenChanged(offer);
  offer();
  const isAsked = (key: string) =>
    ["mjml", "html", "text", "subject", "preheader", "from_name", "from_address", "reply_to"].some((name) =>
      new RegExp(`\\baudience\\.${key}\\b`).test((form.elements.namedItem(name) as HTMLInputElement | null)?.value ?? ""));
  const opener = document.querySelector<HTMLElement>('[data-part="audiences"]');
  // The catalogue of filters is asked for when somebody looks.
  const draw = async () => render(<Audiences catalogue={await loadCatalogue()} isAsked={isAsked} look={(key) => look(key)} />, place);
  opener?.addEventListener("click", () => void draw());
}
